//! Invitations: how somebody becomes staff, and how a visitor becomes a client.

use crate::Timestamp;
use crate::actor::Role;
use crate::id::{AccountId, ConversationId, InvitationId, TenantId, UserId};
use crate::identity::mail::Letter;
use crate::identity::{Cause, Secret, TokenHash};
use crate::journal::BoxFuture;
use crate::refusal::{Fault, Rejection};
use crate::text::{DisplayName, Email};

/// How long an invitation works, in seconds: 7 days.
pub const INVITATION_SECONDS: i64 = 7 * 24 * 3_600;

/// What is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationFor {
    /// A place on the staff.
    Staff(Role),
    /// An account of one's own; the conversation and its history come along.
    Client {
        /// Which conversation is handed over.
        conversation: ConversationId,
    },
}

/// An invitation to be sent.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// Its id, made at the edge.
    pub id: InvitationId,
    /// What is offered.
    pub offer: InvitationFor,
    /// To whom.
    pub email: Email,
    /// What we call them until they say.
    pub name: DisplayName,
    /// The hash of the token in the letter.
    pub token: TokenHash,
    /// The letter.
    pub letter: Letter,
}

/// An open invitation, as the tenant sees it.
#[derive(Debug, Clone)]
pub struct PendingInvitation {
    /// Which.
    pub id: InvitationId,
    /// What is offered.
    pub offer: InvitationFor,
    /// To whom.
    pub email: String,
    /// What we call them.
    pub name: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// An invitation, as the one who holds its token sees it.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Which.
    pub id: InvitationId,
    /// From whom.
    pub tenant: TenantId,
    /// Their name.
    pub tenant_name: String,
    /// What is offered.
    pub offer: InvitationFor,
    /// To whom.
    pub email: Email,
    /// What we call them.
    pub name: DisplayName,
    /// The person who has this address already.
    pub existing: Option<UserId>,
    /// Whether that person has a password, and so must show it.
    pub existing_has_password: bool,
    /// Whether new passwords need an upper-case letter, a digit and a special character there.
    pub password_composition: bool,
}

/// Who accepts.
#[derive(Debug, Clone)]
pub enum Invitee {
    /// Somebody new: made with this id, name and password.
    New {
        /// The id, made at the edge.
        user: UserId,
        /// What others will call them.
        name: DisplayName,
        /// The hash of the password they chose.
        password: Secret,
    },
    /// Somebody we know, who has shown that it is them.
    Known(UserId),
}

/// An acceptance to be written.
#[derive(Debug, Clone)]
pub struct Acceptance {
    /// The token of the letter.
    pub token: TokenHash,
    /// Who accepts.
    pub invitee: Invitee,
    /// The account of a client invitation, its id made at the edge, should none exist yet.
    pub account: AccountId,
}

/// What accepting came to.
#[derive(Debug, Clone, Copy)]
pub struct Accepted {
    /// Who.
    pub user: UserId,
    /// Where.
    pub tenant: TenantId,
}

/// Sends and redeems invitations.
pub trait Invitations: Send + Sync + 'static {
    /// Keeps an invitation and puts its letter into the outbox, together. An earlier open one to the same address for
    /// the same thing stops working.
    fn invite(&self, tenant: TenantId, new: NewInvitation, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;

    /// Open invitations to the staff.
    fn pending_staff(
        &self,
        tenant: TenantId,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<Vec<PendingInvitation>, Fault>>;

    /// Takes one back; [`crate::refusal::Code::NotFound`] when it is not open.
    fn withdraw(
        &self,
        tenant: TenantId,
        invitation: InvitationId,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>>;

    /// The invitation of a token. [`crate::refusal::Code::TokenExpired`] when it is unknown, used, taken back or over.
    fn open(&self, token: TokenHash, at: Timestamp) -> BoxFuture<'static, Result<Invitation, Rejection>>;

    /// Redeems it: the person exists, the address counts as verified (the mail reached it), the membership is there,
    /// and for a client the job `invitation.accepted` is in the outbox, all or nothing.
    fn accept(&self, acceptance: Acceptance, cause: Cause) -> BoxFuture<'static, Result<Accepted, Rejection>>;
}
