//! Two gateways behind nginx, as the packaging configures it.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use loyalty_tests::gateway::GatewayScene;
use loyalty_tests::scene::RICHEST;
use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::certificate::Certificate;
use crate::packaging::packaging;

/// An nginx with the example's configuration. Ends when dropped.
struct Nginx {
    process: Child,
    base_url: String,
    client: Client,
    _files: (TempDir, Certificate),
}

impl Nginx {
    async fn before(gateways: [&str; 2]) -> Self {
        let certificate = Certificate::new();
        let folder = TempDir::new().unwrap();
        let port = free_port();
        let main = configuration(gateways, port, &certificate, &folder);
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, main).unwrap();
        // Debian puts it where only root's path leads.
        let sbin = std::path::Path::new("/usr/sbin/nginx");
        let program = if sbin.is_file() { sbin } else { "nginx".as_ref() };
        let process = Command::new(program).arg("-c").arg(&file).stderr(Stdio::null()).spawn();
        let process = process.expect("nginx is not installed: `cargo xtask setup` does it");
        let base_url = format!("https://localhost:{port}");
        let nginx = Self { process, base_url, client: certificate.client(), _files: (folder, certificate) };
        for _ in 0..100 {
            if nginx.client.get(format!("{}/v1/health", nginx.base_url)).send().await.is_ok() {
                return nginx;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("nginx did not start");
    }

    async fn get(&self, path: &str) -> reqwest::Response {
        self.client.get(format!("{}{path}", self.base_url)).send().await.unwrap()
    }

    /// Posts JSON, as somebody who claims to come from elsewhere.
    async fn post(&self, path: &str, body: &Value, claimed: &str) -> reqwest::Response {
        let request = self.client.post(format!("{}{path}", self.base_url));
        let request = request.header("content-type", "application/json").header("x-forwarded-for", claimed);
        request.body(body.to_string()).send().await.unwrap()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its master ends the workers when it is asked to, not when it is killed.
        let _ = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status();
        let _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The example with this machine's addresses, in the frame that an nginx without rights needs.
fn configuration(gateways: [&str; 2], port: u16, certificate: &Certificate, folder: &TempDir) -> String {
    let mut example = std::fs::read_to_string(packaging("nginx.conf")).unwrap();
    let [first, second] = gateways.map(|url| url.trim_start_matches("http://").to_owned());
    let live = "/etc/letsencrypt/live/loyalty.pechka.example";
    for (theirs, ours) in [
        ("10.0.0.11:8080", first),
        ("10.0.0.12:8080", second),
        ("listen 443 ssl;", format!("listen 127.0.0.1:{port} ssl;")),
        ("listen [::]:443 ssl;", String::new()),
        (&format!("{live}/fullchain.pem"), certificate.certificate().display().to_string()),
        (&format!("{live}/privkey.pem"), certificate.key().display().to_string()),
        ("server_name loyalty.pechka.example", "server_name localhost".to_owned()),
    ] {
        assert!(example.contains(theirs), "{theirs}");
        example = example.replace(theirs, &ours);
    }
    let folder = folder.path().display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {folder}/{kind};\n"))
        .concat();
    format!(
        "daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{}}\nhttp {{\n{temporary}{example}\n}}\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_behind_nginx_reach_whichever_gateway_is_there_and_cannot_choose_their_address() {
    let settings = "[gateway]\ntrusted_proxies = [\"127.0.0.1\"]\n[gateway.limits]\naddress_per_hour = 2";
    let scene = GatewayScene::with(settings, "").await;
    let second = scene.another(settings, "").await;
    let nginx = Nginx::before([scene.running.base_url(), second.base_url()]).await;

    let programme = nginx.get("/v1/programme").await;
    assert_eq!(programme.status(), 200);
    assert!(programme.headers().contains_key("strict-transport-security"));
    for hidden in ["/v1/ready", "/metrics", "/"] {
        assert_eq!(nginx.get(hidden).await.status(), 404, "{hidden}");
    }

    let sent = nginx.post("/v1/sign-in/code", &json!({"phone": RICHEST}), "203.0.113.1").await;
    assert_eq!(sent.status(), 202);
    let form = json!({"phone": RICHEST, "code": scene.letterbox.code(RICHEST).await});
    let session = nginx.post("/v1/sign-in/confirm", &form, "203.0.113.1").await;
    assert_eq!(session.status(), 200, "a code of one gateway is good at the other");
    let other = json!({"phone": "+79161112233"});
    assert_eq!(nginx.post("/v1/sign-in/code", &other, "203.0.113.2").await.status(), 202);
    let third = json!({"phone": "+79161112244"});
    let refused = nginx.post("/v1/sign-in/code", &third, "203.0.113.3").await;
    assert_eq!(refused.status(), 429, "whatever a client claims, its address is nginx's to say");

    // One address at a time asks for more than nginx lets through, and is told so in the gateway's words.
    let flood = futures_util::future::join_all((0..120).map(|_| nginx.get("/v1/programme"))).await;
    let limited: Vec<_> = flood.into_iter().filter(|answer| answer.status() == 429).collect();
    assert!(!limited.is_empty());
    for answer in limited {
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "application/problem+json");
        assert_eq!(header("retry-after"), "1");
        let problem: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!((problem["code"].as_str(), problem["status"].as_u64()), (Some("rate_limited"), Some(429)));
    }
    // The bucket drains.
    tokio::time::sleep(Duration::from_secs(3)).await;

    second.shutdown().await;
    for _ in 0..10 {
        assert_eq!(nginx.get("/v1/programme").await.status(), 200, "the other gateway is there");
    }
}
