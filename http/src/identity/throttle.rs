//! How often somebody may try (C06, MAIS-OPS-01, security 5).
//!
//! A failed sign-in counts against the address it came from and against the account it was for, 5 in 15 minutes each. A
//! browser known for that account counts against itself instead, so that nobody is locked out by somebody else's attempts;
//! from a new browser the way in is “Forgot password”. Unknown accounts count like known ones.

use std::time::{Duration, Instant};

use brigade_domain::refusal::{Code, Refusal};
use brigade_domain::text::Email;
use serde_json::json;
use smallvec::{SmallVec, smallvec};

use super::device;
use crate::App;
use crate::guard::{Context, counted};
use crate::problem::Problem;

/// One attempt that was let through.
pub(super) struct Attempt {
    failures: SmallVec<[String; 2]>,
}

impl Attempt {
    /// It succeeded: it does not count as a failure.
    pub(super) async fn succeeded(self, app: &App, context: &Context) -> Result<(), Problem> {
        Ok(app.identity.throttle.forgive(self.failures, context.at).await?)
    }
}

/// Counts an attempt to sign in as `email`, or refuses it.
pub(super) async fn sign_in(
    app: &App,
    context: &Context,
    email: &Email,
    device_cookie: Option<&str>,
) -> Result<Attempt, Problem> {
    let limits = &app.config().sign_in;
    let address = counted(context.ip);
    let (failures, minute): (SmallVec<[String; 2]>, SmallVec<[String; 2]>) =
        match device::known(app.config(), device_cookie, email) {
            Some(device) => {
                (smallvec![format!("sign-in device {device}")], smallvec![format!("sign-in minute device {device}")])
            }
            None => (
                smallvec![format!("sign-in address {address}"), format!("sign-in account {email}")],
                smallvec![format!("sign-in minute address {address}"), format!("sign-in minute account {email}")],
            ),
        };
    take(app, context, minute, limits.per_minute, Duration::from_mins(1), "sign_in_per_minute").await?;
    take(app, context, failures.clone(), limits.failures, limits.window, "sign_in_failures").await?;
    Ok(Attempt { failures })
}

/// Counts a guess at somebody's six digits: as many failures as at passwords, and six times as many in a day, by the person
/// or by a browser that has shown a code of theirs before. Recovery codes are not counted, for they are not guessed: with one
/// of them its owner gets in, whoever else is trying.
pub(super) async fn six_digits(
    app: &App,
    context: &Context,
    email: &Email,
    device_cookie: Option<&str>,
) -> Result<Attempt, Problem> {
    let limits = &app.config().sign_in;
    let who = match device::proven(app.config(), device_cookie, email) {
        Some(device) => format!("device {device}"),
        None => format!("account {email}"),
    };
    let (window, day) = (format!("second step {who}"), format!("second step in a day {who}"));
    let a_day = limits.failures.saturating_mul(6);
    take(app, context, smallvec![window.clone()], limits.failures, limits.window, "second_steps").await?;
    take(app, context, smallvec![day.clone()], a_day, Duration::from_hours(24), "second_steps_in_a_day").await?;
    Ok(Attempt { failures: smallvec![window, day] })
}

/// Counts an attempt at something else that must not be tried often, by a key of its own.
pub(super) async fn attempt(app: &App, context: &Context, what: &str) -> Result<Attempt, Problem> {
    let limits = &app.config().sign_in;
    let keys: SmallVec<[String; 2]> = smallvec![what.to_owned()];
    take(app, context, keys.clone(), limits.failures, limits.window, "attempts").await?;
    Ok(Attempt { failures: keys })
}

/// Counts a mail that somebody asks for, to `email` and from their address.
pub(super) async fn mail(app: &App, context: &Context, email: &Email) -> Result<(), Problem> {
    let address = counted(context.ip);
    let hour = Duration::from_hours(1);
    let limit = app.config().sign_in.mails_per_hour;
    let from: SmallVec<[String; 2]> = smallvec![format!("mail address {address}")];
    take(app, context, from, limit.saturating_mul(4), hour, "mails_from_address").await?;
    take(app, context, smallvec![format!("mail account {email}")], limit, hour, "mails_to_account").await
}

async fn take(
    app: &App,
    context: &Context,
    keys: SmallVec<[String; 2]>,
    limit: u32,
    window: Duration,
    name: &'static str,
) -> Result<(), Problem> {
    match app.identity.throttle.attempt(keys, limit, window, context.at).await? {
        None => Ok(()),
        Some(wait) => {
            let text = format!("Too many attempts. Try again {}.", in_words(wait));
            Err(Refusal::new(Code::RateLimited, text).with_details(json!({ "limit": name })).retry_after(wait).into())
        }
    }
}

fn in_words(wait: Duration) -> String {
    match wait.as_secs().div_ceil(60) {
        0 | 1 => "in a minute".to_owned(),
        minutes => format!("in {minutes} minutes"),
    }
}

/// Makes an answer take the floor since `started`, or as many whole floors as it needs, so that its time does not tell
/// which answer it is: not on a quiet server, and not on one that somebody keeps busy to tell them apart.
pub(super) async fn floor(app: &App, started: Instant) {
    let whole = whole_floors(started.elapsed(), app.config().sign_in.floor);
    tokio::time::sleep_until((started + whole).into()).await;
}

/// The first whole number of floors that is not over yet.
fn whole_floors(elapsed: Duration, floor: Duration) -> Duration {
    let over = elapsed.as_nanos().checked_div(floor.as_nanos()).unwrap_or_default();
    floor.saturating_mul(u32::try_from(over).map_or(u32::MAX, |over| over.saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_it_took_is_not_seen_in_when_it_is_answered() {
        let floor = Duration::from_millis(400);
        let answered_after = |ms| whole_floors(Duration::from_millis(ms), floor).as_millis();
        assert_eq!([0, 1, 20, 399].map(answered_after), [400; 4]);
        assert_eq!([400, 401, 799].map(answered_after), [800; 3]);
        assert_eq!(answered_after(1_300), 1_600);
        assert_eq!(whole_floors(floor, Duration::ZERO), Duration::ZERO);
    }
}
