//! F15: requests that clients give up on while the database is slow. No transaction stays open, no statement finds
//! itself in a failed one, and nobody gets a row of another tenant from a connection that was left behind.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::client::Ticket;
use super::scale;
use super::world::{Chat, World, get, request};
use crate::support::{Answer, eventually};

/// Two tenants that both have conversations.
struct Two {
    worlds: [(Ticket, Vec<Chat>); 2],
    address: SocketAddr,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_given_up_on_leave_no_transaction_open_and_no_tenant_behind() {
    let mut world = World::start(1, &[("database.connections", "5"), ("server.trusted_proxies", "127.0.0.1/32")]).await;
    let mut worlds = Vec::new();
    for _ in 0..2 {
        let chats = world.chats(5).await;
        for chat in &chats {
            is_written_in(world.nodes[0].address, chat).await;
        }
        worlds.push((world.staff("account_manager").await, chats));
        world.next_tenant().await;
    }
    let worlds = worlds.try_into().unwrap_or_else(|_| unreachable!("there are two"));
    let two = Arc::new(Two { worlds, address: world.nodes[0].address });
    let (rounds, each) = (scale(2, 10), scale(400, 1_000));
    let mut given_up = 0;
    for _ in 0..rounds {
        // Nobody gets past this table for a while; every connection is soon inside a transaction that waits.
        let lock = world
            .hold("lock table event_log, conversations, sessions in access exclusive mode", Duration::from_secs(2));
        tokio::time::sleep(Duration::from_millis(100)).await;
        let requests: Vec<_> = (0..each).map(|number| tokio::spawn(Arc::clone(&two).give_up_on(number))).collect();
        for request in requests {
            given_up += usize::from(request.await.unwrap());
        }
        lock.await.unwrap();
        let clock = std::time::Instant::now();
        eventually("no transaction is open", Duration::from_secs(20), async || {
            let open = "select count(*) from pg_stat_activity where datname = current_database() and \
                        application_name = 'brigade' and state like 'idle in transaction%' \
                        and state_change < now() - interval '100 ms'";
            (world.sql(open) == "0").then_some(())
        })
        .await;
        println!("no transaction open {:?} after the lock was gone", clock.elapsed());
        for tenant in 0..2 {
            two.sees_its_own_only(tenant).await;
        }
    }
    let failed = world.sql("select count(*) from regexp_split_to_table(pg_read_file('log'), E'\\n') line where line like '%current transaction is aborted%'");
    assert_eq!(failed, "0", "statements in failed transactions");
    println!("F15: {given_up} requests given up on while the database was slow");
    assert!(given_up > rounds * each / 2, "{given_up} were given up on");
}

/// An address for each request: one alone may not ask so much in a minute.
fn caller(number: usize) -> String {
    format!("198.51.{}.{}", 100 + number / 250, number % 250)
}

/// A chat is in the list once something was written.
async fn is_written_in(address: SocketAddr, chat: &Chat) {
    let path = format!("/v1/conversations/{}/commands", chat.topic.split_once(':').unwrap().1);
    let command = json!({ "id": Uuid::now_v7(), "type": "send", "body": { "text": "Hello" } });
    let sent = request(&reqwest::Client::new(), reqwest::Method::POST, address, &chat.ticket, &path).json(&command);
    assert_eq!(Answer::of(sent.send().await.unwrap()).await.status, 200);
}

impl Two {
    /// Asks for something and leaves before the answer; true when there was none. What does come is one's own.
    async fn give_up_on(self: Arc<Self>, number: usize) -> bool {
        let (ticket, chats) = &self.worlds[number % 2];
        let id = chats[number % chats.len()].topic.split_once(':').unwrap().1;
        let http = reqwest::Client::new();
        let asked = match number % 4 {
            0 => request(&http, reqwest::Method::GET, self.address, ticket, "/v1/conversations?limit=50"),
            1 => request(&http, reqwest::Method::GET, self.address, ticket, &format!("/v1/conversations/{id}/log")),
            2 => {
                request(&http, reqwest::Method::GET, self.address, ticket, &format!("/v1/conversations/{id}/messages"))
            }
            _ => {
                let command = json!({ "id": Uuid::now_v7(), "type": "send", "body": { "text": "x" } });
                let path = format!("/v1/conversations/{id}/commands");
                request(&http, reqwest::Method::POST, self.address, ticket, &path).json(&command)
            }
        };
        let patience = Duration::from_millis(5 + (number as u64 * 37) % 600);
        match tokio::time::timeout(patience, asked.header("x-forwarded-for", caller(number)).send()).await {
            Err(_) => true,
            Ok(answer) => {
                let answer = Answer::of(answer.unwrap()).await;
                assert_ne!(answer.status, 500, "{answer:?}");
                if number.is_multiple_of(4) && answer.status == 200 {
                    self.is_own(number % 2, &answer.body);
                }
                false
            }
        }
    }

    /// The conversations in a list are this tenant's.
    fn is_own(&self, tenant: usize, body: &Value) -> usize {
        let own: Vec<_> = self.worlds[tenant].1.iter().map(|chat| chat.topic.split_once(':').unwrap().1).collect();
        let listed = body["data"]["items"].as_array().unwrap_or_else(|| panic!("no list: {body}"));
        for item in listed {
            assert!(own.contains(&item["id"].as_str().unwrap()), "a row of another tenant: {item}");
        }
        listed.len()
    }

    /// Many requests at once, over every connection there is.
    async fn sees_its_own_only(self: &Arc<Self>, tenant: usize) {
        let requests: Vec<_> = (0..20)
            .map(|_| {
                let two = Arc::clone(self);
                tokio::spawn(async move {
                    let answer = get(two.address, &two.worlds[tenant].0, "/v1/conversations?limit=50").await.unwrap();
                    assert_eq!(answer.status, 200, "{answer:?}");
                    two.is_own(tenant, &answer.body)
                })
            })
            .collect();
        for request in requests {
            assert_eq!(request.await.unwrap(), 5);
        }
    }
}
