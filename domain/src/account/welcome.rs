//! From an accepted invitation to a client with an account (BK-IDN-04 to -06, BK-LIFE-12).
//!
//! Accepting writes one job, [`TASK`], in the transaction that makes the person. The job gives the commands of
//! [`Welcome::steps`] one after the other. Each carries a request key of its own made from the invitation, and changes
//! nothing when it was done before: a worker that dies in the middle leaves the rest to the next.
//!
//! What follows from them follows by itself: the conversation that is handed over reports to the account, which takes
//! on its account manager and the step to `conversation`.

use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

use crate::entity::EntityKey;
use crate::id::{AccountId, ConversationId, InvitationId, TenantId, UserId};

/// The task's name in the outbox; its body is a [`Welcome`].
pub const TASK: &str = "invitation.accepted";

/// A client invitation that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Welcome {
    /// Which invitation.
    pub invitation: InvitationId,
    /// The conversation that comes along.
    pub conversation: ConversationId,
    /// The account to be made, if the person has none.
    pub account: AccountId,
    /// Who accepted.
    pub user: UserId,
    /// What the person is called.
    pub name: String,
}

/// A command to be given by Brigade itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// To whom.
    pub entity: EntityKey,
    /// The request key's id: the same for the same step of the same invitation, whatever else happened.
    pub request: Uuid,
    /// The command's type.
    pub kind: &'static str,
    /// The command's body.
    pub body: Value,
}

impl Welcome {
    /// What is to be done, in order. `existing` are the accounts the person belongs to in this tenant: the oldest gets
    /// the conversation; without any, one is made. When the last step, the handing over, is refused with
    /// [`crate::refusal::Code::Conflict`], [`Self::instead`] takes its place.
    pub fn steps(&self, tenant: TenantId, existing: &[AccountId]) -> Vec<Step> {
        let account = self.account_of(existing);
        let member = json!({ "user": self.user, "name": self.name });
        let hand_over = json!({ "account": account, "name": self.name, "invitation": self.invitation });
        let open = (account == self.account)
            .then(|| self.step(EntityKey::new(tenant, account), "open", json!({ "name": self.name })));
        let rest = [
            self.step(EntityKey::new(tenant, account), "add_member", member),
            self.step(EntityKey::new(tenant, self.conversation), "hand_over", hand_over),
        ];
        open.into_iter().chain(rest).collect()
    }

    /// The conversation belongs to somebody else by now (two people were invited from it): the account gets an
    /// empty one of its own, so that the person has somewhere to write.
    pub fn instead(&self, tenant: TenantId, existing: &[AccountId]) -> Step {
        let body = json!({ "kind": "account", "account": self.account_of(existing), "name": self.name });
        let conversation = ConversationId::from_uuid(self.derived("conversation"));
        self.step(EntityKey::new(tenant, conversation), "open", body)
    }

    fn account_of(&self, existing: &[AccountId]) -> AccountId {
        existing.iter().min().copied().unwrap_or(self.account)
    }

    fn step(&self, entity: EntityKey, kind: &'static str, body: Value) -> Step {
        Step { entity, request: self.derived(kind), kind, body }
    }

    /// An id that only this invitation gives for `what`.
    fn derived(&self, what: &str) -> Uuid {
        let hash = Sha256::new().chain_update(self.invitation.uuid()).chain_update(what).finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash[..16]);
        Builder::from_custom_bytes(bytes).into_uuid()
    }
}
