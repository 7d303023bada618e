//! TLS for everybody we ask: 1.2 and 1.3, the ciphers of `ring`, the roots of browsers.

use std::sync::Arc;

use rustls::crypto::ring::default_provider;
use rustls::{ClientConfig, RootCertStore};

/// As we show ourselves: without a certificate, and without a provider that the whole process would have to agree on.
pub(crate) fn client() -> ClientConfig {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map(|builder| builder.with_root_certificates(roots).with_no_client_auth());
    // It fails only for a provider that has no cipher of these versions, and this one has.
    config.unwrap_or_else(|error| unreachable!("ring has no TLS: {error}"))
}
