//! What the generator has to know about a server: how its protocol greets, sends and acknowledges.
//!
//! Every message carries its room and its sender's counter in its text, whatever the protocol, so that
//! lost, doubled and reordered messages are seen the same way everywhere.

use anyhow::Result;
use memchr::memmem;

mod bare;
mod brigade;
mod socketio;

pub use bare::Bare;
pub use brigade::{Brigade, Subscribe, caller};
pub use socketio::SocketIo;

/// One socket of a scenario. The member at place 0 is its room's sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Its room, from 0.
    pub room: usize,
    /// Its place in the room, from 0.
    pub place: usize,
}

/// What to do next while a socket is being set up.
#[derive(Debug)]
pub enum Greet {
    /// Send this and go on reading.
    Say(String),
    /// Go on reading.
    Wait,
    /// The socket is a member of its room now.
    Ready,
}

/// What a frame turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Incoming<'a> {
    /// An entry of the room: the position the server gave it (0: this protocol has none), and the message it
    /// carries, if any.
    Entry {
        /// Position in the room, without holes.
        seq: u64,
        /// The message.
        mark: Option<Mark>,
    },
    /// The sender's message with this counter is acknowledged.
    Ack(u64),
    /// The protocol wants this said at once.
    Answer(&'static str),
    /// The server says no.
    Refused(&'a [u8]),
    /// Nothing the benchmark looks at.
    Other,
}

/// A protocol.
pub trait Peer {
    /// Whether a sender's own copy of a message is its acknowledgement.
    const ECHO_IS_ACK: bool = false;

    /// Where a member connects.
    fn path(&self, member: Member) -> String;

    /// Header lines beside those every WebSocket has, each with its line end.
    fn headers(&self, _member: Member) -> String {
        String::new()
    }

    /// The set-up conversation: called with `None` after the upgrade, then with every text frame until ready.
    fn greet(&self, member: Member, frame: Option<&[u8]>) -> Result<Greet>;

    /// Appends the frame that sends `text`, the sender's `counter`th message to `room`.
    fn message(&self, room: usize, counter: u64, text: &str, out: &mut String);

    /// Reads a text frame.
    fn read<'a>(&self, frame: &'a [u8]) -> Incoming<'a>;
}

/// Which message a text is: in the text itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The room it was sent to.
    pub room: usize,
    /// Its sender's counter, from 1.
    pub counter: u64,
}

const MARK: &[u8] = b"~#";
const FILLER: &str = "the order is ready at the second door and the driver comes at noon today ";
const ROOM_DIGITS: usize = 4;
const COUNTER_DIGITS: usize = 10;
/// What the text begins with: the mark, then filler up to the size wanted.
const MARK_LENGTH: usize = MARK.len() + ROOM_DIGITS + 1 + COUNTER_DIGITS + 1;

impl Mark {
    /// A text of `bytes` bytes that carries this mark and needs no escaping in JSON.
    pub fn text(self, bytes: usize, out: &mut String) {
        use std::fmt::Write as _;
        out.clear();
        // Writing to a String cannot fail.
        let _ = write!(out, "~#{:0ROOM_DIGITS$}:{:0COUNTER_DIGITS$} ", self.room, self.counter);
        while out.len() < bytes {
            out.push_str(&FILLER[..FILLER.len().min(bytes - out.len())]);
        }
    }

    /// The mark in a frame.
    pub fn find(frame: &[u8]) -> Option<Self> {
        let at = memmem::find(frame, MARK)? + MARK.len();
        let digits = frame.get(at..at + MARK_LENGTH - MARK.len())?;
        let (room, counter) = (&digits[..ROOM_DIGITS], &digits[ROOM_DIGITS + 1..ROOM_DIGITS + 1 + COUNTER_DIGITS]);
        Some(Self { room: usize::try_from(number(room)).ok()?, counter: number(counter) })
    }
}

/// Leading decimal digits as a number.
pub(crate) fn number(text: &[u8]) -> u64 {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |value, digit| value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_survives_its_text_at_any_size() {
        let mut text = String::new();
        for bytes in [MARK_LENGTH, 256, 1024] {
            let mark = Mark { room: 99, counter: 1_234_567 };
            mark.text(bytes, &mut text);
            assert_eq!(text.len(), bytes);
            assert_eq!(serde_json::to_string(&text).unwrap().len(), bytes + 2, "needs no escaping");
            assert_eq!(Mark::find(format!("{{\"text\":\"{text}\"}}").as_bytes()), Some(mark));
        }
        assert_eq!(Mark::find(b"{\"t\":\"ack\"}"), None);
        assert_eq!(Mark::find(b"~#12"), None);
    }
}
