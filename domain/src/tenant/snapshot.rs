//! What readers see of a tenant.

use serde_json::{Map, Value, json};

use super::TenantRow;
use super::state::Tenant;
use super::team;
use crate::entity::Audience;

/// How many of those who wait a snapshot shows: with the rest it stays under 256 KiB.
pub const SHOWN_WAITING: usize = 1_000;

impl Tenant {
    /// The state as readers of `audience` see it: customers see what a shop window shows.
    pub(super) fn shown_to(&self, audience: Audience) -> Value {
        let mut shown = Map::new();
        shown.insert("id".to_owned(), json!(self.id));
        shown.insert("name".to_owned(), json!(self.identity.as_ref().map(|identity| &identity.name)));
        shown.insert("zone".to_owned(), json!(self.hours.zone()));
        shown.insert("hours".to_owned(), json!({ "week": self.hours.week(), "closed": self.hours.closed() }));
        shown.insert("greeting".to_owned(), json!(self.greeting));
        match audience {
            Audience::Customer => {}
            Audience::Staff => {
                shown.insert("slug".to_owned(), json!(self.identity.as_ref().map(|identity| &identity.slug)));
                shown.insert("labels".to_owned(), json!(self.labels));
                shown.insert("teams".to_owned(), json!(self.teams));
                shown.insert("targets".to_owned(), json!(self.targets));
                shown.insert("feedback".to_owned(), json!(self.feedback));
                shown.insert("questions".to_owned(), json!(self.questions));
                shown.insert("look".to_owned(), json!(self.look));
                shown.insert("staff".to_owned(), self.staff_shown());
                shown.insert("routing".to_owned(), json!(self.routing));
                shown.insert("queue".to_owned(), self.queue_shown());
                shown.insert("waiting".to_owned(), json!(self.queue.len()));
            }
        }
        Value::Object(shown)
    }

    fn staff_shown(&self) -> Value {
        let staff = self.staff.iter().map(|(user, available)| (user.to_string(), json!({ "available": available })));
        Value::Object(staff.collect())
    }

    fn queue_shown(&self) -> Value {
        let longest = self.queue.in_order().into_iter().take(SHOWN_WAITING);
        longest.map(|(conversation, waiting)| json!({ "conversation": conversation, "since": waiting.since })).collect()
    }

    /// The row beside the log; `None` before it is created.
    pub(super) fn as_row(&self) -> Option<TenantRow> {
        let identity = self.identity.as_ref()?;
        let settings = json!({
            "name": identity.name,
            "slug": identity.slug,
            "zone": self.hours.zone(),
            "hours": { "week": self.hours.week(), "closed": self.hours.closed() },
            "greeting": self.greeting,
        });
        let labels = self.labels.keys().copied().collect();
        let teams = team::row(&self.teams).to_string();
        let routing = self.routing.row(&self.staff).map(|routing| routing.to_string());
        let away = self.staff.iter().filter(|(_, available)| !**available).map(|(user, _)| *user).collect();
        Some(TenantRow { id: self.id, settings: settings.to_string(), labels, teams, routing, away })
    }
}
