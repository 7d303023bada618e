//! Sign-in, sessions, tokens, keys and invitations over HTTP and PostgreSQL (security 1 to 14, 39, 40).

mod audit;
mod deletion;
mod ending;
mod enumeration;
mod history;
mod invitations;
mod keys;
mod own_data;
mod passwords;
mod programs;
mod second_factor;
mod second_factor_of_all;
mod secrets;
mod sessions;
pub(crate) mod support;
mod support_told;
mod throttle;
mod verification;
mod wording;
