//! Socket.IO 4.8 over Engine.IO 4, straight on the WebSocket transport (no polling first).

use anyhow::{Result, bail};

use super::{Greet, Incoming, Mark, Member, Peer, number};

/// The acknowledgement number of `join`; messages use their counter, which starts at 1.
const JOINED: &[u8] = b"430[";

/// Speaks to `bench/peers/socketio/server.js`.
#[derive(Debug)]
pub struct SocketIo;

impl Peer for SocketIo {
    fn path(&self, _member: Member) -> String {
        "/socket.io/?EIO=4&transport=websocket".to_owned()
    }

    fn greet(&self, member: Member, frame: Option<&[u8]>) -> Result<Greet> {
        match frame {
            None => Ok(Greet::Wait),
            Some(open) if open.starts_with(b"0{") => Ok(Greet::Say("40".to_owned())),
            Some(namespace) if namespace.starts_with(b"40{") => {
                Ok(Greet::Say(format!("420[\"join\",{}]", member.room)))
            }
            Some(joined) if joined.starts_with(JOINED) => Ok(Greet::Ready),
            Some(other) => bail!("Socket.IO greeted with {:?}", String::from_utf8_lossy(other)),
        }
    }

    fn message(&self, _room: usize, counter: u64, text: &str, out: &mut String) {
        use std::fmt::Write as _;
        // Writing to a String cannot fail.
        let _ = write!(out, "42{counter}[\"say\",\"{text}\"]");
    }

    fn read<'a>(&self, frame: &'a [u8]) -> Incoming<'a> {
        match frame {
            [b'4', b'2', ..] => Incoming::Entry { seq: 0, mark: Mark::find(frame) },
            [b'4', b'3', rest @ ..] if rest.ends_with(b"[true]") => Incoming::Ack(number(rest)),
            [b'2'] => Incoming::Answer("3"),
            [b'4', b'3' | b'4', ..] => Incoming::Refused(frame),
            _ => Incoming::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acknowledgements_events_and_pings_are_told_apart() {
        assert_eq!(SocketIo.read(b"4317[true]"), Incoming::Ack(17));
        assert_eq!(SocketIo.read(b"4317[false]"), Incoming::Refused(b"4317[false]"));
        assert_eq!(SocketIo.read(b"2"), Incoming::Answer("3"));
        let mark = Some(Mark { room: 3, counter: 4 });
        assert_eq!(SocketIo.read(b"42[\"said\",\"~#0003:0000000004 x\"]"), Incoming::Entry { seq: 0, mark });
    }
}
