//! A guest's account: who they are, what they hold, what can be changed.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::validation::{self, CODE, NAME};
use super::{Bonus, DiscountId, GroupId, IdentifierTypeId, InvalidInput, Level, Phone};
use crate::error_code::ErrorCode;

/// An account's number on the loyalty server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub i64);

/// A guest's account as the server last showed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The account's number.
    pub id: AccountId,
    /// The group it belongs to.
    pub group_id: GroupId,
    /// The guest's phone; `None` when what the server holds is not a number we can read.
    pub phone: Option<Phone>,
    /// Name, birthday and the rest of the form.
    pub profile: Profile,
    /// All bonuses that can be spent now. May be negative.
    pub balance: Bonus,
    /// Whether the restaurant has blocked the account.
    pub blocked: bool,
    /// The level on the ladder, where the programme has one.
    pub level: Option<Level>,
    /// Cards and other identifiers.
    pub identifiers: Vec<Identifier>,
    /// Coupons.
    pub coupons: Vec<Coupon>,
}

impl Account {
    /// The one account among those that carry a phone: the only one, or the only one in `home_group`.
    ///
    /// # Errors
    /// [`ErrorCode::AccountAmbiguous`] when several stand beside each other: choosing one would show a guest
    /// somebody else's balance.
    pub fn the_one(mut found: Vec<Self>, home_group: GroupId) -> Result<Option<Self>, ErrorCode> {
        if found.len() > 1 {
            found.retain(|account| account.group_id == home_group);
            if found.len() != 1 {
                return Err(ErrorCode::AccountAmbiguous);
            }
        }
        Ok(found.pop())
    }
}

/// What a guest tells about themselves. Its `Debug` says which fields are filled, not with what.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Patronymic.
    pub middle_name: Option<String>,
    /// Birthday.
    pub birthday: Option<Date>,
    /// Sex.
    pub sex: Option<Sex>,
    /// E-mail.
    pub email: Option<String>,
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let filled = [
            ("first_name", self.first_name.is_some()),
            ("last_name", self.last_name.is_some()),
            ("middle_name", self.middle_name.is_some()),
            ("birthday", self.birthday.is_some()),
            ("sex", self.sex.is_some()),
            ("email", self.email.is_some()),
        ];
        let names: Vec<_> = filled.iter().filter(|(_, there)| *there).map(|(name, _)| *name).collect();
        write!(f, "Profile({})", names.join(", "))
    }
}

/// Sex, as the form asks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    /// Male.
    Male,
    /// Female.
    Female,
}

/// A card or another identifier by which a till knows the account. Its value is personal.
#[derive(Clone, PartialEq, Eq)]
pub struct Identifier {
    /// Which type of identifier.
    pub type_id: IdentifierTypeId,
    /// The number on the card.
    pub value: String,
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identifier(type {})", self.type_id.0)
    }
}

/// An identifier that lives for a short time, to be shown at the till (`wiki`).
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedIdentifier {
    /// The digits to show.
    pub value: String,
    /// When it stops working, UTC.
    pub expires_at: Option<Timestamp>,
}

impl fmt::Debug for IssuedIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IssuedIdentifier(until {:?})", self.expires_at)
    }
}

/// A coupon on an account. Whoever knows its code can use it.
#[derive(Clone, PartialEq, Eq)]
pub struct Coupon {
    /// Its number.
    pub id: i64,
    /// What it gives, in the restaurant's words.
    pub name: String,
    /// The code to tell, where it has one.
    pub code: Option<String>,
    /// The last instant it can be used, UTC.
    pub expires_at: Option<Timestamp>,
}

impl fmt::Debug for Coupon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Coupon({}, until {:?})", self.id, self.expires_at)
    }
}

/// A newcomer: what `insert by template` takes. The group decides level, welcome bonus and burn rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The confirmed phone.
    pub phone: Phone,
    /// The form; the first name is required.
    pub profile: Profile,
    /// The group to join; it must have a template.
    pub group_id: GroupId,
    /// Further identifiers.
    pub identifiers: Vec<Identifier>,
}

impl Registration {
    /// Checks the rules of the fields.
    ///
    /// # Errors
    ///
    /// About the field that is empty although required (`first_name`, an identifier), too long or misshapen.
    pub fn validate(&self) -> Result<(), InvalidInput> {
        let Profile { first_name, last_name, middle_name, birthday, sex: _, email } = &self.profile;
        validation::optional_birthday("birthday", *birthday)?;
        validation::required_line("first_name", first_name.as_deref().unwrap_or_default(), NAME)?;
        validation::optional_line("last_name", last_name.as_deref(), NAME)?;
        validation::optional_line("middle_name", middle_name.as_deref(), NAME)?;
        validation::optional_email("email", email.as_deref())?;
        validate_identifiers(&self.identifiers)
    }
}

/// An account with all its properties, for an operator who creates it without a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Who it is for.
    pub registration: Registration,
    /// Whether it is blocked from the start.
    pub blocked: bool,
    /// The discount to give.
    pub discount_id: Option<DiscountId>,
    /// The bonus rule to give.
    pub bonus_id: Option<DiscountId>,
    /// After how many days an accrual burns.
    pub bonus_lifetime_days: Option<u32>,
}

/// What a guest may change. `None` leaves a field as it is; `Some(None)` empties it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ProfileChange {
    /// First name; cannot be emptied.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<Option<String>>,
    /// Patronymic.
    pub middle_name: Option<Option<String>>,
    /// Birthday.
    pub birthday: Option<Option<Date>>,
    /// Sex.
    pub sex: Option<Option<Sex>>,
    /// E-mail.
    pub email: Option<Option<String>>,
}

impl ProfileChange {
    /// Checks the rules of the fields that change.
    ///
    /// # Errors
    ///
    /// About the field that is emptied although required (`first_name`), too long or misshapen.
    pub fn validate(&self) -> Result<(), InvalidInput> {
        validation::optional_birthday("birthday", self.birthday.flatten())?;
        if let Some(first_name) = &self.first_name {
            validation::required_line("first_name", first_name, NAME)?;
        }
        validation::optional_line(
            "last_name",
            self.last_name.as_ref().and_then(|text| text.as_deref()),
            NAME,
        )?;
        validation::optional_line(
            "middle_name",
            self.middle_name.as_ref().and_then(|text| text.as_deref()),
            NAME,
        )?;
        validation::optional_email("email", self.email.as_ref().and_then(|text| text.as_deref()))
    }
}

impl fmt::Debug for ProfileChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProfileChange")
    }
}

/// What an operator may change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountChange {
    /// The form.
    pub profile: ProfileChange,
    /// Give another phone: the guest is found by it from then on.
    pub phone: Option<Phone>,
    /// Block or unblock.
    pub blocked: Option<bool>,
    /// All identifiers, in place of those that are there.
    pub identifiers: Option<Vec<Identifier>>,
    /// Move to another group.
    pub group_id: Option<GroupId>,
    /// Give another discount.
    pub discount_id: Option<DiscountId>,
    /// Give another bonus rule.
    pub bonus_id: Option<DiscountId>,
    /// Change after how many days an accrual burns.
    pub bonus_lifetime_days: Option<u32>,
}

impl AccountChange {
    /// Checks the rules of the fields.
    ///
    /// # Errors
    ///
    /// About the field that is empty although required, too long or misshapen.
    pub fn validate(&self) -> Result<(), InvalidInput> {
        self.profile.validate()?;
        validate_identifiers(self.identifiers.as_deref().unwrap_or_default())
    }
}

fn validate_identifiers(identifiers: &[Identifier]) -> Result<(), InvalidInput> {
    identifiers
        .iter()
        .enumerate()
        .try_for_each(|(n, card)| validation::required_line(format!("identifiers[{n}]"), &card.value, CODE))
}

/// What an update did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountUpdate {
    /// The account, read again after the update.
    pub account: Account,
    /// Fields that changed although nobody asked for it, by their wire names: the server replaces more than it is
    /// sent. Empty when all is well.
    pub unasked: Vec<String>,
}
