//! What was before: eight weeks of small matters, all of them settled, so that reports have something to show. Asked for with the
//! times they are to have, by the same commands as everything else, and the same for everybody on the same day.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use brigade_domain::Timestamp;
use brigade_domain::actor::{Actor, Role};
use brigade_domain::entity::EntityKey;
use brigade_domain::id::{ConversationId, LabelId, TenantId, UserId, VisitorId};
use brigade_domain::reports::period::{Span, today};
use brigade_domain::tenant::clock::Zone;
use futures_util::future::try_join_all;
use jiff::{SignedDuration, ToSpan as _};
use serde_json::json;
use uuid::Uuid;

use super::script::{QUESTION, Who};
use super::settings::{hours, label, targets};
use super::{AMARA, JONAS, NAMESPACE, ZONE, do_once, staff};
use crate::platform::Platform;

/// Who came back, and again.
const VISITORS: [&str; 14] = [
    "Iris", "Tom", "Fatima", "Oskar", "Leïla", "Ben", "Nadia", "Piotr", "Grace", "Yusuf", "Hanna", "Mateo", "Sofia",
    "Wei",
];

/// How often each of them came.
const TIMES: i64 = 5;
const DAYS: i64 = 56;

/// What is asked and answered: the label of it, the question, the answer.
const SMALL_TALK: [(&str, &str, &str); 7] = [
    ("Delivery", "My box is late today, is it on its way?", "It is: the driver has two stops before yours."),
    ("Delivery", "Could the driver leave it with the neighbour?", "Of course, I have told him."),
    ("New customer", "How does the trial week work?", "You choose five meals, and nothing goes on by itself."),
    ("Allergy", "Is there celery in the barley soup?", "There is. The pumpkin soup has none."),
    ("Complaint", "The rice was not cooked through.", "I am sorry! That meal is yours again, without a word."),
    ("Catering", "Do you lend plates for a garden lunch?", "We do, up to sixty, and collect them the next day."),
    ("New customer", "Can I pay at the end of the month?", "You can, once the first pack is settled."),
];

/// Something that came up and was settled.
#[derive(Debug, Clone, Copy)]
struct Small {
    label: &'static str,
    question: &'static str,
    answer: &'static str,
    by: Who,
    asked: Timestamp,
    answered: Timestamp,
    resolved: Timestamp,
    /// How the customer was served, if they say so.
    score: Option<u8>,
}

/// Numbers out of a hat, the same each time.
struct Hat(u64);

impl Hat {
    fn draw(&mut self, of: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap_or(0) % of
    }
}

/// All of them at once, for each waits for the disk with every command.
pub(super) async fn hold(platform: &Platform, tenant: TenantId, people: &BTreeMap<&'static str, UserId>) -> Result<()> {
    let visits = VISITORS.iter().enumerate().map(async |(number, name)| {
        visit(platform, tenant, people, number, name).await.with_context(|| format!("what {name} came with"))
    });
    try_join_all(visits).await?;
    Ok(())
}

/// What one of the visitors came with over the weeks, each time settled.
async fn visit(
    platform: &Platform,
    tenant: TenantId,
    people: &BTreeMap<&'static str, UserId>,
    number: usize,
    name: &str,
) -> Result<()> {
    let id = |what: &str| Uuid::new_v5(&NAMESPACE, format!("{tenant}/past {number}/{what}").as_bytes());
    let (conversation, visitor) = (ConversationId::from_uuid(id("conversation")), VisitorId::from_uuid(id("visitor")));
    let (key, system) = (EntityKey::new(tenant, conversation), Actor::system(tenant));
    let customer = Actor { name: name.to_owned(), ..Actor::visitor(tenant, visitor) };
    let open =
        json!({ "kind": "site", "visitor": visitor, "name": name, "page": "https://balance-kitchen.example/help" });
    let policy = json!({ "targets": targets(), "hours": hours() });
    let zone = Zone::parse("zone", ZONE)?;
    let matters = of(number, &zone, Timestamp::now());
    let mut before: Option<LabelId> = None;
    for (index, matter) in matters.iter().enumerate() {
        let (by, answered_by) = match matter.by {
            Who::Jonas => (staff(tenant, people[JONAS], Role::Admin, "Jonas Weber"), people[JONAS]),
            Who::Amara | Who::Customer => {
                (staff(tenant, people[AMARA], Role::AccountManager, "Amara Okafor"), people[AMARA])
            }
        };
        if index == 0 {
            do_once(platform, key, &system, matter.asked, "open", "open", &open).await?;
        }
        let said = |text: &str| json!({ "text": text });
        let label = label(tenant, matter.label);
        let mut steps = vec![
            (&customer, matter.asked, "send", said(matter.question)),
            (&system, matter.asked, "reckon", policy.clone()),
            (&by, matter.answered, "assign", json!({ "to": answered_by })),
            (&by, matter.answered, "send", said(matter.answer)),
            (&by, matter.answered, "label", json!({ "label": label, "on": true })),
            (&customer, matter.resolved, "send", said("Thank you!")),
            (&by, matter.resolved, "resolve", json!({})),
        ];
        if let Some(other) = before.filter(|before| *before != label) {
            steps.insert(2, (&by, matter.answered, "label", json!({ "label": other, "on": false })));
        }
        before = Some(label);
        let mut last = 0;
        for (step, (actor, at, kind, body)) in steps.iter().enumerate() {
            last = do_once(platform, key, actor, *at, &format!("{index}.{step}"), kind, body).await?;
        }
        if let Some(score) = matter.score {
            let ask = json!({ "rev": last, "question": QUESTION });
            let name = |what: &str| format!("{index}.{what}");
            let asked = do_once(platform, key, &system, matter.resolved, &name("ask"), "ask_feedback", &ask).await?;
            let give = json!({ "asked": asked, "score": score });
            do_once(platform, key, &customer, matter.resolved, &name("give"), "give_feedback", &give).await?;
        }
    }
    Ok(())
}

/// What the `number`th of the visitors came with, in order.
fn of(number: usize, zone: &Zone, now: Timestamp) -> Vec<Small> {
    let mut hat = Hat(number as u64 + 1);
    let mut mood = Hat(number as u64 + 1_000);
    let scored = |small: Small| Small { score: score(&mut mood, small.label), ..small };
    (0..TIMES).map(|time| one(&mut hat, time, zone, now)).map(scored).collect()
}

fn one(hat: &mut Hat, time: i64, zone: &Zone, now: Timestamp) -> Small {
    let room = DAYS / TIMES;
    // A day of rest between two, for what is answered the next morning.
    let mut day = today(zone, now).saturating_sub((DAYS - time * room - hat.draw(room - 2)).days());
    if day.weekday().to_monday_one_offset() > 5 && hat.draw(3) > 0 {
        day = day.saturating_sub(2.days());
    }
    let (morning, _) = Span { from: day, to: day }.moments(zone);
    let after = |at: Timestamp, minutes: i64| at.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(at);
    // Most around noon and in the early evening, some when nobody is there.
    let hour: i64 = [8, 9, 11, 12, 12, 13, 15, 17, 18, 18, 19, 21][usize::try_from(hat.draw(12)).unwrap_or(0)];
    let asked = after(morning, hour * 60 + hat.draw(60));
    let answered = if hour > 19 {
        after(morning, (24 + 8) * 60 + 5 + hat.draw(20))
    } else {
        after(asked, 2 + hat.draw(9) * hat.draw(6))
    };
    let (label, question, answer) = SMALL_TALK[usize::try_from(hat.draw(7)).unwrap_or(0)];
    let by = if hat.draw(3) > 0 { Who::Amara } else { Who::Jonas };
    let resolved = after(answered, 4 + hat.draw(12) * hat.draw(25));
    Small { label, question, answer, by, asked, answered, resolved, score: None }
}

/// Three of four say something, and who complained is harder to please.
fn score(mood: &mut Hat, label: &str) -> Option<u8> {
    let scores: [u8; 6] = if label == "Complaint" { [1, 2, 3, 3, 4, 5] } else { [3, 4, 4, 5, 5, 5] };
    let drawn = usize::try_from(mood.draw(8)).unwrap_or(0);
    scores.get(drawn).copied()
}
