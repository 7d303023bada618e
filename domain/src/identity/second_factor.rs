//! Two-step sign-in (security 9; ASVS 6.3.3, 6.5): codes that change with time (TOTP, RFC 6238) and recovery codes for when
//! the device that makes them is gone.
//!
//! | want to … | use |
//! |---|---|
//! | read what somebody typed | [`SecondStep::parse`] |
//! | know whether a code counts now | [`TotpSecret::accept`] |
//! | make a recovery code, or know it again | [`RecoveryCode`] |

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq};

use super::TokenHash;
use crate::Timestamp;
use crate::id::UserId;
use crate::refusal::Refusal;

/// How long a code lasts, in seconds: what every authenticator app assumes.
pub const STEP_SECONDS: i64 = 30;
/// How many recovery codes somebody is given at a time.
pub const RECOVERY_CODES: usize = 10;
/// How long a secret that was shown may wait for its first code, in seconds.
pub const SETUP_SECONDS: i64 = 3_600;
/// How long after the password the second step may come, in seconds.
pub const PENDING_SECONDS: i64 = 300;
/// How many codes may be tried after one password.
pub const PENDING_ATTEMPTS: i32 = 5;

const DIGITS: usize = 6;
const DIGITS_BELOW: u32 = 1_000_000;
/// The alphabet of RFC 4648, which authenticator apps read.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Crockford's: without letters that look like digits or like each other.
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The secret that a person's app and we share: 160 bits, as RFC 4226 recommends. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; Self::BYTES]);

impl TotpSecret {
    /// Its length.
    pub const BYTES: usize = 20;

    /// From chance, made at the edge.
    pub const fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// What the database keeps, once it is opened.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// To be sealed.
    pub const fn expose(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// As a person types it into an app: 32 characters in groups of four.
    pub fn text(&self) -> String {
        grouped(&encode(&self.0, BASE32), ' ')
    }

    /// As a QR code says it to an app.
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        let (issuer, account) = (percent(issuer), percent(account));
        let secret = encode(&self.0, BASE32);
        format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30")
    }

    /// The code of a time step.
    pub fn code(&self, step: i64) -> Digits {
        // HMAC pads a key to the block of 64 bytes with zeros.
        let mut block = [0; 64];
        block[..Self::BYTES].copy_from_slice(&self.0);
        let mut mac = Hmac::<Sha1>::new(&block.into());
        mac.update(&step.to_be_bytes());
        let digest: [u8; 20] = mac.finalize().into_bytes().into();
        let offset = usize::from(digest[19] & 0x0f);
        let word = [digest[offset] & 0x7f, digest[offset + 1], digest[offset + 2], digest[offset + 3]];
        let mut rest = u32::from_be_bytes(word) % DIGITS_BELOW;
        let mut digits = [b'0'; DIGITS];
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
        Digits(digits)
    }

    /// The time step whose code this is, when it counts now: the step of `at` or one beside it, for clocks differ, and later
    /// than `last`, the newest that was accepted, for a code counts once. Takes the same time whatever was typed.
    pub fn accept(&self, typed: &Digits, at: Timestamp, last: Option<i64>) -> Option<i64> {
        let now = step_of(at);
        let mut accepted = None;
        for step in [now - 1, now, now + 1] {
            let is_it: Choice = self.code(step).0.ct_eq(&typed.0);
            if bool::from(is_it) && last.is_none_or(|last| step > last) {
                accepted = Some(step);
            }
        }
        accepted
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// The time step of a moment.
pub fn step_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(STEP_SECONDS)
}

/// Six digits. `Debug` does not show them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digits([u8; DIGITS]);

impl Digits {
    /// As an app shows them.
    pub fn text(&self) -> String {
        self.0.iter().copied().map(char::from).collect()
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digits(…)")
    }
}

/// What lets somebody in once without their app: 120 bits of chance. `Debug` does not show it.
///
/// Kept as a plain SHA-256: from 112 bits on nobody finds it by trying (ASVS 6.5.2), and a slow hash would have each sign-in
/// compared with all ten of them.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode([u8; Self::BYTES]);

impl RecoveryCode {
    /// Its length.
    pub const BYTES: usize = 15;
    const CHARACTERS: usize = 24;

    /// From chance, made at the edge.
    pub const fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// As a person keeps it: 24 characters in groups of four.
    pub fn text(&self) -> String {
        grouped(&encode(&self.0, CROCKFORD), '-')
    }

    /// What the database keeps of it: nobody else's code has the same.
    pub fn hash(&self, owner: UserId) -> TokenHash {
        let mut hasher = Sha256::new();
        hasher.update(b"brigade recovery code 1\0");
        hasher.update(owner.uuid().as_bytes());
        hasher.update(self.0);
        TokenHash(hasher.finalize().into())
    }

    fn read(characters: &[char]) -> Option<Self> {
        let mut bytes = [0; Self::BYTES];
        // Eight characters are five bytes.
        for (characters, bytes) in characters.chunks_exact(8).zip(bytes.chunks_exact_mut(5)) {
            let mut bits = 0u64;
            for character in characters {
                bits = bits << 5 | five_bits(*character)?;
            }
            bytes.copy_from_slice(&bits.to_be_bytes()[3..]);
        }
        Some(Self(bytes))
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

/// What somebody shows after their password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecondStep {
    /// What their app shows.
    Totp(Digits),
    /// One of their recovery codes.
    Recovery(RecoveryCode),
}

impl SecondStep {
    /// Reads what was typed into `field`, with whatever spaces and hyphens, in the digits of any of the keyboards people have.
    pub fn parse(field: &str, text: &str) -> Result<Self, Refusal> {
        // What is longer than any code is not looked at.
        let characters: Vec<char> = text
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{200b}'..='\u{200f}'))
            .take(RecoveryCode::CHARACTERS + 1)
            .map(western)
            .collect();
        let read = match characters.len() {
            DIGITS => digits(&characters).map(Self::Totp),
            RecoveryCode::CHARACTERS => RecoveryCode::read(&characters).map(Self::Recovery),
            _ => None,
        };
        read.ok_or_else(|| Refusal::invalid(field, "Enter the six digits your app shows, or a whole recovery code."))
    }

    /// Reads the six digits of an app and nothing else.
    pub fn parse_digits(field: &str, text: &str) -> Result<Digits, Refusal> {
        match Self::parse(field, text) {
            Ok(Self::Totp(digits)) => Ok(digits),
            _ => Err(Refusal::invalid(field, "Enter the six digits your app shows.")),
        }
    }
}

fn digits(characters: &[char]) -> Option<Digits> {
    let mut digits = [0; DIGITS];
    for (digit, character) in digits.iter_mut().zip(characters) {
        *digit = u8::try_from(*character).ok().filter(u8::is_ascii_digit)?;
    }
    Some(Digits(digits))
}

/// Arabic, Persian and full-width digits as the ones we write.
fn western(c: char) -> char {
    let zero = match c {
        '\u{0660}'..='\u{0669}' => 0x0660,
        '\u{06f0}'..='\u{06f9}' => 0x06f0,
        '\u{ff10}'..='\u{ff19}' => 0xff10,
        _ => return c,
    };
    char::from_digit(u32::from(c) - zero, 10).unwrap_or(c)
}

/// A character of Crockford's alphabet, read as generously as he asks for.
fn five_bits(c: char) -> Option<u64> {
    let upper = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let place = CROCKFORD.iter().position(|known| char::from(*known) == upper)?;
    u64::try_from(place).ok()
}

/// `bytes`, whose number is a multiple of five, five bits a character.
fn encode(bytes: &[u8], alphabet: &[u8; 32]) -> String {
    let mut text = String::with_capacity(bytes.len() * 8 / 5);
    for five in bytes.chunks_exact(5) {
        let bits = five.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
        for shift in (0..8).rev() {
            let place = usize::try_from(bits >> (shift * 5) & 31).unwrap_or_default();
            text.push(char::from(alphabet[place]));
        }
    }
    text
}

fn grouped(text: &str, between: char) -> String {
    let mut grouped = String::with_capacity(text.len() * 5 / 4);
    for (index, character) in text.chars().enumerate() {
        if index > 0 && index % 4 == 0 {
            grouped.push(between);
        }
        grouped.push(character);
    }
    grouped
}

/// For an address: what is neither a letter nor a digit of ASCII is escaped.
fn percent(text: &str) -> String {
    use std::fmt::Write as _;
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing into a text does not fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}
