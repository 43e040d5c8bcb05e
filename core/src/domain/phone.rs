//! Phone numbers behind +7: the key by which every system knows a guest.

use std::fmt;

use super::InvalidInput;
use crate::error_code::ErrorCode;

/// How many digits follow +7.
const SUBSCRIBER_DIGITS: usize = 10;

/// More than any way to write a phone needs; what is longer is not looked at.
const LONGEST_TEXT: usize = 64;

/// A complete +7 number: ten subscriber digits. Not called Russian: +7 is Kazakhstan too.
///
/// The first subscriber digit is 3 to 9. Russia uses 3, 4, 8 and 9, Kazakhstan 6 and 7; 5 is let through because the
/// numbering plan keeps it in reserve, and 0, 1 and 2 cannot begin a number (`assumed`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Phone(u64);

/// The form in which a server wants a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PhoneFormat {
    /// `+7XXXXXXXXXX`
    #[default]
    E164,
    /// `7XXXXXXXXXX`
    Digits,
    /// `8XXXXXXXXXX`
    National,
    /// `XXXXXXXXXX`
    Subscriber,
}

impl Phone {
    /// Reads a number in any form that people and servers write: `+7…`, `7…`, `8…` or the ten subscriber digits,
    /// with spaces (no-break ones too), brackets, hyphens, dots and full-width characters.
    ///
    /// Ten digits that begin with 89 or 79 are refused: no area has these codes, while every mobile number that lost
    /// its last digit looks so.
    ///
    /// # Errors
    ///
    /// About the field `phone`: [`ErrorCode::PhoneUnsupported`] for a number with `+` and another country's code,
    /// [`ErrorCode::PhoneInvalid`] for everything else.
    ///
    /// ```
    /// use loyalty_core::domain::Phone;
    /// assert_eq!(Phone::parse("8 (912) 345-12-34").unwrap().e164(), "+79123451234");
    /// ```
    pub fn parse(text: &str) -> Result<Self, InvalidInput> {
        let invalid = || InvalidInput::new("phone", ErrorCode::PhoneInvalid);
        if text.len() > LONGEST_TEXT {
            return Err(invalid());
        }
        let typed = Typed::read(text).ok_or_else(invalid)?;
        let digits = typed.digits.as_str();
        if typed.plus && !digits.is_empty() && !digits.starts_with('7') {
            return Err(InvalidInput::new("phone", ErrorCode::PhoneUnsupported));
        }
        let subscriber = match (typed.plus, digits.len()) {
            (true, 11) => digits.strip_prefix('7'),
            (false, 11) => digits.strip_prefix('7').or_else(|| digits.strip_prefix('8')),
            (false, SUBSCRIBER_DIGITS) if !lost_a_digit(digits) => Some(digits),
            _ => None,
        };
        subscriber
            .filter(|subscriber| begins_a_number(subscriber))
            .and_then(|subscriber| subscriber.parse().ok())
            .map(Self)
            .ok_or_else(invalid)
    }

    /// The international form, `+7XXXXXXXXXX`. A plus sign must be percent-encoded in a query.
    #[must_use]
    pub fn e164(&self) -> String {
        self.wire(PhoneFormat::E164)
    }

    /// The form that a server wants.
    #[must_use]
    pub fn wire(&self, format: PhoneFormat) -> String {
        let prefix = match format {
            PhoneFormat::E164 => "+7",
            PhoneFormat::Digits => "7",
            PhoneFormat::National => "8",
            PhoneFormat::Subscriber => "",
        };
        format!("{prefix}{:010}", self.0)
    }

    /// For screens that others may see: `+7 ••• •••-12-34`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("+7 ••• •••-{:02}-{:02}", self.0 / 100 % 100, self.0 % 100)
    }

    /// In full, for the guest's own screen: `+7 912 345-12-34`.
    #[must_use]
    pub fn display(&self) -> String {
        grouped(&self.wire(PhoneFormat::Subscriber))
    }

    /// Formats what has been typed so far, for showing it back at every key: `8912` becomes `+7 912`.
    ///
    /// Formatting the result again changes nothing, so a screen may keep either text. A first 8 or 7 is the prefix
    /// and becomes +7; digits behind a complete number are dropped; what cannot become a +7 number is given back as
    /// its digits. An 8 or 7 typed behind a +7 that stood there already is the prefix once more and goes away as
    /// soon as it cannot be anything else.
    #[must_use]
    pub fn format_while_typing(text: &str) -> String {
        let plus = text.chars().find(|c| !is_filler(*c)).is_some_and(is_plus);
        let digits: String = text.chars().filter_map(ascii_digit).take(LONGEST_TEXT).collect();
        let national = if plus {
            digits.strip_prefix('7')
        } else {
            digits
                .strip_prefix(['7', '8'])
                .or_else(|| Some(digits.as_str()).filter(|digits| begins_a_number(digits)))
        };
        match national {
            Some(subscriber) => {
                let repeated = subscriber.len() > SUBSCRIBER_DIGITS && lost_a_digit(subscriber);
                grouped(subscriber.get(usize::from(repeated)..).unwrap_or_default())
            }
            None if plus => format!("+{digits}"),
            None => digits,
        }
    }
}

/// Nothing but the last two digits: enough to tell two apart in a log, not enough to call.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "+7 ••• •••-••-{:02}", self.0 % 100)
    }
}

/// Subscriber digits, as many as there are up to ten, behind +7 and in groups of 3-3-2-2.
fn grouped(subscriber: &str) -> String {
    let mut text = String::from("+7");
    for (place, digit) in subscriber.chars().take(SUBSCRIBER_DIGITS).enumerate() {
        match place {
            0 | 3 => text.push(' '),
            6 | 8 => text.push('-'),
            _ => {}
        }
        text.push(digit);
    }
    text
}

fn begins_a_number(subscriber: &str) -> bool {
    subscriber.starts_with(|first| matches!(first, '3'..='9'))
}

/// Whether these digits look like 8 or 7 in front of a mobile number rather than like an area code.
fn lost_a_digit(digits: &str) -> bool {
    digits.starts_with("89") || digits.starts_with("79")
}

/// A phone's text without what stands between the digits.
struct Typed {
    plus: bool,
    digits: String,
}

impl Typed {
    /// `None` when something stands in it that no phone number has.
    fn read(text: &str) -> Option<Self> {
        let mut typed = Self { plus: false, digits: String::with_capacity(11) };
        for c in text.chars() {
            if let Some(digit) = ascii_digit(c) {
                typed.digits.push(digit);
            } else if is_plus(c) && !typed.plus && typed.digits.is_empty() {
                typed.plus = true;
            } else if !is_filler(c) {
                return None;
            }
        }
        Some(typed)
    }
}

fn is_plus(c: char) -> bool {
    matches!(c, '+' | '\u{FF0B}')
}

/// A digit, full-width ones included, as ASCII.
fn ascii_digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '\u{FF10}'..='\u{FF19}' => char::from_digit(u32::from(c) - 0xFF10, 10),
        _ => None,
    }
}

/// Spaces, brackets, hyphens and dots of any width, and the invisible marks that contact lists paste along.
fn is_filler(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '(' | ')' | '[' | ']' | '-' | '.' | '\u{FF08}' | '\u{FF09}' | '\u{FF0D}' | '\u{FF0E}')
        || matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{00AD}')
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}
