//! Opening sockets and making them members of their rooms.

use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use rustix::event::epoll;

use super::connection::{Connection, Stage};
use super::engine::{Engine, Shape};
use super::room::Room;
use crate::peer::{Greet, Member, Peer};
use crate::wire;

/// Sockets set up at the same time: below every server's accept backlog.
const OPENING: usize = 64;
const SET_UP_LIMIT: Duration = Duration::from_mins(1);

impl<P: Peer> Engine<P> {
    /// Opens every socket of a scenario and waits until all are members of their rooms.
    pub fn fill(&mut self, shape: Shape) -> Result<()> {
        self.bytes = shape.bytes;
        // Room by room, so that the sender of a room is at `room * members`.
        for room in self.rooms.len()..shape.rooms {
            self.rooms.push(Room::new(shape.members));
            for place in 0..shape.members {
                self.open(Member { room, place })?;
            }
        }
        let deadline = Instant::now() + SET_UP_LIMIT;
        while self.opening > 0 {
            self.set_up_step(deadline)?;
        }
        Ok(())
    }

    fn open(&mut self, member: Member) -> Result<()> {
        let deadline = Instant::now() + SET_UP_LIMIT;
        while self.opening >= OPENING {
            self.set_up_step(deadline)?;
        }
        let (path, headers) = (self.peer.path(member), self.peer.headers(member));
        let request = wire::upgrade_request(&self.address.to_string(), &path, &headers);
        let connection = Connection::open(self.address, member, &request)?;
        let data = epoll::EventData::new_u64(self.connections.len() as u64);
        epoll::add(&self.epoll, &connection.stream, data, epoll::EventFlags::IN)?;
        self.connections.push(connection);
        self.opening += 1;
        Ok(())
    }

    fn set_up_step(&mut self, deadline: Instant) -> Result<()> {
        if Instant::now() > deadline {
            bail!("{} sockets were not ready after {SET_UP_LIMIT:?}", self.opening);
        }
        self.poll(Duration::from_millis(100))?;
        if self.closed > 0 {
            bail!("the server closed a socket while it was set up");
        }
        Ok(())
    }

    pub(super) fn greet(&mut self, index: usize, frame: Option<&[u8]>) -> Result<()> {
        let connection = &mut self.connections[index];
        match self.peer.greet(connection.member, frame)? {
            Greet::Wait => Ok(()),
            Greet::Say(text) => {
                connection.push(wire::TEXT, text.as_bytes());
                self.flush(index)
            }
            Greet::Ready => {
                connection.stage = Stage::Ready;
                self.opening -= 1;
                Ok(())
            }
        }
    }

    /// The members at these places of every room stop reading: their sockets stay open and nobody empties them.
    pub fn stall(&mut self, places: &Range<usize>) -> Result<()> {
        for connection in self.connections.iter().filter(|connection| places.contains(&connection.member.place)) {
            epoll::delete(&self.epoll, &connection.stream)?;
        }
        for room in &mut self.rooms {
            room.excuse(places.len());
        }
        self.stalled = places.clone();
        Ok(())
    }

    /// Those who stalled read again, to see what became of them.
    pub fn resume(&mut self, places: &Range<usize>) -> Result<()> {
        for (index, connection) in self.connections.iter().enumerate() {
            if places.contains(&connection.member.place) {
                let data = epoll::EventData::new_u64(index as u64);
                epoll::add(&self.epoll, &connection.stream, data, epoll::EventFlags::IN)?;
            }
        }
        Ok(())
    }
}
