//! The audit log's chain: whole, also under rivals, and broken where somebody tampered (security 40).

use brigade_domain::id::TenantId;
use brigade_store::Db;
use brigade_store::audit::{self, Broken, Line, Outcome};
use sqlx::{AssertSqlSafe, PgConnection};

use crate::support::{World, now};

fn entry(n: usize) -> Line {
    Line {
        at: now(),
        event_type: "staff.invited".to_owned(),
        actor: "usr_1".to_owned(),
        ip: n.is_multiple_of(2).then(|| "192.0.2.1".to_owned()),
        request_id: Some(format!("req_{n}")),
        outcome: Outcome::Succeeded,
        metadata: serde_json::json!({ "n": n, "line\n": "a\"b" }),
    }
}

async fn write(db: &Db, tenant: TenantId, lines: Vec<Line>) {
    db.write("write the audit log", tenant, move |tx| Box::pin(async move { audit::append(tx, tenant, &lines).await }))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_chain_written_by_rivals_is_whole_and_others_are_apart() {
    let world = World::new().await;
    let (ours, theirs) = (world.tenant().await, world.tenant().await);
    let writers: Vec<_> = (0..20)
        .map(|n| {
            let db = world.db.clone();
            tokio::spawn(async move { write(&db, ours, vec![entry(n), entry(n + 1)]).await })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    write(&world.db, audit::PLATFORM, vec![entry(1)]).await;
    assert_eq!(audit::verify(&world.db, ours).await.unwrap().unwrap().lines, 40);
    assert_eq!(audit::verify(&world.db, theirs).await.unwrap().unwrap().lines, 0);
    assert_eq!(audit::verify(&world.db, audit::PLATFORM).await.unwrap().unwrap().lines, 1);
}

/// Does what only the database's superuser can: past trigger and wall.
async fn tamper(owner: &mut PgConnection, sql: &'static str, tenant: TenantId) {
    let sql = format!(
        "set session_replication_role = replica; {}; set session_replication_role = default",
        sql.replace("$tenant", &format!("'{}'", tenant.uuid()))
    );
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(owner).await.unwrap();
}

#[tokio::test]
async fn tampering_is_found_at_its_line() {
    let world = World::new().await;
    let mut owner = world.as_owner().await;
    let cases = [
        ("update audit_log set actor = 'usr_2' where tenant_id = $tenant and seq = 3", Some(3)),
        ("update audit_log set ip = '' where tenant_id = $tenant and seq = 2", Some(2)),
        ("update audit_log set at = at + interval '1 microsecond' where tenant_id = $tenant and seq = 5", Some(5)),
        ("delete from audit_log where tenant_id = $tenant and seq = 4", Some(4)),
        ("delete from audit_log where tenant_id = $tenant and seq = 1", Some(1)),
        (
            "update audit_log set seq = 9 where tenant_id = $tenant and seq = 2;
          update audit_log set seq = 2 where tenant_id = $tenant and seq = 3;
          update audit_log set seq = 3 where tenant_id = $tenant and seq = 9",
            Some(2),
        ),
        ("update audit_log set hash = sha256('x') where tenant_id = $tenant and seq = 6", Some(6)),
        ("select 1", None),
    ];
    for (sql, broken) in cases {
        let tenant = world.tenant().await;
        write(&world.db, tenant, (0..6).map(entry).collect()).await;
        tamper(&mut owner, sql, tenant).await;
        let found = audit::verify(&world.db, tenant).await.unwrap();
        assert_eq!(found.err().map(|Broken { seq, .. }| seq), broken, "{sql}");
    }
}

#[tokio::test]
async fn a_cut_end_shows_against_the_end_kept_elsewhere() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    write(&world.db, tenant, (0..6).map(entry).collect()).await;
    let kept = audit::verify(&world.db, tenant).await.unwrap().unwrap();
    tamper(&mut world.as_owner().await, "delete from audit_log where tenant_id = $tenant and seq = 6", tenant).await;
    let now = audit::verify(&world.db, tenant).await.unwrap().unwrap();
    assert_ne!(kept, now);
    assert_eq!((kept.lines, now.lines), (6, 5));
}
