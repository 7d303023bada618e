//! Typed, prefixed, sortable ids.
//!
//! Inside an id is a `UUIDv7`; outside it is written in the TypeID form, `cnv_01h455vb4pex5vsknk084sn02q`:
//! a prefix that says what it names, an underscore, and the 128 bits as 26 characters of lower-case
//! Crockford base32, so that text sorts as the ids do (C48). Ids are made at the edges
//! (this crate has no randomness) with `XxxId::from_uuid(Uuid::now_v7())`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const ENCODED_LEN: usize = 26;

/// Why a text is not an id: the shape expected is in the message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form {expected}_ followed by 26 characters")]
pub struct InvalidId {
    /// The prefix that was expected, such as `cnv`.
    pub expected: &'static str,
}

fn encode(uuid: Uuid) -> [u8; ENCODED_LEN] {
    let mut value = uuid.as_u128();
    let mut out = [0u8; ENCODED_LEN];
    for slot in out.iter_mut().rev() {
        *slot = ALPHABET[(value & 31) as usize];
        value >>= 5;
    }
    out
}

fn decode(text: &str) -> Option<Uuid> {
    if text.len() != ENCODED_LEN {
        return None;
    }
    let mut value: u128 = 0;
    for (position, byte) in text.bytes().enumerate() {
        let digit = ALPHABET.iter().position(|&candidate| candidate == byte)? as u128;
        // 26 characters carry 130 bits: the first may only use three of its five.
        if position == 0 && digit > 7 {
            return None;
        }
        value = (value << 5) | digit;
    }
    Some(Uuid::from_u128(value))
}

/// Splits `prefix_suffix` and decodes the suffix.
pub(crate) fn parse(text: &str, prefix: &'static str) -> Result<Uuid, InvalidId> {
    text.strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .and_then(decode)
        .ok_or(InvalidId { expected: prefix })
}

pub(crate) fn write(f: &mut fmt::Formatter<'_>, prefix: &str, uuid: Uuid) -> fmt::Result {
    let encoded = encode(uuid);
    let text = std::str::from_utf8(&encoded).map_err(|_| fmt::Error)?;
    write!(f, "{prefix}_{text}")
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// What every id of this type starts with.
            pub const PREFIX: &'static str = $prefix;

            /// Wraps a uuid made at the edge or read from the database.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The bare uuid, for the database.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write(f, $prefix, self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse(text, $prefix).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// A business on the platform.
    TenantId = "ten";
    /// A person who signs in.
    UserId = "usr";
    /// A customer relationship of a tenant.
    AccountId = "acc";
    /// One ordered stream of messages.
    ConversationId = "cnv";
    /// An anonymous person in a site chat.
    VisitorId = "vis";
    /// A tenant's API key.
    ApiKeyId = "key";
    /// A signed-in browser or program.
    SessionId = "ses";
    /// An invitation to become staff or a client.
    InvitationId = "inv";
    /// A canned reply.
    ReplyId = "rep";
    /// A saved view of the inbox.
    ViewId = "vew";
    /// A line of somebody's sign-in history.
    MomentId = "mom";
    /// A copy of what is known of somebody.
    ExportId = "exp";
    /// A label of a tenant's conversations.
    LabelId = "lbl";
    /// A team of a tenant's staff.
    TeamId = "tea";
    /// A file that goes with a message.
    AttachmentId = "att";
    /// A place that webhooks are sent to.
    WebhookId = "whk";
    /// What a webhook tells of: the same for every endpoint and attempt.
    EventId = "evt";
    /// An event on its way to an endpoint.
    DeliveryId = "dlv";
    /// What a person is told.
    NoticeId = "ntc";
    /// A browser that is told while no page is open in it.
    DeviceId = "dvc";
    /// A business's permission for support to look.
    PermissionId = "per";
    /// One HTTP request, for correlation.
    RequestId = "req";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_id_reads_back_and_sorts_as_its_text(a: u128, b: u128) {
            let (a, b) = (TenantId::from_uuid(Uuid::from_u128(a)), TenantId::from_uuid(Uuid::from_u128(b)));
            prop_assert_eq!(a.to_string().parse::<TenantId>().unwrap(), a);
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,64}") {
            let _ = text.parse::<ConversationId>();
        }
    }

    #[test]
    fn a_foreign_prefix_and_an_overflow_are_refused() {
        let id = UserId::from_uuid(Uuid::from_u128(7)).to_string();
        assert!(id.parse::<TenantId>().is_err());
        assert!("usr_8zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<UserId>().is_err());
        assert!("usr_7zzzzzzzzzzzzzzzzzzzzzzzzz".parse::<UserId>().is_ok());
    }
}
