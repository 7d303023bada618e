//! Notices on devices on which no page is open, by Web Push (RFC 8030, 8291, 8292): which device, when, and what follows.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;

use super::Kind;
use super::ports::Notice;
use super::settings::Settings;
use crate::Timestamp;
use crate::id::{DeviceId, SessionId, TenantId, UserId};
use crate::identity::Cause;
use crate::journal::BoxFuture;
use crate::refusal::{Fault, Refusal, Rejection};
use crate::tenant::clock::Zone;
use crate::webhooks::address::EndpointUrl;
use crate::webhooks::ports::Outcome;

/// The most devices of a person in one business.
pub const MOST_DEVICES: usize = 10;
/// How long the push service keeps what it cannot deliver, and how late it is still worth being told.
pub const WORTH: SignedDuration = SignedDuration::from_hours(24);
/// Until then what is told is perhaps read, and each node has said who is before a page.
pub const PAUSE: SignedDuration = SignedDuration::from_secs(5);
/// Who was seen before a page so lately is there.
const SEEN: SignedDuration = SignedDuration::from_secs(10);
/// How soon it is looked again whether somebody is still there.
const SOON: SignedDuration = SignedDuration::from_secs(3);
/// Who was before a page for so long after they were told need not be told again elsewhere. Longer than it takes a page that nobody
/// looks at to say so.
const LOOKED: SignedDuration = SignedDuration::from_mins(5);
/// After each attempt but the last, how long until the next.
const PAUSES: [Duration; 5] = [
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
];
/// A push service that asks for more patience gets no more than this.
const MOST_PATIENCE: Duration = Duration::from_hours(6);
/// So many characters of a name or text are sent: together they stay under 3 KB in any script.
const CHARS: usize = 200;

/// An uncompressed point of P-256.
pub const POINT_BYTES: usize = 65;
/// The secret between a browser and us.
pub const AUTH_BYTES: usize = 16;

/// Where and how a browser is reached, as it says itself. Whoever knows it can reach it: `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Subscription {
    endpoint: EndpointUrl,
    key: [u8; POINT_BYTES],
    auth: [u8; AUTH_BYTES],
}

impl Subscription {
    /// Refused when it has not the shape. Where it may lead is for [`crate::webhooks::address::Policy`] to say.
    pub fn new(endpoint: &str, key: &[u8], auth: &[u8]) -> Result<Self, Refusal> {
        let endpoint = EndpointUrl::parse(endpoint).map_err(|refusal| Refusal::invalid("endpoint", refusal.message))?;
        let key: [u8; POINT_BYTES] =
            key.try_into().ok().filter(|key: &[u8; POINT_BYTES]| key[0] == 4).ok_or_else(|| {
                Refusal::invalid("p256dh", "This is not a key as browsers make them: an uncompressed point of P-256.")
            })?;
        let auth = auth.try_into().map_err(|_| Refusal::invalid("auth", "This has 16 bytes."))?;
        Ok(Self { endpoint, key, auth })
    }

    /// Where its push service takes what is for it.
    pub const fn endpoint(&self) -> &EndpointUrl {
        &self.endpoint
    }

    /// The browser's public key.
    pub const fn key(&self) -> &[u8; POINT_BYTES] {
        &self.key
    }

    /// The secret that it shares with us.
    pub const fn auth(&self) -> &[u8; AUTH_BYTES] {
        &self.auth
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subscription(…)")
    }
}

/// The key pair by which push services know this server.
#[derive(Clone)]
pub struct KeyPair {
    /// The private key, as PKCS #8.
    pub private: Vec<u8>,
    /// An uncompressed point of P-256.
    pub public: Vec<u8>,
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyPair(…)")
    }
}

/// A browser that is told, as its person sees it.
#[derive(Debug, Clone)]
pub struct Device {
    /// Which.
    pub id: DeviceId,
    /// Who is signed in there.
    pub session: SessionId,
    /// What it calls itself.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When its push service last took something.
    pub reached_at: Option<Timestamp>,
    /// When it last refused, or did not answer.
    pub failed_at: Option<Timestamp>,
}

/// When a device is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At once.
    Now,
    /// It is looked again then.
    At(Timestamp),
    /// Not any more.
    Never,
}

/// When somebody is told on their devices what was told at `told` and is not read: not what they do not want, not in their quiet
/// hours, and not what was before their eyes (`there`: when they were last seen before a page). `zone`: that of the business.
pub fn when(
    settings: &Settings,
    kind: Kind,
    zone: &Zone,
    told: Timestamp,
    there: Option<Timestamp>,
    now: Timestamp,
) -> When {
    let after = |moment: Timestamp, span: SignedDuration| moment.checked_add(span).unwrap_or(moment);
    if settings.off.contains(&kind) || settings.unpushed.contains(&kind) || now > after(told, WORTH) {
        return When::Never;
    }
    if there.is_some_and(|there| now < after(there, SEEN)) {
        return if now < after(told, LOOKED) { When::At(after(now, SOON)) } else { When::Never };
    }
    let zone = settings.zone.as_ref().unwrap_or(zone);
    let over = settings.quiet.map_or(now, |quiet| quiet.over(now, zone));
    if over > now { When::At(over) } else { When::Now }
}

/// What is sent of a notice: whom it is about, and no word of what was written. `tag`: a newer one takes its place.
pub fn payload(business: &str, notice: &Notice) -> String {
    let short = |text: &str| text.chars().take(CHARS).collect::<String>();
    json!({
        "title": short(business), "body": short(&notice.in_a_letter()), "url": notice.path(), "tag": notice.id, "at": notice.at,
    })
    .to_string()
}

/// What is sent to see whether it arrives.
pub fn test_payload(business: &str, at: Timestamp) -> String {
    let title: String = business.chars().take(CHARS).collect();
    let body = "This is how you are told here.";
    json!({ "title": title, "body": body, "url": "/settings#notifications", "tag": "test", "at": at }).to_string()
}

/// What becomes of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Its push service has it.
    Delivered,
    /// It is tried again.
    Again(Timestamp),
    /// The push service does not want it, or it was tried often enough.
    GivenUp,
    /// The device is no more: it goes, with all that waits for it.
    Gone,
}

/// Judges the `attempt`-th attempt (from 1 on) that ended `at`. `chance` spreads the next one.
pub fn judge(attempt: u32, outcome: &Outcome, at: Timestamp, chance: u8) -> Fate {
    let asked = match outcome {
        Outcome::Answered { status: 200..300, .. } => return Fate::Delivered,
        Outcome::Answered { status: 404 | 410, .. } => return Fate::Gone,
        Outcome::Answered { status: 429 | 500..600, retry_after, .. } => *retry_after,
        Outcome::Answered { .. } => return Fate::GivenUp,
        Outcome::Failed(_) => None,
    };
    let index = usize::try_from(attempt.max(1) - 1).unwrap_or(usize::MAX);
    let Some(pause) = PAUSES.get(index) else { return Fate::GivenUp };
    let spread = pause.mul_f64(1.0 + f64::from(chance) / 2_550.0);
    let pause = spread.max(asked.unwrap_or_default().min(MOST_PATIENCE));
    at.checked_add(pause).map_or(Fate::GivenUp, Fate::Again)
}

/// Something to be carried to a device.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// How it is reached.
    pub to: Subscription,
    /// What it is told; nobody on the way can read it.
    pub payload: String,
    /// At most 32 characters: what waits at the push service under the same makes room. `None`: it takes nothing's place.
    pub topic: Option<String>,
    /// What signs it.
    pub keys: Arc<KeyPair>,
}

/// One that was taken: nobody else carries it for a while.
#[derive(Debug, Clone)]
pub struct Due {
    /// Whose.
    pub tenant: TenantId,
    /// Which delivery.
    pub id: uuid::Uuid,
    /// To which device.
    pub device: DeviceId,
    /// When its notice was told: what is told meanwhile is told anew.
    pub told: Timestamp,
    /// Which attempt this is, from 1 on.
    pub attempt: u32,
    /// What to carry.
    pub parcel: Parcel,
}

/// Somebody whose devices may have to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// In which business.
    pub tenant: TenantId,
    /// Who.
    pub user: UserId,
    /// Whether something is due.
    pub due: bool,
}

/// A person's devices.
pub trait Devices: Send + Sync + 'static {
    /// By what push services know this server: an uncompressed point of P-256. Made when it is first asked for.
    fn public_key(&self) -> BoxFuture<'static, Result<Vec<u8>, Rejection>>;

    /// Somebody's own in this business, the newest first.
    fn list(&self, tenant: TenantId, user: UserId) -> BoxFuture<'static, Result<Vec<Device>, Fault>>;

    /// The browser of this session is told from now on; the same again changes nothing.
    /// [`crate::refusal::Code::Conflict`] when there are [`MOST_DEVICES`].
    fn add(
        &self,
        tenant: TenantId,
        user: UserId,
        session: SessionId,
        id: DeviceId,
        to: Subscription,
        cause: Cause,
    ) -> BoxFuture<'static, Result<Device, Rejection>>;

    /// It is told no more.
    fn remove(
        &self,
        tenant: TenantId,
        user: UserId,
        id: DeviceId,
        cause: Cause,
    ) -> BoxFuture<'static, Result<(), Rejection>>;

    /// Tells it something now, to see whether it arrives.
    fn test(
        &self,
        tenant: TenantId,
        user: UserId,
        id: DeviceId,
        at: Timestamp,
    ) -> BoxFuture<'static, Result<(), Rejection>>;
}

/// What is to be carried, and what became of it.
pub trait PushPost: Send + Sync + 'static {
    /// Whose devices may have to be told soon.
    fn waiting(&self, at: Timestamp) -> BoxFuture<'static, Result<Vec<Waiting>, Fault>>;

    /// These are before a page at `at`: each node says it of its own.
    fn are_there(&self, tenant: TenantId, users: Vec<UserId>, at: Timestamp) -> BoxFuture<'static, Result<(), Fault>>;

    /// Takes what is due for somebody's devices, as things stand now.
    fn take(&self, tenant: TenantId, user: UserId, at: Timestamp) -> BoxFuture<'static, Result<Vec<Due>, Fault>>;

    /// Writes down what became of one.
    fn settle(&self, due: Due, at: Timestamp, outcome: Outcome) -> BoxFuture<'static, Result<Fate, Fault>>;
}

/// Carries parcels to push services.
pub trait PushCourier: Send + Sync + 'static {
    /// Carries one, and says what it came to. Never takes longer than some seconds.
    fn carry(&self, parcel: Parcel) -> BoxFuture<'static, Outcome>;
}
