//! What the business has set, as its admin would: hours, greetings, targets, labels, teams, and what all of its staff have.

use std::collections::BTreeMap;

use anyhow::Result;
use brigade_domain::Timestamp;
use brigade_domain::actor::{Actor, Role};
use brigade_domain::chat::canned::{CannedReplies as _, Reply, ReplyText, Shortcut};
use brigade_domain::chat::list::Order;
use brigade_domain::chat::view::{Assigned, Criteria, View, ViewName, Views as _};
use brigade_domain::entity::EntityKey;
use brigade_domain::id::{LabelId, ReplyId, TeamId, TenantId, UserId, ViewId};
use brigade_domain::identity::Cause;
use brigade_store::chat::{PgCannedReplies, PgViews};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{AMARA, JONAS, NAMESPACE, ZONE, do_once, script, staff};
use crate::platform::Platform;

/// Everything of it.
pub(super) async fn set_up(
    platform: &Platform,
    tenant: TenantId,
    people: &BTreeMap<&'static str, UserId>,
) -> Result<()> {
    let greeting = json!({
        "online": "Hello! Ask us anything about meals, deliveries or allergies; we usually answer within minutes.",
        "offline": "We are in the kitchen or asleep. Leave your question, and how to reach you, and we will answer.",
    });
    let (key, admin) = (EntityKey::new(tenant, tenant), staff(tenant, people[JONAS], Role::Admin, "Jonas Weber"));
    do_once(platform, key, &admin, Timestamp::now(), "hours", "set_hours", &hours()).await?;
    do_once(platform, key, &admin, Timestamp::now(), "greeting", "set_greeting", &greeting).await?;
    do_once(platform, key, &admin, Timestamp::now(), "targets", "set_targets", &targets()).await?;
    let feedback = json!({ "question": script::QUESTION });
    do_once(platform, key, &admin, Timestamp::now(), "feedback", "set_feedback", &feedback).await?;
    for (name, color) in script::LABELS {
        let label = json!({ "label": label(tenant, name), "name": name, "color": color });
        do_once(platform, key, &admin, Timestamp::now(), name, "set_label", &label).await?;
    }
    canned_replies(platform, tenant, &admin).await?;
    views(platform, tenant, &admin).await?;
    teams(platform, tenant, &admin, people).await
}

pub(super) fn hours() -> Value {
    let week: Vec<Value> = (1..=7).map(|day| json!({ "day": day, "from": "08:00", "to": "20:00" })).collect();
    json!({ "zone": ZONE, "week": week, "closed": ["2026-12-25", "2026-12-26"] })
}

/// Around the clock, so that something is due whenever somebody looks.
pub(super) fn targets() -> Value {
    let goals =
        |first, next, resolution: Option<u32>| json!({ "first": first, "next": next, "resolution": resolution });
    json!({
        "counted": "always",
        "warn": 10,
        "urgent": goals(10, 15, Some(240)),
        "high": goals(15, 30, Some(480)),
        "normal": goals(20, 60, None),
        "low": goals(60, 240, None),
    })
}

pub(super) fn label(tenant: TenantId, name: &str) -> LabelId {
    LabelId::from_uuid(Uuid::new_v5(&NAMESPACE, format!("{tenant}/label/{name}").as_bytes()))
}

/// Who works together.
async fn teams(
    platform: &Platform,
    tenant: TenantId,
    admin: &Actor,
    people: &BTreeMap<&'static str, UserId>,
) -> Result<()> {
    let key = EntityKey::new(tenant, tenant);
    for (name, with_jonas) in script::TEAMS {
        let members: Vec<UserId> = with_jonas.then(|| people[JONAS]).into_iter().chain([people[AMARA]]).collect();
        let body = json!({ "team": team(tenant, name), "name": name, "members": members });
        do_once(platform, key, admin, Timestamp::now(), &format!("team {name}"), "set_team", &body).await?;
    }
    Ok(())
}

pub(super) fn team(tenant: TenantId, name: &str) -> TeamId {
    TeamId::from_uuid(Uuid::new_v5(&NAMESPACE, format!("{tenant}/team/{name}").as_bytes()))
}

/// What the staff have ready to say.
async fn canned_replies(platform: &Platform, tenant: TenantId, admin: &Actor) -> Result<()> {
    let replies = PgCannedReplies::new(platform.db.clone());
    let there = replies.list(tenant).await?;
    for (shortcut, text) in script::CANNED {
        let reply = Reply { shortcut: Shortcut::parse(shortcut)?, text: ReplyText::parse(text)? };
        if there.iter().all(|kept| kept.reply.shortcut != reply.shortcut) {
            let cause = Cause::system(Timestamp::now()).by(admin.party);
            let id = ReplyId::from_uuid(Uuid::now_v7());
            replies.create(tenant, id, reply, cause).await.map_err(crate::platform::told)?;
        }
    }
    Ok(())
}

/// What the whole staff looks at.
async fn views(platform: &Platform, tenant: TenantId, admin: &Actor) -> Result<()> {
    let views = PgViews::new(platform.db.clone());
    let there = views.list(tenant, None).await?;
    let nobodys = Criteria { assignee: Some(Assigned::Nobody), ..Criteria::default() };
    let allergies = Criteria { label: Some(label(tenant, "Allergy")), ..Criteria::default() };
    for (name, criteria, order) in [("Not taken yet", nobodys, Order::Longest), ("Allergies", allergies, Order::Newest)]
    {
        let view = View { name: ViewName::parse(name)?, criteria, order };
        if there.iter().all(|kept| kept.view.name != view.name) {
            let cause = Cause::system(Timestamp::now()).by(admin.party);
            let id = ViewId::from_uuid(Uuid::now_v7());
            views.create(tenant, id, None, view, cause).await.map_err(crate::platform::told)?;
        }
    }
    Ok(())
}
