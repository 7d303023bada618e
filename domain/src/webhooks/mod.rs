//! Outgoing webhooks: a business's own servers are told what happens, in the form of the Standard Webhooks.
//!
//! | want to … | use |
//! |---|---|
//! | know which events there are, and which line of a log is one | [`event::EventType`] |
//! | write what is sent | [`payload`] |
//! | say where it may be sent | [`address::Policy`] with an [`address::EndpointUrl`] |
//! | decide what follows an attempt | [`retry::judge`] |
//! | keep endpoints, look at deliveries | [`ports::Webhooks`] |
//! | carry deliveries | [`ports::Outgoing`] and [`ports::Courier`] |

pub mod address;
pub mod event;
pub mod payload;
pub mod ports;
pub mod retry;
