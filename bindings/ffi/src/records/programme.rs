//! The programme, and what a guest has agreed to.

use jiff::Timestamp;
use loyalty_core::backend::gateway::{
    AppVersions, ConsentText, Programme, ProgrammeLevel, Support, TillCodeKind, Venue,
};
use loyalty_core::domain::{Consent, ConsentKind, Phone};

use crate::amounts::{MoneyAmount, PercentAmount};
use crate::words::Words;

/// A restaurant's loyalty programme in the session's language. What the operator left out is nothing or empty.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ProgrammeView {
    /// Its name.
    pub name: Option<String>,
    /// Its ladder, from the bottom.
    pub levels: Vec<ProgrammeLevelView>,
    /// Its rules.
    pub rules: Option<String>,
    /// Its restaurants.
    pub venues: Vec<VenueView>,
    /// Whom a guest can ask.
    pub support: Option<SupportView>,
    /// Whether guests can register themselves.
    pub can_register: bool,
    /// What a guest shows at the till.
    pub till_code: TillCodeKind,
    /// Whether a card can be shown while no code can be had.
    pub till_code_offline: bool,
    /// How many digits a sign-in code has.
    pub code_digits: u8,
    /// The least version of each app that still works.
    pub least_versions: LeastVersions,
    /// The current texts that a guest agrees to.
    pub consents: Vec<ConsentTextView>,
}

/// A rung of the ladder.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ProgrammeLevelView {
    /// Its name.
    pub name: String,
    /// From which turnover.
    pub from: MoneyAmount,
    /// What part of a bill it gives back as bonuses.
    pub accrual: Option<PercentAmount>,
    /// The discount it gives.
    pub discount: Option<PercentAmount>,
}

/// A restaurant.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct VenueView {
    /// Its code.
    pub code: i64,
    /// Its name.
    pub name: String,
    /// Where it is.
    pub address: Option<String>,
    /// Its phone in E.164, to dial.
    pub phone: Option<String>,
    /// Its phone to read.
    pub phone_text: Option<String>,
    /// When it is open.
    pub hours: Option<String>,
}

/// Whom a guest can ask.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SupportView {
    /// A phone in E.164, to dial.
    pub phone: Option<String>,
    /// The phone to read.
    pub phone_text: Option<String>,
    /// An e-mail address.
    pub email: Option<String>,
    /// A page.
    pub url: Option<String>,
}

/// The least version of each app that still works.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LeastVersions {
    /// On Android.
    pub android: Option<String>,
    /// On iOS.
    pub ios: Option<String>,
    /// On kiosks.
    pub kiosk: Option<String>,
}

/// A text that a guest agrees to.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ConsentTextView {
    /// What for.
    pub kind: ConsentKind,
    /// Its version, which a consent names.
    pub text_version: String,
    /// The text itself.
    pub text: Option<String>,
    /// Where all of it can be read.
    pub url: Option<String>,
}

/// A consent that was given.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ConsentView {
    /// What for.
    pub kind: ConsentKind,
    /// Which version of the text was shown.
    pub text_version: String,
    /// When it was given.
    pub given_at: Timestamp,
    /// The same in words.
    pub given_at_text: String,
    /// When it was withdrawn; nothing while it is in force.
    pub withdrawn_at: Option<Timestamp>,
    /// The same in words.
    pub withdrawn_at_text: Option<String>,
    /// Whether it is in force and to the programme's current text.
    pub current: bool,
}

impl ProgrammeView {
    pub(crate) fn new(programme: &Programme, words: &Words) -> Self {
        let AppVersions { android, ios, kiosk } = programme.least_app_version.clone();
        Self {
            name: programme.name.clone(),
            levels: programme.levels.iter().map(|level| ProgrammeLevelView::new(level, words)).collect(),
            rules: programme.rules.as_ref().map(|text| words.local(text)),
            venues: programme.venues.iter().map(|venue| VenueView::new(venue, words)).collect(),
            support: programme.support.as_ref().map(SupportView::new),
            can_register: programme.features.registration,
            till_code: programme.till_code.source,
            till_code_offline: programme.till_code.offline,
            code_digits: programme.code_digits,
            least_versions: LeastVersions { android, ios, kiosk },
            consents: programme.consents.iter().map(|text| ConsentTextView::new(text, words)).collect(),
        }
    }
}

impl ProgrammeLevelView {
    fn new(level: &ProgrammeLevel, words: &Words) -> Self {
        Self {
            name: words.local(&level.name),
            from: words.money(level.from),
            accrual: level.accrual.map(|percent| words.percent(percent)),
            discount: level.discount.map(|percent| words.percent(percent)),
        }
    }
}

impl VenueView {
    fn new(venue: &Venue, words: &Words) -> Self {
        Self {
            code: venue.code,
            name: words.local(&venue.name),
            address: venue.address.as_ref().map(|text| words.local(text)),
            phone: venue.phone.clone(),
            phone_text: venue.phone.as_deref().map(readable),
            hours: venue.hours.as_ref().map(|text| words.local(text)),
        }
    }
}

impl SupportView {
    fn new(support: &Support) -> Self {
        let Support { phone, email, url } = support.clone();
        let phone_text = phone.as_deref().map(readable);
        Self { phone, phone_text, email, url }
    }
}

/// A number behind +7 in groups, any other as it stands.
fn readable(number: &str) -> String {
    Phone::parse(number).map_or_else(|_| number.to_owned(), |phone| phone.display())
}

impl ConsentTextView {
    fn new(text: &ConsentText, words: &Words) -> Self {
        Self {
            kind: text.kind,
            text_version: text.text_version.clone(),
            text: text.text.as_ref().map(|text| words.local(text)),
            url: text.url.clone(),
        }
    }
}

impl ConsentView {
    pub(crate) fn new(consent: Consent, words: &Words) -> Self {
        let mut texts = words.programme.iter().flat_map(|programme| &programme.consents);
        let asked = texts.any(|text| text.kind == consent.kind && text.text_version == consent.text_version);
        Self {
            kind: consent.kind,
            given_at: consent.given_at,
            given_at_text: words.date_time(consent.given_at),
            withdrawn_at: consent.withdrawn_at,
            withdrawn_at_text: consent.withdrawn_at.map(|at| words.date_time(at)),
            current: asked && consent.in_force(),
            text_version: consent.text_version,
        }
    }
}
