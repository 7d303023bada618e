//! Processes over one database, a tenant in it, and people who are signed in.

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::checker::Log;
use super::client::{Gone, Ticket, Wire};
use crate::support::postgres::Fresh;
use crate::support::{Answer, Folder, PASSWORD, Process, brigade, eventually, text};

/// The same on every node, as production demands.
const SECRETS_KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// Limits that are the subject of other tests, out of the way.
const WIDE: &[(&str, &str)] = &[
    ("limits.requests_per_minute", "1000000"),
    ("limits.anonymous_requests_per_minute", "1000000"),
    ("limits.site_chats_per_minute", "100000"),
    ("limits.sign_ins_per_minute", "100000"),
    ("limits.commands_per_minute", "10000000"),
    ("limits.visitor_commands_per_minute", "10000000"),
    ("limits.tenant_requests_per_minute", "1000000"),
    ("limits.tenant_commands_per_minute", "10000000"),
    ("limits.sessions_per_person", "100000"),
    ("limits.sessions_per_address", "100000"),
];

/// Where the data is.
pub(super) enum Data {
    /// A database of its own on the PostgreSQL of the test run.
    Shared(Arc<Fresh>),
    /// A PostgreSQL somewhere.
    At(String),
    /// The private PostgreSQL of the one node.
    Embedded(Folder),
}

/// A tenant and its nodes.
pub(super) struct World {
    /// Where the data is.
    pub(super) data: Data,
    /// The nodes, running or not.
    pub(super) nodes: Vec<Node>,
    settings: Vec<(String, String)>,
    slug: String,
    site_key: String,
}

/// A server that keeps its address when it is killed and started again.
pub(super) struct Node {
    /// Where it listens.
    pub(super) address: SocketAddr,
    process: Option<Process>,
}

/// A conversation with a site visitor.
#[derive(Debug, Clone)]
pub(super) struct Chat {
    /// Its topic.
    pub(super) topic: String,
    /// The visitor's.
    pub(super) ticket: Ticket,
}

impl World {
    /// Nodes over a fresh database on the PostgreSQL of the test run.
    pub(super) async fn start(nodes: usize, settings: &[(&str, &str)]) -> Self {
        Self::over(Data::Shared(Arc::new(Fresh::new())), nodes, settings).await
    }

    /// Nodes over this data.
    pub(super) async fn over(data: Data, nodes: usize, settings: &[(&str, &str)]) -> Self {
        let settings =
            WIDE.iter().chain(settings).map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let nodes = (0..nodes).map(|_| Node { address: free_address(), process: None }).collect();
        let mut world = Self { data, nodes, settings, slug: String::new(), site_key: String::new() };
        for node in 0..world.nodes.len() {
            world.start_node(node).await;
        }
        world.next_tenant().await;
        world
    }

    /// Makes a tenant; people and conversations from here on are its.
    pub(super) async fn next_tenant(&mut self) {
        self.slug = format!("t-{}", &Uuid::now_v7().simple().to_string()[16..]);
        let name = ["--name", "Balance Kitchen", "--slug", &self.slug, "--zone", "Europe/London"];
        let said = self.run(&[&["tenant", "create"][..], &name].concat(), "").await;
        self.site_key = said.split_whitespace().last().unwrap().to_owned();
    }

    /// A command of the binary, told where the data is.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = brigade(arguments);
        match &self.data {
            Data::Shared(fresh) => command.env("DATABASE_URL", fresh.url()),
            Data::At(url) => command.env("DATABASE_URL", url),
            Data::Embedded(folder) => command.arg("--data").arg(folder.path().join("data")),
        };
        if !matches!(self.data, Data::Embedded(_)) {
            command.env("TENANT_SECRETS_ENCRYPTION_KEY", SECRETS_KEY);
        }
        for (key, value) in &self.settings {
            command.args(["--set", &format!("{key}={value}")]);
        }
        command
    }

    /// Runs a command to its end and gives back what it printed.
    async fn run(&self, arguments: &[&str], input: &str) -> String {
        let mut command = self.command(arguments);
        let input = input.to_owned();
        let output = tokio::task::spawn_blocking(move || {
            let mut child =
                command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
            child.wait_with_output().unwrap()
        });
        let output = output.await.unwrap();
        assert!(output.status.success(), "{}", text(&output));
        text(&output)
    }

    /// Starts a node that does not run, and waits until it serves.
    pub(super) async fn start_node(&mut self, node: usize) {
        let address = self.nodes[node].address.to_string();
        let mut command = self.command(&["serve", "--listen", &address, "--log-format", "json", "--log-level", "warn"]);
        let started = tokio::task::spawn_blocking(move || Process::start(&mut command)).await.unwrap();
        self.nodes[node].process = Some(started);
    }

    /// Somebody of the staff, signed in.
    pub(super) async fn staff(&self, role: &str) -> Ticket {
        let email = format!("{}@people.example", Uuid::now_v7().simple());
        let slug = self.slug.clone();
        let create = ["user", "create", "--email", &email, "--name", "Amara", "--tenant", &slug, "--role", role];
        self.run(&[&create[..], &["--password-stdin"]].concat(), PASSWORD).await;
        sign_in(self.nodes[0].address, &email).await
    }

    /// A new site visitor's conversation, begun as soon as the node is not too busy for it.
    pub(super) async fn chat(&self) -> Chat {
        let answer = eventually("a conversation", Duration::from_mins(1), async || {
            Some(self.ask_for_a_chat().await).filter(|answer| answer.status != 503)
        });
        let answer = answer.await;
        let text = |name: &str| answer.data()[name].as_str().unwrap().to_owned();
        Chat { topic: text("topic"), ticket: Ticket::Visitor(text("token")) }
    }

    async fn ask_for_a_chat(&self) -> Answer {
        let address = self.nodes[0].address;
        let asked = reqwest::Client::new()
            .post(format!("http://{address}/v1/site/conversations"))
            .header("x-tenant-key", &self.site_key)
            .header("origin", format!("http://{address}"))
            .json(&json!({}));
        Answer::of(asked.send().await.unwrap()).await
    }

    /// Several.
    pub(super) async fn chats(&self, count: usize) -> Vec<Chat> {
        let mut chats = Vec::new();
        for _ in 0..count {
            chats.push(self.chat().await);
        }
        chats
    }

    /// Runs SQL in the database, if it is one of the test run's PostgreSQL.
    pub(super) fn sql(&self, sql: &str) -> String {
        self.fresh().sql(sql)
    }

    /// Runs SQL in a transaction that stays open for a while.
    pub(super) fn hold(&self, sql: &str, time: Duration) -> tokio::task::JoinHandle<()> {
        let fresh = Arc::clone(self.fresh());
        let sql = format!("begin; {sql}; select pg_sleep({}); commit", time.as_secs_f64());
        tokio::task::spawn_blocking(move || drop(fresh.sql(&sql)))
    }

    fn fresh(&self) -> &Arc<Fresh> {
        match &self.data {
            Data::Shared(fresh) => fresh,
            Data::At(_) | Data::Embedded(_) => panic!("only for a database of the test run"),
        }
    }
}

impl Node {
    /// The running process.
    pub(super) fn process(&mut self) -> &mut Process {
        self.process.as_mut().expect("the node runs")
    }

    /// Ends it the way nobody can prepare for.
    pub(super) fn kill(&mut self) {
        self.process.take().expect("the node runs").kill();
    }

    /// Waits for its end after it was asked to stop.
    pub(super) fn ended(&mut self, limit: Duration) -> std::process::ExitStatus {
        self.process.take().expect("the node runs").ended(limit)
    }

    /// A counter or gauge of `/metrics`; 0 when it is not there yet.
    pub(super) async fn metric(&self, name: &str) -> f64 {
        let text = reqwest::get(format!("http://{}/metrics", self.address)).await.unwrap().text().await.unwrap();
        let line = text.lines().find(|line| line.split([' ', '{']).next() == Some(name));
        line.and_then(|line| line.split_whitespace().last()).map_or(0.0, |value| value.parse().unwrap())
    }

    /// Waits until a metric is this.
    pub(super) async fn metric_is(&self, name: &str, limit: Duration, is_it: impl Fn(f64) -> bool) {
        eventually(&format!("{name} as it should be"), limit, async || is_it(self.metric(name).await).then_some(()))
            .await;
    }

    /// Resident memory in bytes.
    pub(super) fn memory(&mut self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process().pid())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }
}

/// Below the ports that the kernel gives to outgoing connections, one of which would take a killed node's place.
fn free_address() -> SocketAddr {
    for _ in 0..200 {
        let port = 20_000 + u16::try_from(Uuid::new_v4().as_u128() % 12_000).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
    panic!("no port is free");
}

/// Signs in over HTTP.
async fn sign_in(address: SocketAddr, email: &str) -> Ticket {
    let http = reqwest::Client::new();
    let origin = format!("http://{address}");
    let answer = http
        .post(format!("{origin}/v1/auth/sign-in"))
        .header("origin", &origin)
        .json(&json!({ "email": email, "password": PASSWORD }))
        .send()
        .await
        .unwrap();
    let set = answer.headers().get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let mut pairs = set.filter_map(|cookie| cookie.split(';').next());
    let cookie = pairs.find(|pair| pair.starts_with("__Host-brigade=")).map(str::to_owned);
    Answer::of(answer).await.data();
    let mut ticket = Ticket::Session { cookie: cookie.expect("signing in sets the cookie"), csrf: String::new() };
    let me = get(address, &ticket, "/v1/auth/me").await.unwrap();
    if let Ticket::Session { csrf, .. } = &mut ticket {
        me.data()["csrf"].as_str().unwrap().clone_into(csrf);
    }
    ticket
}

/// A request with somebody's ticket, not yet sent.
pub(super) fn request(
    http: &reqwest::Client,
    method: reqwest::Method,
    address: SocketAddr,
    ticket: &Ticket,
    path: &str,
) -> reqwest::RequestBuilder {
    let request = http.request(method, format!("http://{address}{path}")).header("origin", format!("http://{address}"));
    match ticket {
        Ticket::Session { cookie, csrf } => request.header("cookie", cookie).header("x-csrf-token", csrf),
        Ticket::Visitor(token) => request.bearer_auth(token),
    }
}

/// `GET`, with somebody's ticket.
pub(super) async fn get(address: SocketAddr, ticket: &Ticket, path: &str) -> Result<Answer, reqwest::Error> {
    let answer = request(&reqwest::Client::new(), reqwest::Method::GET, address, ticket, path).send().await?;
    Ok(Answer::of(answer).await)
}

/// A log over HTTP, from `after` to the end.
pub(super) async fn log_over_http(
    address: SocketAddr,
    ticket: &Ticket,
    topic: &str,
    mut after: u64,
) -> Result<Vec<Value>, Gone> {
    let (kind, id) = topic.split_once(':').unwrap();
    let gone = |reason: String| Gone { code: 1006, reason };
    let mut lines = Vec::new();
    loop {
        let path = format!("/v1/{kind}s/{id}/log?after={after}&limit=500");
        let answer = get(address, ticket, &path).await.map_err(|error| gone(error.to_string()))?;
        if answer.body["success"] != true {
            return Err(gone(answer.body.to_string()));
        }
        let page = answer.data()["entries"].as_array().unwrap().clone();
        let head = answer.data()["head"].as_u64().unwrap();
        lines.extend(page);
        after = lines.last().map_or(after, |line| line["seq"].as_u64().unwrap());
        if after >= head {
            return Ok(lines);
        }
    }
}

/// Everything of a topic over HTTP, for the checker.
pub(super) async fn read_over_http(address: SocketAddr, ticket: &Ticket, topic: &str) -> Log {
    let lines = log_over_http(address, ticket, topic, 0).await.unwrap();
    Log { reader: "HTTP".to_owned(), topic: topic.to_owned(), lines }
}

/// A socket that must open, now or in a moment.
pub(super) async fn open(address: SocketAddr, ticket: &Ticket) -> Wire {
    eventually("a socket", Duration::from_secs(20), async || Wire::open(address, ticket).await.ok()).await
}
