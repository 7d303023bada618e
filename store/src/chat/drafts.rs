//! What people have begun to write.

use brigade_domain::Timestamp;
use brigade_domain::chat::draft::{
    Begun, Desk, Draft, DraftText, Drafts, KEPT_DAYS, KeptDraft, MOST, Sight, WORDS, overtaken,
};
use brigade_domain::id::{AccountId, ConversationId, TenantId, UserId};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Fault, Refusal, Rejection};
use sqlx::PgConnection;
use uuid::Uuid;

use super::read_name;
use crate::Db;
use crate::error::Error;
use crate::journal::{to_bigint, to_seq};
use crate::time::{DbTime, from_db, to_db};

/// Drafts in PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct PgDrafts(Db);

impl PgDrafts {
    /// Works through `db`.
    pub const fn new(db: Db) -> Self {
        Self(db)
    }
}

impl Drafts for PgDrafts {
    fn find(&self, tenant: TenantId, desk: Desk) -> BoxFuture<'static, Result<Option<KeptDraft>, Fault>> {
        let db = self.0.clone();
        Box::pin(async move { db.read("read a draft", tenant, move |tx| Box::pin(find(tx, tenant, desk))).await })
    }

    fn keep(
        &self,
        tenant: TenantId,
        desk: Desk,
        rev: u64,
        draft: Draft,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<KeptDraft, Rejection>> {
        let db = self.0.clone();
        Box::pin(async move {
            db.write("keep a draft", tenant, move |tx| Box::pin(keep(tx, tenant, desk, rev, draft, at))).await
        })
    }

    fn remove(&self, tenant: TenantId, desk: Desk, rev: u64) -> BoxFuture<'static, Result<(), Rejection>> {
        let db = self.0.clone();
        Box::pin(
            async move { db.write("remove a draft", tenant, move |tx| Box::pin(remove(tx, tenant, desk, rev))).await },
        )
    }

    fn list(&self, tenant: TenantId, user: UserId, sight: Sight) -> BoxFuture<'static, Result<Vec<Begun>, Fault>> {
        let db = self.0.clone();
        Box::pin(async move { db.read("list drafts", tenant, move |tx| Box::pin(list(tx, tenant, user, sight))).await })
    }
}

async fn find(tx: &mut PgConnection, tenant: TenantId, desk: Desk) -> Result<Option<KeptDraft>, Error> {
    let row = sqlx::query!(
        "select rev, kind, text, since_seq, updated_at from drafts
         where tenant_id = $1 and conversation_id = $2 and user_id = $3",
        tenant.uuid(),
        desk.conversation.uuid(),
        desk.user.uuid(),
    )
    .fetch_optional(tx)
    .await?;
    row.map(|row| kept(row.rev, row.kind, &row.text, row.since_seq, row.updated_at)).transpose()
}

async fn keep(
    tx: &mut PgConnection,
    tenant: TenantId,
    desk: Desk,
    rev: u64,
    draft: Draft,
    at: Timestamp,
) -> Result<KeptDraft, Error> {
    let written = if rev == 0 {
        insert(tx, tenant, desk, &draft, at).await?
    } else {
        update(tx, tenant, desk, rev, &draft, at).await?
    };
    if let Some(rev) = written {
        // As it will be read: PostgreSQL keeps microseconds.
        return Ok(KeptDraft { rev, draft, at: from_db(to_db(at))? });
    }
    // Another version is there: perhaps this very one, whose answer was lost.
    match find(tx, tenant, desk).await? {
        Some(kept) if kept.draft == draft => Ok(kept),
        kept => Err(overtaken(kept.as_ref()).into()),
    }
}

/// The new draft's version, or `None` when there is one already.
async fn insert(
    tx: &mut PgConnection,
    tenant: TenantId,
    desk: Desk,
    draft: &Draft,
    at: Timestamp,
) -> Result<Option<u64>, Error> {
    let rev = sqlx::query_scalar!(
        "insert into drafts (tenant_id, conversation_id, user_id, rev, kind, text, since_seq, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning rev",
        tenant.uuid(),
        desk.conversation.uuid(),
        desk.user.uuid(),
        at.as_millisecond(),
        draft.kind.as_str(),
        draft.text.as_str(),
        to_bigint(draft.since),
        to_db(at),
    )
    .fetch_optional(tx)
    .await?;
    Ok(rev.map(to_seq))
}

/// The next version, or `None` when `rev` is not the one that is there.
async fn update(
    tx: &mut PgConnection,
    tenant: TenantId,
    desk: Desk,
    rev: u64,
    draft: &Draft,
    at: Timestamp,
) -> Result<Option<u64>, Error> {
    let rev = sqlx::query_scalar!(
        "update drafts set rev = greatest(rev + 1, $5), kind = $6, text = $7, since_seq = $8, updated_at = $9
         where tenant_id = $1 and conversation_id = $2 and user_id = $3 and rev = $4 returning rev",
        tenant.uuid(),
        desk.conversation.uuid(),
        desk.user.uuid(),
        to_bigint(rev),
        at.as_millisecond(),
        draft.kind.as_str(),
        draft.text.as_str(),
        to_bigint(draft.since),
        to_db(at),
    )
    .fetch_optional(tx)
    .await?;
    Ok(rev.map(to_seq))
}

async fn remove(tx: &mut PgConnection, tenant: TenantId, desk: Desk, rev: u64) -> Result<(), Error> {
    let removed = sqlx::query!(
        "delete from drafts where tenant_id = $1 and conversation_id = $2 and user_id = $3 and rev = $4",
        tenant.uuid(),
        desk.conversation.uuid(),
        desk.user.uuid(),
        to_bigint(rev),
    )
    .execute(&mut *tx)
    .await?;
    if removed.rows_affected() == 1 {
        return Ok(());
    }
    match find(tx, tenant, desk).await? {
        None => Ok(()),
        kept => Err(overtaken(kept.as_ref()).into()),
    }
}

async fn list(tx: &mut PgConnection, tenant: TenantId, user: UserId, sight: Sight) -> Result<Vec<Begun>, Error> {
    let (all, accounts) = match sight {
        Sight::Tenant => (true, Vec::new()),
        Sight::Accounts(accounts) => (false, accounts.into_iter().map(AccountId::uuid).collect::<Vec<Uuid>>()),
    };
    let rows = sqlx::query!(
        r#"select d.conversation_id, d.kind, left(d.text, $5) as "words!", d.updated_at
           from drafts d join conversations c on c.tenant_id = d.tenant_id and c.id = d.conversation_id
           where d.tenant_id = $1 and d.user_id = $2 and ($3 or c.account_id = any ($4))
           order by d.updated_at desc, d.conversation_id limit $6"#,
        tenant.uuid(),
        user.uuid(),
        all,
        &accounts,
        i32::from(WORDS),
        i64::from(MOST),
    )
    .fetch_all(tx)
    .await?;
    let begun = |id: Uuid, kind: String, words: String, at: DbTime| -> Result<Begun, Error> {
        let kind = read_name(kind, "read a draft's kind")?;
        Ok(Begun { conversation: ConversationId::from_uuid(id), kind, words, at: from_db(at)? })
    };
    rows.into_iter().map(|row| begun(row.conversation_id, row.kind, row.words, row.updated_at)).collect()
}

/// Takes away what nobody has touched for [`KEPT_DAYS`] as of `at`. Returns how many there were.
pub(crate) async fn expire(tx: &mut PgConnection, tenant: TenantId, at: Timestamp) -> Result<u64, Error> {
    let gone = sqlx::query!(
        "delete from drafts where tenant_id = $1 and updated_at < $2::timestamptz - make_interval(days => $3)",
        tenant.uuid(),
        to_db(at),
        KEPT_DAYS,
    )
    .execute(tx)
    .await?;
    Ok(gone.rows_affected())
}

fn kept(rev: i64, kind: String, text: &str, since: i64, at: DbTime) -> Result<KeptDraft, Error> {
    let broken = |refusal: Refusal| Fault::internal("read a draft", refusal);
    let draft = Draft {
        kind: read_name(kind, "read a draft's kind")?,
        text: DraftText::parse(text).map_err(broken)?,
        since: to_seq(since),
    };
    Ok(KeptDraft { rev: to_seq(rev), draft, at: from_db(at)? })
}
