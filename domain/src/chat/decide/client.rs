//! From visitor to client: contact, who the site says they are, invitation, handing over and taking back (BK-IDN-04 to -06, BK-LIFE-12).

use serde_json::json;

use super::Ruling;
use crate::chat::block::ToLook;
use crate::chat::event::Event;
use crate::chat::identity::Identity;
use crate::chat::state::{Contact, Conversation};
use crate::entity::Decision;
use crate::id::{AccountId, InvitationId, UserId};
use crate::refusal::{Code, Refusal};
use crate::text::{DisplayName, Email};

impl Conversation {
    pub(super) fn leave_contact(&self, email: &Email, name: Option<&DisplayName>) -> Decision<Event> {
        let contact = Contact { email: email.clone(), name: name.cloned() };
        if self.contact.as_ref() == Some(&contact) {
            return Decision::nothing();
        }
        let look = ToLook { conversation: self.id, rev: self.seq + 1 }.job();
        Decision::from(Event::ContactLeft { email: contact.email, name: contact.name }).with_job(look)
    }

    /// Who says so has checked the signature. A client is known by their own account, and by nothing that a site says.
    pub(super) fn identify(&self, said: &Identity) -> Ruling {
        if self.account.is_some() {
            return Err(Refusal::of(Code::NotFound));
        }
        let Some(identity) = self.identity_after(said)? else { return Ok(Decision::nothing()) };
        let news = identity.email.is_some() && self.identity.as_ref().is_none_or(|known| known.email != identity.email);
        let look = news.then(|| ToLook { conversation: self.id, rev: self.seq + 1 }.job());
        let mut decision = Decision::from(Event::Identified(identity));
        decision.jobs.extend(look);
        Ok(decision)
    }

    pub(super) fn invite(
        &self,
        invitation: InvitationId,
        email: &Email,
        name: &DisplayName,
        inviter: Option<UserId>,
    ) -> Ruling {
        if self.account.is_some() {
            return Err(Refusal::new(Code::Conflict, "This conversation belongs to a client already."));
        }
        if self.invited.as_ref().is_some_and(|invited| invited.invitation == invitation) {
            return Ok(Decision::nothing());
        }
        let event = Event::Invited { invitation, email: email.clone(), name: name.clone(), inviter };
        let details = json!({ "conversation": self.audit_id(), "invitation": invitation, "inviter": inviter });
        Ok(Decision::from(event).with_audit("conversation.invited", details))
    }

    /// The account hears of it through a job, and gets an account manager if it has none: who answers the
    /// conversation, or else who invited (BK-LIFE-12).
    pub(super) fn hand_over(&self, account: AccountId, name: &DisplayName, invitation: Option<InvitationId>) -> Ruling {
        match self.account {
            Some(owner) if owner == account => Ok(Decision::nothing()),
            Some(_) => Err(Refusal::new(Code::Conflict, "This conversation belongs to another client already.")),
            None => {
                let details = json!({
                    "conversation": self.audit_id(), "visitor": self.visitor, "account": account, "invitation": invitation,
                });
                let manager = self.assignee.or_else(|| self.invited.as_ref().and_then(|invited| invited.inviter));
                let event = Event::HandedOver { account, name: name.clone(), invitation };
                let decision = Decision::from(event).with_job(self.link(account, manager));
                Ok(decision.with_audit("conversation.handed_over", details))
            }
        }
    }

    pub(super) fn take_back(&self) -> Ruling {
        match (self.account, &self.site_name) {
            (None, _) => Ok(Decision::nothing()),
            (Some(account), Some(name)) => {
                let details = json!({ "conversation": self.audit_id(), "visitor": self.visitor, "account": account });
                let signed = self.identity.as_ref().and_then(|identity| identity.name.as_ref());
                let event = Event::TakenBack { account, name: signed.unwrap_or(name).clone() };
                let decision = Decision::from(event).with_job(self.unlink(account));
                Ok(decision.with_audit("conversation.taken_back", details))
            }
            (Some(_), None) => {
                let text = "This conversation began with the account; there is no visitor to give it back to.";
                Err(Refusal::new(Code::Conflict, text))
            }
        }
    }
}
