//! A tenant's API keys: `pk_live_slug_…` and `sk_live_slug_…` (C28, MAIS-TEN-09, -10).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::refusal::Code;

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// `pk_…`: in the pages of a site, seen by everybody.
    Public,
    /// `sk_…`: on a server, seen by nobody.
    Secret,
}

impl KeyKind {
    /// The name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Secret => "secret",
        }
    }

    const fn prefix(self) -> &'static str {
        match self {
            Self::Public => "pk",
            Self::Secret => "sk",
        }
    }
}

/// Whether a key is for real use or for trying out. Both act on the same data; the mode is for the tenant's own order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyMode {
    /// Real use.
    Live,
    /// Trying out.
    Test,
}

impl KeyMode {
    /// The name in the key and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }
}

/// A well-formed key: `^(pk|sk)_(live|test)_[a-z0-9-]+_[A-Za-z0-9]{32}$`.
#[derive(Clone, PartialEq, Eq)]
pub struct TenantKey {
    kind: KeyKind,
    mode: KeyMode,
    text: Box<str>,
}

/// How many characters of chance a key ends with.
pub const RANDOM_CHARACTERS: usize = 32;

impl TenantKey {
    /// Reads a key as it came over the wire. A malformed one is [`Code::InvalidTenantKey`] like an unknown one.
    pub fn parse(text: &str) -> Result<Self, Code> {
        let malformed = Code::InvalidTenantKey;
        let mut parts = text.split('_');
        let (Some(kind), Some(mode), Some(slug), Some(random), None) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(malformed);
        };
        let kind = [KeyKind::Public, KeyKind::Secret].into_iter().find(|known| known.prefix() == kind);
        let mode = [KeyMode::Live, KeyMode::Test].into_iter().find(|known| known.as_str() == mode);
        let slug_ok = (1..=63).contains(&slug.len())
            && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let random_ok = random.len() == RANDOM_CHARACTERS && random.bytes().all(|b| b.is_ascii_alphanumeric());
        match (kind, mode) {
            (Some(kind), Some(mode)) if slug_ok && random_ok => Ok(Self { kind, mode, text: text.into() }),
            _ => Err(malformed),
        }
    }

    /// Writes a key; `random` are 32 letters and digits of chance, made at the edge.
    pub fn compose(kind: KeyKind, mode: KeyMode, slug: &str, random: &str) -> Result<Self, Code> {
        Self::parse(&format!("{}_{}_{slug}_{random}", kind.prefix(), mode.as_str()))
    }

    /// What it is for.
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Real use or trying out.
    pub const fn mode(&self) -> KeyMode {
        self.mode
    }

    /// The key itself.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// What may be shown of it: all but the chance, and its last four characters.
    pub fn hint(&self) -> String {
        let cut = self.text.len() - RANDOM_CHARACTERS;
        format!("{}…{}", &self.text[..cut], &self.text[self.text.len() - 4..])
    }
}

impl fmt::Debug for TenantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANDOM: &str = "0123456789abcdefABCDEF0123456789";

    #[test]
    fn keys_read_back_and_show_only_their_end() {
        let key = TenantKey::compose(KeyKind::Secret, KeyMode::Live, "balance-kitchen", RANDOM).unwrap();
        assert_eq!(key.expose(), format!("sk_live_balance-kitchen_{RANDOM}"));
        assert_eq!(TenantKey::parse(key.expose()).unwrap(), key);
        assert_eq!(format!("{key:?}"), "sk_live_balance-kitchen_…6789");
    }

    #[test]
    fn the_format_is_enforced() {
        for text in [
            "",
            "pk",
            "pk_live_slug",
            "xx_live_slug_0123456789abcdefABCDEF0123456789",
            "pk_prod_slug_0123456789abcdefABCDEF0123456789",
            "pk_live_Slug_0123456789abcdefABCDEF0123456789",
            "pk_live__0123456789abcdefABCDEF0123456789",
            "pk_live_slug_0123456789abcdefABCDEF012345678",
            "pk_live_slug_0123456789abcdefABCDEF0123456789a",
            "pk_live_slug_0123456789abcdefABCDEF012345678-",
            "pk_live_slug_0123456789abcdefABCDEF0123456789_",
            " pk_live_slug_0123456789abcdefABCDEF0123456789",
            "pk_live_slüg_0123456789abcdefABCDEF0123456789",
        ] {
            assert_eq!(TenantKey::parse(text), Err(Code::InvalidTenantKey), "{text}");
        }
    }
}
