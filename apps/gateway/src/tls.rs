//! TLS with the operator's own certificate, where no proxy stands in front.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::Deserialize;
use tokio_rustls::TlsAcceptor;

/// The `[gateway.tls]` table: PEM files, read once at the start.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFiles {
    /// The certificate and those that lead to a root, in this order.
    pub certificate: PathBuf,
    /// The certificate's private key.
    pub key: PathBuf,
}

/// Why TLS cannot be offered. Tells which file, never what it holds.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file is not there, not readable, or holds no certificate in PEM.
    #[error("{0}: not a readable PEM file with a certificate")]
    Certificate(PathBuf),
    /// The file is not there, not readable, or holds no private key in PEM.
    #[error("{0}: not a readable PEM file with a private key")]
    Key(PathBuf),
    /// The key is not the certificate's, or of a kind that cannot be used.
    #[error("the private key does not belong to the certificate")]
    Mismatch,
}

pub(crate) fn acceptor(files: &TlsFiles) -> Result<TlsAcceptor, TlsError> {
    let unreadable = || TlsError::Certificate(files.certificate.clone());
    let chain: Vec<_> = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<_, _>>)
        .map_err(|_| unreadable())?;
    if chain.is_empty() {
        return Err(unreadable());
    }
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|_| TlsError::Key(files.key.clone()))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| TlsError::Mismatch)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|_| TlsError::Mismatch)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
