//! The tenant wall in the database itself (security 28, 29, 30).

use brigade_domain::journal::{Journal, Range};
use sqlx::{Connection, Row};

use crate::support::{World, conversation, message, row};

#[tokio::test]
async fn without_a_tenant_and_with_another_nothing_is_seen() {
    let world = World::new().await;
    let (ours, theirs) = (world.tenant().await, world.tenant().await);
    let key = conversation(ours);
    let mut commit = message(key, 0);
    commit.row = Some(row(key));
    world.journal.commit(commit).await.unwrap();

    let mut app = world.as_app().await;
    let counts = "select (select count(*) from event_log) + (select count(*) from entities)
                       + (select count(*) from conversations)";
    let seen: i64 = sqlx::query_scalar(counts).fetch_one(&mut app).await.unwrap();
    assert_eq!(seen, 0, "no tenant set");
    for (tenant, expected) in [(theirs, 0_i64), (ours, 3)] {
        let mut tx = app.begin().await.unwrap();
        brigade_store::set_tenant(&mut tx, tenant).await.unwrap();
        let seen: i64 = sqlx::query_scalar(counts).fetch_one(&mut *tx).await.unwrap();
        assert_eq!(seen, expected);
        tx.rollback().await.unwrap();
    }
    let seen: i64 = sqlx::query_scalar(counts).fetch_one(&mut app).await.unwrap();
    assert_eq!(seen, 0, "the tenant ends with its transaction");

    let mut foreign = key;
    foreign.tenant = theirs;
    assert!(world.journal.read(foreign, Range::After(0), 100).await.unwrap().is_empty());
    assert!(world.journal.load(foreign).await.unwrap().lines.is_empty());
}

#[tokio::test]
async fn nobody_writes_rows_of_another_tenant() {
    let world = World::new().await;
    let (ours, theirs) = (world.tenant().await, world.tenant().await);
    let mut app = world.as_app().await;
    let mut tx = app.begin().await.unwrap();
    brigade_store::set_tenant(&mut tx, ours).await.unwrap();
    let error = sqlx::query("insert into entities (tenant_id, id, kind, version) values ($1, $2, 'account', 1)")
        .bind(theirs.uuid())
        .bind(uuid::Uuid::now_v7())
        .execute(&mut *tx)
        .await
        .unwrap_err();
    assert_eq!(error.as_database_error().unwrap().code().unwrap(), "42501");
}

#[tokio::test]
async fn the_role_of_the_server_owns_nothing_and_every_tenant_table_is_walled() {
    let world = World::new().await;
    let mut owner = world.as_owner().await;
    let role = sqlx::query(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = 'brigade_app'",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert!((0..4).all(|right| !role.get::<bool, _>(right)));
    let belongings: i64 = sqlx::query_scalar("select count(*) from pg_class where relowner = 'brigade_app'::regrole")
        .fetch_one(&mut owner)
        .await
        .unwrap();
    assert_eq!(belongings, 0);

    let unwalled: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c
         join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
         where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
           and not (c.relrowsecurity and c.relforcerowsecurity and exists (
               select from pg_policy p where p.polrelid = c.oid and p.polqual is not null and p.polwithcheck is not null))
           and obj_description(c.oid) is null",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    assert!(unwalled.is_empty(), "tables with a tenant but no wall and no comment that says why: {unwalled:?}");

    let tenantless: Vec<String> = sqlx::query_scalar(
        "select con.conname::text from pg_constraint con
         join pg_attribute a on a.attrelid = con.conrelid and a.attname = 'tenant_id' and not a.attisdropped and a.attnotnull
         join pg_class c on c.oid = con.conrelid and c.relrowsecurity
         where con.contype in ('p', 'u', 'f') and not a.attnum = any (con.conkey)
           and not (con.contype = 'f' and not exists (
               select from pg_attribute r where r.attrelid = con.confrelid and r.attname = 'tenant_id'))",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    assert!(tenantless.is_empty(), "keys of tenant tables without the tenant: {tenantless:?}");
}

#[tokio::test]
async fn logs_are_append_only_by_grant_and_by_trigger() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    world.journal.commit(message(conversation(tenant), 0)).await.unwrap();
    for table in ["event_log", "audit_log"] {
        for change in
            [format!("update {table} set at = now()"), format!("delete from {table}"), format!("truncate {table}")]
        {
            let by_app = sqlx::raw_sql(sqlx::AssertSqlSafe(change.clone()))
                .execute(&mut world.as_app().await)
                .await
                .unwrap_err();
            assert_eq!(by_app.as_database_error().unwrap().code().unwrap(), "42501", "{change}");
            let by_owner = sqlx::raw_sql(sqlx::AssertSqlSafe(change.clone()))
                .execute(&mut world.as_owner().await)
                .await
                .unwrap_err();
            let constraint = by_owner.as_database_error().unwrap().constraint().map(str::to_owned);
            assert_eq!(constraint, Some(format!("{table}_append_only")), "{change}");
        }
    }
}

#[tokio::test]
async fn the_database_takes_no_line_that_leaves_a_hole() {
    let world = World::new().await;
    let tenant = world.tenant().await;
    let key = conversation(tenant);
    world.journal.commit(message(key, 0)).await.unwrap();
    let mut owner = world.as_owner().await;
    let insert = "insert into event_log (tenant_id, entity_id, seq, at, answers, kind, party, body)
                  select $1, $2, unnest($3::bigint[]), now(), false, 'message_sent', 'system', '{}'";
    for seqs in [&[3_i64][..], &[2, 4], &[5, 6]] {
        let mut tx = owner.begin().await.unwrap();
        let refused =
            sqlx::query(insert).bind(tenant.uuid()).bind(key.entity.id).bind(seqs).execute(&mut *tx).await.unwrap_err();
        let constraint = refused.as_database_error().unwrap().constraint().map(str::to_owned);
        assert_eq!(constraint.as_deref(), Some("event_log_without_holes"), "{seqs:?}");
        tx.rollback().await.unwrap();
    }
    sqlx::query(insert)
        .bind(tenant.uuid())
        .bind(key.entity.id)
        .bind(&[2_i64, 3][..])
        .execute(&mut owner)
        .await
        .unwrap();
}
