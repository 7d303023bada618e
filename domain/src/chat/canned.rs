//! Canned replies: texts that a tenant's staff send often, found by a shortcut and filled in for whom they write to.

use std::sync::Arc;

use serde::Serialize;

use super::text::MessageText;
use crate::id::{ReplyId, TenantId};
use crate::identity::Cause;
use crate::journal::BoxFuture;
use crate::refusal::{Fault, Refusal, Rejection};
use crate::template::{Placeholders, Template};
use crate::text::{paragraph, text_type};

/// What `{{…}}` in a text may name.
pub const VARIABLES: Placeholders =
    &["customer.name", "customer.first_name", "agent.name", "agent.first_name", "business.name"];

/// What finds a canned reply: 1 to 32 lower-case letters, digits and hyphens. Written `/shortcut` in a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Shortcut(Arc<str>);
text_type!(Shortcut);

impl Shortcut {
    /// The most characters a shortcut has.
    pub const MAX: usize = 32;

    /// Reads a shortcut, with or without the slash before it.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        let text = text.strip_prefix('/').unwrap_or(text);
        let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if (1..=Self::MAX).contains(&text.len()) && text.chars().all(known) {
            Ok(Self(text.into()))
        } else {
            let message = format!("A shortcut has 1 to {} lower-case letters, digits and hyphens.", Self::MAX);
            Err(Refusal::invalid("shortcut", message))
        }
    }
}

/// The text of a canned reply: as long as a message, with [`VARIABLES`] in it as `{{customer.first_name}}` or, with what
/// to say when that is not known, `{{customer.first_name|friend}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ReplyText(Arc<str>);
text_type!(ReplyText);

impl ReplyText {
    /// Reads a text; what it would fill in must be something there is.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = paragraph("text", text, 1, MessageText::MAX)?;
        Template::parse(Arc::clone(&text), VARIABLES).map_err(|mistake| mistake.in_field("text"))?;
        Ok(Self(text))
    }
}

/// What a canned reply says, and how it is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// What finds it; no two of a tenant have the same.
    pub shortcut: Shortcut,
    /// What it says.
    pub text: ReplyText,
}

/// A canned reply that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptReply {
    /// Which.
    pub id: ReplyId,
    /// How often it was changed, from 1 on.
    pub rev: u32,
    /// What it is.
    pub reply: Reply,
}

/// A tenant's canned replies.
pub trait CannedReplies: Send + Sync + 'static {
    /// All of them, by their shortcuts.
    fn list(&self, tenant: TenantId) -> BoxFuture<'static, Result<Vec<KeptReply>, Fault>>;

    /// Keeps a new one. [`crate::refusal::Code::Conflict`] when another has its shortcut or there are 500 already.
    fn create(
        &self,
        tenant: TenantId,
        id: ReplyId,
        reply: Reply,
        cause: Cause,
    ) -> BoxFuture<'static, Result<KeptReply, Rejection>>;

    /// Changes one that is still at `rev`. [`crate::refusal::Code::Conflict`] when somebody else has changed it since, or
    /// another has the shortcut; [`crate::refusal::Code::NotFound`] when it is gone.
    fn change(
        &self,
        tenant: TenantId,
        id: ReplyId,
        rev: u32,
        reply: Reply,
        cause: Cause,
    ) -> BoxFuture<'static, Result<KeptReply, Rejection>>;

    /// Removes one; [`crate::refusal::Code::NotFound`] when there is none.
    fn remove(&self, tenant: TenantId, id: ReplyId, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortcut_can_be_typed_and_is_the_same_with_its_slash() {
        assert_eq!(Shortcut::parse(" /opening-hours2 ").unwrap(), Shortcut::parse("opening-hours2").unwrap());
        assert!(Shortcut::parse(&"a".repeat(32)).is_ok());
        for text in ["", "/", "//a", "Hello", "two words", "grüße", &"a".repeat(33), "a_b"] {
            assert_eq!(Shortcut::parse(text).unwrap_err().details.unwrap()["field"], "shortcut", "{text:?}");
        }
    }

    #[test]
    fn a_text_names_only_what_can_be_filled_in() {
        for text in [
            "Hello {{customer.first_name}}, this is {{ agent.name }} of {{business.name}}.",
            "Hi {{customer.first_name|friend}}!",
            "One { and } are nothing. {{customer.name|}}",
        ] {
            assert_eq!(ReplyText::parse(text).unwrap().as_str(), text);
        }
        for (text, said) in [
            ("Hi {{name}}", "{{name}}"),
            ("Hi {{customer.first_name", "no }}"),
            ("{{}}", "{{}}"),
            ("{{agent.name}} {{agent.email|x}}", "{{agent.email}}"),
        ] {
            let refusal = ReplyText::parse(text).unwrap_err();
            assert!(refusal.message.contains(said), "{text}: {}", refusal.message);
        }
        assert!(ReplyText::parse(" ").is_err());
        assert!(ReplyText::parse(&"a".repeat(MessageText::MAX + 1)).is_err());
    }
}
