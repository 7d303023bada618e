//! One WebSocket of the generator.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use anyhow::{Context as _, Result, bail};

use super::room::Window;
use crate::peer::Member;
use crate::wire;

/// How far a socket has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The answer to the upgrade has not been read yet.
    Upgrading,
    /// The protocol's own greeting is under way.
    Greeting,
    /// A member of its room.
    Ready,
    /// Ended by the server.
    Closed,
}

/// A socket, what it has left to read and write, and what it has seen.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) stream: TcpStream,
    pub(super) member: Member,
    pub(super) stage: Stage,
    /// The beginning of a frame whose end has not come yet.
    pub(super) tail: Vec<u8>,
    out: Vec<u8>,
    /// Which messages it has seen.
    pub(super) seen: Window,
    /// The last position it has seen; 0 before the first.
    pub(super) seq: u64,
    mask: u32,
}

/// What a read came to.
pub(super) enum Got {
    /// So many bytes are in the buffer now, from its beginning.
    Bytes(usize),
    /// Nothing new.
    Nothing,
    /// The server ended it.
    End,
}

impl Connection {
    pub(super) fn open(address: SocketAddr, member: Member, request: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).with_context(|| format!("connecting to {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let mut connection = Self {
            stream,
            member,
            stage: Stage::Upgrading,
            tail: Vec::new(),
            out: request.as_bytes().to_vec(),
            seen: Window::default(),
            seq: 0,
            mask: 0x9E37_79B9,
        };
        connection.flush()?;
        Ok(connection)
    }

    /// Reads once, behind what the last read left over.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> Result<Got> {
        let kept = self.tail.len();
        let Some((head, rest)) = buffer.split_at_mut_checked(kept).filter(|(_, rest)| !rest.is_empty()) else {
            bail!("a frame of more than {kept} bytes");
        };
        head.copy_from_slice(&self.tail);
        match self.stream.read(rest) {
            Ok(0) => Ok(Got::End),
            Ok(read) => {
                self.tail.clear();
                Ok(Got::Bytes(kept + read))
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => Ok(Got::Nothing),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => Ok(Got::End),
            Err(error) => Err(error).context("reading from the server"),
        }
    }

    /// Puts a frame behind what waits to be written.
    pub(super) fn push(&mut self, opcode: u8, payload: &[u8]) {
        self.mask = self.mask.rotate_left(5).wrapping_mul(0x2C1B_3C6D) | 1;
        wire::push_frame(&mut self.out, opcode, payload, self.mask.to_ne_bytes());
    }

    /// Writes what waits. True when all of it went.
    pub(super) fn flush(&mut self) -> Result<bool> {
        while !self.out.is_empty() {
            match self.stream.write(&self.out) {
                Ok(written) => {
                    self.out.drain(..written);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) if matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) => {
                    // The read side reports the end; what was still to be said is of no use to anybody.
                    self.out.clear();
                }
                Err(error) => return Err(error).context("writing to the server"),
            }
        }
        Ok(true)
    }
}
