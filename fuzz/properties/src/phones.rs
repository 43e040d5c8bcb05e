//! Promises about phone numbers.

use loyalty_core::domain::{Phone, PhoneFormat};

use crate::assert_tells_nothing;

/// A phone that was read is the same in every form it is written in, and a phone that was not is not repeated.
pub fn phones(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };

    let shown = Phone::format_while_typing(text);
    assert_eq!(Phone::format_while_typing(&shown), shown, "formatting what is formatted changes it");
    assert!(shown.chars().count() <= 80, "a field on a screen grows without end");

    match Phone::parse(text) {
        Ok(phone) => survives_every_form(phone),
        Err(error) => assert_tells_nothing(&error),
    }
}

fn survives_every_form(phone: Phone) {
    for written in [
        phone.e164(),
        phone.display(),
        phone.wire(PhoneFormat::E164),
        phone.wire(PhoneFormat::Digits),
        phone.wire(PhoneFormat::National),
    ] {
        assert_eq!(Phone::parse(&written).as_ref(), Ok(&phone), "another phone is read back");
        assert_eq!(
            Phone::format_while_typing(&written),
            phone.display(),
            "a complete phone is shown otherwise"
        );
    }

    let subscriber = phone.wire(PhoneFormat::Subscriber);
    assert!(subscriber.len() == 10 && subscriber.bytes().all(|byte| byte.is_ascii_digit()));
    // These two beginnings are refused on purpose: a mobile number that lost its last digit looks the same.
    if !(subscriber.starts_with("89") || subscriber.starts_with("79")) {
        assert_eq!(Phone::parse(&subscriber).as_ref(), Ok(&phone), "another phone is read back");
    }

    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
    assert_eq!(digits(&phone.masked()), 5, "a masked phone shows +7 and four digits");
    assert!(digits(&format!("{phone:?}")) <= 3, "a log would carry the phone");
}
