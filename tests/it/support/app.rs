//! A server in the test's own process, with a database of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use brigade_domain::actor::Role;
use brigade_domain::id::{TenantId, UserId};
use brigade_domain::identity::Secret;
use brigade_domain::platform::ports::Queue as _;
use brigade_server::config::{self, Flag};
use brigade_server::platform::{NewPerson, NewTenant};
use brigade_server::serve::{self, Handles};
use brigade_store::platform::PgPlatform;
use tokio::sync::oneshot;

use super::eventually;
use super::folder::Folder;
use super::person::{Person, Visitor};
use super::postgres::Fresh;
use super::socket::Socket;

/// The password of everybody the tests make.
pub const PASSWORD: &str = "quiet-otter-kneads-rye-42";
const SECRETS_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// A running server. Dropped, it is stopped and must have left no job behind.
pub struct TestApp {
    /// Where it listens.
    pub address: SocketAddr,
    /// What is inside.
    pub inside: Handles,
    /// Its database.
    pub database: Fresh,
    /// Where it keeps files.
    pub folder: Folder,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<anyhow::Result<()>>>,
    may_leave_jobs: bool,
}

/// A tenant made for a test.
#[derive(Debug, Clone)]
pub struct TestTenant {
    /// Which.
    pub id: TenantId,
    /// Its short name.
    pub slug: String,
    /// Its public key.
    pub public_key: String,
    /// A site that may embed its chat.
    pub origin: String,
}

impl TestApp {
    /// Starts one with the default configuration.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// Starts one with these keys set, such as `("limits.mailbox", "4")`.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        Self::on(Fresh::new(), settings).await
    }

    /// Starts one on a database that is there already.
    pub async fn on(database: Fresh, settings: &[(&str, &str)]) -> Self {
        let (url, folder) = (database.url(), Folder::new());
        let usual = [
            ("files.folder", folder.path().to_str().unwrap()),
            ("database.url", url.as_str()),
            ("database.migrate", "false"),
            ("database.connections", "6"),
            ("security.secrets_key", SECRETS_KEY),
            ("server.listen", "127.0.0.1:0"),
            ("server.workers", "1"),
            ("log.level", "warn"),
            // Everybody in a test comes from one address.
            ("limits.sign_ins_per_minute", "1000"),
            ("limits.failed_sign_ins", "1000"),
            ("limits.requests_per_minute", "10000"),
            ("limits.anonymous_requests_per_minute", "10000"),
            ("limits.site_chats_per_minute", "1000"),
            // What is right is right on a slow machine too. That it sheds is tried with real processes, in `faults`.
            ("limits.patience", "30s"),
        ];
        let flags = usual.iter().chain(settings).map(|(key, text)| Flag {
            flag: "test".to_owned(),
            key: (*key).to_owned(),
            text: (*text).to_owned(),
        });
        let config = config::from_parts(Vec::new(), None, flags.collect()).unwrap();
        let (stop, stopped) = oneshot::channel();
        let (sender, started) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            let up = |up: &serve::Up<'_>| sender.send((up.address, up.handles.clone())).unwrap();
            // Dropped without a word is a wish to stop as well.
            serve::run(&config, up, async { drop(stopped.await) })
        });
        let started = tokio::task::spawn_blocking(move || started.recv_timeout(Duration::from_mins(1))).await.unwrap();
        let Ok((address, inside)) = started else {
            panic!("the server does not start: {:?}", thread.join());
        };
        Self { address, inside, database, folder, stop: Some(stop), thread: Some(thread), may_leave_jobs: false }
    }

    /// For tests that break things: jobs may be left when it stops.
    pub fn may_leave_jobs(&mut self) {
        self.may_leave_jobs = true;
    }

    /// An address of it.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The origin its own pages have.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A new tenant.
    pub async fn tenant(&self) -> TestTenant {
        let slug = format!("t-{}", &uuid::Uuid::now_v7().simple().to_string()[16..]);
        let origin = format!("https://{slug}.example");
        let new = NewTenant {
            name: format!("Tenant {slug}"),
            slug: slug.clone(),
            zone: "Europe/London".to_owned(),
            origins: vec![origin.clone()],
        };
        let (id, public_key) = self.inside.platform.create_tenant(&new).await.unwrap();
        TestTenant { id, slug, public_key, origin }
    }

    /// A new person, with a role in a tenant; not signed in.
    pub async fn user(&self, tenant: &TestTenant, role: Role, name: &str) -> (UserId, String) {
        let (id, email) = self.somebody(name, false).await;
        self.inside.platform.add_member(tenant.id, id, role).await.unwrap();
        (id, email)
    }

    /// A new person without any role, or who operates the platform; not signed in.
    pub async fn somebody(&self, name: &str, super_admin: bool) -> (UserId, String) {
        let email = format!("{}@people.example", uuid::Uuid::now_v7().simple());
        let new =
            NewPerson { email: email.clone(), name: name.to_owned(), password: Secret::new(PASSWORD), super_admin };
        (self.inside.platform.create_person(&new).await.unwrap(), email)
    }

    /// A new person with a role in a tenant, signed in over HTTP.
    pub async fn client_as(&self, tenant: &TestTenant, role: Role) -> Person {
        let (id, email) = self.user(tenant, role, &format!("{role:?}")).await;
        Person::sign_in(self, id, &email, PASSWORD).await
    }

    /// Somebody who operates the platform, signed in over HTTP.
    pub async fn operator(&self) -> Person {
        let (id, email) = self.somebody("Olu Operator", true).await;
        Person::sign_in(self, id, &email, PASSWORD).await
    }

    /// A new person with a role in a tenant, signed in, with a socket that has said hello.
    pub async fn ws_as(&self, tenant: &TestTenant, role: Role) -> (Person, Socket) {
        let person = self.client_as(tenant, role).await;
        let socket = Socket::open(self, &person).await;
        (person, socket)
    }

    /// A new site visitor of a tenant, with a conversation.
    pub async fn visitor(&self, tenant: &TestTenant) -> Visitor {
        Visitor::start(self, tenant).await
    }

    /// The files it keeps.
    pub fn files(&self) -> Vec<PathBuf> {
        let within = |folder: &Path| -> Vec<PathBuf> {
            // Folders go with what was in them, perhaps just now.
            std::fs::read_dir(folder)
                .map_or_else(|_| Vec::new(), |all| all.map(|entry| entry.unwrap().path()).collect())
        };
        // Tenant, file, bytes.
        within(self.folder.path()).iter().flat_map(|tenant| within(tenant)).flat_map(|file| within(&file)).collect()
    }

    /// Waits until every job is done.
    pub async fn jobs_done(&self) {
        eventually("every job is done", Duration::from_secs(20), async || {
            let kinds = PgPlatform::new(self.inside.db.clone()).waiting().await.unwrap().kinds;
            kinds.iter().all(|kind| kind.due == 0 && kind.running == 0).then_some(())
        })
        .await;
    }

    /// Stops it and waits until it has stopped.
    pub async fn stop(mut self) {
        self.end().await;
    }

    async fn end(&mut self) {
        if let Some(stop) = self.stop.take() {
            // It may have ended by itself; the thread says so below.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let ended = tokio::task::spawn_blocking(move || thread.join()).await.unwrap();
            ended.unwrap().unwrap();
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        drop(self.stop.take());
        let Some(thread) = self.thread.take() else { return };
        let ended = thread.join();
        if std::thread::panicking() {
            return;
        }
        ended.unwrap().unwrap();
        if !self.may_leave_jobs {
            let left = self.database.sql(
                "select count(*) from graphile_worker._private_jobs where attempts > 0 and last_error is not null",
            );
            assert_eq!(
                left,
                "0",
                "jobs failed: {}",
                self.database.sql("select payload, last_error from graphile_worker._private_jobs")
            );
        }
    }
}
