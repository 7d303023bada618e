//! The bare room: every text sent to it goes to everybody in it, as it came.

use anyhow::{Result, bail};

use super::{Greet, Incoming, Mark, Member, Peer};

/// Says `in` when the socket has joined; after that frames are nothing but message texts.
#[derive(Debug)]
pub struct Bare;

impl Peer for Bare {
    const ECHO_IS_ACK: bool = true;

    fn path(&self, member: Member) -> String {
        format!("/room/{}", member.room)
    }

    fn greet(&self, _member: Member, frame: Option<&[u8]>) -> Result<Greet> {
        match frame {
            None => Ok(Greet::Wait),
            Some(b"in") => Ok(Greet::Ready),
            Some(other) => bail!("the bare room greeted with {:?}", String::from_utf8_lossy(other)),
        }
    }

    fn message(&self, _room: usize, _counter: u64, text: &str, out: &mut String) {
        out.push_str(text);
    }

    fn read<'a>(&self, frame: &'a [u8]) -> Incoming<'a> {
        Incoming::Entry { seq: 0, mark: Mark::find(frame) }
    }
}
