//! What webhooks need of the repository layer and of the outside.

use std::time::Duration;

use super::address::EndpointUrl;
use super::event::Events;
use crate::Timestamp;
use crate::entity::{EntityRef, Seq};
use crate::id::{DeliveryId, EventId, TenantId, WebhookId};
use crate::identity::{Cause, Secret};
use crate::journal::BoxFuture;
use crate::refusal::{Fault, Refusal, Rejection};
use crate::text::line;

/// The most endpoints of a tenant.
pub const MOST_ENDPOINTS: usize = 10;
/// The most deliveries that wait for an endpoint; what comes then is left out, and counted.
pub const MOST_WAITING: u32 = 10_000;
/// How long the secret before signs beside the new one.
pub const OVERLAP: Duration = Duration::from_hours(24);
/// How long deliveries can be looked at and sent again.
pub const KEPT: Duration = Duration::from_hours(30 * 24);
/// The most bytes of an answer that are kept.
pub const EXCERPT: usize = 1_024;

/// Whether an endpoint gets anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointState {
    /// It does.
    On,
    /// Somebody switched it off.
    Off,
    /// We did: it had failed for days.
    Failing,
    /// We did: it said that it is gone.
    Gone,
}

impl EndpointState {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::On, Self::Off, Self::Failing, Self::Gone];

    /// The name on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
            Self::Failing => "failing",
            Self::Gone => "gone",
        }
    }
}

/// What an endpoint is for: a line of at most 200 characters, or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description(String);

impl Description {
    /// Reads it.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        line("description", text, 200).map(|text| Self(text.as_ref().to_owned()))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What an endpoint is to be.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Where.
    pub url: EndpointUrl,
    /// What for.
    pub description: Description,
    /// Of what it is told.
    pub events: Events,
    /// Whether it gets anything.
    pub on: bool,
}

/// An endpoint, as its tenant sees it.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Which.
    pub id: WebhookId,
    /// How often its settings were changed, from 1 on.
    pub rev: u32,
    /// Where.
    pub url: String,
    /// What for.
    pub description: String,
    /// Of what it is told.
    pub events: Vec<String>,
    /// Whether it gets anything.
    pub state: EndpointState,
    /// Until when the secret before signs too.
    pub previous_until: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Nothing has arrived since.
    pub failing_since: Option<Timestamp>,
    /// How many events were left out because too many waited.
    pub dropped: u64,
    /// How many deliveries wait.
    pub waiting: u64,
}

/// What became of a delivery so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// It waits for its next attempt, or is under way.
    Waiting,
    /// It arrived.
    Delivered,
    /// It was given up.
    Failed,
}

impl DeliveryState {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Delivered, Self::Failed];

    /// The name on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

/// A delivery, as its tenant sees it.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Which.
    pub id: DeliveryId,
    /// Of which event.
    pub event: EventId,
    /// The event's type.
    pub kind: String,
    /// The entity and the line that it tells of; `None` of a test.
    pub line: Option<(EntityRef, Seq)>,
    /// When the event was found.
    pub created_at: Timestamp,
    /// What became of it.
    pub state: DeliveryState,
    /// How often it was tried since it was sent, or sent again.
    pub attempts: u32,
    /// When it is tried next.
    pub next_at: Option<Timestamp>,
    /// When it was last tried.
    pub tried_at: Option<Timestamp>,
    /// How long that took, in milliseconds.
    pub took_ms: Option<u32>,
    /// What was answered.
    pub status: Option<u16>,
    /// How the answer began.
    pub answer: Option<String>,
    /// Why there was no answer.
    pub failure: Option<Failure>,
}

/// A tenant's endpoints and their deliveries.
pub trait Webhooks: Send + Sync + 'static {
    /// The endpoints, the oldest first, and whether the logs are being looked at: of a large tenant, some moments after the
    /// first endpoint was made.
    fn list(&self, tenant: TenantId) -> BoxFuture<'static, Result<(Vec<Endpoint>, bool), Fault>>;

    /// Keeps a new one. [`crate::refusal::Code::Conflict`] when there are 10.
    fn create(
        &self,
        tenant: TenantId,
        id: WebhookId,
        wanted: Wanted,
        secret: Secret,
        cause: Cause,
    ) -> BoxFuture<'static, Result<Endpoint, Rejection>>;

    /// Changes one that is still at `rev`.
    fn change(
        &self,
        tenant: TenantId,
        id: WebhookId,
        rev: u32,
        wanted: Wanted,
        cause: Cause,
    ) -> BoxFuture<'static, Result<Endpoint, Rejection>>;

    /// Signs with another secret from now on; with the one before too, for a day.
    fn rotate(
        &self,
        tenant: TenantId,
        id: WebhookId,
        secret: Secret,
        cause: Cause,
    ) -> BoxFuture<'static, Result<Endpoint, Rejection>>;

    /// Removes one with its deliveries.
    fn remove(&self, tenant: TenantId, id: WebhookId, cause: Cause) -> BoxFuture<'static, Result<(), Rejection>>;

    /// Sends a test. [`crate::refusal::Code::Conflict`] when the endpoint is not on.
    fn test(
        &self,
        tenant: TenantId,
        id: WebhookId,
        delivery: DeliveryId,
        cause: Cause,
    ) -> BoxFuture<'static, Result<Delivery, Rejection>>;

    /// Its deliveries before `before`, the newest first, and whether there are more.
    fn deliveries(
        &self,
        tenant: TenantId,
        id: WebhookId,
        before: Option<DeliveryId>,
        limit: u16,
    ) -> BoxFuture<'static, Result<(Vec<Delivery>, bool), Rejection>>;

    /// Sends one again, with the id that its event has. [`crate::refusal::Code::Conflict`] while it waits, and when the
    /// endpoint is not on.
    fn again(
        &self,
        tenant: TenantId,
        id: WebhookId,
        delivery: DeliveryId,
        cause: Cause,
    ) -> BoxFuture<'static, Result<Delivery, Rejection>>;
}

/// Something to be carried.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// Where to.
    pub url: EndpointUrl,
    /// The event's id: the same for every attempt.
    pub event: EventId,
    /// What is sent.
    pub body: String,
    /// What signs it; the newest first.
    pub secrets: Vec<Secret>,
}

/// A delivery that is due and was taken: nobody else carries it for a while.
#[derive(Debug, Clone)]
pub struct Due {
    /// Whose.
    pub tenant: TenantId,
    /// For which endpoint.
    pub endpoint: WebhookId,
    /// Which.
    pub delivery: DeliveryId,
    /// Which attempt this is, from 1 on.
    pub attempt: u32,
    /// What to carry.
    pub parcel: Parcel,
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The address is not one that may be asked.
    Forbidden,
    /// The name has no address.
    Unresolved,
    /// Nobody answered there.
    Unreachable,
    /// Who answered could not prove who they are.
    Tls,
    /// It took too long.
    Late,
    /// What came was no answer.
    Broken,
}

impl Failure {
    /// Every one.
    pub const ALL: [Self; 6] =
        [Self::Forbidden, Self::Unresolved, Self::Unreachable, Self::Tls, Self::Late, Self::Broken];

    /// The name on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Forbidden => "forbidden",
            Self::Unresolved => "unresolved",
            Self::Unreachable => "unreachable",
            Self::Tls => "tls",
            Self::Late => "late",
            Self::Broken => "broken",
        }
    }
}

/// What an attempt came to.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// There was an answer.
    Answered {
        /// Its status.
        status: u16,
        /// How it began: at most [`EXCERPT`] bytes.
        excerpt: String,
        /// How long it asks us to wait.
        retry_after: Option<Duration>,
    },
    /// There was none.
    Failed(Failure),
}

/// What an attempt came to, and how long it took.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// Milliseconds.
    pub took_ms: u32,
    /// What it came to.
    pub result: Outcome,
}

/// What is to be carried, and what became of it.
pub trait Outgoing: Send + Sync + 'static {
    /// Which endpoints have something due.
    fn due(&self, at: Timestamp) -> BoxFuture<'static, Result<Vec<(TenantId, WebhookId)>, Fault>>;

    /// Takes at most `most` that are due for an endpoint.
    fn take(
        &self,
        tenant: TenantId,
        endpoint: WebhookId,
        at: Timestamp,
        most: u32,
    ) -> BoxFuture<'static, Result<Vec<Due>, Fault>>;

    /// Writes down what became of one. One that was taken by somebody else meanwhile is left alone.
    fn settle(&self, due: Due, began: Timestamp, receipt: Receipt) -> BoxFuture<'static, Result<(), Fault>>;

    /// Ends when there may be something due before the next look.
    fn news(&self) -> BoxFuture<'static, ()>;
}

/// Carries parcels.
pub trait Courier: Send + Sync + 'static {
    /// Carries one, and says what it came to. Never takes longer than some seconds.
    fn carry(&self, parcel: Parcel) -> BoxFuture<'static, Receipt>;
}
