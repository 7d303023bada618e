//! `docs/SCHEMA.md` names every table, column and constraint there is, and no other.

use std::collections::BTreeSet;

use crate::support::World;

#[tokio::test]
async fn the_document_names_everything_there_is() {
    let world = World::new().await;
    let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/SCHEMA.md")).unwrap();
    let named: BTreeSet<&str> = document.split('`').skip(1).step_by(2).collect();
    let there: Vec<String> = sqlx::query_scalar(
        "select c.relname::text from pg_class c
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm', 'S') and c.relname !~ '^_sqlx'
         union all
         select c.relname || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname !~ '^_sqlx'
           and a.attnum > 0 and not a.attisdropped
         union all
         select conname::text from pg_constraint where connamespace = 'public'::regnamespace
           and contype in ('c', 'f', 'p', 'u', 'x') and conname !~ '^_sqlx'
         union all
         select i.relname::text from pg_index x join pg_class i on i.oid = x.indexrelid
         where i.relnamespace = 'public'::regnamespace and i.relname !~ '^_sqlx'
           and not exists (select from pg_constraint where conindid = i.oid)
         union all
         select tgname::text from pg_trigger t join pg_class c on c.oid = t.tgrelid
         where c.relnamespace = 'public'::regnamespace and not tgisinternal",
    )
    .fetch_all(&mut world.as_owner().await)
    .await
    .unwrap();
    let missing: Vec<_> = there.iter().filter(|name| !named.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "not in docs/SCHEMA.md: {missing:#?}");
    let known: BTreeSet<&str> = there.iter().map(String::as_str).collect();
    // `table.column`, but not a setting such as `brigade.tenant_id`.
    let is_column = |name: &str| {
        let shape = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        name.split_once('.').is_some_and(|(table, column)| shape(table) && shape(column) && table != "brigade")
    };
    let gone: Vec<_> = named.iter().filter(|name| is_column(name) && !known.contains(**name)).collect();
    assert!(gone.is_empty(), "in docs/SCHEMA.md, but not there: {gone:#?}");
}
