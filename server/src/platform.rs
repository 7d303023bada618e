//! What the operator does to the platform: tenants and people. Used by the command line and the demonstration.
//!
//! A tenant is a row and an entity; the row comes first, and making one that was interrupted is making it again.

use anyhow::{Context as _, Result, bail};
use brigade_actors::Directory;
use brigade_domain::Timestamp;
use brigade_domain::actor::Role;
use brigade_domain::entity::EntityKey;
use brigade_domain::id::{ApiKeyId, TenantId, UserId};
use brigade_domain::identity::ports::{ApiKeys as _, NewKey, TenantChange, TenantSettings as _};
use brigade_domain::identity::{Cause, KeyKind, KeyMode, Secret, TenantKey};
use brigade_domain::text::{DisplayName, Email};
use brigade_http::identity::password::Hasher;
use brigade_store::Db;
use brigade_store::identity::{Identity, admin};
use brigade_store::tenants::{self, Tenant};
use rand::RngExt as _;
use serde_json::json;
use uuid::Uuid;

use crate::serve::tasks::ask_as_system;

const LETTERS_AND_DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// Without those that look alike.
const READABLE: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// The platform as its operator reaches it.
#[derive(Clone)]
pub struct Platform {
    /// The database.
    pub db: Db,
    /// The entities.
    pub directory: Directory,
    /// Keys and settings.
    pub identity: Identity,
    /// Passwords.
    pub hasher: Hasher,
}

/// A tenant to be made.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// What it is called.
    pub name: String,
    /// Its short name, unique on the platform.
    pub slug: String,
    /// Its time zone.
    pub zone: String,
    /// The sites that may embed its chat.
    pub origins: Vec<String>,
}

/// A person to be made.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// The address.
    pub email: String,
    /// What others call them.
    pub name: String,
    /// A password; it must be strong enough.
    pub password: Secret,
    /// Whether they operate the platform.
    pub super_admin: bool,
}

impl Platform {
    /// Makes a tenant with its public key. Refused when the short name is taken.
    pub async fn create_tenant(&self, new: &NewTenant) -> Result<(TenantId, String)> {
        let name = DisplayName::parse("name", &new.name)?;
        let origins = admin::read_origins(&new.origins).map_err(told)?;
        let id = match tenants::find_by_slug(&self.db, &new.slug).await? {
            Some(tenant) if admin::public_key(&self.db, tenant.id).await?.is_some() => {
                bail!("there is a tenant with the short name {} already ({})", new.slug, tenant.id)
            }
            // An earlier attempt was interrupted: the key is the last thing made.
            Some(tenant) => tenant.id,
            None => {
                let id = TenantId::from_uuid(Uuid::now_v7());
                tenants::create(&self.db, id, &new.slug, name.as_str()).await.map_err(told)?;
                id
            }
        };
        let body = json!({ "name": new.name, "slug": new.slug, "zone": new.zone });
        ask_as_system(&self.directory, EntityKey::new(id, id), "create", &body).await?;
        let cause = Cause::system(Timestamp::now());
        if !origins.is_empty() {
            let change = TenantChange { origins: Some(origins), ..TenantChange::default() };
            self.identity.change(id, change, cause.clone()).await.map_err(told)?;
        }
        let key = TenantKey::compose(KeyKind::Public, KeyMode::Live, &new.slug, &chance(LETTERS_AND_DIGITS, 32))
            .map_err(|code| anyhow::anyhow!("no key can be made for {}: {}", new.slug, code.text()))?;
        let text = key.expose().to_owned();
        let new = NewKey { id: ApiKeyId::from_uuid(Uuid::now_v7()), name: DisplayName::parse("name", "Website")?, key };
        self.identity.create(id, new, cause).await.map_err(told)?;
        Ok((id, text))
    }

    /// The tenant with this short name or id.
    pub async fn tenant(&self, text: &str) -> Result<Tenant> {
        let found = match text.parse::<TenantId>() {
            Ok(id) => tenants::find(&self.db, id).await?,
            Err(_) => tenants::find_by_slug(&self.db, text).await?,
        };
        found.with_context(|| format!("there is no tenant {text}; `brigade tenant list` shows them"))
    }

    /// The person with this address.
    pub async fn find_person(&self, email: &str) -> Result<Option<UserId>> {
        Ok(admin::find_user(&self.db, Email::parse("email", email)?).await?)
    }

    /// Makes a person. Refused when the address is taken.
    pub async fn create_person(&self, new: &NewPerson) -> Result<UserId> {
        let id = UserId::from_uuid(Uuid::now_v7());
        let user = admin::NewUser {
            id,
            email: Email::parse("email", &new.email)?,
            name: DisplayName::parse("name", &new.name)?,
            password: Some(self.hasher.hash(new.password.clone()).await.map_err(told)?),
            super_admin: new.super_admin,
        };
        admin::create_user(&self.db, user, Cause::system(Timestamp::now())).await.map_err(told)?;
        Ok(id)
    }

    /// Sets a person's password; every session ends.
    pub async fn set_password(&self, user: UserId, password: &Secret) -> Result<()> {
        let hash = self.hasher.hash(password.clone()).await.map_err(told)?;
        admin::set_user_password(&self.db, user, hash, Cause::system(Timestamp::now())).await.map_err(told)
    }

    /// Turns a person's two-step sign-in off; every session ends.
    pub async fn reset_second_factor(&self, user: UserId) -> Result<()> {
        self.identity.reset_second_factor(user, Cause::system(Timestamp::now())).await.map_err(told)
    }

    /// Gives a person a role in a tenant.
    pub async fn add_member(&self, tenant: TenantId, user: UserId, role: Role) -> Result<()> {
        admin::add_member(&self.db, tenant, user, role, Cause::system(Timestamp::now())).await.map_err(told)
    }
}

/// A password nobody guesses and anybody can type: 80 bits in four groups.
pub(crate) fn make_password() -> String {
    let groups: Vec<String> = (0..4).map(|_| chance(READABLE, 4)).collect();
    groups.join("-")
}

fn chance(alphabet: &[u8], length: usize) -> String {
    let mut rng = rand::rng();
    (0..length).map(|_| char::from(alphabet[rng.random_range(0..alphabet.len())])).collect()
}

/// A refusal or fault as the operator reads it.
pub(crate) fn told(rejection: brigade_domain::refusal::Rejection) -> anyhow::Error {
    use brigade_domain::refusal::Rejection;
    match rejection {
        Rejection::Refused(refusal) => anyhow::anyhow!("{}", refusal.message),
        Rejection::Broken(fault) => fault.into(),
    }
}
