//! How much a socket may send in a minute. Staff and clients are counted by session, a site visitor by person: whoever
//! holds a visitor's token can open more sockets, and gets no more for it.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use brigade_domain::actor::{Actor, ActorKind, Party};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, NotUntil, Quota, RateLimiter};

use crate::config::LiveLimits;

/// Signals of a session in a minute (typing, presence). Counted apart: who types must still be able to send.
const SIGNALS_PER_MINUTE: u32 = 120;

/// What a frame counts as. A subscription costs about what a command costs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum What {
    Command,
    Signal,
}

/// It was too much.
#[derive(Debug)]
pub(crate) struct Spent {
    /// So many a minute are allowed.
    pub(crate) limit: u32,
    /// After this long there is room for one.
    pub(crate) wait: Duration,
}

/// What all site visitors of this node have sent. Forgets who has been quiet.
#[derive(Clone)]
pub(crate) struct Visitors(Arc<DefaultKeyedRateLimiter<Party>>);

impl Visitors {
    pub(crate) fn new(limits: &LiveLimits) -> Self {
        Self(Arc::new(RateLimiter::keyed(quota(limits.visitor_commands_per_minute))))
    }

    /// Frees the memory of those whose minute is full again.
    pub(crate) fn sweep(&self) {
        self.0.retain_recent();
    }
}

enum Commands {
    Own(DefaultDirectRateLimiter),
    Visitor(Visitors, Party),
}

/// The rate of one session.
pub(crate) struct Rate {
    commands: Commands,
    commands_per_minute: u32,
    signals: DefaultDirectRateLimiter,
}

impl Rate {
    pub(crate) fn new(limits: &LiveLimits, visitors: &Visitors, actor: &Actor) -> Self {
        let signals = RateLimiter::direct(quota(SIGNALS_PER_MINUTE));
        let (commands, commands_per_minute) = match actor.kind {
            ActorKind::Anonymous => {
                (Commands::Visitor(visitors.clone(), actor.party), limits.visitor_commands_per_minute)
            }
            _ => (Commands::Own(RateLimiter::direct(quota(limits.commands_per_minute))), limits.commands_per_minute),
        };
        Self { commands, commands_per_minute, signals }
    }

    pub(crate) const fn commands_per_minute(&self) -> u32 {
        self.commands_per_minute
    }

    /// Counts one.
    pub(crate) fn spend(&self, what: What) -> Result<(), Spent> {
        let limit = match what {
            What::Command => self.commands_per_minute,
            What::Signal => SIGNALS_PER_MINUTE,
        };
        let full = |until: NotUntil<_>| Spent { limit, wait: until.wait_time_from(DefaultClock::default().now()) };
        match (what, &self.commands) {
            (What::Signal, _) => self.signals.check().map_err(full),
            (What::Command, Commands::Own(rate)) => rate.check().map_err(full),
            (What::Command, Commands::Visitor(all, party)) => all.0.check_key(party).map_err(full),
        }
    }
}

fn quota(per_minute: u32) -> Quota {
    Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN))
}
