//! Instances whose API does not begin at the host's root.

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use loyalty_core::backend::probonus::ProBonusConfig;
use loyalty_core::backend::probonus::doctor::{Outcome, Subject};
use loyalty_sandbox::RunningSandbox;

use super::{came_to, client, config, examined, journey, of, options, sandbox};

/// An address in front of a sandbox. There the API stands at `api`, which the description gives as its server; the
/// description stands at `swagger`; and there is nothing else.
async fn behind(
    sandbox: &RunningSandbox,
    api: &'static str,
    swagger: &'static str,
    said: &'static str,
) -> String {
    let (inner, http) = (sandbox.base_url().to_owned(), reqwest::Client::new());
    let description = http.get(format!("{inner}/swagger/v1/swagger.json")).send().await.unwrap();
    let mut description: serde_json::Value =
        serde_json::from_slice(&description.bytes().await.unwrap()).unwrap();
    description["servers"] = serde_json::json!([{ "url": said }]);
    let forward = move |request: Request| {
        let (inner, http) = (inner.clone(), http.clone());
        async move {
            let (parts, body) = request.into_parts();
            let path = parts.uri.path_and_query().unwrap().as_str();
            let Some(below) = path.strip_prefix(api) else { return StatusCode::NOT_FOUND.into_response() };
            let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
            let sent = http
                .request(parts.method, format!("{inner}/api/v0{below}"))
                .headers(parts.headers)
                .body(body);
            let answer = sent.send().await.unwrap();
            let mut response = Response::builder().status(answer.status());
            *response.headers_mut().unwrap() = answer.headers().clone();
            response.body(Body::from(answer.bytes().await.unwrap())).unwrap()
        }
    };
    let app =
        Router::new().route(swagger, get(move || std::future::ready(Json(description)))).fallback(forward);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

#[tokio::test]
async fn behind_a_prefix_what_is_printed_makes_the_journey_work() {
    let sandbox = sandbox("contract");
    let swagger = "/bonus/swagger/v1/swagger.json";
    let url = behind(&sandbox, "/bonus/rest", swagger, "/bonus/rest").await + "/bonus";
    let with = |overrides: &str| {
        let config = ProBonusConfig { url: url.clone(), ..config(&sandbox, overrides) };
        options(&config, sandbox.clock().now())
    };
    let examination = examined(&with("")).await;
    assert!(examination.overrides.contains("path = \"/rest/accounts/refill\""), "{}", examination.overrides);
    assert_eq!(came_to(&examination, Subject::ApiToken), (Outcome::Ok, "accepted"));
    let pasted = with(&examination.overrides);
    assert_eq!(came_to(&examined(&pasted).await, Subject::Contract), (Outcome::Ok, "overridden"));
    journey(&client(&pasted), &sandbox).await.expect("with them everything works");
}

#[tokio::test]
async fn a_prefix_that_the_address_lacks_is_named_with_what_to_put_there() {
    let sandbox = sandbox("contract");
    let url = behind(&sandbox, "/bonus/api/v0", "/swagger.json", "/bonus/api/v0").await;
    let with = |url: &str| {
        let config = ProBonusConfig { url: url.to_owned(), ..config(&sandbox, "") };
        options(&config, sandbox.clock().now())
    };
    let examination = examined(&with(&url)).await;
    assert_eq!(came_to(&examination, Subject::Contract), (Outcome::Failed, "differs"));
    let text = &of(&examination, Subject::Contract).text;
    assert!(text.contains(&format!("url to \"{url}/bonus\"")), "{text}");
    let [address] = examination.differences.as_slice() else { panic!("{:#?}", examination.differences) };
    assert_eq!(address.to_string(), "probonus.url: the API begins at /bonus instead of /");
    assert_eq!(examination.overrides, "");
    journey(&client(&with(&format!("{url}/bonus"))), &sandbox).await.expect("with it everything works");
}

#[tokio::test]
async fn an_address_that_works_is_right_whatever_the_description_takes_it_for() {
    let sandbox = sandbox("contract");
    let url = behind(&sandbox, "/api/v0", "/swagger.json", "https://inside.example/bonus/api/v0").await;
    let config = ProBonusConfig { url, ..config(&sandbox, "") };
    let examination = examined(&options(&config, sandbox.clock().now())).await;
    assert_eq!(came_to(&examination, Subject::Contract), (Outcome::Ok, "same"), "{examination:#?}");
}
