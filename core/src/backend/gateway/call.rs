//! The routes of the gateway, and requests to them.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use url::Url;

use crate::backend::BackendError;
use crate::backend::http::{Deadline, Effect, Http, Reply, Request, Verb, Vocabulary};
use crate::error_code::ErrorCode;

/// Where the interface begins under the gateway's address.
const ROOT: &str = "v1";
/// The header of a kiosk's credential.
const DEVICE: HeaderName = HeaderName::from_static("loyalty-device");

/// The gateway speaks in our own codes and names the members of its requests.
pub(super) static VOCABULARY: Vocabulary = Vocabulary {
    knows_field: |name| FIELDS.contains(&name),
    code_of: |word| ErrorCode::ALL.iter().copied().find(|code| code.as_str() == word),
};

/// The members of all requests.
const FIELDS: &[&str] = &[
    "phone",
    "code",
    "refreshToken",
    "tillCode",
    "firstName",
    "lastName",
    "middleName",
    "birthday",
    "sex",
    "email",
    "kind",
    "textVersion",
    "limit",
    "cursor",
    "from",
    "to",
];

/// A route.
#[derive(Debug)]
pub(super) struct Route {
    /// Its path under the root, which is also its name in logs and errors.
    pub(super) name: &'static str,
    verb: Verb,
    pub(super) effect: Effect,
    /// Whether what it names may not exist.
    names_something: bool,
}

macro_rules! routes {
    ($( $id:ident: $verb:ident $effect:ident $name:literal $($named:ident)?; )+) => {
        $( pub(super) static $id: Route = Route {
            name: $name,
            verb: Verb::$verb,
            effect: Effect::$effect,
            names_something: routes!(@named $($named)?),
        }; )+
    };
    (@named) => { false };
    (@named named) => { true };
}

routes! {
    PROGRAMME: Get Read "programme";
    SIGN_IN_CODE: Post Repeatable "sign-in/code";
    SIGN_IN_CONFIRM: Post Repeatable "sign-in/confirm";
    REFRESH: Post Repeatable "sessions/refresh";
    SIGN_OUT: Delete Repeatable "sessions/current";
    SIGN_OUT_EVERYWHERE: Delete Repeatable "sessions";
    IDENTIFY: Post Repeatable "kiosk/identify";
    REGISTER: Post Once "me/registration";
    SNAPSHOT: Get Read "me/snapshot";
    TRANSACTIONS: Get Read "me/transactions";
    RECEIPT: Get Read "me/receipts" named;
    PROFILE: Patch Repeatable "me/profile";
    TILL_CODE: Post Repeatable "me/till-code";
    CONSENTS: Get Read "me/consents";
    GIVE_CONSENT: Post Repeatable "me/consents";
    WITHDRAW_CONSENT: Delete Repeatable "me/consents";
    EXPORT: Get Read "me/export";
    DELETION: Post Repeatable "me/deletion";
}

/// The way to a gateway.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) http: Http,
    base: Url,
    /// The credential of the kiosk that this is.
    device: Option<HeaderValue>,
}

/// A request that at most lacks its authorisation.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) route: &'static Route,
    url: Url,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
}

impl Link {
    /// `None` when the device's credential cannot stand in a header.
    pub(super) fn new(http: Http, base: Url, device: Option<&SecretString>) -> Option<Self> {
        let device = match device {
            None => None,
            Some(credential) => {
                let mut value = HeaderValue::try_from(credential.expose_secret()).ok()?;
                value.set_sensitive(true);
                Some(value)
            }
        };
        Some(Self { http, base, device })
    }

    /// A request to a route.
    pub(super) fn call(&self, route: &'static Route) -> Call {
        let mut url = self.base.clone();
        url.set_path(&format!("{}/{ROOT}/{}", self.base.path().trim_end_matches('/'), route.name));
        Call { route, url, headers: HeaderMap::new(), body: None }
    }

    /// A request that a kiosk makes with its own credential.
    pub(super) fn device_call(&self, route: &'static Route) -> Call {
        let mut call = self.call(route);
        if let Some(device) = &self.device {
            call.headers.insert(DEVICE, device.clone());
        }
        call
    }

    /// Sends a request with `more` headers, which has its answer by `deadline`.
    pub(super) async fn send(
        &self,
        call: &Call,
        more: &HeaderMap,
        deadline: Deadline,
    ) -> Result<Reply, BackendError> {
        let mut headers = call.headers.clone();
        headers.extend(more.iter().map(|(name, value)| (name.clone(), value.clone())));
        let Route { name, verb, effect, names_something } = *call.route;
        let request = Request {
            method: name,
            effect,
            verb,
            url: &call.url,
            headers: &headers,
            body: call.body.as_deref(),
        };
        match self.http.send_by(&request, deadline).await {
            // Where nothing was named, it is the route that is not there.
            Err(BackendError::NotFound) if !names_something => Err(BackendError::Reply {
                code: ErrorCode::ContractMismatch,
                path: name.to_owned(),
                field: String::new(),
            }),
            Err(BackendError::Conflict(ErrorCode::Unsupported)) => Err(BackendError::Unsupported),
            sent => sent,
        }
    }
}

impl Call {
    /// With a parameter of the query.
    pub(super) fn query(mut self, name: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(name, value);
        self
    }

    /// With one more segment of the path. `None` for what cannot be one: an address drops empty ones and dots.
    pub(super) fn segment(mut self, segment: &str) -> Option<Self> {
        if matches!(segment, "" | "." | "..") {
            return None;
        }
        self.url.path_segments_mut().ok()?.push(segment);
        Some(self)
    }

    /// With a header.
    pub(super) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// With a JSON body.
    pub(super) fn json(mut self, body: &impl Serialize) -> Result<Self, BackendError> {
        self.body = Some(serde_json::to_vec(body).map_err(|_| BackendError::Internal)?);
        Ok(self)
    }
}
