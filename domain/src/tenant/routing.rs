//! Who is given the conversations that wait: what a business has chosen, and the decision itself.
//!
//! The decision is [`give_out`]: pure, over who is there, how much each of them has, and who waits. `store/` makes it once
//! at a time for a tenant and keeps what was decided; each conversation then says whether it still is to be had.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::entity::{Job, Seq};
use crate::id::{ConversationId, TeamId, UserId};
use crate::refusal::Refusal;

/// The task that gives out what waits in a tenant.
pub const ROUTE: &str = "routing.route";

/// The task that asks a conversation whether it can be given to somebody.
pub const GIVE: &str = "routing.give";

/// The task that looks whether somebody is there whose customer has come back.
pub const RETURN: &str = "routing.return";

/// How conversations come to people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// People take them, or give them to each other.
    #[default]
    ByHand,
    /// Each in turn.
    RoundRobin,
    /// Whoever has the fewest.
    LeastBusy,
}

impl Mode {
    /// Whether conversations are given out.
    pub const fn gives_out(self) -> bool {
        match self {
            Self::ByHand => false,
            Self::RoundRobin | Self::LeastBusy => true,
        }
    }
}

/// How many open conversations somebody is given at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Capacity(u8);

impl Capacity {
    /// The most there can be.
    pub const MAX: u8 = 100;

    /// Reads a number.
    pub fn parse(number: u64) -> Result<Self, Refusal> {
        match u8::try_from(number) {
            Ok(number @ 1..=Self::MAX) => Ok(Self(number)),
            _ => Err(Refusal::invalid("capacity", format!("Choose a number from 1 to {}.", Self::MAX))),
        }
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl Default for Capacity {
    fn default() -> Self {
        Self(5)
    }
}

/// What a business has chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routing {
    /// How conversations come to people.
    pub mode: Mode,
    /// How many somebody is given of whom nothing else is said.
    pub capacity: Capacity,
    /// How many the others are given.
    pub people: BTreeMap<UserId, Capacity>,
}

impl Routing {
    /// What is looked up beside the log: nothing while conversations are given by hand, otherwise all of this and who has
    /// said that chats are not welcome. Who has said nothing takes chats, as the switch in the inbox shows it.
    pub(super) fn row(&self, staff: &BTreeMap<UserId, bool>) -> Option<Value> {
        if !self.mode.gives_out() {
            return None;
        }
        let away: Vec<_> = staff.iter().filter(|(_, available)| !**available).map(|(user, _)| user.uuid()).collect();
        let people: BTreeMap<_, _> = self.people.iter().map(|(user, capacity)| (user.uuid(), capacity)).collect();
        Some(json!({ "mode": self.mode, "capacity": self.capacity, "people": people, "away": away }))
    }
}

/// The job that gives out what waits. Of several that wait, one is done.
pub fn route_job() -> Job {
    Job { key: Some("route".to_owned()), ..Job::new(ROUTE, json!({})) }
}

/// The job that looks whether `from` is there to take back a conversation that was resolved, as of `rev`.
pub fn return_job(conversation: ConversationId, from: UserId, rev: Seq) -> Job {
    let body = json!({ "conversation": conversation, "from": from, "rev": rev });
    Job::new(RETURN, body)
}

/// Somebody who is there and takes chats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taker {
    /// Who.
    pub user: UserId,
    /// How many open conversations they have, with those on their way to them.
    pub load: u64,
    /// How many they are given at most.
    pub capacity: u64,
    /// When it was their turn last: the higher, the later. 0: never.
    pub turn: u64,
}

impl Taker {
    const fn has_room(&self) -> bool {
        self.load < self.capacity
    }
}

/// A conversation that waits and is nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unassigned {
    /// Which.
    pub conversation: ConversationId,
    /// The team it was given to.
    pub team: Option<TeamId>,
    /// The account manager, of a client's.
    pub manager: Option<UserId>,
    /// To whom it was given before. They have put it back, or were not there when it came back.
    pub before: Option<UserId>,
    /// Up to which entry its log was read.
    pub rev: Seq,
}

/// Who gets what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gift {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Who.
    pub to: UserId,
    /// The team it was given to when this was decided.
    pub team: Option<TeamId>,
    /// Their new turn.
    pub turn: u64,
    /// Up to which entry the conversation's log was read.
    pub rev: Seq,
}

/// Who is in which team, of those there are.
pub type Members = BTreeMap<TeamId, BTreeSet<UserId>>;

/// Gives out `waiting`, in this order, to those who have room; `turn` is the last turn of anybody. What was given to one of
/// `teams` goes to nobody outside of it, and waits when nobody of it has room. A client's goes to the account manager if they are
/// among them; nobody gets back what they had before as long as somebody else can have it.
pub fn give_out(
    mode: Mode,
    teams: &Members,
    mut takers: Vec<Taker>,
    mut turn: u64,
    waiting: &[Unassigned],
) -> Vec<Gift> {
    if !mode.gives_out() {
        return Vec::new();
    }
    let mut gifts = Vec::new();
    for unassigned in waiting {
        let fitness = |taker: &Taker| {
            let stranger = unassigned.manager != Some(taker.user);
            let again = unassigned.before == Some(taker.user);
            let load = if mode == Mode::LeastBusy { taker.load } else { 0 };
            (stranger, again, load, taker.turn, taker.user)
        };
        // A team that is no more keeps nobody out.
        let members = unassigned.team.and_then(|team| teams.get(&team));
        let may_have = |taker: &Taker| members.is_none_or(|members| members.contains(&taker.user));
        let free = takers.iter_mut().filter(|taker| taker.has_room() && may_have(taker));
        let Some(taker) = free.min_by_key(|taker| fitness(taker)) else { continue };
        turn += 1;
        (taker.load, taker.turn) = (taker.load + 1, turn);
        let Unassigned { conversation, team, rev, .. } = *unassigned;
        gifts.push(Gift { conversation, to: taker.user, team, turn, rev });
    }
    gifts
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn user(n: u128) -> UserId {
        UserId::from_uuid(Uuid::from_u128(n))
    }

    fn taker(n: u128, load: u64, capacity: u64, turn: u64) -> Taker {
        Taker { user: user(n), load, capacity, turn }
    }

    fn waiting(count: u128) -> Vec<Unassigned> {
        let one = |n| Unassigned {
            conversation: ConversationId::from_uuid(Uuid::from_u128(n)),
            team: None,
            manager: None,
            before: None,
            rev: 2,
        };
        (0..count).map(one).collect()
    }

    fn to(gifts: &[Gift]) -> Vec<UserId> {
        gifts.iter().map(|gift| gift.to).collect()
    }

    #[test]
    fn in_turn_whoever_had_none_for_longest_is_next() {
        let takers = vec![taker(1, 9, 99, 7), taker(2, 0, 99, 8), taker(3, 0, 99, 0)];
        assert_eq!(to(&give_out(Mode::RoundRobin, &Members::new(), takers, 9, &waiting(5))), [3, 1, 2, 3, 1].map(user));
    }

    #[test]
    fn turns_go_on_from_those_who_are_not_there() {
        let gifts = give_out(Mode::RoundRobin, &Members::new(), vec![taker(1, 0, 5, 3)], 40, &waiting(2));
        assert_eq!(gifts.iter().map(|gift| gift.turn).collect::<Vec<_>>(), [41, 42]);
    }

    #[test]
    fn the_least_busy_is_next_and_of_two_the_one_who_had_none_for_longer() {
        let takers = vec![taker(1, 2, 99, 1), taker(2, 1, 99, 9), taker(3, 1, 99, 8)];
        assert_eq!(to(&give_out(Mode::LeastBusy, &Members::new(), takers, 9, &waiting(5))), [3, 2, 1, 3, 2].map(user));
    }

    #[test]
    fn whoever_is_full_gets_none_and_the_rest_waits() {
        let takers = vec![taker(1, 5, 5, 0), taker(2, 4, 5, 0), taker(3, 7, 5, 0)];
        let gifts = give_out(Mode::RoundRobin, &Members::new(), takers, 9, &waiting(3));
        assert_eq!((to(&gifts), gifts[0].conversation), (vec![user(2)], waiting(1)[0].conversation));
        assert!(give_out(Mode::LeastBusy, &Members::new(), Vec::new(), 9, &waiting(3)).is_empty());
    }

    #[test]
    fn by_hand_nothing_is_given() {
        assert!(give_out(Mode::ByHand, &Members::new(), vec![taker(1, 0, 5, 0)], 9, &waiting(3)).is_empty());
    }

    #[test]
    fn a_client_goes_to_the_account_manager_if_there_is_room() {
        let clients: Vec<_> = waiting(3).into_iter().map(|one| Unassigned { manager: Some(user(2)), ..one }).collect();
        let takers = vec![taker(1, 0, 9, 0), taker(2, 3, 5, 4)];
        assert_eq!(to(&give_out(Mode::LeastBusy, &Members::new(), takers, 9, &clients)), [2, 2, 1].map(user));
    }

    #[test]
    fn nobody_gets_back_what_they_put_back_unless_nobody_else_can_have_it() {
        let back: Vec<_> = waiting(2).into_iter().map(|one| Unassigned { before: Some(user(1)), ..one }).collect();
        let takers = vec![taker(1, 0, 9, 0), taker(2, 3, 4, 4)];
        assert_eq!(to(&give_out(Mode::LeastBusy, &Members::new(), takers, 9, &back)), [2, 1].map(user));
    }

    #[test]
    fn what_is_a_teams_waits_for_the_team_and_holds_nobody_else_up() {
        let team = TeamId::from_uuid(Uuid::from_u128(1));
        let teams = Members::from([(team, BTreeSet::from([user(2), user(3)]))]);
        let mut all = waiting(3);
        (all[0].team, all[1].team) = (Some(team), Some(team));
        let takers = vec![taker(1, 0, 9, 0), taker(2, 4, 5, 0), taker(3, 5, 5, 0)];
        let gifts = give_out(Mode::LeastBusy, &teams, takers, 9, &all);
        assert_eq!(to(&gifts), [2, 1].map(user));
        assert_eq!(
            gifts.iter().map(|gift| gift.conversation).collect::<Vec<_>>(),
            [all[0].conversation, all[2].conversation]
        );
        // Nobody of it is there.
        assert_eq!(to(&give_out(Mode::LeastBusy, &teams, vec![taker(1, 0, 9, 0)], 9, &all)), [user(1)]);
        // Its account manager is not of the team.
        all[0].manager = Some(user(1));
        let takers = vec![taker(1, 0, 9, 0), taker(2, 0, 5, 0)];
        assert_eq!(to(&give_out(Mode::LeastBusy, &teams, takers, 9, &all[..1])), [user(2)]);
        // One that is no more keeps nobody out.
        assert_eq!(
            to(&give_out(Mode::LeastBusy, &Members::new(), vec![taker(1, 0, 9, 0)], 9, &all)),
            [1, 1, 1].map(user)
        );
    }

    #[test]
    fn a_capacity_is_a_number_from_one_to_a_hundred() {
        assert_eq!(Capacity::parse(1).unwrap().get(), 1);
        assert_eq!(Capacity::parse(100).unwrap().get(), 100);
        for number in [0, 101, 256, u64::MAX] {
            assert_eq!(Capacity::parse(number).unwrap_err().details.unwrap()["field"], "capacity", "{number}");
        }
    }

    proptest! {
        #[test]
        fn nobody_gets_more_than_they_can_take_and_nobody_waits_for_no_reason(
            loads in prop::collection::vec((0u64..8, 1u64..8, 0u64..9), 0..6), count in 0u128..40, busy in any::<bool>(),
        ) {
            let takers: Vec<_> = (0u128..).zip(&loads).map(|(n, (load, capacity, turn))| taker(n, *load, *capacity, *turn)).collect();
            let mode = if busy { Mode::LeastBusy } else { Mode::RoundRobin };
            let all = waiting(count);
            let gifts = give_out(mode, &Members::new(), takers.clone(), 9, &all);
            let room: u64 = takers.iter().map(|taker| taker.capacity.saturating_sub(taker.load)).sum();
            prop_assert_eq!(gifts.len() as u64, room.min(all.len() as u64));
            prop_assert!(gifts.iter().zip(&all).all(|(gift, waiting)| gift.conversation == waiting.conversation));
            let mut got: BTreeMap<UserId, u64> = BTreeMap::new();
            for gift in &gifts {
                *got.entry(gift.to).or_default() += 1;
            }
            for taker in &takers {
                let got = got.get(&taker.user).copied().unwrap_or(0);
                prop_assert!(got == 0 || taker.load + got <= taker.capacity);
            }
        }

        #[test]
        fn nobody_gets_what_is_a_team_they_are_not_in_and_nothing_waits_that_somebody_of_it_could_take(
            loads in prop::collection::vec((0u64..4, 1u64..6, 0u64..9), 0..6), busy in any::<bool>(),
            teams in prop::collection::vec(prop::collection::btree_set(0u128..6, 0..4), 3),
            asked in prop::collection::vec(prop::option::of(0u128..4), 0..40),
        ) {
            let team = |n| TeamId::from_uuid(Uuid::from_u128(n));
            // Of the four that conversations name there are three.
            let teams: Members = (0u128..).zip(teams).map(|(n, members)| (team(n), members.into_iter().map(user).collect())).collect();
            let takers: Vec<_> = (0u128..).zip(&loads).map(|(n, (load, capacity, turn))| taker(n, *load, *capacity, *turn)).collect();
            let mode = if busy { Mode::LeastBusy } else { Mode::RoundRobin };
            let all: Vec<_> =
                waiting(asked.len() as u128).into_iter().zip(&asked).map(|(one, n)| Unassigned { team: n.map(team), ..one }).collect();
            let may_have = |one: &Unassigned, user: UserId| one.team.and_then(|team| teams.get(&team)).is_none_or(|members| members.contains(&user));
            let gifts = give_out(mode, &teams, takers.clone(), 9, &all);
            let mut room: BTreeMap<UserId, u64> = takers.iter().map(|taker| (taker.user, taker.capacity.saturating_sub(taker.load))).collect();
            let mut left = gifts.iter().peekable();
            for one in &all {
                match left.next_if(|gift| gift.conversation == one.conversation) {
                    Some(gift) => {
                        prop_assert!(may_have(one, gift.to), "outside of the team");
                        prop_assert_eq!(gift.team, one.team);
                        let room = room.get_mut(&gift.to).unwrap();
                        prop_assert!(*room > 0);
                        *room -= 1;
                    }
                    None => prop_assert!(room.iter().all(|(user, room)| *room == 0 || !may_have(one, *user)), "waits for no reason"),
                }
            }
            prop_assert!(left.next().is_none());
        }

        #[test]
        fn in_turn_is_fair_within_a_team(people in 1u128..6, others in 0u128..4, count in 0u128..40) {
            let team = TeamId::from_uuid(Uuid::from_u128(1));
            let teams = Members::from([(team, (0..people).map(user).collect())]);
            let takers: Vec<_> = (0..people + others).map(|n| taker(n, 0, 100, 0)).collect();
            let all: Vec<_> = waiting(count).into_iter().map(|one| Unassigned { team: Some(team), ..one }).collect();
            let mut got: BTreeMap<UserId, u64> = (0..people).map(|n| (user(n), 0)).collect();
            for gift in give_out(Mode::RoundRobin, &teams, takers, 9, &all) {
                *got.get_mut(&gift.to).unwrap() += 1;
            }
            prop_assert!(got.values().max().unwrap() - got.values().min().unwrap() <= 1);
        }

        #[test]
        fn in_turn_is_fair_to_within_one(people in 1u128..6, count in 0u128..40) {
            let takers: Vec<_> = (0..people).map(|n| taker(n, 0, 100, 0)).collect();
            let mut got: BTreeMap<UserId, u64> = (0..people).map(|n| (user(n), 0)).collect();
            for gift in give_out(Mode::RoundRobin, &Members::new(), takers, 9, &waiting(count)) {
                *got.entry(gift.to).or_default() += 1;
            }
            prop_assert!(got.values().max().unwrap() - got.values().min().unwrap() <= 1);
        }
    }
}
