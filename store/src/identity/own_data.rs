//! What is known of somebody, page by page, for their own copy of it.
//!
//! Lines of the audit log that somebody else wrote say what was done and not by whom or from where: that is theirs.

use brigade_domain::id::{AttachmentId, ConversationId, DeviceId, ExportId, SessionId, TenantId, UserId, ViewId};
use brigade_domain::identity::own_data::{Business, OwnFile, Page, Section};
use brigade_domain::identity::ports::OwnData;
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::Fault;
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Identity, scope};
use crate::audit::PLATFORM;
use crate::db::set_tenant;
use crate::error::Error;
use crate::time::{DbTime, from_db};

/// Conversations that are looked through for one page, lines of the audit log, files.
const CONVERSATIONS: i64 = 200;
const LINES: i64 = 5_000;
const FILES: i64 = 200;

impl OwnData for Identity {
    fn businesses(&self, user: UserId) -> BoxFuture<'static, Result<Vec<Business>, Fault>> {
        let db = self.db().clone();
        Box::pin(
            async move { db.global_read("read somebody's places", move |tx| Box::pin(businesses(tx, user))).await },
        )
    }

    fn names(
        &self,
        tenant: TenantId,
        conversation: ConversationId,
    ) -> BoxFuture<'static, Result<Vec<(String, String)>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.read("read who spoke in a conversation", tenant, move |tx| Box::pin(names(tx, tenant, conversation)))
                .await
        })
    }

    fn section(
        &self,
        user: UserId,
        section: Section,
        after: Option<String>,
    ) -> BoxFuture<'static, Result<Page, Fault>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.global_read("read somebody's data", move |tx| {
                Box::pin(async move {
                    scope::be(tx, user).await?;
                    match section {
                        Section::Profile => profile(tx, user).await,
                        Section::Memberships => memberships(tx, user).await,
                        Section::Sessions => sessions(tx, user).await,
                        Section::SignIns => sign_ins(tx, user).await,
                        Section::Telling => telling(tx, user).await,
                        Section::Notices(tenant) => notices(tx, tenant, user).await,
                        Section::Devices(tenant) => devices(tx, tenant, user).await,
                        Section::Drafts(tenant) => drafts(tx, tenant, user).await,
                        Section::Views(tenant) => views(tx, tenant, user).await,
                        Section::Written(tenant) => written(tx, tenant, user, after).await,
                        Section::Feedback(tenant) => feedback(tx, tenant, user).await,
                        Section::Audit(tenant) => audit(tx, tenant.unwrap_or(PLATFORM), user, after).await,
                    }
                })
            })
            .await
        })
    }

    fn files(
        &self,
        user: UserId,
        tenant: TenantId,
        after: Option<AttachmentId>,
    ) -> BoxFuture<'static, Result<Vec<OwnFile>, Fault>> {
        let db = self.db().clone();
        Box::pin(async move {
            db.read("list somebody's files", tenant, move |tx| Box::pin(files(tx, user, tenant, after))).await
        })
    }
}

fn whole(items: Vec<Value>) -> Page {
    Page { items, next: None }
}

fn time(at: DbTime) -> Result<Value, Error> {
    Ok(json!(from_db(at)?))
}

fn maybe(at: Option<DbTime>) -> Result<Value, Error> {
    at.map_or(Ok(Value::Null), time)
}

async fn businesses(tx: &mut PgConnection, user: UserId) -> Result<Vec<Business>, Error> {
    scope::be(tx, user).await?;
    let rows = sqlx::query!(
        r#"select tenant.id, tenant.name, bool_or(member.role <> 'client') as "staff!"
           from memberships member join tenants tenant on tenant.id = member.tenant_id
           where member.user_id = $1 group by tenant.id, tenant.name order by tenant.id"#,
        user.uuid()
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let id = TenantId::from_uuid(row.id);
        set_tenant(tx, id).await?;
        let conversations = sqlx::query_scalar!(
            "select talk.id from account_members member
             join conversations talk on talk.tenant_id = member.tenant_id and talk.account_id = member.account_id
             where member.tenant_id = $1 and member.user_id = $2 order by talk.id",
            row.id,
            user.uuid()
        )
        .fetch_all(&mut *tx)
        .await?;
        let conversations = conversations.into_iter().map(ConversationId::from_uuid).collect();
        found.push(Business { id, name: row.name, staff: row.staff, conversations });
    }
    Ok(found)
}

async fn names(
    tx: &mut PgConnection,
    tenant: TenantId,
    conversation: ConversationId,
) -> Result<Vec<(String, String)>, Error> {
    let rows = sqlx::query_scalar!(
        "select body from event_log where tenant_id = $1 and entity_id = $2 and kind = 'joined' order by seq",
        tenant.uuid(),
        conversation.uuid()
    )
    .fetch_all(tx)
    .await?;
    let mut names = Vec::new();
    for body in rows {
        let body = parse(&body)?;
        // Who only wrote notes is not known to customers.
        if body["internal"] != true
            && let (Some(party), Some(name)) = (body["party"].as_str(), body["name"].as_str())
        {
            names.push((party.to_owned(), name.to_owned()));
        }
    }
    Ok(names)
}

fn parse(json: &str) -> Result<Value, Fault> {
    serde_json::from_str(json).map_err(|error| Fault::internal("read what is kept", error))
}

async fn profile(tx: &mut PgConnection, user: UserId) -> Result<Page, Error> {
    let row = sqlx::query!(
        "select name, email, email_verified_at, password_changed_at, created_at, disabled_at, super_admin,
                (select confirmed_at from second_factors where user_id = users.id) as second_factor_since
         from users where id = $1",
        user.uuid()
    )
    .fetch_one(&mut *tx)
    .await?;
    let exports = sqlx::query!("select id, requested_at from data_exports where user_id = $1 order by id", user.uuid())
        .fetch_all(tx)
        .await?;
    let exports = exports
        .into_iter()
        .map(|row| Ok(json!({ "id": ExportId::from_uuid(row.id), "requested_at": time(row.requested_at)? })));
    Ok(whole(vec![json!({
        "id": user,
        "name": row.name,
        "email": row.email,
        "email_verified_at": maybe(row.email_verified_at)?,
        "password_changed_at": maybe(row.password_changed_at)?,
        "second_factor_since": maybe(row.second_factor_since)?,
        "known_since": time(row.created_at)?,
        "disabled_at": maybe(row.disabled_at)?,
        "operates_the_platform": row.super_admin,
        "copies_asked_for": exports.collect::<Result<Vec<_>, Error>>()?,
    })]))
}

async fn memberships(tx: &mut PgConnection, user: UserId) -> Result<Page, Error> {
    let rows = sqlx::query!(
        "select tenant.id, tenant.name, member.role, member.created_at
         from memberships member join tenants tenant on tenant.id = member.tenant_id
         where member.user_id = $1 order by member.created_at, tenant.id, member.role",
        user.uuid()
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let tenant = TenantId::from_uuid(row.id);
        set_tenant(tx, tenant).await?;
        let accounts = sqlx::query_scalar!(
            "select account.name from account_members member
             join accounts account on account.tenant_id = member.tenant_id and account.id = member.account_id
             where member.tenant_id = $1 and member.user_id = $2 order by account.id",
            row.id,
            user.uuid()
        )
        .fetch_all(&mut *tx)
        .await?;
        let accounts = if row.role == "client" { accounts } else { Vec::new() };
        items.push(json!({
            "business": { "id": tenant, "name": row.name }, "role": row.role, "since": time(row.created_at)?,
            "accounts": accounts,
        }));
    }
    Ok(whole(items))
}

async fn sessions(tx: &mut PgConnection, user: UserId) -> Result<Page, Error> {
    let rows = sqlx::query!(
        "select id, kind, device, created_at, last_seen_at, expires_at, ended_at from sessions
         where user_id = $1 order by created_at desc, id",
        user.uuid()
    )
    .fetch_all(tx)
    .await?;
    let items = rows.into_iter().map(|row| {
        Ok(json!({
            "id": SessionId::from_uuid(row.id), "kind": row.kind, "device": row.device,
            "created_at": time(row.created_at)?, "last_seen_at": time(row.last_seen_at)?,
            "expires_at": time(row.expires_at)?, "ended_at": maybe(row.ended_at)?,
        }))
    });
    Ok(whole(items.collect::<Result<_, Error>>()?))
}

async fn sign_ins(tx: &mut PgConnection, user: UserId) -> Result<Page, Error> {
    let rows = sqlx::query!(
        "select at, what, device, network, new_device from sign_in_history where user_id = $1 order by id desc",
        user.uuid()
    )
    .fetch_all(tx)
    .await?;
    let items = rows.into_iter().map(|row| {
        Ok(json!({
            "at": time(row.at)?, "what": row.what, "device": row.device, "network": row.network,
            "new_device": row.new_device,
        }))
    });
    Ok(whole(items.collect::<Result<_, Error>>()?))
}

async fn telling(tx: &mut PgConnection, user: UserId) -> Result<Page, Error> {
    let rows = sqlx::query!(
        "select muted, unmailed, unpushed, mail, mail_hour, zone, quiet_from, quiet_to, changed_at from notice_settings
         where user_id = $1",
        user.uuid()
    )
    .fetch_all(tx)
    .await?;
    let items = rows.into_iter().map(|row| {
        Ok(json!({
            "muted": row.muted, "not_by_mail": row.unmailed, "not_on_devices": row.unpushed, "mail": row.mail,
            "mail_hour": row.mail_hour, "zone": row.zone, "quiet_from": row.quiet_from, "quiet_to": row.quiet_to, "changed_at": time(row.changed_at)?,
        }))
    });
    Ok(whole(items.collect::<Result<_, Error>>()?))
}

async fn notices(tx: &mut PgConnection, tenant: TenantId, user: UserId) -> Result<Page, Error> {
    set_tenant(tx, tenant).await?;
    let rows = sqlx::query!(
        "select kind, subject, times, happened_at, read_at from notices
         where tenant_id = $1 and user_id = $2 order by happened_at desc, id",
        tenant.uuid(),
        user.uuid()
    )
    .fetch_all(tx)
    .await?;
    let items = rows.into_iter().map(|row| {
        Ok(json!({
            "kind": row.kind, "subject": row.subject, "times": row.times, "happened_at": time(row.happened_at)?,
            "read_at": maybe(row.read_at)?,
        }))
    });
    Ok(whole(items.collect::<Result<_, Error>>()?))
}

/// Where they are reached is their push service's to know, and no more theirs than a token is.
async fn devices(tx: &mut PgConnection, tenant: TenantId, user: UserId) -> Result<Page, Error> {
    set_tenant(tx, tenant).await?;
    let rows = sqlx::query!(
        "select id, session_id, name, created_at, reached_at, failed_at from push_devices
         where tenant_id = $1 and user_id = $2 order by created_at desc, id",
        tenant.uuid(),
        user.uuid()
    )
    .fetch_all(tx)
    .await?;
    let items = rows.into_iter().map(|row| {
        Ok(json!({
            "id": DeviceId::from_uuid(row.id), "session": SessionId::from_uuid(row.session_id), "device": row.name,
            "since": time(row.created_at)?, "reached_at": maybe(row.reached_at)?, "failed_at": maybe(row.failed_at)?,
        }))
    });
    Ok(whole(items.collect::<Result<_, Error>>()?))
}

async fn drafts(tx: &mut PgConnection, tenant: TenantId, user: UserId) -> Result<Page, Error> {
    set_tenant(tx, tenant).await?;
    let rows = sqlx::query!(
        "select conversation_id, kind, text, updated_at from drafts
         where tenant_id = $1 and user_id = $2 order by updated_at desc, conversation_id",
        tenant.uuid(),
        user.uuid()
    )
    .fetch_all(tx)
    .await?;
    let items = rows.into_iter().map(|row| {
        Ok(json!({
            "conversation": ConversationId::from_uuid(row.conversation_id), "kind": row.kind, "text": row.text,
            "updated_at": time(row.updated_at)?,
        }))
    });
    Ok(whole(items.collect::<Result<_, Error>>()?))
}

async fn views(tx: &mut PgConnection, tenant: TenantId, user: UserId) -> Result<Page, Error> {
    set_tenant(tx, tenant).await?;
    let rows = sqlx::query!(
        "select id, name, criteria, sorting, changed_at from inbox_views
         where tenant_id = $1 and owner = $2 order by name, id",
        tenant.uuid(),
        user.uuid()
    )
    .fetch_all(tx)
    .await?;
    let items = rows.into_iter().map(|row| {
        Ok(json!({
            "id": ViewId::from_uuid(row.id), "name": row.name, "criteria": row.criteria, "sorting": row.sorting,
            "changed_at": time(row.changed_at)?,
        }))
    });
    Ok(whole(items.collect::<Result<_, Error>>()?))
}

async fn feedback(tx: &mut PgConnection, tenant: TenantId, user: UserId) -> Result<Page, Error> {
    set_tenant(tx, tenant).await?;
    let rows = sqlx::query!(
        "select said.entity_id, said.seq, said.at, said.body from account_members member
         join conversations talk on talk.tenant_id = member.tenant_id and talk.account_id = member.account_id
         join event_log said on said.tenant_id = talk.tenant_id and said.entity_id = talk.id
         where member.tenant_id = $1 and member.user_id = $2 and said.kind = 'feedback_given' and said.party = $3
         order by said.entity_id, said.seq",
        tenant.uuid(),
        user.uuid(),
        user.to_string()
    )
    .fetch_all(tx)
    .await?;
    let items = rows.into_iter().map(|row| {
        let body = parse(&row.body)?;
        let given = &body["given"];
        Ok(json!({
            "conversation": ConversationId::from_uuid(row.entity_id), "asked": body["asked"], "seq": row.seq,
            "at": time(row.at)?, "score": given["score"], "comment": given["comment"],
        }))
    });
    Ok(whole(items.collect::<Result<_, Error>>()?))
}

/// What somebody wrote as staff, as it now is. Conversation by conversation: the log has no index by author, so that
/// sending needs none.
async fn written(tx: &mut PgConnection, tenant: TenantId, user: UserId, after: Option<String>) -> Result<Page, Error> {
    set_tenant(tx, tenant).await?;
    let after = after.and_then(|after| after.parse::<ConversationId>().ok()).map_or(Uuid::nil(), ConversationId::uuid);
    let conversations = sqlx::query_scalar!(
        "select id from entities where tenant_id = $1 and kind = 'conversation' and id > $2 order by id limit $3",
        tenant.uuid(),
        after,
        CONVERSATIONS
    )
    .fetch_all(&mut *tx)
    .await?;
    let rows = sqlx::query!(
        r#"select said.entity_id, said.seq, said.at, said.kind = 'note_added' as "note!", said.body,
                  said.kind = 'message_scheduled' as "scheduled!",
                  (select later.body from event_log later
                   where later.entity_id = said.entity_id and later.tenant_id = said.tenant_id
                     and (later.amends = said.seq and later.kind = 'message_edited'
                          or said.kind = 'message_scheduled' and later.kind = 'message_rescheduled'
                             and (later.body::jsonb ->> 'item')::bigint = said.seq)
                   order by later.seq desc limit 1) as edited
           from event_log said
           where said.tenant_id = $1 and said.entity_id = any ($2) and said.party = $3
             and said.kind in ('message_sent', 'note_added', 'message_scheduled')
             and not exists (select from event_log later
                             where later.entity_id = said.entity_id and later.tenant_id = said.tenant_id
                               and (later.amends = said.seq and later.kind = 'message_deleted'
                                    or said.kind = 'message_scheduled'
                                       and later.kind in ('message_unscheduled', 'scheduled_sent')
                                       and (later.body::jsonb ->> 'item')::bigint = said.seq))
           order by said.entity_id, said.seq"#,
        tenant.uuid(),
        &conversations,
        user.to_string()
    )
    .fetch_all(tx)
    .await?;
    let items = rows.into_iter().map(|row| {
        let (said, edited) = (parse(&row.body)?, row.edited.as_deref().map(parse).transpose()?);
        Ok(json!({
            "conversation": ConversationId::from_uuid(row.entity_id), "seq": row.seq, "at": time(row.at)?,
            "kind": if row.note { "note" } else if row.scheduled { "scheduled" } else { "message" }, "text": edited.as_ref().unwrap_or(&said)["text"],
            "edited": edited.is_some(), "attachments": said["attachments"].as_array().cloned().unwrap_or_default(),
        }))
    });
    let items = items.collect::<Result<_, Error>>()?;
    let full = i64::try_from(conversations.len()).is_ok_and(|read| read == CONVERSATIONS);
    let next = conversations.last().filter(|_| full).map(|last| ConversationId::from_uuid(*last).to_string());
    Ok(Page { items, next })
}

async fn audit(tx: &mut PgConnection, chain: TenantId, user: UserId, after: Option<String>) -> Result<Page, Error> {
    set_tenant(tx, chain).await?;
    let after = after.and_then(|after| after.parse::<i64>().ok()).unwrap_or_default();
    let me = user.to_string();
    let rows = sqlx::query!(
        "select seq, at, event_type, actor, ip, result, metadata from audit_log
         where tenant_id = $1 and seq > $2 and seq <= $3 and (actor = $4 or strpos(metadata, $4) > 0) order by seq",
        chain.uuid(),
        after,
        after.saturating_add(LINES),
        me
    )
    .fetch_all(&mut *tx)
    .await?;
    let items = rows.into_iter().map(|row| {
        let mine = row.actor == me;
        let by = match row.actor.as_str() {
            _ if mine => "you",
            "anonymous" => "somebody who was not signed in",
            "system" => "Brigade",
            _ => "somebody else",
        };
        let whole_chain = chain != PLATFORM;
        Ok(json!({
            "business": whole_chain.then_some(chain), "line": row.seq, "at": time(row.at)?, "event": row.event_type,
            "by": by, "address": row.ip.filter(|_| mine), "result": row.result,
            "details": if mine { parse(&row.metadata)? } else { Value::Null },
        }))
    });
    let items = items.collect::<Result<_, Error>>()?;
    let more = sqlx::query_scalar!(
        r#"select exists (select from audit_log where tenant_id = $1 and seq > $2) as "more!""#,
        chain.uuid(),
        after.saturating_add(LINES)
    )
    .fetch_one(tx)
    .await?;
    Ok(Page { items, next: more.then(|| after.saturating_add(LINES).to_string()) })
}

async fn files(
    tx: &mut PgConnection,
    user: UserId,
    tenant: TenantId,
    after: Option<AttachmentId>,
) -> Result<Vec<OwnFile>, Error> {
    let rows = sqlx::query!(
        "select id, conversation_id, name, size, created_at from attachments
         where tenant_id = $1 and party = $2 and id > $3 and media_type is not null and not removed
         order by id limit $4",
        tenant.uuid(),
        user.to_string(),
        after.map_or(Uuid::nil(), AttachmentId::uuid),
        FILES
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(OwnFile {
                id: AttachmentId::from_uuid(row.id),
                conversation: ConversationId::from_uuid(row.conversation_id),
                name: row.name,
                size: row.size.unsigned_abs(),
                at: from_db(row.created_at)?,
            })
        })
        .collect()
}
