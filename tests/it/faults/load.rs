//! Writers that record every answer, and readers that resume.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::checker::{Ledger, Log};
use super::client::{Gone, Ticket, Wire};
use super::world::log_over_http;
use crate::support::eventually;

/// How long a client waits before it tries again.
const AGAIN: Duration = Duration::from_millis(50);
/// How long an answer may take, however bad it is: 5 s are promised, the rest is this machine's.
pub(super) const PATIENCE: Duration = Duration::from_secs(8);

/// Somebody who writes until told to stop.
#[derive(Clone)]
pub(super) struct Writer {
    /// A name, part of each message.
    pub(super) name: String,
    pub(super) address: SocketAddr,
    pub(super) ticket: Ticket,
    pub(super) topic: String,
    /// Messages under way at once.
    pub(super) window: usize,
    /// The time between two messages.
    pub(super) pace: Duration,
    /// The length of a message.
    pub(super) bytes: usize,
    /// Whether what was under way when the connection broke is left to its fate instead of sent again.
    pub(super) forgetful: bool,
}

struct Pending {
    id: Uuid,
    text: String,
    /// When it was sent last.
    sent: Instant,
    /// It was sent before and the answer is not known: a refusal now says nothing about then.
    uncertain: bool,
}

struct Writing {
    writer: Writer,
    ledger: Arc<Ledger>,
    stop: watch::Receiver<bool>,
    pending: VecDeque<Pending>,
    number: u64,
    next: Instant,
}

impl Writer {
    /// Starts writing.
    pub(super) fn start(self, ledger: &Arc<Ledger>, stop: &watch::Receiver<bool>) -> JoinHandle<()> {
        let mut writing = Writing {
            writer: self,
            ledger: Arc::clone(ledger),
            stop: stop.clone(),
            pending: VecDeque::new(),
            number: 0,
            next: Instant::now(),
        };
        tokio::spawn(async move {
            // Until everything is answered, or it is clear that it will not be.
            let mut given_up = None;
            loop {
                match writing.connection().await {
                    Ok(()) => return,
                    Err(_) if writing.writer.forgetful => writing.pending.clear(),
                    Err(_) => writing.pending.iter_mut().for_each(|pending| pending.uncertain = true),
                }
                let stopping = *writing.stop.borrow();
                if stopping && Instant::now() > *given_up.get_or_insert(Instant::now() + Duration::from_secs(30)) {
                    return;
                }
                tokio::time::sleep(AGAIN).await;
            }
        })
    }
}

impl Writing {
    /// Writes over one connection. Ends well when told to stop and everything is answered.
    async fn connection(&mut self) -> Result<(), Gone> {
        let mut wire = Wire::open(self.writer.address, &self.writer.ticket).await?;
        for place in 0..self.pending.len() {
            self.send(&mut wire, place).await?;
        }
        loop {
            let stopping = *self.stop.borrow();
            if stopping && self.pending.is_empty() {
                return Ok(());
            }
            let may_write = !stopping && self.pending.len() < self.writer.window;
            tokio::select! {
                frame = wire.next() => self.answered(&frame?, &mut wire).await?,
                () = tokio::time::sleep_until(self.next.into()), if may_write => self.write(&mut wire).await?,
                _ = self.stop.changed() => {}
                () = tokio::time::sleep(PATIENCE / 10) => self.still_patient()?,
            }
        }
    }

    async fn write(&mut self, wire: &mut Wire) -> Result<(), Gone> {
        let now = Instant::now();
        self.next = (self.next + self.writer.pace).max(now.checked_sub(Duration::from_millis(100)).unwrap());
        self.number += 1;
        let mut text = format!("{} {} ", self.writer.name, self.number);
        text.extend(std::iter::repeat_n('x', self.writer.bytes.saturating_sub(text.len()).max(1)));
        let pending = Pending { id: Uuid::now_v7(), text, sent: now, uncertain: false };
        self.ledger.sent(pending.id);
        self.pending.push_back(pending);
        self.send(wire, self.pending.len() - 1).await
    }

    async fn send(&mut self, wire: &mut Wire, place: usize) -> Result<(), Gone> {
        let pending = &mut self.pending[place];
        pending.sent = Instant::now();
        wire.command(pending.id, &self.writer.topic, "send", json!({ "text": pending.text })).await
    }

    /// Every command is answered, or the connection ends.
    fn still_patient(&self) -> Result<(), Gone> {
        match self.pending.iter().find(|pending| pending.sent.elapsed() > PATIENCE) {
            None => Ok(()),
            Some(pending) => {
                self.ledger.wrong(format!("{} has no answer after {PATIENCE:?}", pending.id));
                Err(Gone { code: 0, reason: "out of patience".to_owned() })
            }
        }
    }

    async fn answered(&mut self, frame: &Value, wire: &mut Wire) -> Result<(), Gone> {
        let id = frame["id"].as_str().and_then(|id| id.parse::<Uuid>().ok());
        let Some(place) = self.pending.iter().position(|pending| Some(pending.id) == id) else {
            return Ok(());
        };
        let (uncertain, after) = (self.pending[place].uncertain, self.pending[place].sent.elapsed());
        match (frame["t"].as_str().unwrap_or_default(), frame["code"].as_str().unwrap_or_default()) {
            ("ack", _) => {
                let seq = frame["seq"].as_u64().unwrap();
                self.ledger.acknowledged(self.pending[place].id, seq, after);
                self.pending.remove(place);
            }
            ("err", "OVERLOADED") if !uncertain => {
                self.ledger.refused(self.pending[place].id, after);
                self.pending.remove(place);
            }
            ("err", "OVERLOADED" | "UNAVAILABLE" | "INTERNAL" | "DRAINING") => {
                tokio::time::sleep(AGAIN).await;
                self.pending[place].uncertain = true;
                self.send(wire, place).await?;
            }
            ("err", _) => {
                self.ledger.wrong(format!("{} was told {frame}", self.writer.name));
                self.pending.remove(place);
            }
            _ => {}
        }
        Ok(())
    }
}

/// What a reader has so far.
#[derive(Debug, Default)]
struct Seen {
    topics: Vec<(String, Vec<Value>)>,
    wrong: Vec<String>,
    /// How long each resume took, from the first try to connect until the last topic was live.
    resumes: Vec<Duration>,
    /// How long after it was written each message came.
    delays: Vec<Duration>,
}

/// Somebody who reads several topics, resumes after every loss, and finds fault with every hole and repeat.
pub(super) struct Reader {
    name: String,
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

struct Reading {
    address: SocketAddr,
    ticket: Ticket,
    seen: Arc<Mutex<Seen>>,
    epoch: u64,
    /// Topics that wait for their snapshot after a `resync`.
    resyncing: Vec<bool>,
}

impl Reader {
    /// Starts reading each topic from its beginning.
    pub(super) fn start(name: &str, address: SocketAddr, ticket: &Ticket, topics: &[&str]) -> Self {
        let topics: Vec<_> = topics.iter().map(|topic| ((*topic).to_owned(), Vec::new())).collect();
        let resyncing = vec![false; topics.len()];
        let seen = Arc::new(Mutex::new(Seen { topics, ..Seen::default() }));
        let mut reading = Reading { address, ticket: ticket.clone(), seen: Arc::clone(&seen), epoch: 1, resyncing };
        let task = tokio::spawn(async move {
            let mut since = Instant::now();
            loop {
                let mut lived = false;
                // However it ends, it comes back.
                let _ = reading.connection(since, &mut lived).await;
                if lived {
                    since = Instant::now();
                }
                tokio::time::sleep(AGAIN).await;
            }
        });
        Self { name: name.to_owned(), seen, task }
    }

    /// Waits until everything up to `heads` (in the order of the topics) is there.
    pub(super) async fn has(&self, heads: &[u64], limit: Duration) {
        let what = format!("{} reads to {heads:?}", self.name);
        eventually(&what, limit, async || {
            let seen = self.seen.lock().unwrap();
            let all = seen.topics.iter().zip(heads).all(|((_, lines), head)| lines.len() as u64 >= *head);
            (all || !seen.wrong.is_empty()).then_some(())
        })
        .await;
    }

    /// Ends it. What was wrong goes to the ledger; the logs and the times of the resumes come back.
    pub(super) fn end(self, ledger: &Ledger) -> (Vec<Log>, Vec<Duration>) {
        self.task.abort();
        let mut seen = self.seen.lock().unwrap();
        for wrong in seen.wrong.drain(..) {
            ledger.wrong(format!("{}: {wrong}", self.name));
        }
        let log = |(topic, lines): (String, Vec<Value>)| Log { reader: self.name.clone(), topic, lines };
        let logs = std::mem::take(&mut seen.topics).into_iter().map(log).collect();
        (logs, std::mem::take(&mut seen.resumes))
    }

    /// How long after its writing each message came, since the last call.
    pub(super) fn take_delays(&self) -> Vec<Duration> {
        std::mem::take(&mut self.seen.lock().unwrap().delays)
    }
}

impl Reading {
    async fn connection(&mut self, since: Instant, lived: &mut bool) -> Result<(), Gone> {
        let mut wire = Wire::open(self.address, &self.ticket).await?;
        self.resyncing.fill(false);
        let count = self.resyncing.len();
        for place in 0..count {
            self.subscribe(&mut wire, place).await?;
        }
        let mut live = 0;
        loop {
            let frame = wire.next().await?;
            if self.take(&frame, &mut wire).await? {
                live += 1;
                if live == count {
                    *lived = true;
                    self.seen.lock().unwrap().resumes.push(since.elapsed());
                }
            }
        }
    }

    async fn subscribe(&self, wire: &mut Wire, place: usize) -> Result<(), Gone> {
        let frame = {
            let seen = self.seen.lock().unwrap();
            let (topic, lines) = &seen.topics[place];
            json!({ "t": "sub", "topic": topic, "after": lines.len(), "epoch": self.epoch })
        };
        wire.send(&frame).await
    }

    /// Takes a frame; true when it says that a topic is complete.
    async fn take(&mut self, frame: &Value, wire: &mut Wire) -> Result<bool, Gone> {
        let place = self.seen.lock().unwrap().topics.iter().position(|(topic, _)| frame["topic"] == topic.as_str());
        let Some(place) = place else { return Ok(false) };
        match frame["t"].as_str().unwrap_or_default() {
            "ev" if !self.resyncing[place] => self.entry(place, frame),
            "live" => {
                let mut seen = self.seen.lock().unwrap();
                let have = seen.topics[place].1.len() as u64;
                if frame["seq"].as_u64() != Some(have) {
                    seen.wrong.push(format!("{frame} came when {have} entries had come"));
                }
                return Ok(true);
            }
            "resync" => self.resyncing[place] = true,
            "snap" => {
                let (topic, have) = {
                    let seen = self.seen.lock().unwrap();
                    (seen.topics[place].0.clone(), seen.topics[place].1.len() as u64)
                };
                let up_to = frame["seq"].as_u64().unwrap();
                let lines = log_over_http(self.address, &self.ticket, &topic, have).await?;
                let lines = lines.into_iter().filter(|line| line["seq"].as_u64() <= Some(up_to));
                self.seen.lock().unwrap().topics[place].1.extend(lines);
                self.resyncing[place] = false;
                return Ok(true);
            }
            "err" if ["OVERLOADED", "UNAVAILABLE", "INTERNAL"].iter().any(|code| frame["code"] == *code) => {
                tokio::time::sleep(AGAIN).await;
                self.subscribe(wire, place).await?;
            }
            "err" => self.seen.lock().unwrap().wrong.push(frame.to_string()),
            _ => {}
        }
        Ok(false)
    }

    fn entry(&self, place: usize, frame: &Value) {
        let mut line = frame.clone();
        let fields = line.as_object_mut().unwrap();
        fields.remove("t");
        fields.remove("topic");
        let mut seen = self.seen.lock().unwrap();
        let expected = seen.topics[place].1.len() as u64 + 1;
        if line["seq"] == expected {
            if let Some(at) = line["at"].as_str().and_then(|at| at.parse::<jiff::Timestamp>().ok()) {
                let delay = jiff::Timestamp::now().duration_since(at);
                seen.delays.push(Duration::try_from(delay).unwrap_or_default());
            }
            seen.topics[place].1.push(line);
        } else {
            seen.wrong.push(format!("{} came where {expected} belongs: {frame}", line["seq"]));
        }
    }
}

/// The last `seq` of each topic, as HTTP tells it.
pub(super) async fn heads(address: SocketAddr, ticket: &Ticket, topics: &[&str]) -> Vec<u64> {
    let mut heads = Vec::new();
    for topic in topics {
        let lines = log_over_http(address, ticket, topic, 0).await.unwrap();
        heads.push(lines.len() as u64);
    }
    heads
}
