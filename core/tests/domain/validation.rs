//! The bounds of what callers give, by field and rule.

use loyalty_core::ErrorCode::{self, FieldEmpty, FieldInvalid, FieldTooLong, SumNotPositive};
use loyalty_core::domain::{
    AccountId, Bonus, CheckKey, DiscountId, ExternalCheck, GroupDraft, GroupId, GroupOperation,
    GroupTemplate, Identifier, IdentifierTypeDraft, IdentifierTypeId, InvalidInput, LadderDraft, LadderStep,
    Money, Phone, Profile, ProfileChange, Refill, Registration, TransactionKind, Withdrawal,
};
use uuid::Uuid;

fn refused(result: Result<(), InvalidInput>, field: &str, code: ErrorCode) {
    assert_eq!(result.unwrap_err(), InvalidInput::new(field.to_owned(), code));
}

fn newcomer(change: impl FnOnce(&mut Registration)) -> Result<(), InvalidInput> {
    let mut registration = Registration {
        phone: Phone::parse("89123451234").unwrap(),
        profile: Profile {
            first_name: Some("Жанна".to_owned()),
            email: Some("zhanna@example.org".to_owned()),
            ..Profile::default()
        },
        group_id: GroupId(3),
        identifiers: vec![],
    };
    change(&mut registration);
    registration.validate()
}

#[test]
fn a_newcomer_needs_a_name_of_bounded_length() {
    assert_eq!(newcomer(|_| {}), Ok(()));
    refused(newcomer(|it| it.profile.first_name = None), "first_name", FieldEmpty);
    refused(newcomer(|it| it.profile.first_name = Some(" \u{A0}".to_owned())), "first_name", FieldEmpty);
    assert_eq!(newcomer(|it| it.profile.first_name = Some("Ж".repeat(100))), Ok(()));
    refused(newcomer(|it| it.profile.first_name = Some("Ж".repeat(101))), "first_name", FieldTooLong);
    refused(newcomer(|it| it.profile.last_name = Some("x".repeat(1_000_000))), "last_name", FieldTooLong);
    refused(newcomer(|it| it.profile.middle_name = Some("a\nb".to_owned())), "middle_name", FieldInvalid);
}

#[test]
fn an_email_has_a_plausible_shape() {
    for good in ["a@b.ru", "a.b+c@d-e.f.com", "почта@пример.рф"] {
        assert_eq!(newcomer(|it| it.profile.email = Some(good.to_owned())), Ok(()), "{good}");
    }
    for bad in ["", "a", "@b.ru", "a@", "a@b", "a@b.", "a@.ru", "a@@b.ru", "a@b@c.ru", "a b@c.ru", "a@b.ru\n"]
    {
        refused(newcomer(|it| it.profile.email = Some(bad.to_owned())), "email", FieldInvalid);
    }
    let long = format!("a@{}.ru", "b".repeat(250));
    refused(newcomer(|it| it.profile.email = Some(long)), "email", FieldTooLong);
}

#[test]
fn an_identifier_names_its_place_when_it_is_wrong() {
    let card = |value: &str| Identifier { type_id: IdentifierTypeId(1), value: value.to_owned() };
    assert_eq!(newcomer(|it| it.identifiers = vec![card("1"), card(&"2".repeat(64))]), Ok(()));
    refused(newcomer(|it| it.identifiers = vec![card("1"), card("")]), "identifiers[1]", FieldEmpty);
    refused(newcomer(|it| it.identifiers = vec![card(&"2".repeat(65))]), "identifiers[0]", FieldTooLong);
}

#[test]
fn a_change_of_profile_cannot_empty_the_name() {
    assert_eq!(ProfileChange::default().validate(), Ok(()));
    let emptied = ProfileChange { last_name: Some(None), email: Some(None), ..ProfileChange::default() };
    assert_eq!(emptied.validate(), Ok(()));
    let nameless = ProfileChange { first_name: Some(String::new()), ..ProfileChange::default() };
    refused(nameless.validate(), "first_name", FieldEmpty);
    let mail = ProfileChange { email: Some(Some("a".to_owned())), ..ProfileChange::default() };
    refused(mail.validate(), "email", FieldInvalid);
}

#[test]
fn operations_move_more_than_nothing_and_say_why_in_few_words() {
    let (account_id, group_id, key) = (AccountId(1), GroupId(3), Uuid::nil());
    let all = |hundredths: i64, comment: Option<String>| {
        let sum = Bonus::from_hundredths(hundredths);
        [
            Refill { account_id, sum, comment: comment.clone(), key }.validate(),
            Withdrawal { account_id, sum, comment: comment.clone(), key }.validate(),
            GroupOperation { group_id, sum, comment, key }.validate(),
        ]
    };
    assert_eq!(all(1, Some("я".repeat(500))), [Ok(()), Ok(()), Ok(())]);
    for hundredths in [0, -1, i64::MIN] {
        all(hundredths, None).into_iter().for_each(|result| refused(result, "sum", SumNotPositive));
    }
    all(1, Some("я".repeat(501))).into_iter().for_each(|result| refused(result, "comment", FieldTooLong));
}

fn check(change: impl FnOnce(&mut ExternalCheck)) -> Result<(), InvalidInput> {
    let mut check = ExternalCheck {
        venue_code: 1,
        workplace: 2,
        external_check: "A-1".to_owned(),
        account_id: AccountId(1),
        bonus_spent: Bonus::ZERO,
        discount: Money::ZERO,
        bonus_accrued: Bonus::ZERO,
        money_spent: Money::from_hundredths(100),
        data: None,
        key: CheckKey(Uuid::nil()),
    };
    change(&mut check);
    check.validate()
}

#[test]
fn an_external_check_has_a_number_and_no_sum_below_zero() {
    assert_eq!(check(|_| {}), Ok(()));
    refused(check(|it| it.external_check.clear()), "external_check", FieldEmpty);
    refused(check(|it| it.external_check = "1".repeat(65)), "external_check", FieldTooLong);
    refused(check(|it| it.bonus_spent = Bonus::from_hundredths(-1)), "bonus_spent", FieldInvalid);
    refused(check(|it| it.discount = Money::from_hundredths(-1)), "discount", FieldInvalid);
    refused(check(|it| it.bonus_accrued = Bonus::from_hundredths(-1)), "bonus_accrued", FieldInvalid);
    refused(check(|it| it.money_spent = Money::from_hundredths(-1)), "money_spent", FieldInvalid);
    assert_eq!(check(|it| it.data = Some("я".repeat(10_000))), Ok(()));
    refused(check(|it| it.data = Some("я".repeat(10_001))), "data", FieldTooLong);
}

#[test]
fn drafts_have_names_and_ladders_ascend() {
    let group = |name: &str, welcome| GroupDraft {
        name: name.to_owned(),
        has_template: true,
        template: Some(GroupTemplate {
            welcome_bonus: Some(Bonus::from_hundredths(welcome)),
            ..GroupTemplate::default()
        }),
    };
    assert_eq!(group("Гости", 0).validate(), Ok(()));
    refused(group("", 0).validate(), "name", FieldEmpty);
    refused(group("Гости", -1).validate(), "welcome_bonus", FieldInvalid);
    let kind =
        |name: &str, mask: &str| IdentifierTypeDraft { name: name.to_owned(), mask: Some(mask.to_owned()) };
    assert_eq!(kind("Карта", "7#####").validate(), Ok(()));
    refused(kind(&"я".repeat(101), "").validate(), "name", FieldTooLong);
    refused(kind("Карта", &"#".repeat(65)).validate(), "mask", FieldTooLong);

    let ladder = |steps: &[i64]| {
        let step = |from: &i64| LadderStep {
            from_turnover: Money::from_hundredths(*from),
            discount_id: DiscountId(1),
        };
        LadderDraft { name: "Лестница".to_owned(), steps: steps.iter().map(step).collect() }.validate()
    };
    assert_eq!(ladder(&[0, 100, 200]), Ok(()));
    refused(ladder(&[]), "steps", FieldEmpty);
    refused(ladder(&[0, 100, 100]), "steps", FieldInvalid);
    refused(ladder(&[-1, 100]), "steps", FieldInvalid);
    refused(ladder(&(0..101).collect::<Vec<_>>()), "steps", FieldTooLong);
}

#[test]
fn every_word_of_a_transaction_comes_back() {
    for word in ["accrual", "spend", "burn", "refill", "withdraw", "welcome", "correction", "Начисление", ""]
    {
        assert_eq!(TransactionKind::from_word(word).word(), word);
    }
    assert_eq!(TransactionKind::from_word("burn"), TransactionKind::Burn);
    assert_eq!(TransactionKind::from_word("Burn"), TransactionKind::Other("Burn".to_owned()));
}
