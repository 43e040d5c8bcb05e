//! Values and choices of the core that cross the border as they are. A change of the core's that is not followed here does
//! not compile.

use std::time::SystemTime;

use jiff::civil::{Date as Day, Time as DayTime};
use jiff::{SignedDuration, Timestamp};
use loyalty_core::backend::gateway::{Devices, SignOut, TillCodeKind};
use loyalty_core::domain::wording::Lang;
use loyalty_core::domain::{Bonus, ConsentKind, Inconsistency, Money, Percent, Sex};
use loyalty_core::guest::{Connectivity, Freshness};
use loyalty_core::{Category, ErrorCode, LoyaltyError};

use crate::error::CallError;

/// The day from which days are counted.
const FIRST_DAY: Day = jiff::civil::date(1970, 1, 1);

uniffi::custom_type!(
    /// Money in whole kopecks.
    Money, i64, { remote, lower: |money| money.hundredths(), try_lift: |kopecks| Ok(Money::from_hundredths(kopecks)) }
);
uniffi::custom_type!(
    /// Bonuses in whole hundredths.
    Bonus, i64, { remote, lower: |bonus| bonus.hundredths(), try_lift: |sum| Ok(Bonus::from_hundredths(sum)) }
);
uniffi::custom_type!(
    /// A percentage in hundredths of a percent.
    Percent, i32, { remote, lower: |percent| percent.0, try_lift: |points| Ok(Percent(points)) }
);
uniffi::custom_type!(
    /// An instant.
    Timestamp, SystemTime, { remote, lower: |at| system_time(at), try_lift: |at| Ok(Timestamp::try_from(at)?) }
);
uniffi::custom_type!(
    /// A day, counted from 1970-01-01. One that lies beyond all calendars is the last one in them, or the first.
    Day, i32, { remote, lower: |day| day_number(day), try_lift: |number| Ok(day_of_number(number)) }
);
uniffi::custom_type!(
    /// A time of day in seconds from midnight.
    DayTime, u32, { remote, lower: |time| second_of_day(time), try_lift: |second| Ok(time_of_second(second).ok_or_else(no_time)?) }
);

fn system_time(at: Timestamp) -> SystemTime {
    // Every instant that jiff holds has its place there.
    SystemTime::try_from(at).unwrap_or(SystemTime::UNIX_EPOCH)
}

fn day_number(day: Day) -> i32 {
    // Eight million at most.
    i32::try_from(day.duration_since(FIRST_DAY).as_hours() / 24).unwrap_or_default()
}

fn day_of_number(number: i32) -> Day {
    FIRST_DAY.saturating_add(SignedDuration::from_hours(24 * i64::from(number)))
}

fn second_of_day(time: DayTime) -> u32 {
    u32::try_from(time.duration_since(DayTime::midnight()).as_secs()).unwrap_or_default()
}

fn time_of_second(second: u32) -> Option<DayTime> {
    DayTime::midnight().checked_add(SignedDuration::from_secs(second.into())).ok()
}

/// There is one call that can say so: the one that is given the settings.
fn no_time() -> CallError {
    LoyaltyError::invalid("day_change", ErrorCode::ConfigInvalid).into()
}

/// What kind of thing happened; decides what a caller does next.
#[uniffi::remote(Enum)]
pub enum Category {
    /// The caller gave something that cannot be right.
    InvalidInput,
    /// The server was not reached.
    Offline,
    /// The server's certificate is not trusted.
    Untrusted,
    /// The server did not answer in time.
    Timeout,
    /// Nobody is signed in.
    Unauthorized,
    /// A credential without the right.
    Forbidden,
    /// No such thing.
    NotFound,
    /// The server refused the content.
    Rejected,
    /// The state does not allow it.
    Conflict,
    /// Too many requests.
    RateLimited,
    /// The server is failing.
    Unavailable,
    /// A change may or may not have happened.
    OutcomeUnknown,
    /// The app is too old.
    Outdated,
    /// The server speaks differently from the contract.
    Contract,
    /// Local storage failed.
    Storage,
    /// The secret store failed.
    SecretStore,
    /// The caller gave up.
    Cancelled,
    /// A mistake of this library.
    Internal,
}

/// A language that guests are spoken to in.
#[uniffi::remote(Enum)]
pub enum Lang {
    /// Russian.
    Ru,
    /// English.
    En,
}

/// Whether the server can be reached, as far as is known.
#[uniffi::remote(Enum)]
pub enum Connectivity {
    /// Nothing has been tried yet.
    Unknown,
    /// The last thing known is a success.
    Online,
    /// The last thing known is that no connection could be made.
    Offline,
}

/// Whether a snapshot can be shown without its date.
#[uniffi::remote(Enum)]
pub enum Freshness {
    /// Read within the last ten minutes, on the business day that it still is.
    Fresh,
    /// Older, or nobody can tell.
    Stale,
}

/// Why a schedule cannot be shown.
#[uniffi::remote(Enum)]
pub enum Inconsistency {
    /// The parts do not sum to the total.
    PartsDoNotSum,
    /// A part is negative, or too large.
    ImpossiblePart,
    /// The server named two totals, even when asked twice.
    TotalsDiffer,
}

/// Sex, as the form asks it.
#[uniffi::remote(Enum)]
pub enum Sex {
    /// Male.
    Male,
    /// Female.
    Female,
}

/// What a consent is for.
#[uniffi::remote(Enum)]
pub enum ConsentKind {
    /// Processing of personal data: without it there is no registration.
    PersonalData,
    /// Advertising: optional.
    Advertising,
}

/// What is shown at the till.
#[uniffi::remote(Enum)]
pub enum TillCodeKind {
    /// A code that lives for minutes.
    Temporary,
    /// The number of the guest's card.
    Identifier,
    /// Nothing: the guest tells the phone number.
    None,
}

/// Which sessions a guest ends.
#[uniffi::remote(Enum)]
pub enum Devices {
    /// The one on this device.
    This,
    /// All of them.
    All,
}

/// How far signing out got. On this device the guest is signed out either way.
#[uniffi::remote(Enum)]
pub enum SignOut {
    /// The gateway has ended the session.
    Complete,
    /// The gateway was not reached: it lets the session run out.
    OnlyHere,
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, Time, date, time};

    use super::{day_number, day_of_number, second_of_day, time_of_second};

    #[test]
    fn days_and_times_survive_the_border() {
        for day in [Date::MIN, date(1900, 2, 28), date(1970, 1, 1), date(2026, 11, 23), Date::MAX] {
            assert_eq!(day_of_number(day_number(day)), day);
        }
        assert_eq!(day_number(date(1969, 12, 31)), -1);
        for hour in [Time::midnight(), time(5, 0, 0, 0), time(23, 59, 59, 0)] {
            assert_eq!(time_of_second(second_of_day(hour)).unwrap(), hour);
        }
        assert_eq!(time_of_second(86_400), None);
        assert_eq!([day_of_number(i32::MIN), day_of_number(i32::MAX)], [Date::MIN, Date::MAX]);
    }
}
