//! Phones: one number behind every way to write it, and never shown to whom it does not belong.

use loyalty_core::ErrorCode;
use loyalty_core::domain::{Phone, PhoneFormat};
use proptest::prelude::*;

fn refusal(text: &str) -> ErrorCode {
    let error = Phone::parse(text).expect_err(text);
    assert_eq!(error.field, "phone");
    error.code
}

#[test]
fn a_number_is_read_in_every_form_people_write() {
    for text in [
        "+79123451234",
        "79123451234",
        "89123451234",
        "9123451234",
        "8 (912) 345-12-34",
        "+7\u{A0}912\u{A0}345\u{2011}12\u{2011}34",
        "8.912.345.12.34",
        "  +7 [912] 345—12—34 ",
        "＋７９１２３４５１２３４",
        "８（９１２）３４５－１２－３４",
        "\u{202A}+7 912 345-12-34\u{202C}",
    ] {
        assert_eq!(Phone::parse(text).expect(text).e164(), "+79123451234", "{text}");
    }
}

#[test]
fn a_number_of_kazakhstan_is_a_number_too() {
    assert_eq!(Phone::parse("7012345678").unwrap().e164(), "+77012345678");
    assert_eq!(Phone::parse("8 701 234-56-78").unwrap().e164(), "+77012345678");
}

#[test]
fn another_country_is_told_from_a_wrong_number() {
    for text in ["+4915112345678", "+1 202 555 0100", "+380501234567", "+86", "+8 912 345-12-34"] {
        assert_eq!(refusal(text), ErrorCode::PhoneUnsupported, "{text}");
    }
    for text in [
        "",
        "+",
        "+7",
        "912345123",
        "891234512345",
        "+7912345123",
        "+791234512345",
        "0123456789",
        "+70123456789",
        "81234567890",
        "912345123a",
        "9+123451234",
        "++79123451234",
        "8 912 345-12-34 доб. 5",
        "99123451234",
    ] {
        assert_eq!(refusal(text), ErrorCode::PhoneInvalid, "{text}");
    }
}

#[test]
fn a_mobile_number_that_lost_its_last_digit_is_not_taken_for_another_one() {
    assert_eq!(refusal("8912345123"), ErrorCode::PhoneInvalid);
    assert_eq!(refusal("7912345123"), ErrorCode::PhoneInvalid);
    assert_eq!(Phone::parse("8123456789").unwrap().e164(), "+78123456789");
}

#[test]
fn a_phone_is_shown_whole_masked_or_hardly_at_all() {
    let phone = Phone::parse("89123451234").unwrap();
    assert_eq!(phone.display(), "+7 912 345-12-34");
    assert_eq!(phone.masked(), "+7 ••• •••-12-34");
    assert_eq!(format!("{phone:?}"), "+7 ••• •••-••-34");
}

#[test]
fn typing_is_formatted_at_every_key() {
    for (typed, shown) in [
        ("", ""),
        ("+", "+"),
        ("8", "+7"),
        ("9", "+7 9"),
        ("89", "+7 9"),
        ("+7 9", "+7 9"),
        ("+7 912", "+7 912"),
        ("+7 9123", "+7 912 3"),
        ("+7 912 3451", "+7 912 345-1"),
        ("+7 912 345-123", "+7 912 345-12-3"),
        ("89123451234", "+7 912 345-12-34"),
        ("+7 912 345-12-345", "+7 912 345-12-34"),
        ("+7 812 345-67-890", "+7 812 345-67-89"),
        ("0", "0"),
        ("12", "12"),
        ("+49 151", "+49151"),
        ("тел. 8 (912)", "+7 912"),
    ] {
        assert_eq!(Phone::format_while_typing(typed), shown, "{typed}");
    }
}

#[test]
fn the_prefix_typed_behind_a_given_plus_seven_goes_away() {
    let typed = "89123451234"
        .chars()
        .fold(String::from("+7"), |shown, key| Phone::format_while_typing(&format!("{shown}{key}")));
    assert_eq!(typed, "+7 912 345-12-34");
}

fn subscriber() -> impl Strategy<Value = String> {
    "[3-9][0-9]{9}"
}

fn filler() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "", "", "", " ", "-", "(", ")", ".", "\u{A0}", "\u{2009}", "–", "\u{200B}", "（",
    ])
}

proptest! {
    #[test]
    fn one_number_stands_behind_every_form(
        digits in subscriber(),
        prefix in prop::sample::select(vec!["+7", "7", "8", "＋７"]),
        fillers in prop::collection::vec(filler(), 11),
    ) {
        let body: String = digits.chars().zip(&fillers).map(|(digit, filler)| format!("{filler}{digit}")).collect();
        let text = format!("{prefix}{body}{}", fillers[10]);
        prop_assert_eq!(Phone::parse(&text).unwrap().e164(), format!("+7{digits}"), "{}", text);
    }

    #[test]
    fn every_wire_form_reads_back(digits in subscriber()) {
        let phone = Phone::parse(&format!("+7{digits}")).unwrap();
        for format in [PhoneFormat::E164, PhoneFormat::Digits, PhoneFormat::National] {
            prop_assert_eq!(Phone::parse(&phone.wire(format)), Ok(phone));
        }
        // Not in use as area codes, so the ten digits alone look like a mobile number cut short.
        if !digits.starts_with("79") && !digits.starts_with("89") {
            prop_assert_eq!(Phone::parse(&phone.wire(PhoneFormat::Subscriber)), Ok(phone));
        }
        prop_assert_eq!(Phone::parse(&phone.display()), Ok(phone));
    }

    #[test]
    fn no_text_makes_a_phone_panic(text in "\\PC{0,80}|[-+0-9() ]{0,80}") {
        if let Ok(phone) = Phone::parse(&text) {
            prop_assert_eq!(Phone::parse(&phone.e164()), Ok(phone));
            // What is read as a number is also what the field shows of it while it is typed with its prefix.
            prop_assert_eq!(Phone::format_while_typing(&phone.e164()), phone.display());
        }
    }

    #[test]
    fn formatting_what_is_formatted_changes_nothing(text in "\\PC{0,40}|[-+0-9() ]{0,80}") {
        let once = Phone::format_while_typing(&text);
        prop_assert_eq!(Phone::format_while_typing(&once), once);
    }

    #[test]
    fn typing_a_number_key_by_key_shows_it_whole(
        digits in subscriber().prop_filter("no area code", |d| !d.starts_with("79") && !d.starts_with("89")),
        prefix in prop::sample::select(vec!["+7", "7", "8"]),
    ) {
        let shown = format!("{prefix}{digits}")
            .chars()
            .fold(String::new(), |shown, key| Phone::format_while_typing(&format!("{shown}{key}")));
        prop_assert_eq!(shown, Phone::parse(&format!("+7{digits}")).unwrap().display());
    }

    #[test]
    fn typing_loses_no_digit_before_the_number_is_complete(digits in "[0-9]{0,10}") {
        let shown = Phone::format_while_typing(&digits);
        let kept: String = shown.chars().filter(char::is_ascii_digit).collect();
        let national = digits.starts_with(['7', '8']);
        let expected = match digits.chars().next() {
            None | Some('0'..='2') => digits.clone(),
            _ if national => format!("7{}", &digits[1..]),
            _ => format!("7{digits}"),
        };
        prop_assert_eq!(kept, expected);
    }

    #[test]
    fn masks_show_the_last_digits_and_nothing_else(digits in subscriber()) {
        let phone = Phone::parse(&format!("+7{digits}")).unwrap();
        let shown = |text: String| text.chars().filter(char::is_ascii_digit).collect::<String>();
        prop_assert_eq!(shown(phone.masked()), format!("7{}", &digits[6..]));
        prop_assert_eq!(shown(format!("{phone:?}")), format!("7{}", &digits[8..]));
    }
}
