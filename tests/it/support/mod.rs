//! What the tests share.
//!
//! | want to … | use |
//! |---|---|
//! | a server in this process, with a database of its own | [`TestApp`] |
//! | a server as a process that can be killed | [`Process`] |
//! | a signed-in person over HTTP | [`Person`] |
//! | somebody's app for two-step sign-in | [`Authenticator`] |
//! | a browser that keeps its cookies | [`Browser`] |
//! | a socket that speaks `brigade.v1` | [`Socket`] |
//! | a business's own server, told by webhooks | [`Receiver`] |
//! | what speaks as S3 does | [`bucket::Bucket`] |
//! | a push service with its browsers | [`PushService`] |
//! | a Redis | [`Redis`] |
//! | an empty migrated database | [`postgres::Fresh`] |
//! | to wait for something | [`eventually`] |

mod app;
mod authenticator;
mod browser;
pub mod bucket;
mod folder;
mod person;
pub mod postgres;
mod process;
mod push_service;
pub mod receiver;
mod redis;
mod socket;

pub use app::{PASSWORD, TestApp, TestTenant};
pub use authenticator::Authenticator;
pub use browser::{Browser, newest_letter, token_in_mail};
pub use folder::Folder;
pub use person::{Answer, Person, Visitor};
pub use process::{Process, brigade, text};
pub use push_service::{ALLOW_PUSH, PushService};
pub use receiver::Receiver;
pub use redis::Redis;
pub use socket::{Closed, Socket};

use std::future::Future;
use std::time::{Duration, Instant};

/// Asks again and again until there is an answer; panics with `what` after `limit`.
pub async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    limit: Duration,
    mut ask: impl FnMut() -> F,
) -> T {
    let until = Instant::now() + limit;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < until, "not within {limit:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
