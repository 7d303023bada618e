//! From an enquiry to a client: how far those got who came in some time (BK-IDN-04, BK-IDN-05).
//!
//! A conversation that began on the site counts once, from its first message on, with what happened until now: so the figures of the last
//! days still change. Each step is counted for itself, by what the logs say. A client whom an admin has taken back is none.

use serde::{Deserialize, Serialize};

use crate::account::lifecycle::Lifecycle;
use crate::chat::event::Form;

/// How somebody came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// With the chat of the site.
    Chat,
    /// With a form of it.
    Form(Form),
}

impl Way {
    /// Each.
    pub const ALL: [Self; 3] = [Self::Chat, Self::Form(Form::Enquiry), Self::Form(Form::Access)];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Form(form) => form.as_str(),
        }
    }
}

/// How far somebody got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// They have written.
    Opened,
    /// The staff have answered.
    Answered,
    /// They were invited to become a client.
    Invited,
    /// They have accepted.
    Client,
    /// They are being onboarded (BK-LIFE-04).
    Onboarding,
    /// They have bought a pack (BK-LIFE-05).
    PackPurchase,
    /// Their subscription applies (BK-LIFE-06).
    SubscriptionApplied,
    /// They order week by week (BK-LIFE-07).
    WeeklyOrdering,
    /// They eat what they ordered (BK-LIFE-08).
    Consumption,
}

impl Step {
    /// Each, in their order. What may come after is no progress, and none of these.
    pub const ALL: [Self; 9] = [
        Self::Opened,
        Self::Answered,
        Self::Invited,
        Self::Client,
        Self::Onboarding,
        Self::PackPurchase,
        Self::SubscriptionApplied,
        Self::WeeklyOrdering,
        Self::Consumption,
    ];

    /// The step of a client's life it is, from becoming one on.
    pub const fn lifecycle(self) -> Option<Lifecycle> {
        match self {
            Self::Opened | Self::Answered | Self::Invited | Self::Client => None,
            Self::Onboarding => Some(Lifecycle::Onboarding),
            Self::PackPurchase => Some(Lifecycle::PackPurchase),
            Self::SubscriptionApplied => Some(Lifecycle::SubscriptionApplied),
            Self::WeeklyOrdering => Some(Lifecycle::WeeklyOrdering),
            Self::Consumption => Some(Lifecycle::Consumption),
        }
    }

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Answered => "answered",
            Self::Invited => "invited",
            Self::Client => "client",
            Self::Onboarding => Lifecycle::Onboarding.as_str(),
            Self::PackPurchase => Lifecycle::PackPurchase.as_str(),
            Self::SubscriptionApplied => Lifecycle::SubscriptionApplied.as_str(),
            Self::WeeklyOrdering => Lifecycle::WeeklyOrdering.as_str(),
            Self::Consumption => Lifecycle::Consumption.as_str(),
        }
    }
}

/// How many got to a step, and how long it took them.
#[derive(Debug, Clone, PartialEq)]
pub struct Reached {
    /// Which.
    pub step: Step,
    /// How many, in all.
    pub number: u64,
    /// How many of those who came so, in the order of [`Way::ALL`].
    pub by_way: [u64; Way::ALL.len()],
    /// Seconds from the first message on: half of them took no longer. Nothing when there are none, and of the first step.
    pub median: Option<f64>,
}

impl Reached {
    /// Every step, with nobody at any.
    pub fn nobody() -> Vec<Self> {
        Step::ALL.map(|step| Self { step, number: 0, by_way: [0; Way::ALL.len()], median: None }).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_in_the_order_of_a_life_without_detours() {
        let states: Vec<_> = Step::ALL.iter().filter_map(|step| step.lifecycle()).collect();
        assert!(Step::ALL.is_sorted() && states.windows(2).all(|pair| pair[0].next().contains(&pair[1])), "{states:?}");
        for step in Step::ALL {
            assert_eq!(serde_json::json!(step), step.as_str());
        }
    }
}
