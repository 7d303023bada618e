//! Who people are: sign-in, sessions, keys, invitations, and the settings page's staff and keys.
//!
//! | module | routes |
//! |---|---|
//! | [`sign_in`] | sign in, sign out, here and everywhere |
//! | [`me`] | who I am, my name, my tenant |
//! | [`own_sessions`], [`own_history`] | my sessions, and when I signed in |
//! | [`own_data`] | a copy of what is known of me |
//! | [`deletion`] | deleting my account |
//! | [`programs`] | access and refresh tokens |
//! | [`second_step`] | the code after the password |
//! | [`second_factor`] | setting two-step sign-in up, recovery codes, turning it off |
//! | [`email`] | verification |
//! | [`password_routes`] | forgotten, reset, change, check |
//! | [`invitations`] | preview and accept; inviting for other features |
//! | [`tenant`], [`keys`], [`staff`], [`wording`], [`audit`] | the settings page |
//! | [`support`] | letting the platform's support look, looking in and leaving |
//! | [`outbox`] | the demo's mails |

mod audit;
mod deletion;
mod device;
mod email;
pub mod invitations;
mod keys;
mod me;
mod outbox;
pub mod own_data;
mod own_history;
mod own_sessions;
pub mod password;
mod password_routes;
mod ports;
mod programs;
mod qr;
mod second_factor;
mod second_step;
mod sign_in;
mod staff;
mod support;
mod tenant;
mod throttle;
pub mod token;
mod wording;

pub(crate) use audit::AuditView;
pub use own_data::Copies;
pub use ports::Ports;

use crate::Routes;

/// The routes of this feature.
pub fn routes() -> Routes {
    Routes::new()
        .with(sign_in::routes())
        .with(second_step::routes())
        .with(second_factor::routes())
        .with(me::routes())
        .with(own_sessions::routes())
        .with(own_history::routes())
        .with(own_data::routes())
        .with(deletion::routes())
        .with(programs::routes())
        .with(email::routes())
        .with(password_routes::routes())
        .with(invitations::routes())
        .with(tenant::routes())
        .with(keys::routes())
        .with(staff::routes())
        .with(wording::routes())
        .with(support::routes())
        .with(audit::routes())
        .with(outbox::routes())
}
