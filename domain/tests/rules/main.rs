//! Property and state-machine tests of conversation, tenant and account: random commands by several actors, each
//! promise of the rules checked against a naive reckoning.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends here")]

mod account;
mod attachments;
mod authority;
mod blocks;
mod chat;
mod chat_rules;
mod feedback;
mod forms;
mod handover;
mod harness;
mod hours;
mod identify;
mod matters;
mod notices;
mod platform;
mod push;
mod queue;
mod replay;
mod routing;
mod schedule;
mod second_factor;
mod sizes;
mod targets;
mod teams;
mod tenant;
mod together;
mod transcripts;
mod triage;
mod unread;
mod views;
mod world;
