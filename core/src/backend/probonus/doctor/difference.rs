//! What an instance does otherwise than the contract says, and what mends it.

use std::fmt;

/// Characters of an instance's own word that are shown.
const SHOWN_AT_MOST: usize = 80;

/// How much a difference matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Calls fail, or lose a part of what they carry, until it is mended.
    Breaks,
    /// The description does not say enough to judge: try the call.
    Unknown,
    /// The adapter reads it as it is.
    Tolerated,
}

impl Severity {
    /// The stable word, as it stands in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Breaks => "breaks",
            Self::Unknown => "unknown",
            Self::Tolerated => "tolerated",
        }
    }
}

/// What is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DifferenceKind {
    /// Sums are in another unit: a setting.
    AmountUnit,
    /// Requests take phones in another form: a setting.
    PhoneFormat,
    /// The methods begin elsewhere than below the configured address.
    Address,
    /// The instance describes no such method.
    MethodMissing,
    /// Several methods could be ours.
    MethodUnclear,
    /// The method has another path.
    Path,
    /// The method has another verb.
    Verb,
    /// Parameters travel in the query instead of the body, or the reverse.
    Send,
    /// A parameter has another name.
    ParameterName,
    /// The instance describes no such parameter.
    ParameterMissing,
    /// The instance requires a parameter that we do not know.
    ParameterDemanded,
    /// A parameter or a field has another type or format.
    Type,
    /// A field has another name or stands deeper.
    FieldName,
    /// The answer has no such field.
    FieldMissing,
    /// A field that we need may be null.
    FieldNullable,
    /// The answer is a list where we expect one record, or the reverse.
    ReplyForm,
    /// A word of an enumeration is another.
    Value,
}

impl DifferenceKind {
    /// The stable code, as it stands in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AmountUnit => "amount_unit",
            Self::PhoneFormat => "phone_format",
            Self::Address => "address",
            Self::MethodMissing => "method_missing",
            Self::MethodUnclear => "method_unclear",
            Self::Path => "path",
            Self::Verb => "verb",
            Self::Send => "send",
            Self::ParameterName => "parameter_name",
            Self::ParameterMissing => "parameter_missing",
            Self::ParameterDemanded => "parameter_demanded",
            Self::Type => "type",
            Self::FieldName => "field_name",
            Self::FieldMissing => "field_missing",
            Self::FieldNullable => "field_nullable",
            Self::ReplyForm => "reply_form",
            Self::Value => "value",
        }
    }
}

/// One entry of the configuration that mends a difference. Methods, records and fields are ours; what stands in
/// `theirs` is the instance's own spelling.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Mend {
    /// Another path, from `/api/v0/` on; with a slash in front, from the configured address on.
    Path {
        /// Our name of the method.
        method: String,
        /// The instance's path.
        theirs: String,
    },
    /// Another verb.
    Verb {
        /// Our name of the method.
        method: String,
        /// `GET`, `POST` or `PUT`.
        theirs: String,
    },
    /// `query` or `body`.
    Send {
        /// Our name of the method.
        method: String,
        /// Where the parameters travel.
        theirs: &'static str,
    },
    /// A parameter's name.
    Parameter {
        /// Our name of the method.
        method: String,
        /// Our name of the parameter.
        ours: String,
        /// The instance's name.
        theirs: String,
    },
    /// A field's name, or its dotted path.
    Field {
        /// Our record.
        record: String,
        /// Our field.
        ours: String,
        /// The instance's name or dotted path.
        theirs: String,
    },
    /// A word of an enumeration.
    Value {
        /// Our record.
        record: String,
        /// Our field.
        field: String,
        /// The instance's word.
        theirs: String,
        /// Our word.
        ours: String,
    },
}

/// One difference. Its text is English; what comes from the instance is stripped of control characters and cut.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Our name of the method, our record with a field behind a dot, or a key of the configuration.
    pub place: String,
    /// What is different.
    pub kind: DifferenceKind,
    /// How much it matters.
    pub severity: Severity,
    /// What the contract says.
    pub ours: String,
    /// What the instance's description says; empty when it says nothing.
    pub theirs: String,
    /// What to put into the configuration; `None` where no entry can mend it.
    pub mend: Option<Mend>,
}

impl Difference {
    pub(super) fn new(
        place: &str,
        kind: DifferenceKind,
        severity: Severity,
        ours: &str,
        theirs: &str,
    ) -> Self {
        Self {
            place: place.to_owned(),
            kind,
            severity,
            ours: ours.to_owned(),
            theirs: printable(theirs),
            mend: None,
        }
    }

    pub(super) fn mended(mut self, mend: Option<Mend>) -> Self {
        self.mend = mend;
        self
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, ours, theirs, .. } = self;
        let path = |path: &str| if path.is_empty() { "/".to_owned() } else { path.to_owned() };
        match self.kind {
            DifferenceKind::Address => {
                write!(f, "{place}: the API begins at {} instead of {}", path(theirs), path(ours))
            }
            DifferenceKind::AmountUnit => write!(f, "{place}: the unit of sums is the {theirs}"),
            DifferenceKind::PhoneFormat => write!(f, "{place}: phones are sent as {theirs}"),
            DifferenceKind::MethodMissing => write!(f, "{place}: not described"),
            DifferenceKind::MethodUnclear => write!(f, "{place}: not described; could be one of {theirs}"),
            DifferenceKind::Path => write!(f, "{place}: has the path {theirs}"),
            DifferenceKind::Verb => write!(f, "{place}: takes {theirs} instead of {ours}"),
            DifferenceKind::Send => write!(f, "{place}: takes its parameters in the {theirs}"),
            DifferenceKind::ParameterName => write!(f, "{place}: calls the parameter {ours} {theirs}"),
            DifferenceKind::ParameterMissing => write!(f, "{place}: does not describe the parameter {ours}"),
            DifferenceKind::ParameterDemanded => {
                write!(f, "{place}: requires the parameter {theirs}, which is never sent")
            }
            DifferenceKind::Type => write!(f, "{place}: is {theirs} instead of {ours}"),
            DifferenceKind::FieldName => write!(f, "{place}: is called {theirs}"),
            DifferenceKind::FieldMissing => write!(f, "{place}: not described ({ours})"),
            DifferenceKind::FieldNullable => write!(f, "{place}: may be null, but is needed"),
            DifferenceKind::ReplyForm => write!(f, "{place}: answers with {theirs} instead of {ours}"),
            DifferenceKind::Value if self.mend.is_some() => {
                write!(f, "{place}: the word \"{theirs}\" means {ours}")
            }
            DifferenceKind::Value => write!(f, "{place}: the word \"{theirs}\" is none of {ours}"),
        }
    }
}

/// Text of the instance that may be shown on a terminal.
pub(super) fn printable(text: &str) -> String {
    let mut shown: String = text.chars().filter(|c| !unsafe_to_show(*c)).take(SHOWN_AT_MOST).collect();
    if shown.len() < text.len() && text.chars().count() > SHOWN_AT_MOST {
        shown.push('…');
    }
    shown
}

/// Whether a name can go into the configuration: nothing that a terminal, a dotted path or a reader would take for
/// something else.
pub(super) fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.chars().count() <= SHOWN_AT_MOST
        && !name.chars().any(|c| unsafe_to_show(c) || c == '.')
        && name.trim() == name
}

/// Control characters, and those that turn the direction of the text around.
fn unsafe_to_show(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_instance_reaches_the_terminal_raw() {
        let hostile = "guest\u{1b}[2J\u{202e}s\n";
        let difference =
            Difference::new("accounts/list", DifferenceKind::Path, Severity::Breaks, "", hostile);
        assert_eq!(difference.to_string(), "accounts/list: has the path guest[2Js");
        assert_eq!(printable(&"я".repeat(200)).chars().count(), SHOWN_AT_MOST + 1);
        assert!(!is_plain(hostile) && !is_plain("a.b") && !is_plain("") && is_plain("phoneNumber"));
    }
}
