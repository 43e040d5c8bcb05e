//! Dates, times and distances in days.

use jiff::civil::{Date, DateTime, Time};

use super::number::{Decimals, Number};
use super::{Lang, NO_BREAK, PluralCategory, Wording};

/// In the genitive, as they stand behind a day.
const RUSSIAN_MONTHS: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl Wording {
    /// A date: «23 ноября 2026», `November 23, 2026`.
    #[must_use]
    pub fn date(&self, date: Date) -> String {
        let day = self.date_short(date);
        match self.lang {
            Lang::Ru => format!("{day} {}", date.year()),
            Lang::En => format!("{day}, {}", date.year()),
        }
    }

    /// A date of a year that goes without saying: «23 ноября», `November 23`.
    #[must_use]
    pub fn date_short(&self, date: Date) -> String {
        let month = usize::from(date.month().unsigned_abs()).saturating_sub(1);
        let name = |names: &[&'static str; 12]| names.get(month).copied().unwrap_or_default();
        match self.lang {
            Lang::Ru => format!("{}{NO_BREAK}{}", date.day(), name(&RUSSIAN_MONTHS)),
            Lang::En => format!("{}{NO_BREAK}{}", name(&ENGLISH_MONTHS), date.day()),
        }
    }

    /// A time of day to the minute: «19:05», `7:05 PM`.
    #[must_use]
    pub fn time(&self, time: Time) -> String {
        let (hour, minute) = (time.hour(), time.minute());
        match self.lang {
            Lang::Ru => format!("{hour:02}:{minute:02}"),
            Lang::En => {
                let half = if hour < 12 { "AM" } else { "PM" };
                let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
                format!("{hour}:{minute:02}{NO_BREAK}{half}")
            }
        }
    }

    /// Both: «23 ноября 2026, 19:05», `November 23, 2026, 7:05 PM`.
    #[must_use]
    pub fn date_time(&self, at: DateTime) -> String {
        format!("{}, {}", self.date(at.date()), self.time(at.time()))
    }

    /// The heading of a day in a history: «Сегодня», «Вчера», else the date, its year only when it is not this one.
    #[must_use]
    pub fn day_heading(&self, day: Date, today: Date) -> String {
        let known = if day == today {
            Some(("Сегодня", "Today"))
        } else if today.yesterday().is_ok_and(|yesterday| day == yesterday) {
            Some(("Вчера", "Yesterday"))
        } else {
            None
        };
        match (known, self.lang) {
            (Some((ru, _)), Lang::Ru) => ru.to_owned(),
            (Some((_, en)), Lang::En) => en.to_owned(),
            (None, _) => self.date_near(day, today),
        }
    }

    /// How far away a day is: «сегодня», «завтра», «через 3 дня», «вчера», «3 дня назад».
    #[must_use]
    pub fn relative_day(&self, days: i32) -> String {
        let known = match (self.lang, days) {
            (Lang::Ru, -2) => "позавчера",
            (Lang::Ru, -1) => "вчера",
            (Lang::Ru, 0) => "сегодня",
            (Lang::Ru, 1) => "завтра",
            (Lang::Ru, 2) => "послезавтра",
            (Lang::En, -1) => "yesterday",
            (Lang::En, 0) => "today",
            (Lang::En, 1) => "tomorrow",
            _ => return self.counted_days(days),
        };
        known.to_owned()
    }

    /// How old what is shown is: «по состоянию на 23 ноября, 19:05», `as of November 23, 7:05 PM`. The year stands
    /// there only when it is not this one.
    #[must_use]
    pub fn as_of(&self, at: DateTime, today: Date) -> String {
        let date = self.date_near(at.date(), today);
        let time = self.time(at.time());
        match self.lang {
            Lang::Ru => format!("по состоянию на {date}, {time}"),
            Lang::En => format!("as of {date}, {time}"),
        }
    }

    fn date_near(&self, date: Date, today: Date) -> String {
        if date.year() == today.year() { self.date_short(date) } else { self.date(date) }
    }

    fn counted_days(&self, days: i32) -> String {
        let number = Number::new(u64::from(days.unsigned_abs()), 0, Decimals::NoneOrAll);
        let count = number.text(self.lang);
        let word = match (self.lang, number.plural(self.lang)) {
            (Lang::Ru, PluralCategory::One) => "день",
            (Lang::Ru, PluralCategory::Few | PluralCategory::Other) => "дня",
            (Lang::Ru, PluralCategory::Many) => "дней",
            (Lang::En, PluralCategory::One) => "day",
            (Lang::En, _) => "days",
        };
        match (self.lang, days < 0) {
            (Lang::Ru, false) => format!("через {count}{NO_BREAK}{word}"),
            (Lang::Ru, true) => format!("{count}{NO_BREAK}{word} назад"),
            (Lang::En, false) => format!("in {count}{NO_BREAK}{word}"),
            (Lang::En, true) => format!("{count}{NO_BREAK}{word} ago"),
        }
    }
}
