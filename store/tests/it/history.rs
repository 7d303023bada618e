//! Lists and older messages.

use brigade_domain::actor::Actor;
use brigade_domain::chat::ConversationRow;
use brigade_domain::chat::list::{Filter, Order, Place};
use brigade_domain::chat::ports::Messages;
use brigade_domain::entity::{Audience, EntityKey, Row};
use brigade_domain::id::{ConversationId, VisitorId};
use brigade_domain::journal::{Journal, Lists};
use brigade_store::chat::{PgLists, PgMessages, find, page};
use uuid::Uuid;

use crate::support::{World, commit, conversation, conversation_row, line, message, now};

async fn talk(world: &World, key: EntityKey) {
    let lines = vec![
        line(1, "message_sent", r#"{"text":"one"}"#),
        line(2, "note_added", r#"{"text":"psst"}"#),
        line(3, "message_sent", r#"{"text":"two"}"#),
        line(4, "message_edited", r#"{"seq":1,"text":"uno"}"#),
        line(5, "reaction_changed", r#"{"seq":3,"emoji":"👍","on":true}"#),
        line(6, "reaction_changed", r#"{"seq":3,"emoji":"👍","on":false}"#),
        line(7, "reaction_changed", r#"{"seq":1,"emoji":"👍","on":true}"#),
        line(8, "read_up_to", r#"{"seq":3,"side":"staff"}"#),
        line(9, "message_edited", r#"{"seq":1,"text":"un"}"#),
        line(10, "message_sent", r#"{"text":"three"}"#),
        line(11, "message_deleted", r#"{"seq":3}"#),
    ];
    world.journal.commit(commit(key, 0, lines)).await.unwrap();
}

#[tokio::test]
async fn a_page_shows_messages_as_they_are_now() {
    let world = World::new().await;
    let key = conversation(world.tenant().await);
    talk(&world, key).await;
    let messages = PgMessages::new(world.db.clone());
    let id = ConversationId::from_uuid(key.entity.id);
    let read = |before, limit, audience| messages.messages(key.tenant, id, before, limit, audience);

    let all = read(None, 50, Audience::Staff).await.unwrap();
    let seen: Vec<_> =
        all.messages.iter().map(|m| (m.seq, m.text.as_ref().map(|text| text.as_str().to_owned()))).collect();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(seen, [(1, some("un")), (2, some("psst")), (3, None), (10, some("three"))]);
    assert!(!all.more);
    assert_eq!((all.messages[0].edits, all.messages[0].reactions.len(), all.messages[2].reactions.len()), (2, 1, 0));

    let customers = read(Some(10), 1, Audience::Customer).await.unwrap();
    assert_eq!(customers.messages.iter().map(|m| m.seq).collect::<Vec<_>>(), [3]);
    assert!(customers.more);
    let first = read(Some(3), 10, Audience::Customer).await.unwrap();
    assert_eq!((first.messages.len(), first.more), (1, false));
}

#[tokio::test]
async fn what_an_edited_message_said_is_kept_for_who_may_see_it() {
    let world = World::new().await;
    let key = conversation(world.tenant().await);
    talk(&world, key).await;
    let messages = PgMessages::new(world.db.clone());
    let id = ConversationId::from_uuid(key.entity.id);
    let said = |seq, audience| {
        let versions = messages.edits(key.tenant, id, seq, audience);
        async move { versions.await.unwrap().iter().map(|v| v.text.as_str().to_owned()).collect::<Vec<_>>() }
    };
    assert_eq!(said(1, Audience::Customer).await, ["one", "uno", "un"]);
    assert_eq!(said(2, Audience::Staff).await, ["psst"]);
    assert!(said(2, Audience::Customer).await.is_empty(), "a note");
    assert!(said(3, Audience::Staff).await.is_empty(), "deleted");
    assert!(said(4, Audience::Staff).await.is_empty(), "no message");
    let foreign = messages.edits(world.tenant().await, id, 1, Audience::Staff).await.unwrap();
    assert!(foreign.is_empty());
}

#[tokio::test]
async fn pages_of_conversations_hold_each_once_in_order() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let mut opened = Vec::new();
    for n in 0..25 {
        let key = conversation(tenant);
        let at = (n % 5 != 0).then(now);
        let row = ConversationRow {
            status: if n % 2 == 0 { "open" } else { "resolved" }.to_owned(),
            last_message_at: at,
            waiting_since: (n % 4 == 0).then(now),
            ..conversation_row(key)
        };
        let mut change = message(key, 0);
        change.row = Some(Row::Conversation(row.clone()));
        world.journal.commit(change).await.unwrap();
        opened.push(row);
    }
    for (filter, expected) in [
        (Filter::default(), 13),
        (Filter { place: Place::Resolved, ..Filter::default() }, 12),
        (Filter { waiting: Some(true), ..Filter::default() }, 7),
        (Filter { waiting: Some(false), ..Filter::default() }, 6),
    ] {
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let part = page(&world.db, tenant, filter.clone(), Order::Newest, cursor, 4).await.unwrap();
            seen.extend(part.rows);
            // Through its text, as a client hands it back.
            cursor = part.next.map(|next| next.to_string().parse().unwrap());
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), expected, "{filter:?}");
        assert!(seen.iter().all(|(_, row)| opened.contains(row)), "rows read back as they were written");
        let times: Vec<_> = seen.iter().filter_map(|(_, row)| row.last_message_at).collect();
        assert!(times.is_sorted_by(|a, b| a >= b), "{filter:?}");
        let mut ids: Vec<_> = seen.iter().map(|(_, row)| row.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), expected);
    }
    assert!("nonsense".parse::<brigade_store::chat::Cursor>().is_err());
    assert!(find(&world.db, world.tenant().await, opened[0].id).await.unwrap().is_none());
}

#[tokio::test]
async fn the_inbox_lists_open_conversations_for_staff_with_their_newest_rev() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let key = conversation(tenant);
    for expected in 0..3 {
        let mut change = message(key, expected);
        change.row = Some(Row::Conversation(conversation_row(key)));
        world.journal.commit(change).await.unwrap();
    }
    let lists = PgLists::new(world.db.clone());
    let staff = Actor::system(tenant);
    let items = lists.list(tenant, "inbox", &staff).await.unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!((items[0].0.as_str(), items[0].1), (ConversationId::from_uuid(key.entity.id).to_string().as_str(), 3));
    let visitor = Actor::visitor(tenant, VisitorId::from_uuid(Uuid::nil()));
    assert!(lists.list(tenant, "inbox", &visitor).await.unwrap().is_empty());
    assert!(lists.list(world.tenant().await, "inbox", &staff).await.unwrap().is_empty());
}
