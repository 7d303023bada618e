//! Who a visitor is: said by the page, signed by the business's server, checked here.
//!
//! `payload.signature`, both in base64url: the payload is JSON, the signature is the HMAC-SHA256 of the payload's base64url
//! text. What is signed is what is sent, so nothing has to be written in one certain way to be signed.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use brigade_domain::actor::Actor;
use brigade_domain::chat::identity::{Identity, MAX_SIGNED, malformed, signed};
use brigade_domain::entity::EntityKey;
use brigade_domain::identity::Secret;
use brigade_domain::refusal::{Code, Refusal};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::Sha256;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::entity::ask;
use crate::envelope::Data;
use crate::guard::SiteKey;
use crate::identity::token;
use crate::input::Body;
use crate::problem::Answer;
use crate::{App, Routes, routes};

pub(super) fn routes() -> Routes {
    routes![identify]
}

/// Who the visitor is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Identify {
    /// What the business's server has signed, at most 8,192 bytes.
    #[schema(value_type = String)]
    identity: Secret,
    /// The token of the chat that has begun. Without one, it is only said whether the signature counts.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    token: Option<Secret>,
}

/// Who was signed.
#[derive(Serialize, ToSchema)]
pub(crate) struct IdentifiedView {
    /// In the business's own books.
    id: String,
    name: Option<String>,
    email: Option<String>,
}

/// Says who the visitor is, as the business's server has signed. `AUTH_INVALID`: no secret of this business has signed it;
/// `TOKEN_EXPIRED`: its time is over; `CONFLICT`: the chat is somebody else's.
#[utoipa::path(post, path = "/v1/site/identify", tag = "site", request_body = Identify,
    responses((status = 200, body = IdentifiedView)))]
async fn identify(who: SiteKey, app: App, Body(body): Body<Identify>) -> Answer<Data<IdentifiedView>> {
    let tenant = who.tenant();
    let secrets = app.identity.identity_secrets.current(tenant, who.at()).await?;
    let identity = signed(&genuine(body.identity.expose(), &secrets)?, who.at())?;
    if let Some(token) = &body.token {
        let found = app.identity.visitors.conversation_of(tenant, token::hash(token.expose()), who.at()).await?;
        let conversation = EntityKey::new(tenant, found.ok_or(Code::NotFound)?);
        let system = Arc::new(Actor::system(tenant));
        ask(&app, &system, conversation, who.at(), Uuid::now_v7(), "identify", &json!(identity).to_string()).await?;
    }
    let Identity { id, name, email } = identity;
    let (name, email) = (name.as_ref().map(ToString::to_string), email.as_ref().map(ToString::to_string));
    Ok(Data::new(IdentifiedView { id: id.to_string(), name, email }))
}

/// What one of `secrets` has signed. Compared in constant time.
fn genuine(token: &str, secrets: &[Secret]) -> Result<Vec<u8>, Refusal> {
    const SHAPE: &str = "This is not a signed identity: payload.signature, both in base64url, at most 8,192 bytes.";
    if token.len() > MAX_SIGNED {
        return Err(malformed(SHAPE));
    }
    let (payload, signature) = token.split_once('.').ok_or_else(|| malformed(SHAPE))?;
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| malformed(SHAPE));
    let (json, signature) = (decode(payload)?, decode(signature)?);
    let signs = |secret: &Secret| {
        Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
            .is_ok_and(|mac| mac.chain_update(payload.as_bytes()).verify_slice(&signature).is_ok())
    };
    if secrets.iter().any(signs) {
        Ok(json)
    } else {
        Err(Refusal::new(Code::AuthInvalid, "The signature is not of a secret of this business that counts."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret {
        Secret::new(text)
    }

    fn sign(payload: &str, secret: &str) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(payload.as_bytes());
        format!("{payload}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    /// As the example for Node.js signs: `createHmac('sha256', 'idsec_x').update(payload).digest('base64url')`.
    #[test]
    fn what_another_program_signs_is_known() {
        let token = "eyJpZCI6IjcifQ.Vx6N0XiCujJuaw6ATV6DKXMtYoaHGxZfSTwVHQCfsFE";
        assert_eq!(sign("eyJpZCI6IjcifQ", "idsec_x"), token);
        assert_eq!(genuine(token, &[secret("idsec_x")]).unwrap(), br#"{"id":"7"}"#);
    }

    #[test]
    fn nothing_else_is() {
        let token = sign("eyJpZCI6IjcifQ", "one");
        assert!(genuine(&token, &[secret("two"), secret("one")]).is_ok());
        assert!(genuine(&token.replace('.', "==."), &[secret("one")]).is_err(), "other bytes were signed");
        let code = |token: &str, secrets: &[Secret]| genuine(token, secrets).unwrap_err().code;
        assert_eq!(code(&token, &[]), Code::AuthInvalid);
        assert_eq!(code(&token, &[secret("two"), secret("")]), Code::AuthInvalid);
        assert_eq!(code(&token.replace("Ijci", "Ijgi"), &[secret("one")]), Code::AuthInvalid);
        assert_eq!(code("eyJpZCI6IjcifQ.", &[secret("one")]), Code::AuthInvalid);
        assert_eq!(code(&token[..token.len() - 3], &[secret("one")]), Code::AuthInvalid);
        let long = sign(&"A".repeat(MAX_SIGNED), "one");
        for wrong in ["", ".", "x", "a.b.c", &format!("{token}.{token}"), "%%.%%", &long] {
            let refusal = genuine(wrong, &[secret("one")]);
            assert!(refusal.is_err(), "{wrong:?}");
        }
        assert_eq!(code(&long, &[secret("one")]), Code::InvalidInput);
        assert_eq!(code("no dot", &[secret("one")]), Code::InvalidInput);
    }
}
