//! Security events (BK-GUARD-12): refusals worth knowing of, as log lines and a counter. What concerns a person or a
//! key of a tenant goes into its audit log as well, from where it happens.

use brigade_domain::refusal::{Code, Refusal};

use super::Context;

/// Whether a refusal is a security event, and under which name.
const fn name(code: Code) -> Option<&'static str> {
    match code {
        Code::AuthInvalid => Some("credentials_refused"),
        Code::SecondFactorRequired => Some("second_factor_asked"),
        Code::Forbidden => Some("permission_refused"),
        Code::InvalidTenantKey => Some("tenant_key_refused"),
        Code::TenantInactive => Some("tenant_inactive"),
        Code::CsrfFailed => Some("csrf_refused"),
        Code::OriginRefused => Some("origin_refused"),
        Code::RateLimited => Some("rate_limited"),
        Code::TokenExpired => Some("one_time_token_refused"),
        _ => None,
    }
}

/// Notes a refusal, when it is one.
pub(super) fn note(refusal: &Refusal, route: &str, context: &Context) {
    let Some(event) = name(refusal.code) else { return };
    metrics::counter!("brigade_security_events_total", "event" => event).increment(1);
    tracing::warn!(
        target: "brigade::security",
        {
            security.event = event,
            request.id = %context.request_id,
            http.route = route,
            client.network = %context.coarse_address(),
        },
        "A request was refused."
    );
}
