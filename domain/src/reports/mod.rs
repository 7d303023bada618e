//! Reports: what a business did for its customers in some time, counted over matters ([`crate::chat::matter`]).
//!
//! Everything is about the matters that *began* in the period, whenever they were answered or resolved: so figures, charts and
//! the rows one can take along are the same matters, and a figure can be worked out again from the rows.
//!
//! | want to … | use |
//! |---|---|
//! | choose a period, and know the one before | [`period::Choice`], [`period::Span`] |
//! | cut it into days or weeks and into hours of a zone | [`period::Frame`] |
//! | ask for the figures, read the matters | [`ports::Reports`] |
//! | know how far enquiries got | [`funnel::Reached`] |

pub mod funnel;
pub mod period;
pub mod ports;
