//! Reading one socket: each frame is parsed, limited, authorised and passed on; none is waited for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use brigade_actors::{Command, Resume, Subscriber};
use brigade_domain::Timestamp;
use brigade_domain::actor::Actor;
use brigade_domain::entity::EntityKey;
use brigade_domain::identity::ports::Credential;
use brigade_domain::journal::RequestKey;
use brigade_domain::refusal::{Code, Refusal, Rejection};
use serde_json::json;
use uuid::Uuid;

use crate::encode;
use crate::frame::{self, Inbound, Sig};
use crate::hub::code;
use crate::incoming::{Broken, Incoming, Message};
use crate::rate::{Rate, Spent, What};
use crate::session::Session;

/// Malformed frames within [`MALFORMED_WINDOW`] before the socket is closed.
const MALFORMED_LIMIT: usize = 20;
const MALFORMED_WINDOW: Duration = Duration::from_mins(1);
/// Commands refused by the rate limit in a row before the socket is closed.
const RATE_REFUSALS_LIMIT: u32 = 200;
/// Bytes of a signal's body.
const SIGNAL_BYTES: usize = 2_048;
/// How long a close frame may wait for the peer to take it.
const CLOSE_GRACE: Duration = Duration::from_secs(3);
/// Parties a connection may watch.
const WATCH_LIMIT: usize = 200;

/// What only the reading side needs to know of its session.
struct Receiver {
    session: Arc<Session>,
    rate: Option<Rate>,
    /// When the last malformed frames came.
    malformed: VecDeque<Instant>,
    rate_refusals: u32,
}

/// However the reading ends, by a defect too, nothing of the session stays anywhere.
struct Ending(Arc<Session>);

impl Drop for Ending {
    fn drop(&mut self) {
        let code = if std::thread::panicking() { code::DEFECT } else { code::GOING_AWAY };
        self.0.outbox.close(code, "retry_after_ms=1000");
        // Nobody reads any more, so nobody else will say that the peer was heard out.
        self.0.outbox.hear_out();
        self.0.end();
    }
}

/// Reads until the socket ends.
pub(crate) async fn run(session: Arc<Session>, mut incoming: Incoming<'_>) {
    let _ending = Ending(Arc::clone(&session));
    if let Err(refusal) = session.hub.open(&session) {
        return turn_away(&session, incoming, &refusal).await;
    }
    let mut receiver =
        Receiver { session: Arc::clone(&session), rate: None, malformed: VecDeque::new(), rate_refusals: 0 };
    let last = loop {
        let Some(message) = incoming.next().await else { break Last::Word };
        session.hear();
        if session.outbox.is_closing() {
            // Whose rights ended, for one, commands nothing more.
            break if matches!(message, Ok(Message::Close)) { Last::Word } else { Last::Open };
        }
        match message {
            Ok(Message::Text(text)) => match frame::parse(&text) {
                // Boxed: it happens once, and every socket would keep its room for ever.
                Ok(Inbound::Hello { token }) => Box::pin(receiver.hello(token.as_deref())).await,
                Ok(inbound) => receiver.handle(inbound),
                Err(malformed) => receiver.malformed(malformed.id, &malformed.refusal),
            },
            Ok(Message::Ping(payload)) => session.outbox.control(encode::pong(&payload)),
            Ok(Message::Pong) => {}
            Ok(Message::Close) => break Last::Word,
            Err(broken) => {
                close_for(&session, &broken);
                break Last::Noise;
            }
        }
        if session.outbox.is_closing() {
            break Last::Open;
        }
    };
    session.outbox.close(1000, "");
    finish(&session, incoming, last).await;
}

/// Closes a socket that may not stay, in a way a browser's page can read.
async fn turn_away(session: &Session, incoming: Incoming<'_>, refusal: &Refusal) {
    session.refuse(None, None, refusal);
    session.outbox.close(code::TOO_MANY_SESSIONS, "too many sessions");
    finish(session, incoming, Last::Open).await;
}

/// What was read last.
enum Last {
    /// The peer is done: it closed, or is gone.
    Word,
    /// A message; more may come.
    Open,
    /// Something after which no message can be found.
    Noise,
}

/// Lets the close frame out, and waits for the peer's; a peer that does not take it is cut off.
async fn finish(session: &Session, mut incoming: Incoming<'_>, last: Last) {
    let until_heard_out = async {
        match last {
            Last::Word => {}
            Last::Noise => incoming.discard().await,
            Last::Open => loop {
                match incoming.next().await {
                    None | Some(Ok(Message::Close)) => break,
                    Some(Err(_)) => break incoming.discard().await,
                    Some(Ok(_)) => {}
                }
            },
        }
        session.outbox.hear_out();
        incoming.discard().await;
    };
    if tokio::time::timeout(CLOSE_GRACE, until_heard_out).await.is_err() {
        session.outbox.cut();
    }
}

fn close_for(session: &Session, broken: &Broken) {
    match broken {
        Broken::TooLarge => {
            let limit = session.hub.limits().frame_bytes;
            session.outbox.close(code::TOO_LARGE, &format!("a message may have {limit} bytes"));
        }
        Broken::Binary => session.outbox.close(code::UNSUPPORTED, "frames are JSON text"),
        Broken::NotText => session.outbox.close(code::NOT_TEXT, "text is UTF-8"),
        Broken::Protocol(what) => session.outbox.close(code::PROTOCOL, what),
        Broken::Lost(error) => {
            tracing::debug!(%error, "a connection was lost");
            session.outbox.close(1000, "");
        }
    }
}

impl Receiver {
    fn malformed(&mut self, id: Option<Uuid>, refusal: &Refusal) {
        self.session.refuse(id, None, refusal);
        let now = Instant::now();
        self.malformed.retain(|at| now.duration_since(*at) < MALFORMED_WINDOW);
        self.malformed.push_back(now);
        if self.malformed.len() >= MALFORMED_LIMIT {
            self.session.outbox.close(code::MALFORMED, "too many malformed frames");
        }
    }

    fn handle(&mut self, inbound: Inbound<'_>) {
        match inbound {
            Inbound::Hello { .. } => {}
            Inbound::Sub { topic, resume } => {
                let resume = resume.map(|(after, epoch)| Resume { after, epoch });
                let done = self
                    .spend(What::Command)
                    .and_then(|()| frame::topic(&topic))
                    .and_then(|t| self.session.subscribe(t, resume));
                self.say_no(None, Some(&topic), done);
            }
            Inbound::Unsub { topic } => {
                let done = frame::topic(&topic).and_then(|topic| self.session.unsubscribe(&topic));
                self.say_no(None, Some(&topic), done);
            }
            Inbound::Cmd { id, topic, kind, body } => {
                let done = self.command(id, &topic, &kind, body);
                self.say_no(Some(id), None, done);
            }
            Inbound::Eph { topic, kind, body } => {
                let done = self.signal(&topic, &kind, body);
                self.say_no(None, Some(&topic), done);
            }
            Inbound::Sig(sig) => {
                let done = self.sig(sig);
                self.say_no(None, None, done);
            }
        }
    }

    fn say_no(&self, id: Option<Uuid>, topic: Option<&str>, done: Result<(), Refusal>) {
        if let Err(refusal) = done {
            // A topic that is not one is not repeated.
            let topic = topic.filter(|_| refusal.code != Code::InvalidInput);
            self.session.refuse(id, topic, &refusal);
        }
    }

    /// Resolves who this is, once.
    async fn hello(&mut self, token: Option<&str>) {
        let session = Arc::clone(&self.session);
        if session.who().is_some() {
            return self.malformed(None, &Refusal::new(Code::InvalidInput, "Hello was said already."));
        }
        let credential = match token {
            Some(token) => Some(Credential::from_bearer(token)),
            None => session.credential.clone(),
        };
        let Some(credential) = credential else {
            session.refuse(None, None, &Refusal::of(Code::AuthRequired));
            return session.outbox.close(code::AUTH, "no session and no token");
        };
        let asked = Instant::now();
        let who = match session.hub.authenticator().authenticate_anew(credential.clone()).await {
            Ok(who) => who,
            Err(rejection) => return self.turn_away(rejection),
        };
        if let Err(refusal) = who.complete() {
            return self.turn_away(refusal.into());
        }
        if let Err(refusal) = session.hub.identified(who.actor.party) {
            session.refuse(None, None, &refusal);
            return session.outbox.close(code::TOO_MANY_SESSIONS, "too many sessions");
        }
        self.rate = Some(session.hub.rate_of(&who.actor));
        let actor = Arc::clone(&who.actor);
        let per_minute = self.rate.as_ref().map_or(0, Rate::commands_per_minute);
        let welcome = self.welcome(&actor, &who.session.to_string(), per_minute);
        session.identify(who, credential);
        if session.hub.revoked_since(asked, &session) {
            // It ended after it was looked up and before it was known here.
            return session.revoke();
        }
        session.send(welcome);
        if let Some(tenant) = actor.tenant {
            session.hub.presence().join(tenant, &actor, session.id());
        }
    }

    fn turn_away(&self, rejection: Rejection) {
        if let Rejection::Broken(fault) = &rejection {
            tracing::error!(error = %fault, "could not resolve a session");
        }
        let refusal = rejection.into_refusal();
        self.session.refuse(None, None, &refusal);
        match refusal.code {
            Code::Unavailable | Code::Internal => {
                self.session.outbox.close(code::GOING_AWAY, "retry_after_ms=2000");
            }
            _ => self.session.outbox.close(code::AUTH, "no valid session"),
        }
    }

    fn welcome(&self, actor: &Actor, session: &str, per_minute: u32) -> bytes::Bytes {
        let limits = self.session.hub.limits();
        let mut frame = json!({
            "t": "welcome", "session": session, "who": actor.party, "kind": actor.kind,
            "limits": {
                "frame_bytes": limits.frame_bytes,
                "commands_per_minute": per_minute,
                "topics": limits.topics,
            },
            "ping_seconds": limits.ping_every.as_secs(),
        });
        if let Some(tenant) = actor.tenant {
            frame["tenant"] = json!(tenant);
        }
        encode::text(&frame.to_string())
    }

    /// Counts against the session's rate.
    fn spend(&mut self, what: What) -> Result<(), Refusal> {
        let Some(rate) = &self.rate else { return Err(Refusal::new(Code::AuthRequired, "Say hello first.")) };
        let Err(Spent { limit, by_tenant, wait }) = rate.spend(what) else {
            self.rate_refusals = 0;
            return Ok(());
        };
        // What all of a tenant's people send together is nobody's fault who sends a little.
        self.rate_refusals += u32::from(!by_tenant);
        if self.rate_refusals > RATE_REFUSALS_LIMIT {
            let reason = format!("retry_after_ms={}", wait.as_millis().max(1_000));
            self.session.outbox.close(code::TOO_MANY_COMMANDS, &reason);
        }
        Err(Refusal::of(Code::RateLimited)
            .with_details(
                json!({ "limit": limit, "per": "minute", "of": if by_tenant { "tenant" } else { "session" } }),
            )
            .retry_after(wait.max(Duration::from_secs(1))))
    }

    fn command(&mut self, id: Uuid, topic: &str, kind: &str, body: &str) -> Result<(), Refusal> {
        self.spend(What::Command)?;
        let topic = frame::topic(topic)?;
        if topic.view.is_some() {
            return Err(Refusal::new(Code::UnknownCommand, "A list takes no commands; send it to the entity."));
        }
        let (actor, tenant) = self.session.actor()?;
        let command = Command {
            request: RequestKey::of(id, actor.party, kind, body),
            actor: Arc::clone(actor),
            at: Timestamp::now(),
            kind: kind.into(),
            body: body.into(),
        };
        let to = Arc::clone(&self.session) as Arc<dyn brigade_actors::Replies>;
        self.session.hub.directory().submit(EntityKey { tenant, entity: topic.entity }, command, to);
        Ok(())
    }

    fn signal(&mut self, topic: &str, kind: &str, body: &str) -> Result<(), Refusal> {
        self.spend(What::Signal)?;
        if body.len() > SIGNAL_BYTES || kind.len() > 64 {
            return Err(Refusal::new(Code::TooLarge, format!("A signal's body may have {SIGNAL_BYTES} bytes."))
                .with_details(json!({ "limit": SIGNAL_BYTES })));
        }
        let topic = frame::topic(topic)?;
        let (actor, tenant) = self.session.actor()?;
        let from = Arc::clone(&self.session) as Arc<dyn Subscriber>;
        let key = EntityKey { tenant, entity: topic.entity };
        self.session.hub.directory().signal(key, from, Arc::clone(actor), kind.into(), body.into());
        Ok(())
    }

    fn sig(&mut self, sig: Sig) -> Result<(), Refusal> {
        self.spend(What::Signal)?;
        let (actor, tenant) = self.session.actor()?;
        let presence = self.session.hub.presence();
        match sig {
            Sig::Watch(who) => {
                if !self.session.watch(&who, WATCH_LIMIT) {
                    return Err(Refusal::new(
                        Code::RateLimited,
                        format!("A connection watches at most {WATCH_LIMIT} people."),
                    )
                    .with_details(json!({ "limit": WATCH_LIMIT })));
                }
                let watcher = Arc::clone(&self.session) as Arc<dyn Subscriber>;
                presence.watch(tenant, actor, &who, &watcher);
            }
            Sig::Unwatch(who) => {
                self.session.unwatch(&who);
                presence.unwatch(tenant, &who, self.session.id());
            }
            Sig::Away(away) => {
                actor.may_change()?;
                presence.set(tenant, actor.party, self.session.id(), away);
            }
        }
        Ok(())
    }
}
