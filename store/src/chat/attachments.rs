//! What is known of files beside their bytes.

use brigade_domain::actor::Party;
use brigade_domain::chat::attachment::{
    Attachment, Attachments, EXPIRE, FileName, MediaType, New, Pixels, UNSENT_HOURS, Upload,
};
use brigade_domain::entity::{Audience, Job, Seq};
use brigade_domain::id::{AttachmentId, ConversationId, TenantId};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Fault, Refusal, Rejection};
use jiff::SignedDuration;
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::Db;
use crate::error::{Error, unruled};
use crate::jobs::enqueue;
use crate::journal::{to_bigint, to_seq};
use crate::time::to_db;

/// What is known of files, in PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct PgAttachments(Db);

impl PgAttachments {
    /// Works through `db`.
    pub const fn new(db: Db) -> Self {
        Self(db)
    }

    /// Reads what no rule can refuse.
    fn look<T, F>(&self, what: &'static str, tenant: TenantId, work: F) -> BoxFuture<'static, Result<T, Fault>>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut PgConnection) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
    {
        let db = self.0.clone();
        Box::pin(async move { db.read(what, tenant, work).await })
    }

    /// Changes what no rule can refuse.
    fn change<T, F>(&self, what: &'static str, tenant: TenantId, work: F) -> BoxFuture<'static, Result<T, Fault>>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut PgConnection) -> BoxFuture<'t, Result<T, Error>> + Send + 'static,
    {
        let db = self.0.clone();
        Box::pin(async move { db.write(what, tenant, work).await.map_err(|error| unruled(error, what)) })
    }
}

impl Attachments for PgAttachments {
    fn begin(&self, tenant: TenantId, new: New) -> BoxFuture<'static, Result<(), Rejection>> {
        let db = self.0.clone();
        Box::pin(async move {
            db.write("begin a file", tenant, move |tx| Box::pin(async move { begin(tx, tenant, &new).await })).await
        })
    }

    fn find(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        id: AttachmentId,
    ) -> BoxFuture<'static, Result<Option<Upload>, Fault>> {
        self.look("find a file on its way", tenant, move |tx| Box::pin(find(tx, tenant, conversation, id)))
    }

    fn advance(
        &self,
        tenant: TenantId,
        id: AttachmentId,
        from: u64,
        to: u64,
    ) -> BoxFuture<'static, Result<bool, Fault>> {
        self.change("take in a part of a file", tenant, move |tx| Box::pin(advance(tx, tenant, id, from, to)))
    }

    fn finish(&self, tenant: TenantId, attachment: Attachment) -> BoxFuture<'static, Result<(), Fault>> {
        self.change("finish a file", tenant, move |tx| Box::pin(async move { finish(tx, tenant, &attachment).await }))
    }

    fn sent(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        ids: Vec<AttachmentId>,
        audience: Audience,
    ) -> BoxFuture<'static, Result<Vec<Attachment>, Fault>> {
        self.look("read what goes with messages", tenant, move |tx| {
            Box::pin(sent(tx, tenant, conversation, ids, audience))
        })
    }

    fn kept(&self, tenant: TenantId, id: AttachmentId) -> BoxFuture<'static, Result<Option<Attachment>, Fault>> {
        self.look("read what is known of a file", tenant, move |tx| Box::pin(kept(tx, tenant, id)))
    }

    fn give_up(&self, tenant: TenantId, id: AttachmentId) -> BoxFuture<'static, Result<bool, Fault>> {
        self.change("give a file up", tenant, move |tx| Box::pin(give_up(tx, tenant, id)))
    }

    fn removed(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
        seq: Seq,
    ) -> BoxFuture<'static, Result<Vec<AttachmentId>, Fault>> {
        self.look("read what went with a message", tenant, move |tx| Box::pin(removed(tx, tenant, conversation, seq)))
    }

    fn forget(&self, tenant: TenantId, id: AttachmentId) -> BoxFuture<'static, Result<(), Fault>> {
        self.change("forget a file", tenant, move |tx| Box::pin(forget(tx, tenant, id)))
    }
}

async fn begin(tx: &mut PgConnection, tenant: TenantId, new: &New) -> Result<(), Error> {
    sqlx::query!(
        "insert into attachments (tenant_id, id, public_id, conversation_id, party, name, size, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        tenant.uuid(),
        new.id.uuid(),
        new.id.to_string(),
        new.conversation.uuid(),
        new.by.to_string(),
        new.name.as_str(),
        to_bigint(new.size),
        to_db(new.at),
    )
    .execute(&mut *tx)
    .await?;
    let at = new.at + SignedDuration::from_hours(UNSENT_HOURS);
    let body = json!({ "attachment": new.id });
    let expire = Job { run_at: Some(at), ..Job::new(EXPIRE, body) };
    enqueue(tx, Some(tenant), &[&expire]).await
}

async fn find(
    tx: &mut PgConnection,
    tenant: TenantId,
    conversation: ConversationId,
    id: AttachmentId,
) -> Result<Option<Upload>, Error> {
    let row = sqlx::query!(
        "select party, name, size, received, media_type, width, height from attachments
         where tenant_id = $1 and id = $2 and conversation_id = $3 and not removed",
        tenant.uuid(),
        id.uuid(),
        conversation.uuid(),
    )
    .fetch_optional(tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let by: Party = row.party.parse().map_err(|error| Fault::internal("read who gave a file", error))?;
    let name = FileName::parse(&row.name).map_err(broken)?;
    let size = to_seq(row.size);
    let ready = match row.media_type {
        None => None,
        Some(kind) => Some(attachment(id.uuid(), &row.name, &kind, row.size, row.width, row.height)?),
    };
    Ok(Some(Upload { id, by, name, size, received: to_seq(row.received), ready }))
}

async fn advance(tx: &mut PgConnection, tenant: TenantId, id: AttachmentId, from: u64, to: u64) -> Result<bool, Error> {
    let moved = sqlx::query!(
        "update attachments set received = $4 where tenant_id = $1 and id = $2 and received = $3 and not removed",
        tenant.uuid(),
        id.uuid(),
        to_bigint(from),
        to_bigint(to),
    )
    .execute(tx)
    .await?;
    Ok(moved.rows_affected() == 1)
}

/// What was found first stays: of two that look at the same bytes, both find the same.
async fn finish(tx: &mut PgConnection, tenant: TenantId, attachment: &Attachment) -> Result<(), Error> {
    let pixels =
        |side: fn(&Pixels) -> u32| attachment.pixels.as_ref().map(side).and_then(|side| i32::try_from(side).ok());
    sqlx::query!(
        "update attachments set media_type = $3, width = $4, height = $5
         where tenant_id = $1 and id = $2 and media_type is null and not removed",
        tenant.uuid(),
        attachment.id.uuid(),
        attachment.media_type.as_str(),
        pixels(|pixels| pixels.width),
        pixels(|pixels| pixels.height),
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn sent(
    tx: &mut PgConnection,
    tenant: TenantId,
    conversation: ConversationId,
    ids: Vec<AttachmentId>,
    audience: Audience,
) -> Result<Vec<Attachment>, Error> {
    let ids: Vec<Uuid> = ids.into_iter().map(AttachmentId::uuid).collect();
    let notes = match audience {
        Audience::Staff => true,
        Audience::Customer => false,
    };
    let rows = sqlx::query!(
        r#"select id, name, media_type as "media_type!", size, width, height from attachments
           where tenant_id = $1 and conversation_id = $2 and id = any ($3) and seq is not null and not removed
             and (not note or $4)"#,
        tenant.uuid(),
        conversation.uuid(),
        &ids,
        notes,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| attachment(row.id, &row.name, &row.media_type, row.size, row.width, row.height))
        .collect()
}

async fn kept(tx: &mut PgConnection, tenant: TenantId, id: AttachmentId) -> Result<Option<Attachment>, Error> {
    let row = sqlx::query!(
        r#"select name, media_type as "media_type!", size, width, height from attachments
           where tenant_id = $1 and id = $2 and seq is not null and not removed"#,
        tenant.uuid(),
        id.uuid(),
    )
    .fetch_optional(tx)
    .await?;
    row.map(|row| attachment(id.uuid(), &row.name, &row.media_type, row.size, row.width, row.height)).transpose()
}

async fn give_up(tx: &mut PgConnection, tenant: TenantId, id: AttachmentId) -> Result<bool, Error> {
    let given_up = sqlx::query!(
        "update attachments set removed = true where tenant_id = $1 and id = $2 and seq is null",
        tenant.uuid(),
        id.uuid(),
    )
    .execute(tx)
    .await?;
    Ok(given_up.rows_affected() == 1)
}

async fn removed(
    tx: &mut PgConnection,
    tenant: TenantId,
    conversation: ConversationId,
    seq: Seq,
) -> Result<Vec<AttachmentId>, Error> {
    let ids = sqlx::query_scalar!(
        "select id from attachments where tenant_id = $1 and conversation_id = $2 and seq = $3 and removed",
        tenant.uuid(),
        conversation.uuid(),
        to_bigint(seq),
    )
    .fetch_all(tx)
    .await?;
    Ok(ids.into_iter().map(AttachmentId::from_uuid).collect())
}

async fn forget(tx: &mut PgConnection, tenant: TenantId, id: AttachmentId) -> Result<(), Error> {
    sqlx::query!("delete from attachments where tenant_id = $1 and id = $2 and removed", tenant.uuid(), id.uuid())
        .execute(tx)
        .await?;
    Ok(())
}

fn attachment(
    id: Uuid,
    name: &str,
    media_type: &str,
    size: i64,
    width: Option<i32>,
    height: Option<i32>,
) -> Result<Attachment, Error> {
    let pixels = |side: i32| u32::try_from(side).map_err(|error| Fault::internal("read the size of a picture", error));
    let pixels = match (width, height) {
        (Some(width), Some(height)) => Some(Pixels { width: pixels(width)?, height: pixels(height)? }),
        _ => None,
    };
    Ok(Attachment {
        id: AttachmentId::from_uuid(id),
        name: FileName::parse(name).map_err(broken)?,
        media_type: MediaType::parse(media_type).map_err(broken)?,
        size: to_seq(size),
        pixels,
    })
}

fn broken(refusal: Refusal) -> Fault {
    Fault::internal("read what is known of a file", refusal)
}
