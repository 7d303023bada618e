//! The signature of the Standard Webhooks: HMAC-SHA256 over id, time and body, once for each secret.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use brigade_domain::identity::Secret;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// What a secret begins with.
const PREFIX: &str = "whsec_";

/// The value of `webhook-signature`: one signature a secret, with spaces between.
pub(super) fn sign(secrets: &[Secret], id: &str, timestamp: u64, body: &str) -> String {
    let signatures = secrets.iter().filter_map(|secret| one(secret, id, timestamp, body));
    signatures.collect::<Vec<_>>().join(" ")
}

/// `None` for what is no secret, which nobody makes.
fn one(secret: &Secret, id: &str, timestamp: u64, body: &str) -> Option<String> {
    let key = STANDARD.decode(secret.expose().strip_prefix(PREFIX)?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body.as_bytes());
    Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    /// The vector of the specification's libraries.
    #[test]
    fn it_signs_as_the_standard_says() {
        let signed = |secrets: &[&str]| {
            let secrets: Vec<_> = secrets.iter().map(|secret| Secret::new(*secret)).collect();
            sign(&secrets, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#)
        };
        assert_eq!(signed(&[SECRET]), SIGNATURE);
        let other = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        let both = signed(&[other, SECRET]);
        assert!(both.ends_with(&format!(" {SIGNATURE}")) && both.split(' ').count() == 2, "{both}");
    }

    #[test]
    fn everything_that_is_sent_is_signed() {
        let secret = [Secret::new(SECRET)];
        let signed = sign(&secret, "a", 1, "b");
        for other in [sign(&secret, "c", 1, "b"), sign(&secret, "a", 2, "b"), sign(&secret, "a", 1, "d")] {
            assert_ne!(other, signed);
        }
    }
}
