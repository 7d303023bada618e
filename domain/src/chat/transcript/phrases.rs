//! What the letter says of its own, in every language there is.

use jiff::Zoned;
use jiff::civil::Weekday;

use super::letter::LINK_DAYS;
use crate::language::Language;

/// By whose clock the times are, and whether something is left out.
pub(super) fn clock(language: Language, zone: &str, cut: bool) -> String {
    match (language, cut) {
        (Language::En, false) => format!("Times are those of {zone}."),
        (Language::En, true) => format!(
            "Times are those of {zone}. Only the newest part fits into a letter; what was said before is left out."
        ),
        (Language::De, false) => format!("Die Uhrzeiten sind die von {zone}."),
        (Language::De, true) => format!(
            "Die Uhrzeiten sind die von {zone}. In einen Brief passt nur das Neueste; was davor geschrieben wurde, fehlt."
        ),
    }
}

/// How long links work, and what to do who does not expect the letter.
pub(super) fn ending(language: Language, business: &str) -> String {
    match language {
        Language::En => format!(
            "Links to files work for {LINK_DAYS} days. This letter was asked for in the conversation with {business}, and is sent once. \
             If you do not know of it, somebody has mistaken your address for theirs: you need not do anything, and get no more of it."
        ),
        Language::De => format!(
            "Links zu Dateien gelten {LINK_DAYS} Tage. Diese E-Mail wurde in der Unterhaltung mit {business} angefordert und wird einmal \
             verschickt. Wenn Sie nichts davon wissen, hat jemand Ihre Adresse mit der eigenen verwechselt: Sie müssen nichts tun und \
             erhalten nichts weiter davon."
        ),
    }
}

/// Somebody whose name is gone.
pub(super) const fn somebody(language: Language) -> &'static str {
    match language {
        Language::En => "Somebody",
        Language::De => "Jemand",
    }
}

/// A day, as it is written out: "Monday, 2 March 2026".
pub(super) fn day(language: Language, at: &Zoned) -> String {
    match language {
        Language::En => at.strftime("%A, %-d %B %Y").to_string(),
        Language::De => format!("{}, {}. {} {}", weekday(at.weekday()), at.day(), month(at.month()), at.year()),
    }
}

const fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Montag",
        Weekday::Tuesday => "Dienstag",
        Weekday::Wednesday => "Mittwoch",
        Weekday::Thursday => "Donnerstag",
        Weekday::Friday => "Freitag",
        Weekday::Saturday => "Samstag",
        Weekday::Sunday => "Sonntag",
    }
}

/// From 1 to 12.
fn month(number: i8) -> &'static str {
    const MONTHS: [&str; 12] = [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ];
    usize::try_from(number - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default()
}
