//! What is under way in a room, and which messages a reader has seen.

use std::collections::VecDeque;
use std::time::Instant;

/// How a message arrived at one reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrival {
    /// The next one.
    InOrder,
    /// Before or after one it should have followed or preceded.
    OutOfOrder,
    /// Seen before.
    Doubled,
}

/// The messages a reader has seen: everything below `next`, and those above it in `ahead`.
#[derive(Debug, Default)]
pub(super) struct Window {
    next: u64,
    ahead: Vec<u64>,
}

impl Window {
    /// Message `counter` (from 1) arrives.
    pub(super) fn take(&mut self, counter: u64) -> Arrival {
        let expected = self.next + 1;
        if counter < expected || self.ahead.contains(&counter) {
            return Arrival::Doubled;
        }
        if counter > expected {
            self.ahead.push(counter);
            return Arrival::OutOfOrder;
        }
        self.next = counter;
        if self.ahead.is_empty() {
            return Arrival::InOrder;
        }
        while let Some(at) = self.ahead.iter().position(|&early| early == self.next + 1) {
            self.ahead.swap_remove(at);
            self.next += 1;
        }
        // It came after one that was sent later.
        Arrival::OutOfOrder
    }
}

/// A message that not everybody has yet.
#[derive(Debug)]
struct Flight {
    sent: Instant,
    readers_left: usize,
    acked: bool,
}

/// The messages of one room between their sending and their last reader.
#[derive(Debug)]
pub(super) struct Room {
    readers: usize,
    /// The counter of the first flight.
    first: u64,
    flights: VecDeque<Flight>,
    unacknowledged: u32,
}

impl Room {
    pub(super) const fn new(readers: usize) -> Self {
        Self { readers, first: 1, flights: VecDeque::new(), unacknowledged: 0 }
    }

    /// So many readers are not counted from now on.
    pub(super) const fn excuse(&mut self, readers: usize) {
        self.readers -= readers;
    }

    /// How many messages the sender has no acknowledgement of.
    pub(super) const fn unacknowledged(&self) -> u32 {
        self.unacknowledged
    }

    /// Whether everything sent has been acknowledged and has reached everybody.
    pub(super) fn settled(&self) -> bool {
        self.flights.is_empty()
    }

    /// Deliveries and acknowledgements still to come.
    pub(super) fn missing(&self) -> (u64, u64) {
        let deliveries = self.flights.iter().map(|flight| flight.readers_left as u64).sum();
        (deliveries, u64::from(self.unacknowledged))
    }

    /// The next message leaves; its counter.
    pub(super) fn send(&mut self, at: Instant) -> u64 {
        self.flights.push_back(Flight { sent: at, readers_left: self.readers, acked: false });
        self.unacknowledged += 1;
        self.first + self.flights.len() as u64 - 1
    }

    fn flight(&mut self, counter: u64) -> Option<&mut Flight> {
        let index = counter.checked_sub(self.first)?;
        self.flights.get_mut(usize::try_from(index).ok()?)
    }

    /// One more reader has it. When it was the last: when the message was sent.
    pub(super) fn delivered(&mut self, counter: u64) -> Option<Instant> {
        let flight = self.flight(counter)?;
        flight.readers_left = flight.readers_left.checked_sub(1)?;
        let last = (flight.readers_left == 0).then_some(flight.sent);
        self.forget_finished();
        last
    }

    /// The server acknowledged it. False when it was not waiting for that.
    pub(super) fn acknowledged(&mut self, counter: u64) -> bool {
        let first_time = self.flight(counter).is_some_and(|flight| !std::mem::replace(&mut flight.acked, true));
        if first_time {
            self.unacknowledged -= 1;
            self.forget_finished();
        }
        first_time
    }

    fn forget_finished(&mut self) {
        while self.flights.front().is_some_and(|flight| flight.acked && flight.readers_left == 0) {
            self.flights.pop_front();
            self.first += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Arrival::{Doubled, InOrder, OutOfOrder};
    use super::*;

    #[test]
    fn order_and_doubles_are_seen() {
        let mut window = Window::default();
        let arrivals: Vec<_> = [1, 2, 4, 4, 3, 5, 5].into_iter().map(|counter| window.take(counter)).collect();
        assert_eq!(arrivals, [InOrder, InOrder, OutOfOrder, Doubled, OutOfOrder, InOrder, Doubled]);
    }

    #[test]
    fn a_message_is_finished_when_acknowledged_and_with_its_last_reader() {
        let mut room = Room::new(2);
        let now = Instant::now();
        assert_eq!((room.send(now), room.send(now)), (1, 2));
        assert_eq!(room.delivered(2), None);
        assert_eq!(room.delivered(2), Some(now));
        assert!(room.acknowledged(2));
        assert!(!room.acknowledged(2), "only once");
        assert_eq!(room.missing(), (2, 1));
        assert_eq!(room.delivered(1), None);
        assert_eq!(room.delivered(1), Some(now));
        assert!(!room.settled());
        assert!(room.acknowledged(1));
        assert!(room.settled());
        assert_eq!(room.send(now), 3);
    }
}
