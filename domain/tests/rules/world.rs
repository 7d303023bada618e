//! The people of the tests: everybody who could ask for something, of two tenants.

use brigade_domain::actor::{Actor, ActorKind, Party, Role, Scope};
use brigade_domain::entity::{EntityKey, EntityRef};
use brigade_domain::id::{
    AccountId, ApiKeyId, AttachmentId, ConversationId, InvitationId, LabelId, TeamId, TenantId, UserId, VisitorId,
};
use proptest::prelude::*;
use uuid::Uuid;

const fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n)
}

pub(crate) const TENANT: TenantId = TenantId::from_uuid(uuid(1));
pub(crate) const OTHER_TENANT: TenantId = TenantId::from_uuid(uuid(2));
pub(crate) const ACCOUNT: AccountId = AccountId::from_uuid(uuid(3));
pub(crate) const OTHER_ACCOUNT: AccountId = AccountId::from_uuid(uuid(4));
pub(crate) const CONVERSATION: ConversationId = ConversationId::from_uuid(uuid(5));

pub(crate) const VISITOR: VisitorId = VisitorId::from_uuid(uuid(10));
pub(crate) const OTHER_VISITOR: VisitorId = VisitorId::from_uuid(uuid(11));
pub(crate) const MEMBER: UserId = UserId::from_uuid(uuid(12));
pub(crate) const STRANGER: UserId = UserId::from_uuid(uuid(13));
pub(crate) const MANAGER: UserId = UserId::from_uuid(uuid(14));
pub(crate) const COLLEAGUE: UserId = UserId::from_uuid(uuid(15));
pub(crate) const ADMIN: UserId = UserId::from_uuid(uuid(16));

pub(crate) fn invitation(n: u8) -> InvitationId {
    InvitationId::from_uuid(uuid(100 + u128::from(n)))
}

pub(crate) fn conversation(n: u8) -> ConversationId {
    ConversationId::from_uuid(uuid(400 + u128::from(n)))
}

pub(crate) fn attachment(n: u8) -> AttachmentId {
    AttachmentId::from_uuid(uuid(800 + u128::from(n)))
}

pub(crate) fn label(n: u8) -> LabelId {
    LabelId::from_uuid(uuid(700 + u128::from(n)))
}

pub(crate) fn team(n: u8) -> TeamId {
    TeamId::from_uuid(uuid(900 + u128::from(n)))
}

pub(crate) fn key(entity: impl Into<EntityRef>) -> EntityKey {
    EntityKey::new(TENANT, entity)
}

/// Somebody who could ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    Visitor,
    OtherVisitor,
    Member,
    /// A client of the tenant who belongs to another account.
    Stranger,
    Manager,
    Colleague,
    Admin,
    /// A program with the tenant's secret key.
    SecretKey,
    /// A program with the tenant's public key.
    PublicKey,
    System,
    SuperAdmin,
    /// Admin of another tenant, and claims this one's account.
    ForeignAdmin,
    /// System of another tenant.
    ForeignSystem,
}

impl Who {
    pub(crate) const ALL: [Self; 13] = [
        Self::Visitor,
        Self::OtherVisitor,
        Self::Member,
        Self::Stranger,
        Self::Manager,
        Self::Colleague,
        Self::Admin,
        Self::SecretKey,
        Self::PublicKey,
        Self::System,
        Self::SuperAdmin,
        Self::ForeignAdmin,
        Self::ForeignSystem,
    ];

    pub(crate) fn actor(self) -> Actor {
        let user = |user, kind, name: &str| Actor {
            party: Party::User(user),
            kind,
            name: name.to_owned(),
            ..Actor::system(TENANT)
        };
        let key = |n| Party::Key(ApiKeyId::from_uuid(uuid(n)));
        match self {
            Self::Visitor => Actor::visitor(TENANT, VISITOR),
            Self::OtherVisitor => Actor::visitor(TENANT, OTHER_VISITOR),
            Self::Member => Actor {
                accounts: [ACCOUNT].into_iter().collect(),
                roles: [Role::Client].into_iter().collect(),
                ..user(MEMBER, ActorKind::Client, "Mia Member")
            },
            Self::Stranger => Actor {
                accounts: [OTHER_ACCOUNT].into_iter().collect(),
                ..user(STRANGER, ActorKind::Client, "Sten Stranger")
            },
            Self::Manager => user(MANAGER, ActorKind::AccountManager, "Max Manager"),
            Self::Colleague => user(COLLEAGUE, ActorKind::AccountManager, "Cora Colleague"),
            Self::Admin => user(ADMIN, ActorKind::Admin, "Ada Admin"),
            Self::SecretKey => Actor {
                party: key(50),
                kind: ActorKind::AccountManager,
                scope: Some(Scope::Tenant),
                ..Actor::system(TENANT)
            },
            Self::PublicKey => {
                Actor { party: key(51), kind: ActorKind::Anonymous, scope: Some(Scope::Site), ..Actor::system(TENANT) }
            }
            Self::System => Actor::system(TENANT),
            Self::SuperAdmin => {
                Actor { tenant: None, ..user(UserId::from_uuid(uuid(17)), ActorKind::SuperAdmin, "Root") }
            }
            Self::ForeignAdmin => Actor {
                tenant: Some(OTHER_TENANT),
                accounts: [ACCOUNT].into_iter().collect(),
                ..user(ADMIN, ActorKind::Admin, "Fay Foreign")
            },
            Self::ForeignSystem => Actor::system(OTHER_TENANT),
        }
    }

    pub(crate) fn party(self) -> Party {
        self.actor().party
    }

    /// Anybody, those who do most more often.
    pub(crate) fn any() -> impl Strategy<Value = Self> {
        let busy = prop::sample::select(vec![
            Self::Visitor,
            Self::Member,
            Self::Manager,
            Self::Colleague,
            Self::Admin,
            Self::System,
        ]);
        prop_oneof![5 => busy, 1 => prop::sample::select(Self::ALL.to_vec())]
    }
}
