//! What we write to people: the letters, as text and as simple HTML.
//!
//! Everything that comes from people (names) is escaped for HTML, and addresses and subjects hold no line breaks, so a
//! name can neither break the page nor add a header. The same holds for what a business words itself ([`wording`]).

pub(crate) mod render;
pub mod wording;

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use render::one_line;
use wording::Words;

/// A letter to be written. Holds secret links: kept encrypted until it is sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum Letter {
    /// Says that the address is theirs.
    VerifyEmail {
        /// Whom we greet.
        name: String,
        /// Where it leads.
        link: String,
    },
    /// A way to set a new password.
    ResetPassword {
        /// Whom we greet.
        name: String,
        /// Where it leads.
        link: String,
    },
    /// Tells that the password was changed.
    PasswordChanged {
        /// Whom we greet.
        name: String,
    },
    /// Tells that something about their two-step sign-in changed.
    SecondFactor {
        /// Whom we greet.
        name: String,
        /// What.
        change: FactorChange,
    },
    /// Tells that somebody signed in from where nobody had before.
    NewDevice {
        /// Whom we greet.
        name: String,
        /// What they signed in with, in our words.
        device: String,
        /// From which network.
        network: Option<String>,
        /// When.
        at: Timestamp,
    },
    /// Tells what became of their own data.
    OwnData {
        /// Whom we greet.
        name: String,
        /// What.
        news: OwnDataNews,
    },
    /// A place on the staff.
    StaffInvitation {
        /// What it says ([`wording::Occasion::StaffInvitation`]).
        words: Words,
        /// Who invites.
        tenant: String,
        /// Where it leads.
        link: String,
    },
    /// An account of one's own.
    ClientInvitation {
        /// What it says ([`wording::Occasion::ClientInvitation`]).
        words: Words,
        /// Who invites.
        tenant: String,
        /// Where it leads.
        link: String,
    },
    /// Tells an admin that a webhook was switched off.
    WebhookOff {
        /// Whom we greet.
        name: String,
        /// Where it was sent to.
        url: String,
        /// It said that it is gone; otherwise it has failed for days.
        gone: bool,
        /// Where webhooks are looked after.
        link: String,
    },
    /// What somebody of the staff has not read while they were away.
    Unread {
        /// Whom we greet.
        name: String,
        /// Where they work.
        tenant: String,
        /// Each thing.
        lines: Vec<Line>,
        /// How many more there are.
        more: u32,
        /// Where all of it is.
        link: String,
        /// Where they say what they want to be told.
        settings: String,
        /// What ends these letters with one click (RFC 8058).
        unsubscribe: String,
    },
}

/// A thing in a letter, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What it says.
    pub text: String,
    /// Where it leads.
    pub link: String,
}

/// What changed about somebody's two-step sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorChange {
    /// They turned it on.
    On,
    /// They turned it off.
    Off,
    /// They made new recovery codes.
    NewCodes,
    /// One of their recovery codes let somebody in; that many are left.
    CodeUsed(u32),
    /// An admin of the business of this name turned it off for them, or who runs the server.
    Reset(Option<String>),
}

/// What became of somebody's own data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OwnDataNews {
    /// The copy they asked for can be saved.
    CopyReady,
    /// They asked for their account to be deleted; until then signing in takes it back.
    DeletionAsked(Timestamp),
    /// Their account stays after all.
    DeletionTakenBack,
    /// Their account is gone.
    Deleted,
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Letter(…)")
    }
}

/// A written mail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// For readers of text.
    pub text: String,
    /// For everybody else.
    pub html: String,
    /// What ends letters like this one with one click, where there is such a thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsubscribe: Option<String>,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mail(…)")
    }
}

/// The parts of a letter that differ.
struct Parts<'a> {
    /// Whom we greet; nobody where the words do it.
    name: Option<&'a str>,
    subject: String,
    paragraphs: Vec<String>,
    lines: &'a [Line],
    button: Option<(&'static str, &'a str)>,
    ending: Cow<'static, str>,
    unsubscribe: Option<&'a str>,
}

impl<'a> Parts<'a> {
    /// Nothing yet, to somebody.
    fn of(name: &'a str) -> Self {
        Self { name: Some(name), ..Self::worded() }
    }

    /// Nothing yet, and no greeting: the words have their own.
    const fn worded() -> Self {
        Self {
            name: None,
            subject: String::new(),
            paragraphs: Vec::new(),
            lines: &[],
            button: None,
            ending: Cow::Borrowed(""),
            unsubscribe: None,
        }
    }
}

impl Letter {
    /// Writes the letter to `to`.
    pub fn write(&self, to: &str) -> Mail {
        let parts = self.parts();
        Mail {
            to: one_line(to),
            subject: one_line(&parts.subject),
            text: render::text(&parts),
            html: render::html(&parts),
            unsubscribe: parts.unsubscribe.map(one_line),
        }
    }

    fn parts(&self) -> Parts<'_> {
        match self {
            Self::VerifyEmail { name, link } => Parts {
                subject: "Is this your e-mail address?".into(),
                paragraphs: vec!["Please confirm that this address is yours. The link works for 24 hours.".into()],
                button: Some(("Confirm the address", link)),
                ending: "If you did not ask for this, you need not do anything.".into(),
                ..Parts::of(name)
            },
            Self::ResetPassword { name, link } => Parts {
                subject: "Set a new password".into(),
                paragraphs: vec!["You asked for a new password. The link works once, for 10 minutes.".into()],
                button: Some(("Set a new password", link)),
                ending: "If you did not ask for this, your password stays as it is.".into(),
                ..Parts::of(name)
            },
            Self::PasswordChanged { name } => Parts {
                subject: "Your password was changed".into(),
                paragraphs: vec!["Your password was changed just now, and you were signed out elsewhere.".into()],
                ending: "If that was not you, set a new password at once with “Forgot password”.".into(),
                ..Parts::of(name)
            },
            Self::SecondFactor { name, change } => second_factor(name, change),
            Self::NewDevice { name, device, network, at } => new_device(name, device, network.as_deref(), *at),
            Self::OwnData { name, news } => own_data(name, news),
            Self::StaffInvitation { words, tenant, link } => invitation(words, tenant, ("Join the team", link)),
            Self::ClientInvitation { words, tenant, link } => invitation(words, tenant, ("Open your account", link)),
            Self::WebhookOff { name, url, gone, link } => Parts {
                subject: "A webhook was switched off".into(),
                paragraphs: vec![
                    if *gone {
                        format!("The server at {url} answered that this address is gone (410).")
                    } else {
                        format!("For five days, nothing we sent to {url} has arrived.")
                    },
                    "It is not told anything any more. What happens until it is on again is not sent later.".into(),
                ],
                button: Some(("Look at the webhooks", link)),
                ending: "You get this letter because you are an admin.".into(),
                ..Parts::of(name)
            },
            Self::Unread { name, tenant, lines, more, link, settings, unsubscribe } => Parts {
                subject: match lines.as_slice() {
                    [one] if *more == 0 => one.text.clone(),
                    _ => format!("{} things you have not read at {tenant}", lines.len() as u64 + u64::from(*more)),
                },
                paragraphs: vec![format!("While you were away, this happened at {tenant}:")],
                lines,
                button: Some((if *more == 0 { "Open the inbox" } else { "Open the inbox, there is more" }, link)),
                ending: format!(
                    "What is here is not sent again. Which letters you get, and when, you say under {settings}."
                )
                .into(),
                unsubscribe: Some(unsubscribe),
                ..Parts::of(name)
            },
        }
    }
}

/// Whatever the words are, it says from whom it is, how long the link works, and what to do with one that is a mistake.
fn invitation<'a>(words: &Words, tenant: &str, button: (&'static str, &'a str)) -> Parts<'a> {
    let mut paragraphs = words.paragraphs();
    paragraphs.push("The link works for 7 days.".into());
    let ending =
        format!("This invitation is from {}. If you do not know them, you need not do anything.", one_line(tenant));
    Parts { subject: words.subject.clone(), paragraphs, button: Some(button), ending: ending.into(), ..Parts::worded() }
}

fn own_data<'a>(name: &'a str, news: &OwnDataNews) -> Parts<'a> {
    let (subject, text, ending) = match news {
        OwnDataNews::CopyReady => (
            "Your data is ready",
            "The copy of your data that you asked for is ready. Sign in and go to Settings, Your data, to save it. It is kept for 7 \
             days."
                .to_owned(),
            "If you did not ask for it, set a new password at once with “Forgot password”.",
        ),
        OwnDataNews::DeletionAsked(due) => (
            "Your account will be deleted",
            format!(
                "You asked for your account to be deleted, and have been signed out everywhere. It is done on {}. Until then, \
                 signing in takes it back.",
                due.strftime("%-d %B %Y at %H:%M UTC")
            ),
            "If that was not you, sign in and set a new password at once.",
        ),
        OwnDataNews::DeletionTakenBack => (
            "Your account stays",
            "You asked for your account to be deleted, and have signed in since. So it stays, with everything in it.".to_owned(),
            "If you want it deleted after all, ask for it again under Settings, Your data.",
        ),
        OwnDataNews::Deleted => (
            "Your account was deleted",
            "Your account was deleted, as you asked. What you said in conversations stays with the businesses you talked to; ask \
             them about it."
                .to_owned(),
            "This is our last letter to you. With the same address you can begin anew at any time.",
        ),
    };
    Parts { subject: subject.into(), paragraphs: vec![text], ending: ending.into(), ..Parts::of(name) }
}

fn new_device<'a>(name: &'a str, device: &str, network: Option<&str>, at: Timestamp) -> Parts<'a> {
    let from = network.map(|network| format!(", from the network {network}")).unwrap_or_default();
    let when = at.strftime("%-d %B %Y at %H:%M UTC");
    Parts {
        subject: "A new sign-in to your account".into(),
        paragraphs: vec![
            format!("Somebody signed in to your account with your password on {when}: {device}{from}."),
            "We have not seen this device before. If it was you, there is nothing to do.".into(),
        ],
        ending: "If that was not you, set a new password at once with “Forgot password”. It signs everybody out."
            .into(),
        ..Parts::of(name)
    }
}

fn second_factor<'a>(name: &'a str, change: &FactorChange) -> Parts<'a> {
    let (subject, text) = match change {
        FactorChange::On => (
            "Two-step sign-in is on",
            "Two-step sign-in was turned on just now. From now on signing in takes your password and a code of your app, and \
             you were signed out elsewhere."
                .to_owned(),
        ),
        FactorChange::Off => (
            "Two-step sign-in is off",
            "Two-step sign-in was turned off just now. Your password alone signs you in, and you were signed out elsewhere."
                .to_owned(),
        ),
        FactorChange::NewCodes => (
            "You have new recovery codes",
            "New recovery codes were made just now. The ones from before do not work any more.".to_owned(),
        ),
        FactorChange::CodeUsed(left) => (
            "A recovery code was used",
            format!("One of your recovery codes was used just now to confirm that it is you. You have {left} left."),
        ),
        FactorChange::Reset(by) => {
            let by = by.as_deref().map_or_else(|| "Whoever runs Brigade".to_owned(), |by| format!("An admin of {by}"));
            ("Your two-step sign-in was reset", format!(
                "{by} turned your two-step sign-in off, for example because your phone was lost. Your password alone signs \
                 you in until you set it up again, and you were signed out everywhere."
            ))
        }
    };
    Parts {
        subject: subject.into(),
        paragraphs: vec![text],
        ending:
            "If that was not you, set a new password at once with “Forgot password”, and tell an admin of your team."
                .into(),
        ..Parts::of(name)
    }
}

#[cfg(test)]
mod tests {
    use super::wording::{Names, Occasion};
    use super::*;
    use crate::language::Language;

    const NAMES: Names<'_> = Names { person: "Maya", business: "Balance Kitchen" };

    #[test]
    fn names_cannot_break_out() {
        let (person, tenant) = ("<img src=x onerror=alert(1)>", "A\r\nBcc: all@example.com");
        let letter = Letter::StaffInvitation {
            words: Words::of((Occasion::StaffInvitation, Language::En), None, Names { person, business: tenant })
                .unwrap(),
            tenant: tenant.into(),
            link: "https://brigade.example/invite#t=\"><script>".into(),
        };
        let mail = letter.write("maya@example.com\nCc: x@example.com");
        assert!(!mail.html.contains("<img") && !mail.html.contains("<script"), "{}", mail.html);
        assert!(!mail.subject.contains(['\r', '\n']) && !mail.to.contains(['\r', '\n']));
        assert!(!mail.text.lines().any(|line| line.starts_with("Bcc")), "{}", mail.text);
    }

    #[test]
    fn every_letter_says_what_to_do_and_carries_its_link_twice() {
        let link = || "https://brigade.example/x#token=abc".to_owned();
        let (name, tenant) = (|| "Maya".to_owned(), || "Balance Kitchen".to_owned());
        let words = |occasion| Words::of((occasion, Language::En), None, NAMES).unwrap();
        for letter in [
            Letter::VerifyEmail { name: name(), link: link() },
            Letter::ResetPassword { name: name(), link: link() },
            Letter::StaffInvitation { words: words(Occasion::StaffInvitation), tenant: tenant(), link: link() },
            Letter::ClientInvitation { words: words(Occasion::ClientInvitation), tenant: tenant(), link: link() },
            Letter::WebhookOff { name: name(), url: "https://x.example/".into(), gone: true, link: link() },
        ] {
            let mail = letter.write("maya@example.com");
            assert!(mail.text.contains(&link()) && mail.html.contains(&link()), "{}", mail.subject);
            assert!(mail.text.starts_with("Hello Maya,"));
        }
    }

    #[test]
    fn what_was_not_read_is_a_link_each_and_can_be_ended_with_one_click() {
        let letter = Letter::Unread {
            name: "Maya".into(),
            tenant: "Balance Kitchen".into(),
            lines: vec![Line { text: "<b>Ada</b>\nBcc: x".into(), link: "https://b.example/inbox?c=1".into() }; 2],
            more: 3,
            link: "https://b.example/inbox".into(),
            settings: "https://b.example/settings#notifications".into(),
            unsubscribe: "https://b.example/u?token=x\r\nBcc: x".into(),
        };
        let mail = letter.write("maya@example.com");
        assert_eq!(mail.subject, "5 things you have not read at Balance Kitchen");
        assert_eq!(mail.text.matches("https://b.example/inbox?c=1").count(), 2);
        assert!(!mail.html.contains("<b>") && mail.html.contains("&lt;b&gt;Ada"), "{}", mail.html);
        assert!(!mail.unsubscribe.unwrap().contains(['\r', '\n']));
        assert_eq!(serde_json::from_str::<Letter>(&serde_json::to_string(&letter).unwrap()).unwrap(), letter);
    }

    #[test]
    fn what_changes_about_two_step_sign_in_is_told_without_a_secret_and_without_a_link() {
        let by = || Some("<b>Harbour</b>\nBcc: x".to_owned());
        for change in [
            FactorChange::On,
            FactorChange::Off,
            FactorChange::NewCodes,
            FactorChange::CodeUsed(3),
            FactorChange::Reset(by()),
            FactorChange::Reset(None),
        ] {
            let letter = Letter::SecondFactor { name: "Maya".into(), change };
            let mail = letter.write("maya@example.com");
            assert!(!mail.text.contains("http") && !mail.html.contains("<b>"), "{}", mail.html);
            assert!(mail.text.contains("If that was not you"), "{}", mail.text);
            assert_eq!(serde_json::from_str::<Letter>(&serde_json::to_string(&letter).unwrap()).unwrap(), letter);
        }
    }

    #[test]
    fn a_new_sign_in_is_told_with_time_and_place_and_without_a_link() {
        let letter = Letter::NewDevice {
            name: "Maya".into(),
            device: "Firefox on Windows".into(),
            network: Some("203.0.113.0/24".into()),
            at: "2026-11-22T08:15:30Z".parse().unwrap(),
        };
        let mail = letter.write("maya@example.com");
        for part in ["22 November 2026 at 08:15 UTC", "Firefox on Windows", "203.0.113.0/24", "If that was not you"] {
            assert!(mail.text.contains(part), "{part} is not in {}", mail.text);
        }
        assert!(!mail.text.contains("http"));
        assert_eq!(serde_json::from_str::<Letter>(&serde_json::to_string(&letter).unwrap()).unwrap(), letter);
    }

    #[test]
    fn what_becomes_of_ones_data_is_told_without_a_link() {
        let due = "2026-12-06T09:30:00Z".parse().unwrap();
        for (news, part) in [
            (OwnDataNews::CopyReady, "kept for 7 days"),
            (OwnDataNews::DeletionAsked(due), "It is done on 6 December 2026 at 09:30 UTC. Until then, signing in"),
            (OwnDataNews::DeletionTakenBack, "So it stays"),
            (OwnDataNews::Deleted, "stays with the businesses"),
        ] {
            let letter = Letter::OwnData { name: "Maya".into(), news };
            let mail = letter.write("maya@example.com");
            assert!(mail.text.contains(part) && !mail.text.contains("http"), "{}", mail.text);
            assert_eq!(serde_json::from_str::<Letter>(&serde_json::to_string(&letter).unwrap()).unwrap(), letter);
        }
    }

    #[test]
    fn letters_read_back_and_do_not_show_their_secrets() {
        let letter = Letter::PasswordChanged { name: "Maya".into() };
        let json = serde_json::to_string(&letter).unwrap();
        assert_eq!(serde_json::from_str::<Letter>(&json).unwrap(), letter);
        assert_eq!(format!("{letter:?}"), "Letter(…)");
    }
}
