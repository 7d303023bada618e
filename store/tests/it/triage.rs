//! How the staff sort conversations: what is put off, how urgent it is, and labels, in rows and lists.

use brigade_domain::Timestamp;
use brigade_domain::actor::Actor;
use brigade_domain::chat::ConversationRow;
use brigade_domain::chat::list::{Filter, Order, Place};
use brigade_domain::chat::triage::Priority;
use brigade_domain::entity::{EntityKey, Row, Seq};
use brigade_domain::id::{ConversationId, LabelId, TenantId};
use brigade_domain::journal::{CommitError, Journal, Lists};
use brigade_domain::refusal::Code;
use brigade_domain::tenant::TenantRow;
use brigade_store::chat::{PgLists, page};
use jiff::SignedDuration;
use sqlx::Connection as _;
use uuid::Uuid;

use crate::support::{World, commit, conversation, conversation_row, id, line, message, now};

fn label() -> LabelId {
    LabelId::from_uuid(Uuid::now_v7())
}

/// Commits a row to a conversation of `expected` entries.
async fn keep(world: &World, key: EntityKey, expected: Seq, row: ConversationRow) -> Result<(), CommitError> {
    let mut change = message(key, expected);
    change.row = Some(Row::Conversation(row));
    world.journal.commit(change).await
}

/// The tenant has these labels from its `expected`th entry on.
async fn has_labels(world: &World, tenant: TenantId, expected: Seq, labels: &[LabelId]) -> Result<(), CommitError> {
    let key = EntityKey::new(tenant, tenant);
    let mut change = commit(key, expected, vec![line(expected + 1, "label_set", "{}")]);
    change.row = Some(Row::Tenant(TenantRow {
        id: tenant,
        settings: "{}".to_owned(),
        labels: labels.to_vec(),
        teams: "{}".to_owned(),
        routing: None,
        away: vec![],
    }));
    world.journal.commit(change).await
}

fn snoozed(key: EntityKey, until: Timestamp) -> ConversationRow {
    ConversationRow { status: "snoozed".to_owned(), snoozed_until: Some(until), ..conversation_row(key) }
}

fn texts(ids: &[ConversationId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn what_is_put_off_is_listed_by_when_it_comes_back() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let start = now();
    let mut expected = Vec::new();
    for hours in [5, 1, 4, 2, 3] {
        let key = conversation(tenant);
        keep(&world, key, 0, snoozed(key, start + SignedDuration::from_hours(hours))).await.unwrap();
        expected.push((hours, id(key)));
    }
    expected.sort_unstable();
    let filter = Filter { place: Place::Snoozed, ..Filter::default() };
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let part = page(&world.db, tenant, filter.clone(), Order::default(), cursor, 2).await.unwrap();
        seen.extend(part.rows.iter().map(|(_, row)| row.id));
        cursor = part.next.map(|next| next.to_string().parse().unwrap());
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, expected.iter().map(|(_, id)| *id).collect::<Vec<_>>());
    // The live list has them too: what is put off comes back in it.
    let items = PgLists::new(world.db.clone()).list(tenant, "inbox", &Actor::system(tenant)).await.unwrap();
    assert_eq!(items.len(), 5);
}

#[tokio::test]
async fn what_came_back_is_listed_as_news() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let at = |minutes| now() - SignedDuration::from_mins(minutes);
    let (old, newer, back) = (conversation(tenant), conversation(tenant), conversation(tenant));
    for (key, minutes) in [(old, 30), (newer, 20), (back, 40)] {
        let woken_at = (key == back).then(|| at(10));
        let row = ConversationRow { last_message_at: Some(at(minutes)), woken_at, ..conversation_row(key) };
        keep(&world, key, 0, row).await.unwrap();
    }
    let mut seen = Vec::new();
    let mut cursor = None;
    for _ in 0..3 {
        let part = page(&world.db, tenant, Filter::default(), Order::default(), cursor, 1).await.unwrap();
        seen.extend(part.rows.iter().map(|(_, row)| row.id));
        cursor = part.next;
    }
    assert_eq!(seen, [back, newer, old].map(id));
    let items = PgLists::new(world.db.clone()).list(tenant, "inbox", &Actor::system(tenant)).await.unwrap();
    assert_eq!(items.into_iter().map(|item| item.0).collect::<Vec<_>>(), texts(&seen));
}

#[tokio::test]
async fn the_newest_come_first_wherever_in_the_slots_of_their_index() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let boundary: Timestamp = "2026-03-29T01:00:00Z".parse().unwrap();
    let mut expected = Vec::new();
    for micros in [-600_000_001, -600_000_000, -1, -1, 0, 0, 1, 599_999_999, 600_000_000] {
        let key = conversation(tenant);
        let at = boundary + SignedDuration::from_micros(micros);
        keep(&world, key, 0, ConversationRow { last_message_at: Some(at), ..conversation_row(key) }).await.unwrap();
        expected.push((at, id(key)));
    }
    // Nothing was said in it yet.
    let silent = conversation(tenant);
    keep(&world, silent, 0, ConversationRow { last_message_at: None, ..conversation_row(silent) }).await.unwrap();
    expected.sort_unstable_by(|a, b| b.cmp(a));
    let expected: Vec<_> = expected.into_iter().map(|(_, id)| id).chain([id(silent)]).collect();
    for limit in 1..=4 {
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let part = page(&world.db, tenant, Filter::default(), Order::Newest, cursor, limit).await.unwrap();
            seen.extend(part.rows.iter().map(|(_, row)| row.id));
            cursor = part.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, expected, "by {limit}");
    }
    let items = PgLists::new(world.db.clone()).list(tenant, "inbox", &Actor::system(tenant)).await.unwrap();
    assert_eq!(items.into_iter().map(|item| item.0).collect::<Vec<_>>(), texts(&expected));
}

#[tokio::test]
async fn a_message_changes_no_index_until_the_next_slot() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let key = conversation(tenant);
    let at = |seconds| "2026-03-29T01:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds);
    let said = |seconds| ConversationRow { last_message_at: Some(at(seconds)), ..conversation_row(key) };
    keep(&world, key, 0, said(0)).await.unwrap();
    let mut owner = world.as_owner().await;
    let mut changes = async |seconds: i64| -> bool {
        let mut transaction = owner.begin().await.unwrap();
        let counted = "select pg_stat_get_xact_tuples_hot_updated('conversations'::regclass)";
        let before: i64 = sqlx::query_scalar(counted).fetch_one(&mut *transaction).await.unwrap();
        sqlx::query(
            "update conversations set last_message_at = $1::text::timestamptz, rev = rev + 1 where tenant_id = $2",
        )
        .bind(at(seconds).to_string())
        .bind(tenant.uuid())
        .execute(&mut *transaction)
        .await
        .unwrap();
        let after: i64 = sqlx::query_scalar(counted).fetch_one(&mut *transaction).await.unwrap();
        transaction.commit().await.unwrap();
        before == after
    };
    assert!(!changes(1).await);
    assert!(!changes(599).await);
    assert!(changes(600).await);
    assert!(!changes(601).await);
}

#[tokio::test]
async fn a_conversation_is_given_labels_its_tenant_has_at_that_moment() {
    let world = World::new().await;
    let (tenant, elsewhere) = (world.tenant().await, world.tenant().await);
    let (known, foreign) = (label(), label());
    has_labels(&world, tenant, 0, &[known]).await.unwrap();
    has_labels(&world, elsewhere, 0, &[foreign]).await.unwrap();
    let key = conversation(tenant);
    let with = |labels: &[LabelId]| ConversationRow { labels: labels.to_vec(), ..conversation_row(key) };
    for unknown in [label(), foreign] {
        match keep(&world, key, 0, with(&[known, unknown])).await {
            Err(CommitError::Refused(refusal)) => assert_eq!(refusal.code, Code::InvalidInput),
            other => panic!("{other:?}"),
        }
    }
    keep(&world, key, 0, with(&[known])).await.unwrap();
    // One that is gone stays where it is, and comes to nothing new.
    has_labels(&world, tenant, 1, &[]).await.unwrap();
    keep(&world, key, 1, with(&[known])).await.unwrap();
    let another = conversation(tenant);
    let row = ConversationRow { labels: vec![known], ..conversation_row(another) };
    assert!(matches!(keep(&world, another, 0, row).await, Err(CommitError::Refused(_))));
    keep(&world, key, 2, with(&[])).await.unwrap();
    assert!(matches!(keep(&world, key, 3, with(&[known])).await, Err(CommitError::Refused(_))));
}

#[tokio::test]
async fn lists_are_narrowed_by_label_and_priority() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let labels = [label(), label()];
    has_labels(&world, tenant, 0, &labels).await.unwrap();
    for place in [Place::Open, Place::Snoozed, Place::Resolved] {
        let mut kept = Vec::new();
        for (mine, priority) in
            [(vec![labels[0]], Priority::Urgent), (labels.to_vec(), Priority::Normal), (vec![], Priority::Low)]
        {
            let key = conversation(tenant);
            let base = match place {
                Place::Open => conversation_row(key),
                Place::Snoozed => snoozed(key, now() + SignedDuration::from_hours(1)),
                Place::Resolved => ConversationRow { status: "resolved".to_owned(), ..conversation_row(key) },
            };
            let row = ConversationRow { labels: mine, priority, ..base };
            keep(&world, key, 0, row.clone()).await.unwrap();
            kept.push(row);
        }
        let listed = async |label, priority| {
            let filter = Filter { place, label, priority, ..Filter::default() };
            let mut found: Vec<_> = page(&world.db, tenant, filter, Order::default(), None, 10)
                .await
                .unwrap()
                .rows
                .into_iter()
                .map(|(_, row)| row)
                .collect();
            found.sort_by_key(|row| row.id);
            found
        };
        assert_eq!(listed(Some(labels[0]), None).await, kept[..2], "{place:?}");
        assert_eq!(listed(Some(labels[1]), None).await, kept[1..2]);
        assert_eq!(listed(None, Some(Priority::Low)).await, kept[2..]);
        assert_eq!(listed(Some(labels[0]), Some(Priority::Urgent)).await, kept[..1]);
        assert!(listed(Some(label()), None).await.is_empty());
    }
}

#[tokio::test]
async fn the_database_knows_what_goes_together() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let until = Some(now());
    let cases: [fn(EntityKey, Option<Timestamp>) -> ConversationRow; 3] = [
        |key, until| ConversationRow { snoozed_until: until, ..conversation_row(key) },
        |key, _| ConversationRow { status: "snoozed".to_owned(), ..conversation_row(key) },
        |key, until| ConversationRow { status: "resolved".to_owned(), woken_at: until, ..conversation_row(key) },
    ];
    for case in cases {
        let key = conversation(tenant);
        let broken = case(key, until);
        assert!(matches!(keep(&world, key, 0, broken.clone()).await, Err(CommitError::Broken(_))), "{broken:?}");
    }
    let many: Vec<_> = (0..101).map(|_| label()).collect();
    assert!(has_labels(&world, tenant, 0, &many).await.is_err());
    has_labels(&world, tenant, 0, &many[..100]).await.unwrap();
    let key = conversation(tenant);
    let labels = |count: usize| ConversationRow { labels: many[..count].to_vec(), ..conversation_row(key) };
    assert!(keep(&world, key, 0, labels(21)).await.is_err());
    keep(&world, key, 0, labels(20)).await.unwrap();
}

#[tokio::test]
async fn of_a_view_only_criteria_that_are_known_are_kept() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let mut owner = world.as_owner().await;
    let mut keep = async |criteria: &str| {
        sqlx::query(
            "insert into inbox_views (tenant_id, id, name, criteria, sorting, changed_at)
             values ($1, $2, $2::text, $3::jsonb, 'newest', now())",
        )
        .bind(tenant.uuid())
        .bind(Uuid::now_v7())
        .bind(criteria)
        .execute(&mut owner)
        .await
    };
    for criteria in ["[]", "{}", r#"{"status":"gone"}"#, r#"{"status":"open","since":1}"#] {
        let refused = keep(criteria).await.unwrap_err();
        let constraint = refused.as_database_error().and_then(|error| error.constraint());
        assert_eq!(constraint, Some("inbox_views_criteria_known"), "{criteria}");
    }
    keep(r#"{"status":"open","assignee":"me"}"#).await.unwrap();
}
