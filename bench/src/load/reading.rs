//! What comes from the server.

use std::mem::MaybeUninit;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use rustix::event::{Timespec, epoll};

use super::connection::{Got, Stage};
use super::engine::Engine;
use super::room::Arrival;
use crate::peer::{Incoming, Mark, Peer};
use crate::wire;

const EVENTS: usize = 512;

impl<P: Peer> Engine<P> {
    pub(super) fn poll(&mut self, wait: Duration) -> Result<()> {
        let mut events = [MaybeUninit::<epoll::Event>::uninit(); EVENTS];
        let timeout = Timespec { tv_sec: i64::try_from(wait.as_secs())?, tv_nsec: i64::from(wait.subsec_nanos()) };
        let (events, _) = match epoll::wait(&self.epoll, &mut events, Some(&timeout)) {
            Err(rustix::io::Errno::INTR) => return Ok(()),
            ready => ready?,
        };
        for event in events {
            let (flags, data) = (event.flags, event.data);
            let index = usize::try_from(data.u64())?;
            if flags.contains(epoll::EventFlags::OUT) && self.connections[index].flush()? {
                self.watch(index, epoll::EventFlags::IN)?;
            }
            self.readable(index)?;
        }
        Ok(())
    }

    fn readable(&mut self, index: usize) -> Result<()> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let result = match self.connections[index].read(&mut buffer) {
            Ok(Got::Bytes(length)) => self.take_in(index, &buffer[..length]),
            Ok(Got::Nothing) => Ok(()),
            Ok(Got::End) => self.ended(index),
            Err(error) => Err(error),
        };
        self.buffer = buffer;
        result
    }

    fn ended(&mut self, index: usize) -> Result<()> {
        epoll::delete(&self.epoll, &self.connections[index].stream)?;
        if self.connections[index].stage != Stage::Ready {
            self.opening = self.opening.saturating_sub(1);
        }
        self.connections[index].stage = Stage::Closed;
        self.closed += 1;
        Ok(())
    }

    fn take_in(&mut self, index: usize, bytes: &[u8]) -> Result<()> {
        let now = Instant::now();
        let mut at = 0;
        if self.connections[index].stage == Stage::Upgrading {
            let Some(used) = wire::upgrade_answer(bytes)? else {
                self.connections[index].tail.extend_from_slice(bytes);
                return Ok(());
            };
            at = used;
            self.connections[index].stage = Stage::Greeting;
            self.greet(index, None)?;
        }
        while let Some(frame) = wire::first_frame(&bytes[at..])? {
            at += frame.used;
            match frame.opcode {
                wire::TEXT if self.connections[index].stage == Stage::Ready => self.text(index, frame.payload, now)?,
                wire::TEXT => self.greet(index, Some(frame.payload))?,
                wire::PING => {
                    self.connections[index].push(wire::PONG, frame.payload);
                    self.flush(index)?;
                }
                wire::CLOSE if self.connections[index].stage != Stage::Ready => {
                    bail!("closed while greeting: {:?}", String::from_utf8_lossy(frame.payload));
                }
                wire::CLOSE => {
                    let code = frame.payload.first_chunk().map_or(1005, |code| u16::from_be_bytes(*code));
                    *self.close_codes.entry(code).or_default() += 1;
                }
                _ => {}
            }
        }
        self.connections[index].tail.extend_from_slice(&bytes[at..]);
        Ok(())
    }

    fn text(&mut self, index: usize, payload: &[u8], now: Instant) -> Result<()> {
        match self.peer.read(payload) {
            Incoming::Entry { seq, mark } => self.entry(index, seq, mark, now),
            Incoming::Ack(counter) => self.acknowledged(index, counter),
            Incoming::Answer(text) => {
                self.connections[index].push(wire::TEXT, text.as_bytes());
                self.flush(index)
            }
            Incoming::Refused(frame) => bail!("the server refused: {}", String::from_utf8_lossy(frame)),
            Incoming::Other => Ok(()),
        }
    }

    /// An entry of the room arrives at one member.
    fn entry(&mut self, index: usize, seq: u64, mark: Option<Mark>, now: Instant) -> Result<()> {
        let connection = &mut self.connections[index];
        if seq != 0 {
            if connection.seq != 0 && seq != connection.seq + 1 {
                self.tally.misplaced += 1;
            }
            connection.seq = seq;
        }
        let Some(Mark { room, counter }) = mark else { return Ok(()) };
        let member = connection.member;
        if room != member.room {
            bail!("a message of room {room} was delivered to {member:?}");
        }
        let arrival = connection.seen.take(counter);
        self.tally.arrived(arrival);
        if arrival == Arrival::Doubled || self.stalled.contains(&member.place) {
            return Ok(());
        }
        if let Some(sent) = self.rooms[room].delivered(counter)
            && sent >= self.measure_from
        {
            self.tally.took(now.saturating_duration_since(sent));
        }
        if P::ECHO_IS_ACK && member.place == 0 { self.acknowledged(index, counter) } else { Ok(()) }
    }

    fn acknowledged(&mut self, index: usize, counter: u64) -> Result<()> {
        let member = self.connections[index].member;
        if !self.rooms[member.room].acknowledged(counter) {
            bail!("message {counter} of {member:?} was acknowledged twice or never sent");
        }
        self.tally.acked += 1;
        Ok(())
    }
}
