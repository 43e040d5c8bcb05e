//! What a guest has agreed to.

use jiff::Timestamp;

/// What the consent is for. The two are given, refused and withdrawn separately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConsentKind {
    /// Processing of personal data: without it there is no registration.
    PersonalData,
    /// Advertising: optional.
    Advertising,
}

/// A consent, with what proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// What for.
    pub kind: ConsentKind,
    /// Which version of the text was shown.
    pub text_version: String,
    /// When it was given, UTC.
    pub given_at: Timestamp,
    /// When it was withdrawn, UTC.
    pub withdrawn_at: Option<Timestamp>,
}

impl Consent {
    /// Whether it holds now.
    #[must_use]
    pub fn in_force(&self) -> bool {
        self.withdrawn_at.is_none()
    }
}
