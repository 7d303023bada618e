//! How the parts of the platform do, and since when: what the operator's page shows and, when one changes, the log says.
//!
//! | part | well when | |
//! |---|---|---|
//! | `database` | it answers | down otherwise |
//! | `cache` | Redis answers, or there is none | attention: the limits are counted by each node |
//! | `queue` | nothing is late, fails or is dead | down when jobs wait and nobody does them |
//! | `files` | a little file can be kept and read | down otherwise |
//! | `mail` | letters leave | down when they wait, attention without a mail server |
//! | `commands` | none was turned away or broke in the last minutes | attention |
//! | `secrets` | the key that seals them is young enough | attention |

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use brigade_domain::Timestamp;
use brigade_domain::chat::attachment::{Files, Form, Place, What};
use brigade_domain::id::{AttachmentId, TenantId};
use brigade_domain::journal::BoxFuture;
use brigade_domain::platform::ports::{Queue as _, Waiting};
use brigade_domain::platform::{Part, Standing};
use brigade_http::platform::{Live, Watch};
use brigade_store::platform::PgPlatform;
use parking_lot::Mutex;
use uuid::Uuid;

use super::health::{PROBE, Pulse, key_age};

/// The parts are looked at this often when nobody asks.
const ROUND: Duration = Duration::from_secs(30);
/// What was seen is told to everybody who asks within this time.
const KEPT: Duration = Duration::from_secs(3);
/// A job that is due for longer waits in vain.
const LATE: Duration = Duration::from_mins(1);
/// A letter that waits for longer waits in vain.
const STUCK: Duration = Duration::from_mins(5);
/// For how long it is told that commands were turned away.
const TROUBLED: Duration = Duration::from_mins(5);

/// What becomes of letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    /// A mail server takes them.
    Sent,
    /// They are read in the demonstration's outbox.
    Shown,
    /// They reach nobody.
    Kept,
}

/// What was found.
#[derive(Debug, Clone)]
struct Look {
    standing: Standing,
    ms: Option<f64>,
    note: String,
}

impl Look {
    fn new(standing: Standing, note: impl Into<String>) -> Self {
        Self { standing, ms: None, note: note.into() }
    }

    fn took(self, took: Duration) -> Self {
        Self { ms: Some(took.as_secs_f64() * 1e3), ..self }
    }
}

#[derive(Default)]
struct Seen {
    /// How each part did, and since when.
    standings: BTreeMap<&'static str, (Standing, Timestamp)>,
    last: Option<(Instant, Vec<Part>)>,
    files: Option<(Instant, Look)>,
    /// How many commands had come to nothing, and when there was another.
    troubles: (u64, Option<Instant>),
}

struct Inner {
    pulse: Pulse,
    platform: PgPlatform,
    files: Arc<dyn Files>,
    letters: Letters,
    seen: Mutex<Seen>,
    /// Who looks. The others wait for what they find.
    turn: tokio::sync::Mutex<()>,
}

/// Looks after the parts. Cheap to clone; clones share what was seen.
#[derive(Clone)]
pub(super) struct Lookout(Arc<Inner>);

impl Lookout {
    pub(super) fn new(pulse: Pulse, platform: PgPlatform, files: Arc<dyn Files>, letters: Letters) -> Self {
        let (seen, turn) = (Mutex::default(), tokio::sync::Mutex::default());
        Self(Arc::new(Inner { pulse, platform, files, letters, seen, turn }))
    }

    /// Looks again and again for as long as the runtime runs, so that it is known since when something is wrong.
    pub(super) async fn keep(self) {
        loop {
            tokio::time::sleep(ROUND).await;
            self.look().await;
        }
    }

    fn recent(&self) -> Option<Vec<Part>> {
        let seen = self.0.seen.lock();
        seen.last.as_ref().filter(|(at, _)| at.elapsed() < KEPT).map(|(_, parts)| parts.clone())
    }

    async fn look(&self) -> Vec<Part> {
        let _turn = self.0.turn.lock().await;
        if let Some(parts) = self.recent() {
            return parts;
        }
        let now = Timestamp::now();
        let (is_there, took) = self.0.pulse.database().await;
        let waiting = if is_there { self.waiting().await } else { None };
        let looks = [
            ("database", database(is_there).took(took)),
            ("cache", self.cache().await),
            ("queue", waiting.as_ref().map_or_else(unknown, |waiting| queue(waiting, now))),
            ("files", self.files().await),
            ("mail", waiting.as_ref().map_or_else(unknown, |waiting| mail(waiting, self.0.letters, now))),
            ("commands", self.commands()),
            ("secrets", self.secrets().await),
        ];
        self.settle(looks, now)
    }

    /// Since when each has been as it is; a change is worth a line of the log.
    fn settle<const N: usize>(&self, looks: [(&'static str, Look); N], now: Timestamp) -> Vec<Part> {
        let started = now.checked_sub(self.0.pulse.uptime()).unwrap_or(now);
        let mut seen = self.0.seen.lock();
        let parts: Vec<Part> = looks
            .into_iter()
            .map(|(name, Look { standing, ms, note })| {
                let before = seen.standings.get(name).copied();
                let since = match before {
                    Some((same, since)) if same == standing => since,
                    None if standing == Standing::Well => started,
                    _ => now,
                };
                if before.map_or(Standing::Well, |(before, _)| before) != standing {
                    tell(name, standing, &note);
                }
                seen.standings.insert(name, (standing, since));
                Part { name, standing, since, ms, note }
            })
            .collect();
        seen.last = Some((Instant::now(), parts.clone()));
        parts
    }

    async fn waiting(&self) -> Option<Waiting> {
        let waiting = tokio::time::timeout(PROBE, self.0.platform.waiting()).await;
        waiting.ok().and_then(Result::ok)
    }

    async fn cache(&self) -> Look {
        if !self.0.pulse.has_redis() {
            return Look::new(Standing::Well, "No Redis is configured: this node counts for itself.");
        }
        let (reachable, took) = self.0.pulse.redis().await;
        let look = if reachable {
            Look::new(Standing::Well, "Redis answers.")
        } else {
            Look::new(
                Standing::Attention,
                "Redis does not answer: each node goes by its own counts. Look at redis.url.",
            )
        };
        look.took(took)
    }

    /// Keeps a little file, reads it and takes it away, once a round.
    async fn files(&self) -> Look {
        let kept = self.0.seen.lock().files.clone();
        if let Some((_, look)) = kept.filter(|(at, look)| at.elapsed() < ROUND && look.standing == Standing::Well) {
            return look;
        }
        let clock = Instant::now();
        let look = match tokio::time::timeout(PROBE, self.try_files()).await {
            Ok(true) => Look::new(Standing::Well, "A file can be kept and read."),
            Ok(false) | Err(_) => Look::new(
                Standing::Down,
                "No file can be kept where files.folder or files.bucket says. Look at that disk or service, and at the rights there.",
            ),
        };
        let look = look.took(clock.elapsed());
        self.0.seen.lock().files = Some((Instant::now(), look.clone()));
        look
    }

    async fn try_files(&self) -> bool {
        // In the folder of no tenant, under a name of its own: nodes do not get into each other's way.
        let (tenant, file) = (TenantId::from_uuid(Uuid::nil()), AttachmentId::from_uuid(Uuid::now_v7()));
        let place = Place { tenant, file, what: What::Whole(Form::Original) };
        let kept = self.0.files.put(place, b"?".to_vec()).await.is_ok();
        let read = kept && matches!(self.0.files.read(place, 0, 1).await, Ok(Some(bytes)) if bytes == b"?");
        self.0.files.remove(tenant, file, false).await.is_ok() && read
    }

    fn commands(&self) -> Look {
        let live = self.0.pulse.live();
        let troubles = live.commands_shed + live.commits_broken;
        let mut seen = self.0.seen.lock();
        if troubles > seen.troubles.0 {
            seen.troubles = (troubles, Some(Instant::now()));
        }
        let lately = seen.troubles.1.is_some_and(|at| at.elapsed() < TROUBLED);
        drop(seen);
        if lately {
            let note = format!(
                "In the last five minutes commands were turned away or broke; since the start {} and {}. This node is full, or \
                 the database slow.",
                live.commands_shed, live.commits_broken
            );
            return Look::new(Standing::Attention, note);
        }
        Look::new(Standing::Well, "Nothing was turned away in the last five minutes.")
    }

    async fn secrets(&self) -> Look {
        let (young, note) = key_age(self.0.pulse.key_days().await);
        let standing = if young { Standing::Well } else { Standing::Attention };
        Look::new(standing, format!("{note}."))
    }
}

impl Watch for Lookout {
    fn parts(&self) -> BoxFuture<'static, Vec<Part>> {
        let this = self.clone();
        Box::pin(async move {
            match this.recent() {
                Some(parts) => parts,
                None => this.look().await,
            }
        })
    }

    fn live(&self) -> Live {
        self.0.pulse.live()
    }
}

fn tell(part: &str, standing: Standing, note: &str) {
    match standing {
        Standing::Well => tracing::info!(part, "A part of the platform does well again."),
        Standing::Attention => tracing::warn!(part, "A part of the platform wants attention: {note}"),
        Standing::Down => tracing::error!(part, "A part of the platform does not work: {note}"),
    }
}

fn unknown() -> Look {
    Look::new(Standing::Attention, "Not known while the database does not answer.")
}

fn database(is_there: bool) -> Look {
    if is_there {
        Look::new(Standing::Well, "PostgreSQL answers.")
    } else {
        Look::new(
            Standing::Down,
            "PostgreSQL does not answer. Is it running, is its disk full, are its connections used up?",
        )
    }
}

fn queue(waiting: &Waiting, now: Timestamp) -> Look {
    let sum = |of: fn(&brigade_domain::platform::ports::Depth) -> u64| waiting.kinds.iter().map(of).sum::<u64>();
    let (due, dead, failing) = (sum(|kind| kind.due), sum(|kind| kind.dead), sum(|kind| kind.failing));
    let late = waiting.kinds.iter().filter_map(|kind| kind.oldest_due).min().and_then(|since| waited(since, now, LATE));
    match late {
        Some(waited) => {
            let nobody = if waiting.nodes == 0 { " No node works on it." } else { "" };
            Look::new(Standing::Down, format!("The oldest of {} has waited {waited}.{nobody}", jobs(due)))
        }
        None if waiting.nodes == 0 => Look::new(Standing::Attention, "No node has said in 20 seconds that it works."),
        None if dead > 0 => Look::new(Standing::Attention, format!("{} failed too often: see Queue.", jobs(dead))),
        None if failing > 0 => {
            Look::new(Standing::Attention, format!("{} failed and will be tried again: see Queue.", jobs(failing)))
        }
        None => Look::new(Standing::Well, format!("{} due, nothing late.", jobs(due))),
    }
}

fn mail(waiting: &Waiting, letters: Letters, now: Timestamp) -> Look {
    let stuck = waiting.oldest_letter.and_then(|since| waited(since, now, STUCK));
    match (letters, stuck) {
        (_, Some(waited)) => {
            let note = format!(
                "The oldest of {} waiting letters has waited {waited}. Look at mail.smtp_url.",
                waiting.letters
            );
            Look::new(Standing::Down, note)
        }
        (Letters::Sent, None) => Look::new(Standing::Well, "The mail server takes letters."),
        (Letters::Shown, None) => {
            Look::new(Standing::Well, "Letters are shown at /dev/outbox: this is a demonstration.")
        }
        (Letters::Kept, None) => {
            Look::new(Standing::Attention, "No mail server is configured (mail.smtp_url): letters reach nobody.")
        }
    }
}

fn jobs(count: u64) -> String {
    if count == 1 { "1 job".to_owned() } else { format!("{count} jobs") }
}

/// How long, in words, when that is longer than it may be.
fn waited(since: Timestamp, now: Timestamp, most: Duration) -> Option<String> {
    let waited = now.duration_since(since).unsigned_abs();
    if now < since || waited <= most {
        return None;
    }
    let minutes = waited.as_secs() / 60;
    Some(match minutes {
        ..120 => format!("{minutes} min"),
        120..2_880 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / 1_440),
    })
}

#[cfg(test)]
mod tests {
    use brigade_domain::platform::ports::Depth;

    use super::*;

    fn ago(now: Timestamp, seconds: u64) -> Timestamp {
        now.checked_sub(Duration::from_secs(seconds)).unwrap()
    }

    fn depth(due: u64, oldest_due: Option<Timestamp>, failing: u64, dead: u64) -> Waiting {
        let kind =
            Depth { task: "mail.send".to_owned(), due, oldest_due, later: 0, running: 0, failing, dead, error: None };
        Waiting { kinds: vec![kind], nodes: 1, ..Waiting::default() }
    }

    #[test]
    fn a_queue_that_nobody_empties_is_down_and_a_failure_wants_attention() {
        let now = Timestamp::now();
        let standing = |waiting: &Waiting| queue(waiting, now).standing;
        assert_eq!(standing(&depth(5, Some(ago(now, 5)), 0, 0)), Standing::Well);
        assert_eq!(standing(&depth(5, Some(ago(now, 5)), 1, 0)), Standing::Attention);
        assert_eq!(standing(&depth(0, None, 0, 1)), Standing::Attention);
        assert_eq!(standing(&Waiting { nodes: 0, ..depth(0, None, 0, 0) }), Standing::Attention);
        let late = queue(&depth(5, Some(ago(now, 180)), 0, 0), now);
        assert_eq!((late.standing, late.note.as_str()), (Standing::Down, "The oldest of 5 jobs has waited 3 min."));
    }

    #[test]
    fn letters_that_wait_are_told_and_so_is_that_nobody_takes_them() {
        let now = Timestamp::now();
        let letters = |seconds| Waiting { letters: 2, oldest_letter: Some(ago(now, seconds)), ..Waiting::default() };
        assert_eq!(mail(&letters(20), Letters::Sent, now).standing, Standing::Well);
        assert_eq!(mail(&letters(400), Letters::Sent, now).standing, Standing::Down);
        assert_eq!(mail(&Waiting::default(), Letters::Kept, now).standing, Standing::Attention);
        assert_eq!(mail(&Waiting::default(), Letters::Shown, now).standing, Standing::Well);
    }
}
