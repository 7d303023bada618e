//! A large inbox: pages of history, the inbox list and the search, at 100,000 conversations with 2 million messages and at a
//! tenth of it, over a steady number of requests a second.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use brigade_domain::Timestamp;
use brigade_domain::chat::search::{scoped, spellings};
use brigade_domain::id::{ConversationId, TenantId, UserId, VisitorId};
use hdrhistogram::Histogram;
use serde_json::json;
use uuid::Uuid;

use super::{Bench, who};
use crate::peer::{Subscribe, caller};
use crate::report::{Bound, Target, note};
use crate::run::brigade::Tenant;
use crate::run::http::Line;
use crate::run::postgres::Postgres;
use crate::run::{cpu, on_core};

/// How many conversations, and how that is called.
const SIZES: [(u64, &str); 2] = [(10_000, "10,000 conversations"), (100_000, "100,000 conversations")];
/// Messages of each.
const MESSAGES: u64 = 20;
/// Of so many conversations one is open.
const OPEN_OF: u64 = 100;
/// Different words, and words of a message. Few are common and most are rare.
const VOCABULARY: u64 = 20_000;
const WORDS: u64 = 8;
/// When the year begins in which all was said, in seconds.
const NEW_YEAR: i64 = 1_767_225_600;
/// Conversations of one copy.
const CHUNK: u64 = 5_000;
/// Connections that share the requests.
const LINES: u64 = 4;
/// What is asked, how often a second, and what the specification allows.
const KINDS: [(Kind, &str, u64); 3] =
    [(Kind::History, "history page", 300), (Kind::Inbox, "inbox list", 300), (Kind::Search, "search", 20)];
const P50: &str = "p50, ms";
const P95: &str = "p95, ms";
const P99: &str = "p99, ms";
const PER_CPU: &str = "requests per CPU second";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    History,
    Inbox,
    Search,
}

/// Fills a database of its own for each size, and asks.
pub fn run(bench: &mut Bench) -> Result<()> {
    if !bench.wants(who::BRIGADE) {
        return Ok(());
    }
    for (size, called) in SIZES {
        one(bench, size, called)?;
    }
    Ok(())
}

fn one(bench: &mut Bench, size: u64, called: &str) -> Result<()> {
    let (cores, folder) = (bench.cores, bench.folder.clone());
    let (warm_up, measured) = (bench.warm_up, bench.measured);
    let database = format!("library_{size}");
    let postgres = bench.postgres()?;
    let started = Instant::now();
    let tenant = Tenant::create_in(postgres, &database, &folder)?;
    let id = postgres.sql(&database, "select id from tenants")?.parse::<Uuid>()?;
    fill(postgres, &database, TenantId::from_uuid(id), size, &folder)?;
    let database_pid = postgres.id();
    note(&format!("  {called}: filled in {:.0} s", started.elapsed().as_secs_f64()));
    let server = tenant.serve(cores.server, &folder)?;
    let people = tenant.peer(&server, 0, Subscribe::Nothing)?;
    let (address, tokens, pid) = (server.address, Arc::clone(&people.tokens), server.child.id());
    for (kind, name, rate) in KINDS {
        let used = || -> Result<Duration> { Ok(cpu::of_process(pid)? + cpu::of_family(database_pid)?) };
        ask(cores.load, address, &tokens, kind, rate, size, warm_up)?;
        let before = used()?;
        let took = ask(cores.load, address, &tokens, kind, rate, size, measured)?;
        let spent = (used()?.saturating_sub(before)).as_secs_f64();
        let scenario = format!("{name}, {called}");
        #[expect(clippy::cast_precision_loss, reason = "microseconds and counts, far below 2^52")]
        let ms = |quantile: f64| took.value_at_quantile(quantile) as f64 / 1e3;
        #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
        let per_cpu = took.len() as f64 / spent.max(0.01);
        for (metric, value) in [(P50, ms(0.5)), (P95, ms(0.95)), (P99, ms(0.99)), (PER_CPU, per_cpu)] {
            bench.book.note(&scenario, who::BRIGADE, metric, value);
        }
        note(&format!(
            "  {scenario}: p50 {:.2} ms, p95 {:.2}, p99 {:.2}, {per_cpu:.0} a CPU second",
            ms(0.5),
            ms(0.95),
            ms(0.99)
        ));
    }
    drop(server);
    bench.postgres()?.sql("postgres", &format!("drop database {database} with (force)"))?;
    Ok(())
}

/// A steady `rate` over [`LINES`] connections for `span`: how long each answer took since it was due, in microseconds.
fn ask(
    core: usize,
    address: SocketAddr,
    tokens: &Arc<[String]>,
    kind: Kind,
    rate: u64,
    size: u64,
    span: Duration,
) -> Result<Histogram<u64>> {
    let lines = (0..LINES).map(|line| {
        let tokens = Arc::clone(tokens);
        std::thread::spawn(move || {
            on_core(core, move || {
                let token = tokens.get(usize::try_from(line)?).context("too few people")?;
                let headers = format!("Authorization: Bearer {token}\r\n{}", caller(usize::try_from(line)?));
                one_line(address, &headers, kind, Pace { line, rate, size, span })
            })
        })
    });
    let mut all = Histogram::new(3)?;
    for line in lines.collect::<Vec<_>>() {
        all.add(line.join().map_err(|_| anyhow::anyhow!("a line panicked"))??)?;
    }
    Ok(all)
}

#[derive(Debug, Clone, Copy)]
struct Pace {
    line: u64,
    rate: u64,
    size: u64,
    span: Duration,
}

fn one_line(address: SocketAddr, headers: &str, kind: Kind, pace: Pace) -> Result<Histogram<u64>> {
    let Pace { line, rate, size, span } = pace;
    let (mut took, mut dice) = (Histogram::new(3)?, Dice(line + 1));
    let mut connection = Line::open(address)?;
    let gap = Duration::from_secs(1) * u32::try_from(LINES)? / u32::try_from(rate)?;
    let begin = Instant::now() + gap * u32::try_from(line)? / u32::try_from(LINES)?;
    for number in 0.. {
        let due = begin + gap * number;
        if due >= begin + span {
            break;
        }
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        connection.get(&path(kind, size, &mut dice), headers)?;
        took.record(u64::try_from(due.elapsed().as_micros())?)?;
    }
    Ok(took)
}

fn path(kind: Kind, size: u64, dice: &mut Dice) -> String {
    match kind {
        Kind::History => {
            format!("/v1/conversations/{}/messages?limit=50", ConversationId::from_uuid(conversation(dice.below(size))))
        }
        Kind::Inbox => {
            let status = if dice.below(2) == 0 { "open" } else { "resolved" };
            format!("/v1/conversations?status={status}&limit=50")
        }
        Kind::Search => {
            let mut words: Vec<String> = (0..=dice.below(2)).map(|_| word(dice.skewed(VOCABULARY))).collect();
            // One in five has a letter too few.
            if dice.below(5) == 0
                && let Some(first) = words.first_mut()
            {
                first.remove(2);
            }
            format!("/v1/search?q={}+", words.join("+"))
        }
    }
}

/// Numbers that look random and can be had again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    /// Small ones far more often: of every thousand words some hundred are the same ten.
    fn skewed(&mut self, end: u64) -> u64 {
        let third = self.below(end) * self.below(end) / end * self.below(end) / end;
        third.min(end - 1)
    }
}

const fn conversation(number: u64) -> Uuid {
    Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0000 + number as u128)
}

/// The `number`th word of the vocabulary: five syllables or fewer.
fn word(number: u64) -> String {
    const SYLLABLES: [&str; 16] =
        ["ba", "co", "di", "fe", "gu", "la", "mo", "ni", "pe", "ru", "sa", "to", "vi", "we", "xu", "zo"];
    let syllable = |at: u32| SYLLABLES[usize::try_from(number >> (4 * at) & 15).unwrap_or(0)];
    (0..5).map(syllable).collect()
}

/// The rows as a server would have written them, and what it finds them by.
fn fill(postgres: &Postgres, database: &str, tenant: TenantId, size: u64, folder: &Path) -> Result<()> {
    let mut dice = Dice(7);
    for first in (0..size).step_by(usize::try_from(CHUNK)?) {
        let mut tables = Tables::create(folder)?;
        for number in first..(first + CHUNK).min(size) {
            tables.conversation(tenant, number, size, &mut dice)?;
        }
        tables.copy(postgres, database)?;
    }
    let mut spelled = BufWriter::new(File::create(folder.join("spellings"))?);
    for number in 0..VOCABULARY {
        let word = word(number);
        for spelling in spellings(&word) {
            writeln!(spelled, "{}\t{spelling}\t{word}", tenant.uuid())?;
        }
    }
    drop(spelled);
    copy(postgres, database, folder, "spellings", "search_spellings (tenant_id, spelling, word)")?;
    // Who is told of things has been told of these.
    let told = "insert into notice_cursors (tenant_id, entity_id, seq) select tenant_id, id, version from entities where kind = 'conversation'";
    postgres.sql(database, told)?;
    postgres.sql(database, "vacuum analyze")?;
    Ok(())
}

fn copy(postgres: &Postgres, database: &str, folder: &Path, file: &str, into: &str) -> Result<()> {
    let path = folder.join(file);
    postgres.sql(database, &format!("\\copy {into} from '{}'", path.display()))?;
    Ok(std::fs::remove_file(path)?)
}

/// Some conversations, as text for `copy`.
struct Tables {
    folder: std::path::PathBuf,
    heads: BufWriter<File>,
    lines: BufWriter<File>,
    rows: BufWriter<File>,
    progress: BufWriter<File>,
    parts: BufWriter<File>,
}

impl Tables {
    fn create(folder: &Path) -> Result<Self> {
        let file = |name: &str| -> Result<_> { Ok(BufWriter::new(File::create(folder.join(name))?)) };
        Ok(Self {
            folder: folder.to_owned(),
            heads: file("heads")?,
            lines: file("lines")?,
            rows: file("rows")?,
            progress: file("progress")?,
            parts: file("parts")?,
        })
    }

    fn conversation(&mut self, tenant: TenantId, number: u64, size: u64, dice: &mut Dice) -> Result<()> {
        let (owner, id) = (tenant.uuid(), conversation(number));
        let visitor = VisitorId::from_uuid(Uuid::from_u128(u128::from(number) + 1));
        let staff = UserId::from_uuid(Uuid::from_u128(u128::from(number % 20) + 1));
        // Over a year, the later ones later.
        let time = |message: u64| -> String {
            let seconds = i64::try_from(number * 31_000_000 / size + message * 40).unwrap_or_default();
            Timestamp::from_second(NEW_YEAR + seconds).unwrap_or_default().to_string()
        };
        let last = MESSAGES + 2;
        writeln!(self.heads, "{owner}\t{id}\tconversation\t{last}")?;
        let opened = json!({ "kind": "site", "visitor": visitor, "name": format!("Visitor {number}") });
        writeln!(self.lines, "{owner}\t{id}\t1\t{}\tf\topened\tsystem\t{opened}", time(0))?;
        let joined = json!({ "party": visitor, "name": format!("Visitor {number}"), "side": "customer" });
        writeln!(self.lines, "{owner}\t{id}\t2\t{}\tf\tjoined\t{visitor}\t{joined}", time(0))?;
        let mut said = std::collections::BTreeSet::from(["visitor".to_owned(), number.to_string()]);
        let mut preview = String::new();
        for message in 1..=MESSAGES {
            let words: Vec<String> = (0..WORDS).map(|_| word(dice.skewed(VOCABULARY))).collect();
            preview = words.join(" ");
            said.extend(words);
            let party = if message % 2 == 1 { visitor.to_string() } else { staff.to_string() };
            let (seq, body) = (message + 2, json!({ "text": preview }));
            writeln!(self.lines, "{owner}\t{id}\t{seq}\t{}\tf\tmessage_sent\t{party}\t{body}", time(message))?;
        }
        let open = number.is_multiple_of(OPEN_OF);
        let (status, settled) = if open { ("open", "\\N".to_owned()) } else { ("resolved", time(MESSAGES)) };
        let listing = json!({
            "id": ConversationId::from_uuid(id), "kind": "site", "status": status, "name": format!("Visitor {number}"),
            "assignee": null, "account": null, "preview": preview, "preview_by": staff, "last_message_at": time(MESSAGES),
            "waiting_since": null, "unread_by": {}, "unread_rest": MESSAGES, "page": "https://example.org/menu",
        });
        let messaged = time(MESSAGES);
        writeln!(
            self.rows,
            "{owner}\t{id}\t{last}\tsite\t{status}\t{}\t{messaged}\t{settled}\t{listing}",
            visitor.uuid()
        )?;
        writeln!(self.progress, "{owner}\t{id}\t{last}\t{{visitor,{number}}}")?;
        let words: Vec<String> = said.iter().map(|word| format!("'{}'", scoped(tenant, word))).collect();
        writeln!(self.parts, "{owner}\t{id}\t0\t{}\t{messaged}\t{}", time(1), words.join(" "))?;
        Ok(())
    }

    fn copy(self, postgres: &Postgres, database: &str) -> Result<()> {
        let Self { folder, heads, lines, rows, progress, parts } = self;
        for file in [heads, lines, rows, progress, parts] {
            file.into_inner()?.sync_data()?;
        }
        for (file, into) in [
            ("heads", "entities (tenant_id, id, kind, version)"),
            ("lines", "event_log (tenant_id, entity_id, seq, at, answers, kind, party, body)"),
            (
                "rows",
                "conversations (tenant_id, id, rev, kind, status, visitor_id, last_message_at, settled_at, listing)",
            ),
            ("progress", "search_progress (tenant_id, conversation_id, rev, names)"),
            ("parts", "search_parts (tenant_id, conversation_id, part, oldest_at, newest_at, words)"),
        ] {
            copy(postgres, database, &folder, file, into)?;
        }
        Ok(())
    }
}

/// What the specification asks.
pub fn targets() -> Vec<Target> {
    let [(_, tenth), (_, whole)] = SIZES;
    let mut targets = Vec::new();
    for (kind, label, grows) in [
        ("history page", "history page at 2 million messages: p99, ms", "history page: p99, over that at a tenth"),
        ("inbox list", "inbox list at 100,000 conversations: p99, ms", "inbox list: p99, over that at a tenth"),
    ] {
        let of = (format!("{kind}, {whole}"), who::BRIGADE, P99);
        let over = Some((format!("{kind}, {tenth}"), who::BRIGADE, P99));
        targets.push(Target { label, of: of.clone(), over: None, bound: Bound::AtMost(20.0) });
        targets.push(Target { label: grows, of, over, bound: Bound::AtMost(1.5) });
    }
    let of = (format!("search, {whole}"), who::BRIGADE, P95);
    targets.push(Target { label: "search at 2 million messages: p95, ms", of, over: None, bound: Bound::AtMost(50.0) });
    targets
}
