//! The loop that opens sockets, keeps senders busy and reads what comes.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::Range;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use anyhow::Result;
use rustix::event::epoll;

use super::connection::{Connection, Stage};
use super::room::Room;
use super::tally::{Outcome, Tally};
use crate::peer::{Mark, Peer};
use crate::run::cpu;
use crate::wire;

/// Larger than any snapshot, small enough to stay in the second-level cache.
const READ_BUFFER: usize = 512 * 1024;
const DRAIN_LIMIT: Duration = Duration::from_secs(10);

/// How many rooms of how many members, and what is sent.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Rooms.
    pub rooms: usize,
    /// Members of a room, its sender included.
    pub members: usize,
    /// Bytes of a message.
    pub bytes: usize,
}

/// How a run goes.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Messages a sender keeps unacknowledged; ignored with a pace.
    pub window: u32,
    /// Messages a second of each sender, whatever is unacknowledged.
    pub pace: Option<f64>,
    /// Not measured.
    pub warm_up: Duration,
    /// Measured.
    pub measured: Duration,
}

/// Where a run is, for whoever reads the server's CPU time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The measured window begins.
    Begin,
    /// It ends.
    End,
}

/// Sockets and what goes on in them.
#[derive(Debug)]
pub struct Engine<P> {
    pub(super) peer: P,
    pub(super) address: SocketAddr,
    pub(super) epoll: OwnedFd,
    pub(super) connections: Vec<Connection>,
    pub(super) rooms: Vec<Room>,
    /// The places of those who do not read.
    pub(super) stalled: Range<usize>,
    pub(super) tally: Tally,
    /// Sockets that are not members of their rooms yet.
    pub(super) opening: usize,
    /// Sockets the server has ended.
    pub(super) closed: u64,
    /// The close codes it gave.
    pub(super) close_codes: BTreeMap<u16, u64>,
    /// Messages sent before this are not in the latencies.
    pub(super) measure_from: Instant,
    pub(super) buffer: Vec<u8>,
    pub(super) bytes: usize,
    text: String,
    frame: String,
}

impl<P: Peer> Engine<P> {
    /// A generator without sockets.
    pub fn new(peer: P, address: SocketAddr) -> Result<Self> {
        Ok(Self {
            peer,
            address,
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            connections: Vec::new(),
            rooms: Vec::new(),
            stalled: 0..0,
            tally: Tally::new()?,
            opening: 0,
            closed: 0,
            close_codes: BTreeMap::new(),
            measure_from: Instant::now(),
            buffer: vec![0; READ_BUFFER],
            bytes: 0,
            text: String::new(),
            frame: String::new(),
        })
    }

    /// Answers pings and reads what comes, for `time`.
    pub fn idle(&mut self, time: Duration) -> Result<()> {
        let end = Instant::now() + time;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            self.poll(left.min(Duration::from_millis(100)))?;
        }
        Ok(())
    }

    /// Messages that have reached a member since the last measured window began.
    pub const fn deliveries(&self) -> u64 {
        self.tally.deliveries
    }

    /// Sockets the server has ended.
    pub const fn closed(&self) -> u64 {
        self.closed
    }

    /// With which close codes it ended sockets, and how many each.
    pub const fn close_codes(&self) -> &BTreeMap<u16, u64> {
        &self.close_codes
    }

    /// Sends and reads as planned; `observe` is called at the beginning and the end of the measured window.
    pub fn run(&mut self, plan: Plan, observe: &mut dyn FnMut(Phase)) -> Result<Outcome> {
        let start = Instant::now();
        let mut pace = plan.pace.map(|rate| Pace { next: start, step: Duration::from_secs_f64(1.0 / rate) });
        self.measure_from = start;
        self.send_until(start + plan.warm_up, plan.window, &mut pace)?;
        self.tally.restart();
        observe(Phase::Begin);
        let cpu_before = cpu::this_thread()?;
        let begin = Instant::now();
        self.measure_from = begin;
        self.send_until(begin + plan.measured, plan.window, &mut pace)?;
        let (window, load_cpu) = (begin.elapsed(), cpu::this_thread()?.saturating_sub(cpu_before));
        observe(Phase::End);
        let rates = self.tally.rates(window, load_cpu);
        self.drain()?;
        // After draining, so that what took longest is in the latencies too.
        Ok(self.with_faults(&self.tally.with_latencies(&rates)))
    }

    fn send_until(&mut self, end: Instant, window: u32, pace: &mut Option<Pace>) -> Result<()> {
        loop {
            let now = Instant::now();
            if now >= end {
                return Ok(());
            }
            let wait = match pace {
                None => {
                    self.top_up(window)?;
                    Duration::from_millis(20)
                }
                Some(pace) => {
                    while pace.next <= now {
                        self.send_everywhere(pace.next)?;
                        pace.next += pace.step;
                    }
                    pace.next.saturating_duration_since(Instant::now())
                }
            };
            self.poll(wait.min(end.saturating_duration_since(now)))?;
        }
    }

    /// Reads on without sending until everything has arrived, or it is clear that it will not.
    fn drain(&mut self) -> Result<()> {
        let end = Instant::now() + DRAIN_LIMIT;
        while self.rooms.iter().any(|room| !room.settled()) && Instant::now() < end {
            self.poll(Duration::from_millis(20))?;
        }
        Ok(())
    }

    fn with_faults(&self, measured: &Outcome) -> Outcome {
        let lost = self.rooms.iter().map(|room| room.missing().0 + room.missing().1).sum();
        Outcome {
            lost,
            doubled: self.tally.doubled,
            out_of_order: self.tally.out_of_order,
            misplaced: self.tally.misplaced,
            closed: self.closed,
            ..measured.clone()
        }
    }

    /// Every sender up to `window` unacknowledged messages. Senders are members at place 0.
    fn top_up(&mut self, window: u32) -> Result<()> {
        for room in 0..self.rooms.len() {
            self.top_up_room(room, window)?;
        }
        Ok(())
    }

    fn top_up_room(&mut self, room: usize, window: u32) -> Result<()> {
        while self.rooms[room].unacknowledged() < window {
            self.send(room, Instant::now());
        }
        self.flush_sender(room)
    }

    fn send_everywhere(&mut self, due: Instant) -> Result<()> {
        for room in 0..self.rooms.len() {
            self.send(room, due);
            self.flush_sender(room)?;
        }
        Ok(())
    }

    fn sender_of(&self, room: usize) -> usize {
        room * (self.connections.len() / self.rooms.len())
    }

    fn send(&mut self, room: usize, at: Instant) {
        let counter = self.rooms[room].send(at);
        Mark { room, counter }.text(self.bytes, &mut self.text);
        self.frame.clear();
        self.peer.message(room, counter, &self.text, &mut self.frame);
        let sender = self.sender_of(room);
        self.connections[sender].push(wire::TEXT, self.frame.as_bytes());
        self.tally.sent += 1;
    }

    fn flush_sender(&mut self, room: usize) -> Result<()> {
        let sender = self.sender_of(room);
        self.flush(sender)
    }

    /// Writes what waits; a socket that does not take it is watched until it does.
    pub(super) fn flush(&mut self, index: usize) -> Result<()> {
        let connection = &mut self.connections[index];
        if connection.stage != Stage::Closed && !connection.flush()? {
            self.watch(index, epoll::EventFlags::IN | epoll::EventFlags::OUT)?;
        }
        Ok(())
    }

    pub(super) fn watch(&self, index: usize, flags: epoll::EventFlags) -> Result<()> {
        let data = epoll::EventData::new_u64(index as u64);
        Ok(epoll::modify(&self.epoll, &self.connections[index].stream, data, flags)?)
    }
}

/// A sender that does not wait for anybody.
#[derive(Debug)]
struct Pace {
    next: Instant,
    step: Duration,
}
