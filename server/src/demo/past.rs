//! What was before: eight weeks of small matters, all of them settled, so that reports have something to show. Asked for with the
//! times they are to have, by the same commands as everything else, and the same for everybody on the same day.

use brigade_domain::Timestamp;
use brigade_domain::reports::period::{Span, today};
use brigade_domain::tenant::clock::Zone;
use jiff::{SignedDuration, ToSpan as _};

use super::script::Who;

/// Who came back, and again.
pub(super) const VISITORS: [&str; 14] = [
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
pub(super) struct Small {
    pub(super) label: &'static str,
    pub(super) question: &'static str,
    pub(super) answer: &'static str,
    pub(super) by: Who,
    pub(super) asked: Timestamp,
    pub(super) answered: Timestamp,
    pub(super) resolved: Timestamp,
    /// How the customer was served, if they say so.
    pub(super) score: Option<u8>,
}

/// Numbers out of a hat, the same each time.
struct Hat(u64);

impl Hat {
    fn draw(&mut self, of: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap_or(0) % of
    }
}

/// What the `number`th of the visitors came with, in order.
pub(super) fn of(number: usize, zone: &Zone, now: Timestamp) -> Vec<Small> {
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
