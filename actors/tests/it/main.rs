//! The promises of the entity actor (design, section 3), each against the real actor with a journal in memory
//! that can be held, made to fail, and written to behind the actor's back.

mod counter;
mod journal;
mod promises;
mod reader;
mod readers;
