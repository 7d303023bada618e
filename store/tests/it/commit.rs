//! The journal: order, races, repeats, groups, and what is found after them.

use brigade_domain::account::AccountRow;
use brigade_domain::actor::Party;
use brigade_domain::entity::{Audit, EntityKey, Row};
use brigade_domain::id::{AccountId, UserId};
use brigade_domain::journal::{CommitError, Journal, Range, RequestKey, Snapshot};
use brigade_domain::refusal::{Code, Fault};
use brigade_store::audit;
use uuid::Uuid;

use crate::support::{World, commit, conversation, conversation_row, line, message, now, row};

#[tokio::test]
async fn what_was_committed_is_read_back() {
    let world = World::new().await;
    let key = conversation(world.tenant().await);
    let lines = vec![line(1, "opened", "{\"a\" : 1 }"), line(2, "message_sent", r#"{"text":"ü"}"#)];
    world.journal.commit(commit(key, 0, lines.clone())).await.unwrap();
    let loaded = world.journal.load(key).await.unwrap();
    assert_eq!((loaded.epoch, loaded.snapshot), (1, None));
    assert_eq!(loaded.lines, lines, "verbatim, with author, time and request");

    let more: Vec<_> = (3..=9).map(|seq| line(seq, "message_sent", "{}")).collect();
    let mut with_snapshot = commit(key, 2, more);
    with_snapshot.snapshot = Some(Snapshot { seq: 9, state: r#"{"n":9}"#.to_owned() });
    world.journal.commit(with_snapshot).await.unwrap();
    world.journal.commit(message(key, 9)).await.unwrap();
    let loaded = world.journal.load(key).await.unwrap();
    assert_eq!(loaded.snapshot, Some(Snapshot { seq: 9, state: r#"{"n":9}"#.to_owned() }));
    assert_eq!(loaded.lines.iter().map(|line| line.seq).collect::<Vec<_>>(), [10]);

    let seqs = |range, limit| {
        let page = world.journal.read(key, range, limit);
        async move { page.await.unwrap().iter().map(|line| line.seq).collect::<Vec<_>>() }
    };
    assert_eq!(seqs(Range::After(3), 3).await, [4, 5, 6]);
    assert_eq!(seqs(Range::Before(5), 3).await, [2, 3, 4]);
    assert_eq!(seqs(Range::After(10), 3).await, [0_u64; 0]);
}

#[tokio::test]
async fn an_older_snapshot_never_replaces_a_newer_one() {
    let world = World::new().await;
    let key = conversation(world.tenant().await);
    world.journal.commit(commit(key, 0, (1..=5).map(|seq| line(seq, "x", "{}")).collect())).await.unwrap();
    let snapshot = |seq| Snapshot { seq, state: format!("{seq}") };
    world.journal.keep(key, snapshot(4)).await.unwrap();
    world.journal.keep(key, snapshot(2)).await.unwrap();
    assert_eq!(world.journal.load(key).await.unwrap().snapshot, Some(snapshot(4)));
    world.journal.keep(key, snapshot(6)).await.unwrap();
    assert_eq!(world.journal.load(key).await.unwrap().snapshot, Some(snapshot(4)), "beyond the log's end");
}

#[tokio::test]
async fn of_rivals_exactly_one_wins() {
    let world = World::new().await;
    // Two nodes: the second has lanes and connections of its own.
    let other = brigade_store::PgJournal::start(
        brigade_store::Db::connect(brigade_store::Settings::new(world.owner.clone())).await.unwrap(),
    );
    let key = conversation(world.tenant().await);
    for expected in 0..50 {
        let rivals: Vec<_> = (0..8)
            .map(|n| {
                let journal = if n % 2 == 0 { &world.journal } else { &other };
                tokio::spawn(journal.commit(message(key, expected)))
            })
            .collect();
        let mut won = 0;
        for rival in rivals {
            match rival.await.unwrap() {
                Ok(()) => won += 1,
                Err(CommitError::Conflict) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(won, 1, "at {expected}");
    }
    assert_eq!(world.journal.load(key).await.unwrap().lines.len(), 50);
}

#[tokio::test]
async fn a_commit_that_is_ahead_or_of_another_kind_is_a_conflict() {
    let world = World::new().await;
    let key = conversation(world.tenant().await);
    assert!(matches!(world.journal.commit(message(key, 5)).await, Err(CommitError::Conflict)));
    world.journal.commit(message(key, 0)).await.unwrap();
    let account = EntityKey::new(key.tenant, AccountId::from_uuid(key.entity.id));
    assert!(matches!(world.journal.commit(message(account, 0)).await, Err(CommitError::Conflict)));
    assert!(matches!(world.journal.commit(message(account, 1)).await, Err(CommitError::Conflict)));
    assert!(world.journal.load(account).await.unwrap().lines.is_empty(), "no kind shows another's log");
    assert!(world.journal.read(account, Range::After(0), 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn lines_with_a_hole_are_refused_before_anything_is_written() {
    let world = World::new().await;
    let key = conversation(world.tenant().await);
    let holed = commit(key, 0, vec![line(1, "x", "{}"), line(3, "x", "{}")]);
    assert!(matches!(world.journal.commit(holed).await, Err(CommitError::Broken(Fault::Internal { .. }))));
    assert!(matches!(world.journal.commit(commit(key, 0, Vec::new())).await, Err(CommitError::Broken(_))));
    assert!(world.journal.load(key).await.unwrap().lines.is_empty());
}

#[tokio::test]
async fn a_repeated_command_is_remembered_and_nothing_of_its_commit_is_written() {
    let world = World::new().await;
    let key = conversation(world.tenant().await);
    let request = RequestKey { id: Uuid::new_v4(), digest: -5 };
    let mut first = vec![line(1, "joined", "{}"), line(2, "message_sent", "{}")];
    for line in &mut first {
        line.request = Some(request);
    }
    world.journal.commit(commit(key, 0, first)).await.unwrap();

    let found = world.journal.recall(key, request.id).await.unwrap().unwrap();
    assert_eq!((found.request, found.seq), (request, 2), "the answer is the command's last line");
    assert!(world.journal.recall(conversation(key.tenant), request.id).await.unwrap().is_none());

    let mut again = vec![line(3, "message_sent", "{}"), line(4, "message_sent", "{}")];
    again[1].request = Some(RequestKey { digest: 6, ..request });
    match world.journal.commit(commit(key, 2, again)).await {
        Err(CommitError::Repeated(remembered)) => {
            assert_eq!(remembered.len(), 1);
            assert_eq!((remembered[0].request, remembered[0].seq), (request, 2));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(world.journal.load(key).await.unwrap().lines.len(), 2);
}

#[tokio::test]
async fn the_same_key_at_once_happens_once() {
    let world = World::new().await;
    let key = conversation(world.tenant().await);
    world.journal.commit(message(key, 0)).await.unwrap();
    let same = message(key, 1);
    let tries: Vec<_> = (0..10).map(|_| tokio::spawn(world.journal.commit(same.clone()))).collect();
    let mut done = 0;
    for attempt in tries {
        match attempt.await.unwrap() {
            Ok(()) => done += 1,
            Err(CommitError::Repeated(_) | CommitError::Conflict) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!((done, world.journal.load(key).await.unwrap().lines.len()), (1, 2));
}

#[tokio::test]
async fn in_a_group_each_entity_stands_for_itself() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let (good, late, repeated, refused, broken) =
        (conversation(tenant), conversation(tenant), conversation(tenant), conversation(tenant), conversation(tenant));
    let known = message(repeated, 0);
    world.journal.commit(known.clone()).await.unwrap();
    let mut second = known.clone();
    second.expected = 1;
    second.lines[0].seq = 2;

    let mut handed_over = message(refused, 0);
    let account = Some(AccountId::from_uuid(Uuid::now_v7()));
    handed_over.row =
        Some(Row::Conversation(brigade_domain::chat::ConversationRow { account, ..conversation_row(refused) }));
    let mut unknown_kind = message(broken, 0);
    unknown_kind.row = Some(Row::Conversation(brigade_domain::chat::ConversationRow {
        kind: "?".to_owned(),
        ..conversation_row(broken)
    }));
    let mut fine = message(good, 0);
    fine.row = Some(row(good));

    // Handed over in one go, so that they share a group (in their lanes) while the first is under way.
    let busy: Vec<_> = (0..20).map(|_| world.journal.commit(message(conversation(tenant), 0))).collect();
    let tries = [message(late, 7), second, handed_over, unknown_kind, fine].map(|commit| world.journal.commit(commit));
    let [late_says, repeated_says, refused_says, broken_says, good_says] = tries;
    assert!(matches!(late_says.await, Err(CommitError::Conflict)));
    assert!(matches!(repeated_says.await, Err(CommitError::Repeated(_))));
    match refused_says.await {
        Err(CommitError::Refused(refusal)) => assert_eq!(refusal.code, Code::Conflict),
        other => panic!("{other:?}"),
    }
    assert!(matches!(broken_says.await, Err(CommitError::Broken(Fault::Internal { .. }))));
    good_says.await.unwrap();
    for commit in busy {
        commit.await.unwrap();
    }
    for (key, lines) in [(good, 1), (late, 0), (repeated, 1), (refused, 0), (broken, 0)] {
        assert_eq!(world.journal.load(key).await.unwrap().lines.len(), lines);
    }
}

#[tokio::test]
async fn an_account_and_its_record_are_written_with_its_lines() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let id = AccountId::from_uuid(Uuid::now_v7());
    let key = EntityKey::new(tenant, id);
    let people = [
        world.person(tenant, "account_manager").await,
        world.person(tenant, "client").await,
        world.person(tenant, "client").await,
    ];
    let account = |members: &[UserId]| AccountRow {
        id,
        name: "The Lees".to_owned(),
        manager: Some(people[0]),
        lifecycle: "onboarding".to_owned(),
        members: members.to_vec(),
    };
    for (expected, members) in [(0, &people[..2]), (1, &people[1..])] {
        let mut change = message(key, expected);
        change.row = Some(Row::Account(account(members)));
        let record = Audit { event: "account.changed".to_owned(), details: serde_json::json!({ "n": expected }) };
        change.audit = vec![(Party::System, now(), record)];
        world.journal.commit(change).await.unwrap();
        let found = brigade_store::accounts::find(&world.db, tenant, id).await.unwrap().unwrap();
        assert_eq!(found, account(members));
    }
    // Nobody of another tenant, and no client, looks after it; nobody unknown belongs to it.
    let foreign = world.person(world.tenant().await, "admin").await;
    let refused = [(people[1], vec![]), (foreign, vec![]), (people[0], vec![people[2], foreign])];
    for (manager, members) in refused {
        let mut change = message(key, 2);
        change.row = Some(Row::Account(AccountRow { manager: Some(manager), ..account(&members) }));
        match world.journal.commit(change).await {
            Err(CommitError::Refused(refusal)) => assert_eq!(refusal.code, Code::InvalidInput),
            other => panic!("{manager}: {other:?}"),
        }
    }
    assert_eq!(world.journal.load(key).await.unwrap().lines.len(), 2, "nothing of it was written");
    let of = |user| brigade_store::accounts::of_member(&world.db, tenant, user);
    assert!(of(people[0]).await.unwrap().is_empty(), "removed");
    assert_eq!(of(people[2]).await.unwrap()[0].account, id);
    assert_eq!(audit::verify(&world.db, tenant).await.unwrap().unwrap().lines, 2);
}

#[tokio::test]
async fn commits_survive_a_crash_of_the_database_and_the_journal_recovers_by_itself() {
    let mut world = World::new().await;
    let tenant = world.tenant().await;
    let keys: Vec<_> = (0..10).map(|_| conversation(tenant)).collect();
    for round in 0..3 {
        for key in &keys {
            world.journal.commit(message(*key, round)).await.unwrap();
        }
        world.server.crash_and_restart();
    }
    for key in keys {
        assert_eq!(world.journal.load(key).await.unwrap().lines.len(), 3);
    }
}

#[tokio::test]
async fn without_a_database_the_answer_is_unavailable_in_time() {
    let World { db: _db, journal, server, .. } = {
        let world = World::new().await;
        let tenant = world.tenant().await;
        world.journal.commit(message(conversation(tenant), 0)).await.unwrap();
        world
    };
    drop(server);
    let key = conversation(brigade_domain::id::TenantId::from_uuid(Uuid::now_v7()));
    let begun = std::time::Instant::now();
    match journal.commit(message(key, 0)).await {
        Err(CommitError::Broken(fault)) => assert_eq!(fault.code(), Code::Unavailable),
        other => panic!("{other:?}"),
    }
    assert_eq!(journal.load(key).await.unwrap_err().code(), Code::Unavailable);
    assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{:?}", begun.elapsed());
}

/// Whoever commits does what an entity does: after a conflict or an unknown end it reads the log again.
async fn carry_on(world: &World, key: EntityKey) {
    for before in 0.. {
        let made = message(key, before);
        let request = made.lines[0].request;
        loop {
            match world.journal.commit(made.clone()).await {
                Ok(()) => break,
                Err(
                    CommitError::Conflict | CommitError::Repeated(_) | CommitError::Broken(Fault::Unavailable { .. }),
                ) => {}
                Err(other) => panic!("{other:?}"),
            }
            let log = world.journal.load(key).await.unwrap().lines;
            if log.last().is_some_and(|line| line.request == request) {
                break;
            }
            assert_eq!(log.len() as u64, before, "what was acknowledged is there, and nothing else");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_cut_in_the_middle_of_a_commit_loses_and_doubles_nothing() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let keys: Vec<_> = (0..8).map(|_| conversation(tenant)).collect();
    let cut = async {
        let mut owner = world.as_owner().await;
        let mut cuts = 0_i64;
        while cuts < 40 {
            tokio::time::sleep(std::time::Duration::from_millis(15)).await;
            cuts += sqlx::query_scalar::<_, i64>(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity
                 where state = 'active' and query like 'select brigade_commit_conversations%'",
            )
            .fetch_one(&mut owner)
            .await
            .unwrap();
        }
    };
    let write = futures_util::future::join_all(keys.iter().map(|key| carry_on(&world, *key)));
    tokio::select! { () = cut => {} _ = write => {} }
    for key in keys {
        let log = world.journal.load(key).await.unwrap().lines;
        let requests: std::collections::HashSet<_> = log.iter().map(|line| line.request.unwrap().id).collect();
        assert_eq!(requests.len(), log.len(), "nothing twice");
        assert!(log.iter().zip(1..).all(|(line, seq)| line.seq == seq));
    }
}
