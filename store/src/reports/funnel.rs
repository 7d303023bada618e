//! From an enquiry to a client, as the logs say it (`brigade_domain::reports::funnel`).

use brigade_domain::id::TenantId;
use brigade_domain::reports::funnel::{Reached, Way};
use brigade_domain::reports::ports::Moments;
use sqlx::PgConnection;

use crate::error::Error;
use crate::journal::natural;
use crate::time::to_db;

/// What has begun is found among the matters, by when the first one did; what became of it is in the logs of their
/// conversation and of the account it belongs to. Of handing over and taking back the last one counts.
pub(super) async fn funnel(tx: &mut PgConnection, tenant: TenantId, period: Moments) -> Result<Vec<Reached>, Error> {
    // Compiling such a query takes longer than running it.
    sqlx::query!("set local jit = off").execute(&mut *tx).await?;
    let found = sqlx::query!(
        // Lines of logs are looked up one by one: for a join the planner may read all of them.
        r#"with came as materialized (
               select id, since, coalesce((told::jsonb) ->> 'form', 'chat') as way
               from (
                   select first.conversation_id as id, first.began_at as since,
                          (select line.body from event_log line
                           where line.entity_id = first.conversation_id and line.seq = 1 and line.tenant_id = $1) as begun,
                          (select line.body from event_log line
                           where line.entity_id = first.conversation_id and line.seq = 2 and line.tenant_id = $1
                             and line.kind = 'answers_given') as told
                   from matters first
                   where first.tenant_id = $1 and first.began_at >= $2 and first.began_at < $3
                     and not exists (
                         select from matters earlier
                         where earlier.conversation_id = first.conversation_id and earlier.seq < first.seq and earlier.tenant_id = $1)
                   offset 0
               ) first
               where (begun::jsonb) ->> 'kind' = 'site'
           ), went as materialized (
               select came.*, heard.answered_at, did.invited_at,
                      case when did.last = 'handed_over' then did.handed_at end as client_at,
                      case when did.last = 'handed_over'
                          then (select talk.account_id from conversations talk where talk.id = came.id and talk.tenant_id = $1)
                      end as account
               from came
               cross join lateral (
                   select min(matters.answered_at) as answered_at from matters
                   where matters.conversation_id = came.id and matters.tenant_id = $1
               ) heard
               cross join lateral (
                   select min(line.at) filter (where line.kind = 'invited') as invited_at,
                          max(line.at) filter (where line.kind = 'handed_over') as handed_at,
                          (array_agg(line.kind order by line.seq desc) filter (where line.kind <> 'invited'))[1] as last
                   from event_log line
                   where line.entity_id = came.id and line.tenant_id = $1
                     and line.kind in ('invited', 'handed_over', 'taken_back')
               ) did
           ), steps as (
               select way, 'opened' as step, null::timestamptz as at, since from went
               union all
               select way, step, at, since
               from went, lateral (values ('answered', answered_at), ('invited', invited_at), ('client', client_at)) as reached (step, at)
               where at is not null
               union all
               select way, step, at, since
               from went, lateral (
                   select (line.body::jsonb) ->> 'to' as step, min(line.at) as at from event_log line
                   where line.entity_id = went.account and line.tenant_id = $1 and line.kind = 'advanced' and line.at >= went.since
                   group by 1
               ) life
           )
           select step as "step!", way, count(*) as "number!",
                  percentile_cont(0.5) within group (order by case when at > since then date_part('epoch', at - since) when at is not null then 0 end) as median
           from steps group by grouping sets ((step), (step, way))"#,
        tenant.uuid(),
        to_db(period.0),
        to_db(period.1),
    )
    .fetch_all(tx)
    .await?;
    let mut all = Reached::nobody();
    for row in found {
        // A life has more states than the way to it has steps.
        let Some(reached) = all.iter_mut().find(|reached| reached.step.as_str() == row.step) else { continue };
        match row.way {
            None => (reached.number, reached.median) = (natural(row.number), row.median),
            Some(way) => {
                let ways = Way::ALL.iter().zip(&mut reached.by_way);
                for (_, number) in ways.filter(|(known, _)| known.as_str() == way) {
                    *number = natural(row.number);
                }
            }
        }
    }
    Ok(all)
}
