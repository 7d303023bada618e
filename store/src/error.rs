//! From what PostgreSQL says to what Brigade says.
//!
//! | it is … | becomes |
//! |---|---|
//! | a named constraint of the table below | a [`Refusal`] |
//! | a lost connection, a full pool, a time-out, a full disk | [`Fault::Unavailable`] |
//! | anything else | [`Fault::Internal`] |
//!
//! Inside a transaction functions return [`Error`]; [`crate::Db`] turns it into a [`Rejection`] or [`Fault`] at its edge.

use brigade_domain::refusal::{Code, Fault, Refusal, Rejection};

/// What can go wrong inside a transaction.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// PostgreSQL or the connection to it.
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
    /// A rule said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A defect found while reading or writing, such as a row that does not read back.
    #[error(transparent)]
    Broken(#[from] Fault),
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::Refused(Refusal::of(code))
    }
}

impl Error {
    /// The refusal or fault this is; `what` says what was being done.
    pub(crate) fn into_rejection(self, what: &'static str) -> Rejection {
        match self {
            Self::Sql(error) => match refusal(&error) {
                Some(refusal) => Rejection::Refused(refusal),
                None => Rejection::Broken(fault(what, error)),
            },
            Self::Refused(refusal) => Rejection::Refused(refusal),
            Self::Broken(fault) => Rejection::Broken(fault),
        }
    }
}

/// The fault in a rejection of something that no rule can refuse: a refusal is then a defect.
pub(crate) fn unruled(rejection: Rejection, what: &'static str) -> Fault {
    match rejection {
        Rejection::Broken(fault) => fault,
        Rejection::Refused(refusal) => Fault::internal(what, refusal),
    }
}

/// What a person is told when a constraint says no. Constraints that only a defect can violate are not here.
const CONSTRAINTS: &[(&str, Code, &str)] = &[
    ("tenants_slug_once", Code::Conflict, "Another business uses this short name. Choose another."),
    (
        "tenants_slug_shape",
        Code::InvalidInput,
        "A short name has 1 to 63 lower-case letters, digits and hyphens, and neither starts nor ends with a hyphen.",
    ),
    ("tenants_name_length", Code::InvalidInput, "A name has 1 to 200 characters."),
    ("tenants_origins_bounded", Code::InvalidInput, "At most 50 sites can be allowed."),
    ("entities_tenant_exists", Code::NotFound, "There is no such business."),
    ("accounts_name_length", Code::InvalidInput, "A name has 1 to 200 characters."),
    (
        "users_email_once",
        Code::Conflict,
        "Somebody has this e-mail address already. Sign in, or ask for a new password.",
    ),
    ("users_name_length", Code::InvalidInput, "A name has 1 to 200 characters."),
    ("api_keys_name_length", Code::InvalidInput, "A name has 1 to 200 characters."),
    (
        "memberships_keep_an_admin",
        Code::Conflict,
        "A business keeps at least one admin. Make somebody else an admin first.",
    ),
    ("tenants_second_factor_of_an_admin", Code::Conflict, "Turn on two-step sign-in for yourself first, under “You”."),
    ("invitations_one_open", Code::Conflict, "This person has just been invited. Wait for the answer."),
    ("invitations_conversation_exists", Code::NotFound, "There is nothing here, or it is not yours to see."),
    ("conversations_assignee_is_staff", Code::InvalidInput, "Choose somebody of the staff."),
    ("conversations_team_exists", Code::InvalidInput, "There is no such team. Choose one of your business's."),
    ("tenants_members_are_staff", Code::InvalidInput, "Only people who work here can be in a team."),
    ("conversations_label_exists", Code::InvalidInput, "There is no such label. Choose one of your business's."),
    ("accounts_manager_is_staff", Code::InvalidInput, "Choose somebody of the staff."),
    ("account_members_is_known", Code::InvalidInput, "This person is not known here. Invite them first."),
    ("canned_replies_shortcut_once", Code::Conflict, "Another canned reply has this shortcut. Choose another."),
    ("canned_replies_bounded", Code::Conflict, "There are 500 canned replies already. Remove one first."),
    ("inbox_views_name_once", Code::Conflict, "There is a view of that name already. Choose another name."),
    ("inbox_views_bounded", Code::Conflict, "There are 30 views already. Remove one first."),
    ("event_log_identity_stays", Code::Conflict, "This conversation is somebody else's. Begin a new one."),
    ("webhook_endpoints_bounded", Code::Conflict, "There are 10 webhooks already. Remove one first."),
    ("push_devices_bounded", Code::Conflict, "You are told on 10 devices already. Remove one first."),
    ("push_devices_endpoint_once", Code::Conflict, "This browser has just been taken by somebody else. Try again."),
    (
        "push_devices_of_signed_in_staff",
        Code::Forbidden,
        "Only people who work here are told, where they are signed in.",
    ),
    (
        "account_deletions_keep_an_admin",
        Code::Conflict,
        "You are the last admin of a business. Make somebody else an admin first.",
    ),
    (
        "account_deletions_not_operator",
        Code::Conflict,
        "You operate this platform. Whoever runs the server has to end that first.",
    ),
    ("support_permissions_one_runs", Code::Conflict, "Support may look already. End that first."),
    ("support_looks_permitted", Code::SupportEnded, "This business does not let support look."),
    (
        "support_looks_by_support",
        Code::Conflict,
        "Turn on two-step sign-in for yourself first: nobody looks into a business without it.",
    ),
    ("data_exports_one_an_hour", Code::RateLimited, "You have asked for a copy already. Come back in an hour."),
    ("drafts_bounded", Code::Conflict, "You have 500 drafts already. Send or empty one first."),
    ("drafts_conversation_exists", Code::NotFound, "There is nothing here, or it is not yours to see."),
    (
        "attachments_given_before_sent",
        Code::InvalidInput,
        "One of these files is not there any more. Take it out, or add it again.",
    ),
    (
        "attachments_unsent_bounded",
        Code::Conflict,
        "30 files wait here to be sent already. Send them or take some out first.",
    ),
    ("attachments_visitor_not_blocked", Code::Forbidden, brigade_domain::chat::block::STOPPED),
    (
        "visitor_tokens_of_blocked_stay",
        Code::Conflict,
        "This chat cannot be forgotten from here: nothing more can be written in it. To have it gone from this browser, clear what the browser keeps of this site.",
    ),
    (
        "transcripts_bounded",
        Code::RateLimited,
        "Enough copies were sent to this address for a day. Ask again tomorrow.",
    ),
    ("attachments_bytes_bounded", Code::Conflict, "This conversation holds 1 GB of files already. Delete some first."),
    ("attachments_conversation_exists", Code::NotFound, "There is nothing here, or it is not yours to see."),
    ("conversations_account_exists", Code::Conflict, "This account does not exist. Open it first."),
];

/// The constraint that said no, if one did.
pub(crate) fn constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error()?.constraint()
}

/// The refusal for the constraint that said no, if a person can do something about it.
pub(crate) fn refusal(error: &sqlx::Error) -> Option<Refusal> {
    let name = constraint(error)?;
    CONSTRAINTS
        .iter()
        .find(|(known, ..)| *known == name)
        .map(|&(_, code, text)| Refusal::new(code, text).with_details(serde_json::json!({ "constraint": name })))
}

/// The fault for anything else.
pub(crate) fn fault(what: &'static str, error: sqlx::Error) -> Fault {
    if is_away(&error) { Fault::unavailable("the database", error) } else { Fault::internal(what, error) }
}

/// Whether the database cannot be reached or cannot work at the moment, so that trying again makes sense.
pub(crate) fn is_away(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| is_away_state(&code)),
        _ => false,
    }
}

/// SQLSTATEs that pass: connection (08), resources such as a full disk or no connection left (53), operator
/// intervention such as a shutdown or a time-out (57), the machine (58), a lock not had in time (55P03), a
/// deadlock or serialisation failure (40), a server that has become a standby (25006).
fn is_away_state(state: &str) -> bool {
    ["08", "53", "57", "58", "40"].iter().any(|class| state.starts_with(class)) || matches!(state, "55P03" | "25006")
}

/// Whether PostgreSQL gave way to a rival (a deadlock): the same again may well succeed.
pub(crate) fn is_rivalry(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).is_some_and(|code| code.starts_with("40"))
}

/// Whether the connection is of no use any more, so that only another one can go on.
pub(crate) fn is_disconnected(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => {
            error.code().is_some_and(|code| code.starts_with("08") || code.starts_with("57P"))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_connection_is_unavailable_and_a_defect_is_internal() {
        assert_eq!(fault("x", sqlx::Error::PoolTimedOut).code(), Code::Unavailable);
        assert_eq!(fault("x", sqlx::Error::RowNotFound).code(), Code::Internal);
    }

    #[test]
    fn states_that_pass_are_told_from_defects() {
        for passing in ["08006", "53100", "53300", "57P01", "57014", "55P03", "40P01", "58030", "25006"] {
            assert!(is_away_state(passing), "{passing}");
        }
        for defect in ["42P01", "23505", "25P02", "22P02", "XX000"] {
            assert!(!is_away_state(defect), "{defect}");
        }
    }
}
