//! The cases of `tests/formatting.json`: which inputs, and what CLDR and our own phrases make of them.

use icu_decimal::input::Decimal;
use serde_json::{Value, json};

use crate::cldr::{Cldr, Day, days_between, decimal, languages, shortest, sum};

/// Whole bonuses or roubles where the plural changes, where grouping begins, and where 64 bits end.
const WHOLE: [i64; 38] = [
    0,
    1,
    2,
    3,
    4,
    5,
    9,
    10,
    11,
    12,
    13,
    14,
    15,
    20,
    21,
    22,
    24,
    25,
    31,
    100,
    101,
    102,
    111,
    112,
    114,
    121,
    999,
    1000,
    1001,
    1011,
    1234,
    10_000,
    99_999,
    100_021,
    1_000_000,
    1_000_002,
    12_345_678,
    92_233_720_368_547_758,
];

/// Hundredths that are no whole number, negative ones, and both ends of 64 bits.
const BROKEN: [i64; 18] = [
    1,
    5,
    10,
    50,
    99,
    101,
    110,
    150,
    250,
    1150,
    12_345,
    123_450,
    100_000_001,
    -1,
    -50,
    -150,
    i64::MAX,
    i64::MIN,
];

const DATES: [Day; 26] = [
    (2026, 1, 1),
    (2026, 1, 31),
    (2026, 2, 1),
    (2026, 2, 28),
    (2024, 2, 29),
    (2026, 3, 8),
    (2026, 4, 2),
    (2026, 5, 9),
    (2026, 6, 12),
    (2026, 7, 3),
    (2026, 8, 21),
    (2026, 9, 1),
    (2026, 10, 11),
    (2026, 11, 4),
    (2026, 11, 22),
    (2026, 11, 23),
    (2026, 11, 24),
    (2026, 12, 31),
    (2025, 12, 31),
    (2025, 11, 23),
    (2027, 1, 1),
    (1999, 12, 31),
    (2000, 1, 1),
    (2099, 6, 30),
    (1970, 1, 1),
    (2015, 1, 1),
];

const TIMES: [(u8, u8); 14] = [
    (0, 0),
    (0, 1),
    (0, 59),
    (1, 5),
    (4, 59),
    (9, 5),
    (10, 0),
    (11, 59),
    (12, 0),
    (12, 30),
    (13, 0),
    (19, 5),
    (22, 10),
    (23, 59),
];

const DAYS: [i32; 34] = [
    0, 1, 2, 3, 4, 5, 7, 10, 11, 12, 14, 15, 20, 21, 22, 25, 30, 31, 90, 100, 101, 111, 365, 1000, 1021, -1,
    -2, -3, -4, -5, -11, -21, -30, -1000,
];

const TODAY: Day = (2026, 11, 23);

/// Every case, in the order of the file.
pub(crate) fn all() -> Vec<Value> {
    languages()
        .iter()
        .flat_map(|cldr| {
            [
                plurals(cldr),
                sums(cldr),
                renamed_units(cldr),
                rates(cldr),
                dates(cldr),
                headings(cldr),
                burns(cldr),
                kinds(cldr),
                phones(cldr),
            ]
        })
        .flatten()
        .collect()
}

fn plurals(cldr: &Cldr) -> Vec<Value> {
    let whole = (0..=30_i64).chain([100, 101, 102, 105, 111, 112, 121, 1000, 1001, 1_000_000, 1_000_011]);
    let mut numbers: Vec<(i64, u8, Decimal)> = whole.map(|whole| (whole, 0, Decimal::from(whole))).collect();
    for whole in [0, 1, 2, 5, 11, 21] {
        numbers.push((whole, 1, decimal(whole * 10 + 5, 1)));
        numbers.push((whole, 2, decimal(whole * 100, 2)));
    }
    numbers
        .into_iter()
        .map(|(whole, decimals, number)| {
            json!({"function": "plural", "lang": cldr.lang, "whole": whole, "decimals": decimals,
                   "expected": cldr.plural(&number)})
        })
        .collect()
}

fn every_sum() -> Vec<i64> {
    let whole = WHOLE.iter().map(|whole| whole * 100);
    let negative = [1, 2, 5, 11, 21, 1234].into_iter().map(|whole: i64| -whole * 100);
    whole.chain(negative).chain(BROKEN).collect()
}

fn sums(cldr: &Cldr) -> Vec<Value> {
    let mut cases = Vec::new();
    for hundredths in every_sum() {
        let number = sum(hundredths);
        let digits = cldr.number(&number);
        let unit = unit(cldr, &number);
        let money = cldr.roubles(&number);
        let plus = if hundredths > 0 { "+" } else { "" };
        let mut case = |function: &str, expected: String| {
            cases.push(json!({"function": function, "lang": cldr.lang, "hundredths": hundredths,
                              "expected": expected}));
        };
        case("bonus", format!("{digits}\u{A0}{unit}"));
        case("signed_bonus", format!("{plus}{digits}\u{A0}{unit}"));
        case("bonus_number", digits);
        case("unit", unit.to_owned());
        case("signed_money", format!("{plus}{money}"));
        case("money", money);
    }
    cases
}

fn unit(cldr: &Cldr, number: &Decimal) -> &'static str {
    match (cldr.lang, cldr.plural(number)) {
        ("ru", "one") => "бонус",
        ("ru", "few") => "бонуса",
        ("ru", "many") => "бонусов",
        ("ru", _) => "бонуса",
        (_, "one") => "bonus",
        _ => "bonuses",
    }
}

/// A venue that calls its bonuses otherwise; every form another word, so that none is taken for another.
fn renamed_units(cldr: &Cldr) -> Vec<Value> {
    let unit = json!({
        "ru": {"one": "мидия", "few": "мидии", "many": "мидий", "fraction": "доли мидии"},
        "en": {"one": "mussel", "other": "mussels"},
    });
    [0, 100, 200, 500, 1100, 2100, 2250, 123_456, -100]
        .into_iter()
        .map(|hundredths| {
            let number = sum(hundredths);
            let form = match cldr.plural(&number) {
                "other" if cldr.is_russian() => "fraction",
                category => category,
            };
            let word = unit[cldr.lang][form].as_str().expect("a form");
            json!({"function": "bonus", "lang": cldr.lang, "hundredths": hundredths, "unit": unit,
                   "expected": format!("{}\u{A0}{word}", cldr.number(&number))})
        })
        .collect()
}

fn rates(cldr: &Cldr) -> Vec<Value> {
    let percents =
        [0, 1, 10, 50, 100, 150, 300, 500, 750, 1000, 1025, 1250, 10_000, 12_345, 100_000, 1_000_000, -750];
    let quantities =
        [0, 1, 10, 100, 125, 250, 500, 999, 1000, 1500, 2000, 12_000, 999_999, 1_000_000, 1_234_567, -500];
    let percents = percents.map(|hundredths| {
        json!({"function": "percent", "lang": cldr.lang, "hundredths": hundredths,
               "expected": cldr.percent(&shortest(hundredths, 2))})
    });
    let quantities = quantities.map(|thousandths| {
        json!({"function": "quantity", "lang": cldr.lang, "thousandths": thousandths,
               "expected": cldr.number(&shortest(thousandths, 3))})
    });
    percents.into_iter().chain(quantities).collect()
}

fn dates(cldr: &Cldr) -> Vec<Value> {
    let mut cases = Vec::new();
    for day in DATES {
        cases.push(
            json!({"function": "date", "lang": cldr.lang, "date": iso(day), "expected": cldr.date(day)}),
        );
        cases.push(
            json!({"function": "date_short", "lang": cldr.lang, "date": iso(day), "expected": cldr.day(day)}),
        );
    }
    for (hour, minute) in TIMES {
        let time = cldr.time(hour, minute);
        let clock = format!("{hour:02}:{minute:02}:00");
        cases.push(json!({"function": "time", "lang": cldr.lang, "time": clock, "expected": time}));
        for day in [(2026, 11, 23), (2025, 3, 1)] {
            let at = format!("{}T{clock}", iso(day));
            let near = if day.0 == TODAY.0 { cldr.day(day) } else { cldr.date(day) };
            let as_of = if cldr.is_russian() { "по состоянию на" } else { "as of" };
            cases.push(json!({"function": "date_time", "lang": cldr.lang, "at": at,
                              "expected": format!("{}, {time}", cldr.date(day))}));
            cases.push(json!({"function": "as_of", "lang": cldr.lang, "at": at, "today": iso(TODAY),
                              "expected": format!("{as_of} {near}, {time}")}));
        }
    }
    for days in DAYS {
        cases.push(json!({"function": "relative_day", "lang": cldr.lang, "days": days,
                          "expected": cldr.relative_day(days)}));
    }
    cases
}

/// Today and yesterday in CLDR's words, the rest as dates.
fn headings(cldr: &Cldr) -> Vec<Value> {
    let pairs = DATES.map(|day| (day, TODAY)).into_iter().chain([
        ((2025, 12, 31), (2026, 1, 1)),
        ((2026, 2, 28), (2026, 3, 1)),
        ((2024, 2, 29), (2024, 3, 1)),
    ]);
    pairs
        .map(|(day, today)| {
            let distance = days_between(today, day);
            let expected = match distance {
                0 | -1 => capitalised(&cldr.relative_day(if distance == 0 { 0 } else { -1 })),
                _ if day.0 == today.0 => cldr.day(day),
                _ => cldr.date(day),
            };
            json!({"function": "day_heading", "lang": cldr.lang, "date": iso(day), "today": iso(today),
                   "expected": expected})
        })
        .collect()
}

/// The predicate follows the numeral: singular with *one* and with fractions, plural with *few* and *many*. What is
/// past is said without a verb that would need a gender.
fn burns(cldr: &Cldr) -> Vec<Value> {
    let hundredths = [100, 200, 500, 1100, 2100, 2200, 10_000, 50_000, 123_400, 150, 123_450];
    let days = [0, 1, 2, 3, 5, 21, 30, -1, -3];
    let mut cases = Vec::new();
    for hundredths in hundredths {
        for days in days {
            let number = sum(hundredths);
            let what = format!("{}\u{A0}{}", cldr.number(&number), unit(cldr, &number));
            let happens = match (cldr.lang, days < 0, cldr.plural(&number)) {
                ("ru", true, _) => ": срок истёк",
                ("ru", false, "one" | "other") => " сгорит",
                ("ru", false, _) => " сгорят",
                (_, true, _) => " expired",
                _ => " will expire",
            };
            cases.push(
                json!({"function": "burn_line", "lang": cldr.lang, "hundredths": hundredths, "days": days,
                              "expected": format!("{what}{happens} {}", cldr.relative_day(days))}),
            );
        }
    }
    cases
}

fn kinds(cldr: &Cldr) -> Vec<Value> {
    [
        ("accrual", "Начисление за покупку", "Earned on a purchase"),
        ("spend", "Оплата покупки", "Spent on a purchase"),
        ("burn", "Сгорание", "Expired"),
        ("refill", "Начисление от ресторана", "Added by the restaurant"),
        ("withdraw", "Списание рестораном", "Taken by the restaurant"),
        ("welcome", "Подарок за регистрацию", "Welcome gift"),
        ("correction", "Корректировка", "Correction"),
        ("ПЕРЕНОС", "Другая операция", "Other operation"),
    ]
    .into_iter()
    .map(|(kind, ru, en)| {
        json!({"function": "kind", "lang": cldr.lang, "kind": kind,
               "expected": if cldr.is_russian() { ru } else { en }})
    })
    .collect()
}

fn phones(cldr: &Cldr) -> Vec<Value> {
    [
        ("+79123451234", "+7 912 345-12-34", "+7 ••• •••-12-34"),
        ("+78120000000", "+7 812 000-00-00", "+7 ••• •••-00-00"),
        ("+77010010203", "+7 701 001-02-03", "+7 ••• •••-02-03"),
    ]
    .into_iter()
    .flat_map(|(phone, full, masked)| {
        [
            json!({"function": "phone", "lang": cldr.lang, "phone": phone, "expected": full}),
            json!({"function": "masked_phone", "lang": cldr.lang, "phone": phone, "expected": masked}),
        ]
    })
    .collect()
}

fn iso((year, month, day): Day) -> String {
    format!("{year:04}-{month:02}-{day:02}")
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
