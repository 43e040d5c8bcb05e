//! What both a guest and an integrator read.

use jiff::Timestamp;

use super::ProBonus;
use super::encode::Json;
use super::link::Params;
use super::method::{
    ACCOUNT, BALANCE, FIND_BY_PHONE, INSERT_BY_TEMPLATE, ISSUE_IDENTIFIER, RECEIPT, TRANSACTIONS,
};
use super::wire::{self, sex_word};
use crate::backend::{BackendError, windows};
use crate::domain::{
    Account, AccountId, Balance, Identifier, IdentifierTypeId, IssuedIdentifier, Period, Phone, Receipt,
    ReceiptRef, Registration, Transaction, TransactionsQuery,
};

impl ProBonus {
    pub(super) async fn accounts_of(&self, phone: &Phone) -> Result<Vec<Account>, BackendError> {
        let found = self.call(&FIND_BY_PHONE, self.phone_params(phone), wire::found::<Account>).await;
        match found {
            Err(BackendError::NotFound) => Ok(Vec::new()),
            Err(error) => Err(error),
            Ok(mut accounts) => {
                let answered = !accounts.is_empty();
                // Who asks for one guest must never be shown another.
                accounts.retain(|account| account.phone.is_none_or(|theirs| theirs == *phone));
                if answered && accounts.is_empty() {
                    return Err(wire::mismatch(FIND_BY_PHONE.name, "phone"));
                }
                Ok(accounts)
            }
        }
    }

    pub(super) fn phone_params(&self, phone: &Phone) -> Params {
        vec![("phone", Json::Text(phone.wire(self.terms().phones)))]
    }

    pub(super) async fn account_by_id(&self, id: AccountId) -> Result<Account, BackendError> {
        let found = self.call(&ACCOUNT, vec![("id", Json::Whole(id.0))], wire::found::<Account>).await?;
        if found.is_empty() {
            return Err(BackendError::NotFound);
        }
        let asked = found.into_iter().find(|account| account.id == id);
        asked.ok_or_else(|| wire::mismatch(ACCOUNT.name, "id"))
    }

    pub(super) async fn balance_of(&self, id: AccountId) -> Result<Balance, BackendError> {
        let balance =
            self.call(&BALANCE, vec![("accountId", Json::Whole(id.0))], wire::one::<Balance>).await?;
        if balance.account_id != id {
            return Err(wire::mismatch(BALANCE.name, "accountId"));
        }
        Ok(balance)
    }

    /// Newest first, whatever order the server has, and nothing outside of what was asked for. A period that fills a
    /// whole reply, with what does not belong there, may have been cut off: it is to be asked for in parts.
    pub(super) async fn transactions_of(
        &self,
        id: AccountId,
        query: TransactionsQuery,
    ) -> Result<Vec<Transaction>, BackendError> {
        let mut rows = self.rows_of(id, query).await?;
        match query {
            TransactionsQuery::Last(count) => rows.truncate(usize::try_from(count).unwrap_or(usize::MAX)),
            TransactionsQuery::Period(_) if rows.len() >= windows::FULL => return Err(windows::too_large()),
            TransactionsQuery::Period(period) => {
                rows.retain(|row| period.from <= row.at && row.at < period.to)
            }
        }
        Ok(rows)
    }

    /// All that the server answers, newest first: it may keep another order, and other borders than it was asked for.
    pub(super) async fn rows_of(
        &self,
        id: AccountId,
        query: TransactionsQuery,
    ) -> Result<Vec<Transaction>, BackendError> {
        let mut params = vec![("accountId", Json::Whole(id.0))];
        match query {
            TransactionsQuery::Last(count) => params.push(("count", Json::Whole(i64::from(count)))),
            TransactionsQuery::Period(period) => params.extend(self.period_params(period)),
        }
        let mut rows = self.call(&TRANSACTIONS, params, wire::list::<Transaction>).await?;
        rows.sort_by_key(|row| std::cmp::Reverse((row.at, row.id)));
        Ok(rows)
    }

    /// A period in whole seconds, which every server reads; rounded outwards.
    pub(super) fn period_params(&self, period: Period) -> Params {
        let floor = |at: Timestamp| at.as_nanosecond().div_euclid(1_000_000_000);
        let ceiling = floor(period.to) + i128::from(period.to.as_nanosecond().rem_euclid(1_000_000_000) != 0);
        vec![
            ("dateFrom", Json::Text(self.wire_time(floor(period.from)))),
            ("dateTo", Json::Text(self.wire_time(ceiling))),
        ]
    }

    /// An instant in the venue's zone, with its offset.
    fn wire_time(&self, second: i128) -> String {
        let second = i64::try_from(second).ok().and_then(|second| Timestamp::from_second(second).ok());
        let local = second.unwrap_or(Timestamp::MAX).to_zoned_datetime(self.terms().calendar.zone.clone());
        local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    pub(super) async fn receipt_of(&self, reference: &ReceiptRef) -> Result<Receipt, BackendError> {
        let receipt =
            self.call(&RECEIPT, vec![("id", id_or_text(&reference.0))], wire::one::<Receipt>).await?;
        if !is_same_id(&receipt.reference.0, &reference.0) {
            return Err(wire::mismatch(RECEIPT.name, "id"));
        }
        Ok(receipt)
    }

    pub(super) async fn insert_from_template(
        &self,
        newcomer: &Registration,
    ) -> Result<Account, BackendError> {
        newcomer.validate()?;
        let params = self.registration_params(newcomer);
        let account = self.call(&INSERT_BY_TEMPLATE, params, wire::one::<Account>).await?;
        match account.phone {
            // The answer is about somebody else: whether the newcomer was taken, it does not say.
            Some(theirs) if theirs != newcomer.phone => Err(BackendError::OutcomeUnknown),
            _ => Ok(account),
        }
    }

    pub(super) fn registration_params(&self, newcomer: &Registration) -> Params {
        let profile = &newcomer.profile;
        let text = |text: &Option<String>| text.clone().map(Json::Text);
        let mut params = vec![("accountGroupId", Json::Whole(newcomer.group_id.0))];
        params.extend(self.phone_params(&newcomer.phone));
        let form = [
            ("firstName", text(&profile.first_name)),
            ("lastName", text(&profile.last_name)),
            ("middleName", text(&profile.middle_name)),
            ("birthday", profile.birthday.map(|day| Json::Text(day.to_string()))),
            ("sex", profile.sex.map(|sex| Json::Text(self.their_sex(sex_word(sex))))),
            ("email", text(&profile.email)),
        ];
        params.extend(form.into_iter().filter_map(|(name, value)| Some((name, value?))));
        if !newcomer.identifiers.is_empty() {
            params.push(("identifiers", self.their_identifiers(&newcomer.identifiers)));
        }
        params
    }

    pub(super) fn their_identifiers(&self, identifiers: &[Identifier]) -> Json {
        let records = identifiers.iter().map(|identifier| {
            let value = Json::Text(identifier.value.clone());
            let fields = [("typeId", Json::Whole(identifier.type_id.0)), ("value", value)];
            Json::record(self.terms(), "identifier", fields)
        });
        Json::List(records.collect())
    }

    pub(super) fn their_sex(&self, word: &str) -> String {
        self.terms().overrides.their_word("account", "sex", word)
    }

    pub(super) async fn issue(
        &self,
        id: AccountId,
        type_id: IdentifierTypeId,
    ) -> Result<IssuedIdentifier, BackendError> {
        let params = vec![("accountId", Json::Whole(id.0)), ("typeId", Json::Whole(type_id.0))];
        self.call(&ISSUE_IDENTIFIER, params, wire::one::<IssuedIdentifier>).await
    }
}

/// Whether two ids that are opaque to us are the same: as numbers if they look like it, and without regard to case, in
/// which servers write GUIDs as they like.
fn is_same_id(one: &str, other: &str) -> bool {
    match (one.parse::<i64>(), other.parse::<i64>()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one.eq_ignore_ascii_case(other),
    }
}

/// An id that is opaque to us, as a number if that is what it looks like.
pub(super) fn id_or_text(id: &str) -> Json {
    match id.parse::<i64>() {
        Ok(number) if number.to_string() == id => Json::Whole(number),
        _ => Json::Text(id.to_owned()),
    }
}
