//! What waits to be written to one socket: bounded in bytes, in three classes.
//!
//! - *durable* is never dropped: over the bound the session is closed as slow, and the client resumes;
//! - *state* keeps the latest per key;
//! - *ephemeral* is taken only while nothing else waits.
//!
//! The session's one writer ([`crate::outgoing`]) takes what waits, a batch at a time, and writes it in one go.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use parking_lot::Mutex;

use crate::encode;
use crate::outgoing::Batch;

/// The close code of a reader that cannot keep up.
pub(crate) const SLOW: u16 = 4408;
/// How long a close frame may wait for the socket before the connection is cut.
const CLOSE_GRACE: Duration = Duration::from_secs(3);
/// One batch of the writer ends with the piece that reaches either.
const BATCH_BYTES: usize = 64 * 1024;
pub(crate) const BATCH_PIECES: usize = 32;
/// Room for frames that a session keeps while it is idle.
const KEPT: usize = 4;
/// Signals kept for a socket that takes nothing at the moment.
const EPHEMERAL_KEPT: usize = 8;

#[derive(Default)]
struct Queues {
    control: VecDeque<Bytes>,
    durable: VecDeque<Bytes>,
    state: Vec<(Box<str>, Bytes)>,
    ephemeral: VecDeque<Bytes>,
    /// Bytes of `durable` and `state`.
    waiting: usize,
    closing: Closing,
    slow: bool,
    writer: Writer,
    /// The reading side has nothing more to hear.
    heard_out: bool,
    /// The connection is over, or is to be without waiting for the peer.
    over: bool,
    /// When the socket last took something, or when something began to wait.
    progress: Option<Instant>,
}

/// What the writing side does.
#[derive(Default)]
enum Writer {
    /// It looks here before it rests.
    #[default]
    Busy,
    /// Nothing waited; what is queued wakes it.
    Idle(Waker),
    /// The socket takes nothing at the moment; what is queued need not wake it.
    Blocked(Waker),
}

#[derive(Default, PartialEq, Eq)]
enum Closing {
    #[default]
    No,
    /// The frame waits behind what is durable.
    Asked(Bytes, Instant),
    /// The frame was taken: the connection ends.
    Done(Instant),
}

/// The queue of one session.
pub(crate) struct Outbox {
    bound: usize,
    queues: Mutex<Queues>,
}

/// How a socket that should take bytes is doing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Health {
    Well,
    /// Bytes wait and the socket has taken none for the deadline.
    Stalled,
    /// A close frame has waited long enough.
    Overdue,
}

impl Outbox {
    pub(crate) fn new(bound: usize) -> Arc<Self> {
        Arc::new(Self { bound, queues: Mutex::default() })
    }

    /// Queues a durable frame. Returns false when the session is closing.
    pub(crate) fn durable(&self, frame: Bytes) -> bool {
        let mut queues = self.queues.lock();
        if queues.closing != Closing::No {
            return false;
        }
        if queues.waiting + frame.len() > self.bound {
            queues.give_up();
        } else {
            queues.begin_waiting();
            queues.waiting += frame.len();
            queues.durable.push_back(frame);
        }
        queues.wake();
        queues.closing == Closing::No
    }

    /// Queues a state frame, replacing the one with the same key.
    pub(crate) fn state(&self, key: &str, frame: Bytes) -> bool {
        let mut queues = self.queues.lock();
        if queues.closing != Closing::No {
            return false;
        }
        queues.begin_waiting();
        queues.waiting += frame.len();
        if let Some((_, old)) = queues.state.iter_mut().find(|(known, _)| **known == *key) {
            let replaced = std::mem::replace(old, frame).len();
            queues.waiting -= replaced;
        } else {
            queues.state.push((key.into(), frame));
        }
        if queues.waiting > self.bound {
            queues.give_up();
        }
        queues.wake();
        true
    }

    /// Queues a signal if nothing else waits; otherwise it is dropped.
    pub(crate) fn ephemeral(&self, frame: Bytes) -> bool {
        let mut queues = self.queues.lock();
        if queues.closing != Closing::No {
            return false;
        }
        if queues.durable.is_empty() && queues.state.is_empty() && queues.ephemeral.len() < EPHEMERAL_KEPT {
            queues.ephemeral.push_back(frame);
            queues.wake();
        }
        true
    }

    /// Queues a ping or pong. At most a few wait: older ones say nothing new.
    pub(crate) fn control(&self, frame: Bytes) {
        let mut queues = self.queues.lock();
        if queues.closing == Closing::No && queues.control.len() < 4 {
            queues.control.push_back(frame);
            queues.wake();
        }
    }

    /// Closes after what is already waiting.
    pub(crate) fn close(&self, code: u16, reason: &str) {
        let mut queues = self.queues.lock();
        if queues.closing == Closing::No {
            queues.closing = Closing::Asked(encode::close(code, reason), Instant::now());
            queues.wake();
        }
    }

    /// Closes as slow: what waits is dropped, the client resumes and gets it again.
    pub(crate) fn close_as_slow(&self) {
        let mut queues = self.queues.lock();
        if queues.closing == Closing::No {
            queues.give_up();
            queues.wake();
        }
    }

    /// The peer has said its last word, or will not: after a close frame the connection may end. Until then it stays,
    /// because a connection that is closed over unread bytes is reset, and the reason lost with it.
    pub(crate) fn hear_out(&self) {
        let mut queues = self.queues.lock();
        queues.heard_out = true;
        queues.wake();
    }

    /// The connection is over, or ends now without waiting for the peer.
    pub(crate) fn cut(&self) {
        let mut queues = self.queues.lock();
        queues.over = true;
        if let Writer::Idle(waker) | Writer::Blocked(waker) = std::mem::take(&mut queues.writer) {
            waker.wake();
        }
    }

    /// Whether the connection is over.
    pub(crate) fn is_over(&self) -> bool {
        self.queues.lock().over
    }

    /// Takes what is to be written next, its first piece last; false when nothing more will be.
    pub(crate) fn poll_take(&self, cx: &mut Context<'_>, batch: &mut Batch) -> Poll<bool> {
        let mut queues = self.queues.lock();
        queues.writer = Writer::Busy;
        if queues.over {
            return Poll::Ready(false);
        }
        let mut bytes = 0;
        while bytes < BATCH_BYTES
            && batch.len() < BATCH_PIECES
            && let Some(frame) = queues.take()
        {
            bytes += frame.len();
            batch.push(frame);
        }
        if !batch.is_empty() {
            batch.reverse();
            return Poll::Ready(true);
        }
        if queues.heard_out && matches!(queues.closing, Closing::Done(_)) {
            return Poll::Ready(false);
        }
        queues.writer = Writer::Idle(cx.waker().clone());
        Poll::Pending
    }

    /// The socket takes nothing: whether the connection is over meanwhile. If not, the writer is woken when it is.
    pub(crate) fn is_over_while_blocked(&self, cx: &mut Context<'_>) -> bool {
        let mut queues = self.queues.lock();
        queues.writer = Writer::Blocked(cx.waker().clone());
        queues.over
    }

    /// Whether it was closed because the reader could not keep up.
    pub(crate) fn was_slow(&self) -> bool {
        self.queues.lock().slow
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.queues.lock().closing != Closing::No
    }

    pub(crate) fn health(&self, now: Instant, write_deadline: Duration) -> Health {
        let queues = self.queues.lock();
        match &queues.closing {
            Closing::Asked(_, since) | Closing::Done(since) if now.duration_since(*since) > CLOSE_GRACE => {
                Health::Overdue
            }
            Closing::No if queues.progress.is_some_and(|at| now.duration_since(at) > write_deadline) => Health::Stalled,
            _ => Health::Well,
        }
    }
}

impl Queues {
    fn wake(&mut self) {
        if matches!(self.writer, Writer::Idle(_))
            && let Writer::Idle(waker) = std::mem::take(&mut self.writer)
        {
            waker.wake();
        }
    }

    fn begin_waiting(&mut self) {
        if self.waiting == 0 {
            self.progress = Some(Instant::now());
        }
    }

    fn give_up(&mut self) {
        self.durable.clear();
        self.state.clear();
        self.ephemeral.clear();
        self.waiting = 0;
        self.slow = true;
        let frame = encode::close(SLOW, "reading too slowly; resume with after");
        self.closing = Closing::Asked(frame, Instant::now());
    }

    /// The next piece for the socket; `None` for "nothing waits".
    fn take(&mut self) -> Option<Bytes> {
        if let Some(frame) = self.control.pop_front() {
            return Some(frame);
        }
        if let Some(frame) = self.durable.pop_front() {
            self.taken(frame.len());
            if self.durable.is_empty() && self.durable.capacity() > KEPT {
                // An idle session keeps no buffer from its busiest moment.
                self.durable = VecDeque::new();
            }
            return Some(frame);
        }
        if !self.state.is_empty() {
            let (_, frame) = self.state.remove(0);
            self.taken(frame.len());
            return Some(frame);
        }
        if let Some(frame) = self.ephemeral.pop_front() {
            return Some(frame);
        }
        if let Closing::Asked(frame, since) = &self.closing {
            let (frame, since) = (frame.clone(), *since);
            self.closing = Closing::Done(since);
            return Some(frame);
        }
        None
    }

    fn taken(&mut self, bytes: usize) {
        self.waiting -= bytes;
        self.progress = (self.waiting > 0).then(Instant::now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(len: usize) -> Bytes {
        Bytes::from(vec![b'x'; len])
    }

    fn drain(outbox: &Outbox) -> Vec<Bytes> {
        std::iter::from_fn(|| outbox.queues.lock().take()).collect()
    }

    #[test]
    fn durable_frames_keep_their_order_and_go_before_state_and_signals() {
        let outbox = Outbox::new(1_000);
        assert!(outbox.ephemeral(frame(1)));
        outbox.state("k", frame(2));
        outbox.durable(frame(3));
        outbox.durable(frame(4));
        let lengths: Vec<_> = drain(&outbox).iter().map(Bytes::len).collect();
        assert_eq!(lengths, [3, 4, 2, 1]);
    }

    #[test]
    fn over_the_bound_it_closes_as_slow_and_forgets_what_waits() {
        let outbox = Outbox::new(10);
        assert!(outbox.durable(frame(8)));
        assert!(!outbox.durable(frame(8)));
        let left = drain(&outbox);
        assert_eq!(left.len(), 1);
        assert_eq!(left[0][2..4], SLOW.to_be_bytes());
        assert!(!outbox.durable(frame(1)), "nothing is queued behind a close");
    }

    #[test]
    fn the_latest_state_per_key_wins_and_is_counted_once() {
        let outbox = Outbox::new(10);
        for len in 1..=8 {
            assert!(outbox.state("k", frame(len)));
        }
        assert_eq!(drain(&outbox).iter().map(Bytes::len).collect::<Vec<_>>(), [8]);
        assert_eq!(outbox.queues.lock().waiting, 0);
    }

    #[test]
    fn signals_are_dropped_while_anything_else_waits() {
        let outbox = Outbox::new(100);
        outbox.durable(frame(1));
        outbox.ephemeral(frame(2));
        assert_eq!(drain(&outbox).len(), 1);
    }

    #[test]
    fn a_socket_that_takes_nothing_is_stalled_only_while_bytes_wait() {
        let outbox = Outbox::new(100);
        let (deadline, later) = (Duration::from_secs(20), Instant::now() + Duration::from_secs(21));
        assert_eq!(outbox.health(later, deadline), Health::Well);
        outbox.durable(frame(1));
        assert_eq!(outbox.health(later, deadline), Health::Stalled);
        drain(&outbox);
        assert_eq!(outbox.health(later, deadline), Health::Well);
        outbox.close(1000, "");
        assert_eq!(outbox.health(later, deadline), Health::Overdue);
    }
}
