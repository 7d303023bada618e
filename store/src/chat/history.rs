//! Older messages, as they now are, from the log alone: a page of messages and whatever was done to them later, folded
//! by the rules' own `apply`. There is no second copy that could differ from the log.

use brigade_domain::chat::ports::{Messages, PAGE, Page, Version, fold, team_changes, versions};
use brigade_domain::chat::team_change::KEPT;
use brigade_domain::entity::{Audience, EntityKey, Seq};
use brigade_domain::id::{ConversationId, TenantId};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::Fault;
use sqlx::PgConnection;

use crate::Db;
use crate::error::Error;
use crate::journal::log::{Line, lines};
use crate::journal::{to_bigint, to_seq};
use crate::time::DbTime;

/// The history of conversations in PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct PgMessages(Db);

impl PgMessages {
    /// Reads through `db`.
    pub const fn new(db: Db) -> Self {
        Self(db)
    }
}

impl Messages for PgMessages {
    fn messages(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        before: Option<Seq>,
        limit: u16,
        audience: Audience,
    ) -> BoxFuture<'static, Result<Page, Fault>> {
        let (db, key) = (self.0.clone(), EntityKey::new(tenant, conversation));
        let limit = limit.clamp(1, PAGE);
        Box::pin(async move {
            db.read("read older messages", tenant, move |tx| Box::pin(page(tx, key, before, limit, audience))).await
        })
    }

    fn edits(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        seq: Seq,
        audience: Audience,
    ) -> BoxFuture<'static, Result<Vec<Version>, Fault>> {
        let (db, key) = (self.0.clone(), EntityKey::new(tenant, conversation));
        Box::pin(async move {
            db.read("read what a message said", tenant, move |tx| Box::pin(history(tx, key, seq, audience))).await
        })
    }
}

/// Which lines are messages that `audience` may see.
const fn kinds(audience: Audience) -> &'static [&'static str] {
    match audience {
        Audience::Staff => &["message_sent", "note_added"],
        Audience::Customer => &["message_sent"],
    }
}

async fn page(
    tx: &mut PgConnection,
    key: EntityKey,
    before: Option<Seq>,
    limit: u16,
    audience: Audience,
) -> Result<Page, Error> {
    // One more than asked for says whether there are older ones.
    let mut rows = sqlx::query_as!(
        Line,
        "select seq, at, request_id, request_digest, kind, party, body from event_log
         where tenant_id = $1 and entity_id = $2 and seq < $3 and kind = any ($4)
           and exists (select from entities where tenant_id = $1 and id = $2 and kind = 'conversation')
         order by seq desc limit $5",
        key.tenant.uuid(),
        key.entity.id,
        before.map_or(i64::MAX, to_bigint),
        kinds(audience) as _,
        i64::from(limit) + 1,
    )
    .fetch_all(&mut *tx)
    .await?;
    let more = rows.len() > usize::from(limit);
    rows.truncate(usize::from(limit));
    rows.reverse();
    let changes = match audience {
        Audience::Staff => {
            // The page before has what is below its oldest message.
            let above = rows.first().filter(|_| more).map_or(0, |oldest| oldest.seq);
            team_changes(&lines(given(&mut *tx, key, above, before).await?)?)?
        }
        Audience::Customer => Vec::new(),
    };
    let seqs: Vec<i64> = rows.iter().map(|row| row.seq).collect();
    rows.append(&mut amendments(tx, key, &seqs).await?);
    Ok(Page { messages: fold(&key, &lines(rows)?)?, team_changes: changes, more })
}

/// The newest lines between these that gave it to a team or to none, oldest first.
async fn given(tx: &mut PgConnection, key: EntityKey, above: i64, before: Option<Seq>) -> Result<Vec<Line>, Error> {
    let mut rows = sqlx::query_as!(
        Line,
        "select seq, at, request_id, request_digest, kind, party, body from event_log
         where tenant_id = $1 and entity_id = $2 and seq > $3 and seq < $4 and kind = 'team_assigned'
           and exists (select from entities where tenant_id = $1 and id = $2 and kind = 'conversation')
         order by seq desc limit $5",
        key.tenant.uuid(),
        key.entity.id,
        above,
        before.map_or(i64::MAX, to_bigint),
        i64::try_from(KEPT).unwrap_or(i64::MAX),
    )
    .fetch_all(tx)
    .await?;
    rows.reverse();
    Ok(rows)
}

/// What was done to these messages later and still counts: of a person's ups and downs with one emoji, the last.
async fn amendments(tx: &mut PgConnection, key: EntityKey, seqs: &[i64]) -> Result<Vec<Line>, Error> {
    let rows = sqlx::query_as!(
        Line,
        r#"select seq as "seq!", at as "at!", request_id, request_digest, kind as "kind!", party as "party!",
                  body as "body!"
           from (
               select seq, at, request_id, request_digest, kind, party, body from event_log
               where tenant_id = $1 and entity_id = $2 and amends = any ($3) and kind <> 'reaction_changed'
               union all
               (select distinct on (amends, party, (body::jsonb) ->> 'emoji')
                       seq, at, request_id, request_digest, kind, party, body
                from event_log
                where tenant_id = $1 and entity_id = $2 and amends = any ($3) and kind = 'reaction_changed'
                order by amends, party, (body::jsonb) ->> 'emoji', seq desc)
           ) later
           order by seq"#,
        key.tenant.uuid(),
        key.entity.id,
        seqs,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

async fn history(tx: &mut PgConnection, key: EntityKey, seq: Seq, audience: Audience) -> Result<Vec<Version>, Error> {
    let rows = sqlx::query_as!(
        Line,
        r#"select seq as "seq!", at as "at!: DbTime", request_id, request_digest, kind as "kind!", party as "party!",
                  body as "body!"
           from (
               select seq, at, request_id, request_digest, kind, party, body from event_log
               where tenant_id = $1 and entity_id = $2 and seq = $3 and kind = any ($4)
                 and exists (select from entities where tenant_id = $1 and id = $2 and kind = 'conversation')
               union all
               select seq, at, request_id, request_digest, kind, party, body from event_log
               where tenant_id = $1 and entity_id = $2 and amends = $3 and kind <> 'reaction_changed'
           ) said
           order by seq"#,
        key.tenant.uuid(),
        key.entity.id,
        to_bigint(seq),
        kinds(audience) as _,
    )
    .fetch_all(tx)
    .await?;
    // The message itself comes first; without it there is nothing this audience may see.
    if rows.first().is_none_or(|first| to_seq(first.seq) != seq) {
        return Ok(Vec::new());
    }
    Ok(versions(&lines(rows)?)?)
}
