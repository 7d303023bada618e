//! An account as its log has made it, and what each event does to it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::event::Event;
use super::lifecycle::{Lifecycle, Onboarding};
use crate::entity::{EntityKey, Entry, Seq};
use crate::id::{AccountId, ConversationId, TenantId, UserId};
use crate::text::DisplayName;

/// The most people who can belong to one account.
pub const MAX_MEMBERS: usize = 50;

/// The most conversations that can belong to one account.
pub const MAX_CONVERSATIONS: usize = 50;

/// One customer relationship.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub(super) id: AccountId,
    pub(super) tenant: TenantId,
    pub(super) seq: Seq,
    /// `None` only before it is opened.
    pub(super) name: Option<DisplayName>,
    pub(super) lifecycle: Lifecycle,
    /// How it was onboarded last.
    pub(super) onboarding: Option<Onboarding>,
    pub(super) manager: Option<UserId>,
    pub(super) members: BTreeMap<UserId, DisplayName>,
    pub(super) links: BTreeMap<ConversationId, Link>,
}

/// Whether a conversation belongs to the account. Reports of it come through jobs, late, twice and in any order, so
/// what is known carries its `rev`, and what has ended is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Link {
    /// As of which entry of the conversation's log.
    pub(super) rev: Seq,
    /// Whether it does.
    pub(super) belongs: bool,
}

/// Whether there is an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Nobody has begun it: for everybody but Brigade itself it does not exist.
    Unopened,
    /// There is one.
    Open,
}

impl Account {
    pub(super) fn unopened(key: &EntityKey) -> Self {
        Self {
            id: AccountId::from_uuid(key.entity.id),
            tenant: key.tenant,
            seq: 0,
            name: None,
            lifecycle: Lifecycle::Visitor,
            onboarding: None,
            manager: None,
            members: BTreeMap::new(),
            links: BTreeMap::new(),
        }
    }

    /// Whether there is one.
    pub const fn status(&self) -> Status {
        match self.name {
            None => Status::Unopened,
            Some(_) => Status::Open,
        }
    }

    /// Where the relationship stands.
    pub const fn lifecycle(&self) -> Lifecycle {
        self.lifecycle
    }

    /// Whether the person belongs to it.
    pub fn has_member(&self, user: UserId) -> bool {
        self.members.contains_key(&user)
    }

    /// An event takes effect.
    pub(super) fn take_in(&mut self, entry: &Entry<Event>) {
        self.seq = entry.seq;
        match &entry.event {
            Event::Opened { name, conversation } => {
                self.name = Some(name.clone());
                if let Some(conversation) = conversation {
                    self.link(*conversation, Link { rev: 0, belongs: true });
                }
            }
            Event::MemberAdded { user, name } => {
                self.members.insert(*user, name.clone());
            }
            Event::MemberRemoved { user } => {
                self.members.remove(user);
            }
            Event::ManagerSet { manager } => self.manager = *manager,
            Event::Advanced { to, onboarding, .. } => {
                self.lifecycle = *to;
                self.onboarding = onboarding.or(self.onboarding);
            }
            Event::Renamed { name } => self.name = Some(name.clone()),
            Event::ConversationLinked { conversation, rev } => {
                self.link(*conversation, Link { rev: *rev, belongs: true });
            }
            Event::ConversationUnlinked { conversation, rev } => {
                self.link(*conversation, Link { rev: *rev, belongs: false });
            }
        }
    }

    /// The conversations that belong to it.
    pub fn conversations(&self) -> impl Iterator<Item = ConversationId> {
        self.links.iter().filter(|(_, link)| link.belongs).map(|(id, _)| *id)
    }

    /// Whether a report about a conversation as of `rev` is news.
    pub(super) fn is_news(&self, conversation: ConversationId, rev: Seq) -> bool {
        self.links.get(&conversation).is_none_or(|known| known.rev < rev)
    }

    fn link(&mut self, conversation: ConversationId, link: Link) {
        self.links.insert(conversation, link);
        let ended = self.links.iter().filter(|(id, link)| !link.belongs && **id != conversation);
        if ended.clone().count() >= MAX_CONVERSATIONS
            && let Some(oldest) = ended.map(|(id, _)| *id).next()
        {
            // Ids sort by age. A report about one this old is not on its way any more.
            self.links.remove(&oldest);
        }
    }
}
