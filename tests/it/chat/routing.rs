//! Conversations are given to people by themselves: to those who are there, have said that chats are welcome, and have room.

use std::time::Duration;

use brigade_domain::actor::Role;
use brigade_store::routing::PgRouting;
use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::{command, visitor_says};
use crate::support::{Person, Socket, TestApp, TestTenant, Visitor, eventually};

/// A business whose staff is there.
struct Floor {
    app: TestApp,
    tenant: TestTenant,
    admin: Person,
    staff: Vec<Staff>,
}

/// Somebody who takes chats, on a socket that is read.
struct Staff {
    person: Person,
    there: JoinHandle<()>,
}

impl Floor {
    /// Opens it with nobody there.
    async fn open() -> Self {
        let app = TestApp::start().await;
        let tenant = app.tenant().await;
        let admin = app.client_as(&tenant, Role::Admin).await;
        Self { app, tenant, admin, staff: Vec::new() }
    }

    /// The same with so many people.
    async fn with(people: usize) -> Self {
        let mut floor = Self::open().await;
        for _ in 0..people {
            floor.comes().await;
        }
        floor
    }

    /// Somebody comes and takes chats.
    async fn comes(&mut self) -> usize {
        let person = self.app.client_as(&self.tenant, Role::AccountManager).await;
        let mut socket = Socket::open(&self.app, &person).await;
        // Reading answers the server's pings; nothing is ever said on it.
        let there = tokio::spawn(async move { socket.idle().await });
        self.staff.push(Staff { person, there });
        self.staff.len() - 1
    }

    fn id(&self, who: usize) -> String {
        self.staff[who].person.id.uuid().to_string()
    }

    async fn tell(&self, who: &Person, topic: &str, kind: &str, body: Value) {
        let path = format!("{}/commands", crate::live::stage::path_of(topic));
        let answer = who.post(&path, command(kind, &body)).await;
        assert_eq!(answer.status, 200, "{kind}: {answer:?}");
    }

    async fn routing(&self, mode: &str, capacity: u64) {
        let body = json!({ "mode": mode, "capacity": capacity });
        self.tell(&self.admin, &format!("tenant:{}", self.tenant.id), "set_routing", body).await;
    }

    async fn available(&self, person: &Person, available: bool) {
        let topic = format!("tenant:{}", self.tenant.id);
        self.tell(person, &topic, "set_available", json!({ "available": available })).await;
    }

    /// A visitor who waits.
    async fn waits(&self) -> Visitor {
        let visitor = self.app.visitor(&self.tenant).await;
        visitor_says(&self.app, &visitor, "Is anybody there?").await;
        visitor
    }

    fn sql(&self, sql: &str) -> String {
        self.app.database.sql(&sql.replace("$t", &format!("'{}'", self.tenant.id.uuid())))
    }

    /// Whose a conversation is; empty: nobody's.
    fn assignee(&self, visitor: &Visitor) -> String {
        let id = visitor.conversation.parse::<brigade_domain::id::ConversationId>().unwrap().uuid();
        self.sql(&format!("select assignee from conversations where tenant_id = $t and id = '{id}'"))
    }

    async fn becomes(&self, visitor: &Visitor, who: usize) {
        let id = self.id(who);
        eventually("it is given to the right one", Duration::from_secs(20), async || {
            (self.assignee(visitor) == id).then_some(())
        })
        .await;
    }

    /// How many open ones each has, the fewest first; after everything that was to be done.
    async fn loads(&self) -> Vec<u64> {
        self.app.jobs_done().await;
        let loads = self.sql(
            "select count(*) from conversations where tenant_id = $t and status = 'open' and assignee is not null
             group by assignee order by 1",
        );
        loads.lines().map(|line| line.parse().unwrap()).collect()
    }

    /// Nothing was given twice, and nothing is on its way any more.
    fn each_once(&self) {
        let most = "select coalesce(max(given), 0) from (select count(*) as given from event_log
                    where tenant_id = $t and kind = 'assigned' group by entity_id) each_one";
        assert!(["0", "1"].contains(&self.sql(most).as_str()), "{}", self.sql(most));
        assert_eq!(self.sql("select count(*) from routing_gifts where tenant_id = $t and pending"), "0");
    }
}

#[tokio::test]
async fn a_hundred_that_begin_at_once_are_each_given_once_and_in_turn() {
    let floor = Floor::with(3).await;
    floor.routing("round_robin", 50).await;
    let elsewhere = floor.app.tenant().await;
    let theirs = floor.app.visitor(&elsewhere).await;
    visitor_says(&floor.app, &theirs, "Hello").await;
    // As many at once as a tenant takes; more are told to come again.
    stream::iter(0..100).map(|_| floor.waits()).buffer_unordered(12).collect::<Vec<_>>().await;
    eventually("all are given", Duration::from_mins(1), async || {
        let waiting = "select count(*) from conversations where tenant_id = $t and assignee is null";
        (floor.sql(waiting) == "0").then_some(())
    })
    .await;
    assert_eq!(floor.loads().await, [33, 33, 34]);
    floor.each_once();
    let foreign = format!("select count(assignee) from conversations where tenant_id = '{}'", elsewhere.id.uuid());
    assert_eq!(floor.sql(&foreign), "0", "another business gives nothing out");
    let record = "select count(*) from audit_log where tenant_id = $t and event_type = 'conversation.assigned'
                  and metadata::jsonb ->> 'by' = 'routing'";
    assert_eq!(floor.sql(record), "100");
}

#[tokio::test]
async fn nobody_gets_more_than_they_can_take_even_when_all_is_given_out_at_once() {
    let floor = Floor::with(3).await;
    let visitors = join_all((0..30).map(|_| floor.waits())).await;
    let own = json!({ "user": floor.staff[0].person.id, "capacity": 2 });
    floor.tell(&floor.admin, &format!("tenant:{}", floor.tenant.id), "set_capacity", own).await;
    floor.routing("least_busy", 4).await;
    eventually("all are there", Duration::from_secs(20), async || {
        (floor.sql("select count(*) from routing_presence where tenant_id = $t") == "3").then_some(())
    })
    .await;
    // As many servers as there can be, at once.
    let routing = PgRouting::new(floor.app.inside.db.clone());
    let at_once = |times: usize| join_all((0..times).map(|_| routing.give_out(floor.tenant.id)));
    at_once(8).await.into_iter().for_each(|given| assert!(given.is_ok(), "{given:?}"));
    assert_eq!(floor.loads().await, [2, 4, 4]);
    // Somebody gets room for one, and everybody tries to give it.
    let done = visitors.iter().find(|visitor| floor.assignee(visitor) == floor.id(1)).unwrap();
    let (settled, given) =
        tokio::join!(floor.tell(&floor.staff[1].person, &done.topic, "resolve", json!({})), at_once(8));
    assert!(given.iter().all(Result::is_ok));
    let () = settled;
    assert_eq!(floor.loads().await, [2, 4, 4]);
    floor.each_once();
    assert_eq!(floor.sql("select count(*) from conversations where tenant_id = $t and assignee is null"), "19");
}

#[tokio::test]
async fn whoever_waits_longest_is_next_as_soon_as_somebody_has_room() {
    let mut floor = Floor::with(1).await;
    let mut waiting = Vec::new();
    for _ in 0..6 {
        waiting.push(floor.waits().await);
    }
    let [first, second, third, fourth, fifth, sixth] = waiting.as_slice() else { panic!("six") };
    floor.routing("round_robin", 1).await;
    floor.becomes(first, 0).await;
    assert_eq!(floor.loads().await, [1], "and no other");
    let me = &floor.staff[0].person;
    floor.tell(me, &first.topic, "resolve", json!({})).await;
    floor.becomes(second, 0).await;
    let tomorrow = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24);
    floor.tell(me, &second.topic, "snooze", json!({ "until": tomorrow })).await;
    floor.becomes(third, 0).await;
    let raised = json!({ "user": me.id, "capacity": 2 });
    floor.tell(&floor.admin, &format!("tenant:{}", floor.tenant.id), "set_capacity", raised).await;
    floor.becomes(fourth, 0).await;
    assert_eq!(floor.loads().await, [2]);
    let other = floor.comes().await;
    floor.becomes(fifth, other).await;
    // What somebody puts back goes to somebody else, and makes room.
    let third_free = floor.comes().await;
    floor.becomes(sixth, third_free).await;
    let last = floor.waits().await;
    assert_eq!((floor.loads().await, floor.assignee(&last).as_str()), (vec![1, 1, 2], ""));
    floor.tell(&floor.staff[0].person, &third.topic, "assign", json!({ "to": null })).await;
    floor.becomes(third, 0).await;
}

#[tokio::test]
async fn nobody_who_is_away_or_has_left_is_given_anything() {
    let mut floor = Floor::with(2).await;
    // There, and not taking chats; taking chats, and not there.
    let silent = floor.app.client_as(&floor.tenant, Role::AccountManager).await;
    let _looks = Socket::open(&floor.app, &silent).await;
    floor.available(&silent, false).await;
    let absent = floor.app.client_as(&floor.tenant, Role::AccountManager).await;
    floor.available(&absent, true).await;
    let gone = floor.comes().await;
    floor.routing("round_robin", 50).await;
    eventually("those who are there are known", Duration::from_secs(20), async || {
        (floor.sql("select count(*) from routing_presence where tenant_id = $t") == "4").then_some(())
    })
    .await;
    // Removed at this moment: the tenant itself has not heard of it.
    let removed = format!("delete from memberships where user_id = '{}'", floor.id(gone));
    floor.sql(&removed);
    join_all((0..12).map(|_| floor.waits())).await;
    eventually("all are given", Duration::from_secs(30), async || {
        let waiting = "select count(*) from conversations where tenant_id = $t and assignee is null";
        (floor.sql(waiting) == "0").then_some(())
    })
    .await;
    assert_eq!(floor.loads().await, [6, 6]);
    for other in [floor.id(gone), absent.id.uuid().to_string(), silent.id.uuid().to_string()] {
        let theirs = format!("select count(*) from conversations where assignee = '{other}'");
        assert_eq!(floor.sql(&theirs), "0");
    }
    floor.each_once();
}

#[tokio::test]
async fn who_comes_back_goes_to_whom_they_know_unless_nobody_is_there() {
    let mut floor = Floor::with(1).await;
    floor.routing("least_busy", 5).await;
    let visitor = floor.waits().await;
    floor.becomes(&visitor, 0).await;
    let other = floor.comes().await;
    let again = async |floor: &Floor, who: usize| {
        floor.tell(&floor.staff[who].person, &visitor.topic, "resolve", json!({})).await;
        visitor_says(&floor.app, &visitor, "One more thing").await;
        floor.app.jobs_done().await;
    };
    again(&floor, 0).await;
    assert_eq!(floor.assignee(&visitor), floor.id(0), "it is theirs, and they are there");
    floor.available(&floor.staff[0].person, false).await;
    floor.app.jobs_done().await;
    assert_eq!(floor.assignee(&visitor), floor.id(0), "what they have they keep");
    again(&floor, 0).await;
    floor.becomes(&visitor, other).await;
    // By hand it stays with whom it was given to, there or not.
    let absent = floor.staff[0].person.id;
    floor.tell(&floor.staff[other].person, &visitor.topic, "assign", json!({ "to": absent })).await;
    again(&floor, 0).await;
    assert_eq!(floor.assignee(&visitor), floor.id(0));
}

#[tokio::test]
async fn the_staff_see_how_it_came_to_them_and_the_customer_does_not() {
    let floor = Floor::with(1).await;
    let visitor = floor.app.visitor(&floor.tenant).await;
    let mut socket = Socket::open_visitor(&floor.app, &visitor).await;
    socket.subscribe(&visitor.topic).await;
    floor.routing("round_robin", 5).await;
    floor.available(&floor.admin, false).await;
    let mut inbox = Socket::open(&floor.app, &floor.admin).await;
    inbox.subscribe(&format!("tenant:{}/inbox", floor.tenant.id)).await;
    visitor_says(&floor.app, &visitor, "Hello").await;
    let line = inbox.expect_where("its line", |frame| frame["body"]["routed"] == true).await;
    assert_eq!(line["body"]["assignee"], json!(floor.staff[0].person.id));
    let assigned = socket.event(&visitor.topic, "assigned").await;
    assert_eq!(assigned["body"], json!({ "to": floor.staff[0].person.id }));
    let next = socket.expect_where("the next entry", |frame| frame["t"] == "ev" && frame["seq"] == 5).await;
    assert_eq!((&next["type"], &next["body"]), (&json!("hidden"), &json!(null)));
    let path = format!("/v1/conversations/{}/log?after=0", visitor.conversation);
    let log = floor.admin.get(&path).await.data()["entries"].clone();
    let routed = log.as_array().unwrap().iter().find(|entry| entry["type"] == "routed").unwrap();
    assert_eq!((&routed["by"], &routed["body"]["to"]), (&json!("system"), &json!(floor.staff[0].person.id)));
    let told = visitor.ask(&floor.app, reqwest::Method::GET, &path, None).await.body.to_string();
    assert!(!told.contains("rout"), "{told}");
}

#[tokio::test]
async fn what_is_a_teams_goes_to_its_people_and_waits_for_them_without_holding_others_up() {
    let mut floor = Floor::with(2).await;
    let business = format!("tenant:{}", floor.tenant.id);
    let absent = floor.app.client_as(&floor.tenant, Role::AccountManager).await;
    let team = async |floor: &Floor, name: &str, members: Vec<brigade_domain::id::UserId>| {
        let team = brigade_domain::id::TeamId::from_uuid(uuid::Uuid::now_v7());
        let body = json!({ "team": team, "name": name, "members": members });
        floor.tell(&floor.admin, &business, "set_team", body).await;
        team
    };
    let kitchen = team(&floor, "Kitchen", vec![floor.staff[1].person.id]).await;
    let drivers = team(&floor, "Drivers", vec![absent.id]).await;
    let mut waiting = Vec::new();
    for team in [Some(drivers), Some(kitchen), Some(kitchen), None] {
        let visitor = floor.waits().await;
        if let Some(team) = team {
            floor.tell(&floor.admin, &visitor.topic, "assign_team", json!({ "team": team })).await;
        }
        waiting.push(visitor);
    }
    floor.available(&floor.admin, false).await;
    floor.routing("round_robin", 9).await;
    floor.becomes(&waiting[1], 1).await;
    floor.becomes(&waiting[2], 1).await;
    // Only the first has had none.
    floor.becomes(&waiting[3], 0).await;
    floor.app.jobs_done().await;
    assert_eq!(floor.assignee(&waiting[0]), "", "nobody of the drivers is there");
    // Somebody outside has it when it is given to the team: it waits for it, and routing gives it to one of it.
    floor.tell(&floor.staff[0].person, &waiting[3].topic, "assign_team", json!({ "team": kitchen })).await;
    floor.becomes(&waiting[3], 1).await;
    // Whoever comes into the team is given what waits for it.
    let third = floor.comes().await;
    let members = json!({ "team": drivers, "name": "Drivers", "members": [floor.staff[third].person.id] });
    floor.tell(&floor.admin, &business, "set_team", members).await;
    floor.becomes(&waiting[0], third).await;
    // What is a team's that is no more is anybody's.
    let last = floor.waits().await;
    let empty = team(&floor, "Weddings", vec![]).await;
    floor.app.jobs_done().await;
    let holder = floor.assignee(&last);
    floor.tell(&floor.admin, &last.topic, "assign_team", json!({ "team": empty })).await;
    eventually("nobody of it has it", Duration::from_secs(20), async || floor.assignee(&last).is_empty().then_some(()))
        .await;
    assert!(!holder.is_empty());
    floor.tell(&floor.admin, &business, "remove_team", json!({ "team": empty })).await;
    eventually("anybody has it", Duration::from_secs(20), async || (!floor.assignee(&last).is_empty()).then_some(()))
        .await;
}

#[tokio::test]
async fn by_hand_nothing_is_given_and_a_client_goes_to_the_account_manager() {
    let mut floor = Floor::with(2).await;
    let visitor = floor.waits().await;
    floor.app.jobs_done().await;
    assert_eq!((floor.loads().await, floor.assignee(&visitor)), (vec![], String::new()));
    assert_eq!(floor.sql("select count(*) from routing_presence"), "0", "nobody is looked after");
    let client = floor.app.client_as(&floor.tenant, Role::Client).await;
    let (account, chat) = crate::live::stage::account_of(&floor.app, &floor.tenant, &client).await;
    let manager = floor.comes().await;
    let body = json!({ "manager": floor.staff[manager].person.id });
    floor.tell(&floor.admin, &format!("account:{account}"), "set_manager", body).await;
    let client = Person::sign_in(&floor.app, client.id, &client.email, crate::support::PASSWORD).await;
    floor.tell(&client, &chat, "send", json!({ "text": "Hello" })).await;
    floor.routing("round_robin", 9).await;
    let id = chat.split_once(':').unwrap().1.parse::<brigade_domain::id::ConversationId>().unwrap().uuid();
    eventually("the client is with the account manager", Duration::from_secs(20), async || {
        let whose = floor.sql(&format!("select assignee from conversations where id = '{id}'"));
        (whose == floor.id(manager)).then_some(())
    })
    .await;
}

impl Drop for Floor {
    fn drop(&mut self) {
        self.staff.iter().for_each(|staff| staff.there.abort());
    }
}
