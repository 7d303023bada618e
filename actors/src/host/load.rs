//! Reading the log into memory.

use actix::{ActorFutureExt, AsyncContext, Context, WrapFuture};
use brigade_domain::entity::{Entity, Entry};
use brigade_domain::journal::{Loaded, LogLine, Snapshot};
use brigade_domain::refusal::{Fault, Refusal, Rejection};

use super::{Host, Phase, RING_LINES, Work};
use crate::batch::Shown;

impl<E: Entity> Host<E> {
    pub(super) fn start_loading(&mut self, ctx: &mut Context<Self>) {
        self.phase = Phase::Loading;
        let load = self.node.journal.load(self.key);
        ctx.spawn(load.into_actor(self).map(|loaded, this, ctx| this.loaded(loaded, ctx)));
    }

    fn loaded(&mut self, loaded: Result<Loaded, Fault>, ctx: &mut Context<Self>) {
        match loaded.and_then(|loaded| self.adopt(loaded)) {
            Ok(news) => {
                self.phase = Phase::Idle;
                self.publish(news);
            }
            Err(fault) => {
                tracing::error!(topic = %self.topic, error = %fault, source = ?std::error::Error::source(&fault), "could not load an entity");
                self.phase = Phase::Cold;
                self.refuse_all(&Rejection::Broken(fault).into_refusal());
            }
        }
        self.advance(ctx);
    }

    /// Takes over what was read. Returns the lines that readers here have not seen.
    fn adopt(&mut self, loaded: Loaded) -> Result<Vec<Shown>, Fault> {
        let known = self.seq;
        let rebuilt = self.epoch != 0 && self.epoch != loaded.epoch;
        self.epoch = loaded.epoch;
        self.since_snapshot = u32::try_from(loaded.lines.len()).unwrap_or(u32::MAX);
        (self.state, self.seq) = match loaded.snapshot {
            Some(Snapshot { seq, state }) => {
                (serde_json::from_str(&state).map_err(|e| Fault::internal("reading a snapshot", e))?, seq)
            }
            None => (E::empty(&self.key), 0),
        };
        self.ring.clear();
        let mut news = Vec::new();
        for line in loaded.lines {
            let event = parse_event::<E>(&line)?;
            let shown = Shown::of::<E>(line, &event);
            self.apply(&shown.line, event);
            if shown.line.seq > known && known > 0 {
                news.push(shown);
            }
        }
        if rebuilt || (known > 0 && news.first().is_some_and(|first| first.line.seq != known + 1)) {
            self.readers.resync(&self.topic, &self.state, self.epoch, self.seq);
            news.clear();
        }
        Ok(news)
    }

    /// One committed line takes effect on everything kept in memory.
    fn apply(&mut self, line: &LogLine, event: E::Event) {
        self.state.apply(&Entry { seq: line.seq, event, by: line.by, at: line.at });
        self.remember(line);
        self.seq = line.seq;
    }

    /// Keeps a committed line for readers that come back and for repeats.
    pub(super) fn remember(&mut self, line: &LogLine) {
        if let Some(request) = line.request {
            self.recent.insert(request, line.seq);
        }
        if self.ring.len() == RING_LINES {
            self.ring.pop_front();
        }
        self.ring.push_back(line.clone());
    }

    /// Everything that waits is refused; nothing of it was done.
    pub(super) fn refuse_all(&mut self, refusal: &Refusal) {
        for work in std::mem::take(&mut self.queue) {
            match work {
                Work::Call(call) => call.answer(Err(refusal.clone())),
                Work::Attach(attach, _) => {
                    attach.subscriber.deliver(&attach.name, crate::Delivery::Refused(refusal.clone()));
                }
            }
        }
    }

    /// Keeps the state so that the next load is short. Losing it costs time, nothing else.
    pub(super) fn keep_snapshot(&self) {
        if self.phase != Phase::Idle || self.since_snapshot < SNAPSHOT_WORTH {
            return;
        }
        let Ok(state) = serde_json::to_string(&self.state) else { return };
        let keep = self.node.journal.keep(self.key, Snapshot { seq: self.seq, state });
        let topic = self.topic.clone();
        actix_rt::spawn(async move {
            if let Err(fault) = keep.await {
                tracing::warn!(%topic, error = %fault, "a snapshot was not kept; loading will take longer");
            }
        });
    }
}

/// Fewer new lines than this are not worth a snapshot of their own.
const SNAPSHOT_WORTH: u32 = 32;

/// An event back from its line.
pub(super) fn parse_event<E: Entity>(line: &LogLine) -> Result<E::Event, Fault> {
    let text = if &*line.body == "null" {
        format!(r#"{{"type":"{}"}}"#, line.kind)
    } else {
        format!(r#"{{"type":"{}","body":{}}}"#, line.kind, line.body)
    };
    serde_json::from_str(&text).map_err(|error| Fault::internal("reading an event from the log", error))
}

/// An event as type and body. Relies on serde writing `type` before `body`, which the adjacent tagging demanded
/// by [`Entity::Event`] does; checked here so that a wrong enum fails at its first event.
pub(super) fn write_event<E: Entity>(event: &E::Event) -> Result<(String, String), Fault> {
    let text = serde_json::to_string(event).map_err(|e| Fault::internal("writing an event", e))?;
    split_event(&text)
        .map(|(kind, body)| (kind.to_owned(), body.to_owned()))
        .ok_or_else(|| Fault::internal("writing an event", format!("not tagged as type and body: {text}")))
}

fn split_event(text: &str) -> Option<(&str, &str)> {
    let (kind, rest) = text.strip_prefix(r#"{"type":""#)?.split_once('"')?;
    match rest {
        "}" => Some((kind, "null")),
        _ => Some((kind, rest.strip_prefix(r#","body":"#)?.strip_suffix('}')?)),
    }
}

impl Shown {
    /// Decides once who may see a line.
    pub(super) fn of<E: Entity>(line: LogLine, event: &E::Event) -> Self {
        let visible = brigade_domain::entity::Audience::ALL.map(|audience| E::visible(event, audience));
        Self { line, visible }
    }
}

#[cfg(test)]
mod tests {
    use super::split_event;

    #[test]
    fn events_are_split_into_type_and_body() {
        assert_eq!(split_event(r#"{"type":"resolved"}"#), Some(("resolved", "null")));
        assert_eq!(split_event(r#"{"type":"sent","body":{"a":"}"}}"#), Some(("sent", r#"{"a":"}"}"#)));
        assert_eq!(split_event(r#"{"Sent":{}}"#), None);
        assert_eq!(split_event(r#"{"type":"sent","text":"x"}"#), None);
    }
}
