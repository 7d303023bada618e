//! Frames to the client: JSON text inside unmasked WebSocket frames, ready to be written.
//!
//! Server frames are not masked, so the bytes of a frame are the same for every reader and several frames can be
//! one piece of memory: an entry is encoded once per audience, whatever the number of readers.

use std::fmt::Write as _;

use brigade_actors::{Batch, SharedLine};
use brigade_domain::entity::{Audience, Seq};
use brigade_domain::presence::PresenceStatus;
use brigade_domain::refusal::Refusal;
use bytes::{BufMut as _, Bytes, BytesMut};
use serde_json::{Value, json};
use uuid::Uuid;

const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const PONG: u8 = 0x8a;
const CONTROL_LIMIT: usize = 125;

fn header(out: &mut BytesMut, opcode: u8, len: usize) {
    out.put_u8(opcode);
    match len {
        0..=125 => out.put_u8(u8::try_from(len).unwrap_or(125)),
        126..=0xffff => {
            out.put_u8(126);
            out.put_u16(u16::try_from(len).unwrap_or(u16::MAX));
        }
        _ => {
            out.put_u8(127);
            out.put_u64(len as u64);
        }
    }
}

/// One text frame.
pub(crate) fn text(payload: &str) -> Bytes {
    let mut out = BytesMut::with_capacity(payload.len() + 10);
    header(&mut out, TEXT, payload.len());
    out.put_slice(payload.as_bytes());
    out.freeze()
}

fn control(opcode: u8, payload: &[u8]) -> Bytes {
    let payload = &payload[..payload.len().min(CONTROL_LIMIT)];
    let mut out = BytesMut::with_capacity(payload.len() + 2);
    header(&mut out, opcode, payload.len());
    out.put_slice(payload);
    out.freeze()
}

/// A close frame. The reason is cut at 123 bytes, on a character boundary.
pub(crate) fn close(code: u16, reason: &str) -> Bytes {
    let mut end = reason.len().min(CONTROL_LIMIT - 2);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    let mut payload = code.to_be_bytes().to_vec();
    payload.extend_from_slice(&reason.as_bytes()[..end]);
    control(CLOSE, &payload)
}

/// A ping.
pub(crate) fn ping() -> Bytes {
    control(PING, b"")
}

/// The answer to a ping.
pub(crate) fn pong(payload: &[u8]) -> Bytes {
    control(PONG, payload)
}

/// All `ev` frames of a batch, as `audience` sees them.
pub(crate) fn entries(batch: &Batch, audience: Audience) -> Bytes {
    let mut out = BytesMut::new();
    let mut json = String::with_capacity(512);
    for (line, visible) in batch.lines(audience) {
        json.clear();
        let (kind, body) = if visible { (&*line.kind, &*line.body) } else { ("hidden", "null") };
        let written = write!(
            json,
            r#"{{"t":"ev","topic":"{}","seq":{},"type":"{kind}","body":{body},"by":"{}","at":"{}""#,
            batch.topic(),
            line.seq,
            line.by,
            line.at,
        );
        debug_assert!(written.is_ok(), "writing to a String cannot fail");
        if let Some(request) = line.request.filter(|_| visible) {
            let written = write!(json, r#","id":"{}""#, request.id);
            debug_assert!(written.is_ok(), "writing to a String cannot fail");
        }
        json.push('}');
        out.reserve(json.len() + 10);
        header(&mut out, TEXT, json.len());
        out.put_slice(json.as_bytes());
    }
    out.freeze()
}

/// A list's `st` frame.
pub(crate) fn state(line: &SharedLine) -> Bytes {
    text(&format!(
        r#"{{"t":"st","topic":"{}","key":"{}","rev":{},"body":{}}}"#,
        line.topic, line.kind, line.rev, line.body
    ))
}

/// An `eph` frame.
pub(crate) fn ephemeral(line: &SharedLine) -> Bytes {
    let by = line.by.map_or_else(String::new, |by| by.to_string());
    text(&format!(
        r#"{{"t":"eph","topic":"{}","type":{},"body":{},"by":"{by}"}}"#,
        line.topic,
        Value::from(&*line.kind),
        line.body
    ))
}

pub(crate) fn ack(id: Uuid, seq: Seq) -> Bytes {
    text(&format!(r#"{{"t":"ack","id":"{id}","seq":{seq}}}"#))
}

/// An `err` frame about a command, a topic, or neither.
pub(crate) fn err(id: Option<Uuid>, topic: Option<&str>, refusal: &Refusal) -> Bytes {
    let mut frame = json!({ "t": "err", "code": refusal.code, "message": refusal.message });
    if let Some(id) = id {
        frame["id"] = json!(id);
    }
    if let Some(topic) = topic {
        frame["topic"] = json!(topic);
    }
    if let Some(details) = &refusal.details {
        frame["details"] = details.clone();
    }
    if let Some(after) = refusal.retry_after {
        frame["retry_after"] = json!(after.as_secs_f64().ceil());
    }
    text(&frame.to_string())
}

pub(crate) fn snapshot(topic: &str, epoch: u32, seq: Seq, state: &Value) -> Bytes {
    text(&format!(r#"{{"t":"snap","topic":"{topic}","epoch":{epoch},"seq":{seq},"state":{state}}}"#))
}

pub(crate) fn live(topic: &str, epoch: u32, seq: Seq) -> Bytes {
    text(&format!(r#"{{"t":"live","topic":"{topic}","epoch":{epoch},"seq":{seq}}}"#))
}

pub(crate) fn resync(topic: &str) -> Bytes {
    text(&format!(r#"{{"t":"resync","topic":"{topic}"}}"#))
}

pub(crate) fn presence(who: &str, status: PresenceStatus) -> Bytes {
    text(&json!({ "t": "sig", "type": "presence", "body": { "who": who, "status": status } }).to_string())
}

pub(crate) fn revoked() -> Bytes {
    text(r#"{"t":"sig","type":"revoked","body":{}}"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_in_the_shortest_form() {
        assert_eq!(text(&"a".repeat(125))[..2], [TEXT, 125]);
        assert_eq!(text(&"a".repeat(126))[..4], [TEXT, 126, 0, 126]);
        assert_eq!(text(&"a".repeat(65_536))[..10], [TEXT, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    }

    #[test]
    fn a_long_close_reason_is_cut_on_a_character() {
        let frame = close(4408, &"ü".repeat(100));
        assert_eq!(frame.len(), 2 + 2 + 122);
        assert!(std::str::from_utf8(&frame[4..]).is_ok());
    }
}
