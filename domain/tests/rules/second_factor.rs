//! Codes that change with time and recovery codes (security 9, RFC 4226 and 6238).

use brigade_domain::Timestamp;
use brigade_domain::id::UserId;
use brigade_domain::identity::second_factor::{RecoveryCode, SecondStep, TotpSecret, step_of};
use proptest::prelude::*;
use uuid::Uuid;

/// The secret of both RFCs.
fn secret() -> TotpSecret {
    TotpSecret::new(*b"12345678901234567890")
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn digits(text: &str) -> brigade_domain::identity::second_factor::Digits {
    SecondStep::parse_digits("code", text).unwrap()
}

fn owner(n: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(n))
}

#[test]
fn codes_are_those_of_the_standards() {
    let counted = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
    for (step, code) in (0..).zip(counted) {
        assert_eq!(secret().code(step).text(), code, "RFC 4226, {step}");
    }
    for (seconds, code) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ] {
        assert_eq!(secret().code(step_of(at(seconds))).text(), code, "RFC 6238, {seconds}");
    }
}

#[test]
fn a_code_counts_one_step_early_and_one_step_late_and_no_more() {
    let code = secret().code(1_000);
    let accepted = |step: i64| secret().accept(&code, at(step * 30 + 29), None);
    assert_eq!([998, 999, 1_000, 1_001, 1_002].map(accepted), [None, Some(1_000), Some(1_000), Some(1_000), None]);
}

#[test]
fn a_code_counts_once_and_none_before_it_counts_after_it() {
    let now = at(30_000);
    let accepted = |step: i64, last: i64| secret().accept(&secret().code(step), now, Some(last));
    assert_eq!(accepted(1_000, 999), Some(1_000));
    assert_eq!(accepted(1_000, 1_000), None, "the same again");
    assert_eq!(accepted(999, 1_000), None, "an older one");
    assert_eq!(accepted(1_001, 1_000), Some(1_001));
}

#[test]
fn an_app_is_told_everything_in_letters_it_understands() {
    assert_eq!(secret().text(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    assert_eq!(
        secret().uri("Käse & Co: Nord", "maya+x@example.com"),
        "otpauth://totp/K%C3%A4se%20%26%20Co%3A%20Nord:maya%2Bx@example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
         &issuer=K%C3%A4se%20%26%20Co%3A%20Nord&algorithm=SHA1&digits=6&period=30"
    );
}

#[test]
fn six_digits_are_read_as_people_type_them() {
    for typed in ["287082", " 287 082 ", "287-082", "٢٨٧٠٨٢", "۲۸۷۰۸۲", "２８７０８２", "\u{200f}287082"]
    {
        assert_eq!(digits(typed), secret().code(1), "{typed}");
    }
    for typed in ["", "28708", "2870823", "28708a", "28708🙂", "²87082"] {
        assert!(SecondStep::parse("code", typed).is_err(), "{typed}");
    }
    assert!(SecondStep::parse_digits("code", &RecoveryCode::new([7; 15]).text()).is_err());
}

#[test]
fn a_recovery_code_is_its_owners_and_does_not_show_itself() {
    let code = RecoveryCode::new([1; 15]);
    assert_eq!(code.text().len(), 29);
    assert_ne!(code.hash(owner(1)), code.hash(owner(2)));
    assert_ne!(code.hash(owner(1)), RecoveryCode::new([2; 15]).hash(owner(1)));
    assert_eq!(format!("{code:?} {:?} {:?}", secret(), secret().code(1)), "RecoveryCode(…) TotpSecret(…) Digits(…)");
}

proptest! {
    #[test]
    fn a_recovery_code_is_read_back_however_it_is_typed(bytes in any::<[u8; 15]>()) {
        let code = RecoveryCode::new(bytes);
        let text = code.text();
        let kept = SecondStep::Recovery(code);
        let careless = text.replace('0', "o").replace('1', "l").to_lowercase().replace('-', " ");
        for typed in [&text, &careless, &text.replace('-', "")] {
            prop_assert_eq!(&SecondStep::parse("code", typed).unwrap(), &kept);
        }
    }

    #[test]
    fn whatever_is_typed_is_read_or_refused(text in ".*") {
        let _ = SecondStep::parse("code", &text);
    }

    #[test]
    fn of_all_codes_three_count(step in 2..100_000_000i64, other in 0..100_000_000i64) {
        let counts = secret().accept(&secret().code(other), at(step * 30), None).is_some();
        let near = (step - 1..=step + 1).any(|near| secret().code(near) == secret().code(other));
        prop_assert_eq!(counts, near);
    }
}
