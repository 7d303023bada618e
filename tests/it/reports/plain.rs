//! Figures against a plain reckoning over random matters, in weeks in which the clock is changed.

use std::collections::BTreeMap;

use brigade_domain::actor::Role;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{report, set_hours};
use crate::support::{Person, TestApp, TestTenant};

/// A matter, in minutes from the beginning of it all.
#[derive(Debug, Clone)]
struct Matter {
    began: i64,
    answered: Option<i64>,
    resolved: Option<i64>,
    due: Option<i64>,
    person: Option<usize>,
    answerer: usize,
    label: Option<usize>,
}

struct Hat(u64);

impl Hat {
    fn draw(&mut self, of: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % of
    }
}

struct World {
    begin: Timestamp,
    zone: TimeZone,
    /// Whether it is open, minute by minute.
    open: Vec<bool>,
    people: [Uuid; 2],
    labels: [Uuid; 2],
}

impl World {
    fn at(&self, minute: i64) -> Timestamp {
        self.begin + SignedDuration::from_mins(minute)
    }

    fn day(&self, minute: i64) -> String {
        self.at(minute).to_zoned(self.zone.clone()).date().to_string()
    }

    fn open_between(&self, from: i64, to: i64) -> usize {
        let minutes = usize::try_from(from).unwrap()..usize::try_from(to).unwrap();
        60 * self.open[minutes].iter().filter(|open| **open).count()
    }

    fn insert(&self, app: &TestApp, tenant: &TestTenant, matters: &[Matter]) {
        let at = |minute: Option<i64>| minute.map_or("null".to_owned(), |minute| format!("'{}'", self.at(minute)));
        let id = |id: Option<Uuid>| id.map_or("null".to_owned(), |id| format!("'{id}'"));
        let row = |(seq, matter): (usize, &Matter)| {
            let resolver = matter.resolved.map(|_| self.people[0]);
            let labels = matter.label.map_or("{}".to_owned(), |label| format!("{{{}}}", self.labels[label]));
            format!(
                "('{tenant}', '{tenant}', {seq}, {seq}, 'site', {}, {}, {}, {}, {}, {}, '{labels}', {}, {})",
                at(Some(matter.began)),
                at(matter.answered),
                id(matter.answered.map(|_| self.people[matter.answerer])),
                at(matter.resolved),
                id(resolver),
                id(matter.person.map(|person| self.people[person])),
                matter.resolved.map_or("null", |_| "3"),
                at(matter.due),
                seq = seq + 1,
                tenant = tenant.id.uuid(),
            )
        };
        // What is called like its tenant is there; what it is of is of no concern here.
        let rows: Vec<String> = matters.iter().enumerate().map(row).collect();
        // One argument of a program has 128 KiB at most.
        for rows in rows.chunks(200) {
            app.database.sql(&format!(
                "insert into matters (tenant_id, conversation_id, seq, rev, kind, began_at, answered_at, answered_by, resolved_at, \
                 resolved_by, assignee, labels, messages, answer_due) values {}",
                rows.join(",")
            ));
        }
    }

    fn figures(&self, matters: &[&Matter], open: bool) -> Value {
        let took = |end: fn(&Matter) -> Option<i64>| {
            let ended = matters.iter().filter_map(|matter| Some((matter.began, end(matter)?)));
            let seconds = |(from, to): (i64, i64)| {
                if open { self.open_between(from, to) } else { 60 * usize::try_from(to - from).unwrap() }
            };
            spread(ended.map(seconds).collect())
        };
        let number = |wanted: fn(&Matter) -> bool| matters.iter().filter(|matter| wanted(matter)).count();
        let due = |met: bool| {
            matters
                .iter()
                .filter(|matter| matter.due.is_some_and(|due| matter.answered.is_some_and(|at| at <= due) == met))
                .count()
        };
        json!({
            "matters": matters.len(),
            "answered": number(|matter| matter.answered.is_some()),
            "resolved": number(|matter| matter.resolved.is_some()),
            "messages": 3 * number(|matter| matter.resolved.is_some()),
            "first": took(|matter| matter.answered),
            "resolution": took(|matter| matter.resolved),
            "answers_kept": { "met": due(true), "missed": due(false) },
            "resolutions_kept": { "met": 0, "missed": 0 },
            "feedback": { "asked": 0, "rated": 0, "good": 0 },
        })
    }
}

/// Between two values the percentile lies on the line between them. Of whole minutes it is a whole number.
fn spread(mut seconds: Vec<usize>) -> Value {
    seconds.sort_unstable();
    let at = |tenths: usize| {
        let place = tenths * (seconds.len() - 1);
        let (low, high) = (seconds[place / 10], seconds[place.div_ceil(10)]);
        (low * 10 + (high - low) * (place % 10)) / 10
    };
    if seconds.is_empty() { Value::Null } else { json!({ "median": at(5), "p90": at(9) }) }
}

fn random(hat: &mut Hat, minutes: i64) -> Matter {
    let began = hat.draw(minutes);
    let answered = (hat.draw(5) > 0).then(|| began + hat.draw(2_000));
    let resolved = (hat.draw(3) > 0).then(|| answered.unwrap_or(began) + hat.draw(4_000));
    Matter {
        began,
        answered,
        resolved,
        due: (hat.draw(2) > 0).then(|| began + hat.draw(1_500)),
        person: usize::try_from(hat.draw(3)).unwrap().checked_sub(1),
        answerer: usize::try_from(hat.draw(2)).unwrap(),
        label: usize::try_from(hat.draw(3)).unwrap().checked_sub(1),
    }
}

async fn compare(app: &TestApp, begin: &str, zone: &str, number: u64) {
    let tenant = app.tenant().await;
    let admin: Person = app.client_as(&tenant, Role::Admin).await;
    let other = app.client_as(&tenant, Role::AccountManager).await;
    // Through the hour in which the clock is changed.
    set_hours(&admin, &tenant, zone, "01:30", "11:00").await;
    let rules = TimeZone::get(zone).unwrap();
    let begin: Timestamp = begin.parse().unwrap();
    let minutes = 18 * 24 * 60;
    let is_open = |minute: i64| {
        let local = (begin + SignedDuration::from_mins(minute)).to_zoned(rules.clone()).time();
        local >= jiff::civil::time(1, 30, 0, 0) && local < jiff::civil::time(11, 0, 0, 0)
    };
    let open = (0..minutes + 8_000).map(is_open).collect();
    let world = World {
        begin,
        zone: rules.clone(),
        open,
        people: [admin.id.uuid(), other.id.uuid()],
        labels: [Uuid::from_u128(1), Uuid::from_u128(2)],
    };
    let mut hat = Hat(number);
    let matters: Vec<Matter> = (0..700).map(|_| random(&mut hat, minutes)).collect();
    world.insert(app, &tenant, &matters);

    let days: Vec<String> = (4..14).map(|day| world.day(day * 24 * 60 + 720)).collect();
    let within = |days: &[String]| -> Vec<&Matter> {
        matters.iter().filter(|matter| days.contains(&world.day(matter.began))).collect()
    };
    let asked = format!("from={}&to={}", days[0], days[9]);
    let meant = within(&days);
    let always = report(&admin, &format!("{asked}&clock=always")).await;
    assert_eq!(always["figures"], world.figures(&meant, false));
    let seen = report(&admin, &asked).await;
    assert_eq!(seen["figures"], world.figures(&meant, true));
    let before: Vec<String> = (-6..4).map(|day: i64| world.day((day * 24 * 60 + 720).max(0))).collect();
    assert_eq!(seen["figures_before"], world.figures(&within(&before), true));
    for (slice, day) in seen["slices"].as_array().unwrap().iter().zip(&days) {
        assert_eq!(
            (slice["days"]["from"].as_str().unwrap(), &slice["figures"]),
            (day.as_str(), &world.figures(&within(std::slice::from_ref(day)), true))
        );
    }
    let mut hours: BTreeMap<(usize, usize), u64> = BTreeMap::new();
    for matter in &meant {
        let local = world.at(matter.began).to_zoned(rules.clone());
        let weekday = usize::try_from(local.weekday().to_monday_zero_offset()).unwrap();
        *hours.entry((weekday, usize::try_from(local.hour()).unwrap())).or_default() += 1;
    }
    for (weekday, row) in seen["hours"].as_array().unwrap().iter().enumerate() {
        for (hour, number) in row.as_array().unwrap().iter().enumerate() {
            assert_eq!(number.as_u64(), Some(hours.get(&(weekday, hour)).copied().unwrap_or(0)), "{weekday} {hour}");
        }
    }
    for label in seen["labels"].as_array().unwrap() {
        let id = label["label"].as_str().map(|id| usize::from(id != seen_label(&world, 0)));
        let labelled: Vec<&Matter> = meant.iter().copied().filter(|matter| matter.label == id).collect();
        assert_eq!(label["figures"], world.figures(&labelled, true), "{id:?}");
    }
    for person in seen["people"].as_array().unwrap() {
        let who = match person["person"].as_str() {
            None => None,
            Some(id) => Some(usize::from(id != admin.id.to_string())),
        };
        let theirs = meant.iter().filter(|matter| matter.person == who).count();
        assert_eq!(person["matters"], json!(theirs));
        let answered: Vec<&Matter> =
            meant.iter().copied().filter(|matter| matter.answered.is_some() && Some(matter.answerer) == who).collect();
        assert_eq!(person["first"], world.figures(&answered, true)["first"]);
    }
    let own = report(&admin, &format!("{asked}&person={}&label={}", other.id, seen_label(&world, 1))).await;
    let only: Vec<&Matter> =
        meant.iter().copied().filter(|matter| matter.person == Some(1) && matter.label == Some(1)).collect();
    assert!(!only.is_empty());
    assert_eq!(own["figures"], world.figures(&only, true));
}

fn seen_label(world: &World, index: usize) -> String {
    brigade_domain::id::LabelId::from_uuid(world.labels[index]).to_string()
}

#[tokio::test]
async fn figures_are_those_of_a_plain_reckoning_also_when_the_clock_is_changed() {
    let app = TestApp::start().await;
    compare(&app, "2025-10-17T22:00:00Z", "Europe/Berlin", 1).await;
    compare(&app, "2026-03-21T00:00:00Z", "Europe/London", 2).await;
    compare(&app, "2026-03-28T13:00:00Z", "Australia/Lord_Howe", 3).await;
}
