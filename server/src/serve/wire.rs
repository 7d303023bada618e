//! Puts the crates together: the one place that knows all of them.

use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use actix_rt::Arbiter;
use actix_web::dev::{Server, Service as _};
use actix_web::http::header::{CONNECTION, HeaderValue};
use actix_web::{App, HttpMessage as _, HttpResponse, web};
use anyhow::{Context as _, Result};
use brigade_actors::{Directory, Presence};
use brigade_domain::account::Account;
use brigade_domain::chat::Conversation;
use brigade_domain::identity::SessionEvents;
use brigade_domain::journal::Journal;
use brigade_domain::limits::SharedLimits;
use brigade_domain::tenant::Tenant;
use brigade_domain::webhooks::address::{Network as Reach, Policy};
use brigade_domain::webhooks::ports::Outgoing;
use brigade_http::chat::Uploads;
use brigade_http::config::{HttpConfig, Limits, Network, SignInLimits};
use brigade_http::guard::{Context, Gate};
use brigade_http::identity::password::Hasher;
use brigade_http::identity::{Copies, Ports};
use brigade_http::notices::Ports as NoticePorts;
use brigade_http::problem::Problem;
use brigade_http::{Parts, account, chat, platform, reports, webhooks};
use brigade_integrations::files::{FileStore, Inspection};
use brigade_integrations::push::{WebPush, new_keys};
use brigade_integrations::webhooks::HttpCourier;
use brigade_store::chat::{PgAttachments, PgBlocks, PgCannedReplies, PgDrafts, PgLists, PgMessages, PgSearch, PgViews};
use brigade_store::identity::{Identity, KeyRing};
use brigade_store::jobs::{Tasks, Worker};
use brigade_store::notices::{PgNotices, PgPush};
use brigade_store::platform::PgPlatform;
use brigade_store::reports::PgReports;
use brigade_store::routing::PgRouting;
use brigade_store::webhooks::PgWebhooks;
use brigade_store::{Db, PgJournal, PgReads, RedisLimits, RedisPresence};
use brigade_ws::{Hub, Live, LiveConfig, LiveLimits, Timeouts};

use super::drain::Traffic;
use super::health::{Pulse, Vitals};
use super::parts::{Letters, Lookout};
use super::{
    blocks, feedback, files, live, notices, postman, push, routing, schedule, support, targets, tasks, teams,
    transcripts, upkeep,
};
use crate::config::Config;
use crate::config::value::Setting as _;
use crate::database::Database;
use crate::platform::Platform;
use crate::{keys, telemetry};

/// How long somebody who lost the connection counts as still there.
const PRESENCE_GRACE: Duration = Duration::from_secs(10);
/// A connection that is being closed is cut after this.
const DISCONNECT: Duration = Duration::from_secs(5);
/// Jobs at a time.
const JOBS: usize = 4;
/// Passwords that are hashed at a time: each takes 19 MiB.
const HASHERS: usize = 2;
/// The session of a browser, as `http/` sets it.
const SESSION_COOKIE: &str = "__Host-brigade";

/// What tests look into.
#[derive(Clone)]
pub struct Handles {
    /// The database.
    pub db: Db,
    /// The entities.
    pub directory: Directory,
    /// The sockets.
    pub hub: Hub,
    /// Tenants and people.
    pub platform: Platform,
    /// What the staff are told.
    pub notices: PgNotices,
}

/// Everything of one running server.
pub(super) struct Node {
    pub(super) db: Db,
    pub(super) hub: Hub,
    pub(super) traffic: Traffic,
    pub(super) pulse: Pulse,
    pub(super) files: files::Files,
    pub(super) handles: Handles,
    pub(super) uploads: Uploads,
    copies: Copies,
    webhooks: PgWebhooks,
    notices: PgNotices,
    policy: Policy,
    identity: Identity,
    app: brigade_http::App,
    live: Live,
}

/// The entities over the database.
pub(crate) fn directory(config: &Config, db: &Db, journal: Arc<dyn Journal>) -> Directory {
    let limits = brigade_actors::Limits {
        per_entity: config.limits.mailbox,
        patience: config.limits.patience,
        idle_after: config.limits.entity_idle,
        ..brigade_actors::Limits::default()
    };
    Directory::builder()
        .entity::<Conversation>()
        .entity::<Tenant>()
        .entity::<Account>()
        .limits(limits)
        .build(journal, Arc::new(PgLists::new(db.clone())))
}

/// The keys given, or those kept in the data folder of the private PostgreSQL.
fn key_ring(config: &Config) -> Result<KeyRing> {
    let key = match (&config.security.secrets_key, &config.database.url) {
        (Some(key), _) => key.clone(),
        (None, None) => keys::secrets_key(&config.database.data)?,
        (None, Some(_)) => anyhow::bail!(
            "security.secrets_key is required with database.url: set TENANT_SECRETS_ENCRYPTION_KEY to 64 hexadecimal \
             digits (`openssl rand -hex 32`), the same on every node, and keep it as safe as the database"
        ),
    };
    let all = std::iter::once(&key).chain(&config.security.previous_secrets_keys);
    let hex: Vec<String> = all.map(crate::config::value::SecretKey::to_hex).collect();
    Ok(KeyRing::from_hex(&hex)?)
}

/// For commands: entities, keys and people without a server around them, on this thread.
pub(crate) fn platform(config: &Config, db: &Db) -> Result<Platform> {
    let directory = directory(config, db, Arc::new(PgJournal::start(db.clone())));
    directory.add_arbiter(Arbiter::current());
    let identity = Identity::start(db.clone(), key_ring(config)?);
    Ok(Platform { db: db.clone(), directory, identity, hasher: Hasher::new(HASHERS)? })
}

/// Connects and wires; nothing listens yet.
pub(super) async fn node(config: &Config, database: &Database, address: SocketAddr, started: Instant) -> Result<Node> {
    let db = database.connect().await?;
    let ring = key_ring(config)?;
    let http = http_config(config, address, ring.derive("csrf"));
    let identity = Identity::start(db.clone(), ring);
    let journal = PgJournal::start(db.clone());
    let search = PgSearch::start(db.clone(), &journal);
    let page = format!("{}/settings#webhooks", http.origin());
    let webhooks = PgWebhooks::start(identity.clone(), &journal, page);
    let told = PgNotices::start(identity.clone(), &journal);
    let (devices, policy) = (PgPush::new(identity.clone(), || new_keys().ok()), policy(&config.webhooks.allow));
    let journal: Arc<dyn Journal> = Arc::new(journal);
    let directory = directory(config, &db, Arc::clone(&journal));
    notices::announce(&told, directory.clone());
    let presence = Arc::new(Presence::new(PRESENCE_GRACE));
    share_presence(config, &db, &presence)?;
    let edge = Arc::new(identity.clone());
    let hub = Hub::new(directory.clone(), Arc::clone(&presence), edge.clone(), edge.clone(), live_limits(config));
    let events: Arc<dyn SessionEvents> = Arc::new(identity.clone());
    actix_web::rt::spawn(hub.clone().keep(Arc::clone(&events)));
    let shared = shared_limits(config)?;
    let traffic = Traffic::default();
    let pulse = Pulse(Arc::new(Vitals {
        started,
        up: AtomicBool::new(false),
        traffic: traffic.clone(),
        db: db.clone(),
        directory: directory.clone(),
        hub: hub.clone(),
        identity: identity.clone(),
        shared: shared.clone(),
        metrics: telemetry::metrics()?,
        setting: if config.demo.enabled { "demonstration" } else { "production" },
    }));
    look_after(&db, &presence, &pulse)?;
    let hasher = Hasher::new(HASHERS)?;
    let gate = Gate::sharing(http, edge.clone(), edge.clone(), edge, shared);
    let reads = Arc::new(PgReads::new(db.clone()));
    let live = live(config, &gate, &hub);
    let (files, uploads) = (files::Files::default(), uploads(config, &db)?);
    let (own, messages) = (Arc::new(identity.clone()), Arc::new(PgMessages::new(db.clone())));
    let copies = Copies::new((own.clone(), own.clone()), own, messages, uploads.files());
    let there = Arc::clone(&presence);
    let app = brigade_http::App::new(Parts {
        gate,
        session_events: events,
        directory: directory.clone(),
        journal,
        presence,
        chat: chat_ports(&db, &reads, search, &uploads),
        notices: notice_ports(config, &told, &devices),
        account: account::Ports { accounts: reads },
        webhooks: webhooks::Ports { webhooks: Arc::new(webhooks.clone()), policy: policy.clone() },
        copies: copies.clone(),
        reports: reports::Ports { reports: Arc::new(PgReports::new(db.clone())) },
        identity: Ports::over(&Arc::new(identity.clone()), hasher.clone()),
        platform: platform_ports(config, &db, &pulse, &uploads),
        health: Arc::new(pulse.clone()),
        files: Arc::new(files.clone()),
    });
    tell_who_is_away(config, &told, devices, &there, &app);
    let platform = Platform { db: db.clone(), directory: directory.clone(), identity: identity.clone(), hasher };
    let handles = Handles { db: db.clone(), directory, hub: hub.clone(), platform, notices: told.clone() };
    Ok(Node {
        db,
        hub,
        traffic,
        pulse,
        files,
        handles,
        uploads,
        copies,
        webhooks,
        notices: told,
        policy,
        identity,
        app,
        live,
    })
}

/// What people are told, how, and on which devices.
fn notice_ports(config: &Config, told: &PgNotices, devices: &PgPush) -> NoticePorts {
    NoticePorts {
        notices: Arc::new(told.clone()),
        settings: Arc::new(told.clone()),
        devices: Arc::new(devices.clone()),
        push_policy: policy(&config.push.allow),
    }
}

/// Letters and devices, for as long as the runtime runs.
fn tell_who_is_away(
    config: &Config,
    told: &PgNotices,
    devices: PgPush,
    presence: &Arc<Presence>,
    app: &brigade_http::App,
) {
    actix_web::rt::spawn(notices::write_letters(told.clone(), Arc::clone(presence), app.clone()));
    let courier = WebPush::new(policy(&config.push.allow), app.config().origin().to_owned());
    actix_web::rt::spawn(push::carry(Arc::new(devices), Arc::new(courier), Arc::clone(presence)));
}

/// What is done now and then for as long as the runtime runs.
fn look_after(db: &Db, presence: &Arc<Presence>, pulse: &Pulse) -> Result<()> {
    actix_web::rt::spawn(upkeep::metrics(telemetry::metrics()?));
    actix_web::rt::spawn(upkeep::purges(db.clone()));
    actix_web::rt::spawn(routing::attend(PgRouting::new(db.clone()), Arc::clone(presence)));
    actix_web::rt::spawn(upkeep::keys(pulse.clone()));
    Ok(())
}

/// What the operator's page is made from; from here on the parts are looked after.
fn platform_ports(config: &Config, db: &Db, pulse: &Pulse, uploads: &Uploads) -> platform::Ports {
    let letters = match (&config.mail.smtp_url, config.demo.enabled) {
        (Some(_), _) => Letters::Sent,
        (None, true) => Letters::Shown,
        (None, false) => Letters::Kept,
    };
    let all = PgPlatform::new(db.clone());
    let lookout = Lookout::new(pulse.clone(), all.clone(), uploads.files(), letters);
    actix_web::rt::spawn(lookout.clone().keep());
    let all = Arc::new(all);
    platform::Ports { tenants: all.clone(), queue: all.clone(), activity: all, watch: Arc::new(lookout) }
}

/// What conversations are asked for beside their live state.
fn chat_ports(db: &Db, reads: &Arc<PgReads>, search: PgSearch, uploads: &Uploads) -> chat::Ports {
    chat::Ports {
        conversations: reads.clone(),
        messages: Arc::new(PgMessages::new(db.clone())),
        canned: Arc::new(PgCannedReplies::new(db.clone())),
        views: Arc::new(PgViews::new(db.clone())),
        drafts: Arc::new(PgDrafts::new(db.clone())),
        search: Arc::new(search),
        blocks: Arc::new(PgBlocks::new(db.clone())),
        uploads: uploads.clone(),
    }
}

/// Files that go with messages, kept where the configuration says.
pub(crate) fn uploads(config: &Config, db: &Db) -> Result<Uploads> {
    let files = if let Some(bucket) = config.files.bucket() {
        FileStore::bucket(&bucket).context("files.bucket cannot be used")?
    } else {
        let folder = config.files.folder.clone().unwrap_or_else(|| config.database.data.join("files"));
        FileStore::folder(&folder).context("files.folder cannot be used")?
    };
    let inspection = Inspection::new(config.files.clamd.clone());
    Ok(Uploads::new(Arc::new(PgAttachments::new(db.clone())), Arc::new(files), Arc::new(inspection)))
}

/// Where it may be gone when somebody else says where to.
fn policy(allow: &[crate::config::value::Network]) -> Policy {
    let reach = |network: &crate::config::value::Network| Reach::new(network.address, network.prefix);
    Policy::new(allow.iter().filter_map(reach).collect())
}

/// Redis, when it is configured. It is connected to when it is first used, and need not be there.
fn shared_limits(config: &Config) -> Result<Option<Arc<dyn SharedLimits>>> {
    let Some(url) = &config.redis.url else { return Ok(None) };
    let limits = RedisLimits::new(url.reveal()).context("redis.url cannot be used")?;
    Ok(Some(Arc::new(limits)))
}

/// With Redis, the nodes tell each other who is there.
fn share_presence(config: &Config, db: &Db, presence: &Arc<Presence>) -> Result<()> {
    let Some(url) = &config.redis.url else { return Ok(()) };
    let hears = Arc::downgrade(presence);
    let listener = Arc::new(move |news| {
        if let Some(presence) = hears.upgrade() {
            presence.hear(news, Instant::now());
        }
    });
    let link = RedisPresence::start(db, url.reveal(), listener).context("redis.url cannot be used")?;
    presence.share(Arc::new(link));
    Ok(())
}

fn http_config(config: &Config, address: SocketAddr, signing_keys: Vec<[u8; 32]>) -> HttpConfig {
    let network = |network: &crate::config::value::Network| network.show().parse::<Network>().ok();
    let signing_key = signing_keys.first().copied().unwrap_or_default();
    HttpConfig {
        origins: origins(config, address),
        cors_origins: config.server.cors_origins.iter().map(|origin| origin.as_str().to_owned()).collect(),
        trusted_proxies: config.server.trusted_proxies.iter().filter_map(network).collect(),
        operator_networks: config.server.operator_networks.iter().filter_map(network).collect(),
        demo: config.demo.enabled,
        limits: Limits {
            actor: config.limits.requests_per_minute,
            visitor: config.limits.visitor_commands_per_minute,
            tenant: config.limits.tenant_requests_per_minute,
            address: config.limits.anonymous_requests_per_minute,
            search: config.limits.searches_per_minute,
            upload: config.limits.upload_parts_per_minute,
            visitor_upload: config.limits.visitor_upload_parts_per_minute,
            site_chat: config.limits.site_chats_per_minute,
            ..Limits::default()
        },
        sign_in: SignInLimits {
            per_minute: config.limits.sign_ins_per_minute,
            failures: config.limits.failed_sign_ins,
            ..SignInLimits::default()
        },
        signing_keys,
        ..HttpConfig::new("", signing_key)
    }
}

/// Where this server is reached: what is configured, else the address it listens on and, for one on this machine, its
/// name.
pub(super) fn origins(config: &Config, address: SocketAddr) -> Vec<String> {
    let own = match &config.server.public_url {
        Some(url) => vec![url.as_str().to_owned()],
        None if address.ip().is_loopback() || address.ip().is_unspecified() => {
            ["127.0.0.1", "localhost"].map(|host| format!("http://{host}:{}", address.port())).into()
        }
        None => vec![format!("http://{address}")],
    };
    own.into_iter().chain(config.server.allowed_origins.iter().map(|origin| origin.as_str().to_owned())).collect()
}

fn live_limits(config: &Config) -> LiveLimits {
    let limits = &config.limits;
    LiveLimits {
        frame_bytes: limits.frame_bytes,
        commands_per_minute: limits.commands_per_minute,
        visitor_commands_per_minute: limits.visitor_commands_per_minute,
        tenant_commands_per_minute: limits.tenant_commands_per_minute,
        topics: limits.topics_per_session,
        sessions_per_person: limits.sessions_per_person,
        sessions_per_address: limits.sessions_per_address,
        outbox_bytes: limits.outbound_bytes,
        ..LiveLimits::default()
    }
}

fn live(config: &Config, gate: &Gate, hub: &Hub) -> Live {
    Live {
        config: LiveConfig {
            limits: live_limits(config),
            origins: gate.config.origins.clone(),
            cookie: SESSION_COOKIE.to_owned(),
            // Both as the guard sees it, which is around this route as around every other.
            address_of: Arc::new(|request| request.extensions().get::<Rc<Context>>().map(|context| context.ip)),
            reject: Arc::new(|_, refusal| HttpResponse::from_error(Problem::from(refusal))),
        },
        hub: hub.clone(),
    }
}

impl Node {
    /// The HTTP server, not yet running.
    pub(super) fn http(&self, config: &Config, listener: TcpListener) -> Result<Server> {
        let (app, live, traffic, directory) =
            (self.app.clone(), self.live.clone(), self.traffic.clone(), self.handles.directory.clone());
        let application = move || {
            let traffic = traffic.clone();
            App::new()
                .wrap_fn(move |request, service| {
                    let (running, traffic) = (traffic.enter(), traffic.clone());
                    let answer = service.call(request);
                    async move {
                        let mut answer = answer.await?;
                        drop(running);
                        if traffic.is_draining() && !answer.status().is_informational() {
                            answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                        }
                        Ok(answer)
                    }
                })
                .app_data(web::Data::new(live.clone()))
                .service(brigade_http::all_routes(live::routes()).mount(app.clone()))
        };
        let timeouts = Timeouts {
            keep_alive: config.server.keep_alive,
            request: config.server.client_timeout,
            disconnect: DISCONNECT,
        };
        let server = Server::build().disable_signals();
        let server = match config.server.workers {
            0 => server,
            workers => server.workers(workers),
        };
        let server = server.listen("brigade", listener, move || {
            // Entities live on the threads of the HTTP workers, beside the sockets that talk to them.
            if let Some(arbiter) = Arbiter::try_current() {
                directory.add_arbiter(arbiter);
            }
            brigade_ws::connections(timeouts, application.clone())
        });
        Ok(server.context("cannot listen")?.run())
    }

    /// Carries webhooks from here on.
    pub(super) fn carry_webhooks(&self) {
        let outgoing: Arc<dyn Outgoing> = Arc::new(self.webhooks.clone());
        actix_web::rt::spawn(postman::carry(outgoing, Arc::new(HttpCourier::new(self.policy.clone()))));
    }

    /// The worker, running.
    pub(super) fn worker(&self, config: &Config) -> Result<Worker> {
        let tasks = tasks::entity_commands(Tasks::default(), self.handles.directory.clone());
        let tasks = tasks::invitations(tasks, self.handles.directory.clone(), Arc::new(PgReads::new(self.db.clone())));
        let tasks = tasks::files(tasks, &self.uploads);
        let tasks = tasks::own_data(tasks, &self.copies);
        let tasks = targets::targets(tasks, self.handles.directory.clone(), self.db.clone());
        let tasks = feedback::feedback(tasks, self.handles.directory.clone());
        let tasks = teams::teams(tasks, self.handles.directory.clone());
        let blocked = Arc::new(PgBlocks::new(self.db.clone()));
        let tasks = blocks::blocks(tasks, self.handles.directory.clone(), blocked);
        let tasks = transcripts::transcripts(tasks, self.app.clone(), Arc::new(self.identity.clone()));
        let authors = Arc::new(self.identity.clone());
        let tasks = support::endings(tasks, Arc::new(self.identity.clone()));
        let tasks = schedule::scheduled(tasks, self.handles.directory.clone(), authors);
        let tasks = routing::tasks(tasks, &self.handles.directory, &PgRouting::new(self.db.clone()));
        let tasks = notices::tasks(tasks, &self.notices);
        let queue = Arc::new(self.identity.clone());
        let tasks = tasks::mail(
            tasks,
            queue,
            super::mail::mailer(&config.mail, config.demo.enabled)?,
            config.mail.smtp_url.is_none(),
        );
        Ok(Worker::start(&self.db, tasks, JOBS))
    }
}
