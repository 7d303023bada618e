//! What must hold of what writers were told and readers saw.
//!
//! What was acknowledged is read by every reader, exactly once, under the `seq` that was acknowledged; `seq` goes up
//! by one; the order is the same for all. What was not acknowledged is there once or not at all; what was refused is
//! not there.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;
use uuid::Uuid;

/// What the writers sent and were told.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<Told>);

#[derive(Debug, Default)]
struct Told {
    sent: HashSet<Uuid>,
    acknowledged: HashMap<Uuid, u64>,
    refused: HashSet<Uuid>,
    answers: Vec<Duration>,
    wrong: Vec<String>,
}

impl Ledger {
    /// A command was sent for the first time.
    pub(super) fn sent(&self, id: Uuid) {
        self.0.lock().unwrap().sent.insert(id);
    }

    /// A command was acknowledged, `after` it was sent.
    pub(super) fn acknowledged(&self, id: Uuid, seq: u64, after: Duration) {
        let mut told = self.0.lock().unwrap();
        told.answers.push(after);
        if let Some(before) = told.acknowledged.insert(id, seq)
            && before != seq
        {
            told.wrong.push(format!("{id} was acknowledged as {before} and as {seq}"));
        }
    }

    /// A command was refused in a way that says: nothing was done.
    pub(super) fn refused(&self, id: Uuid, after: Duration) {
        let mut told = self.0.lock().unwrap();
        told.answers.push(after);
        told.refused.insert(id);
    }

    /// Something happened that must not.
    pub(super) fn wrong(&self, what: String) {
        self.0.lock().unwrap().wrong.push(what);
    }

    /// How many were acknowledged so far.
    pub(super) fn count(&self) -> usize {
        self.0.lock().unwrap().acknowledged.len()
    }

    /// How many were refused so far.
    pub(super) fn refusals(&self) -> usize {
        self.0.lock().unwrap().refused.len()
    }
}

/// The value below which `share` of `values` lie; zero when there are none.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in a list"
)]
pub(super) fn percentile(values: &mut [Duration], share: f64) -> Duration {
    values.sort_unstable();
    let place = (values.len() as f64 * share) as usize;
    values.get(place.min(values.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// One topic as one reader saw it.
#[derive(Debug, Clone)]
pub(super) struct Log {
    /// Who read.
    pub(super) reader: String,
    /// What.
    pub(super) topic: String,
    /// The entries in the order they were read.
    pub(super) lines: Vec<Value>,
}

/// What was counted.
#[derive(Debug, Default)]
pub(super) struct Figures {
    sent: usize,
    acknowledged: usize,
    refused: usize,
    unknown_and_there: usize,
    unknown_and_not_there: usize,
    entries_read: usize,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, acknowledged, refused, unknown_and_there, unknown_and_not_there, entries_read } = self;
        write!(
            f,
            "{sent} sent = {acknowledged} acknowledged + {refused} refused + {unknown_and_there} unknown and there + \
             {unknown_and_not_there} unknown and not there; {entries_read} entries read, 0 lost, doubled or reordered"
        )
    }
}

/// Checks all of it; panics with everything that is wrong.
pub(super) fn check(ledger: &Ledger, logs: &[Log]) -> Figures {
    match find(ledger, logs) {
        Ok(figures) => figures,
        Err(wrong) => panic!("{} things are wrong:\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n")),
    }
}

fn find(ledger: &Ledger, logs: &[Log]) -> Result<Figures, Vec<String>> {
    let told = ledger.0.lock().unwrap();
    let mut wrong = told.wrong.clone();
    let mut topics: HashMap<&str, &Log> = HashMap::new();
    for log in logs {
        in_order(log, &mut wrong);
        let first = *topics.entry(&log.topic).or_insert(log);
        same(first, log, &mut wrong);
    }
    let mut figures = Figures {
        sent: told.sent.len(),
        acknowledged: told.acknowledged.len(),
        refused: told.refused.len(),
        entries_read: logs.iter().map(|log| log.lines.len()).sum(),
        ..Figures::default()
    };
    let mut there: HashMap<Uuid, u64> = HashMap::new();
    for line in topics.values().flat_map(|log| &log.lines).filter(|line| line["type"] == "message_sent") {
        let Some(id) = line["id"].as_str().and_then(|id| id.parse::<Uuid>().ok()) else {
            wrong.push(format!("a message of nobody: {line}"));
            continue;
        };
        let seq = line["seq"].as_u64().unwrap_or_default();
        if let Some(other) = there.insert(id, seq) {
            wrong.push(format!("doubled: {id} at {other} and at {seq}"));
        }
        if !told.sent.contains(&id) {
            wrong.push(format!("nobody sent {id} at {seq}"));
        }
        if told.refused.contains(&id) {
            wrong.push(format!("refused and there: {id} at {seq}"));
        }
    }
    for (id, seq) in &told.acknowledged {
        match there.get(id) {
            Some(read) if read == seq => {}
            Some(read) => wrong.push(format!("{id} was acknowledged as {seq} and read as {read}")),
            None => wrong.push(format!("lost: {id}, acknowledged as {seq}")),
        }
    }
    for id in told.sent.iter().filter(|id| !told.acknowledged.contains_key(*id) && !told.refused.contains(*id)) {
        if there.contains_key(id) {
            figures.unknown_and_there += 1;
        } else {
            figures.unknown_and_not_there += 1;
        }
    }
    if wrong.is_empty() { Ok(figures) } else { Err(wrong) }
}

fn in_order(log: &Log, wrong: &mut Vec<String>) {
    for (line, expected) in log.lines.iter().zip(1_u64..) {
        if line["seq"] != expected {
            wrong.push(format!("{} read {} where {expected} belongs in {}", log.reader, line["seq"], log.topic));
            return;
        }
    }
}

fn same(first: &Log, other: &Log, wrong: &mut Vec<String>) {
    if first.lines.len() != other.lines.len() {
        let (one, two) = (first.lines.len(), other.lines.len());
        wrong.push(format!("{} read {one} entries and {} read {two} in {}", first.reader, other.reader, first.topic));
    }
    if let Some((one, two)) = first.lines.iter().zip(&other.lines).find(|(one, two)| one != two) {
        wrong.push(format!("{} and {} read different things: {one} and {two}", first.reader, other.reader));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ZERO: Duration = Duration::ZERO;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn line(seq: u64, n: u128) -> Value {
        json!({ "seq": seq, "type": "message_sent", "id": id(n) })
    }

    fn log(reader: &str, lines: &[(u64, u128)]) -> Log {
        let lines = lines.iter().map(|(seq, n)| line(*seq, *n)).collect();
        Log { reader: reader.to_owned(), topic: "t".to_owned(), lines }
    }

    /// 1 and 2 acknowledged, 3 unknown, 4 refused.
    fn ledger() -> Ledger {
        let ledger = Ledger::default();
        (1..=4).for_each(|n| ledger.sent(id(n)));
        ledger.acknowledged(id(1), 1, ZERO);
        ledger.acknowledged(id(2), 2, ZERO);
        ledger.refused(id(4), ZERO);
        ledger
    }

    fn complaint(logs: &[Log]) -> String {
        find(&ledger(), logs).unwrap_err().join("; ")
    }

    #[test]
    fn what_is_right_is_right_with_and_without_the_unknown() {
        let without = find(&ledger(), &[log("a", &[(1, 1), (2, 2)]), log("b", &[(1, 1), (2, 2)])]).unwrap();
        assert_eq!((without.unknown_and_there, without.unknown_and_not_there), (0, 1));
        let with = find(&ledger(), &[log("a", &[(1, 1), (2, 2), (3, 3)])]).unwrap();
        assert_eq!((with.unknown_and_there, with.entries_read), (1, 3));
    }

    #[test]
    fn everything_that_can_be_wrong_is_found() {
        let good = log("a", &[(1, 1), (2, 2)]);
        assert!(complaint(&[log("a", &[(1, 1)])]).contains("lost"));
        assert!(complaint(&[log("a", &[(1, 1), (2, 2), (3, 1)])]).contains("doubled"));
        assert!(complaint(&[log("a", &[(1, 2), (2, 1)])]).contains("acknowledged as 1 and read as 2"));
        assert!(complaint(&[log("a", &[(1, 1), (3, 2)])]).contains("where 2 belongs"));
        assert!(complaint(&[log("a", &[(1, 1), (2, 2), (3, 4)])]).contains("refused and there"));
        assert!(complaint(&[log("a", &[(1, 1), (2, 2), (3, 9)])]).contains("nobody sent"));
        assert!(complaint(&[good.clone(), log("b", &[(1, 1)])]).contains("read 2 entries and b read 1"));
        assert!(complaint(&[good, log("b", &[(1, 1), (2, 3)])]).contains("different"));
    }

    #[test]
    fn two_acknowledgements_must_agree() {
        let ledger = ledger();
        ledger.acknowledged(id(1), 1, ZERO);
        assert!(find(&ledger, &[log("a", &[(1, 1), (2, 2)])]).is_ok());
        ledger.acknowledged(id(1), 7, ZERO);
        assert!(find(&ledger, &[log("a", &[(1, 1), (2, 2)])]).is_err());
    }
}
