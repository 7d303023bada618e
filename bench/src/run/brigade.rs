//! Starting Brigade on the benchmark's PostgreSQL, with people who sign in and conversations they share.
//!
//! Everything goes through what a customer uses: the command line for tenant and staff, `POST /v1/auth/tokens` and
//! `POST /v1/site/conversations` for the rest. Each of those calls and each socket comes from an address of its own
//! (`X-Forwarded-For` from a trusted proxy), because the limits on one address are meant for strangers and stay on.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::peers::Server;
use super::postgres::Postgres;
use super::{Start, free_port, http, sibling_binary};
use crate::peer::{Brigade, Subscribe, caller};

const DATABASE: &str = "brigade";
const READY: Duration = Duration::from_mins(1);
/// How often a sign-in is refused for coming too soon: the limit is one of a minute.
const SIGN_IN_ATTEMPTS: usize = 7;
/// Account managers who share the sockets.
const STAFF: usize = 20;

/// What is raised for the benchmark: one machine plays five thousand people. All else is as shipped.
pub const SETTINGS: [(&str, &str); 8] = [
    ("server.trusted_proxies", "127.0.0.1/32"),
    ("limits.requests_per_minute", "1000000"),
    ("limits.commands_per_minute", "100000000"),
    ("limits.tenant_requests_per_minute", "1000000"),
    ("limits.tenant_commands_per_minute", "100000000"),
    ("limits.sessions_per_person", "10000"),
    ("limits.sessions_per_address", "10000"),
    ("log.level", "warn"),
];

/// A tenant with staff, kept in the database from run to run.
#[derive(Debug)]
pub struct Tenant {
    public_key: String,
    /// Address and password of each.
    staff: Vec<(String, String)>,
    url: String,
    key: String,
}

impl Tenant {
    /// Makes the database, the tenant and its staff.
    pub fn create(postgres: &Postgres, folder: &Path) -> Result<Self> {
        Self::create_in(postgres, DATABASE, folder)
    }

    /// The same in a database of another name.
    pub fn create_in(postgres: &Postgres, database: &str, folder: &Path) -> Result<Self> {
        postgres.tool("createdb", &[database]).output()?;
        // Of no value outside this database, which goes with the benchmark.
        let key = "b5".repeat(32);
        let mut tenant = Self { public_key: String::new(), staff: Vec::new(), url: postgres.url(database), key };
        tenant.command(&["migrate"], folder)?.output()?;
        let printed = tenant
            .command(&["tenant", "create", "--name", "Bench Kitchen", "--slug", "bench-kitchen"], folder)?
            .output()?;
        tenant.public_key = word_after(&printed, "public key").context("no public key was printed")?;
        for number in 0..STAFF {
            let email = format!("staff-{number}@bench.example");
            let name = format!("Staff {number}");
            let line = [
                "user",
                "create",
                "--email",
                &email,
                "--name",
                &name,
                "--tenant",
                "bench-kitchen",
                "--role",
                "account_manager",
            ];
            let printed = tenant.command(&line, folder)?.output()?;
            let password = word_after(&printed, "password").context("no password was printed")?;
            tenant.staff.push((email, password));
        }
        Ok(tenant)
    }

    /// The public key of its site.
    pub fn public_key(&self) -> &str {
        &self.public_key
    }

    fn command(&self, line: &[&str], folder: &Path) -> Result<Start> {
        let mut command = vec![sibling_binary("brigade")?.display().to_string()];
        command.extend(line.iter().map(|&word| word.to_owned()));
        for (key, value) in SETTINGS {
            command.extend(["--set".to_owned(), format!("{key}={value}")]);
        }
        let start = Start::new("brigade", command, folder)
            .with("DATABASE_URL", &self.url)
            .with("TENANT_SECRETS_ENCRYPTION_KEY", &self.key);
        Ok(start)
    }

    /// Starts a server, pinned.
    pub fn serve(&self, core: usize, folder: &Path) -> Result<Server> {
        let address = free_port()?;
        let start = self.command(&["serve", "--listen", &address.to_string()], folder)?;
        let mut child = start.on_core(core).spawn(folder)?;
        child.wait_for(address, READY)?;
        Ok(Server { child, address })
    }

    /// Signs the staff in and opens `rooms` fresh conversations.
    pub fn peer(&self, server: &Server, rooms: usize, subscribe: Subscribe) -> Result<Brigade> {
        let address = server.address;
        let staff = self.staff.iter().enumerate();
        let tokens: Result<Vec<String>> =
            staff.map(|(number, (email, password))| sign_in(address, number, email, password)).collect();
        let topics: Result<Vec<String>> = (0..rooms).map(|room| self.conversation(address, room)).collect();
        let nonce = u64::from(std::process::id()) << 32 | u64::from(address.port());
        Ok(Brigade { tokens: Arc::from(tokens?), topics: Arc::from(topics?), subscribe, nonce })
    }

    fn conversation(&self, address: SocketAddr, room: usize) -> Result<String> {
        let headers = format!("X-Tenant-Key: {}\r\n{}", self.public_key, caller(10_000 + room));
        let made = http::post(address, "/v1/site/conversations", &headers, &json!({}))?;
        text(&made, "topic")
    }
}

/// Signs in; the staff of a benchmark does so more often than people may, and then waits as it is told.
fn sign_in(address: SocketAddr, number: usize, email: &str, password: &str) -> Result<String> {
    let body = json!({"email": email, "password": password});
    let once = || http::post(address, "/v1/auth/tokens", &caller(20_000 + number), &body);
    for _ in 0..SIGN_IN_ATTEMPTS {
        match once() {
            Err(error) if error.to_string().contains("RATE_LIMITED") => std::thread::sleep(Duration::from_secs(10)),
            made => return text(&made?, "access_token"),
        }
    }
    text(&once()?, "access_token")
}

fn text(value: &Value, field: &str) -> Result<String> {
    let text = value.get(field).and_then(Value::as_str).with_context(|| format!("no {field} in {value}"))?;
    Ok(text.to_owned())
}

/// The last word of the line that begins with `label`.
fn word_after(printed: &str, label: &str) -> Option<String> {
    let line = printed.lines().find_map(|line| line.trim().strip_prefix(label))?;
    line.split_whitespace().last().map(str::to_owned)
}
