//! What this feature needs of the repository layer.

use std::sync::Arc;

use brigade_domain::identity::ports;
use brigade_domain::support::ports::{Looks, Openings, Permissions};

use super::password::Hasher;

/// Small ports, one a use; all of them are one object in `store/`.
#[derive(Clone)]
pub struct Ports {
    /// Finds people.
    pub people: Arc<dyn ports::People>,
    /// Counts attempts.
    pub throttle: Arc<dyn ports::Throttle>,
    /// People as they see themselves.
    pub profiles: Arc<dyn ports::Profiles>,
    /// Begins and ends sessions.
    pub sessions: Arc<dyn ports::Sessions>,
    /// Two-step sign-in: secrets and recovery codes.
    pub second_factors: Arc<dyn ports::SecondFactors>,
    /// Sign-ins between password and code.
    pub second_steps: Arc<dyn ports::SecondSteps>,
    /// A person's own sessions.
    pub own_sessions: Arc<dyn ports::OwnSessions>,
    /// A person's own sign-in history.
    pub own_history: Arc<dyn ports::OwnHistory>,
    /// Copies of a person's own data.
    pub exports: Arc<dyn ports::Exports>,
    /// Deleting oneself.
    pub deletions: Arc<dyn ports::Deletions>,
    /// Tokens that come by mail.
    pub one_time: Arc<dyn ports::OneTimeTokens>,
    /// A tenant's keys.
    pub keys: Arc<dyn ports::ApiKeys>,
    /// Tokens of site visitors.
    pub visitors: Arc<dyn ports::VisitorTokens>,
    /// With what a tenant's site signs who its visitor is.
    pub identity_secrets: Arc<dyn ports::IdentitySecrets>,
    /// A tenant's settings.
    pub tenants: Arc<dyn ports::TenantSettings>,
    /// Who works for a tenant.
    pub staff: Arc<dyn ports::Staff>,
    /// The audit log.
    pub audit: Arc<dyn ports::AuditTrail>,
    /// Permissions for support to look.
    pub support: Arc<dyn Permissions>,
    /// The same from support's side.
    pub looks: Arc<dyn Looks>,
    /// What support reads is put on record.
    pub openings: Arc<dyn Openings>,
    /// Invitations.
    pub invitations: Arc<dyn ports::Invitations>,
    /// How a tenant words its letters.
    pub wordings: Arc<dyn ports::Wordings>,
    /// The demo's mails.
    pub outbox: Arc<dyn ports::Outbox>,
    /// Passwords.
    pub hasher: Hasher,
}

/// Everything [`Ports`] needs in one object.
pub trait Everything:
    ports::People
    + ports::Throttle
    + ports::Profiles
    + ports::Sessions
    + ports::SecondFactors
    + ports::SecondSteps
    + ports::OwnSessions
    + ports::OwnHistory
    + ports::Exports
    + ports::Deletions
    + ports::OneTimeTokens
    + ports::ApiKeys
    + ports::VisitorTokens
    + ports::IdentitySecrets
    + ports::TenantSettings
    + ports::Staff
    + ports::AuditTrail
    + ports::Invitations
    + ports::Wordings
    + ports::Outbox
    + Permissions
    + Looks
    + Openings
{
}

impl<T> Everything for T where
    T: ports::People
        + ports::Throttle
        + ports::Profiles
        + ports::Sessions
        + ports::SecondFactors
        + ports::SecondSteps
        + ports::OwnSessions
        + ports::OwnHistory
        + ports::Exports
        + ports::Deletions
        + ports::OneTimeTokens
        + ports::ApiKeys
        + ports::VisitorTokens
        + ports::IdentitySecrets
        + ports::TenantSettings
        + ports::Staff
        + ports::AuditTrail
        + ports::Invitations
        + ports::Wordings
        + ports::Outbox
        + Permissions
        + Looks
        + Openings
{
}

impl Ports {
    /// The ports of one object that implements them all.
    pub fn over(all: &Arc<impl Everything>, hasher: Hasher) -> Self {
        Self {
            people: Arc::clone(all) as _,
            throttle: Arc::clone(all) as _,
            profiles: Arc::clone(all) as _,
            sessions: Arc::clone(all) as _,
            second_factors: Arc::clone(all) as _,
            second_steps: Arc::clone(all) as _,
            own_sessions: Arc::clone(all) as _,
            own_history: Arc::clone(all) as _,
            exports: Arc::clone(all) as _,
            deletions: Arc::clone(all) as _,
            one_time: Arc::clone(all) as _,
            keys: Arc::clone(all) as _,
            visitors: Arc::clone(all) as _,
            identity_secrets: Arc::clone(all) as _,
            tenants: Arc::clone(all) as _,
            staff: Arc::clone(all) as _,
            audit: Arc::clone(all) as _,
            support: Arc::clone(all) as _,
            looks: Arc::clone(all) as _,
            openings: Arc::clone(all) as _,
            invitations: Arc::clone(all) as _,
            wordings: Arc::clone(all) as _,
            outbox: Arc::clone(all) as _,
            hasher,
        }
    }
}
