//! How much a socket may send in a minute. Staff and clients are counted by session, a site visitor by person: whoever
//! holds a visitor's token can open more sockets, and gets no more for it. Above them all is what a whole tenant may
//! send, so that the neighbours never pay for one that is flooded.

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use brigade_domain::actor::{Actor, ActorKind, Party};
use brigade_domain::id::TenantId;
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
    /// Whether it is all the tenant's people together that are too many.
    pub(crate) by_tenant: bool,
    /// After this long there is room for one.
    pub(crate) wait: Duration,
}

/// What is counted over all sockets of this node. Forgets who has been quiet.
pub(crate) struct Rates {
    visitors: Shared<Party>,
    tenants: Shared<TenantId>,
}

type Shared<K> = Arc<DefaultKeyedRateLimiter<K>>;

impl Rates {
    pub(crate) fn new(limits: &LiveLimits) -> Self {
        Self {
            visitors: shared(limits.visitor_commands_per_minute),
            tenants: shared(limits.tenant_commands_per_minute),
        }
    }

    /// The rate of a session of `actor`.
    pub(crate) fn of(&self, limits: &LiveLimits, actor: &Actor) -> Rate {
        let (commands, commands_per_minute) = match actor.kind {
            ActorKind::Anonymous => {
                (Commands::Visitor(self.visitors.clone(), actor.party), limits.visitor_commands_per_minute)
            }
            _ => (Commands::Own(RateLimiter::direct(quota(limits.commands_per_minute))), limits.commands_per_minute),
        };
        Rate {
            commands,
            commands_per_minute,
            tenant: actor.tenant.map(|tenant| (self.tenants.clone(), tenant)),
            tenant_commands_per_minute: limits.tenant_commands_per_minute,
            signals: RateLimiter::direct(quota(SIGNALS_PER_MINUTE)),
        }
    }

    /// Frees the memory of those whose minute is full again.
    pub(crate) fn sweep(&self) {
        self.visitors.retain_recent();
        self.tenants.retain_recent();
    }
}

enum Commands {
    Own(DefaultDirectRateLimiter),
    Visitor(Shared<Party>, Party),
}

/// The rate of one session.
pub(crate) struct Rate {
    commands: Commands,
    commands_per_minute: u32,
    tenant: Option<(Shared<TenantId>, TenantId)>,
    tenant_commands_per_minute: u32,
    signals: DefaultDirectRateLimiter,
}

impl Rate {
    pub(crate) const fn commands_per_minute(&self) -> u32 {
        self.commands_per_minute
    }

    /// Counts one: a command against its sender first, so that who sends too much takes nothing from its tenant.
    pub(crate) fn spend(&self, what: What) -> Result<(), Spent> {
        let full = |limit, by_tenant, until: NotUntil<_>| Spent {
            limit,
            by_tenant,
            wait: until.wait_time_from(DefaultClock::default().now()),
        };
        if matches!(what, What::Signal) {
            return self.signals.check().map_err(|until| full(SIGNALS_PER_MINUTE, false, until));
        }
        match &self.commands {
            Commands::Own(rate) => rate.check(),
            Commands::Visitor(all, party) => all.check_key(party),
        }
        .map_err(|until| full(self.commands_per_minute, false, until))?;
        match &self.tenant {
            Some((all, tenant)) => {
                all.check_key(tenant).map_err(|until| full(self.tenant_commands_per_minute, true, until))
            }
            None => Ok(()),
        }
    }
}

fn shared<K: Clone + Eq + Hash>(per_minute: u32) -> Shared<K> {
    Arc::new(RateLimiter::keyed(quota(per_minute)))
}

fn quota(per_minute: u32) -> Quota {
    Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN))
}
