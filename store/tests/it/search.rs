//! Finding what was said: what is looked through, when, and by whom it is found.

use std::collections::BTreeSet;
use std::time::Duration;

use brigade_domain::actor::Party;
use brigade_domain::chat::ConversationRow;
use brigade_domain::chat::list::{OfTeam, Place};
use brigade_domain::chat::search::{Found, Question, Search, Within, scoped};
use brigade_domain::entity::{EntityKey, Row, Seq};
use brigade_domain::id::{ConversationId, TeamId, TenantId};
use brigade_domain::journal::Journal;
use brigade_store::PgJournal;
use brigade_store::chat::PgSearch;
use jiff::SignedDuration;
use sqlx::Connection;
use uuid::Uuid;

use crate::support::{World, commit, conversation, conversation_row, id, line, now};

/// Commits these lines (kind and body) to a conversation of `after` entries, with its row.
async fn write(journal: &PgJournal, key: EntityKey, after: Seq, said: &[(&str, &str)]) {
    write_as(journal, key, after, said, conversation_row(key)).await;
}

async fn write_as(journal: &PgJournal, key: EntityKey, after: Seq, said: &[(&str, &str)], row: ConversationRow) {
    let lines = said.iter().zip(after + 1..).map(|((kind, body), seq)| line(seq, kind, body)).collect();
    let mut change = commit(key, after, lines);
    change.row = Some(Row::Conversation(row));
    journal.commit(change).await.unwrap();
}

async fn ask_within(search: &PgSearch, tenant: TenantId, text: &str, within: Within) -> Found {
    search.search(tenant, Question::parse(text).unwrap(), within, 20).await.unwrap()
}

async fn ask(search: &PgSearch, tenant: TenantId, text: &str) -> Found {
    ask_within(search, tenant, text, Within::default()).await
}

/// The conversations that were found.
fn ids(found: &Found) -> Vec<ConversationId> {
    let id = |hit: &brigade_domain::chat::search::Hit| {
        let listing: serde_json::Value = serde_json::from_str(hit.listing.as_str()).unwrap();
        listing["id"].as_str().unwrap().parse().unwrap()
    };
    found.hits.iter().map(id).collect()
}

/// What of the messages is shown, the words that were found in brackets.
fn shown(found: &Found) -> Vec<String> {
    let mark = |piece: &brigade_domain::chat::search::Piece| {
        if piece.hit { format!("[{}]", piece.text) } else { piece.text.clone() }
    };
    let passages = found.hits.iter().filter_map(|hit| hit.passage.as_ref());
    passages.map(|passage| passage.pieces.iter().map(mark).collect()).collect()
}

/// Waits until `text` finds exactly these.
async fn until_found(search: &PgSearch, tenant: TenantId, text: &str, expected: &[EntityKey]) -> Found {
    let expected: Vec<_> = expected.iter().map(|key| id(*key)).collect();
    for _ in 0..200 {
        let found = ask(search, tenant, text).await;
        if ids(&found) == expected {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{text:?} finds {:?}, not {expected:?}", ids(&ask(search, tenant, text).await));
}

#[tokio::test]
async fn what_was_said_is_found_by_its_words_as_it_now_is() {
    let world = World::new().await;
    let search = PgSearch::start(world.db.clone(), &world.journal);
    let tenant = world.tenant().await;
    let (cake, tea) = (conversation(tenant), conversation(tenant));
    write(
        &world.journal,
        cake,
        0,
        &[
            ("opened", r#"{"kind":"site","name":"Visitor 4F2A"}"#),
            ("message_sent", r#"{"text":"A CRÈME brûlée cake, please"}"#),
            ("note_added", r#"{"text":"asks the pastry chef"}"#),
        ],
    )
    .await;
    write(&world.journal, tea, 0, &[("message_sent", r#"{"text":"Tea and cake for nine o'clock"}"#)]).await;
    let found = until_found(&search, tenant, "cake", &[tea, cake]).await;
    assert_eq!(shown(&found), ["Tea and [cake] for nine o'clock", "A CRÈME brûlée [cake], please"]);
    assert_eq!(shown(&ask(&search, tenant, "creme cak").await), ["A [CRÈME] brûlée [cake], please"], "as it is typed");
    assert!(ask(&search, tenant, "cak ").await.hits.iter().all(|hit| hit.similar), "a word that is finished");
    assert_eq!(ids(&ask(&search, tenant, "pastry").await), [id(cake)], "notes are for the staff, who search");
    assert_eq!(ids(&ask(&search, tenant, "o'clock").await), [id(tea)]);
    assert_eq!(ids(&ask(&search, tenant, "visitor 4f2a cake").await), [id(cake)], "names and words together");
    assert!(ask(&search, tenant, "cake nowhere").await.hits.is_empty());

    write(&world.journal, cake, 3, &[("message_edited", r#"{"seq":2,"text":"A lemon tart, please"}"#)]).await;
    let found = until_found(&search, tenant, "tart", &[cake]).await;
    let passage = found.hits[0].passage.as_ref().unwrap();
    assert_eq!((passage.seq, passage.note), (2, false));
    assert_eq!(ids(&ask(&search, tenant, "cake").await), [id(tea)], "what it said before is not found any more");
    write(&world.journal, cake, 4, &[("message_deleted", r#"{"seq":2}"#)]).await;
    until_found(&search, tenant, "tart ", &[]).await;
    assert_eq!(ids(&ask(&search, tenant, "pastry").await), [id(cake)]);
}

#[tokio::test]
async fn one_wrong_letter_is_forgiven_after_what_is_exact() {
    let world = World::new().await;
    let search = PgSearch::start(world.db.clone(), &world.journal);
    let tenant = world.tenant().await;
    let (right, wrong) = (conversation(tenant), conversation(tenant));
    write(&world.journal, right, 0, &[("message_sent", r#"{"text":"When is the delivery?"}"#)]).await;
    write(&world.journal, wrong, 0, &[("message_sent", r#"{"text":"the delivry is late"}"#)]).await;
    let found = until_found(&search, tenant, "delivery", &[right, wrong]).await;
    assert_eq!(found.hits.iter().map(|hit| hit.similar).collect::<Vec<_>>(), [false, true]);
    assert_eq!(shown(&found)[1], "the [delivry] is late");
    for typed in ["delivrey", "deliverry", "dlivery", "deliverx"] {
        let found = ask(&search, tenant, typed).await;
        assert!(ids(&found).contains(&id(right)) && found.hits.iter().all(|hit| hit.similar), "{typed}");
    }
    assert!(ask(&search, tenant, "dlvry").await.hits.is_empty(), "not more than one");
}

#[tokio::test]
async fn what_another_business_said_is_not_found() {
    let world = World::new().await;
    let search = PgSearch::start(world.db.clone(), &world.journal);
    let (ours, theirs) = (world.tenant().await, world.tenant().await);
    let key = conversation(ours);
    write(&world.journal, key, 0, &[("message_sent", r#"{"text":"secretsauce"}"#)]).await;
    until_found(&search, ours, "secretsauce", &[key]).await;
    for text in ["secretsauce", "secretsaucx", "secret"] {
        assert!(ask(&search, theirs, text).await.hits.is_empty(), "{text}");
    }
    // The function that looks past the wall keeps to the tenant that is set, and finds nothing without one.
    let mut app = world.as_app().await;
    let everything = "select count(*) from brigade_search($1::tsquery, '-infinity', 'infinity', 1000)";
    let wanted = format!("'{}'", scoped(ours, "secretsauce"));
    for (tenant, expected) in [(None, 0_i64), (Some(theirs), 0), (Some(ours), 1)] {
        let mut tx = app.begin().await.unwrap();
        if let Some(tenant) = tenant {
            brigade_store::set_tenant(&mut tx, tenant).await.unwrap();
        }
        let seen: i64 = sqlx::query_scalar(everything).bind(&wanted).fetch_one(&mut *tx).await.unwrap();
        assert_eq!(seen, expected, "{tenant:?}");
        let rows: i64 = sqlx::query_scalar(
            "select (select count(*) from search_parts) + (select count(*) from search_progress)
                  + least(1, (select count(*) from search_spellings))",
        )
        .fetch_one(&mut *tx)
        .await
        .unwrap();
        assert_eq!(rows, expected * 3);
        tx.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn what_a_killed_server_left_is_found_by_the_next() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    // Nobody looks through what is committed here; it is as if the server had died before it came to it.
    let mut keys = Vec::new();
    for n in 0..150 {
        let key = conversation(tenant);
        write(&world.journal, key, 0, &[("message_sent", r#"{"text":"left behind"}"#)]).await;
        if n % 50 == 0 {
            // Longer than one step and than one stretch.
            let more: Vec<_> = (0..2_200).map(|_| ("read_up_to", r#"{"seq":1,"side":"staff"}"#)).collect();
            write(&world.journal, key, 1, &more).await;
            write(&world.journal, key, 2_201, &[("message_sent", r#"{"text":"lastword"}"#)]).await;
            keys.insert(0, key);
        }
    }
    let search = PgSearch::start(world.db.clone(), &world.journal);
    until_found(&search, tenant, "lastword", &keys).await;
    for _ in 0..200 {
        let behind: i64 = sqlx::query_scalar(
            "select count(*) from conversations known left join search_progress seen
               on seen.conversation_id = known.id where seen.rev is distinct from known.rev",
        )
        .fetch_one(&mut world.as_owner().await)
        .await
        .unwrap();
        if behind == 0 {
            let found =
                search.search(tenant, Question::parse("left behind").unwrap(), Within::default(), 50).await.unwrap();
            assert_eq!((found.hits.len(), found.more), (50, true));
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not everything was looked through");
}

#[tokio::test]
async fn two_nodes_that_look_through_one_conversation_take_turns() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let rival = PgJournal::start(world.db.clone());
    let searches = [PgSearch::start(world.db.clone(), &world.journal), PgSearch::start(world.db.clone(), &rival)];
    let key = conversation(tenant);
    for (n, after) in (0..60).zip(0..) {
        let journal = if n % 2 == 0 { &world.journal } else { &rival };
        write(journal, key, after, &[("message_sent", &format!(r#"{{"text":"word{n}"}}"#))]).await;
    }
    for n in [0, 31, 59] {
        until_found(&searches[0], tenant, &format!("word{n} "), &[key]).await;
    }
    let wrong: i64 = sqlx::query_scalar("select count(*) from search_progress where rev <> 60")
        .fetch_one(&mut world.as_owner().await)
        .await
        .unwrap();
    assert_eq!(wrong, 0);
}

#[tokio::test]
async fn nonsense_fills_no_more_than_its_share() {
    let world = World::new().await;
    let search = PgSearch::start(world.db.clone(), &world.journal);
    let tenant = world.tenant().await;
    let key = conversation(tenant);
    // Words of letters only, as those are that are forgiven.
    let letters = |number: u32| -> String {
        (0..6).map(|at| char::from(b'a' + u8::try_from(number >> (at * 4) & 15).unwrap())).collect()
    };
    for round in 0..3_u32 {
        let words: Vec<String> = (0..200).map(|number| letters(round * 200 + number + 1)).collect();
        // With a number in it, so that nothing similar is found for it.
        let body = serde_json::json!({ "text": format!("{} marker{round}", words.join(" ")) }).to_string();
        write(&world.journal, key, u64::from(round), &[("message_sent", &body)]).await;
        until_found(&search, tenant, &format!("marker{round} "), &[key]).await;
    }
    let remembered: i64 = sqlx::query_scalar("select count(distinct word) from search_spellings")
        .fetch_one(&mut world.as_owner().await)
        .await
        .unwrap();
    assert_eq!(remembered, 300);
}

#[tokio::test]
async fn it_is_looked_where_one_says() {
    let world = World::new().await;
    let search = PgSearch::start(world.db.clone(), &world.journal);
    let tenant = world.tenant().await;
    let somebody = world.person(tenant, "account_manager").await;
    let (open, done) = (conversation(tenant), conversation(tenant));
    let said = [("message_sent", r#"{"text":"cake"}"#)];
    let gone = TeamId::from_uuid(Uuid::now_v7());
    let assigned = ConversationRow { assignee: Some(somebody), team: Some(gone), ..conversation_row(open) };
    write_as(&world.journal, open, 0, &said, assigned).await;
    let resolved = ConversationRow { status: "resolved".to_owned(), ..conversation_row(done) };
    write_as(&world.journal, done, 0, &said, resolved).await;
    until_found(&search, tenant, "cake", &[done, open]).await;
    let at = async |within| ids(&ask_within(&search, tenant, "cake", within).await);
    assert_eq!(at(Within { place: Some(Place::Open), ..Within::default() }).await, [id(open)]);
    assert_eq!(at(Within { place: Some(Place::Resolved), ..Within::default() }).await, [id(done)]);
    assert_eq!(at(Within { assignee: Some(somebody), ..Within::default() }).await, [id(open)]);
    // A team that is gone is none, whatever the row says.
    assert_eq!(at(Within { team: Some(OfTeam::None), ..Within::default() }).await.len(), 2);
    let of_it = Within { team: Some(OfTeam::AnyOf(BTreeSet::from([gone]))), ..Within::default() };
    assert!(at(of_it).await.is_empty());
    let hour = SignedDuration::from_hours(1);
    assert!(at(Within { since: Some(now() + hour), ..Within::default() }).await.is_empty());
    assert!(at(Within { until: Some(now() - hour), ..Within::default() }).await.is_empty());
    let both = Within { since: Some(now() - hour), until: Some(now() + hour), ..Within::default() };
    assert_eq!(at(both).await.len(), 2);
}

#[tokio::test]
async fn the_longest_stretch_still_fits() {
    let world = World::new().await;
    let search = PgSearch::start(world.db.clone(), &world.journal);
    let tenant = world.tenant().await;
    let key = conversation(tenant);
    // 128 messages of 4,000 characters in which no word is there twice.
    let text = |message: u32| {
        let words: Vec<String> = (0..250).map(|number| format!("é{:05x}ффффффффф", message * 250 + number)).collect();
        serde_json::json!({ "text": words.join(" ") }).to_string()
    };
    let texts: Vec<String> = (0..128).map(text).collect();
    let lines: Vec<_> = texts.iter().map(|text| ("message_sent", text.as_str())).collect();
    write(&world.journal, key, 0, &lines).await;
    write(&world.journal, key, 128, &[("message_sent", r#"{"text":"afterwards"}"#)]).await;
    let found = until_found(&search, tenant, "afterwards", &[key]).await;
    assert!(matches!(found.hits[0].passage.as_ref().unwrap().by, Party::User(_)));
}
