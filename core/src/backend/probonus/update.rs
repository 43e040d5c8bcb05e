//! Changing an account without knowing whether the server replaces what it is not sent.
//!
//! Nobody says whether `accounts/update` takes a part or the whole (`assumed`: it may be either). So the account goes
//! back as it came, members that we do not know included, with only the asked fields changed; then it is read again
//! and whatever else differs is reported. What is emptied is sent as null; a server that takes null for "leave it"
//! leaves it, and the account that is given back says so.

mod members;

use std::sync::Arc;

use super::ProBonus;
use super::encode::Json;
use super::link::Params;
use super::method::{ACCOUNT, FIND_BY_PHONE, Method, UPDATE_ACCOUNT};
use super::wire::{self, Record, RecordInfo, Terms, sex_word};
use crate::backend::BackendError;
use crate::backend::http;
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

/// A field to change: our name, and its new value.
struct Change {
    field: &'static str,
    value: Json,
}

/// An account as it came, and as we understand it.
struct Read {
    members: Members,
    account: Account,
}

impl ProBonus {
    /// Three calls, each with the time of one: a read, the update, and a read of what came of it.
    ///
    /// # Errors
    /// [`BackendError::OutcomeUnknown`] when the update was accepted and the account could not be read again. Asking
    /// once more does no harm.
    pub(super) async fn change_account(
        &self,
        lookup: Lookup,
        id: AccountId,
        change: &AccountChange,
    ) -> Result<AccountUpdate, BackendError> {
        change.validate()?;
        let changes = self.changes(change);
        let before = self.read_raw(lookup, id).await?;

        let mut outgoing = before.members.clone();
        let kept = self.kept_by_server();
        let omitted =
            self.inner.settings.omit.iter().map(|path| path.split('.').map(str::to_owned).collect());
        for path in kept.iter().cloned().chain(omitted) {
            outgoing.remove(&path);
        }
        self.rename_for_update(&mut outgoing);
        for Change { field, value } in &changes {
            outgoing.set(&self.sent_as(field), value)?;
        }
        outgoing.set(&self.sent_as("id"), &Json::Whole(id.0))?;
        self.send_body(&UPDATE_ACCOUNT, outgoing.to_json()?).await?;

        // It was sent and taken: no failure of what follows may say that it was not.
        let after = self.read_raw(lookup, id).await.map_err(|_| BackendError::OutcomeUnknown)?;
        let asked = changes.into_iter().map(|change| self.read_as(change.field));
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
        let link = Arc::clone(&self.inner.link);
        let read = move |body: &[u8]| account_in(&link.terms, method, body, id);
        match http::decode(reply, method.effect, read).await? {
            Found::Asked(read) => Ok(*read),
            // By number there is no other answer than the account with that number.
            Found::Others if matches!(lookup, Lookup::Id) => Err(wire::mismatch(method.name, "id")),
            Found::Others | Found::Nobody => Err(BackendError::NotFound),
        }
    }

    fn kept_by_server(&self) -> Vec<Vec<String>> {
        let overrides = &self.terms().overrides;
        KEPT_BY_SERVER.iter().map(|field| overrides.path("account", field)).collect()
    }

    /// Where the account has what we call `field`.
    fn read_as(&self, field: &'static str) -> Vec<String> {
        match self.inner.link.renamed_param(&UPDATE_ACCOUNT, field) {
            // The account has no such field (`assumed`); if it shows one, then by the name that it is set by.
            Some(theirs) if !is_field_of_account(field) => vec![theirs.to_owned()],
            _ => self.terms().overrides.path("account", field),
        }
    }

    /// Where the request has what we call `field`: by the parameter's name if it is given one, else where the account
    /// has it.
    fn sent_as(&self, field: &'static str) -> Vec<String> {
        match self.inner.link.renamed_param(&UPDATE_ACCOUNT, field) {
            Some(theirs) => vec![theirs.to_owned()],
            None => self.terms().overrides.path("account", field),
        }
    }

    /// Moves what the request calls otherwise than the account. All is taken before any is set, so that two fields may
    /// exchange their names.
    fn rename_for_update(&self, account: &mut Members) {
        let renamed = UPDATE_ACCOUNT.params.iter().copied().filter(|field| is_field_of_account(field));
        let moves = renamed.map(|field| (self.read_as(field), self.sent_as(field)));
        let moves: Vec<_> = moves.filter(|(from, to)| from != to).collect();
        let taken: Vec<_> = moves.into_iter().map(|(from, to)| (account.take(&from), to)).collect();
        for (value, to) in taken {
            if let (Some(value), [name]) = (value, to.as_slice()) {
                account.put(name, value);
            }
        }
    }

    fn changes(&self, change: &AccountChange) -> Vec<Change> {
        let AccountChange {
            profile,
            phone,
            blocked,
            identifiers,
            group_id,
            discount_id,
            bonus_id,
            bonus_lifetime_days,
        } = change;
        let text = |text: &Option<String>| Json::text_or_null(text.as_deref());
        let ProfileChange { first_name, last_name, middle_name, birthday, sex, email } = profile;
        let fields = [
            ("firstName", first_name.clone().map(Json::Text)),
            ("lastName", last_name.as_ref().map(text)),
            ("middleName", middle_name.as_ref().map(text)),
            ("birthday", birthday.map(|day| day.map_or(Json::Null, |day| Json::Text(day.to_string())))),
            ("sex", sex.map(|sex| sex.map_or(Json::Null, |sex| Json::Text(self.their_sex(sex_word(sex)))))),
            ("email", email.as_ref().map(text)),
            ("phone", phone.map(|phone| Json::Text(phone.wire(self.terms().phones)))),
            ("blocked", blocked.map(Json::Flag)),
            ("identifiers", identifiers.as_deref().map(|identifiers| self.their_identifiers(identifiers))),
            ("accountGroupId", group_id.map(|id| Json::Whole(id.0))),
            ("discountId", discount_id.map(|id| Json::Whole(id.0))),
            ("bonusId", bonus_id.map(|id| Json::Whole(id.0))),
            ("bonusLifetimeDays", bonus_lifetime_days.map(|days| Json::Whole(i64::from(days)))),
        ];
        let wanted = fields.into_iter().filter_map(|(field, value)| Some((field, value?)));
        wanted.map(|(field, value)| Change { field, value }).collect()
    }
}

/// What a reply holds of the account that was asked for.
enum Found {
    Asked(Box<Read>),
    Others,
    Nobody,
}

fn account_in(terms: &Terms, method: &Method, body: &[u8], id: AccountId) -> Result<Found, BackendError> {
    let accounts = Members::of_accounts(terms, method.name, body)?;
    let nobody = accounts.is_empty();
    for members in accounts {
        let account: Account = wire::one(terms, method.name, &members.to_json()?)?;
        if account.id == id {
            return Ok(Found::Asked(Box::new(Read { members, account })));
        }
    }
    Ok(if nobody { Found::Nobody } else { Found::Others })
}

fn is_field_of_account(field: &str) -> bool {
    RecordInfo::named(Account::NAME).is_some_and(|account| account.fields.contains(&field))
}
