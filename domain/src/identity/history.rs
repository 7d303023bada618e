//! What somebody's sign-in history is made of, and how a device is called in a letter.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// How long it is kept, in days.
pub const HISTORY_DAYS: u16 = 90;

/// After so many letters about new devices in a day no more are written: whoever knows a password cannot fill a mailbox.
pub const DEVICE_LETTERS_A_DAY: i64 = 10;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// A browser signed in.
    SignedIn,
    /// A program signed in.
    ProgramSignedIn,
    /// Somebody named the right address and a wrong password.
    PasswordRefused,
    /// Somebody named the right password and a wrong code.
    CodeRefused,
    /// The password was changed by who knew it.
    PasswordChanged,
    /// The password was set with a link of a mail, or by the operator.
    PasswordReset,
    /// Two-step sign-in was turned on.
    SecondFactorOn,
    /// It was turned off.
    SecondFactorOff,
    /// It was turned off by an admin or the operator.
    SecondFactorReset,
    /// New recovery codes were made.
    RecoveryCodesRenewed,
    /// A recovery code was used.
    RecoveryCodeUsed,
    /// Every session was ended.
    SignedOutEverywhere,
}

impl Moment {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::SignedIn,
        Self::ProgramSignedIn,
        Self::PasswordRefused,
        Self::CodeRefused,
        Self::PasswordChanged,
        Self::PasswordReset,
        Self::SecondFactorOn,
        Self::SecondFactorOff,
        Self::SecondFactorReset,
        Self::RecoveryCodesRenewed,
        Self::RecoveryCodeUsed,
        Self::SignedOutEverywhere,
    ];

    /// Its name outside.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::ProgramSignedIn => "program_signed_in",
            Self::PasswordRefused => "password_refused",
            Self::CodeRefused => "code_refused",
            Self::PasswordChanged => "password_changed",
            Self::PasswordReset => "password_reset",
            Self::SecondFactorOn => "second_factor_on",
            Self::SecondFactorOff => "second_factor_off",
            Self::SecondFactorReset => "second_factor_reset",
            Self::RecoveryCodesRenewed => "recovery_codes_renewed",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::SignedOutEverywhere => "signed_out_everywhere",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|moment| moment.as_str() == name)
    }
}

/// The network of an address, coarse enough not to be personal: /24, or /48 for IPv6.
pub fn network(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(ip) => {
            let [a, b, c, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}

/// What a browser that calls itself so is called in a letter. Words of ours only: whoever signs in chooses what a browser
/// calls itself, and must not write our letters.
pub fn device_words(user_agent: &str) -> String {
    let first = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    // Most call themselves several things: what is more particular comes first.
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "an iPhone"),
        ("iPad", "an iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "a Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(only), None) | (None, Some(only)) => only.to_owned(),
        (None, None) => "a program or browser we do not know".to_owned(),
    }
}
