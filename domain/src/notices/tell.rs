//! Who is told what of new lines of a log. Pure: over the lines and how things stand now.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::Kind;
use crate::Timestamp;
use crate::actor::Party;
use crate::chat::due::Due;
use crate::entity::{Entry, Seq};
use crate::id::UserId;
use crate::{account, chat};

/// The types of the lines of conversations and accounts that matter here: others need not be read.
pub const LINES: &[&str] = &[
    "message_sent",
    "note_added",
    "read_up_to",
    "assigned",
    "team_assigned",
    "resolved",
    "reopened",
    "snoozed",
    "woken",
    "due_set",
    "handed_over",
    "scheduled_held",
    "scheduled_sent",
    "manager_set",
];

/// The note somebody writes before they hand a conversation over goes with it, when it is no older than this.
pub const HANDED_WITH: SignedDuration = SignedDuration::from_mins(1);

/// How a conversation stands now, and who there is to be told.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// Who answers it.
    pub assignee: Option<UserId>,
    /// Whether a customer waits in it, nobody has it, and people take conversations by hand.
    pub to_be_had: bool,
    /// Whom it is for, when it is given to a team.
    pub team: Option<&'a BTreeSet<UserId>>,
    /// Who works here.
    pub staff: &'a BTreeSet<UserId>,
    /// Who of them takes no chats.
    pub away: &'a BTreeSet<UserId>,
    /// Who invited its customer last.
    pub inviter: Option<UserId>,
}

/// What one person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tell {
    /// Who.
    pub user: UserId,
    /// What.
    pub kind: Kind,
    /// The line it comes from, the last one if it is several.
    pub mark: Seq,
    /// How often it happened.
    pub times: u32,
    /// Who did it.
    pub by: Party,
    /// When.
    pub at: Timestamp,
    /// The note that goes with it.
    pub note: Option<Seq>,
}

/// How far somebody has seen a conversation, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Up to this entry.
    pub up_to: Seq,
    /// At this time.
    pub at: Timestamp,
}

/// What new lines come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// How far people have seen the conversation: what they were told of it up to there is read.
    pub seen: BTreeMap<UserId, Seen>,
    /// What is to be told.
    pub tell: Vec<Tell>,
}

/// What new lines of a conversation come to. What happened while somebody had it before them, as far as they have said so by
/// now, is not told to them.
pub fn of_conversation(lines: &[Entry<chat::event::Event>], scene: &Scene<'_>) -> News {
    let mut news = News { seen: seen(lines, scene.staff), tell: Vec::new() };
    let given = lines.iter().rev().find(|line| matches!(line.event, chat::event::Event::Assigned { .. }));
    let handed = given.and_then(|given| handed_over(lines, given, scene));
    let note = handed.as_ref().and_then(|told| Some((told.user, told.note?)));
    news.tell.extend(handed);
    // What was said before it was given to somebody was said to somebody else.
    let since = given.map_or(0, |given| given.seq);
    if let Some(user) = scene.assignee {
        news.tell.extend(said_to(user, Kind::Answered, lines, since, scene.staff));
    }
    if scene.to_be_had {
        let is_for = |user: &&UserId| scene.team.is_none_or(|team| team.contains(user));
        let takers = scene.staff.difference(scene.away).filter(is_for);
        let offered = lines.iter().rev().find(|line| is_offer(&line.event));
        news.tell.extend(takers.filter_map(|user| to_be_had(*user, lines, offered, scene.staff)));
    }
    mentions(lines, note, scene.staff, &mut news.tell);
    news.tell.extend(accepted(lines, scene.inviter));
    held_back(lines, scene, &mut news.tell);
    let News { seen, tell } = &mut news;
    tell.retain_mut(|told| scene.staff.contains(&told.user) && unseen(told, lines, seen, scene.staff));
    news
}

/// How far who of the staff has come: by reading, by writing, by settling it.
fn seen(lines: &[Entry<chat::event::Event>], staff: &BTreeSet<UserId>) -> BTreeMap<UserId, Seen> {
    use chat::event::Event;
    let mut seen: BTreeMap<UserId, Seen> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        // What was scheduled is sent while its author looks elsewhere.
        if lines.get(index + 1).is_some_and(|next| matches!(next.event, Event::ScheduledSent { by_hand: false, .. })) {
            continue;
        }
        let Some(user) = line.by.user().filter(|user| staff.contains(user)) else { continue };
        let up_to = match &line.event {
            Event::ReadUpTo { seq, .. } => *seq,
            Event::MessageSent { .. } | Event::NoteAdded { .. } | Event::Resolved {} | Event::Snoozed { .. } => {
                line.seq
            }
            _ => continue,
        };
        let known = seen.entry(user).or_insert(Seen { up_to, at: line.at });
        *known = Seen { up_to: up_to.max(known.up_to), at: line.at.max(known.at) };
    }
    seen
}

fn is_customers(line: &Entry<chat::event::Event>, staff: &BTreeSet<UserId>) -> bool {
    let theirs = match line.by {
        Party::Visitor(_) => true,
        Party::User(user) => !staff.contains(&user),
        Party::Key(_) | Party::System => false,
    };
    theirs && matches!(line.event, chat::event::Event::MessageSent { .. })
}

/// It was given to somebody by another, perhaps with a note.
fn handed_over(
    lines: &[Entry<chat::event::Event>],
    given: &Entry<chat::event::Event>,
    scene: &Scene<'_>,
) -> Option<Tell> {
    let user = scene.assignee.filter(|user| given.by != Party::User(*user))?;
    if given.event != (chat::event::Event::Assigned { to: Some(user) }) {
        return None;
    }
    let notes = lines.iter().rev().filter(|line| matches!(line.event, chat::event::Event::NoteAdded { .. }));
    let note = notes.filter(|note| note.by == given.by).map(|note| note.seq).next();
    Some(told(user, Kind::Assigned, given, 1, note))
}

fn told(user: UserId, kind: Kind, line: &Entry<chat::event::Event>, times: u32, note: Option<Seq>) -> Tell {
    Tell { user, kind, mark: line.seq, times, by: line.by, at: line.at, note }
}

/// Customers' messages after `since`, as one thing.
fn said_to(
    user: UserId,
    kind: Kind,
    lines: &[Entry<chat::event::Event>],
    since: Seq,
    staff: &BTreeSet<UserId>,
) -> Option<Tell> {
    let said = lines.iter().filter(|line| line.seq > since && is_customers(line, staff));
    let last = said.clone().next_back()?;
    Some(told(user, kind, last, u32::try_from(said.count()).unwrap_or(u32::MAX), None))
}

/// It is somebody else's to take from here on.
const fn is_offer(event: &chat::event::Event) -> bool {
    matches!(event, chat::event::Event::Assigned { .. } | chat::event::Event::TeamAssigned { .. })
}

/// Somebody waits for anybody: they have written, or another has given it back, or to the team.
fn to_be_had(
    user: UserId,
    lines: &[Entry<chat::event::Event>],
    offered: Option<&Entry<chat::event::Event>>,
    staff: &BTreeSet<UserId>,
) -> Option<Tell> {
    let by_another =
        || offered.filter(|line| line.by != Party::User(user)).map(|line| told(user, Kind::Waiting, line, 1, None));
    said_to(user, Kind::Waiting, lines, 0, staff).or_else(by_another)
}

/// Who was meant by name, but for the note that a conversation was handed over with.
fn mentions(
    lines: &[Entry<chat::event::Event>],
    handed: Option<(UserId, Seq)>,
    staff: &BTreeSet<UserId>,
    tell: &mut Vec<Tell>,
) {
    use chat::event::Event;
    let mut meant: BTreeMap<UserId, Tell> = BTreeMap::new();
    for line in lines {
        let (Event::MessageSent { mentions, .. } | Event::NoteAdded { mentions, .. }) = &line.event else { continue };
        for user in mentions {
            // A customer's message is told to who answers; being named in it by chance is not another thing.
            if line.by == Party::User(*user) || handed == Some((*user, line.seq)) || is_customers(line, staff) {
                continue;
            }
            let times = meant.get(user).map_or(0, |told| told.times) + 1;
            meant.insert(*user, told(*user, Kind::Mentioned, line, times, Some(line.seq)));
        }
    }
    tell.extend(meant.into_values());
}

/// What somebody has scheduled was not sent: told to them, or to who answers when they are gone.
fn held_back(lines: &[Entry<chat::event::Event>], scene: &Scene<'_>, tell: &mut Vec<Tell>) {
    let mut held: BTreeMap<UserId, Tell> = BTreeMap::new();
    for line in lines {
        let chat::event::Event::ScheduledHeld { author, .. } = line.event else { continue };
        let Some(user) = Some(author).filter(|user| scene.staff.contains(user)).or(scene.assignee) else { continue };
        let times = held.get(&user).map_or(0, |told| told.times) + 1;
        held.insert(user, Tell { by: Party::System, ..told(user, Kind::HeldBack, line, times, None) });
    }
    tell.extend(held.into_values());
}

/// Whom somebody invited has become a client.
fn accepted(lines: &[Entry<chat::event::Event>], inviter: Option<UserId>) -> Option<Tell> {
    let by_invitation = |line: &&Entry<chat::event::Event>| {
        matches!(line.event, chat::event::Event::HandedOver { invitation: Some(_), .. })
    };
    let line = lines.iter().rev().find(by_invitation)?;
    Some(told(inviter?, Kind::Accepted, line, 1, None))
}

/// Whether there is anything in it that the person has not seen; counted is only what they have not.
fn unseen(
    told: &mut Tell,
    lines: &[Entry<chat::event::Event>],
    seen: &BTreeMap<UserId, Seen>,
    staff: &BTreeSet<UserId>,
) -> bool {
    let up_to = seen.get(&told.user).map_or(0, |seen| seen.up_to);
    if told.mark <= up_to {
        return false;
    }
    if matches!(told.kind, Kind::Answered | Kind::Waiting) && told.times > 1 {
        let before = lines.iter().filter(|line| line.seq <= up_to && is_customers(line, staff)).count();
        told.times = told.times.saturating_sub(u32::try_from(before).unwrap_or(u32::MAX)).max(1);
    }
    true
}

/// What new lines of an account come to: somebody was made its manager by another. Who becomes it because whom they invited
/// accepted ([`Kind::Accepted`]) is told of that already.
pub fn of_account(lines: &[Entry<account::event::Event>], staff: &BTreeSet<UserId>) -> News {
    let last = lines.iter().rev().find_map(|line| match line.event {
        account::event::Event::ManagerSet { manager } => Some((line, manager)),
        _ => None,
    });
    let tell = last.and_then(|(line, manager)| {
        let user = manager.filter(|user| staff.contains(user) && line.by != Party::User(*user))?;
        let by_people = line.by != Party::System;
        by_people.then_some(Tell {
            user,
            kind: Kind::Entrusted,
            mark: line.seq,
            times: 1,
            by: line.by,
            at: line.at,
            note: None,
        })
    });
    News { seen: BTreeMap::new(), tell: tell.into_iter().collect() }
}

/// What is to be told of something that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueNews {
    /// The moment that has come: that it is due soon, or that it was missed. `None`: neither has.
    pub told: Option<Timestamp>,
    /// When to look again.
    pub again: Option<Timestamp>,
}

/// What is to be told at `now`.
pub fn of_due(due: Due, now: Timestamp) -> DueNews {
    if now >= due.at {
        DueNews { told: Some(due.at), again: None }
    } else if now >= due.warn_at {
        DueNews { told: Some(due.warn_at), again: Some(due.at) }
    } else {
        DueNews { told: None, again: Some(due.warn_at) }
    }
}
