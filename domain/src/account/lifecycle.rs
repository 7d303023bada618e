//! The lifecycle of a customer relationship (BK-LIFE-01 to -14): states and the steps between them, not a funnel.
//!
//! First contact is a conversation with an account manager, before onboarding and before any purchase (BK-LIFE-12); a
//! pack precedes a subscription (BK-LIFE-14). What a step needs besides the state before it is in
//! [`super::state::Account`].

use std::collections::VecDeque;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a customer relationship stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lifecycle {
    /// Known, and nothing more (BK-LIFE-02).
    Visitor,
    /// In conversation with an account manager (BK-LIFE-03).
    Conversation,
    /// Being onboarded, by hand or assisted (BK-LIFE-04).
    Onboarding,
    /// Has bought a pack (BK-LIFE-05).
    PackPurchase,
    /// The subscription applies (BK-LIFE-06).
    SubscriptionApplied,
    /// Orders week by week (BK-LIFE-07).
    WeeklyOrdering,
    /// Eats what was ordered (BK-LIFE-08).
    Consumption,
    /// The subscription rests (BK-LIFE-09).
    Paused,
    /// The subscription goes on again (BK-LIFE-09).
    Reactivated,
    /// The subscription has ended (BK-LIFE-09).
    Cancelled,
}

impl Lifecycle {
    /// Every state, in the order of a life without detours.
    pub const ALL: [Self; 10] = [
        Self::Visitor,
        Self::Conversation,
        Self::Onboarding,
        Self::PackPurchase,
        Self::SubscriptionApplied,
        Self::WeeklyOrdering,
        Self::Consumption,
        Self::Paused,
        Self::Reactivated,
        Self::Cancelled,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Conversation => "conversation",
            Self::Onboarding => "onboarding",
            Self::PackPurchase => "pack_purchase",
            Self::SubscriptionApplied => "subscription_applied",
            Self::WeeklyOrdering => "weekly_ordering",
            Self::Consumption => "consumption",
            Self::Paused => "paused",
            Self::Reactivated => "reactivated",
            Self::Cancelled => "cancelled",
        }
    }

    /// The states that can come next.
    #[expect(clippy::match_same_arms, reason = "one line a state: it is read as a table")]
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Visitor => &[Self::Conversation],
            Self::Conversation => &[Self::Onboarding],
            Self::Onboarding => &[Self::PackPurchase],
            Self::PackPurchase => &[Self::SubscriptionApplied],
            Self::SubscriptionApplied => &[Self::WeeklyOrdering, Self::Paused, Self::Cancelled],
            Self::WeeklyOrdering => &[Self::Consumption, Self::Paused, Self::Cancelled],
            Self::Consumption => &[Self::WeeklyOrdering, Self::Paused, Self::Cancelled],
            Self::Paused => &[Self::Reactivated, Self::Cancelled],
            Self::Reactivated => &[Self::WeeklyOrdering, Self::Paused, Self::Cancelled],
            // Who comes back is known and onboarded already, and begins with a pack again.
            Self::Cancelled => &[Self::PackPurchase],
        }
    }

    /// The states that are still missing before `to`, in order, on the shortest way: empty when `to` can come next,
    /// `None` when no way leads there.
    pub fn missing_before(self, to: Self) -> Option<Vec<Self>> {
        let mut ways = VecDeque::from([(self, Vec::new())]);
        let mut seen = vec![self];
        while let Some((state, way)) = ways.pop_front() {
            if state.next().contains(&to) {
                return Some(way);
            }
            for &next in state.next() {
                if !seen.contains(&next) {
                    seen.push(next);
                    let mut longer = way.clone();
                    longer.push(next);
                    ways.push_back((next, longer));
                }
            }
        }
        None
    }
}

impl FromStr for Lifecycle {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(())
    }
}

/// How somebody is onboarded (BK-LIFE-13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Onboarding {
    /// The account manager does it.
    Manual,
    /// The customer does it, with the account manager's help.
    Assisted,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_match_serde() {
        for state in Lifecycle::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }

    #[test]
    fn a_life_without_detours_is_legal() {
        let straight = &Lifecycle::ALL[..7];
        for step in straight.windows(2) {
            assert!(step[0].next().contains(&step[1]), "{step:?}");
        }
    }

    #[test]
    fn nothing_is_bought_before_a_conversation_and_onboarding() {
        use Lifecycle::{Conversation, Onboarding, PackPurchase, SubscriptionApplied, Visitor};
        assert_eq!(Visitor.missing_before(PackPurchase), Some(vec![Conversation, Onboarding]));
        assert_eq!(Onboarding.missing_before(SubscriptionApplied), Some(vec![PackPurchase]));
        assert_eq!(Visitor.missing_before(Conversation), Some(vec![]));
    }

    #[test]
    fn nobody_becomes_a_stranger_again() {
        for state in Lifecycle::ALL {
            assert_eq!(state.missing_before(Lifecycle::Visitor), None, "{state:?}");
        }
    }

    #[test]
    fn a_subscription_comes_only_after_a_pack() {
        for state in Lifecycle::ALL {
            let applies = state.next().contains(&Lifecycle::SubscriptionApplied);
            assert_eq!(applies, state == Lifecycle::PackPurchase, "{state:?}");
        }
    }
}
