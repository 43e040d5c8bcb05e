//! From text on the command line to values of the domain. A refusal names the argument, never the text.

use jiff::civil::Date;
use loyalty_core::domain::{
    AmountUnit, Bonus, BusinessCalendar, DiscountId, Identifier, IdentifierTypeId, LadderStep, Money, Period,
    Phone, Profile, ProfileChange,
};
use loyalty_core::{ErrorCode, LoyaltyError};

use crate::args::{ProfileArgs, ProfileChangeArgs};

pub(crate) type Read<T> = Result<T, LoyaltyError>;

/// A phone in any usual form.
pub(crate) fn phone(text: &str) -> Read<Phone> {
    Phone::parse(text).map_err(|error| LoyaltyError::invalid("phone", error.code))
}

/// Bonuses in whole kopecks.
pub(crate) fn bonus(field: &str, text: &str) -> Read<Bonus> {
    Bonus::parse(text, AmountUnit::Kopeck).map_err(|error| LoyaltyError::invalid(field, error.code))
}

/// Money in whole kopecks.
pub(crate) fn money(field: &str, text: &str) -> Read<Money> {
    Money::parse(text, AmountUnit::Kopeck).map_err(|error| LoyaltyError::invalid(field, error.code))
}

/// A day as `YYYY-MM-DD`, and nothing else.
pub(crate) fn date(field: &str, text: &str) -> Read<Date> {
    Date::strptime("%Y-%m-%d", text)
        .ok()
        .filter(|date| date.to_string() == text)
        .ok_or_else(|| LoyaltyError::invalid(field, ErrorCode::DateInvalid))
}

/// The business days `from` to `to`, both included, as instants.
pub(crate) fn period(calendar: &BusinessCalendar, from: Date, to: Date) -> Read<Period> {
    calendar.period(from, to).map_err(LoyaltyError::from)
}

/// A number of days, `14d` or `14`.
pub(crate) fn days(field: &str, text: &str) -> Read<u32> {
    let digits = text.strip_suffix('d').unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let days = digits.parse().ok().filter(|_| is_number);
    days.ok_or_else(|| LoyaltyError::invalid(field, ErrorCode::FieldInvalid))
}

/// The form of a newcomer.
pub(crate) fn profile(first_name: &str, rest: &ProfileArgs) -> Read<Profile> {
    Ok(Profile {
        first_name: Some(first_name.to_owned()),
        last_name: rest.last_name.clone(),
        middle_name: rest.middle_name.clone(),
        birthday: rest.birthday.as_deref().map(|text| date("birthday", text)).transpose()?,
        sex: rest.sex.map(Into::into),
        email: rest.email.clone(),
    })
}

/// A change of a form: what is given is set, what is cleared is emptied, the rest stays.
pub(crate) fn profile_change(args: &ProfileChangeArgs) -> Read<ProfileChange> {
    fn field<T>(set: Option<T>, clear: bool) -> Option<Option<T>> {
        if clear { Some(None) } else { set.map(Some) }
    }
    let set = &args.set;
    let birthday = set.birthday.as_deref().map(|text| date("birthday", text)).transpose()?;
    Ok(ProfileChange {
        first_name: args.first_name.clone(),
        last_name: field(set.last_name.clone(), args.clear_last_name),
        middle_name: field(set.middle_name.clone(), args.clear_middle_name),
        birthday: field(birthday, args.clear_birthday),
        sex: field(set.sex.map(Into::into), args.clear_sex),
        email: field(set.email.clone(), args.clear_email),
    })
}

/// `TYPE_ID:VALUE`
pub(crate) fn identifier(text: &str) -> Read<Identifier> {
    let (type_id, value) = pair("identifier", text)?;
    let type_id = IdentifierTypeId(number("identifier", type_id)?);
    Ok(Identifier { type_id, value: value.to_owned() })
}

/// `KOPECKS:DISCOUNT_ID`
pub(crate) fn ladder_step(text: &str) -> Read<LadderStep> {
    let (from, discount) = pair("step", text)?;
    Ok(LadderStep { from_turnover: money("step", from)?, discount_id: DiscountId(number("step", discount)?) })
}

fn pair<'a>(field: &str, text: &'a str) -> Read<(&'a str, &'a str)> {
    text.split_once(':')
        .filter(|(left, right)| !left.is_empty() && !right.is_empty())
        .ok_or_else(|| LoyaltyError::invalid(field, ErrorCode::FieldInvalid))
}

fn number(field: &str, text: &str) -> Read<i64> {
    text.parse().map_err(|_| LoyaltyError::invalid(field, ErrorCode::FieldInvalid))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal<T: std::fmt::Debug>(read: Read<T>) -> (String, ErrorCode) {
        let error = read.unwrap_err();
        (error.field().unwrap_or_default().to_owned(), error.code())
    }

    #[test]
    fn a_day_is_written_in_one_way() {
        assert_eq!(date("from", "2026-06-05").unwrap(), jiff::civil::date(2026, 6, 5));
        for wrong in
            ["2026-6-5", "05.06.2026", "2026-02-30", "2026-06-05T10:00", "", "2026-W23-5", " 2026-06-05"]
        {
            assert_eq!(refusal(date("from", wrong)), ("from".into(), ErrorCode::DateInvalid), "{wrong}");
        }
    }

    #[test]
    fn a_wrong_sum_names_its_argument() {
        assert_eq!(bonus("kopecks", "12345").unwrap().hundredths(), 12345);
        assert_eq!(refusal(bonus("kopecks", "1.5")), ("kopecks".into(), ErrorCode::SumFraction));
        assert_eq!(refusal(money("moneySpent", "ten")), ("moneySpent".into(), ErrorCode::SumInvalid));
        let huge = "99999999999999999999";
        assert_eq!(refusal(money("discount", huge)), ("discount".into(), ErrorCode::SumTooLarge));
    }

    #[test]
    fn days_are_counted_in_whole_ones() {
        assert_eq!((days("within", "14d").unwrap(), days("within", "0").unwrap()), (14, 0));
        for wrong in ["", "d", "2w", "-1d", "+3", "1.5", "99999999999d"] {
            let told = refusal(days("within", wrong));
            assert_eq!(told, ("within".into(), ErrorCode::FieldInvalid), "{wrong}");
        }
    }

    #[test]
    fn pairs_are_taken_apart_at_the_first_colon() {
        let one = identifier("1:AB:77").unwrap();
        assert_eq!((one.type_id.0, one.value.as_str()), (1, "AB:77"));
        let step = ladder_step("1000000:5").unwrap();
        assert_eq!((step.from_turnover.hundredths(), step.discount_id.0), (1_000_000, 5));
        for wrong in ["7", ":7", "7:", "x:y"] {
            assert_eq!(refusal(identifier(wrong)), ("identifier".into(), ErrorCode::FieldInvalid), "{wrong}");
            assert_eq!(refusal(ladder_step(wrong)).0, "step", "{wrong}");
        }
    }

    #[test]
    fn clearing_empties_and_silence_keeps() {
        use clap::Parser;
        #[derive(Parser)]
        struct Line {
            #[command(flatten)]
            change: ProfileChangeArgs,
        }
        let line = Line::parse_from(["x", "--last-name", "Петрова", "--clear-email"]);
        let change = profile_change(&line.change).unwrap();
        assert_eq!(change.last_name, Some(Some("Петрова".to_owned())));
        assert_eq!(change.email, Some(None));
        assert_eq!(change.middle_name, None);
    }
}
