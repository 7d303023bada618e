//! Lists: views over many entities (`tenant:…/inbox`), sent as state, the latest per key winning.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use brigade_domain::entity::{Listing, Seq};
use brigade_domain::id::TenantId;
use brigade_domain::journal::Lists;
use brigade_domain::refusal::Rejection;
use dashmap::DashMap;
use parking_lot::Mutex;
use serde_json::json;

use crate::batch::SharedLine;
use crate::subscriber::{Attach, Delivery, Subscriber, SubscriberId};

/// Lines that arrived while the list was being read; `None` once it was sent.
type Waiting = Option<HashMap<Arc<str>, Arc<SharedLine>>>;

struct Reader {
    subscriber: Arc<dyn Subscriber>,
    waiting: Mutex<Waiting>,
}

/// Who reads which list on this node.
#[derive(Default)]
pub(crate) struct Feeds {
    lists: DashMap<Arc<str>, HashMap<SubscriberId, Arc<Reader>>>,
    readers: AtomicUsize,
}

impl Feeds {
    pub(crate) fn nobody_reads(&self) -> bool {
        self.readers.load(Ordering::Relaxed) == 0
    }

    /// Attaches first, reads the list second; lines that arrive in between follow it.
    pub(crate) fn attach(self: &Arc<Self>, attach: Attach, tenant: TenantId, lists: Arc<dyn Lists>) {
        let Attach { topic, name, subscriber, actor, .. } = attach;
        let reader = Arc::new(Reader { subscriber, waiting: Mutex::new(Some(HashMap::new())) });
        let id = reader.subscriber.id();
        if self.lists.entry(Arc::clone(&name)).or_default().insert(id, Arc::clone(&reader)).is_none() {
            self.readers.fetch_add(1, Ordering::Relaxed);
        }
        let Some(view) = topic.view else { return };
        let this = Arc::clone(self);
        actix_rt::spawn(async move {
            match lists.list(tenant, &view, &actor).await {
                Ok(items) => {
                    let items: Vec<_> = items
                        .into_iter()
                        .map(|(key, rev, body)| json!({ "key": key, "rev": rev, "body": body }))
                        .collect();
                    reader.start(&name, json!({ "items": items }));
                }
                Err(fault) => {
                    tracing::error!(topic = %name, error = %fault, "could not read a list");
                    this.detach(&name, id);
                    let refusal = Rejection::Broken(fault).into_refusal();
                    reader.subscriber.deliver(&name, Delivery::Refused(refusal));
                }
            }
        });
    }

    pub(crate) fn detach(&self, name: &str, id: SubscriberId) {
        let Some(mut readers) = self.lists.get_mut(name) else { return };
        if readers.remove(&id).is_some() {
            self.readers.fetch_sub(1, Ordering::Relaxed);
        }
        drop(readers);
        self.lists.remove_if(name, |_, readers| readers.is_empty());
    }

    /// Sends an entity's line to the readers of its list.
    pub(crate) fn publish(&self, listing: &Listing, rev: Seq) {
        let name = listing.topic.to_string();
        let Some(readers) = self.lists.get(&*name) else { return };
        let line = Arc::new(SharedLine::new(
            Arc::clone(readers.key()),
            Arc::from(&*listing.key),
            rev,
            listing.body.as_str().into(),
            None,
        ));
        for reader in readers.values() {
            reader.take(&line);
        }
    }

    /// How many subscriptions to lists there are.
    pub(crate) fn readers(&self) -> usize {
        self.readers.load(Ordering::Relaxed)
    }
}

impl Reader {
    fn take(&self, line: &Arc<SharedLine>) {
        let mut waiting = self.waiting.lock();
        if let Some(waiting) = waiting.as_mut() {
            waiting.insert(Arc::clone(&line.kind), Arc::clone(line));
        } else {
            self.send(line);
        }
    }

    fn start(&self, name: &Arc<str>, state: serde_json::Value) {
        let mut waiting = self.waiting.lock();
        self.subscriber.deliver(name, Delivery::Snapshot { epoch: 0, seq: 0, state });
        for line in waiting.take().into_iter().flatten() {
            self.send(&line.1);
        }
    }

    fn send(&self, line: &SharedLine) {
        let state = Delivery::State { key: &line.kind, rev: line.rev, line };
        self.subscriber.deliver(&line.topic, state);
    }
}
