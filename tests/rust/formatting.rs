//! The wording of amounts, dates and burns against CLDR: `tests/formatting.json` is derived from ICU4X, and the core
//! has to say every one of its cases to the character.

// A test may stop at the first thing that is not as it should be; helpers outside of `#[test]` may too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use jiff::civil::{Date, DateTime, Time};
use loyalty_core::domain::wording::{Lang, PluralCategory, UnitWords, Wording};
use loyalty_core::domain::{Bonus, Money, Percent, Phone, Quantity, TransactionKind};
use serde::de::DeserializeOwned;
use serde_json::Value;

#[path = "formatting/cases.rs"]
mod cases;
#[path = "formatting/cldr.rs"]
mod cldr;

/// Every function that the file must have cases for, in both languages.
const FUNCTIONS: [&str; 20] = [
    "as_of",
    "bonus",
    "bonus_number",
    "burn_line",
    "date",
    "date_short",
    "date_time",
    "day_heading",
    "kind",
    "masked_phone",
    "money",
    "percent",
    "phone",
    "plural",
    "quantity",
    "relative_day",
    "signed_bonus",
    "signed_money",
    "time",
    "unit",
];

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("formatting.json")
}

fn committed() -> Vec<Value> {
    serde_json::from_str(&std::fs::read_to_string(file()).unwrap()).unwrap()
}

/// One case a line, so that a change shows as the lines that change.
fn printed(cases: &[Value]) -> String {
    let lines: Vec<String> = cases.iter().map(Value::to_string).collect();
    format!("[\n{}\n]\n", lines.join(",\n"))
}

/// With `BLESS=1` in the environment the file is written anew; run once more without it to see it hold.
#[test]
fn the_committed_cases_are_what_cldr_gives() {
    let generated = cases::all();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(file(), printed(&generated)).unwrap();
    }
    let committed = committed();
    let differing: Vec<_> =
        generated.iter().zip(&committed).filter(|(new, old)| new != old).take(5).collect();
    assert!(differing.is_empty(), "run with BLESS=1 and read the difference; it begins with {differing:#?}");
    assert_eq!(generated.len(), committed.len());
}

#[test]
fn the_core_says_every_case_to_the_character() {
    let wrong: Vec<String> = committed()
        .iter()
        .filter_map(|case| {
            let (expected, said) = (case["expected"].as_str().unwrap(), say(case));
            (said != expected).then(|| format!("{case}\n   said {said:?}"))
        })
        .collect();
    let first = wrong.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} cases differ, the first of them:\n{first}", wrong.len());
}

#[test]
fn every_function_has_cases_in_every_language() {
    let cases = committed();
    assert!(cases.len() >= 500, "{} cases", cases.len());
    let found: BTreeSet<(&str, &str)> = cases
        .iter()
        .map(|case| (case["function"].as_str().unwrap(), case["lang"].as_str().unwrap()))
        .collect();
    let wanted: BTreeSet<(&str, &str)> =
        FUNCTIONS.iter().flat_map(|function| [(*function, "ru"), (*function, "en")]).collect();
    assert_eq!(found, wanted);
}

/// What the core says to a case.
fn say(case: &Value) -> String {
    let lang = Lang::parse(&input::<String>(case, "lang")).unwrap();
    let unit = case.get("unit").map_or_else(UnitWords::default, |_| input(case, "unit"));
    let wording = Wording::new(lang, unit);
    let bonus = || Bonus::from_hundredths(input(case, "hundredths"));
    let money = || Money::from_hundredths(input(case, "hundredths"));
    let phone = || Phone::parse(&input::<String>(case, "phone")).unwrap();
    match case["function"].as_str().unwrap() {
        "as_of" => wording.as_of(input::<DateTime>(case, "at"), input::<Date>(case, "today")),
        "bonus" => wording.bonus(bonus()),
        "bonus_number" => wording.bonus_number(bonus()),
        "burn_line" => wording.burn_line(bonus(), input(case, "days")),
        "date" => wording.date(input::<Date>(case, "date")),
        "date_short" => wording.date_short(input::<Date>(case, "date")),
        "date_time" => wording.date_time(input::<DateTime>(case, "at")),
        "day_heading" => wording.day_heading(input(case, "date"), input(case, "today")),
        "kind" => wording.kind(&TransactionKind::from_word(&input::<String>(case, "kind"))),
        "masked_phone" => wording.masked_phone(phone()),
        "money" => wording.money(money()),
        "percent" => wording.percent(Percent(input(case, "hundredths"))),
        "phone" => wording.phone(phone()),
        "plural" => plural_name(lang.plural(input(case, "whole"), input(case, "decimals"))).to_owned(),
        "quantity" => wording.quantity(Quantity(input(case, "thousandths"))),
        "relative_day" => wording.relative_day(input(case, "days")),
        "signed_bonus" => wording.signed_bonus(bonus()),
        "signed_money" => wording.signed_money(money()),
        "time" => wording.time(input::<Time>(case, "time")),
        "unit" => wording.unit(bonus()).to_owned(),
        other => panic!("no such function: {other}"),
    }
}

fn input<T: DeserializeOwned>(case: &Value, name: &str) -> T {
    serde_json::from_value(case[name].clone()).unwrap_or_else(|error| panic!("{name} of {case}: {error}"))
}

fn plural_name(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::One => "one",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}
