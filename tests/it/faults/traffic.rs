//! Conversations in full swing: visitors and staff write, several read, and at the end everything is compared.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::checker::{Figures, Ledger, check};
use super::client::Ticket;
use super::load::{Reader, Writer, heads};
use super::world::{Chat, World, read_over_http};
use crate::support::eventually;

/// How much is written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// Conversations; each has a visitor and one of the staff who write.
    pub(super) chats: usize,
    /// Messages of one writer under way.
    pub(super) window: usize,
    /// The time between two messages of one writer.
    pub(super) pace: Duration,
    /// The length of a message.
    pub(super) bytes: usize,
}

/// Writers and readers at work on the first node.
pub(super) struct Traffic {
    /// What the writers were told.
    pub(super) ledger: Arc<Ledger>,
    /// One of the staff.
    pub(super) staff: Ticket,
    /// The conversations.
    pub(super) chats: Vec<Chat>,
    stop: watch::Sender<bool>,
    writers: Vec<JoinHandle<()>>,
    /// Two of the staff read everything, then each visitor its own.
    readers: Vec<Reader>,
}

impl Traffic {
    /// Starts it.
    pub(super) async fn start(world: &World, plan: Plan) -> Self {
        let address = world.nodes[0].address;
        let (staff, chats) = (world.staff("account_manager").await, world.chats(plan.chats).await);
        let topics: Vec<&str> = chats.iter().map(|chat| chat.topic.as_str()).collect();
        let mut readers: Vec<_> =
            ["one", "two"].iter().map(|name| Reader::start(name, address, &staff, &topics)).collect();
        let ledger = Arc::new(Ledger::default());
        let (stop, stopped) = watch::channel(false);
        let mut writers = Vec::new();
        for (number, chat) in chats.iter().enumerate() {
            readers.push(Reader::start(&format!("visitor {number}"), address, &chat.ticket, &[&chat.topic]));
            for (name, ticket) in [("staff", &staff), ("visitor", &chat.ticket)] {
                let writer = Writer {
                    name: format!("{name}-{number}"),
                    address,
                    ticket: ticket.clone(),
                    topic: chat.topic.clone(),
                    window: plan.window,
                    pace: plan.pace,
                    bytes: plan.bytes,
                    // Some leave what was under way to its fate: it is there once or not at all.
                    forgetful: number % 3 == 2,
                };
                writers.push(writer.start(&ledger, &stopped));
            }
        }
        Self { ledger, staff, chats, stop, writers, readers }
    }

    /// Waits until `more` messages have been acknowledged from now on.
    pub(super) async fn moves(&self, more: usize, limit: Duration) {
        let goal = self.ledger.count() + more;
        let what = format!("{more} more acknowledged");
        eventually(&what, limit, async || (self.ledger.count() >= goal).then_some(())).await;
    }

    /// How long after its writing each message reached the first reader, since the last call.
    pub(super) fn take_delays(&self) -> Vec<Duration> {
        self.readers[0].take_delays()
    }

    /// Stops writing, waits until everybody has read everything, and compares. Gives the figures and the times of
    /// the resumes.
    pub(super) async fn finish(self, world: &World) -> (Figures, Vec<Duration>) {
        self.stop.send_replace(true);
        for writer in self.writers {
            writer.await.unwrap();
        }
        let address = world.nodes[0].address;
        let topics: Vec<&str> = self.chats.iter().map(|chat| chat.topic.as_str()).collect();
        let heads = heads(address, &self.staff, &topics).await;
        let (mut logs, mut resumes) = (Vec::new(), Vec::new());
        for (place, reader) in self.readers.into_iter().enumerate() {
            let own = if place < 2 { &heads[..] } else { &heads[place - 2..=place - 2] };
            reader.has(own, Duration::from_secs(30)).await;
            let (read, took) = reader.end(&self.ledger);
            logs.extend(read);
            resumes.extend(took);
        }
        for chat in &self.chats {
            logs.push(read_over_http(address, &self.staff, &chat.topic).await);
            logs.push(read_over_http(address, &chat.ticket, &chat.topic).await);
        }
        (check(&self.ledger, &logs), resumes)
    }
}
