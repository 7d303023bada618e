//! What a client subscribes to: an entity's log, or a view of it.
//!
//! Written `kind:id` or `kind:id/view`, for example `conversation:cnv_01h…` or `tenant:ten_01h…/inbox`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::entity::{EntityKind, EntityRef};

/// A text that is not a topic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a topic of the form kind:id or kind:id/view")]
pub struct InvalidTopic;

/// An entity, or a named view of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Topic {
    /// The entity.
    pub entity: EntityRef,
    /// The view; `None` is the entity's own log.
    pub view: Option<Box<str>>,
}

impl Topic {
    /// The entity's own log.
    pub const fn log(entity: EntityRef) -> Self {
        Self { entity, view: None }
    }

    /// A view of the entity.
    pub fn view(entity: EntityRef, view: &str) -> Self {
        Self { entity, view: Some(view.into()) }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.entity)?;
        match &self.view {
            Some(view) => write!(f, "/{view}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Topic {
    type Err = InvalidTopic;
    fn from_str(text: &str) -> Result<Self, InvalidTopic> {
        let (kind, rest) = text.split_once(':').ok_or(InvalidTopic)?;
        let (id, view) = match rest.split_once('/') {
            Some((id, view)) => (id, Some(view)),
            None => (rest, None),
        };
        let kind: EntityKind = kind.parse().map_err(|()| InvalidTopic)?;
        let valid =
            |view: &str| (1..=32).contains(&view.len()) && view.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if !view.is_none_or(valid) {
            return Err(InvalidTopic);
        }
        Ok(Self { entity: EntityRef::parse(kind, id).map_err(|_| InvalidTopic)?, view: view.map(Into::into) })
    }
}

impl Serialize for Topic {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Topic {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_read_back() {
        for text in ["conversation:cnv_01h455vb4pex5vsknk084sn02q", "tenant:ten_01h455vb4pex5vsknk084sn02q/inbox"] {
            assert_eq!(text.parse::<Topic>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_topic_is_refused() {
        for text in [
            "",
            ":",
            "conversation:",
            "conversation:acc_01h455vb4pex5vsknk084sn02q",
            "kitchenette:x",
            "tenant:ten_01h455vb4pex5vsknk084sn02q/",
            "tenant:ten_01h455vb4pex5vsknk084sn02q/In box",
        ] {
            assert_eq!(text.parse::<Topic>(), Err(InvalidTopic), "{text}");
        }
    }
}
