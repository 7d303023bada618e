//! From a credential to an actor: the look-up behind every request and every socket.

use std::sync::Arc;

use brigade_domain::Timestamp;
use brigade_domain::actor::{Actor, ActorKind, Party, Role, Scope};
use brigade_domain::id::{AccountId, ApiKeyId, ConversationId, SessionId, TenantId, UserId, VisitorId};
use brigade_domain::identity::ports::{Authenticated, Authenticator, Credential, SiteKeys, SiteTenant};
use brigade_domain::identity::{KeyKind, TenantKey};
use brigade_domain::journal::BoxFuture;
use brigade_domain::refusal::{Code, Fault, Rejection};
use brigade_domain::support::Looking;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Identity, scope, sha256, support};
use crate::db::set_tenant;
use crate::error::Error;
use crate::time::{DbTime, from_db, to_db};

/// A visitor's token ends after this long without use.
pub(super) const VISITOR_SECONDS: i64 = 30 * 24 * 3_600;
/// `last_seen_at` and `last_used_at` are right to the minute.
const SEEN_SECONDS: i64 = 60;

/// Somebody, and what to note of them having been here.
struct Found {
    who: Authenticated,
    touch: Option<Touch>,
}

/// Which row to note a use in.
enum Touch {
    Session(SessionId),
    Key(TenantId, ApiKeyId),
    Visitor(TenantId, [u8; 32]),
}

impl Authenticator for Identity {
    fn authenticate(&self, credential: Credential) -> BoxFuture<'static, Result<Authenticated, Rejection>> {
        let identity = self.clone();
        Box::pin(async move { identity.resolve(credential, Timestamp::now(), Cached::Good).await })
    }

    fn authenticate_anew(&self, credential: Credential) -> BoxFuture<'static, Result<Authenticated, Rejection>> {
        let identity = self.clone();
        Box::pin(async move { identity.resolve(credential, Timestamp::now(), Cached::TooOld).await })
    }
}

/// Whether an answer from before will do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cached {
    Good,
    TooOld,
}

impl Identity {
    async fn resolve(&self, credential: Credential, at: Timestamp, cached: Cached) -> Result<Authenticated, Rejection> {
        let (kind, text) = match &credential {
            Credential::Cookie(text) => ("cookie:", text),
            Credential::Bearer(text) => ("bearer:", text),
            Credential::VisitorToken(text) => ("visitor:", text),
            Credential::SecretKey(text) => ("key:", text),
        };
        let cache_key = sha256(&format!("{kind}{text}"));
        let asked = self.0.cache.asking();
        if cached == Cached::Good
            && let Some(who) = self.0.cache.credential(&cache_key, asked)
            && who.expires_at > at
        {
            return Ok(who);
        }
        let found = match credential {
            Credential::Cookie(token) => self.session(sha256(&token), "browser", at).await?,
            Credential::Bearer(token) => self.session(sha256(&token), "program", at).await?,
            Credential::VisitorToken(token) => self.visitor(sha256(&token), at).await?,
            Credential::SecretKey(key) => self.secret_key(&key, at).await?,
        };
        let who = self.0.cache.sharing(&cache_key, found.who);
        self.0.cache.keep_credential(cache_key, who.clone(), asked);
        if let Some(touch) = found.touch {
            self.touch(touch, at);
        }
        Ok(who)
    }

    async fn session(&self, hash: [u8; 32], kind: &'static str, at: Timestamp) -> Result<Found, Rejection> {
        let found = self.db().global_read("look up a session", move |tx| Box::pin(session(tx, hash, kind, at))).await?;
        found.ok_or_else(|| Code::AuthRequired.into())
    }

    async fn visitor(&self, hash: [u8; 32], at: Timestamp) -> Result<Found, Rejection> {
        let found =
            self.db().global_read("look up a visitor's token", move |tx| Box::pin(visitor(tx, hash, at))).await?;
        match found {
            None => Err(Code::AuthRequired.into()),
            Some((_, false)) => Err(Code::TenantInactive.into()),
            Some((found, true)) => Ok(found),
        }
    }

    async fn secret_key(&self, key: &str, at: Timestamp) -> Result<Found, Rejection> {
        let key = TenantKey::parse(key)?;
        if key.kind() != KeyKind::Secret {
            return Err(Code::InvalidTenantKey.into());
        }
        let key = self.key(sha256(key.expose())).await?;
        let actor = Actor {
            party: Party::Key(key.id),
            kind: ActorKind::Admin,
            tenant: Some(key.tenant),
            roles: [Role::Admin].into_iter().collect(),
            accounts: smallvec::SmallVec::new(),
            scope: Some(Scope::Tenant),
            name: key.name,
        };
        let who = Authenticated {
            actor: Arc::new(actor),
            session: SessionId::from_uuid(key.id.uuid()),
            expires_at: Timestamp::MAX,
            conversation: None,
            second_factor_missing: false,
            support: None,
        };
        let stale = key.last_used_at.is_none_or(|seen| at.duration_since(seen).as_secs() >= SEEN_SECONDS);
        Ok(Found { who, touch: stale.then_some(Touch::Key(key.tenant, key.id)) })
    }

    /// The key that is kept under this hash, of either kind.
    async fn key(&self, hash: [u8; 32]) -> Result<KeyRow, Rejection> {
        let found = self.db().global_read("look up a key", move |tx| Box::pin(key_row(tx, hash))).await?;
        match found {
            None => Err(Code::InvalidTenantKey.into()),
            Some(key) if !key.active => Err(Code::TenantInactive.into()),
            Some(key) => Ok(key),
        }
    }

    /// Notes a use, beside the request: it may fail without harm.
    fn touch(&self, touch: Touch, at: Timestamp) {
        let db = self.db().clone();
        self.db().spawn(async move {
            let noted = match touch {
                Touch::Session(id) => {
                    db.global_write("note a use", move |tx| Box::pin(touch_session(tx, id, at))).await
                }
                Touch::Key(tenant, id) => {
                    db.write("note a use", tenant, move |tx| Box::pin(touch_key(tx, tenant, id, at))).await
                }
                Touch::Visitor(tenant, hash) => {
                    db.write("note a use", tenant, move |tx| Box::pin(touch_visitor(tx, tenant, hash, at))).await
                }
            };
            if let Err(error) = noted {
                tracing::warn!(error = %error, "The time of a use could not be noted.");
            }
        });
    }
}

impl SiteKeys for Identity {
    fn resolve(&self, key: String) -> BoxFuture<'static, Result<SiteTenant, Rejection>> {
        let identity = self.clone();
        Box::pin(async move {
            let asked = identity.0.cache.asking();
            if let Some(site) = identity.0.cache.key(&key, asked) {
                return Ok(site);
            }
            if TenantKey::parse(&key)?.kind() != KeyKind::Public {
                return Err(Code::InvalidTenantKey.into());
            }
            let row = identity.key(sha256(&key)).await?;
            // What was allowed once stays readable, should the rules for origins become stricter.
            let origins = row.origins.iter().filter_map(|origin| origin.parse().ok()).collect();
            let site = SiteTenant { tenant: row.tenant, key: row.id, name: row.tenant_name, origins };
            identity.0.cache.keep_key(key, site.clone(), asked);
            Ok(site)
        })
    }

    fn knows_origin(&self, origin: String) -> BoxFuture<'static, Result<bool, Fault>> {
        let identity = self.clone();
        Box::pin(async move {
            let asked = identity.0.cache.asking();
            if let Some(known) = identity.0.cache.origin(&origin, asked) {
                return Ok(known);
            }
            let wanted = origin.clone();
            let known = identity
                .db()
                .global_read("look up an origin", move |tx| {
                    Box::pin(async move {
                        let known = sqlx::query_scalar!(
                            r#"select exists (select from tenants where status = 'active' and $1 = any (allowed_origins))
                               as "known!""#,
                            wanted
                        )
                        .fetch_one(tx)
                        .await?;
                        Ok(known)
                    })
                })
                .await?;
            identity.0.cache.keep_origin(origin, known, asked);
            Ok(known)
        })
    }
}

async fn session(
    tx: &mut PgConnection,
    hash: [u8; 32],
    kind: &'static str,
    at: Timestamp,
) -> Result<Option<Found>, Error> {
    let found = sqlx::query!(
        r#"select session.id, session.user_id, session.tenant_id, session.last_seen_at,
                  least(session.expires_at, session.access_expires_at) as "expires_at!", session.support,
                  person.name, person.super_admin,
                  exists (select from second_factors where user_id = person.id and confirmed_at is not null)
                      as "second_factor!"
           from sessions session join users person on person.id = session.user_id
           where session.token_hash = $1 and session.kind = $2 and session.ended_at is null and person.disabled_at is null
             and least(session.expires_at, session.access_expires_at) > $3
             and (session.idle_seconds is null
                  or session.last_seen_at + make_interval(secs => session.idle_seconds) > $3)"#,
        &hash[..],
        kind,
        to_db(at)
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = found else { return Ok(None) };
    let user = UserId::from_uuid(row.user_id);
    let session = SessionId::from_uuid(row.id);
    let stale = at.duration_since(from_db(row.last_seen_at)?).as_secs() >= SEEN_SECONDS;
    let touch = stale.then_some(Touch::Session(session));
    let expires_at = from_db(row.expires_at)?;
    if row.support {
        let may_look = row.super_admin && row.second_factor;
        let looking = support::looking(tx, row.tenant_id.map(TenantId::from_uuid), session, may_look, at).await?;
        let who = support_as(looking, person(user, row.name, false, None), session, expires_at);
        return Ok(Some(Found { who, touch }));
    }
    let place = match row.tenant_id {
        Some(tenant) => place(tx, TenantId::from_uuid(tenant), user).await?,
        None => None,
    };
    let second_factor_missing = !row.second_factor && place.as_ref().is_some_and(InTenant::asks_second_factor);
    let actor = if second_factor_missing {
        // Nobody in particular: what forgets to ask whether anything is missing has nothing to give.
        person(user, row.name, false, None)
    } else {
        person(user, row.name, row.super_admin, place.as_ref())
    };
    let who = Authenticated {
        actor: Arc::new(actor),
        session,
        expires_at,
        conversation: None,
        second_factor_missing,
        support: None,
    };
    Ok(Some(Found { who, touch }))
}

/// Support where it may look, until it may not. After that nobody in particular: what forgets to ask whether it has ended has
/// nothing to give.
fn support_as(looking: Looking, person: Actor, session: SessionId, expires_at: Timestamp) -> Authenticated {
    let (actor, expires_at) = if looking.ended {
        (person, expires_at)
    } else {
        let actor = Actor { kind: ActorKind::Support, tenant: Some(looking.tenant), ..person };
        (actor, expires_at.min(looking.until))
    };
    Authenticated {
        actor: Arc::new(actor),
        session,
        expires_at,
        conversation: None,
        second_factor_missing: false,
        support: Some(looking),
    }
}

/// What a person is in a tenant; `None` when they are nothing there, or it is suspended.
pub(super) struct InTenant {
    tenant: TenantId,
    pub(super) roles: Vec<Role>,
    accounts: Vec<Uuid>,
    second_factor_required: bool,
}

impl InTenant {
    /// Whether this person must use two-step sign-in here: who works for the business, where it asks for it.
    fn asks_second_factor(&self) -> bool {
        self.second_factor_required && self.roles.iter().any(|role| *role != Role::Client)
    }
}

pub(super) async fn place(tx: &mut PgConnection, tenant: TenantId, user: UserId) -> Result<Option<InTenant>, Error> {
    set_tenant(tx, tenant).await?;
    let row = sqlx::query!(
        r#"select status = 'active' as "active!", second_factor_required,
                  array(select role from memberships where tenant_id = $1 and user_id = $2) as "roles!",
                  array(select account_id from account_members where tenant_id = $1 and user_id = $2
                        order by account_id) as "accounts!"
           from tenants where id = $1"#,
        tenant.uuid(),
        user.uuid()
    )
    .fetch_optional(tx)
    .await?;
    let Some(row) = row.filter(|row| row.active && !row.roles.is_empty()) else { return Ok(None) };
    let mut roles = row.roles.iter().map(|role| read_role(role)).collect::<Result<Vec<_>, _>>()?;
    roles.sort_unstable();
    Ok(Some(InTenant { tenant, roles, accounts: row.accounts, second_factor_required: row.second_factor_required }))
}

pub(super) fn read_role(text: &str) -> Result<Role, Error> {
    match text {
        "client" => Ok(Role::Client),
        "account_manager" => Ok(Role::AccountManager),
        "admin" => Ok(Role::Admin),
        _ => Err(Fault::Internal { what: "read a role", source: None }.into()),
    }
}

pub(super) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Client => "client",
        Role::AccountManager => "account_manager",
        Role::Admin => "admin",
    }
}

/// The kind that the strongest role makes (roles sort by strength).
pub(super) fn kind_of(roles: &[Role], super_admin: bool) -> ActorKind {
    match roles.iter().max() {
        Some(Role::Admin) => ActorKind::Admin,
        Some(Role::AccountManager) => ActorKind::AccountManager,
        None if super_admin => ActorKind::SuperAdmin,
        Some(Role::Client) | None => ActorKind::Client,
    }
}

fn person(user: UserId, name: String, super_admin: bool, place: Option<&InTenant>) -> Actor {
    let roles = place.map_or(&[][..], |place| &place.roles);
    let accounts = place.map_or(&[][..], |place| &place.accounts);
    Actor {
        party: Party::User(user),
        kind: kind_of(roles, super_admin),
        tenant: place.map(|place| place.tenant),
        roles: roles.iter().copied().collect(),
        accounts: accounts.iter().copied().map(AccountId::from_uuid).collect(),
        scope: None,
        name,
    }
}

async fn visitor(tx: &mut PgConnection, hash: [u8; 32], at: Timestamp) -> Result<Option<(Found, bool)>, Error> {
    scope::hold(tx, &hash).await?;
    let found = sqlx::query!(
        r#"select token.tenant_id, token.visitor_id, token.conversation_id, token.last_seen_at,
                  tenant.status = 'active' as "active!"
           from visitor_tokens token join tenants tenant on tenant.id = token.tenant_id
           where token.secret_hash = $1 and token.ended_at is null
             and token.last_seen_at + make_interval(secs => $2) > $3"#,
        &hash[..],
        seconds(VISITOR_SECONDS),
        to_db(at)
    )
    .fetch_optional(tx)
    .await?;
    let Some(row) = found else { return Ok(None) };
    let tenant = TenantId::from_uuid(row.tenant_id);
    let last_seen: Timestamp = from_db(row.last_seen_at)?;
    let stale = at.duration_since(last_seen).as_secs() >= SEEN_SECONDS;
    let who = Authenticated {
        actor: Arc::new(Actor::visitor(tenant, VisitorId::from_uuid(row.visitor_id))),
        session: session_of(&hash),
        expires_at: later(at, VISITOR_SECONDS),
        conversation: Some(ConversationId::from_uuid(row.conversation_id)),
        second_factor_missing: false,
        support: None,
    };
    Ok(Some((Found { who, touch: stale.then_some(Touch::Visitor(tenant, hash)) }, row.active)))
}

/// The id that stands for a visitor's token: made of its hash.
fn session_of(hash: &[u8; 32]) -> SessionId {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    SessionId::from_uuid(Uuid::from_bytes(bytes))
}

pub(super) fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at.saturating_add(jiff::SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

/// For `make_interval(secs => …)`.
#[expect(clippy::cast_precision_loss, reason = "lifetimes are far below 2^52 seconds")]
pub(super) const fn seconds(seconds: i64) -> f64 {
    seconds as f64
}

struct KeyRow {
    tenant: TenantId,
    id: ApiKeyId,
    name: String,
    tenant_name: String,
    origins: Vec<String>,
    active: bool,
    last_used_at: Option<Timestamp>,
}

async fn key_row(tx: &mut PgConnection, hash: [u8; 32]) -> Result<Option<KeyRow>, Error> {
    scope::hold(tx, &hash).await?;
    let found = sqlx::query!(
        r#"select key.tenant_id, key.id, key.name, key.last_used_at, tenant.name as tenant_name, tenant.allowed_origins,
                  tenant.status = 'active' as "active!"
           from api_keys key join tenants tenant on tenant.id = key.tenant_id
           where key.secret_hash = $1 and key.revoked_at is null"#,
        &hash[..]
    )
    .fetch_optional(tx)
    .await?;
    let Some(row) = found else { return Ok(None) };
    Ok(Some(KeyRow {
        tenant: TenantId::from_uuid(row.tenant_id),
        id: ApiKeyId::from_uuid(row.id),
        name: row.name,
        tenant_name: row.tenant_name,
        origins: row.allowed_origins,
        active: row.active,
        last_used_at: row.last_used_at.map(|at: DbTime| from_db(at)).transpose()?,
    }))
}

async fn touch_session(tx: &mut PgConnection, id: SessionId, at: Timestamp) -> Result<(), Error> {
    sqlx::query!("update sessions set last_seen_at = greatest(last_seen_at, $2) where id = $1", id.uuid(), to_db(at))
        .execute(tx)
        .await?;
    Ok(())
}

async fn touch_key(tx: &mut PgConnection, tenant: TenantId, id: ApiKeyId, at: Timestamp) -> Result<(), Error> {
    sqlx::query!(
        "update api_keys set last_used_at = greatest(last_used_at, $3) where tenant_id = $1 and id = $2",
        tenant.uuid(),
        id.uuid(),
        to_db(at)
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn touch_visitor(tx: &mut PgConnection, tenant: TenantId, hash: [u8; 32], at: Timestamp) -> Result<(), Error> {
    sqlx::query!(
        "update visitor_tokens set last_seen_at = greatest(last_seen_at, $3) where tenant_id = $1 and secret_hash = $2",
        tenant.uuid(),
        &hash[..],
        to_db(at)
    )
    .execute(tx)
    .await?;
    Ok(())
}
