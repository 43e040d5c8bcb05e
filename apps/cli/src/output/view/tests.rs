//! What people see, to the character, with the colours taken off.

use jiff::Timestamp;
use jiff::civil::date;
use loyalty_core::domain::{
    Account, AccountId, Balance, Burn, BurnSchedule, Coupon, Dish, GroupId, Inconsistency, Level, Money,
    NextLevel, Pending, Percent, Phone, Profile, Quantity, Receipt, ReceiptRef, Transaction, TransactionId,
    TransactionKind,
};
use loyalty_core::guest::{Freshness, Snapshot};

use super::*;
use crate::provenance::{Because, Provenance, Source};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn bonus(hundredths: i64) -> Bonus {
    Bonus::from_hundredths(hundredths)
}

fn money(kopecks: i64) -> Money {
    Money::from_hundredths(kopecks)
}

fn view(lang: Lang) -> View {
    let calendar = BusinessCalendar::from_names("Europe/Moscow", "05:00").unwrap();
    View::new(lang, calendar, at("2026-11-23T16:05:00Z"))
}

/// No-break spaces become visible, so that the expected text can be read and still is exact.
fn bare(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string().replace('\u{a0}', "_")
}

fn account() -> Account {
    Account {
        id: AccountId(7),
        group_id: GroupId(3),
        phone: Some(Phone::parse("+79161234567").unwrap()),
        profile: Profile { first_name: Some("Анна".into()), ..Profile::default() },
        balance: bonus(123_450),
        blocked: false,
        level: Some(Level {
            id: Some(1),
            name: "Серебро".into(),
            discount: None,
            accrual: Some(Percent(500)),
            turnover: Some(money(2_660_000)),
            next: Some(NextLevel { name: "Золото".into(), from: money(5_000_000) }),
        }),
        identifiers: Vec::new(),
        coupons: vec![Coupon {
            id: 1,
            name: "Десерт".into(),
            code: Some("SWEET".into()),
            expires_at: Some(at("2026-12-31T20:59:59Z")),
        }],
    }
}

fn snapshot(schedule: BurnSchedule) -> Snapshot {
    Snapshot {
        account: account(),
        phone_masked: account().phone.as_ref().map(Phone::masked),
        balance: Balance {
            account_id: AccountId(7),
            total: bonus(123_450),
            schedule,
            pending: vec![Pending { amount: bonus(5_000), active_from: Some(at("2026-11-24T09:00:00Z")) }],
        },
        newest: Vec::new(),
        as_of: at("2026-11-23T16:05:00Z"),
    }
}

fn live() -> Provenance {
    Provenance::live(at("2026-11-23T16:05:00Z"))
}

fn parts() -> BurnSchedule {
    let burns = vec![
        Burn { on: date(2026, 11, 26), amount: bonus(30_000) },
        Burn { on: date(2027, 3, 24), amount: bonus(12_000) },
    ];
    BurnSchedule::Parts { burns, non_burning: bonus(81_450) }
}

#[test]
fn a_balance_reads_well_in_russian() {
    let expected = "
  Анна +7 ••• •••-45-67

  1_234,50_бонуса   по состоянию на 23_ноября, 19:05
  300_бонусов сгорят через 3_дня

  Серебро  начисляем 5_%
  ━━━━━━━━━━━━━━━━━━━━━───────────────────  53_%  ещё 23_400_₽ до уровня «Золото»

  Когда сгорают
    26_ноября      через 3_дня        300  █████████████▎
    24_марта 2027  через 121_день     120  █████▎
    не сгорают                     814,50  ████████████████████████████████████

  Скоро станут доступны
    24_ноября 2026, 12:00  50_бонусов

  Купоны
    Десерт  SWEET  до 31_декабря

";
    assert_eq!(bare(&view(Lang::Ru).balance(&snapshot(parts()), &live())), expected);
}

#[test]
fn a_balance_whose_parts_do_not_add_up_shows_its_total_alone() {
    for because in [Inconsistency::PartsDoNotSum, Inconsistency::ImpossiblePart, Inconsistency::TotalsDiffer]
    {
        let text = bare(&view(Lang::En).balance(&snapshot(BurnSchedule::TotalOnly { because }), &live()));
        assert!(text.contains("1,234.50_bonuses"), "{text}");
        assert!(text.contains(Words::of(Lang::En).total_only(because)), "{text}");
        assert!(!text.contains('█') && !text.contains("expire in"), "{text}");
    }
}

#[test]
fn a_long_schedule_ends_in_one_line() {
    let burns: Vec<_> = (1..=20).map(|day| Burn { on: date(2027, 1, day), amount: bonus(100) }).collect();
    let schedule = BurnSchedule::Parts { burns, non_burning: Bonus::ZERO };
    let text = bare(&view(Lang::En).balance(&snapshot(schedule), &live()));
    assert!(text.contains("    later             until January_20, 2027  8\n"), "{text}");
    assert!(!text.contains("never"), "{text}");
    assert_eq!(text.matches("January").count(), 12 + 1);
}

fn row(id: i64, when: &str, kind: TransactionKind, sum: i64) -> Transaction {
    Transaction {
        id: TransactionId(id),
        at: at(when),
        kind,
        sum: bonus(sum),
        balance_after: None,
        receipt: None,
        check_guid: None,
        external_check: None,
        venue_code: None,
        venue: None,
        money_spent: None,
        comment: None,
        key: None,
    }
}

#[test]
fn history_stands_under_its_business_days_in_shared_columns() {
    let mut lunch = row(3, "2026-11-23T09:30:00Z", TransactionKind::Accrual, 12_400);
    lunch.venue = Some("Пушкинская".into());
    lunch.receipt = Some(ReceiptRef("1042".into()));
    lunch.balance_after = Some(bonus(123_450));
    // At two in the morning the business day of the evening before goes on.
    let night = row(2, "2026-11-22T23:00:00Z", TransactionKind::Spend, -50_000);
    let old = row(1, "2025-02-01T10:00:00Z", TransactionKind::Other("Обмен".into()), 100);
    let expected = "
  Сегодня
    12:30  Начисление за покупку  +124  Пушкинская  остаток 1_234,50  чек 1042

  Вчера
    02:00  Оплата покупки         −500

  1_февраля 2025
    13:00  Другая операция          +1

  по состоянию на 23_ноября, 19:05

";
    assert_eq!(bare(&view(Lang::Ru).history(&[lunch, night, old], &live(), false)), expected);
    assert_eq!(
        bare(&view(Lang::En).history(&[], &live(), false)),
        "\n  No operations\n\n  as of November_23, 7:05_PM\n\n"
    );
}

#[test]
fn what_comes_from_a_cache_says_so_and_what_is_missing() {
    let kept = |because| Provenance {
        as_of: at("2026-11-22T06:05:00Z"),
        source: Source::Cache { freshness: Freshness::Stale, because },
    };
    let text = bare(&view(Lang::Ru).balance(&snapshot(parts()), &kept(Because::Offline)));
    assert!(text.contains("   по состоянию на 22_ноября, 09:05, из кэша, без связи\n"), "{text}");
    let text = bare(&view(Lang::En).history(&[], &kept(Because::NoAnswer), true));
    let expected = "\n  This part of the history is not kept here\n\n  as of November_22, 9:05_AM, from the cache: \
                    the server could not be read\n\n";
    assert_eq!(text, expected);
}

#[test]
fn a_receipt_looks_like_one_and_keeps_its_edges() {
    let receipt = Receipt {
        reference: ReceiptRef("1042".into()),
        number: Some("77-1".into()),
        at: at("2026-11-14T16:05:00Z"),
        venue_code: Some(1),
        venue: Some("Пушкинская".into()),
        dishes: vec![
            Dish {
                name: "Борщ".into(), quantity: Quantity(2000), price: money(35_000), sum: money(70_000)
            },
            Dish {
                name: "Судак на гриле с очень длинным названием и соусом".into(),
                quantity: Quantity(1000),
                price: money(90_050),
                sum: money(90_050),
            },
        ],
        total: money(160_050),
        discount: money(5_000),
        bonus_spent: bonus(10_000),
        bonus_accrued: bonus(7_253),
        paid: money(145_050),
    };
    let expected = "
  ┌──────────────────────────────────────────────┐
  │                  Пушкинская                  │
  │                  чек № 77-1                  │
  │            14_ноября 2026, 19:05             │
  ├──────────────────────────────────────────────┤
  │ Борщ                                         │
  │   2 × 350_₽                            700_₽ │
  │ Судак на гриле с очень длинным наз… 900,50_₽ │
  ├──────────────────────────────────────────────┤
  │ Сумма                             1_600,50_₽ │
  │ Скидка                                 −50_₽ │
  │ Оплачено бонусами                       −100 │
  │ Оплачено                          1_450,50_₽ │
  ├──────────────────────────────────────────────┤
  │ Начислено                      +72,53_бонуса │
  └──────────────────────────────────────────────┘

";
    assert_eq!(bare(&view(Lang::Ru).receipt(&receipt)), expected);
    for line in bare(&view(Lang::En).receipt(&receipt)).lines().filter(|line| !line.is_empty()) {
        assert_eq!(line.width(), 50, "{line}");
    }
}

#[test]
fn an_account_shows_what_it_has_and_no_empty_labels() {
    let text = bare(&view(Lang::En).account(&account()));
    assert!(
        text.contains("Phone    +7_916_123-45-67") || text.contains("Phone    +7 916 123-45-67"),
        "{text}"
    );
    assert!(text.contains("Coupons  Десерт"), "{text}");
    assert!(!text.contains("E-mail") && !text.contains("Birthday") && !text.contains("blocked"), "{text}");
    let blocked = Account { blocked: true, ..account() };
    assert!(bare(&view(Lang::En).account(&blocked)).contains("The account is blocked"));
}

#[test]
fn what_a_server_wrote_cannot_steer_the_terminal() {
    let mut account = account();
    account.profile.first_name = Some("\u{1b}]0;owned\u{7}".into());
    let mut row = row(1, "2026-11-23T09:30:00Z", TransactionKind::Accrual, 1);
    row.comment = Some("\u{1b}[2J".into());
    let shown = view(Lang::Ru).account(&account) + &view(Lang::Ru).history(&[row], &live(), false);
    assert!(!shown.contains("\u{1b}]") && !shown.contains("\u{1b}[2J") && !shown.contains('\u{7}'));
}

#[test]
fn a_long_text_ends_in_an_ellipsis_within_its_width() {
    assert_eq!(shorten("Пушкинская", 10), "Пушкинская");
    assert_eq!(shorten("Пушкинская улица", 12), "Пушкинская…");
    assert_eq!(shorten("日本酒と魚", 6), "日本…");
    for width in 1..12 {
        assert!(shorten("日本酒と魚 Пушкинская", width).width() <= width);
    }
}
