//! The actor host alone: commands through the generic actor with a journal in memory, and a hundred thousand
//! entities that come and go.

mod entity;
mod journal;
mod passivation;
mod throughput;

pub use passivation::{run as passivation, targets};
pub use throughput::run as throughput;

use std::sync::Arc;

use brigade_actors::Command;
use brigade_domain::Timestamp;
use brigade_domain::actor::Actor;
use brigade_domain::entity::EntityKey;
use brigade_domain::id::{ConversationId, TenantId};
use brigade_domain::journal::RequestKey;
use uuid::Uuid;

/// The tenant of everything here.
const TENANT: TenantId = TenantId::from_uuid(Uuid::from_u128(1));

fn key(number: usize) -> EntityKey {
    EntityKey::new(TENANT, ConversationId::from_uuid(Uuid::from_u128(number as u128)))
}

/// The `count`th command to entity `number`; every one has a key of its own.
fn command(actor: &Arc<Actor>, number: usize, count: u64) -> Command {
    let id = Uuid::from_u128(u128::from(count) << 64 | number as u128);
    let (kind, body) = ("add", r#"{"n":1}"#);
    // A constant digest: hashing belongs to the edge, not to the host.
    let request = RequestKey { id, digest: 0 };
    Command { actor: Arc::clone(actor), at: Timestamp::UNIX_EPOCH, request, kind: kind.into(), body: body.into() }
}
