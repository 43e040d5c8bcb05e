//! Writes of money: `refill`, `check register`, `operation …`.

use loyalty_core::domain::{AccountId, Bonus, GroupId, GroupOperation, Refill, Withdrawal};
use loyalty_core::operator::{CheckDraft, GroupReport};
use loyalty_core::{ErrorCode, LoyaltyError};
use uuid::Uuid;

use super::import;
use crate::args::{
    CheckArgs, CheckCommand, GroupOperationArgs, OperationCommand, RefillArgs, RegisterCheckArgs,
};
use crate::documents::{GroupReportDocument, GroupWriteDocument, WriteDocument};
use crate::failure::Failure;
use crate::input;
use crate::output::Out;
use crate::session::Session;

/// `refill`
pub(super) async fn refill(session: &Session, args: &RefillArgs, out: &mut Out) -> Result<(), Failure> {
    let refill = Refill {
        account_id: AccountId(args.account_id),
        sum: input::bonus("sum", &args.sum)?,
        comment: args.write.comment.clone(),
        key: args.write.key.unwrap_or_else(|| session.operator.new_key()),
    };
    refill.validate()?;
    let outcome = session.write_keyed(refill.key, session.operator.refill(&refill)).await?;
    session.show(out, &WriteDocument::new(refill.key, &outcome), |view| {
        view.write(view.words.accrued, Some(refill.sum), &outcome, refill.key)
    })
}

async fn withdraw(session: &Session, args: &RefillArgs, out: &mut Out) -> Result<(), Failure> {
    let withdrawal = Withdrawal {
        account_id: AccountId(args.account_id),
        sum: input::bonus("sum", &args.sum)?,
        comment: args.write.comment.clone(),
        key: args.write.key.unwrap_or_else(|| session.operator.new_key()),
    };
    withdrawal.validate()?;
    let outcome = session.write_keyed(withdrawal.key, session.operator.withdraw(&withdrawal)).await?;
    session.show(out, &WriteDocument::new(withdrawal.key, &outcome), |view| {
        view.write(view.words.withdrawn, Some(withdrawal.sum), &outcome, withdrawal.key)
    })
}

/// `operation …`
pub(super) async fn operation(
    session: &Session,
    command: &OperationCommand,
    out: &mut Out,
) -> Result<(), Failure> {
    match command {
        OperationCommand::Withdraw(args) => withdraw(session, args, out).await,
        OperationCommand::RefillGroup(args) => refill_group(session, args, out).await,
        OperationCommand::WithdrawGroup(args) => withdraw_group(session, args, out).await,
    }
}

async fn refill_group(session: &Session, args: &GroupOperationArgs, out: &mut Out) -> Result<(), Failure> {
    let operation = group_operation(session, args)?;
    let operator = &session.operator;
    if args.native {
        let outcome = session.write_keyed(operation.key, operator.refill_group_natively(&operation)).await?;
        return session.show(out, &GroupWriteDocument::new(operation.key, outcome), |view| {
            view.group_write(view.words.accrued, operation.sum, outcome, operation.key)
        });
    }
    let report = session.write_keyed(operation.key, operator.refill_group(&operation)).await?;
    session.show(out, &GroupReportDocument::new(operation.key, report), |view| {
        view.group_report(view.words.accrued, operation.sum, report, operation.key)
    })?;
    whole(session, operation.key, report)
}

async fn withdraw_group(session: &Session, args: &GroupOperationArgs, out: &mut Out) -> Result<(), Failure> {
    let operation = group_operation(session, args)?;
    let operator = &session.operator;
    if args.native {
        let outcome =
            session.write_keyed(operation.key, operator.withdraw_group_natively(&operation)).await?;
        return session.show(out, &GroupWriteDocument::new(operation.key, outcome), |view| {
            view.group_write(view.words.withdrawn, operation.sum, outcome, operation.key)
        });
    }
    let report = session.write_keyed(operation.key, operator.withdraw_group(&operation)).await?;
    session.show(out, &GroupReportDocument::new(operation.key, report), |view| {
        view.group_report(view.words.withdrawn, operation.sum, report, operation.key)
    })?;
    whole(session, operation.key, report)
}

/// The exit code of an operation of which the report has been shown.
fn whole(session: &Session, key: Uuid, report: GroupReport) -> Result<(), Failure> {
    let error = match report {
        GroupReport { waiting: 1.., .. } => LoyaltyError::Timeout { code: ErrorCode::WriteQueued },
        GroupReport { unknown: 1.., .. } | GroupReport { lost: 1.., .. } => LoyaltyError::OutcomeUnknown,
        GroupReport { duplicate: 1.., .. } => LoyaltyError::Conflict { code: ErrorCode::AppliedTwice },
        GroupReport { rejected: 1.., .. } => {
            LoyaltyError::Rejected { code: ErrorCode::Rejected, field: None }
        }
        _ => return Ok(()),
    };
    let failure = Failure::from(error).of_write(key);
    Err(if session.json { failure.told() } else { failure })
}

fn group_operation(session: &Session, args: &GroupOperationArgs) -> Result<GroupOperation, Failure> {
    let operation = GroupOperation {
        group_id: GroupId(args.group_id),
        sum: input::bonus("sum", &args.sum)?,
        comment: args.write.comment.clone(),
        key: args.write.key.unwrap_or_else(|| session.operator.new_key()),
    };
    operation.validate()?;
    Ok(operation)
}

/// `check …`
pub(super) async fn check(session: &Session, command: &CheckCommand, out: &mut Out) -> Result<(), Failure> {
    let CheckCommand::Register(RegisterCheckArgs { file, dry_run, one }) = command;
    let args = match (file, one) {
        (Some(file), _) => return import::run(session, file, *dry_run, out).await,
        (None, Some(args)) => args,
        (None, None) => return Err(LoyaltyError::invalid("account", ErrorCode::FieldEmpty).into()),
    };
    let check = check_draft(args)?.keyed(args.key);
    check.validate()?;
    let outcome = session.write_keyed(check.key.0, session.operator.register_check(&check)).await?;
    session.show(out, &WriteDocument::new(check.key.0, &outcome), |view| {
        view.write(view.words.registered, None, &outcome, check.key.0)
    })
}

fn check_draft(args: &CheckArgs) -> Result<CheckDraft, Failure> {
    let bonus = |field, text: &str| -> Result<Bonus, Failure> { Ok(input::bonus(field, text)?) };
    Ok(CheckDraft {
        venue_code: args.venue_code,
        workplace: args.workplace,
        external_check: args.external_check.clone(),
        account_id: AccountId(args.account),
        bonus_spent: bonus("bonusSpent", &args.bonus_spent)?,
        discount: input::money("discount", &args.discount)?,
        bonus_accrued: bonus("bonusAccrued", &args.bonus_accrued)?,
        money_spent: input::money("moneySpent", &args.money_spent)?,
        data: args.data.clone(),
    })
}
