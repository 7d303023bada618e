//! What is sent, so that only the browser can read it (RFC 8291): with a key of ECDH between its own and one made for this message,
//! as one record of `aes128gcm` (RFC 8188).

use brigade_domain::notices::push::{AUTH_BYTES, POINT_BYTES, Subscription};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use ring::rand::{SecureRandom as _, SystemRandom};

use super::InvalidKey;

const SALT: usize = 16;
/// The size of a record, as it is said: ours are one, and shorter.
const RECORD: u32 = 4_096;
/// Messages are filled up to a multiple of this, so that their length says little.
const FILLED: usize = 256;
/// Behind the text of the last record.
const END: u8 = 2;

/// So many bytes out of HKDF.
struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

/// Seals `plain` for a browser.
pub(super) fn seal(to: &Subscription, plain: &[u8]) -> Result<Vec<u8>, InvalidKey> {
    let random = SystemRandom::new();
    let mut salt = [0; SALT];
    random.fill(&mut salt).map_err(|_| InvalidKey)?;
    let private = EphemeralPrivateKey::generate(&ECDH_P256, &random).map_err(|_| InvalidKey)?;
    let own = private.compute_public_key().map_err(|_| InvalidKey)?;
    let theirs = UnparsedPublicKey::new(&ECDH_P256, to.key());
    let own = own.as_ref().try_into().map_err(|_| InvalidKey)?;
    let fill = FILLED - (plain.len() + 1) % FILLED;
    agree_ephemeral(private, &theirs, |secret| body(secret, own, to.key(), to.auth(), salt, plain, fill))
        .map_err(|_| InvalidKey)?
}

/// The body, once both sides' secret is known.
fn body(
    secret: &[u8],
    own: [u8; POINT_BYTES],
    theirs: &[u8; POINT_BYTES],
    auth: &[u8; AUTH_BYTES],
    salt: [u8; SALT],
    plain: &[u8],
    fill: usize,
) -> Result<Vec<u8>, InvalidKey> {
    let mut input = [0; 32];
    let between = Salt::new(HKDF_SHA256, auth).extract(secret);
    let info: [&[u8]; 3] = [b"WebPush: info\0", theirs, &own];
    between.expand(&info, Bytes(32)).and_then(|out| out.fill(&mut input)).map_err(|_| InvalidKey)?;
    let key = Salt::new(HKDF_SHA256, &salt).extract(&input);
    let mut nonce = [0; NONCE_LEN];
    let info: [&[u8]; 1] = [b"Content-Encoding: nonce\0"];
    key.expand(&info, Bytes(NONCE_LEN)).and_then(|out| out.fill(&mut nonce)).map_err(|_| InvalidKey)?;
    let info: [&[u8]; 1] = [b"Content-Encoding: aes128gcm\0"];
    let cipher = LessSafeKey::new(UnboundKey::from(key.expand(&info, &AES_128_GCM).map_err(|_| InvalidKey)?));
    let mut text = plain.to_vec();
    text.push(END);
    text.resize(text.len() + fill, 0);
    cipher
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text)
        .map_err(|_| InvalidKey)?;
    let mut body = Vec::with_capacity(SALT + 5 + POINT_BYTES + text.len());
    body.extend_from_slice(&salt);
    body.extend_from_slice(&RECORD.to_be_bytes());
    body.extend(u8::try_from(POINT_BYTES));
    body.extend_from_slice(&own);
    body.extend_from_slice(&text);
    Ok(body)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap()
    }

    /// RFC 8291, section 5 and appendix A.
    #[test]
    fn it_is_what_the_standard_says() {
        let body = body(
            &bytes::<32>("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs"),
            bytes("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"),
            &bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
            &bytes("BTBZMqHH6r4Tts7J_aSIgg"),
            bytes("DGv6ra1nlYgDCS1FRnbzlw"),
            b"When I grow up, I want to be a watermelon",
            0,
        );
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml\
                        mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT\
                        pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(body.unwrap()), expected);
    }

    #[test]
    fn lengths_say_little_and_what_is_no_key_is_refused() {
        let key: [u8; 65] =
            bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
        let to = |key: &[u8]| Subscription::new("https://push.example/1", key, &[7; 16]).unwrap();
        let length = |text: &str| seal(&to(&key), text.as_bytes()).unwrap().len();
        assert_eq!(length("Yes"), length(&"A".repeat(200)));
        assert!(length(&"A".repeat(3_000)) <= 4_096);
        let mut off_the_curve = key;
        off_the_curve[64] ^= 1;
        assert_eq!(seal(&to(&off_the_curve), b"Yes"), Err(InvalidKey));
        assert_ne!(seal(&to(&key), b"Yes"), seal(&to(&key), b"Yes"));
    }
}
