//! From runs to medians, ratios within the same run, and whether the specification is met.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

type Metrics = Vec<(String, Vec<f64>)>;

/// Every value of every run.
#[derive(Debug, Default)]
pub struct Book {
    cells: BTreeMap<(String, String), Metrics>,
    targets: Vec<Target>,
}

/// What must hold.
#[derive(Debug, Clone, Copy)]
pub enum Bound {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
}

/// A figure of the specification: a metric of one server, alone or over that of another in the same run.
#[derive(Debug, Clone)]
pub struct Target {
    /// In words.
    pub label: &'static str,
    /// Numerator: scenario, peer, metric.
    pub of: (String, &'static str, &'static str),
    /// Denominator, if it is a ratio.
    pub over: Option<(String, &'static str, &'static str)>,
    /// What must hold for the median.
    pub bound: Bound,
}

/// The middle value; 0 of none.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match (sorted.get(sorted.len() / 2), sorted.len() % 2) {
        (None, _) => 0.0,
        (Some(&upper), 1) => upper,
        (Some(&upper), _) => f64::midpoint(sorted[sorted.len() / 2 - 1], upper),
    }
}

/// Says something on the error output, where it does not mix with the tables.
pub fn note(text: &str) {
    // Nobody to tell when even the error output is gone.
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn range(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &value| (low.min(value), high.max(value)))
}

/// Three significant digits, thousands separated.
fn short(value: f64) -> String {
    let size = value.abs();
    if size >= 1000.0 {
        let digits = format!("{:.0}", value.abs());
        let mut out = String::from(if value < 0.0 { "-" } else { "" });
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        out
    } else if size >= 100.0 {
        format!("{value:.0}")
    } else if size >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

impl Book {
    /// One run's value.
    pub fn note(&mut self, scenario: &str, peer: &str, metric: &str, value: f64) {
        let metrics = self.cells.entry((scenario.to_owned(), peer.to_owned())).or_default();
        match metrics.iter_mut().find(|(name, _)| name == metric) {
            Some((_, values)) => values.push(value),
            None => metrics.push((metric.to_owned(), vec![value])),
        }
    }

    /// Adds figures to judge at the end.
    pub fn expect(&mut self, targets: Vec<Target>) {
        self.targets.extend(targets);
    }

    fn values(&self, scenario: &str, peer: &str, metric: &str) -> &[f64] {
        let metrics = self.cells.get(&(scenario.to_owned(), peer.to_owned()));
        let found = metrics.and_then(|metrics| metrics.iter().find(|(name, _)| name == metric));
        found.map_or(&[], |(_, values)| values)
    }

    fn judge(&self, target: &Target) -> Vec<f64> {
        let values = self.values(&target.of.0, target.of.1, target.of.2);
        match &target.over {
            None => values.to_vec(),
            Some((scenario, peer, metric)) => {
                let under = self.values(scenario, peer, metric);
                values.iter().zip(under).map(|(value, under)| value / under).collect()
            }
        }
    }

    /// The whole report as text.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let mut last = "";
        for ((scenario, peer), metrics) in &self.cells {
            if scenario != last {
                let _ = write!(out, "\n{scenario}\n");
                last = scenario;
            }
            let _ = writeln!(out, "  {peer}");
            for (metric, values) in metrics {
                let (low, high) = range(values);
                let _ = writeln!(
                    out,
                    "    {metric:<34} {:>12}   ({} – {})",
                    short(median(values)),
                    short(low),
                    short(high)
                );
            }
        }
        self.verdicts(&mut out);
        out
    }

    fn verdicts(&self, out: &mut String) {
        let judged: Vec<_> = self.targets.iter().map(|target| (target, self.judge(target))).collect();
        let judged: Vec<_> = judged.into_iter().filter(|(_, values)| !values.is_empty()).collect();
        if judged.is_empty() {
            return;
        }
        out.push_str("\ntargets (ratios within the same run)\n");
        for (target, values) in judged {
            let (low, high) = range(&values);
            let (sign, bound) = match target.bound {
                Bound::AtLeast(bound) => ("≥", bound),
                Bound::AtMost(bound) => ("≤", bound),
            };
            let verdict = if target.bound.holds(median(&values)) { "met" } else { "MISSED" };
            let _ = writeln!(
                out,
                "  {verdict:<6} {:<62} {:>9} {sign} {:<8} ({} – {})",
                target.label,
                short(median(&values)),
                short(bound),
                short(low),
                short(high)
            );
        }
    }

    /// The same as data.
    pub fn json(&self, conditions: &Value) -> Value {
        let figures: Vec<Value> = self
            .cells
            .iter()
            .flat_map(|((scenario, peer), metrics)| {
                metrics.iter().map(move |(metric, values)| {
                    let (low, high) = range(values);
                    json!({"scenario": scenario, "peer": peer, "metric": metric, "median": median(values),
                           "min": low, "max": high, "runs": values})
                })
            })
            .collect();
        let targets: Vec<Value> = self
            .targets
            .iter()
            .map(|target| (target, self.judge(target)))
            .filter(|(_, values)| !values.is_empty())
            .map(|(target, values)| {
                let (kind, bound) = match target.bound {
                    Bound::AtLeast(bound) => ("at_least", bound),
                    Bound::AtMost(bound) => ("at_most", bound),
                };
                json!({"label": target.label, "median": median(&values), "runs": values, "bound": {kind: bound},
                       "met": target.bound.holds(median(&values))})
            })
            .collect();
        json!({"conditions": conditions, "figures": figures, "targets": targets})
    }

    /// Prints the report and writes it to `folder` as JSON, under its own name and as `latest.json`.
    pub fn publish(&self, folder: &Path, name: &str, conditions: &Value) -> Result<()> {
        std::fs::create_dir_all(folder)?;
        let data = serde_json::to_string_pretty(&self.json(conditions))?;
        std::fs::write(folder.join(format!("{name}.json")), &data)?;
        std::fs::write(folder.join("latest.json"), &data)?;
        std::io::stdout().write_all(self.text().as_bytes())?;
        Ok(())
    }
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_ratios_are_of_the_same_run() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(&[1.0, 2.0]) - 1.5).abs() < f64::EPSILON);
        let mut book = Book::default();
        for (ours, theirs) in [(10.0, 1.0), (20.0, 10.0), (30.0, 6.0)] {
            book.note("s", "ours", "rate", ours);
            book.note("s", "theirs", "rate", theirs);
        }
        let of = |peer| ("s".to_owned(), peer, "rate");
        let target = Target { label: "l", of: of("ours"), over: Some(of("theirs")), bound: Bound::AtLeast(5.5) };
        assert_eq!(book.judge(&target), [10.0, 2.0, 5.0]);
        book.expect(vec![target]);
        assert!(book.text().contains("MISSED"), "the median, 5, is below 5.5");
    }

    #[test]
    fn numbers_are_readable() {
        let shown: Vec<String> = [1_234_567.8, 999.4, 12.345, 1.234, -1234.0].map(short).into();
        assert_eq!(shown, ["1,234,568", "999", "12.3", "1.23", "-1,234"]);
    }
}
