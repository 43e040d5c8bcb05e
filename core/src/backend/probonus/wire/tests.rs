//! What is tolerated in a reply, and what is not.

mod balance;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::backend::probonus::ProBonusConfig;
use crate::domain::{
    Account, AccountGroup, Balance, Bonus, BurnSchedule, Discount, Dish, IssuedIdentifier, Level, Money,
    Quantity, Receipt, Report, ReportCell, Sex, Transaction, TransactionKind,
};

fn terms() -> Terms {
    ProBonusConfig::default().terms().unwrap()
}

fn ruble() -> Terms {
    Terms { unit: AmountUnit::Ruble, ..terms() }
}

fn with_overrides(toml: &str) -> Terms {
    ProBonusConfig::from_toml(toml).unwrap().terms().unwrap()
}

fn rows(terms: &Terms, json: &str) -> Result<Vec<Transaction>, BackendError> {
    list(terms, "accounts/transactions", json.as_bytes())
}

fn account(json: &str) -> Result<Account, BackendError> {
    one(&terms(), "accounts/get_by_id", json.as_bytes())
}

/// A row with one member replaced or added.
fn row_with(member: &str, value: &str) -> String {
    let mut row = json!({"id": 1, "date": "2026-06-15T12:00:00+03:00", "type": "accrual", "sum": 100});
    row[member] = json!("here");
    row.to_string().replace("\"here\"", value)
}

fn place(error: BackendError) -> String {
    match error {
        BackendError::Reply { code: ErrorCode::ContractMismatch, field, .. } => field,
        other => panic!("{other:?}"),
    }
}

#[test]
fn numbers_come_as_numbers_or_as_texts() {
    for (sum, hundredths) in [
        ("1250", 1250),
        ("\"1250\"", 1250),
        ("-5", -5),
        ("1250.0", 1250),
        ("1.25e3", 1250),
        ("\"1250.00\"", 1250),
        ("9223372036854775807", i64::MAX),
        ("-9223372036854775808", i64::MIN),
        ("9007199254740993.0", 9_007_199_254_740_993),
    ] {
        let read = rows(&terms(), &format!("[{}]", row_with("sum", sum))).unwrap();
        assert_eq!(read[0].sum, Bonus::from_hundredths(hundredths), "{sum}");
    }
    for (sum, hundredths) in
        [("123.45", 12345), ("\"123.45\"", 12345), ("123", 12300), ("0.1", 10), ("-0.01", -1)]
    {
        let read = rows(&ruble(), &format!("[{}]", row_with("sum", sum))).unwrap();
        assert_eq!(read[0].sum, Bonus::from_hundredths(hundredths), "{sum}");
    }
    let read = rows(&terms(), &format!("[{}]", row_with("id", "\"77\""))).unwrap();
    assert_eq!(read[0].id.0, 77);
}

#[test]
fn a_sum_that_is_not_a_whole_number_of_kopecks_is_refused_with_its_place() {
    for sum in
        ["10.5", "\"10.5\"", "1e-1", "9223372036854775808", "1e400", "\"ten\"", "\"\"", "[1]", "{}", "true"]
    {
        let list = format!("[{},{}]", row_with("sum", "1"), row_with("sum", sum));
        assert_eq!(place(rows(&terms(), &list).unwrap_err()), "[1].sum", "{sum}");
    }
    assert_eq!(place(rows(&ruble(), &format!("[{}]", row_with("sum", "1.005"))).unwrap_err()), "[0].sum");
}

#[test]
fn a_list_is_bare_or_wrapped() {
    let row = row_with("sum", "7");
    for list in [
        format!("[{row}]"),
        format!("{{\"data\":[{row}]}}"),
        format!("{{\"total\":1,\"items\":[{row}],\"more\":{{\"a\":[1.5]}}}}"),
        format!(" {{\"result\" : [ {row} ] }} "),
    ] {
        assert_eq!(rows(&terms(), &list).unwrap()[0].sum, Bonus::from_hundredths(7), "{list}");
    }
    assert_eq!(rows(&terms(), "null").unwrap(), []);
    assert_eq!(rows(&terms(), r#"{"data":null}"#).unwrap(), []);
    for list in ["{}", r#"{"rows":[]}"#, "7", r#"{"data":7}"#] {
        place(rows(&terms(), list).unwrap_err());
    }
    // Where several members could be the wrapping, it is the one with a list.
    for list in [
        format!("{{\"data\":null,\"items\":[{row}]}}"),
        format!("{{\"items\":[{row}],\"data\":null}}"),
        format!("{{\"data\":{{\"id\":1}},\"result\":[{row}]}}"),
        format!("{{\"result\":[{row}],\"data\":\"ok\"}}"),
        format!("{{\"result\":[],\"data\":[{row}]}}"),
        format!("{{\"data\":[{row}],\"result\":[]}}"),
        format!("{{\"data\":{{\"items\":[{row}]}}}}"),
    ] {
        for list in [list.clone(), list.replace("\"sum\":7", "\"sum\":7.0")] {
            assert_eq!(rows(&terms(), &list).map(|rows| rows.len()), Ok(1), "{list}");
        }
    }
    let wrapped = format!("{{\"items\":[{},{}]}}", row, row_with("sum", "\"x\""));
    assert_eq!(place(rows(&terms(), &wrapped).unwrap_err()), "items[1].sum");
    let wrapped = format!("{{\"items\":[{},{}]}}", row, row_with("sum", "[]"));
    assert_eq!(place(rows(&terms(), &wrapped).unwrap_err()), "items[1].sum");
}

#[test]
fn a_required_field_that_is_missing_is_named() {
    for field in ["id", "date", "type", "sum"] {
        assert_eq!(
            place(rows(&terms(), &format!("[{}]", row_with(field, "null"))).unwrap_err()),
            format!("[0].{field}")
        );
    }
    assert_eq!(place(account(r#"{"id":1,"accountGroupId":3}"#).unwrap_err()), "balance");
    let nested = r#"{"id":1,"accountGroupId":3,"balance":0,"level":{"id":1},"identifiers":[]}"#;
    assert_eq!(place(account(nested).unwrap_err()), "level.name");
    let nested =
        r#"{"id":1,"accountGroupId":3,"balance":0,"identifiers":[{"typeId":1,"value":"7"},{"value":"7"}]}"#;
    assert_eq!(place(account(nested).unwrap_err()), "identifiers[1].typeId");
    let wrong_type = r#"{"id":1,"accountGroupId":3,"balance":0,"coupons":[{"id":1,"name":5}]}"#;
    assert_eq!(place(account(wrong_type).unwrap_err()), "coupons[0].name");
}

#[test]
fn what_is_not_json_is_malformed_and_not_a_mismatch() {
    for body in ["", "{", "[1,", "<html>", "nope", "[{\"id\":1", "[]]", "{\"id\":1,\"sum\":01}"] {
        let error = rows(&terms(), body).unwrap_err();
        let BackendError::Reply { code, field, .. } = &error else { panic!("{error:?}") };
        assert_eq!((*code, field.as_str()), (ErrorCode::ReplyMalformed, ""), "{body}");
    }
    let error = list::<Transaction>(&terms(), "m", b"[{\"id\":\"\xff\"}]").unwrap_err();
    assert!(matches!(error, BackendError::Reply { code: ErrorCode::ReplyMalformed, .. }));
    let deep = "[".repeat(100_000);
    assert!(rows(&terms(), &deep).is_err());
    let deep = format!("[{{\"unknown\":{}1.5{}}}]", "[".repeat(100_000), "]".repeat(100_000));
    assert!(rows(&terms(), &deep).is_err());
}

#[test]
fn dates_are_read_in_every_form_seen_in_the_field() {
    for date in [
        "2026-06-15T12:00:00+03:00",
        "2026-06-15T09:00:00Z",
        "2026-06-15 12:00:00+03",
        "15.06.2026 12:00:00",
        "2026-06-15 12:00:00.000",
        "2026-06-15T12:00:00",
    ] {
        let read = rows(&terms(), &format!("[{}]", row_with("date", &format!("\"{date}\"")))).unwrap();
        assert_eq!(read[0].at.to_string(), "2026-06-15T09:00:00Z", "{date}");
    }
    for date in ["\"0000-00-00\"", "\"2026-02-30T00:00:00Z\"", "\"yesterday\"", "1781514000"] {
        assert_eq!(
            place(rows(&terms(), &format!("[{}]", row_with("date", date))).unwrap_err()),
            "[0].date",
            "{date}"
        );
    }
}

#[test]
fn a_row_of_a_history_keeps_all_it_says() {
    let key = "AAAAAAAAAAAAAAAAAAAAAQ";
    let row = format!(
        r#"{{"id":7,"date":"2026-06-15T09:30:00+03:00","type":"sponsor","sum":1250,"balanceAfter":"90000","checkId":31,
        "checkGuid":"018F2B6E-0000-7000-8000-00000000002A","externalCheck":"A-1","restCode":"2","restName":"На углу",
        "moneySpent":41700,"comment":"за отзыв #{key}","unknown":{{"deep":[1.5]}}}}"#
    );
    let row = rows(&terms(), &format!("[{row}]")).unwrap().remove(0);
    assert_eq!(row.kind, TransactionKind::Other("sponsor".into()));
    assert_eq!(row.balance_after, Some(Bonus::from_hundredths(90_000)));
    assert_eq!(row.receipt.unwrap().0, "31");
    assert_eq!(row.check_guid.unwrap().as_u128() & 0xff, 42);
    assert_eq!(
        (row.external_check.as_deref(), row.venue_code, row.venue.as_deref()),
        (Some("A-1"), Some(2), Some("На углу"))
    );
    assert_eq!(row.money_spent, Some(Money::from_hundredths(41_700)));
    assert_eq!((row.comment.as_deref(), row.key.map(|key| key.as_u128())), (Some("за отзыв"), Some(1)));
}

#[test]
fn an_account_is_read_with_its_level_cards_and_coupons() {
    let account = account(
        r#"{"id":1,"accountGroupId":3,"phone":79161234567,"firstName":"Анна","lastName":"","middleName":null,
        "birthday":"1990-02-28","sex":"female","balance":-50,"blocked":true,"level":{"id":2,"name":"Серебро",
        "accrualPercent":7.5,"discountPercent":"3","turnover":100000,"nextLevelName":"Золото","nextLevelFrom":5000000},
        "identifiers":[{"typeId":"1","value":900}],"coupons":[{"id":4,"name":"Десерт","expiresAt":"2026-07-01"}]}"#,
    );
    let account = account.unwrap();
    assert_eq!(account.phone.unwrap().e164(), "+79161234567");
    assert_eq!((account.profile.first_name.as_deref(), account.profile.last_name), (Some("Анна"), None));
    assert_eq!((account.profile.sex, account.blocked), (Some(Sex::Female), true));
    assert_eq!(account.balance, Bonus::from_hundredths(-50));
    let Level { accrual, discount, next, .. } = account.level.unwrap();
    assert_eq!((accrual.unwrap().0, discount.unwrap().0), (750, 300));
    assert_eq!(next.unwrap().from, Money::from_hundredths(5_000_000));
    assert_eq!(account.identifiers[0].value, "900");
    assert_eq!(account.coupons[0].expires_at.unwrap().to_string(), "2026-06-30T21:00:00Z");
}

#[test]
fn a_phone_that_we_cannot_read_does_not_hide_the_account() {
    let account = account(r#"{"id":1,"accountGroupId":3,"phone":"+380441234567","balance":0}"#).unwrap();
    assert_eq!(account.phone, None);
}

#[test]
fn a_guest_is_found_once_several_times_or_not_at_all() {
    let guest = r#"{"id":1,"accountGroupId":3,"balance":0}"#;
    let count = |json: &str| {
        found::<Account>(&terms(), "accounts/find_by_phone", json.as_bytes()).map(|found| found.len())
    };
    for (json, guests) in [
        (guest.to_owned(), 1),
        (format!("[{guest},{guest}]"), 2),
        (format!("{{\"data\":{guest}}}"), 1),
        (format!("{{\"result\":[{guest}]}}"), 1),
        ("null".into(), 0),
        ("{}".into(), 0),
        ("[]".into(), 0),
        (r#"{"items":null}"#.into(), 0),
        (format!("{{\"data\":null,\"items\":[{guest}]}}"), 1),
        (format!("{{\"data\":{{\"items\":[{guest}]}}}}"), 1),
    ] {
        assert_eq!(count(&json), Ok(guests), "{json}");
    }
    assert!(count(r#"{"accountGroupId":3}"#).is_err());
    assert!(count("").is_err());
}

#[test]
fn a_receipt_goes_down_to_its_dishes() {
    let receipt = one::<Receipt>(
        &terms(),
        "checks/get_by_id",
        r#"{"id":31,"number":1024,"date":"2026-06-15T12:00:00+03:00","dishes":[{"name":"Сыр","quantity":0.35,
        "price":100000,"sum":35000}],"total":35000,"discount":0,"bonusSpent":0,"bonusAccrued":"1050","paid":35000}"#
            .as_bytes(),
    );
    let receipt = receipt.unwrap();
    assert_eq!((receipt.reference.0.as_str(), receipt.number.as_deref()), ("31", Some("1024")));
    let Dish { quantity, sum, .. } = &receipt.dishes[0];
    assert_eq!((*quantity, *sum), (Quantity(350), Money::from_hundredths(35_000)));
}

#[test]
fn a_report_loses_no_digit_and_keeps_its_shape() {
    let read = |json: &str| one::<Report>(&terms(), "reports/get", json.as_bytes());
    let report =
        read(r#"{"columns":["a","b","c","d","e"],"rows":[["x",1.10,true,null,12345678901234567890123]]}"#);
    let number = |digits: &str| ReportCell::Number(digits.into());
    assert_eq!(
        report.unwrap().rows[0],
        [
            ReportCell::Text("x".into()),
            number("1.10"),
            ReportCell::Flag(true),
            ReportCell::Empty,
            number("12345678901234567890123")
        ]
    );
    assert_eq!(place(read(r#"{"columns":["a"],"rows":[["x"],[]]}"#).unwrap_err()), "rows[1]");
    assert_eq!(place(read(r#"{"columns":["a"],"rows":[[{}]]}"#).unwrap_err()), "rows[0][0]");
}

#[test]
fn directories_are_read() {
    let group = r#"[{"id":3,"name":"Сами","haveTemplate":true,"template":{"welcomeBonus":30000,"bonusLifetimeDays":180}}]"#;
    let group = list::<AccountGroup>(&terms(), "m", group.as_bytes()).unwrap().remove(0);
    assert_eq!(group.template.unwrap().bonus_lifetime_days, Some(180));
    let discounts = r#"[{"id":1,"name":"3 %","percent":2.5,"steps":[]},{"id":10,"name":"Лестница","composite":true,
        "steps":[{"fromTurnover":0,"discountId":1}]}]"#;
    let discounts = list::<Discount>(&terms(), "m", discounts.as_bytes()).unwrap();
    assert_eq!((discounts[0].percent.unwrap().0, discounts[0].ladder.is_none()), (250, true));
    assert_eq!(discounts[1].ladder.as_ref().unwrap()[0].discount_id.0, 1);
    let code =
        one::<IssuedIdentifier>(&terms(), "m", br#"{"value":123456,"expiresAt":"2026-06-15T09:10:00Z"}"#);
    assert_eq!(code.unwrap().value, "123456");
}

#[test]
fn an_instance_in_other_words_is_renamed_first() {
    let terms = with_overrides(
        r#"
        [probonus.wire.fields.account]
        id = "guestId"
        accountGroupId = "groupId"
        balance = "state.current"
        level = "discount.level"
        firstName = "lastName"
        lastName = "firstName"
        [probonus.wire.fields.level]
        name = "title"
        [probonus.wire.values.account.sex]
        "Ж" = "female"
        [probonus.wire.fields.transaction]
        type = "kind"
        [probonus.wire.values.transaction.type]
        "Начисление" = "accrual"
        "#,
    );
    let guest = r#"{"guestId":1,"groupId":"3","state":{"current":10.0},"discount":{"level":{"title":"Бронза"}},
        "sex":"Ж","firstName":"Ким","lastName":"Анна","data":[]}"#;
    let guest = found::<Account>(&terms, "m", guest.as_bytes()).unwrap().remove(0);
    assert_eq!((guest.id.0, guest.balance), (1, Bonus::from_hundredths(10)));
    assert_eq!((guest.level.unwrap().name, guest.profile.sex), ("Бронза".into(), Some(Sex::Female)));
    assert_eq!(
        (guest.profile.first_name.as_deref(), guest.profile.last_name.as_deref()),
        (Some("Анна"), Some("Ким"))
    );
    let row = row_with("kind", "\"Начисление\"");
    assert_eq!(rows(&terms, &format!("[{row}]")).unwrap()[0].kind, TransactionKind::Accrual);
    let wrong = row_with("kind", "\"Начисление\"").replace("100", "1.5");
    assert_eq!(place(rows(&terms, &format!("{{\"data\":[{wrong}]}}")).unwrap_err()), "data[0].sum");
}

#[test]
fn texts_may_begin_with_any_character() {
    let guest = |name: &str, balance: &str| {
        format!(r#"{{"id":1,"accountGroupId":3,"balance":{balance},"firstName":{name},"lastName":"Ким"}}"#)
    };
    for (written, name) in [
        ("\"\u{E000}Ivan\"", "\u{E000}Ivan"),
        (r#""\ue000Ivan""#, "\u{E000}Ivan"),
        (r#""\uE000\uE000""#, "\u{E000}\u{E000}"),
        ("\"\u{E000}1.5\"", "\u{E000}1.5"),
    ] {
        // As it is mostly read, and as it is read when a number needs its digits kept.
        for balance in ["10", "10.0"] {
            let list = format!("[{},{}]", guest(written, balance), guest("\"Анна\"", "1"));
            let read = super::list::<Account>(&terms(), "accounts/list", list.as_bytes()).unwrap();
            assert_eq!(read[0].profile.first_name.as_deref(), Some(name), "{written} {balance}");
            let read = found::<Account>(&terms(), "accounts/find_by_phone", list.as_bytes()).unwrap();
            assert_eq!(read[0].profile.first_name.as_deref(), Some(name), "{written} {balance}");
        }
    }
    let report = "{\"columns\":[\"\u{E000}1\",\"b\"],\"rows\":[[\"\u{E000}1.5\",2.50]]}";
    let report = one::<Report>(&terms(), "reports/get", report.as_bytes()).unwrap();
    assert_eq!(report.columns[0], "\u{E000}1");
    assert_eq!(report.rows[0], [ReportCell::Text("\u{E000}1.5".into()), ReportCell::Number("2.50".into())]);
}

#[test]
fn words_and_flags_may_be_numbers() {
    let row = rows(&terms(), &format!("[{}]", row_with("type", "1"))).unwrap().remove(0);
    assert_eq!(row.kind, TransactionKind::Other("1".into()));
    let words = with_overrides(
        "[probonus.wire.values.transaction.type]\n\"1\" = \"accrual\"\n\"1.5\" = \"burn\"\n\
         [probonus.wire.values.account.sex]\n\"2\" = \"female\"\n\"true\" = \"male\"",
    );
    for (word, kind) in [
        ("1", TransactionKind::Accrual),
        ("\"1\"", TransactionKind::Accrual),
        ("1.5", TransactionKind::Burn),
        ("2", TransactionKind::Other("2".into())),
    ] {
        let row = rows(&words, &format!("[{}]", row_with("type", word))).unwrap().remove(0);
        assert_eq!(row.kind, kind, "{word}");
    }
    let guest = |member: &str| format!(r#"{{"id":1,"accountGroupId":3,"balance":0,{member}}}"#);
    for (sex, known) in [
        ("1", None),
        ("2", Some(Sex::Female)),
        ("true", Some(Sex::Male)),
        ("\"\"", None),
        ("1.5", None),
        ("null", None),
        ("[\"female\"]", None),
        ("{\"code\":2}", None),
    ] {
        let guest = guest(&format!("\"sex\":{sex}"));
        let read = one::<Account>(&words, "m", guest.as_bytes()).unwrap();
        assert_eq!(read.profile.sex, known, "{sex}");
        assert!(account(&guest).is_ok(), "{sex}");
    }
    for (flag, blocked) in [
        ("0", false),
        ("1", true),
        ("\"0\"", false),
        ("\"1\"", true),
        ("\"true\"", true),
        ("\"false\"", false),
    ] {
        let read = account(&guest(&format!("\"blocked\":{flag}"))).unwrap();
        assert_eq!(read.blocked, blocked, "{flag}");
    }
    for flag in ["2", "\"yes\"", "1.0", "[]"] {
        let error = account(&guest(&format!("\"blocked\":{flag}"))).unwrap_err();
        assert_eq!(place(error), "blocked", "{flag}");
    }
    let group = list::<AccountGroup>(&terms(), "m", br#"[{"id":3,"name":"a","haveTemplate":1}]"#).unwrap();
    assert!(group[0].has_template);
}

#[test]
fn an_empty_text_is_no_date_and_no_receipt() {
    let guest = account(
        r#"{"id":1,"accountGroupId":3,"balance":0,"birthday":"","coupons":[{"id":4,"name":"x","expiresAt":""}]}"#,
    );
    let guest = guest.unwrap();
    assert_eq!((guest.profile.birthday, guest.coupons[0].expires_at), (None, None));
    let balance = br#"{"accountId":1,"balance":0,"items":[],"pending":[{"sum":1,"activeFrom":""}]}"#;
    assert_eq!(one::<Balance>(&terms(), "m", balance).unwrap().pending[0].active_from, None);
    let code = one::<IssuedIdentifier>(&terms(), "m", br#"{"value":"1","expiresAt":" "}"#).unwrap();
    assert_eq!(code.expires_at, None);
    let row = rows(&terms(), &format!("[{}]", row_with("checkId", "\"\""))).unwrap().remove(0);
    assert_eq!(row.receipt, None);
    // A row that happened at no time is none.
    assert_eq!(place(rows(&terms(), &format!("[{}]", row_with("date", "\"\""))).unwrap_err()), "[0].date");
}

#[test]
fn errors_carry_names_and_never_values() {
    let secret = "+79161234567";
    for json in [
        format!(r#"[{{"id":"{secret}","date":"{secret}","type":5,"sum":"{secret}"}}]"#),
        format!(r#"{{"{secret}":"{secret}"}}"#),
        format!(r#""{secret}"#),
        format!(r#"[{{"id":1,"date":["{secret}"],"{secret}":{{"{secret}":1.5}}}}]"#),
    ] {
        let error = rows(&terms(), &json).unwrap_err();
        assert!(!format!("{error:?} {error}").contains(secret), "{error:?}");
        let error = one::<Account>(
            &with_overrides("[probonus.wire.fields.account]\nid = \"x\""),
            "m",
            json.as_bytes(),
        );
        assert!(!format!("{error:?}").contains(secret), "{error:?}");
    }
}

proptest! {
    #[test]
    fn any_body_is_survived(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = list::<Transaction>(&terms(), "m", &body);
        let _ = found::<Account>(&terms(), "m", &body);
    }

    #[test]
    fn any_sum_in_rubles_is_read_to_the_kopeck(kopecks in any::<i64>(), quoted in any::<bool>()) {
        let digits = Bonus::from_hundredths(kopecks).to_wire(AmountUnit::Ruble);
        let sum = if quoted { format!("\"{digits}\"") } else { digits };
        let read = rows(&ruble(), &format!("[{}]", row_with("sum", &sum))).unwrap();
        prop_assert_eq!(read[0].sum, Bonus::from_hundredths(kopecks));
    }
}
