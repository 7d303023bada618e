//! Teams: the business's own, of its own people; a conversation given to one is live, listed, counted, told and written down.

use brigade_domain::actor::Role;
use brigade_domain::id::{TeamId, UserId};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::command;
use crate::live::stage::{Stage, path_of};
use crate::support::{Answer, Person, Socket, newest_letter};

/// Somebody asks an entity for something.
async fn ask(who: &Person, topic: &str, kind: &str, body: Value) -> Answer {
    who.post(&format!("{}/commands", path_of(topic)), command(kind, &body)).await
}

fn members(team: TeamId, people: &[UserId]) -> Value {
    json!({ "team": team, "name": "Kitchen", "members": people })
}

async fn state(stage: &Stage, topic: &str) -> Value {
    stage.manager.get(&path_of(topic)).await.data()["state"].clone()
}

async fn listed(stage: &Stage, query: &str) -> Vec<Value> {
    let answer = stage.manager.get(&format!("/v1/conversations?{query}")).await;
    answer.data()["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect()
}

#[tokio::test]
async fn teams_are_the_businesss_own_and_of_its_own_people() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    stage.visitors().await.command(topic, "send", json!({ "text": "Hello" })).await;
    let stranger = UserId::from_uuid(Uuid::now_v7());
    let theirs = stage.app.client_as(&stage.elsewhere, Role::Admin).await;
    let team = TeamId::from_uuid(Uuid::now_v7());
    for outsider in [stage.client.id, theirs.id, stranger] {
        let refused = ask(&stage.admin, &stage.business(), "set_team", members(team, &[outsider])).await;
        assert_eq!(refused.code(), "INVALID_INPUT", "{outsider}");
        assert_eq!(refused.body["error"]["details"]["constraint"], "tenants_members_are_staff");
    }
    let made = members(team, &[stage.manager.id, stage.admin.id]);
    assert_eq!(ask(&stage.admin, &stage.business(), "set_team", made).await.status, 200);
    // Another business's, and one that nobody has made, are not there.
    let foreign = TeamId::from_uuid(Uuid::now_v7());
    let elsewhere = format!("tenant:{}", stage.elsewhere.id);
    assert_eq!(ask(&theirs, &elsewhere, "set_team", members(foreign, &[theirs.id])).await.status, 200);
    for missing in [foreign, TeamId::from_uuid(Uuid::now_v7())] {
        let refused = ask(&stage.manager, topic, "assign_team", json!({ "team": missing })).await;
        assert_eq!(
            (refused.code(), &refused.body["error"]["details"]["constraint"]),
            ("INVALID_INPUT", &json!("conversations_team_exists"))
        );
    }
    assert_eq!(ask(&stage.manager, topic, "assign_team", json!({ "team": team })).await.status, 200);
    // Who leaves the staff leaves the team.
    let path = format!("/v1/tenant/staff/{}", stage.manager.id);
    assert_eq!(stage.admin.ask(Method::DELETE, &path, None).await.status, 200);
    stage.app.jobs_done().await;
    let business = stage.admin.get(&path_of(&stage.business())).await.data()["state"].clone();
    assert_eq!(business["teams"][team.to_string()]["members"], json!([stage.admin.id]));
    let kept = stage.app.database.sql(&format!("select teams from tenants where id = '{}'", stage.tenant.id.uuid()));
    let expected = json!({ team.uuid().to_string(): [stage.admin.id.uuid()] });
    assert_eq!(serde_json::from_str::<Value>(&kept).unwrap(), expected);
}

#[tokio::test]
async fn it_is_seen_live_by_the_staff_and_by_no_customer_and_written_down() {
    let stage = Stage::set().await;
    let (topic, inbox) = (&stage.visitor.topic, format!("{}/inbox", stage.business()));
    let kitchen = stage.team("Kitchen", &[&stage.manager]).await;
    let (mut visitor, mut manager) = (stage.visitors().await, stage.socket(&stage.manager).await);
    visitor.subscribe(topic).await;
    visitor.command(topic, "send", json!({ "text": "Can you cook for eighty?" })).await;
    manager.subscribe(&inbox).await;
    let body = json!({ "team": kitchen, "note": "Without nuts 🥜" });
    assert_eq!(manager.command(topic, "assign_team", body).await["t"], "ack");
    let line = manager.expect_where("its line", |frame| frame["body"]["team"] == json!(kitchen)).await;
    assert_eq!(line["body"]["assignee"], json!(null));
    assert_eq!(manager.subscribe(topic).await["state"]["team"], json!(kitchen));
    // The visitor's log has no hole, and nothing to read in those places.
    visitor.command(topic, "send", json!({ "text": "Hello?" })).await;
    let mut seen = Vec::new();
    while seen.last() != Some(&json!("Hello?")) {
        let event = visitor.expect("ev").await;
        seen.push(event["body"]["text"].as_str().map_or(event["type"].clone(), |text| json!(text)));
    }
    assert_eq!(seen, ["joined", "Can you cook for eighty?", "hidden", "hidden", "hidden", "Hello?"]);
    assert_eq!(stage.visitors().await.subscribe(topic).await["state"]["team"], json!(null));
    let record = "select count(*) from audit_log where event_type = 'conversation.team_assigned'";
    assert_eq!(stage.app.database.sql(record), "1");
}

#[tokio::test]
async fn who_gave_it_to_which_team_stands_in_the_staffs_history_and_in_nobody_elses() {
    let stage = Stage::set().await;
    let (topic, path) = (&stage.visitor.topic, path_of(&stage.visitor.topic));
    let kitchen = stage.team("Kitchen", &[&stage.manager]).await;
    let weddings = stage.team("Weddings", &[&stage.admin]).await;
    let mut visitors = stage.visitors().await;
    let give = async |who: &Person, team: Option<TeamId>| {
        let given = ask(who, topic, "assign_team", json!({ "team": team })).await;
        (given.data()["seq"].clone(), json!(who.id), json!(team))
    };
    visitors.command(topic, "send", json!({ "text": "Do you cater?" })).await;
    let mut all = vec![give(&stage.manager, Some(kitchen)).await];
    for n in 0..50 {
        super::says(&stage.manager, &stage.visitor.conversation, &n.to_string()).await;
    }
    all.push(give(&stage.admin, Some(weddings)).await);
    all.push(give(&stage.manager, None).await);

    let told = |changes: &Value| -> Vec<(Value, Value, Value)> {
        let all = changes.as_array().unwrap();
        all.iter().map(|each| (each["seq"].clone(), each["by"].clone(), each["team"].clone())).collect()
    };
    // The newest with the newest messages, the others with the page before.
    let shown = state(&stage, topic).await;
    assert_eq!(told(&shown["team_changes"]), all[1..]);
    let oldest = shown["messages"][0]["seq"].clone();
    let older = format!("{path}/messages?before={oldest}");
    assert_eq!(told(&stage.manager.get(&older).await.data()["team_changes"]), all[..1]);
    let newest = format!("{path}/messages?limit=100");
    assert_eq!(told(&stage.manager.get(&newest).await.data()["team_changes"]), all);

    // Nor does the customer get any of it: by page, state, log, socket, letter.
    let mut seen = Vec::new();
    for read in [&older, &newest, &path, &format!("{path}/log?limit=500")] {
        let answer = stage.visitor.ask(&stage.app, Method::GET, read, None).await;
        assert_eq!(answer.status, 200, "{read}");
        seen.push(answer.body.to_string());
    }
    seen.push(stage.visitors().await.subscribe(topic).await.to_string());
    let asked = command("ask_transcript", &json!({ "email": "mia@example.com" }));
    stage.visitor.ask(&stage.app, Method::POST, &format!("{path}/commands"), Some(&asked)).await.data();
    stage.app.jobs_done().await;
    let letter = newest_letter(&stage.app).await;
    assert!(letter.text.contains("Do you cater?"));
    seen.extend([letter.text, letter.html]);
    for each in seen {
        for secret in
            [kitchen.to_string(), weddings.to_string(), "Kitchen".into(), "Weddings".into(), "team_assigned".into()]
        {
            assert!(!each.contains(&secret), "{secret} in {each}");
        }
    }
}

#[tokio::test]
async fn whoever_is_outside_lets_go_of_it_and_whoever_is_inside_keeps_it() {
    let stage = Stage::set().await;
    let topic = &stage.visitor.topic;
    let kitchen = stage.team("Kitchen", &[&stage.manager]).await;
    let weddings = stage.team("Weddings", &[&stage.admin]).await;
    stage.visitors().await.command(topic, "send", json!({ "text": "Hello" })).await;
    let give = async |team: Value| {
        assert_eq!(ask(&stage.manager, topic, "assign_team", json!({ "team": team })).await.status, 200);
        stage.app.jobs_done().await;
        let seen = state(&stage, topic).await;
        (seen["team"].clone(), seen["assignee"].clone())
    };
    assert_eq!(ask(&stage.admin, topic, "assign", json!({ "to": stage.manager.id })).await.status, 200);
    assert_eq!(give(json!(kitchen)).await, (json!(kitchen), json!(stage.manager.id)), "of the team");
    assert_eq!(give(json!(weddings)).await, (json!(weddings), json!(null)), "it waits for the team");
    // By hand it goes to anybody, and stays there.
    assert_eq!(ask(&stage.admin, topic, "assign", json!({ "to": stage.manager.id })).await.status, 200);
    stage.app.jobs_done().await;
    assert_eq!(state(&stage, topic).await["assignee"], json!(stage.manager.id));
    assert_eq!(give(json!(null)).await, (json!(null), json!(stage.manager.id)));
}

#[tokio::test]
async fn lists_views_and_counts_are_of_a_team_of_mine_or_of_none() {
    let stage = Stage::set().await;
    let own = stage.team("Kitchen", &[&stage.manager]).await;
    let other = stage.team("Weddings", &[&stage.admin]).await;
    let mut conversations = Vec::new();
    for team in [Some(own), Some(other), None] {
        let visitor = stage.app.visitor(&stage.tenant).await;
        super::visitor_says(&stage.app, &visitor, "Hello").await;
        if let Some(team) = team {
            assert_eq!(ask(&stage.manager, &visitor.topic, "assign_team", json!({ "team": team })).await.status, 200);
        }
        conversations.push(json!(visitor.conversation));
    }
    let client = json!(stage.clients_chat.split_once(':').unwrap().1);
    let of = |n: usize| conversations[n].clone();
    assert_eq!(listed(&stage, &format!("team={own}")).await, [of(0)]);
    assert_eq!(listed(&stage, &format!("team={other}&waiting=true")).await, [of(1)]);
    assert_eq!(listed(&stage, "team=mine").await, [of(0)]);
    let none = listed(&stage, "team=none").await;
    assert_eq!(none.iter().filter(|id| **id != client).collect::<Vec<_>>(), [&of(2)]);
    assert_eq!(stage.manager.get("/v1/conversations?team=ours").await.code(), "INVALID_INPUT");

    let view = async |who: &Person, team: &str| {
        let body = json!({ "name": team, "criteria": { "status": "open", "team": team } });
        who.post("/v1/inbox/views", body).await.data()["criteria"]["team"].clone()
    };
    for team in ["mine", &other.to_string()] {
        assert_eq!(view(&stage.manager, team).await, json!(team));
    }
    let counted = async || {
        let counts = stage.manager.get("/v1/inbox/counts?team=mine").await.data().clone();
        let views: Vec<_> = counts["views"].as_array().unwrap().iter().map(|view| view["count"].clone()).collect();
        (counts["open"].clone(), views)
    };
    assert_eq!(counted().await, (json!(1), vec![json!(1), json!(1)]));
    // One that is removed is no team's, wherever it is asked for.
    assert_eq!(ask(&stage.admin, &stage.business(), "remove_team", json!({ "team": own })).await.status, 200);
    assert_eq!(counted().await, (json!(0), vec![json!(0), json!(1)]));
    assert!(listed(&stage, &format!("team={own}")).await.is_empty());
    assert!(listed(&stage, "team=none").await.contains(&of(0)));
    // It can still be written in, and keeps what it was given to.
    let topic = format!("conversation:{}", of(0).as_str().unwrap());
    assert_eq!(ask(&stage.manager, &topic, "send", json!({ "text": "Hi" })).await.status, 200);
    assert_eq!(state(&stage, &topic).await["team"], json!(own));
}

#[tokio::test]
async fn a_visitor_is_heard_whatever_became_of_the_team_that_waits_for_them() {
    let stage = Stage::set().await;
    let visitor = stage.app.visitor(&stage.tenant).await;
    let team = stage.team("Kitchen", &[&stage.manager]).await;
    assert_eq!(ask(&stage.manager, &visitor.topic, "assign_team", json!({ "team": team })).await.status, 200);
    assert_eq!(ask(&stage.admin, &stage.business(), "remove_team", json!({ "team": team })).await.status, 200);
    super::visitor_says(&stage.app, &visitor, "Is anybody there?").await;
    assert!(listed(&stage, "team=none").await.contains(&json!(visitor.conversation)));
}

#[tokio::test]
async fn two_admins_who_make_the_same_team_at_once_make_it_once() {
    let stage = Stage::set().await;
    let mut sockets: Vec<Socket> = Vec::new();
    for _ in 0..2 {
        sockets.push(stage.socket(&stage.admin).await);
    }
    let business = stage.business();
    let mut asked = Vec::new();
    for (socket, name) in sockets.iter_mut().zip(["Kitchen", "KITCHEN"]) {
        let team = TeamId::from_uuid(Uuid::now_v7());
        asked.push(socket.command(&business, "set_team", json!({ "team": team, "name": name, "members": [] })));
    }
    let answers = futures_util::future::join_all(asked).await;
    assert_eq!(answers.iter().filter(|answer| answer["t"] == "ack").count(), 1, "{answers:?}");
    let refused = answers.iter().find(|answer| answer["t"] == "err").unwrap();
    assert_eq!((&refused["code"], &refused["details"]["field"]), (&json!("INVALID_INPUT"), &json!("name")));
}
