//! The words for amounts, dates, phones and units, in the asked language: one wording for every shell.
//!
//! Forms and patterns are those of CLDR for `ru` and `en`, with these differences, each of them ours and on purpose:
//!
//! - a number and what it counts never part: the space between them is U+00A0, as is the Russian separator of
//!   thousands and the space in `7:05 PM` (CLDR has U+202F there, which many fonts lack);
//! - minus is U+2212, which is as wide as plus, so columns of sums line up;
//! - `,00` is dropped, any other part of a hundred is shown with both digits;
//! - a Russian date has no «г.» behind its year: the month says already that it is one;
//! - date and time are joined by a comma in both languages.

mod dates;
mod number;
mod plural;
mod unit;

use self::number::{Decimals, Number};
pub use self::plural::PluralCategory;
pub use self::unit::{EnglishForms, RussianForms, UnitWords};
use super::{Bonus, InvalidInput, Money, Percent, Phone, Quantity, TransactionKind};
use crate::error_code::ErrorCode;

/// U+00A0: keeps a number and its unit on one line.
const NO_BREAK: char = '\u{A0}';

/// A language that guests are spoken to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// Russian.
    #[default]
    Ru,
    /// English.
    En,
}

impl Lang {
    /// From its code: `ru` or `en`.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::FieldInvalid`] about `lang` for every other code.
    pub fn parse(code: &str) -> Result<Self, InvalidInput> {
        match code {
            "ru" => Ok(Self::Ru),
            "en" => Ok(Self::En),
            _ => Err(InvalidInput::new("lang", ErrorCode::FieldInvalid)),
        }
    }

    /// Its code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Ru => "ru",
            Self::En => "en",
        }
    }
}

/// Says values in one language, with the venue's word for its bonuses.
///
/// ```
/// use loyalty_core::domain::Bonus;
/// use loyalty_core::domain::wording::{Lang, UnitWords, Wording};
///
/// let wording = Wording::new(Lang::Ru, UnitWords::default());
/// assert_eq!(wording.burn_line(Bonus::from_hundredths(50_000), 3), "500\u{A0}бонусов сгорят через 3\u{A0}дня");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    lang: Lang,
    unit: UnitWords,
}

/// Whether a sum above zero has a plus.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plus {
    Hidden,
    Shown,
}

impl Wording {
    /// Words in `lang`, with `unit` for bonuses.
    #[must_use]
    pub fn new(lang: Lang, unit: UnitWords) -> Self {
        Self { lang, unit }
    }

    /// The language.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// Bonuses with their unit: «1 234,50 бонуса», `1,234.50 bonuses`.
    #[must_use]
    pub fn bonus(&self, bonus: Bonus) -> String {
        self.bonus_with(bonus, Plus::Hidden)
    }

    /// The same with a sign: «+500 бонусов», «−120 бонусов»; nothing has none.
    #[must_use]
    pub fn signed_bonus(&self, bonus: Bonus) -> String {
        self.bonus_with(bonus, Plus::Shown)
    }

    /// Bonuses without their unit: «1 234,50». Goes with [`Self::unit`] where the two are set apart.
    #[must_use]
    pub fn bonus_number(&self, bonus: Bonus) -> String {
        let number = sum(bonus.hundredths());
        format!("{}{}", sign(bonus.hundredths(), Plus::Hidden), number.text(self.lang))
    }

    /// The unit's word in the form that goes with so many bonuses.
    #[must_use]
    pub fn unit(&self, bonus: Bonus) -> &str {
        self.unit.form(self.lang, sum(bonus.hundredths()).plural(self.lang))
    }

    /// Money: «1 234,50 ₽», `₽1,234.50`.
    #[must_use]
    pub fn money(&self, money: Money) -> String {
        self.money_with(money, Plus::Hidden)
    }

    /// The same with a sign; nothing has none.
    #[must_use]
    pub fn signed_money(&self, money: Money) -> String {
        self.money_with(money, Plus::Shown)
    }

    /// A percentage: «7,5 %», `7.5%`.
    #[must_use]
    pub fn percent(&self, percent: Percent) -> String {
        let scaled = i64::from(percent.0);
        let number = Number::new(scaled.unsigned_abs(), 2, Decimals::Shortest).text(self.lang);
        let sign = sign(scaled, Plus::Hidden);
        match self.lang {
            Lang::Ru => format!("{sign}{number}{NO_BREAK}%"),
            Lang::En => format!("{sign}{number}%"),
        }
    }

    /// A quantity: «0,25», `2`.
    #[must_use]
    pub fn quantity(&self, quantity: Quantity) -> String {
        let number = Number::new(quantity.0.unsigned_abs(), 3, Decimals::Shortest);
        format!("{}{}", sign(quantity.0, Plus::Hidden), number.text(self.lang))
    }

    /// What burns and when: «500 бонусов сгорят через 3 дня», `1 bonus will expire tomorrow`.
    ///
    /// The Russian verb follows the numeral: singular with 1, 21, 31… and with fractions («1,50 бонуса сгорит»),
    /// plural otherwise. For a day that is past the sentence avoids the past tense, whose gender would depend on the
    /// venue's own word.
    #[must_use]
    pub fn burn_line(&self, bonus: Bonus, days: i32) -> String {
        let what = self.bonus(bonus);
        let when = self.relative_day(days);
        let verb = match (self.lang, days < 0) {
            (Lang::Ru, true) => ": срок истёк",
            (Lang::Ru, false) => match sum(bonus.hundredths()).plural(self.lang) {
                PluralCategory::One | PluralCategory::Other => " сгорит",
                PluralCategory::Few | PluralCategory::Many => " сгорят",
            },
            (Lang::En, true) => " expired",
            (Lang::En, false) => " will expire",
        };
        format!("{what}{verb} {when}")
    }

    /// What a transaction was. Without the unit's word, which a venue may have changed, and without the server's:
    /// guests are not shown words that we did not choose.
    #[must_use]
    pub fn kind(&self, kind: &TransactionKind) -> String {
        let (ru, en) = match kind {
            TransactionKind::Accrual => ("Начисление за покупку", "Earned on a purchase"),
            TransactionKind::Spend => ("Оплата покупки", "Spent on a purchase"),
            TransactionKind::Burn => ("Сгорание", "Expired"),
            TransactionKind::Refill => ("Начисление от ресторана", "Added by the restaurant"),
            TransactionKind::Withdraw => ("Списание рестораном", "Taken by the restaurant"),
            TransactionKind::Welcome => ("Подарок за регистрацию", "Welcome gift"),
            TransactionKind::Correction => ("Корректировка", "Correction"),
            TransactionKind::Other(_) => ("Другая операция", "Other operation"),
        };
        match self.lang {
            Lang::Ru => ru.to_owned(),
            Lang::En => en.to_owned(),
        }
    }

    /// A phone in full, for the guest's own screen.
    #[must_use]
    pub fn phone(&self, phone: Phone) -> String {
        phone.display()
    }

    /// A phone for screens that others may see.
    #[must_use]
    pub fn masked_phone(&self, phone: Phone) -> String {
        phone.masked()
    }

    fn bonus_with(&self, bonus: Bonus, plus: Plus) -> String {
        let number = sum(bonus.hundredths()).text(self.lang);
        format!("{}{number}{NO_BREAK}{}", sign(bonus.hundredths(), plus), self.unit(bonus))
    }

    fn money_with(&self, money: Money, plus: Plus) -> String {
        let sign = sign(money.hundredths(), plus);
        let number = sum(money.hundredths()).text(self.lang);
        match self.lang {
            Lang::Ru => format!("{sign}{number}{NO_BREAK}₽"),
            Lang::En => format!("{sign}₽{number}"),
        }
    }
}

/// A sum's magnitude: no decimals for a whole one, else both.
fn sum(hundredths: i64) -> Number {
    Number::new(hundredths.unsigned_abs(), 2, Decimals::NoneOrAll)
}

/// Minus is U+2212: as wide as the plus.
fn sign(scaled: i64, plus: Plus) -> &'static str {
    match scaled.signum() {
        -1 => "\u{2212}",
        1 if plus == Plus::Shown => "+",
        _ => "",
    }
}
