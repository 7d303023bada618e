//! Finding what was said, over HTTP: for the staff, and for nobody else.

use std::time::Duration;

use brigade_domain::actor::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{command, says, visitor_says};
use crate::live::stage::{Stage, path_of};
use crate::support::{Person, eventually};

/// Waits until `q` finds so many conversations, and gives them.
async fn until(person: &Person, q: &str, count: usize) -> Value {
    eventually(&format!("{q} finds {count}"), Duration::from_secs(20), async || {
        let answer = person.get(&format!("/v1/search?{q}")).await;
        let hits = answer.data()["hits"].as_array().unwrap();
        (hits.len() == count).then(|| answer.data().clone())
    })
    .await
}

#[tokio::test]
async fn the_staff_find_what_was_said_and_where() {
    let stage = Stage::set().await;
    let seq = visitor_says(&stage.app, &stage.visitor, "Do you have CRÈME brûlée?").await;
    let found = until(&stage.manager, "q=creme", 1).await;
    let hit = &found["hits"][0];
    assert_eq!(hit["conversation"]["id"], stage.visitor.conversation);
    assert_eq!((&hit["passage"]["seq"], &hit["passage"]["by"]), (&json!(seq), &json!(stage.visitor.id)));
    assert_eq!(
        hit["passage"]["pieces"],
        json!([{ "text": "Do you have ", "hit": false }, { "text": "CRÈME", "hit": true }, { "text": " brûlée?", "hit": false }])
    );
    assert_eq!((&hit["similar"], &found["more"]), (&json!(false), &json!(false)));
    assert_eq!(until(&stage.admin, "q=brulle", 1).await["hits"][0]["similar"], true);

    // A note, in the conversation of the client.
    let conversation = stage.clients_chat.split_once(':').unwrap().1;
    let path = format!("/v1/conversations/{conversation}/commands");
    stage.manager.post(&path, command("note", &json!({ "text": "prefers crème fraîche" }))).await;
    let found = until(&stage.manager, "q=creme", 2).await;
    assert_eq!(found["hits"][0]["passage"]["note"], true, "what was said last comes first");
    assert_eq!(until(&stage.manager, "q=creme&limit=1", 1).await["more"], true);
    until(&stage.manager, "q=creme&status=resolved", 0).await;
    until(&stage.manager, "q=creme&status=open", 2).await;
    until(&stage.manager, &format!("q=creme&assignee={}", stage.admin.id), 0).await;
    until(&stage.manager, "q=creme&since=2100-01-01T00:00:00Z", 0).await;

    // A deleted message is not found.
    stage
        .admin
        .post(
            &format!("/v1/conversations/{}/commands", stage.visitor.conversation),
            command("delete", &json!({ "seq": seq })),
        )
        .await;
    until(&stage.manager, "q=brulee", 0).await;
}

#[tokio::test]
async fn it_is_looked_in_what_is_a_teams_of_mine_or_of_none() {
    let stage = Stage::set().await;
    let own = stage.team("Kitchen", &[&stage.manager]).await;
    let other = stage.team("Weddings", &[&stage.admin]).await;
    let mut said = Vec::new();
    for team in [Some(own), Some(other), None] {
        let visitor = stage.app.visitor(&stage.tenant).await;
        visitor_says(&stage.app, &visitor, "A croquembouche, please").await;
        if let Some(team) = team {
            let path = format!("/v1/conversations/{}/commands", visitor.conversation);
            stage.manager.post(&path, command("assign_team", &json!({ "team": team }))).await.data();
        }
        said.push(json!(visitor.conversation));
    }
    until(&stage.manager, "q=croquembouche", 3).await;
    let within = async |who: &Person, team: &str| -> Vec<Value> {
        let answer = who.get(&format!("/v1/search?q=croquembouche&team={team}")).await;
        answer.data()["hits"].as_array().unwrap().iter().map(|hit| hit["conversation"]["id"].clone()).collect()
    };
    for (team, expected) in [
        (own.to_string(), &said[..1]),
        (other.to_string(), &said[1..2]),
        ("mine".into(), &said[..1]),
        ("none".into(), &said[2..]),
    ] {
        assert_eq!(within(&stage.manager, &team).await, expected, "{team}");
    }
    assert_eq!(within(&stage.admin, "mine").await, said[1..2], "of whoever looks");
    let new = stage.app.client_as(&stage.tenant, Role::AccountManager).await;
    assert_eq!(within(&new, "mine").await, Vec::<Value>::new());
    let labelled = format!("q=croquembouche&team={own}&status=resolved");
    until(&stage.manager, &labelled, 0).await;
    assert_eq!(stage.manager.get("/v1/search?q=croquembouche&team=ours").await.code(), "INVALID_INPUT");

    // One that is removed is no team's.
    let removed = command("remove_team", &json!({ "team": own }));
    stage.admin.post(&format!("{}/commands", path_of(&stage.business())), removed).await.data();
    assert!(within(&stage.manager, &own.to_string()).await.is_empty());
    assert!(within(&stage.manager, "mine").await.is_empty());
    let mut none = within(&stage.manager, "none").await;
    none.sort_by_key(ToString::to_string);
    let mut expected = vec![said[0].clone(), said[2].clone()];
    expected.sort_by_key(ToString::to_string);
    assert_eq!(none, expected);
}

#[tokio::test]
async fn nobody_else_finds_anything() {
    let stage = Stage::set().await;
    visitor_says(&stage.app, &stage.visitor, "the secret ingredient").await;
    until(&stage.manager, "q=ingredient", 1).await;
    let foreign = stage.app.client_as(&stage.elsewhere, Role::Admin).await;
    until(&foreign, "q=ingredient", 0).await;
    assert_eq!(stage.client.get("/v1/search?q=ingredient").await.code(), "FORBIDDEN");
    let visitor = stage.visitor.ask(&stage.app, Method::GET, "/v1/search?q=ingredient", None).await;
    assert_eq!(visitor.code(), "FORBIDDEN");
}

#[tokio::test]
async fn a_question_that_is_none_is_refused_with_the_reason() {
    let stage = Stage::set().await;
    says(&stage.manager, stage.clients_chat.split_once(':').unwrap().1, "anything").await;
    let long = "x".repeat(201);
    for (query, field) in [
        ("q=", "q"),
        ("q=%F0%9F%8E%89", "q"),
        (&*format!("q={long}"), "q"),
        ("q=a+b+c+d+e+f+g+h+i", "q"),
        ("q=cake&limit=51", "limit"),
        ("q=cake&limit=0", "limit"),
    ] {
        let answer = stage.manager.get(&format!("/v1/search?{query}")).await;
        assert_eq!((answer.status, answer.code()), (400, "INVALID_INPUT"), "{query}");
        assert_eq!(answer.body["error"]["details"]["field"], field, "{query}");
    }
    for query in ["", "q=cake&since=yesterday", "q=cake&label=none", "q=cake&where=here"] {
        assert_eq!(stage.manager.get(&format!("/v1/search?{query}")).await.code(), "INVALID_INPUT", "{query}");
    }
    // What means something to the database is a word like any other, or none.
    for query in ["q=%27%20%7C%20%27", "q=a%27b%5Cc:*", "q=%28%26%21", "q=%25_%25"] {
        let answer = stage.manager.get(&format!("/v1/search?{query}")).await;
        assert!([200, 400].contains(&answer.status), "{query}: {answer:?}");
    }
}

#[tokio::test]
async fn searching_has_a_limit_of_its_own() {
    let stage = Stage::with(&[("limits.searches_per_minute", "3")]).await;
    for _ in 0..3 {
        until(&stage.manager, "q=cake", 0).await;
    }
    let refused = stage.manager.get("/v1/search?q=cake").await;
    assert_eq!((refused.status, refused.code()), (429, "RATE_LIMITED"));
    assert_eq!(refused.body["error"]["details"]["limit"], "search");
    assert_eq!(stage.manager.get("/v1/conversations").await.status, 200, "the rest of the API goes on");
    until(&stage.admin, "q=cake", 0).await;
}
