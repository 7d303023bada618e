//! A tenant as its admins see it: settings, staff, audit log.

use serde_json::Value;

use crate::Timestamp;
use crate::actor::Role;
use crate::id::{TenantId, UserId};
use crate::identity::{Cause, Origin};
use crate::journal::BoxFuture;
use crate::refusal::{Fault, Rejection};
use crate::text::DisplayName;

/// A tenant's settings.
#[derive(Debug, Clone)]
pub struct TenantView {
    /// Which.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// Its short name, part of its keys.
    pub slug: String,
    /// Whether it may be used.
    pub active: bool,
    /// The sites that may embed its chat.
    pub origins: Vec<Origin>,
    /// Whether passwords need an upper-case letter, a digit and a special character.
    pub password_composition: bool,
    /// Whether everybody who works there must use two-step sign-in.
    pub second_factor_required: bool,
    /// What the tenant entity keeps beside: zone, hours, greeting.
    pub settings: Value,
}

/// What to change; `None` leaves it.
#[derive(Debug, Clone, Default)]
pub struct TenantChange {
    /// The name.
    pub name: Option<DisplayName>,
    /// The whole list of sites that may embed the chat, at most 50.
    pub origins: Option<Vec<Origin>>,
    /// The composition rule for passwords.
    pub password_composition: Option<bool>,
    /// The rule that everybody who works there must use two-step sign-in. Refused with
    /// [`crate::refusal::Code::Forbidden`] unless a person asks, and with [`crate::refusal::Code::Conflict`] when they want it
    /// of others and do not use it themself.
    pub second_factor_required: Option<bool>,
}

/// Reads and changes a tenant's settings that are not part of its live state.
pub trait TenantSettings: Send + Sync + 'static {
    /// All of them.
    fn view(&self, tenant: TenantId) -> BoxFuture<'static, Result<Option<TenantView>, Fault>>;

    /// Changes some of them. The name in the tenant's live state is another command's matter.
    fn change(&self, tenant: TenantId, change: TenantChange, cause: Cause)
    -> BoxFuture<'static, Result<(), Rejection>>;
}

/// Somebody who works for a tenant.
#[derive(Debug, Clone)]
pub struct StaffMember {
    /// Who.
    pub user: UserId,
    /// What others call them.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Account manager or admin.
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
    /// Whether they use two-step sign-in.
    pub second_factor: bool,
}

/// Who works for a tenant. A tenant always keeps at least one admin.
pub trait Staff: Send + Sync + 'static {
    /// Everybody.
    fn list(&self, tenant: TenantId) -> BoxFuture<'static, Result<Vec<StaffMember>, Fault>>;

    /// Gives a member of the staff another role; [`crate::refusal::Code::NotFound`] when there is no such member,
    /// [`crate::refusal::Code::Conflict`] for the last admin.
    fn set_role(
        &self,
        tenant: TenantId,
        user: UserId,
        role: Role,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>>;

    /// Takes somebody off the staff, with the same refusals.
    fn remove(&self, tenant: TenantId, user: UserId, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;
}

/// One line of the audit log.
#[derive(Debug, Clone)]
pub struct AuditLine {
    /// Its place in the chain.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub event: String,
    /// Who did it.
    pub actor: String,
    /// From where.
    pub ip: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
    /// How it ended.
    pub result: String,
    /// Particulars.
    pub details: Value,
}

/// Reads the audit log.
pub trait AuditTrail: Send + Sync + 'static {
    /// Lines before `before` (or the newest), the newest first, at most `limit`.
    fn page(
        &self,
        tenant: TenantId,
        before: Option<u64>,
        limit: u16,
    ) -> BoxFuture<'static, Result<Vec<AuditLine>, Fault>>;
}
