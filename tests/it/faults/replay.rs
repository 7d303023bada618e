//! F17 over the real journal: after random commands the live state, the state loaded from a snapshot taken anywhere and
//! the lines after it, and the state folded from the whole log are one state, for every type of event.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;

use brigade_actors::Command;
use brigade_domain::Timestamp;
use brigade_domain::account::Account;
use brigade_domain::actor::{Actor, ActorKind, Party, Role};
use brigade_domain::chat::Conversation;
use brigade_domain::entity::{Entity, EntityKey, Entry};
use brigade_domain::id::{AccountId, ConversationId, InvitationId, LabelId, TeamId, TenantId, UserId, VisitorId};
use brigade_domain::journal::{Journal as _, LogLine, Range, RequestKey, Snapshot};
use brigade_domain::tenant::Tenant;
use brigade_store::PgJournal;
use jiff::SignedDuration;
use serde_json::{Value, json};
use uuid::Uuid;

use super::scale;
use crate::support::{Socket, TestApp, TestTenant};

/// Numbers that look random and can be had again.
struct Dice {
    seed: u64,
    /// What comes next whatever is rolled.
    due: Vec<&'static str>,
}

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) % below
    }

    fn heads(&mut self) -> bool {
        self.roll(2) == 0
    }
}

/// Everybody who acts, in one tenant.
struct Cast {
    tenant: TenantId,
    visitor: Actor,
    member: Actor,
    manager: Actor,
    admin: Actor,
    account: AccountId,
    /// What a conversation is about: the tenant has it.
    label: LabelId,
    /// Whom it can be given to: the tenant has it.
    team: TeamId,
}

fn id() -> Uuid {
    Uuid::now_v7()
}

impl Cast {
    /// `staff` are of the tenant's staff, as PostgreSQL knows it too: an account manager and an admin.
    fn new(tenant: TenantId, staff: [UserId; 2], label: LabelId, team: TeamId) -> Self {
        let person = |user, kind, role, name: &str| Actor {
            party: Party::User(user),
            kind,
            roles: std::iter::once(role).collect(),
            name: name.to_owned(),
            ..Actor::system(tenant)
        };
        let account = AccountId::from_uuid(id());
        let mut member = person(UserId::from_uuid(id()), ActorKind::Client, Role::Client, "Mia");
        member.accounts.push(account);
        Self {
            visitor: Actor::visitor(tenant, VisitorId::from_uuid(id())),
            manager: person(staff[0], ActorKind::AccountManager, Role::AccountManager, "Amara"),
            admin: person(staff[1], ActorKind::Admin, Role::Admin, "Ines"),
            member,
            account,
            label,
            team,
            tenant,
        }
    }

    fn one_of(&self, dice: &mut Dice) -> Actor {
        match dice.roll(5) {
            0 => self.visitor.clone(),
            1 => self.member.clone(),
            2 | 3 => self.manager.clone(),
            _ => self.admin.clone(),
        }
    }

    fn user(&self, dice: &mut Dice) -> Party {
        if dice.heads() { self.manager.party } else { self.admin.party }
    }
}

/// What follows on what was asked before.
fn what_is_due(cast: &Cast, dice: &mut Dice, head: u64, text: &str) -> Option<(Actor, &'static str, Value)> {
    let (system, manager) = (Actor::system(cast.tenant), cast.manager.clone());
    let comment = dice.heads().then_some(text);
    Some(match dice.due.pop()? {
        "edit" => (manager, "edit", json!({ "seq": head, "text": text })),
        kind @ ("send_now" | "unschedule") => (manager, kind, json!({ "item": head })),
        "reschedule" => {
            let body = json!({ "item": head, "text": text, "send_at": someday(dice), "unless_reply_after": 1 });
            (manager, "reschedule", body)
        }
        // Sometimes that is when it is to be sent.
        "hold_scheduled" => {
            let body = json!({ "item": head, "author": cast.manager.party, "send_at": someday(dice), "rev": 1 });
            (system, "hold_scheduled", body)
        }
        "ask_feedback" => (system, "ask_feedback", json!({ "rev": head, "question": "How was it?" })),
        kind => {
            let who = if dice.heads() { cast.visitor.clone() } else { cast.one_of(dice) };
            (who, kind, json!({ "asked": head, "score": dice.roll(5) + 1, "comment": comment }))
        }
    })
}

/// Something somebody asks of a conversation of `head` entries.
fn of_conversation(cast: &Cast, dice: &mut Dice, head: u64) -> (Actor, &'static str, Value) {
    let anybody = cast.one_of(dice);
    let system = Actor::system(cast.tenant);
    let seq = dice.roll(head.max(1)) + 1;
    let text = format!("words {}", dice.roll(1_000));
    if let Some(next) = what_is_due(cast, dice, head, &text) {
        return next;
    }
    match dice.roll(44) {
        0..6 => (anybody, "send", json!({ "text": text })),
        6 => (anybody, "send", json!({ "text": text, "reply_to": seq })),
        7 => {
            // An edit of what somebody else wrote is none.
            dice.due = vec!["edit"];
            (cast.manager.clone(), "send", json!({ "text": text, "mentions": [cast.user(dice)] }))
        }
        8 => (anybody, "note", json!({ "text": text })),
        9..11 => (anybody, "edit", json!({ "seq": seq, "text": text })),
        11 => (anybody, "delete", json!({ "seq": seq })),
        12..14 => (anybody, "react", json!({ "seq": seq, "emoji": "👍", "on": dice.heads() })),
        14..16 => (anybody, "read", json!({ "seq": seq })),
        16 => (anybody, "assign", json!({ "to": dice.heads().then(|| cast.user(dice)) })),
        17 => {
            dice.due = vec!["give_feedback", "give_feedback", "ask_feedback"];
            (anybody, "resolve", json!({}))
        }
        18 => (anybody, "reopen", json!({})),
        19 => (cast.visitor.clone(), "leave_contact", json!({ "email": address(cast), "name": text })),
        39 => {
            let email = dice.heads().then(|| address(cast));
            let name = dice.heads().then_some(text);
            (system, "identify", json!({ "id": dice.roll(2).to_string(), "name": name, "email": email }))
        }
        20 => {
            let invitation = InvitationId::from_uuid(id());
            (system, "invite", json!({ "invitation": invitation, "email": "mia@example.com", "name": "Mia" }))
        }
        21 | 22 => (anybody, "snooze", json!({ "until": someday(dice) })),
        // Sometimes that is when it was put off to.
        23 => (system, "wake", json!({ "until": someday(dice) })),
        24 => (
            anybody,
            "set_priority",
            json!({ "priority": (["low", "normal", "urgent"][usize::try_from(dice.roll(3)).unwrap()]) }),
        ),
        29 | 30 => (
            system,
            "reckon",
            json!({
                "targets": { "counted": "always", "normal": { "first": dice.roll(3) + 1, "next": 60 }, "urgent": { "resolution": 60 } },
                "hours": { "zone": "UTC", "week": [], "closed": [] },
            }),
        ),
        26 => {
            let (from, to) = (dice.heads().then(|| cast.user(dice)), dice.heads().then(|| cast.user(dice)));
            (system, "give", json!({ "from": from, "to": to, "rev": seq }))
        }
        36 | 37 => (anybody, "assign_team", json!({ "team": dice.heads().then_some(cast.team) })),
        38 => (system, "release", json!({ "from": cast.user(dice), "team": cast.team, "rev": seq })),
        40..44 => {
            let next = ["send_now", "unschedule", "reschedule", "hold_scheduled"];
            dice.due = vec![next[usize::try_from(dice.roll(4)).unwrap()]];
            (cast.manager.clone(), "schedule", json!({ "text": text, "send_at": someday(dice) }))
        }
        27 => (anybody, "block", json!({ "reason": text, "email": dice.heads() })),
        33 => (anybody, "ask_transcript", json!({})),
        // As it is at this moment, if nobody has it.
        34 | 35 => (system, "give", json!({ "from": null, "to": cast.user(dice), "rev": head })),
        28 | 31 => (anybody, "unblock", json!({})),
        25 => (anybody, "label", json!({ "label": cast.label, "on": dice.heads() })),
        _ if dice.roll(3) > 0 => (system, "hand_over", json!({ "account": cast.account, "name": "Mia" })),
        _ => (cast.admin.clone(), "take_back", json!({})),
    }
}

/// Each visitor's own: one that is blocked is blocked wherever it is left, some moments later.
fn address(cast: &Cast) -> String {
    format!("{}@example.com", cast.visitor.party)
}

/// One of two times to come.
fn someday(dice: &mut Dice) -> Timestamp {
    let today = Timestamp::from_second(Timestamp::now().as_second() / 86_400 * 86_400).unwrap();
    today + SignedDuration::from_hours(if dice.heads() { 48 } else { 72 })
}

fn of_account(cast: &Cast, dice: &mut Dice, head: u64) -> (Actor, &'static str, Value) {
    let (system, staff) = (Actor::system(cast.tenant), if dice.heads() { &cast.manager } else { &cast.admin });
    let states = [
        "conversation",
        "onboarding",
        "pack_purchase",
        "subscription_applied",
        "weekly_ordering",
        "consumption",
        "paused",
        "reactivated",
        "cancelled",
    ];
    // One conversation, so that unlinking finds one.
    let conversation = ConversationId::from_uuid(Uuid::from_u128(cast.account.uuid().as_u128() ^ 1));
    // Later reports are newer, mostly.
    let rev = head + dice.roll(3);
    match dice.roll(12) {
        0 => (cast.admin.clone(), "add_member", json!({ "user": cast.user(dice), "name": "Somebody" })),
        1 => (cast.admin.clone(), "remove_member", json!({ "user": cast.user(dice) })),
        2 => (staff.clone(), "set_manager", json!({ "manager": dice.heads().then(|| cast.user(dice)) })),
        3 => (staff.clone(), "rename", json!({ "name": format!("Name {}", dice.roll(9)) })),
        4 | 5 => (system, "link_conversation", json!({ "conversation": conversation, "rev": rev })),
        6 => (system, "unlink_conversation", json!({ "conversation": conversation, "rev": rev })),
        7 => (staff.clone(), "advance", json!({ "to": "onboarding", "onboarding": "assisted" })),
        _ => {
            let to = usize::try_from(dice.roll(states.len() as u64)).unwrap();
            (staff.clone(), "advance", json!({ "to": states[to] }))
        }
    }
}

fn of_tenant(cast: &Cast, dice: &mut Dice, _head: u64) -> (Actor, &'static str, Value) {
    let (system, staff) = (Actor::system(cast.tenant), if dice.heads() { &cast.manager } else { &cast.admin });
    let conversation = ConversationId::from_uuid(Uuid::from_u128(u128::from(dice.roll(4))));
    let rev = dice.roll(20) + 1;
    match dice.roll(18) {
        16 => (cast.admin.clone(), "remove_team", json!({ "team": cast.team })),
        15 => (
            cast.admin.clone(),
            "set_team",
            json!({ "team": cast.team, "name": format!("Team {}", dice.roll(9)), "members": [cast.user(dice)] }),
        ),
        17 => (
            cast.admin.clone(),
            "set_look",
            json!({ "accent": dice.heads().then(|| format!("#00{:04x}", dice.roll(9))), "side": if dice.heads() { "left" } else { "right" } }),
        ),
        14 => (
            cast.admin.clone(),
            "set_questions",
            json!({ "questions": [{ "question": format!("How {}?", dice.roll(9)), "kind": "text", "required": dice.heads() }] }),
        ),
        13 => (
            cast.admin.clone(),
            "set_feedback",
            json!({ "question": dice.heads().then(|| format!("How {}?", dice.roll(9))) }),
        ),
        10 => (
            cast.admin.clone(),
            "set_routing",
            json!({ "mode": if dice.heads() { "least_busy" } else { "round_robin" }, "capacity": dice.roll(5) + 1 }),
        ),
        11 => (
            cast.admin.clone(),
            "set_capacity",
            json!({ "user": cast.user(dice), "capacity": dice.heads().then(|| dice.roll(5) + 1) }),
        ),
        12 => (
            cast.admin.clone(),
            "set_targets",
            json!({ "counted": "opening_hours", "low": { "first": dice.roll(3) + 1 } }),
        ),
        8 => (
            cast.admin.clone(),
            "set_label",
            json!({ "label": cast.label, "name": format!("Label {}", dice.roll(9)), "color": "red" }),
        ),
        9 => (cast.admin.clone(), "remove_label", json!({ "label": cast.label })),
        0 => {
            let week = json!([{ "day": dice.roll(7) + 1, "from": "09:00", "to": "17:30" }]);
            (
                cast.admin.clone(),
                "set_hours",
                json!({ "zone": "Europe/Berlin", "week": week, "closed": ["2026-12-25"] }),
            )
        }
        1 => (
            cast.admin.clone(),
            "set_greeting",
            json!({ "online": format!("Hi {}", dice.roll(9)), "offline": "Later" }),
        ),
        2 => (cast.admin.clone(), "rename", json!({ "name": format!("Kitchen {}", dice.roll(9)) })),
        3 => (staff.clone(), "set_available", json!({ "available": dice.heads() })),
        4 => (cast.admin.clone(), "remove_staff", json!({ "user": cast.user(dice) })),
        5 | 6 => {
            let since = Timestamp::from_second(1_790_000_000 + i64::try_from(dice.roll(99)).unwrap()).unwrap();
            (system, "enqueue", json!({ "conversation": conversation, "since": since, "rev": rev }))
        }
        _ => (system, "dequeue", json!({ "conversation": conversation, "rev": rev })),
    }
}

/// Gives a command, and says up to where the log goes then; what is refused changes nothing, which is what the log is compared for.
async fn ask(app: &TestApp, key: EntityKey, actor: Actor, kind: &str, body: &Value) -> Option<u64> {
    let body = body.to_string();
    let command = Command {
        request: RequestKey::of(id(), actor.party, kind, &body),
        at: Timestamp::now(),
        kind: kind.into(),
        body: body.into(),
        actor: Arc::new(actor),
    };
    app.inside.directory.ask(key, command).await.ok().map(|accepted| accepted.seq)
}

fn event<E: Entity>(line: &LogLine) -> E::Event {
    serde_json::from_str(&format!(r#"{{"type":"{}","body":{}}}"#, line.kind, line.body)).unwrap()
}

fn fold<E: Entity>(mut state: E, lines: &[LogLine]) -> E {
    for line in lines {
        state.apply(&Entry { seq: line.seq, event: event::<E>(line), by: line.by, at: line.at });
    }
    state
}

/// Every type of event that `E` can write into its log, as serde names them.
pub(crate) fn event_types<E: Entity>() -> BTreeSet<String> {
    let Err(error) = serde_json::from_value::<E::Event>(json!({ "type": "?", "body": {} })) else {
        panic!("an event of type ?");
    };
    let error = error.to_string();
    let (_, known) = error.split_once("expected one of ").unwrap_or_else(|| panic!("{error}"));
    known.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The whole log, the state folded from it, and that every way to the state leads to the same one.
async fn compare<E: Entity + PartialEq + Debug>(app: &TestApp, key: EntityKey, dice: &mut Dice) -> (Vec<LogLine>, E) {
    let journal = PgJournal::start(app.inside.db.clone());
    let mut lines: Vec<LogLine> = Vec::new();
    loop {
        let after = lines.last().map_or(0, |line| line.seq);
        let page = journal.read(key, Range::After(after), 500).await.unwrap();
        if page.is_empty() {
            break;
        }
        lines.extend(page);
    }
    let whole = fold(E::empty(&key), &lines);
    // As it is kept now, and with a snapshot kept anywhere.
    for place in [None, Some(dice.roll(lines.len() as u64) + 1)] {
        if let Some(seq) = place {
            let until = usize::try_from(seq).unwrap();
            let state = serde_json::to_string(&fold(E::empty(&key), &lines[..until])).unwrap();
            journal.keep(key, Snapshot { seq, state }).await.unwrap();
        }
        let loaded = journal.load(key).await.unwrap();
        let start = match loaded.snapshot {
            Some(snapshot) => serde_json::from_str(&snapshot.state).unwrap(),
            None => E::empty(&key),
        };
        assert_eq!(fold(start, &loaded.lines), whole, "{key:?} with a snapshot at {place:?}");
    }
    (lines, whole)
}

/// Runs sequences over one kind of entity; gives the types of all events.
async fn sequences<E: Entity + PartialEq + Debug>(
    app: &TestApp,
    tenant: &TestTenant,
    count: u64,
    command: impl Fn(&Cast, &mut Dice, u64) -> (Actor, &'static str, Value),
) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let (reader, mut socket) = app.ws_as(tenant, Role::Admin).await;
    let staff = [app.client_as(tenant, Role::AccountManager).await.id, app.client_as(tenant, Role::Admin).await.id];
    let label = LabelId::from_uuid(id());
    let made = json!({ "label": label, "name": "Known", "color": "gray" });
    let team = TeamId::from_uuid(id());
    let business = EntityKey::new(tenant.id, tenant.id);
    assert!(ask(app, business, Actor::system(tenant.id), "set_label", &made).await.is_some());
    let made = json!({ "team": team, "name": "Kitchen", "members": [staff[0]] });
    assert!(ask(app, business, Actor::system(tenant.id), "set_team", &made).await.is_some());
    for number in 0..count {
        let mut dice = Dice { seed: number.wrapping_mul(0x9e37_79b9) + 1, due: Vec::new() };
        let cast = Cast::new(tenant.id, staff, label, team);
        let (key, open) = begin::<E>(&cast);
        if let Some(body) = open {
            assert!(ask(app, key, Actor::system(tenant.id), "open", &body).await.is_some());
        }
        let of_account = EntityKey::new(tenant.id, cast.account);
        if key != of_account {
            let opened = json!({ "name": "Mia" });
            assert!(ask(app, of_account, Actor::system(tenant.id), "open", &opened).await.is_some());
        }
        let mut head = 1;
        for _ in 0..30 + dice.roll(40) {
            let (actor, kind, body) = command(&cast, &mut dice, head);
            head = ask(app, key, actor, kind, &body).await.unwrap_or(head);
        }
        let (lines, state) = compare::<E>(app, key, &mut dice).await;
        seen.extend(lines.iter().map(|line| line.kind.to_string()));
        // The live entity has followed all the way.
        let snap = socket.subscribe(&key.entity.to_string()).await;
        let looking = Actor { party: Party::User(reader.id), ..cast.admin.clone() };
        let audience = state.audience(&looking, None).unwrap();
        assert_eq!(snap["state"], state.snapshot(&looking, audience), "the live state of {key:?}");
        assert_eq!(snap["seq"], lines.last().unwrap().seq);
        leave(&mut socket, key).await;
    }
    seen
}

async fn leave(socket: &mut Socket, key: EntityKey) {
    socket.send(&json!({ "t": "unsub", "topic": key.entity.to_string() })).await;
}

/// Which entity a sequence is about, and what opens it.
fn begin<E: Entity>(cast: &Cast) -> (EntityKey, Option<Value>) {
    use brigade_domain::entity::EntityKind;
    match E::KIND {
        EntityKind::Conversation => {
            let key = EntityKey::new(cast.tenant, ConversationId::from_uuid(id()));
            let answers = json!([{ "question": "What is it about?", "answer": "Delivery" }]);
            let open =
                json!({ "kind": "site", "visitor": cast.visitor.party, "name": "Visitor 4F2A", "answers": answers });
            (key, Some(open))
        }
        EntityKind::Account => (EntityKey::new(cast.tenant, cast.account), Some(json!({ "name": "Mia" }))),
        EntityKind::Tenant => (EntityKey::new(cast.tenant, cast.tenant), None),
    }
}

const LIMITS: &[(&str, &str)] = &[("limits.commands_per_minute", "1000000")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conversations_are_what_their_logs_say() {
    let mut app = TestApp::with(LIMITS).await;
    app.may_leave_jobs();
    let tenant = app.tenant().await;
    let seen = sequences::<Conversation>(&app, &tenant, scale(40, 6_000), of_conversation).await;
    assert_eq!(seen, event_types::<Conversation>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_are_what_their_logs_say() {
    let app = TestApp::with(LIMITS).await;
    let tenant = app.tenant().await;
    let seen = sequences::<Account>(&app, &tenant, scale(25, 2_000), of_account).await;
    assert_eq!(seen, event_types::<Account>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tenants_are_what_their_logs_say() {
    let mut app = TestApp::with(LIMITS).await;
    // Those who wait here are in no conversation.
    app.may_leave_jobs();
    let tenant = app.tenant().await;
    let seen = sequences::<Tenant>(&app, &tenant, scale(6, 400), of_tenant).await;
    assert_eq!(seen, event_types::<Tenant>());
}
