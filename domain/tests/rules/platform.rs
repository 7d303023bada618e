//! What is shown to who operates the platform.

use brigade_domain::platform::{Events, Search, Standing, without_words};

#[test]
fn an_error_is_shown_without_what_was_in_the_job() {
    let read = r#"the job is not a command: invalid type: string "My \"secret\" soup", expected a map at line 1"#;
    assert_eq!(without_words(read), r#"the job is not a command: invalid type: string "…", expected a map at line 1"#);
    assert_eq!(
        without_words("unknown variant `I hate Mondays`, expected `send` or `note`"),
        "unknown variant `…`, expected `send` or `note`"
    );
    assert_eq!(without_words("550 5.1.1 <bob@example.org>: unknown"), "550 5.1.1 …@… unknown");
    assert_eq!(without_words("it ends \"in the middle of what she said"), "it ends \"…\"");
    assert_eq!(without_words("NOT_FOUND"), "NOT_FOUND");
    assert_eq!(without_words(&"أ".repeat(1_000)), format!("{}…", "أ".repeat(400)));
}

#[test]
fn a_family_of_events_is_its_own_and_no_more() {
    let named = |text: &str, event: &str| {
        let events: Events = text.parse().unwrap();
        events.from() <= event && event < events.to()
    };
    assert!(named("session.", "session.signed_in") && named("session.", "session.a"));
    assert!(!named("session.", "sessions.x") && !named("session.", "session_x"));
    assert!(named("session.signed_in", "session.signed_in"));
    assert!(
        !named("session.signed_in", "session.signed_in_again") && !named("session.signed_in", "session.signed_in.x")
    );
    let all = Events::default();
    assert!(all.from() <= "a" && "zz.z" < all.to());
    for wrong in ["", "Session.", "a b", "ä", "%"] {
        assert!(wrong.parse::<Events>().is_err(), "{wrong}");
    }
}

#[test]
fn looking_for_nothing_finds_everything() {
    assert_eq!(Search::parse("  ").unwrap(), None);
    assert_eq!(Search::parse(" KÜCHE ").unwrap().unwrap().as_str(), "küche");
    assert!(Search::parse(&"x".repeat(201)).is_err() && Search::parse("a\0b").is_err());
}

#[test]
fn of_several_parts_the_worst_counts() {
    assert_eq!([Standing::Well, Standing::Down, Standing::Attention].into_iter().max(), Some(Standing::Down));
}
