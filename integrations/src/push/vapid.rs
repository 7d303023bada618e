//! Who sends it, so that a push service takes it from nobody else (RFC 8292): a token signed with the server's own key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use brigade_domain::notices::push::KeyPair;
use brigade_domain::webhooks::address::EndpointUrl;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::json;

use super::InvalidKey;

/// How long a token is good for, in seconds: at most a day by the standard.
const GOOD_FOR: u64 = 12 * 3_600;

pub(super) fn new_keys() -> Result<KeyPair, InvalidKey> {
    let random = SystemRandom::new();
    let private = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).map_err(|_| InvalidKey)?;
    let private = private.as_ref().to_vec();
    let public = read(&private)?.public_key().as_ref().to_vec();
    Ok(KeyPair { private, public })
}

fn read(private: &[u8]) -> Result<EcdsaKeyPair, InvalidKey> {
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, private, &SystemRandom::new()).map_err(|_| InvalidKey)
}

/// The value of `authorization`, for this push service from `now` on, in seconds of the Unix clock.
pub(super) fn authorization(
    keys: &KeyPair,
    endpoint: &EndpointUrl,
    contact: &str,
    now: u64,
) -> Result<String, InvalidKey> {
    let scheme = if endpoint.is_https() { "https" } else { "http" };
    let audience = format!("{scheme}://{}", endpoint.authority());
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(json!({ "typ": "JWT", "alg": "ES256" }));
    let claims = part(json!({ "aud": audience, "exp": now + GOOD_FOR, "sub": contact }));
    let signed = format!("{head}.{claims}");
    let signature = read(&keys.private)?.sign(&SystemRandom::new(), signed.as_bytes()).map_err(|_| InvalidKey)?;
    let (signature, public) = (URL_SAFE_NO_PAD.encode(signature.as_ref()), URL_SAFE_NO_PAD.encode(&keys.public));
    Ok(format!("vapid t={signed}.{signature}, k={public}"))
}

#[cfg(test)]
mod tests {
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    #[test]
    fn a_token_is_for_one_push_service_and_some_hours() {
        let keys = new_keys().unwrap();
        let endpoint = EndpointUrl::parse("https://push.example:8443/send/secret?a=b").unwrap();
        let said = authorization(&keys, &endpoint, "https://chat.example", 1_000).unwrap();
        let (token, key) = said.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        assert_eq!(URL_SAFE_NO_PAD.decode(key).unwrap(), keys.public);
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &keys.public);
        public.verify(signed.as_bytes(), &signature).unwrap();
        let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.').unwrap().1).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        let expected = json!({ "aud": "https://push.example:8443", "exp": 44_200, "sub": "https://chat.example" });
        assert_eq!(claims, expected, "and nothing of the address beyond its origin");
    }
}
