//! Changing an account without knowing whether the server replaces what it is not sent.
//!
//! Nobody says whether `accounts/update` takes a part or the whole (`assumed`: it may be either). So the account goes
//! back as it came, members that we do not know included, with only the asked fields changed; then it is read again
//! and whatever else differs is reported. What is emptied is sent as null; a server that takes null for "leave it"
//! leaves it, and the account that is given back says so.

mod members;

use super::ProBonus;
use super::encode::Json;
use super::link::Params;
use super::method::{ACCOUNT, FIND_BY_PHONE, Method, UPDATE_ACCOUNT};
use super::wire::{self, Terms, sex_word};
use crate::backend::BackendError;
use crate::backend::http::Effect;
use crate::domain::{Account, AccountChange, AccountId, AccountUpdate, Phone, ProfileChange};
use members::Members;

/// Our names of what an update never sends: the server keeps these itself.
const KEPT_BY_SERVER: [&str; 3] = ["balance", "level", "coupons"];

/// How the account is read before and after.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lookup {
    /// By its number.
    Id,
    /// By its phone: the path that the vendor's pages name (`seed`).
    Phone(Phone),
}

/// A field to change: our name, where their account has it, and its new value.
struct Change {
    path: Vec<String>,
    value: Json,
}

/// An account as it came, and as we understand it.
struct Read {
    members: Members,
    account: Account,
}

impl ProBonus {
    pub(super) async fn change_account(
        &self,
        lookup: Lookup,
        id: AccountId,
        change: &AccountChange,
    ) -> Result<AccountUpdate, BackendError> {
        change.profile.validate()?;
        let changes = self.changes(change);
        let before = self.read_raw(lookup, id).await?;

        let mut outgoing = before.members.clone();
        let kept = self.kept_by_server();
        let omitted =
            self.inner.settings.omit.iter().map(|path| path.split('.').map(str::to_owned).collect());
        for path in kept.iter().cloned().chain(omitted) {
            outgoing.remove(&path);
        }
        for Change { path, value } in &changes {
            outgoing.set(path, value)?;
        }
        outgoing.set(&self.member("id"), &Json::Whole(id.0))?;
        self.send_body(&UPDATE_ACCOUNT, outgoing.to_json()?).await?;

        let after = self.read_raw(lookup, id).await?;
        let asked = changes.into_iter().map(|change| change.path);
        let expected: Vec<_> = kept.into_iter().chain(asked).collect();
        let unasked = before.members.differing(&after.members, &expected);
        Ok(AccountUpdate { account: after.account, unasked })
    }

    async fn read_raw(&self, lookup: Lookup, id: AccountId) -> Result<Read, BackendError> {
        let (method, params): (&'static Method, Params) = match lookup {
            Lookup::Id => (&ACCOUNT, vec![("id", Json::Whole(id.0))]),
            Lookup::Phone(phone) => (&FIND_BY_PHONE, self.phone_params(&phone)),
        };
        let reply = self.send(method, params).await?;
        let terms = self.terms();
        let id_member = self.member("id");
        for members in
            Members::of_accounts(&reply.body, &id_member).ok_or_else(|| wire::malformed(method.name))?
        {
            let account = decode(terms, method, &members)?;
            if account.id == id {
                return Ok(Read { members, account });
            }
        }
        Err(BackendError::NotFound)
    }

    fn kept_by_server(&self) -> Vec<Vec<String>> {
        let overrides = &self.terms().overrides;
        KEPT_BY_SERVER.iter().map(|field| overrides.path("account", field)).collect()
    }

    /// Where the request has what we call `field`: by the parameter's name if it is given one, else where the account
    /// has it.
    fn member(&self, field: &'static str) -> Vec<String> {
        match self.inner.link.renamed_param(&UPDATE_ACCOUNT, field) {
            Some(theirs) => vec![theirs.to_owned()],
            None => self.terms().overrides.path("account", field),
        }
    }

    fn changes(&self, change: &AccountChange) -> Vec<Change> {
        let AccountChange { profile, group_id, discount_id, bonus_id, bonus_lifetime_days } = change;
        let text = |text: &Option<String>| Json::text_or_null(text.as_deref());
        let ProfileChange { first_name, last_name, middle_name, birthday, sex, email } = profile;
        let fields = [
            ("firstName", first_name.clone().map(Json::Text)),
            ("lastName", last_name.as_ref().map(text)),
            ("middleName", middle_name.as_ref().map(text)),
            ("birthday", birthday.map(|day| day.map_or(Json::Null, |day| Json::Text(day.to_string())))),
            ("sex", sex.map(|sex| sex.map_or(Json::Null, |sex| Json::Text(self.their_sex(sex_word(sex)))))),
            ("email", email.as_ref().map(text)),
            ("accountGroupId", group_id.map(|id| Json::Whole(id.0))),
            ("discountId", discount_id.map(|id| Json::Whole(id.0))),
            ("bonusId", bonus_id.map(|id| Json::Whole(id.0))),
            ("bonusLifetimeDays", bonus_lifetime_days.map(|days| Json::Whole(i64::from(days)))),
        ];
        let wanted = fields.into_iter().filter_map(|(field, value)| Some((field, value?)));
        wanted.map(|(field, value)| Change { path: self.member(field), value }).collect()
    }
}

fn decode(terms: &Terms, method: &Method, members: &Members) -> Result<Account, BackendError> {
    debug_assert_eq!(method.effect, Effect::Read);
    wire::one(terms, method.name, &members.to_json()?)
}
