//! What CLDR says, through ICU4X, and the few rules by which our wording differs from it. Shares no code with the
//! core: it is the witness.

use icu_calendar::{Date, Iso};
use icu_datetime::fieldsets::{MD, T, YMD};
use icu_datetime::input::Time;
use icu_datetime::{DateTimeFormatter, NoCalendarFormatter};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_experimental::dimension::currency::formatter::CurrencyFormatter;
use icu_experimental::dimension::percent::formatter::PercentFormatter;
use icu_experimental::relativetime::options::Numeric;
use icu_experimental::relativetime::{RelativeTimeFormatter, RelativeTimeFormatterOptions};
use icu_locale_core::preferences::extensions::unicode::keywords::currency;
use icu_locale_core::{Locale, locale};
use icu_plurals::{PluralCategory, PluralRules, PluralRulesOptions};

/// A year, a month and a day.
pub(crate) type Day = (i32, u8, u8);

/// CLDR in one language.
pub(crate) struct Cldr {
    /// Its code.
    pub(crate) lang: &'static str,
    locale: Locale,
}

/// Both languages.
pub(crate) fn languages() -> [Cldr; 2] {
    [Cldr { lang: "ru", locale: locale!("ru") }, Cldr { lang: "en", locale: locale!("en") }]
}

impl Cldr {
    pub(crate) fn is_russian(&self) -> bool {
        self.lang == "ru"
    }

    /// The category of a number just as it is shown.
    pub(crate) fn plural(&self, number: &Decimal) -> &'static str {
        let rules =
            PluralRules::try_new((&self.locale).into(), PluralRulesOptions::default()).expect("plural rules");
        match rules.category_for(number) {
            PluralCategory::One => "one",
            PluralCategory::Few => "few",
            PluralCategory::Many => "many",
            PluralCategory::Other => "other",
            category => panic!("{category:?} is of another language"),
        }
    }

    pub(crate) fn number(&self, number: &Decimal) -> String {
        let formatter =
            DecimalFormatter::try_new((&self.locale).into(), Default::default()).expect("numbers");
        fixed_signs(&formatter.format(number).to_string())
    }

    /// CLDR always shows kopecks; we drop them when there are none.
    pub(crate) fn roubles(&self, number: &Decimal) -> String {
        let formatter = CurrencyFormatter::try_new_symbol_narrow(
            (&self.locale).into(),
            currency!("RUB"),
            Default::default(),
        )
        .expect("currency");
        let text = fixed_signs(&formatter.format_fixed_decimal(number).to_string());
        let zero = if self.is_russian() { ",00" } else { ".00" };
        text.replace(zero, "")
    }

    pub(crate) fn percent(&self, number: &Decimal) -> String {
        let formatter =
            PercentFormatter::try_new((&self.locale).into(), Default::default()).expect("percent");
        fixed_signs(&formatter.format(number).to_string())
    }

    /// CLDR's long date, the year's «г.» dropped, day and month tied together.
    pub(crate) fn date(&self, day: Day) -> String {
        let formatter = DateTimeFormatter::try_new((&self.locale).into(), YMD::long()).expect("dates");
        let text = formatter.format(&date_of(day)).to_string();
        let text = text.trim_end_matches("г.").trim_end().to_owned();
        let day = self.cldr_day(day);
        assert!(text.contains(&day), "{text:?} should contain {day:?}");
        text.replace(&day, &tied(&day))
    }

    pub(crate) fn day(&self, day: Day) -> String {
        tied(&self.cldr_day(day))
    }

    fn cldr_day(&self, day: Day) -> String {
        let formatter = DateTimeFormatter::try_new((&self.locale).into(), MD::long()).expect("days");
        formatter.format(&date_of(day)).to_string()
    }

    pub(crate) fn time(&self, hour: u8, minute: u8) -> String {
        let formatter = NoCalendarFormatter::try_new((&self.locale).into(), T::hm()).expect("times");
        let time = Time::try_new(hour, minute, 0, 0).expect("a time of day");
        tied(&formatter.format(&time).to_string())
    }

    /// CLDR's words for near days, its numbers for the rest.
    pub(crate) fn relative_day(&self, days: i32) -> String {
        let options = RelativeTimeFormatterOptions::default().with_numeric(Numeric::Auto);
        let formatter =
            RelativeTimeFormatter::try_new_long_day((&self.locale).into(), options).expect("relative days");
        let text = formatter.format(Decimal::from(days)).to_string();
        // A number is tied to the word behind it.
        let mut tied = String::new();
        for c in text.chars() {
            let after_digit = tied.chars().next_back().is_some_and(|last: char| last.is_ascii_digit());
            tied.push(if c == ' ' && after_digit { '\u{A0}' } else { c });
        }
        tied
    }
}

/// How many days `later` is after `earlier`.
pub(crate) fn days_between(earlier: Day, later: Day) -> i64 {
    date_of(later).to_rata_die() - date_of(earlier).to_rata_die()
}

fn date_of((year, month, day): Day) -> Date<Iso> {
    Date::try_new_iso(year, month, day).expect("a date")
}

/// `scaled` times `10^-places`, with just so many decimals.
pub(crate) fn decimal(scaled: i64, places: i16) -> Decimal {
    let mut number = Decimal::from(scaled);
    number.multiply_pow10(-places);
    number
}

/// The same as we show a sum: both decimals, or none when both are zero.
pub(crate) fn sum(hundredths: i64) -> Decimal {
    if hundredths % 100 == 0 { Decimal::from(hundredths / 100) } else { decimal(hundredths, 2) }
}

/// The same without zeros at the end.
pub(crate) fn shortest(scaled: i64, places: i16) -> Decimal {
    let mut number = decimal(scaled, places);
    number.absolute.trim_end();
    number
}

/// One kind of space that does not break, and it is U+00A0.
fn tied(text: &str) -> String {
    text.replace([' ', '\u{202F}'], "\u{A0}")
}

/// The same for numbers, and a minus as wide as the plus.
fn fixed_signs(text: &str) -> String {
    tied(text).replace('-', "\u{2212}")
}
