//! A reader that writes down everything it is handed.

use std::sync::Arc;
use std::time::Duration;

use brigade_actors::{Attach, Command, Delivery, Directory, Limits, Resume, Subscriber, SubscriberId};
use brigade_domain::Timestamp;
use brigade_domain::actor::Actor;
use brigade_domain::entity::{EntityKey, Seq};
use brigade_domain::id::{ConversationId, TenantId};
use brigade_domain::journal::RequestKey;
use brigade_domain::refusal::Code;
use brigade_domain::topic::Topic;
use parking_lot::Mutex;
use uuid::Uuid;

use crate::counter::Counter;
use crate::journal::{Memory, Shared};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Got {
    Entry(Seq, String),
    Snapshot(Seq, String),
    Live(Seq),
    Resync,
    Refused(Code),
    SignalRefused(Code),
    Lost,
    /// Its type.
    Signal(String),
}

pub(crate) struct Notebook {
    id: SubscriberId,
    pub(crate) got: Mutex<Vec<Got>>,
}

impl Notebook {
    pub(crate) fn new(id: SubscriberId) -> Arc<Self> {
        Arc::new(Self { id, got: Mutex::default() })
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.lock().clone()
    }

    pub(crate) fn seqs(&self) -> Vec<Seq> {
        let entry = |got: &Got| match got {
            Got::Entry(seq, _) => Some(*seq),
            _ => None,
        };
        self.got.lock().iter().filter_map(entry).collect()
    }
}

impl Subscriber for Notebook {
    fn id(&self) -> SubscriberId {
        self.id
    }

    fn deliver(&self, _topic: &Arc<str>, delivery: Delivery<'_>) -> bool {
        let mut got = self.got.lock();
        match delivery {
            Delivery::Entries(batch, audience) => got.extend(batch.lines(audience).map(|(line, visible)| {
                Got::Entry(line.seq, if visible { line.kind.to_string() } else { "hidden".to_owned() })
            })),
            Delivery::Snapshot { seq, state, .. } => got.push(Got::Snapshot(seq, state.to_string())),
            Delivery::Live { seq, .. } => got.push(Got::Live(seq)),
            Delivery::Resync => got.push(Got::Resync),
            Delivery::Refused(refusal) => got.push(Got::Refused(refusal.code)),
            Delivery::SignalRefused(refusal) => got.push(Got::SignalRefused(refusal.code)),
            Delivery::Lost => got.push(Got::Lost),
            Delivery::Ephemeral(line) => got.push(Got::Signal(line.kind.to_string())),
            Delivery::State { .. } | Delivery::Presence { .. } => {}
        }
        true
    }
}

pub(crate) fn tenant() -> TenantId {
    TenantId::from_uuid(Uuid::from_u128(1))
}

pub(crate) fn key(n: u128) -> EntityKey {
    EntityKey::new(tenant(), ConversationId::from_uuid(Uuid::from_u128(n)))
}

pub(crate) fn actor(name: &str) -> Arc<Actor> {
    Arc::new(Actor { name: name.to_owned(), ..Actor::system(tenant()) })
}

pub(crate) fn command(id: u128, kind: &str, body: &str) -> Command {
    let actor = actor("staff");
    let id = Uuid::from_u128(id);
    Command {
        request: RequestKey::of(id, actor.party, kind, body),
        at: Timestamp::UNIX_EPOCH,
        kind: kind.into(),
        body: body.into(),
        actor,
    }
}

pub(crate) fn add(id: u128, n: i64) -> Command {
    command(id, "add", &format!(r#"{{"n":{n}}}"#))
}

pub(crate) fn directory(memory: &Arc<Memory>, limits: Limits) -> Directory {
    let directory = Directory::builder()
        .entity::<Counter>()
        .limits(limits)
        .build(Arc::new(Shared(Arc::clone(memory))), Arc::new(Shared(Arc::clone(memory))));
    directory.add_arbiter(actix_rt::Arbiter::current());
    directory
}

pub(crate) fn attach(
    directory: &Directory,
    entity: EntityKey,
    reader: &Arc<Notebook>,
    who: &str,
    resume: Option<Resume>,
) {
    attach_to(directory, Topic::log(entity.entity), reader, who, resume);
}

pub(crate) fn attach_to(
    directory: &Directory,
    topic: Topic,
    reader: &Arc<Notebook>,
    who: &str,
    resume: Option<Resume>,
) {
    let name = topic.to_string().into();
    let subscriber = Arc::clone(reader) as Arc<dyn Subscriber>;
    directory.attach(tenant(), Attach { topic, name, subscriber, actor: actor(who), resume, lost: false });
}

pub(crate) fn detach(directory: &Directory, topic: &Topic, reader: &Arc<Notebook>) {
    directory.detach(tenant(), topic, &topic.to_string(), Subscriber::id(&**reader));
}

pub(crate) fn signal(directory: &Directory, entity: EntityKey, from: &Arc<Notebook>, who: &str, kind: &str) {
    let from = Arc::clone(from) as Arc<dyn Subscriber>;
    directory.signal(entity, from, actor(who), kind.into(), "{}".into());
}

/// Waits until `done` holds; fails after five seconds.
pub(crate) async fn until(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..5_000 {
        if done() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("waited in vain: {what}");
}
