//! Which servers are believed.

use std::net::IpAddr;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::{Certificate, Client, redirect};
use url::{Host, Url};

use super::{HttpOptions, HttpSetupError};

/// How long an idle connection is kept: phones lose theirs without notice.
const IDLE: Duration = Duration::from_secs(30);

/// Checks the address and makes a client for it: one that trusts the bundled roots, follows no redirect, uses no proxy
/// and repeats nothing. For servers whose replies are not ours to interpret; everybody else uses [`super::Http`].
///
/// # Errors
/// When the address or the certificates cannot be used.
pub fn client(options: &HttpOptions) -> Result<Client, HttpSetupError> {
    check_address(options)?;
    if !provider_ready() {
        return Err(HttpSetupError::Tls);
    }
    let mut roots = Vec::with_capacity(webpki_root_certs::TLS_SERVER_ROOT_CERTS.len());
    for root in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
        roots.push(Certificate::from_der(root).map_err(|_| HttpSetupError::Tls)?);
    }
    if let Some(pem) = &options.extra_roots {
        let extra = Certificate::from_pem_bundle(pem).map_err(|_| HttpSetupError::Certificates)?;
        if extra.is_empty() {
            return Err(HttpSetupError::Certificates);
        }
        roots.extend(extra);
    }
    Client::builder()
        .tls_certs_only(roots)
        .https_only(!options.allow_plain_http)
        .connect_timeout(options.connect_timeout.min(options.timeout * 3 / 4))
        .pool_idle_timeout(IDLE)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .build()
        // The builder reports unreadable certificates only here.
        .map_err(|_| match options.extra_roots {
            Some(_) => HttpSetupError::Certificates,
            None => HttpSetupError::Tls,
        })
}

fn check_address(options: &HttpOptions) -> Result<(), HttpSetupError> {
    let base = &options.base;
    let bare = base.username().is_empty()
        && base.password().is_none()
        && base.query().is_none()
        && base.fragment().is_none();
    if !bare || !base.has_host() {
        return Err(HttpSetupError::Address);
    }
    match base.scheme() {
        "https" => Ok(()),
        "http" if !options.allow_plain_http => Err(HttpSetupError::PlainHttp),
        "http" => {
            if !is_loopback(base) {
                tracing::warn!("plain http: whoever stands between can read and change everything");
            }
            Ok(())
        }
        _ => Err(HttpSetupError::Address),
    }
}

/// Whether what is sent to the address cannot leave this machine.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// Installs ring as the process's TLS arithmetic, once. A provider that the program installed before us stays.
fn provider_ready() -> bool {
    static INSTALLED: OnceLock<bool> = OnceLock::new();
    *INSTALLED.get_or_init(|| {
        rustls::crypto::ring::default_provider().install_default().is_ok()
            || rustls::crypto::CryptoProvider::get_default().is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_stay_on_the_machine_are_loopback() {
        for (address, loopback) in [
            ("http://127.0.0.1:6896", true),
            ("http://127.9.9.9", true),
            ("http://[::1]/pb", true),
            ("http://localhost", true),
            ("http://pb.localhost", true),
            ("http://localhost.example", false),
            ("http://127.0.0.1.example", false),
            ("http://192.168.0.7", false),
            ("http://[::2]", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(address).unwrap()), loopback, "{address}");
        }
    }
}
