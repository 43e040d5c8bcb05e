//! Balances taken apart.

use super::*;

#[test]
fn a_balance_is_taken_apart_or_shown_as_a_total() {
    let read = |json: &str| one::<Balance>(&terms(), "accounts/get_balance_extended", json.as_bytes());
    let whole = read(
        r#"{"accountId":1,"balance":150,"items":[{"sum":100,"burnDate":"2026-07-01"}],"nonBurning":50,
        "pending":[{"sum":7,"activeFrom":"2026-06-16T00:00:00+03:00"}]}"#,
    );
    let whole = whole.unwrap();
    assert!(
        matches!(&whole.schedule, BurnSchedule::Parts { burns, .. } if burns[0].on.to_string() == "2026-07-01")
    );
    assert_eq!(whole.pending[0].amount, Bonus::from_hundredths(7));
    let odd =
        r#"{"accountId":1,"balance":150,"items":[{"sum":100,"burnDate":"2026-07-01"}],"nonBurning":49}"#;
    assert!(matches!(read(odd).unwrap().schedule, BurnSchedule::TotalOnly { .. }));
    assert_eq!(place(read(r#"{"accountId":1,"balance":150}"#).unwrap_err()), "items");
    for item in [r#""burnDate":"2026-13-01""#, r#""burnDay":"2026-07-01""#] {
        let json = format!(r#"{{"accountId":1,"balance":1,"items":[{{"sum":1,{item}}}]}}"#);
        assert_eq!(place(read(&json).unwrap_err()), "items[0].burnDate", "{item}");
    }
}

#[test]
fn a_portion_without_a_day_never_burns_and_hides_nothing_of_the_others() {
    let read = |date: &str, sum: i64, rest: &str| {
        let json = format!(
            r#"{{"accountId":1,"balance":150,"items":[{{"sum":100,"burnDate":"2026-07-01"}},
            {{"sum":{sum},"burnDate":{date}}}]{rest}}}"#
        );
        one::<Balance>(&terms(), "accounts/get_balance_extended", json.as_bytes()).unwrap()
    };
    for date in ["null", "\"0000-00-00\"", "\"\""] {
        for (sum, rest) in [(50, ""), (20, ""), (30, r#","nonBurning":20"#), (50, r#","nonBurning":0"#)] {
            let balance = read(date, sum, rest);
            let BurnSchedule::Parts { burns, non_burning } = balance.schedule else {
                panic!("{date} {sum} {rest}");
            };
            assert_eq!((burns.len(), non_burning.hundredths()), (1, 50), "{date} {sum} {rest}");
        }
        // What is listed and cannot be part of the total is told by showing nothing but the total.
        for (sum, rest) in [(51, ""), (50, r#","nonBurning":50"#), (-1, ""), (20, r#","nonBurning":20"#)] {
            let balance = read(date, sum, rest);
            assert_eq!(balance.total.hundredths(), 150);
            assert!(!balance.schedule.is_consistent(), "{date} {sum} {rest}");
        }
    }
}
