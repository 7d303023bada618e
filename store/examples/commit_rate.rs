//! How many lines a second the journal commits, and what they cost.
//!
//! ```sh
//! cargo run --release -p brigade-store --example commit_rate -- \
//!     'postgres:///brigade_bench?host=/tmp/brigade-dev&user=postgres' --entities 100 --window 4 --lanes 2 --seconds 10
//! ```
//!
//! Each entity has one commit under way, as its actor would; a window of W senders makes commits of 1 and W−1
//! lines in turn. The database must exist and is migrated.
#![expect(clippy::expect_used, reason = "a measuring program stops at the first thing that goes wrong")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use brigade_domain::Timestamp;
use brigade_domain::actor::Party;
use brigade_domain::chat::ConversationRow;
use brigade_domain::entity::{EntityKey, Row};
use brigade_domain::id::{ConversationId, TenantId, UserId, VisitorId};
use brigade_domain::journal::{Commit, Journal, LogLine, RequestKey};
use brigade_store::{Db, PgJournal, Settings, migrate, tenants};
use uuid::Uuid;

#[derive(Debug, Clone)]
struct Plan {
    entities: usize,
    window: usize,
    lanes: usize,
    seconds: u64,
    rows: bool,
    bytes: usize,
}

fn plan(arguments: &[String]) -> Plan {
    let value = |name: &str, default: usize| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)?.parse().ok()).unwrap_or(default)
    };
    Plan {
        entities: value("--entities", 100),
        window: value("--window", 4),
        lanes: value("--lanes", 2),
        seconds: value("--seconds", 10) as u64,
        rows: value("--rows", 1) == 1,
        bytes: value("--bytes", 256),
    }
}

fn row(id: ConversationId, at: Timestamp) -> Row {
    let user = UserId::from_uuid(Uuid::nil());
    let listing = serde_json::json!({
        "id": id, "kind": "site", "status": "open", "name": "Visitor 4F2A", "assignee": user, "account": null,
        "preview": "The first words of a message, as the inbox shows them", "preview_by": user, "last_message_at": at,
        "waiting_since": at, "unread_by": { user.to_string(): 3 }, "unread_rest": 3, "page": "https://example.org/menu"
    });
    Row::Conversation(ConversationRow {
        id,
        kind: "site".to_owned(),
        status: "open".to_owned(),
        visitor: Some(VisitorId::from_uuid(id.uuid())),
        account: None,
        assignee: Some(user),
        team: None,
        waiting_since: Some(at),
        last_message_at: Some(at),
        snoozed_until: None,
        woken_at: None,
        priority: brigade_domain::chat::triage::Priority::Normal,
        labels: Vec::new(),
        due: None,
        listing: brigade_domain::json::Json::of(&listing),
    })
}

fn commit(key: EntityKey, expected: u64, count: usize, plan: &Plan, body: &Arc<str>, kind: &Arc<str>) -> Commit {
    let at = Timestamp::now();
    let line = |n: usize| LogLine {
        seq: expected + 1 + n as u64,
        kind: kind.clone(),
        body: body.clone(),
        by: Party::Visitor(VisitorId::from_uuid(key.entity.id)),
        at,
        request: Some(RequestKey { id: Uuid::new_v4(), digest: 7 }),
    };
    Commit {
        key,
        expected,
        lines: (0..count).map(line).collect(),
        row: plan.rows.then(|| row(ConversationId::from_uuid(key.entity.id), at)),
        jobs: Vec::new(),
        audit: Vec::new(),
        facts: Vec::new(),
        snapshot: None,
    }
}

async fn entity(journal: PgJournal, tenant: TenantId, plan: Plan, until: Instant) -> (u64, Vec<Duration>) {
    let key = EntityKey::new(tenant, ConversationId::from_uuid(Uuid::now_v7()));
    let body: Arc<str> = format!(r#"{{"text":"{}"}}"#, "x".repeat(plan.bytes.saturating_sub(11))).into();
    let kind: Arc<str> = "message_sent".into();
    let (mut head, mut took, mut count) = (0, Vec::new(), 1);
    while Instant::now() < until {
        let begun = Instant::now();
        journal.commit(commit(key, head, count, &plan, &body, &kind)).await.expect("committed");
        took.push(begun.elapsed());
        head += count as u64;
        count = if plan.window > 1 && count == 1 { plan.window - 1 } else { 1 };
    }
    (head, took)
}

fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

#[expect(clippy::print_stdout, reason = "a program that prints its figures")]
#[expect(clippy::cast_precision_loss, reason = "figures for people")]
#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let plan = plan(&arguments);
    let url = arguments.first().expect("the first argument is the database's address");
    let connect: sqlx::postgres::PgConnectOptions = url.parse().expect("an address");
    migrate(connect.clone()).await.expect("migrated");
    let mut settings = Settings::new(connect);
    settings.lanes = plan.lanes;
    let db = Db::connect(settings).await.expect("connected");
    let tenant = TenantId::from_uuid(Uuid::now_v7());
    tenants::create(&db, tenant, &format!("bench-{}", &tenant.uuid().simple().to_string()[20..]), "Bench")
        .await
        .expect("a tenant");
    let journal = PgJournal::start(db.clone());

    let (before, begun) = (cpu_seconds(), Instant::now());
    let until = begun + Duration::from_secs(plan.seconds);
    let tasks: Vec<_> =
        (0..plan.entities).map(|_| tokio::spawn(entity(journal.clone(), tenant, plan.clone(), until))).collect();
    let (mut lines, mut took) = (0, Vec::new());
    for task in tasks {
        let (head, times) = task.await.expect("an entity");
        lines += head;
        took.extend(times);
    }
    let (seconds, cpu) = (begun.elapsed().as_secs_f64(), cpu_seconds() - before);
    took.sort_unstable();
    let quantile = |q: usize| took[(took.len() * q / 1000).min(took.len() - 1)];
    println!(
        "{plan:?}\n{:.0} lines/s, {:.0} commits/s; a commit took {:?} (p50), {:?} (p99); this process used {:.1} µs a line",
        lines as f64 / seconds,
        took.len() as f64 / seconds,
        quantile(500),
        quantile(990),
        cpu * 1e6 / lines as f64,
    );
}
