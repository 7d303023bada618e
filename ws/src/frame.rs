//! Frames from the client, parsed strictly: an unknown frame, an unknown field or a field that does not belong
//! is refused.

use std::borrow::Cow;

use brigade_domain::refusal::{Code, Refusal};
use brigade_domain::topic::Topic;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

/// Every field any frame may have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw<'a> {
    #[serde(borrow)]
    t: Cow<'a, str>,
    #[serde(borrow, default)]
    topic: Option<Cow<'a, str>>,
    #[serde(default)]
    id: Option<Uuid>,
    #[serde(borrow, default, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    body: Option<&'a RawValue>,
    #[serde(default)]
    after: Option<u64>,
    #[serde(default)]
    epoch: Option<u32>,
    #[serde(borrow, default)]
    token: Option<Cow<'a, str>>,
}

/// A frame from the client.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Inbound<'a> {
    Hello { token: Option<Cow<'a, str>> },
    Sub { topic: Cow<'a, str>, resume: Option<(u64, u32)> },
    Unsub { topic: Cow<'a, str> },
    Cmd { id: Uuid, topic: Cow<'a, str>, kind: Cow<'a, str>, body: &'a str },
    Eph { topic: Cow<'a, str>, kind: Cow<'a, str>, body: &'a str },
    Sig(Sig),
}

/// A presence signal.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sig {
    Watch(Vec<String>),
    Unwatch(Vec<String>),
    Away(bool),
}

/// Why a frame is refused, with what can be told of it.
#[derive(Debug)]
pub(crate) struct Malformed {
    pub(crate) id: Option<Uuid>,
    pub(crate) refusal: Refusal,
}

fn wrong(message: impl Into<Cow<'static, str>>) -> Refusal {
    Refusal::new(Code::InvalidInput, message)
}

/// Reads one frame.
pub(crate) fn parse(text: &str) -> Result<Inbound<'_>, Malformed> {
    let raw: Raw<'_> = serde_json::from_str(text)
        .map_err(|error| Malformed { id: None, refusal: wrong(format!("This frame is not understood: {error}")) })?;
    let id = raw.id;
    read(raw).map_err(|refusal| Malformed { id, refusal })
}

fn read(raw: Raw<'_>) -> Result<Inbound<'_>, Refusal> {
    let Raw { t, topic, id, kind, body, after, epoch, token } = raw;
    // Which fields a frame has, so that each arm can say which it takes.
    let given = [
        ("topic", topic.is_some()),
        ("id", id.is_some()),
        ("type", kind.is_some()),
        ("body", body.is_some()),
        ("after", after.is_some()),
        ("epoch", epoch.is_some()),
        ("token", token.is_some()),
    ];
    let only = |taken: &[&str]| match given.iter().find(|(name, given)| *given && !taken.contains(name)) {
        Some((name, _)) => Err(wrong(format!("A {t} frame has no field {name}."))),
        None => Ok(()),
    };
    let body = body.map_or("{}", RawValue::get);
    let need = |field: &str| wrong(format!("A {t} frame needs the field {field}."));
    match &*t {
        "hello" => {
            only(&["token"])?;
            Ok(Inbound::Hello { token })
        }
        "sub" => {
            only(&["topic", "after", "epoch"])?;
            let resume = match (after, epoch) {
                (Some(after), Some(epoch)) => Some((after, epoch)),
                (None, None) => None,
                _ => return Err(wrong("Send after and epoch together, or neither.")),
            };
            Ok(Inbound::Sub { topic: topic.ok_or_else(|| need("topic"))?, resume })
        }
        "unsub" => {
            only(&["topic"])?;
            Ok(Inbound::Unsub { topic: topic.ok_or_else(|| need("topic"))? })
        }
        "cmd" => {
            only(&["id", "topic", "type", "body"])?;
            Ok(Inbound::Cmd {
                id: id.ok_or_else(|| need("id"))?,
                topic: topic.ok_or_else(|| need("topic"))?,
                kind: kind.ok_or_else(|| need("type"))?,
                body,
            })
        }
        "eph" => {
            only(&["topic", "type", "body"])?;
            Ok(Inbound::Eph {
                topic: topic.ok_or_else(|| need("topic"))?,
                kind: kind.ok_or_else(|| need("type"))?,
                body,
            })
        }
        "sig" => {
            only(&["type", "body"])?;
            sig(&kind.ok_or_else(|| need("type"))?, body).map(Inbound::Sig)
        }
        _ => Err(wrong("There is no such frame. Known are hello, sub, unsub, cmd, eph and sig.")),
    }
}

fn sig(kind: &str, body: &str) -> Result<Sig, Refusal> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Who {
        who: Vec<String>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Status {
        status: Choice,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Choice {
        Online,
        Away,
    }
    let who = || brigade_domain::entity::parse_body::<Who>(body).map(|Who { who }| who);
    match kind {
        "presence_watch" => who().map(Sig::Watch),
        "presence_unwatch" => who().map(Sig::Unwatch),
        "presence_set" => brigade_domain::entity::parse_body::<Status>(body)
            .map(|Status { status }| Sig::Away(matches!(status, Choice::Away))),
        _ => Err(wrong("Known signals are presence_watch, presence_unwatch and presence_set.")),
    }
}

/// Reads a topic's text.
pub(crate) fn topic(text: &str) -> Result<Topic, Refusal> {
    text.parse().map_err(|_| Refusal::invalid("topic", "A topic looks like conversation:cnv_… or tenant:ten_…/inbox."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_read_with_its_body_untouched() {
        let text = r#"{"t":"cmd","id":"0192f0c1-2345-7abc-8def-0123456789ab","topic":"x","type":"send","body":{"text":"a  b"}}"#;
        let Ok(Inbound::Cmd { body, kind, .. }) = parse(text) else { panic!("not read") };
        assert_eq!((body, &*kind), (r#"{"text":"a  b"}"#, "send"));
    }

    #[test]
    fn what_does_not_belong_is_named() {
        let refused = |text: &str| parse(text).unwrap_err().refusal.message.into_owned();
        assert!(refused(r#"{"t":"sub","topic":"x","body":{}}"#).contains("no field body"));
        assert!(refused(r#"{"t":"sub","topic":"x","after":1}"#).contains("together"));
        assert!(refused(r#"{"t":"cmd","topic":"x","type":"send"}"#).contains("needs the field id"));
        assert!(refused(r#"{"t":"nope"}"#).contains("no such frame"));
        assert!(refused(r#"{"t":"hello","tokken":"x"}"#).contains("tokken"));
        assert!(refused("[]").contains("not understood"));
    }

    #[test]
    fn a_refused_command_keeps_its_id_for_the_answer() {
        let text = r#"{"t":"cmd","id":"0192f0c1-2345-7abc-8def-0123456789ab","topic":"x"}"#;
        assert!(parse(text).unwrap_err().id.is_some());
    }
}
