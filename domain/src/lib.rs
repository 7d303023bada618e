//! The rules of Brigade and nothing else: entities, commands, events, refusals, ids and the small
//! traits (ports) through which the rules reach the world.
//!
//! What is absent here is the point: no I/O, no clock, no randomness. Time (`at`) and fresh ids are
//! taken once at the edge and travel with the command, so every rule is a pure function of its
//! arguments and can be replayed from the log.
//!
//! | want to … | use |
//! |---|---|
//! | name a thing | [`id`] |
//! | say who asks | [`actor::Actor`], [`actor::Party`] |
//! | write a new kind of live state | [`entity::Entity`] |
//! | say no | [`refusal::Refusal`] with a [`refusal::Code`] |
//! | hold a name or an address a person typed | [`text`] |
//! | fill names into a text a person wrote | [`template`] |
//! | report something broken | [`refusal::Fault`] |
//! | write to somebody in their own language | [`language`] |
//! | say what a business did in some time | [`reports`] |
//! | tell other servers what happens | [`webhooks`] |
//! | tell the staff what concerns them | [`notices`] |
//! | show how the platform does to who operates it | [`platform`] |
//! | read or append an entity's log | [`journal::Journal`] |

pub mod account;
pub mod actor;
pub mod chat;
pub mod entity;
pub mod id;
pub mod identity;
pub mod journal;
pub mod json;
pub mod language;
pub mod limits;
pub mod notices;
pub mod platform;
pub mod presence;
pub mod refusal;
pub mod reports;
pub mod support;
pub mod template;
pub mod tenant;
pub mod text;
pub mod topic;
pub mod webhooks;

pub use jiff::Timestamp;
