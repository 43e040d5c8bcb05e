//! The wording for any input. What it says in detail is held against CLDR by the formatting cases of the whole
//! project; here stands what must hold for every value.

use jiff::civil::Date;
use loyalty_core::ErrorCode;
use loyalty_core::domain::wording::{EnglishForms, Lang, PluralCategory, RussianForms, UnitWords, Wording};
use loyalty_core::domain::{AmountUnit, Bonus, Money, Percent, Quantity};
use proptest::prelude::*;

const LANGS: [Lang; 2] = [Lang::Ru, Lang::En];

fn wording(lang: Lang) -> Wording {
    Wording::new(lang, UnitWords::default())
}

#[test]
fn the_examples_of_the_screens_are_said_so() {
    let (ru, en) = (wording(Lang::Ru), wording(Lang::En));
    let bonus = Bonus::from_hundredths;
    assert_eq!(ru.bonus(bonus(123_450)), "1\u{A0}234,50\u{A0}бонуса");
    assert_eq!(en.bonus(bonus(123_450)), "1,234.50\u{A0}bonuses");
    assert_eq!(ru.bonus(bonus(1100)), "11\u{A0}бонусов");
    assert_eq!(ru.money(Money::from_hundredths(123_450)), "1\u{A0}234,50\u{A0}₽");
    assert_eq!(ru.burn_line(bonus(50_000), 3), "500\u{A0}бонусов сгорят через 3\u{A0}дня");
    assert_eq!(ru.burn_line(bonus(100), 1), "1\u{A0}бонус сгорит завтра");
    assert_eq!(en.burn_line(bonus(50_000), 3), "500\u{A0}bonuses will expire in 3\u{A0}days");
}

#[test]
fn a_language_is_ru_or_en() {
    for lang in LANGS {
        assert_eq!(Lang::parse(lang.code()), Ok(lang));
    }
    assert_eq!(Lang::parse("de").unwrap_err().code, ErrorCode::FieldInvalid);
}

#[test]
fn a_unit_word_is_there_and_short() {
    let given = |one: &str| {
        let ru = RussianForms { one: one.to_owned(), ..RussianForms::default() };
        UnitWords::new(ru, EnglishForms::default()).map_err(|error| (error.field, error.code))
    };
    assert!(given("балл").is_ok());
    assert_eq!(given(" "), Err(("unit.ru.one".into(), ErrorCode::FieldEmpty)));
    assert_eq!(given(&"б".repeat(31)), Err(("unit.ru.one".into(), ErrorCode::FieldTooLong)));
    assert_eq!(given("бал\nл"), Err(("unit.ru.one".into(), ErrorCode::FieldInvalid)));
    for wrong in [
        r#"{"ru": {"one": "балл"}}"#,
        r#"{"en": {"one": "", "other": "stars"}}"#,
        r#"{"en": {"one": "star", "other": "stars", "few": "stars"}}"#,
        r#"{"de": {}}"#,
    ] {
        assert!(serde_json::from_str::<UnitWords>(wrong).is_err(), "{wrong}");
    }
    assert_eq!(serde_json::from_str::<UnitWords>("{}").unwrap(), UnitWords::default());
}

/// The sum that a text shows, from nothing but its digits, sign and decimal sign.
fn shown(text: &str, lang: Lang) -> Bonus {
    let point = if lang == Lang::Ru { ',' } else { '.' };
    let plain: String = text
        .chars()
        .filter_map(|c| match c {
            '\u{2212}' => Some('-'),
            c if c == point => Some('.'),
            c => c.is_ascii_digit().then_some(c),
        })
        .collect();
    Bonus::parse(&plain, AmountUnit::Ruble).expect(text)
}

proptest! {
    #[test]
    fn what_is_shown_is_the_sum_to_the_kopeck(hundredths: i64) {
        for lang in LANGS {
            let wording = wording(lang);
            let (bonus, money) = (Bonus::from_hundredths(hundredths), Money::from_hundredths(hundredths));
            for text in [
                wording.bonus(bonus), wording.signed_bonus(bonus), wording.bonus_number(bonus), wording.money(money),
                wording.signed_money(money),
            ] {
                prop_assert_eq!(shown(&text, lang), bonus, "{}", text);
                prop_assert!(!text.contains([' ', '-', '\u{202F}']), "{} could be torn apart", text);
            }
        }
    }

    #[test]
    fn a_sign_stands_before_everything_but_nothing(hundredths: i64) {
        for lang in LANGS {
            let signed = wording(lang).signed_bonus(Bonus::from_hundredths(hundredths));
            let expected = match hundredths.signum() { 1 => Some('+'), -1 => Some('\u{2212}'), _ => Some('0') };
            prop_assert_eq!(signed.chars().next(), expected);
        }
    }

    #[test]
    fn only_the_last_two_digits_choose_the_russian_form(whole: u64, hundreds in 0..1_000_000_u64) {
        let small = whole % 100;
        prop_assert_eq!(Lang::Ru.plural(whole, 0), Lang::Ru.plural(small, 0));
        prop_assert_eq!(Lang::Ru.plural(hundreds * 100 + small, 0), Lang::Ru.plural(small, 0));
        prop_assert_eq!(Lang::Ru.plural(whole, 1), PluralCategory::Other);
    }

    #[test]
    fn a_debt_is_worded_like_what_it_would_be(hundredths in 0..i64::MAX) {
        for lang in LANGS {
            let wording = wording(lang);
            let debt = wording.bonus(Bonus::from_hundredths(-hundredths));
            let plain = wording.bonus(Bonus::from_hundredths(hundredths));
            prop_assert_eq!(debt.trim_start_matches('\u{2212}'), plain);
        }
    }

    #[test]
    fn every_value_is_worded(percent: i32, quantity: i64, days: i32, day in -4_371_587..2_932_896_i64) {
        let date = Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(day));
        for lang in LANGS {
            let wording = wording(lang);
            prop_assert!(wording.percent(Percent(percent)).ends_with('%'));
            prop_assert!(!wording.quantity(Quantity(quantity)).is_empty());
            prop_assert!(wording.date(date).contains(&date.year().to_string()));
            prop_assert!(!wording.day_heading(date, Date::MIN).is_empty());
            let relative = wording.relative_day(days);
            prop_assert!(relative.contains('\u{A0}') || (-2..=2).contains(&days), "{}", relative);
        }
    }
}
