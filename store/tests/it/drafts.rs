//! Drafts in the database: whose they are, how their versions grow, and with what they go.

use brigade_domain::Timestamp;
use brigade_domain::chat::draft::{Desk, Draft, DraftKind, DraftText, Drafts, KEPT_DAYS, Sight};
use brigade_domain::id::{TenantId, UserId};
use brigade_domain::journal::Journal;
use brigade_domain::refusal::Rejection;
use brigade_store::chat::PgDrafts;
use brigade_store::identity::purge;
use jiff::SignedDuration;

use crate::support::{World, conversation, id, message, now, row};

struct Begun {
    world: World,
    drafts: PgDrafts,
    tenant: TenantId,
    user: UserId,
    desk: Desk,
}

/// A member of the staff who writes in a conversation.
async fn begin() -> Begun {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let user = world.person(tenant, "account_manager").await;
    let key = conversation(tenant);
    let mut commit = message(key, 0);
    commit.row = Some(row(key));
    world.journal.commit(commit).await.unwrap();
    let drafts = PgDrafts::new(world.db.clone());
    Begun { world, drafts, tenant, user, desk: Desk { user, conversation: id(key) } }
}

fn draft(text: &str) -> Draft {
    Draft { kind: DraftKind::Send, text: DraftText::parse(text).unwrap(), since: 1 }
}

impl Begun {
    async fn keep(&self, rev: u64, text: &str, at: Timestamp) -> Result<u64, Rejection> {
        Ok(self.drafts.keep(self.tenant, self.desk, rev, draft(text), at).await?.rev)
    }

    async fn text(&self) -> Option<String> {
        let kept = self.drafts.find(self.tenant, self.desk).await.unwrap();
        kept.map(|kept| kept.draft.text.to_string())
    }

    async fn count(&self) -> i64 {
        sqlx::query_scalar("select count(*) from drafts").fetch_one(&mut self.world.as_owner().await).await.unwrap()
    }
}

#[tokio::test]
async fn versions_grow_also_when_the_clock_stands_still_or_goes_back() {
    let begun = begin().await;
    let at = now();
    let first = begun.keep(0, "One", at).await.unwrap();
    let second = begun.keep(first, "Two", at).await.unwrap();
    let third = begun.keep(second, "Three", at - SignedDuration::from_hours(1)).await.unwrap();
    assert!(first < second && second < third, "{first} {second} {third}");
    begun.drafts.remove(begun.tenant, begun.desk, third).await.unwrap();
    let anew = begun.keep(0, "Four", at + SignedDuration::from_secs(1)).await.unwrap();
    assert!(anew > third);
    assert!(begun.drafts.remove(begun.tenant, begun.desk, third).await.is_err());
    assert_eq!(begun.text().await.as_deref(), Some("Four"));
}

#[tokio::test]
async fn another_tenant_and_another_person_find_nothing() {
    let begun = begin().await;
    begun.keep(0, "Mine", now()).await.unwrap();
    let (other, colleague) = (begun.world.tenant().await, begun.world.person(begun.tenant, "admin").await);
    assert_eq!(begun.drafts.find(other, begun.desk).await.unwrap(), None);
    assert_eq!(begun.drafts.find(begun.tenant, Desk { user: colleague, ..begun.desk }).await.unwrap(), None);
    let list = |tenant, user, sight| begun.drafts.list(tenant, user, sight);
    assert_eq!(list(other, begun.user, Sight::Tenant).await.unwrap(), []);
    assert_eq!(list(begun.tenant, colleague, Sight::Tenant).await.unwrap(), []);
    assert_eq!(list(begun.tenant, begun.user, Sight::Accounts(Vec::new())).await.unwrap(), []);
    assert_eq!(list(begun.tenant, begun.user, Sight::Tenant).await.unwrap()[0].words, "Mine");
}

#[tokio::test]
async fn the_database_itself_keeps_to_the_length_and_the_kinds() {
    let begun = begin().await;
    begun.keep(0, &"🦀".repeat(4_000), now()).await.unwrap();
    let mut owner = begun.world.as_owner().await;
    for (change, constraint) in [
        ("text = text || 'a'", "drafts_text_length"),
        ("text = ''", "drafts_text_length"),
        ("kind = 'edit'", "drafts_kind_known"),
        ("rev = 0", "drafts_rev_positive"),
        ("since_seq = -1", "drafts_since_known"),
    ] {
        let refused = sqlx::query(sqlx::AssertSqlSafe(format!("update drafts set {change}"))).execute(&mut owner).await;
        assert_eq!(refused.unwrap_err().as_database_error().unwrap().constraint(), Some(constraint), "{change}");
    }
}

#[tokio::test]
async fn a_draft_goes_with_its_conversation_its_person_and_after_ninety_days() {
    let begun = begin().await;
    let at = now();
    let days = |days: i32| at + SignedDuration::from_hours(24 * i64::from(days)) + SignedDuration::from_secs(1);
    begun.keep(0, "x", at).await.unwrap();
    assert_eq!(purge(&begun.world.db, days(KEPT_DAYS - 1)).await.unwrap().drafts, 0);
    assert_eq!(purge(&begun.world.db, days(KEPT_DAYS)).await.unwrap().drafts, 1);
    assert_eq!(begun.text().await, None);

    let mut owner = begun.world.as_owner().await;
    // What else points at a person or a conversation is no concern here.
    begun.keep(0, "x", at).await.unwrap();
    sqlx::query("delete from memberships where user_id = $1 and role = 'client'")
        .bind(begun.user.uuid())
        .execute(&mut owner)
        .await
        .unwrap();
    assert_eq!(begun.count().await, 1, "still of the staff");
    sqlx::query("delete from memberships where user_id = $1")
        .bind(begun.user.uuid())
        .execute(&mut owner)
        .await
        .unwrap();
    assert_eq!(begun.count().await, 0, "out of the business");

    begun.keep(0, "x", at).await.unwrap();
    sqlx::query("delete from users where id = $1").bind(begun.user.uuid()).execute(&mut owner).await.unwrap();
    assert_eq!(begun.count().await, 0, "with the person");

    let user = begun.world.person(begun.tenant, "admin").await;
    begun.drafts.keep(begun.tenant, Desk { user, ..begun.desk }, 0, draft("x"), at).await.unwrap();
    for sql in ["delete from conversations", "delete from entities where kind = 'conversation'"] {
        sqlx::query(sql).execute(&mut owner).await.unwrap();
    }
    assert_eq!(begun.count().await, 0, "with the conversation");
}
