//! The demonstration: a meal-prep business with its staff, a client, visitors and what they have said, and a second
//! business that must never see any of it. Made through the real commands; making it again changes nothing.

mod past;
mod script;
mod settings;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use brigade_actors::Command;
use brigade_domain::Timestamp;
use brigade_domain::actor::{Actor, ActorKind, Party, Role};
use brigade_domain::chat::attachment::{Attachment, FileName, New};
use brigade_domain::entity::{EntityKey, Seq};
use brigade_domain::id::{AccountId, AttachmentId, ConversationId, TenantId, UserId, VisitorId};
use brigade_domain::identity::Secret;
use brigade_domain::journal::RequestKey;
use brigade_domain::refusal::{Code, Refusal};
use brigade_http::chat::Uploads;
use brigade_store::identity::admin;
use brigade_store::tenants;
use serde_json::{Value, json};
use tokio::time::sleep;
use uuid::Uuid;

use crate::config::Config;
use crate::keys;
use crate::platform::{NewPerson, NewTenant, Platform, make_password};
use script::{Act, Line, Of, Talk, Who};
use settings::{label, set_up, team};

/// Names everything in the demonstration, so that making it twice is making it once.
const NAMESPACE: Uuid = Uuid::from_u128(0x6272_6967_6164_655f_6465_6d6f_5f31_0001);
/// The business that is shown.
pub const SLUG: &str = "balance-kitchen";
/// The business next door. Made last: when it has its key, everything is there.
const OTHER_SLUG: &str = "northside-bakery";

/// Somebody who can sign in.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The address.
    pub email: &'static str,
    /// The password.
    pub password: String,
    /// Who that is.
    pub what: &'static str,
}

/// Everybody who can sign in.
#[derive(Debug, Clone)]
pub struct SignIns {
    /// In the order shown.
    pub people: Vec<SignIn>,
    /// The public key of the business that is shown.
    pub site_key: String,
}

/// Where the kitchen is.
const ZONE: &str = "Europe/London";

struct Person {
    email: &'static str,
    name: &'static str,
    what: &'static str,
    slug: Option<&'static str>,
    role: Option<Role>,
}

const AMARA: &str = "amara@balance-kitchen.example";
const JONAS: &str = "jonas@balance-kitchen.example";
const MAYA: &str = "maya@example.org";

const PEOPLE: [Person; 5] = [
    Person {
        email: AMARA,
        name: "Amara Okafor",
        what: "account manager",
        slug: Some(SLUG),
        role: Some(Role::AccountManager),
    },
    Person { email: JONAS, name: "Jonas Weber", what: "admin", slug: Some(SLUG), role: Some(Role::Admin) },
    Person { email: MAYA, name: "Maya Lindqvist", what: "client", slug: Some(SLUG), role: Some(Role::Client) },
    Person { email: "root@brigade.example", name: "Platform operator", what: "super admin", slug: None, role: None },
    Person {
        email: "ines@northside-bakery.example",
        name: "Ines Duarte",
        what: "admin of another tenant",
        slug: Some(OTHER_SLUG),
        role: Some(Role::Admin),
    },
];

/// Sites the demonstration's chat may be embedded in: this server itself.
pub fn origins(config: &Config, address: SocketAddr) -> Vec<String> {
    let mut origins =
        vec![format!("http://localhost:{}", address.port()), format!("http://127.0.0.1:{}", address.port())];
    origins.extend(config.server.public_url.iter().map(|url| url.as_str().to_owned()));
    origins.dedup();
    origins
}

/// Makes what is not there yet, and gives back the sign-ins. `data` is where the passwords are kept.
pub async fn seed(platform: &Platform, uploads: &Uploads, data: &Path, origins: &[String]) -> Result<SignIns> {
    let mut sign_ins = SignIns { people: sign_ins(data)?, site_key: String::new() };
    make(platform, uploads, &sign_ins.people, origins).await?;
    sign_ins.site_key = site_key(platform).await?;
    Ok(sign_ins)
}

async fn site_key(platform: &Platform) -> Result<String> {
    let tenant = platform.tenant(SLUG).await?;
    let key = admin::public_key(&platform.db, tenant.id).await?;
    Ok(key.context("the demonstration's business has lost its public key: make one on its settings page")?.1)
}

async fn make(platform: &Platform, uploads: &Uploads, sign_ins: &[SignIn], origins: &[String]) -> Result<()> {
    let other = tenants::find_by_slug(&platform.db, OTHER_SLUG).await?;
    if other.is_some() {
        return allow_origins(platform, origins).await;
    }
    let kitchen = tenant(platform, SLUG, "Balance Kitchen", origins).await?;
    let people = people(platform, sign_ins, &[(SLUG, kitchen)]).await?;
    set_up(platform, kitchen, &people).await?;
    for talk in script::TALKS {
        hold(platform, uploads, kitchen, &people, talk)
            .await
            .with_context(|| format!("the conversation {}", talk.slug))?;
    }
    past::hold(platform, kitchen, &people).await?;
    let bakery = tenant(platform, OTHER_SLUG, "Northside Bakery", &[]).await?;
    let people = self::people(platform, sign_ins, &[(SLUG, kitchen), (OTHER_SLUG, bakery)]).await?;
    hold(platform, uploads, bakery, &people, script::ELSEWHERE).await
}

/// The address may be another one than at the last start.
async fn allow_origins(platform: &Platform, origins: &[String]) -> Result<()> {
    let tenant = platform.tenant(SLUG).await?;
    let missing = origins.iter().any(|origin| !tenant.allowed_origins.contains(origin));
    if missing {
        let mut all = tenant.allowed_origins;
        all.extend(origins.iter().cloned());
        all.sort_unstable();
        all.dedup();
        // The list is bounded; a demonstration that has seen many addresses keeps the newest.
        let all = if all.len() > 40 { origins.to_vec() } else { all };
        tenants::update(&platform.db, tenant.id, None, Some(all)).await.map_err(crate::platform::told)?;
    }
    Ok(())
}

fn sign_ins(data: &Path) -> Result<Vec<SignIn>> {
    let made = || {
        let passwords: BTreeMap<_, _> = PEOPLE.iter().map(|person| (person.email, make_password())).collect();
        json!(passwords).to_string()
    };
    let text = keys::kept(data, "demo-passwords.json", made)?;
    let mut passwords: BTreeMap<String, String> =
        serde_json::from_str(&text).context("DATA/secrets/demo-passwords.json cannot be read")?;
    let people = PEOPLE.iter().map(|person| {
        let password =
            passwords.remove(person.email).with_context(|| format!("no password is kept for {}", person.email))?;
        Ok(SignIn { email: person.email, password, what: person.what })
    });
    people.collect()
}

async fn tenant(platform: &Platform, slug: &str, name: &str, origins: &[String]) -> Result<TenantId> {
    if let Some(tenant) = tenants::find_by_slug(&platform.db, slug).await?
        && admin::public_key(&platform.db, tenant.id).await?.is_some()
    {
        return Ok(tenant.id);
    }
    let new = NewTenant { name: name.into(), slug: slug.into(), zone: ZONE.into(), origins: origins.to_vec() };
    Ok(platform.create_tenant(&new).await?.0)
}

/// Everybody of these tenants and of none, made when they are not there.
async fn people(
    platform: &Platform,
    sign_ins: &[SignIn],
    tenants: &[(&str, TenantId)],
) -> Result<BTreeMap<&'static str, UserId>> {
    let mut found = BTreeMap::new();
    for (person, sign_in) in PEOPLE.iter().zip(sign_ins) {
        let tenant = tenants.iter().find(|(slug, _)| person.slug == Some(slug)).map(|(_, id)| *id);
        if person.slug.is_some() && tenant.is_none() {
            continue;
        }
        let user = if let Some(user) = platform.find_person(person.email).await? {
            user
        } else {
            let new = NewPerson {
                email: person.email.into(),
                name: person.name.into(),
                password: Secret::new(sign_in.password.clone()),
                super_admin: person.role.is_none(),
            };
            platform.create_person(&new).await?
        };
        if let (Some(tenant), Some(role)) = (tenant, person.role) {
            platform.add_member(tenant, user, role).await?;
        }
        found.insert(person.email, user);
    }
    Ok(found)
}

/// A conversation with its history.
async fn hold(
    platform: &Platform,
    uploads: &Uploads,
    tenant: TenantId,
    people: &BTreeMap<&'static str, UserId>,
    talk: &Talk,
) -> Result<()> {
    let name = |what: &str| Uuid::new_v5(&NAMESPACE, format!("{tenant}/{}/{what}", talk.slug).as_bytes());
    let conversation = ConversationId::from_uuid(name("conversation"));
    let visitor = VisitorId::from_uuid(name("visitor"));
    let account = AccountId::from_uuid(name("account"));
    let key = EntityKey::new(tenant, conversation);
    let system = Actor::system(tenant);
    let begun = talk.lines.first().map_or_else(Timestamp::now, |line| ago(line.0 + 1));
    let open = match talk.of {
        Of::Account => {
            let client = people[MAYA];
            open_account(platform, tenant, account, conversation, client, people[AMARA], talk.name).await?;
            json!({ "kind": "account", "account": account, "name": talk.name })
        }
        Of::Site(page) => json!({ "kind": "site", "visitor": visitor, "name": talk.name, "page": page }),
    };
    do_once(platform, key, &system, begun, "open", "open", &open).await?;
    let mut seqs: Vec<Seq> = Vec::new();
    for (index, Line(minutes, who, act)) in talk.lines.iter().enumerate() {
        let actor = match (who, talk.of) {
            _ if matches!(act, Act::AskFeedback) => system.clone(),
            (Who::Amara, _) => staff(tenant, people[AMARA], Role::AccountManager, "Amara Okafor"),
            (Who::Jonas, _) => staff(tenant, people[JONAS], Role::Admin, "Jonas Weber"),
            (Who::Customer, Of::Account) => client(tenant, people[MAYA], account),
            (Who::Customer, Of::Site(_)) => Actor { name: talk.name.to_owned(), ..Actor::visitor(tenant, visitor) },
        };
        let (kind, mut body) = command(act, &seqs, people.get(AMARA), tenant);
        if let Act::ShowMenu(_) = act {
            let id = AttachmentId::from_uuid(name(&format!("file {index}")));
            body["attachments"] = json!([menu(uploads, tenant, conversation, id, actor.party).await?]);
        }
        // Made anew later, it is put off to another time: that is another command.
        let name = body["until"].as_str().map_or_else(|| index.to_string(), |until| format!("{index} {until}"));
        seqs.push(do_once(platform, key, &actor, ago(*minutes), &name, kind, &body).await?);
    }
    Ok(())
}

/// The picture of the menu, given into a conversation.
async fn menu(
    uploads: &Uploads,
    tenant: TenantId,
    conversation: ConversationId,
    id: AttachmentId,
    by: Party,
) -> Result<Attachment> {
    let (name, bytes) = script::MENU;
    let (name, size) = (FileName::parse(name)?, bytes.len() as u64);
    // Given now: what was given days ago and not sent is taken away.
    let new = New { id, conversation, by, name, size, at: Timestamp::now() };
    uploads.keep(tenant, new, bytes).await.map_err(crate::platform::told)
}

/// The account of the client, with its member, its conversation and its account manager.
async fn open_account(
    platform: &Platform,
    tenant: TenantId,
    account: AccountId,
    conversation: ConversationId,
    client: UserId,
    manager: UserId,
    name: &str,
) -> Result<()> {
    let (key, system) = (EntityKey::new(tenant, account), Actor::system(tenant));
    for (kind, body) in [
        ("open", json!({ "name": name, "conversation": conversation })),
        ("add_member", json!({ "user": client, "name": name })),
        ("set_manager", json!({ "manager": manager })),
    ] {
        do_once(platform, key, &system, ago(4 * 24 * 60), kind, kind, &body).await?;
    }
    Ok(())
}

fn command(act: &Act, seqs: &[Seq], amara: Option<&UserId>, tenant: TenantId) -> (&'static str, Value) {
    let line = |index: &usize| seqs.get(*index).copied().unwrap_or_default();
    let last = seqs.last().copied().unwrap_or_default();
    match act {
        Act::Say(text) | Act::ShowMenu(text) => ("send", json!({ "text": text })),
        Act::Reply(to, text) => ("send", json!({ "text": text, "reply_to": line(to) })),
        Act::Note(text) => ("note", json!({ "text": text })),
        Act::Edit(of, text) => ("edit", json!({ "seq": line(of), "text": text })),
        Act::React(to, emoji) => ("react", json!({ "seq": line(to), "emoji": emoji, "on": true })),
        Act::Read(to) => ("read", json!({ "seq": line(to) })),
        Act::AssignToAmara => ("assign", json!({ "to": amara })),
        Act::Resolve => ("resolve", json!({})),
        Act::AskFeedback => ("ask_feedback", json!({ "rev": last, "question": script::QUESTION })),
        Act::GiveFeedback(score, comment) => {
            ("give_feedback", json!({ "asked": last, "score": score, "comment": comment }))
        }
        Act::Label(name) => ("label", json!({ "label": label(tenant, name), "on": true })),
        Act::GiveToTeam(name) => ("assign_team", json!({ "team": team(tenant, name) })),
        Act::SetPriority(priority) => ("set_priority", json!({ "priority": priority })),
        Act::Snooze(minutes) => ("snooze", json!({ "until": ago(-minutes) })),
        Act::LeaveContact(email, name) => ("leave_contact", json!({ "email": email, "name": name })),
    }
}

/// For how long a command is given again that was refused because of others, each time with the name it had: it is done once.
const PATIENCE: Duration = Duration::from_mins(1);

/// A command under a name of its own within its entity: given again, it is answered as before.
async fn do_once(
    platform: &Platform,
    key: EntityKey,
    actor: &Actor,
    at: Timestamp,
    name: &str,
    kind: &str,
    body: &Value,
) -> Result<Seq> {
    let body = body.to_string();
    let EntityKey { tenant, entity } = key;
    let id = Uuid::new_v5(&NAMESPACE, format!("{tenant}/{entity}/{name}").as_bytes());
    let command = || Command {
        actor: Arc::new(actor.clone()),
        at,
        request: RequestKey::of(id, actor.party, kind, &body),
        kind: kind.into(),
        body: body.as_str().into(),
    };
    let accepted = patiently(async || platform.directory.ask(key, command()).await).await;
    Ok(accepted.with_context(|| format!("{name}: {kind}"))?.seq)
}

/// Asks again as long as the answer is that there is too much to do, or that something is away for a moment: a slow
/// machine is no reason not to start.
async fn patiently<T>(ask: impl AsyncFn() -> Result<T, Refusal>) -> Result<T, Refusal> {
    let began = Instant::now();
    loop {
        match ask().await {
            Err(refusal)
                if matches!(refusal.code, Code::Overloaded | Code::Unavailable) && began.elapsed() < PATIENCE =>
            {
                sleep(refusal.retry_after.unwrap_or(Duration::from_secs(1))).await;
            }
            answer => return answer,
        }
    }
}

fn ago(minutes: i64) -> Timestamp {
    let now = Timestamp::now();
    now.checked_sub(jiff::SignedDuration::from_mins(minutes)).unwrap_or(now)
}

fn staff(tenant: TenantId, user: UserId, role: Role, name: &str) -> Actor {
    let kind = if role == Role::Admin { ActorKind::Admin } else { ActorKind::AccountManager };
    Actor {
        party: Party::User(user),
        kind,
        roles: [role].into_iter().collect(),
        name: name.to_owned(),
        ..Actor::system(tenant)
    }
}

fn client(tenant: TenantId, user: UserId, account: AccountId) -> Actor {
    Actor {
        party: Party::User(user),
        kind: ActorKind::Client,
        roles: [Role::Client].into_iter().collect(),
        accounts: [account].into_iter().collect(),
        name: "Maya Lindqvist".to_owned(),
        ..Actor::system(tenant)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn who_is_busy_is_asked_again_and_who_says_no_is_not() {
        let asked = Cell::new(0);
        let answers = |code: Code| {
            asked.set(asked.get() + 1);
            if asked.get() < 3 { Err(Refusal::of(code).retry_after(Duration::from_millis(1))) } else { Ok(()) }
        };
        for code in [Code::Overloaded, Code::Unavailable] {
            asked.set(0);
            assert!(patiently(async || answers(code)).await.is_ok());
            assert_eq!(asked.get(), 3);
        }
        asked.set(0);
        assert!(patiently(async || answers(Code::Conflict)).await.is_err());
        assert_eq!(asked.get(), 1);
    }
}
