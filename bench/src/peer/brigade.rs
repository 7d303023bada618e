//! `brigade.v1`, see `docs/PROTOCOL.md`. Events and acknowledgements are known by their first bytes (the server writes
//! their `t` first): a JSON parser per delivery would cost the generator more than all the rest.

use std::sync::Arc;

use anyhow::{Result, bail};
use memchr::memmem;
use serde_json::Value;

use super::{Greet, Incoming, Mark, Member, Peer, number};

/// Frames that end a run, wherever their `t` is.
const REFUSALS: [&[u8]; 2] = [b"\"t\":\"err\"", b"\"t\":\"resync\""];

/// Whether members subscribe to their room's conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subscribe {
    /// Ready when the conversation's snapshot has come.
    Room,
    /// Signed in and nothing else.
    Nothing,
}

/// Speaks to `brigade serve`.
#[derive(Debug, Clone)]
pub struct Brigade {
    /// Bearer tokens; members share them in turn.
    pub tokens: Arc<[String]>,
    /// The topic of each room.
    pub topics: Arc<[String]>,
    /// What members subscribe to.
    pub subscribe: Subscribe,
    /// Makes this run's command ids differ from every other run's.
    pub nonce: u64,
}

impl Brigade {
    /// A command id: a UUID whose first half is scattered as a random one's would be, so that the index on request
    /// keys sees what it sees in real life, and whose second half says which message it is.
    fn command_id(&self, room: usize, counter: u64) -> String {
        let plain = (room as u64) << 40 | counter;
        let scattered = scatter(plain ^ self.nonce);
        let (high, low) = (scattered >> 32, scattered & 0xFFFF_FFFF);
        format!("{high:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", low >> 16, low & 0xFFF, 0x8000 | room, counter)
    }
}

/// A header line that makes a call come from an address of its own, behind a trusted proxy.
pub fn caller(number: usize) -> String {
    format!("X-Forwarded-For: 10.{}.{}.{}\r\n", number >> 16 & 0xFF, number >> 8 & 0xFF, number & 0xFF)
}

/// The finaliser of `SplitMix64`: a bijection without visible pattern.
const fn scatter(mut value: u64) -> u64 {
    value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// The counter in a command id, from its last twelve digits.
fn counter_of(frame: &[u8]) -> Option<u64> {
    let at = memmem::find(frame, b"\"id\":\"")? + 6 + 24;
    let digits = std::str::from_utf8(frame.get(at..at + 12)?).ok()?;
    u64::from_str_radix(digits, 16).ok()
}

fn seq_of(frame: &[u8]) -> u64 {
    memmem::find(frame, b"\"seq\":").map_or(0, |at| number(&frame[at + 6..]))
}

impl Peer for Brigade {
    fn path(&self, _member: Member) -> String {
        "/v1/live".to_owned()
    }

    fn headers(&self, member: Member) -> String {
        let token = &self.tokens[(member.room + member.place) % self.tokens.len()];
        let from = caller(member.room * 64 + member.place);
        format!("Sec-WebSocket-Protocol: brigade.v1\r\nAuthorization: Bearer {token}\r\n{from}")
    }

    fn greet(&self, member: Member, frame: Option<&[u8]>) -> Result<Greet> {
        let Some(frame) = frame else { return Ok(Greet::Say("{\"t\":\"hello\"}".to_owned())) };
        let read: Value = serde_json::from_slice(frame)?;
        match read["t"].as_str() {
            Some("welcome") => Ok(match self.subscribe {
                Subscribe::Nothing => Greet::Ready,
                Subscribe::Room => Greet::Say(format!("{{\"t\":\"sub\",\"topic\":\"{}\"}}", self.topics[member.room])),
            }),
            Some("snap") => Ok(Greet::Ready),
            Some("err") => bail!("brigade refused: {read}"),
            _ => Ok(Greet::Wait),
        }
    }

    fn message(&self, room: usize, counter: u64, text: &str, out: &mut String) {
        use std::fmt::Write as _;
        // Writing to a String cannot fail.
        let _ = write!(
            out,
            "{{\"t\":\"cmd\",\"id\":\"{}\",\"topic\":\"{}\",\"type\":\"send\",\"body\":{{\"text\":\"{text}\"}}}}",
            self.command_id(room, counter),
            self.topics[room],
        );
    }

    fn read<'a>(&self, frame: &'a [u8]) -> Incoming<'a> {
        if frame.starts_with(b"{\"t\":\"ev\"") {
            Incoming::Entry { seq: seq_of(frame), mark: Mark::find(frame) }
        } else if frame.starts_with(b"{\"t\":\"ack\"") {
            counter_of(frame).map_or(Incoming::Refused(frame), Incoming::Ack)
        } else if REFUSALS.iter().any(|kind| memmem::find(frame, kind).is_some()) {
            Incoming::Refused(frame)
        } else {
            Incoming::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer() -> Brigade {
        Brigade {
            tokens: Arc::from([String::new()]),
            topics: Arc::from(["conversation:cnv_0".to_owned(), "conversation:cnv_1".to_owned()]),
            subscribe: Subscribe::Room,
            nonce: 7,
        }
    }

    #[test]
    fn an_ack_names_its_message_through_the_command_id() {
        let id = peer().command_id(1, 0x1_2345);
        assert_eq!(id.len(), 36);
        assert_eq!(&id[14..15], "4", "version");
        assert_eq!(&id[19..20], "8", "variant");
        let frame = format!("{{\"t\":\"ack\",\"id\":\"{id}\",\"seq\":9}}");
        assert_eq!(peer().read(frame.as_bytes()), Incoming::Ack(0x1_2345));
    }

    #[test]
    fn a_refusal_is_seen_wherever_its_type_is() {
        let refusal = br#"{"code":"OVERLOADED","message":"Very busy.","t":"err"}"#;
        assert_eq!(peer().read(refusal), Incoming::Refused(refusal));
        assert_eq!(peer().read(br#"{"t":"st","topic":"t"}"#), Incoming::Other);
    }

    #[test]
    fn a_command_is_json_and_its_event_is_recognised() {
        let (mut text, mut frame) = (String::new(), String::new());
        let mark = Mark { room: 1, counter: 12 };
        mark.text(256, &mut text);
        peer().message(1, 12, &text, &mut frame);
        let command: serde_json::Value = serde_json::from_str(&frame).unwrap();
        assert_eq!(command["body"]["text"], text);
        let event = format!(
            "{{\"t\":\"ev\",\"topic\":\"t\",\"seq\":42,\"type\":\"message_sent\",\"body\":{{\"text\":\"{text}\"}}}}"
        );
        assert_eq!(peer().read(event.as_bytes()), Incoming::Entry { seq: 42, mark: Some(mark) });
    }
}
