//! Who a visitor is, as the business's own site says it and signs it.
//!
//! The business vouches for it, with a secret that only its server has. It says nothing of whether the address receives mail:
//! becoming a client needs a letter to it all the same (BK-IDN). One conversation is one person's: it never becomes
//! another's, for at a browser that several people use nobody is to read what somebody else has written.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::state::Conversation;
use super::wire;
use crate::Timestamp;
use crate::refusal::{Code, Refusal};
use crate::text::{DisplayName, Email, line, text_type};

/// The most bytes of what a site signs: an id, a name and an address of the longest, however they are written.
pub const MAX_SIGNED: usize = 8_192;

/// How far ahead a signature may end.
pub const LONGEST: Duration = Duration::from_hours(24);

/// What the business calls somebody in its own books: 1 to 200 characters, of which we know nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(Arc<str>);
text_type!(PersonId);

impl PersonId {
    /// Reads it. Spaces at its ends are refused rather than taken away: two ids must never become one.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let id = line("id", text, 200)?;
        if &*id == text { Ok(Self(id)) } else { Err(Refusal::invalid("id", "id begins or ends with a space.")) }
    }
}

/// Who somebody is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// In the business's own books.
    pub id: PersonId,
    /// What they are called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<DisplayName>,
    /// Where they can be written to, as the business says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
}

impl Identity {
    pub(super) fn parse(body: &wire::Identify) -> Result<Self, Refusal> {
        Ok(Self {
            id: PersonId::parse(&body.id)?,
            name: body.name.as_deref().map(|name| DisplayName::parse("name", name)).transpose()?,
            email: body.email.as_deref().map(|email| Email::parse("email", email)).transpose()?,
        })
    }

    /// The same person, with what was known of them where this says nothing.
    fn beside(&self, known: &Self) -> Self {
        Self {
            id: self.id.clone(),
            name: self.name.clone().or_else(|| known.name.clone()),
            email: self.email.clone().or_else(|| known.email.clone()),
        }
    }
}

/// What a site signs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signed {
    id: String,
    name: Option<String>,
    email: Option<String>,
    /// In seconds since 1970.
    expires: i64,
}

/// Reads what a site has signed, once the signature is known to be the tenant's.
pub fn signed(json: &[u8], at: Timestamp) -> Result<Identity, Refusal> {
    let Signed { id, name, email, expires } = serde_json::from_slice(json).map_err(|_| {
        malformed("What is signed is not as it should be: JSON with id and expires, and if you like name and email.")
    })?;
    let left = expires.saturating_sub(at.as_second());
    if left <= 0 {
        return Err(Refusal::new(Code::TokenExpired, "This signature is too old. Sign a new one."));
    }
    if u64::try_from(left).is_ok_and(|left| left > LONGEST.as_secs()) {
        let text = "expires is more than 24 hours ahead. It is in seconds since 1970.";
        return Err(Refusal::invalid("expires", text));
    }
    Identity::parse(&wire::Identify { id, name, email })
}

/// What is no signed identity at all.
pub fn malformed(message: &'static str) -> Refusal {
    Refusal::invalid("identity", message)
}

impl Conversation {
    /// Who the visitor is after this was said; `None` when it is no news. Somebody else is refused.
    pub(super) fn identity_after(&self, said: &Identity) -> Result<Option<Identity>, Refusal> {
        match &self.identity {
            None => Ok(Some(said.clone())),
            Some(known) if known.id == said.id => {
                let identity = said.beside(known);
                Ok((identity != *known).then_some(identity))
            }
            Some(_) => {
                let text = "This conversation is somebody else's. Begin a new one.";
                Err(Refusal::new(Code::Conflict, text).with_details(json!({ "reason": "somebody_else" })))
            }
        }
    }

    /// What the staff call it: a visitor by the name that the business's site has signed.
    pub(super) fn called(&self) -> Option<&DisplayName> {
        let signed = self.identity.as_ref().and_then(|identity| identity.name.as_ref());
        signed.filter(|_| self.account.is_none()).or(self.name.as_ref())
    }

    /// Where the visitor can be written to: as they said themselves, or as the business's site has signed.
    pub(super) fn address(&self) -> Option<&Email> {
        let left = self.contact.as_ref().map(|contact| &contact.email);
        left.or_else(|| self.identity.as_ref().and_then(|identity| identity.email.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn read(json: &str) -> Result<Identity, Refusal> {
        signed(json.as_bytes(), Timestamp::from_second(NOW).unwrap())
    }

    fn code(json: &str) -> Code {
        read(json).unwrap_err().code
    }

    fn until(seconds: i64) -> String {
        format!(r#"{{"id":"7","expires":{}}}"#, NOW + seconds)
    }

    #[test]
    fn a_signature_ends_and_not_too_late() {
        assert!(read(&until(1)).is_ok() && read(&until(24 * 3_600)).is_ok());
        assert_eq!((code(&until(0)), code(&until(-3_600))), (Code::TokenExpired, Code::TokenExpired));
        assert_eq!(code(&until(24 * 3_600 + 1)), Code::InvalidInput);
        assert_eq!(code(&format!(r#"{{"id":"7","expires":{}}}"#, i64::MAX)), Code::InvalidInput);
        assert_eq!(code(&format!(r#"{{"id":"7","expires":{}}}"#, i64::MIN)), Code::TokenExpired);
        // Milliseconds, by mistake.
        assert_eq!(code(&format!(r#"{{"id":"7","expires":{}}}"#, NOW * 1_000)), Code::InvalidInput);
    }

    #[test]
    fn what_is_signed_has_one_shape() {
        let with = |fields: &str| format!(r#"{{{fields},"expires":{}}}"#, NOW + 60);
        let name = format!("{}🎂", "م".repeat(199));
        let whole = read(&with(&format!(r#""id":"👤 7","name":"{name}","email":"Mia@Example.com""#))).unwrap();
        assert_eq!(whole.name.unwrap().as_str(), name);
        assert_eq!((whole.id.as_str(), whole.email.unwrap().as_str()), ("👤 7", "mia@example.com"));
        for wrong in [
            r#""id":"""#,
            r#""id":" 7""#,
            r#""id":7"#,
            r#""id":null"#,
            r#""name":"Mia""#,
            r#""id":"7","id":"8""#,
            r#""id":"7","role":"admin""#,
            r#""id":"7","email":"mia""#,
            r#""id":"7","name":"""#,
            r#""id":"7\n""#,
        ] {
            assert_eq!(code(&with(wrong)), Code::InvalidInput, "{wrong}");
        }
        assert_eq!(code(&with(&format!(r#""id":"{}""#, "x".repeat(201)))), Code::InvalidInput);
        for wrong in ["", "null", "[]", r#"{"id":"7"}"#, r#"{"id":"7","expires":"soon"}"#, "\u{0}"] {
            assert_eq!(code(wrong), Code::InvalidInput, "{wrong}");
        }
    }
}
