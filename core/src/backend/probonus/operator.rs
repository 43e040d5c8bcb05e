//! Everything an integrator may do.

use jiff::Timestamp;
use uuid::Uuid;

use super::encode::Json;
use super::link::Params;
use super::method::{
    ACCOUNTS, DISCOUNTS, GROUP, GROUPS, IDENTIFIER_TYPES, INSERT_ACCOUNT, INSERT_GROUP,
    INSERT_IDENTIFIER_TYPE, INSERT_LADDER, Method, REFILL, REFILL_GROUP, REGISTER_CHECK, REPORT, REPORTS,
    UPDATE_GROUP, UPDATE_IDENTIFIER_TYPE, UPDATE_LADDER, WITHDRAW, WITHDRAW_GROUP,
};
use super::reads::id_or_text;
use super::update::Lookup;
use super::wire::{self, CheckOutcome, RefillOutcome, WithdrawOutcome};
use super::{ProBonus, comment_key};
use crate::backend::{BackendError, OperatorBackend};
use crate::domain::{
    Account, AccountChange, AccountGroup, AccountId, AccountUpdate, Balance, Bonus, Discount, DiscountId,
    ExternalCheck, GroupDraft, GroupId, GroupOperation, GroupOutcome, IdentifierType, IdentifierTypeDraft,
    IdentifierTypeId, IssuedIdentifier, Ladder, LadderDraft, NewAccount, OperationOutcome, Period, Phone,
    Receipt, ReceiptRef, Refill, Registration, Report, ReportId, ReportInfo, Transaction, TransactionsQuery,
    Withdrawal,
};

impl ProBonus {
    /// A comment with our key, where the instance is trusted to keep comments.
    fn keyed(&self, comment: Option<&str>, key: Uuid) -> Option<String> {
        if self.inner.settings.comment_key {
            Some(comment_key::add(comment, key))
        } else {
            comment.map(str::to_owned)
        }
    }

    fn operation_params(&self, target: (&'static str, i64), sum: Bonus, comment: Option<String>) -> Params {
        let mut params = vec![(target.0, Json::Whole(target.1)), ("sum", Json::bonus(sum, self.terms()))];
        params.extend(comment.map(|comment| ("comment", Json::Text(comment))));
        params
    }

    async fn on_group(
        &self,
        method: &'static Method,
        operation: &GroupOperation,
    ) -> Result<GroupOutcome, BackendError> {
        operation.validate()?;
        let target = ("accountGroupId", operation.group_id.0);
        let params = self.operation_params(target, operation.sum, operation.comment.clone());
        self.call(method, params, wire::one::<GroupOutcome>).await
    }

    fn group_params(&self, draft: &GroupDraft) -> Params {
        let mut params =
            vec![("name", Json::Text(draft.name.clone())), ("haveTemplate", Json::Flag(draft.has_template))];
        if let Some(template) = draft.template {
            let fields = [
                ("levelId", template.level_id.map_or(Json::Null, Json::Whole)),
                (
                    "welcomeBonus",
                    template.welcome_bonus.map_or(Json::Null, |sum| Json::bonus(sum, self.terms())),
                ),
                (
                    "bonusLifetimeDays",
                    template.bonus_lifetime_days.map_or(Json::Null, |days| Json::Whole(days.into())),
                ),
            ];
            params.push(("template", Json::record(self.terms(), "groupTemplate", fields)));
        }
        params
    }

    fn ladder_params(&self, draft: &LadderDraft) -> Params {
        let steps = draft.steps.iter().map(|step| {
            let fields = [
                ("fromTurnover", Json::money(step.from_turnover, self.terms())),
                ("discountId", Json::Whole(step.discount_id.0)),
            ];
            Json::record(self.terms(), "ladderStep", fields)
        });
        vec![("name", Json::Text(draft.name.clone())), ("steps", Json::List(steps.collect()))]
    }
}

fn identifier_type_params(draft: &IdentifierTypeDraft) -> Params {
    vec![("name", Json::Text(draft.name.clone())), ("mask", Json::text_or_null(draft.mask.as_deref()))]
}

fn with_id(id: i64, mut params: Params) -> Params {
    params.insert(0, ("id", Json::Whole(id)));
    params
}

impl OperatorBackend for ProBonus {
    fn server_time(&self) -> Option<Timestamp> {
        self.inner.link.http.latest_date()
    }

    fn comment_keys(&self) -> bool {
        self.inner.settings.comment_key
    }

    async fn groups(&self) -> Result<Vec<AccountGroup>, BackendError> {
        self.call(&GROUPS, Vec::new(), wire::list::<AccountGroup>).await
    }

    async fn group(&self, id: GroupId) -> Result<AccountGroup, BackendError> {
        let group = self.call(&GROUP, vec![("id", Json::Whole(id.0))], wire::one::<AccountGroup>).await?;
        if group.id != id {
            return Err(wire::mismatch(GROUP.name, "id"));
        }
        Ok(group)
    }

    async fn create_group(&self, draft: &GroupDraft) -> Result<AccountGroup, BackendError> {
        draft.validate()?;
        self.call(&INSERT_GROUP, self.group_params(draft), wire::one::<AccountGroup>).await
    }

    async fn update_group(&self, id: GroupId, draft: &GroupDraft) -> Result<AccountGroup, BackendError> {
        draft.validate()?;
        self.call(&UPDATE_GROUP, with_id(id.0, self.group_params(draft)), wire::one::<AccountGroup>).await
    }

    async fn find_by_phone(&self, phone: &Phone) -> Result<Vec<Account>, BackendError> {
        self.accounts_of(phone).await
    }

    async fn account(&self, id: AccountId) -> Result<Account, BackendError> {
        self.account_by_id(id).await
    }

    async fn accounts(&self, offset: u64, limit: u32) -> Result<Vec<Account>, BackendError> {
        // No server has more accounts than that; what lies beyond is an empty page.
        let offset = i64::try_from(offset).unwrap_or(i64::MAX);
        let params = vec![("offset", Json::Whole(offset)), ("limit", Json::Whole(i64::from(limit)))];
        self.call(&ACCOUNTS, params, wire::list::<Account>).await
    }

    async fn insert_by_template(&self, newcomer: &Registration) -> Result<Account, BackendError> {
        self.insert_from_template(newcomer).await
    }

    async fn insert_account(&self, account: &NewAccount) -> Result<Account, BackendError> {
        account.registration.validate()?;
        let mut params = self.registration_params(&account.registration);
        let more = [
            ("discountId", account.discount_id.map(|id| id.0)),
            ("bonusId", account.bonus_id.map(|id| id.0)),
            ("bonusLifetimeDays", account.bonus_lifetime_days.map(i64::from)),
        ];
        params.extend(more.into_iter().filter_map(|(name, number)| Some((name, Json::Whole(number?)))));
        if account.blocked {
            params.push(("blocked", Json::Flag(true)));
        }
        self.call(&INSERT_ACCOUNT, params, wire::one::<Account>).await
    }

    async fn update_account(
        &self,
        id: AccountId,
        change: &AccountChange,
    ) -> Result<AccountUpdate, BackendError> {
        self.change_account(Lookup::Id, id, change).await
    }

    async fn balance(&self, id: AccountId) -> Result<Balance, BackendError> {
        self.balance_of(id).await
    }

    async fn transactions(
        &self,
        id: AccountId,
        query: TransactionsQuery,
    ) -> Result<Vec<Transaction>, BackendError> {
        self.transactions_of(id, query).await
    }

    async fn receipt(&self, reference: &ReceiptRef) -> Result<Receipt, BackendError> {
        self.receipt_of(reference).await
    }

    async fn issue_identifier(
        &self,
        id: AccountId,
        type_id: IdentifierTypeId,
    ) -> Result<IssuedIdentifier, BackendError> {
        self.issue(id, type_id).await
    }

    async fn refill(&self, refill: &Refill) -> Result<OperationOutcome, BackendError> {
        refill.validate()?;
        let comment = self.keyed(refill.comment.as_deref(), refill.key);
        let params = self.operation_params(("accountId", refill.account_id.0), refill.sum, comment);
        Ok(self.call(&REFILL, params, wire::one::<RefillOutcome>).await?.0)
    }

    async fn withdraw(&self, withdrawal: &Withdrawal) -> Result<OperationOutcome, BackendError> {
        withdrawal.validate()?;
        let comment = self.keyed(withdrawal.comment.as_deref(), withdrawal.key);
        let params = self.operation_params(("accountId", withdrawal.account_id.0), withdrawal.sum, comment);
        Ok(self.call(&WITHDRAW, params, wire::one::<WithdrawOutcome>).await?.0)
    }

    async fn refill_group(&self, operation: &GroupOperation) -> Result<GroupOutcome, BackendError> {
        self.on_group(&REFILL_GROUP, operation).await
    }

    async fn withdraw_group(&self, operation: &GroupOperation) -> Result<GroupOutcome, BackendError> {
        self.on_group(&WITHDRAW_GROUP, operation).await
    }

    async fn register_check(&self, check: &ExternalCheck) -> Result<OperationOutcome, BackendError> {
        check.validate()?;
        // Kopecks whatever the unit of the rest (`seed`).
        let params = vec![
            ("restCode", Json::Whole(check.venue_code)),
            ("checkGuid", Json::Text(check.key.0.to_string())),
            ("accountId", Json::Whole(check.account_id.0)),
            ("rkUnit", Json::Whole(check.workplace)),
            ("externalCheck", Json::Text(check.external_check.clone())),
            ("bonusSpentSum", Json::Whole(check.bonus_spent.hundredths())),
            ("discountSum", Json::Whole(check.discount.hundredths())),
            ("bonusAccruedSum", Json::Whole(check.bonus_accrued.hundredths())),
            ("moneySpentSum", Json::Whole(check.money_spent.hundredths())),
            ("checkData", Json::Text(check.data.clone().unwrap_or_default())),
        ];
        let reply = self.send(&REGISTER_CHECK, params).await?;
        if reply.body.trim_ascii().is_empty() {
            return Ok(OperationOutcome::default());
        }
        Ok(self.decode(&REGISTER_CHECK, reply, wire::one::<CheckOutcome>).await?.0)
    }

    async fn identifier_types(&self) -> Result<Vec<IdentifierType>, BackendError> {
        self.call(&IDENTIFIER_TYPES, Vec::new(), wire::list::<IdentifierType>).await
    }

    async fn create_identifier_type(
        &self,
        draft: &IdentifierTypeDraft,
    ) -> Result<IdentifierType, BackendError> {
        draft.validate()?;
        let params = identifier_type_params(draft);
        self.call(&INSERT_IDENTIFIER_TYPE, params, wire::one::<IdentifierType>).await
    }

    async fn update_identifier_type(
        &self,
        id: IdentifierTypeId,
        draft: &IdentifierTypeDraft,
    ) -> Result<IdentifierType, BackendError> {
        draft.validate()?;
        let params = with_id(id.0, identifier_type_params(draft));
        self.call(&UPDATE_IDENTIFIER_TYPE, params, wire::one::<IdentifierType>).await
    }

    async fn discounts(&self) -> Result<Vec<Discount>, BackendError> {
        self.call(&DISCOUNTS, Vec::new(), wire::list::<Discount>).await
    }

    async fn create_ladder(&self, draft: &LadderDraft) -> Result<Ladder, BackendError> {
        draft.validate()?;
        self.call(&INSERT_LADDER, self.ladder_params(draft), wire::one::<Ladder>).await
    }

    async fn update_ladder(&self, id: DiscountId, draft: &LadderDraft) -> Result<Ladder, BackendError> {
        draft.validate()?;
        self.call(&UPDATE_LADDER, with_id(id.0, self.ladder_params(draft)), wire::one::<Ladder>).await
    }

    async fn reports(&self) -> Result<Vec<ReportInfo>, BackendError> {
        self.call(&REPORTS, Vec::new(), wire::list::<ReportInfo>).await
    }

    async fn report(&self, id: &ReportId, period: Period) -> Result<Report, BackendError> {
        let mut params = vec![("id", id_or_text(&id.0))];
        params.extend(self.period_params(period));
        self.call(&REPORT, params, wire::one::<Report>).await
    }
}
