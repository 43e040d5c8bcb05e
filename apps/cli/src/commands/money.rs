//! Writes of money: `refill`, `check register`, `operation …`.

use loyalty_core::domain::{AccountId, Bonus, GroupId, GroupOperation, Refill, Withdrawal};
use loyalty_core::operator::CheckDraft;

use crate::args::{CheckArgs, CheckCommand, GroupOperationArgs, OperationCommand, RefillArgs};
use crate::documents::{GroupWriteDocument, WriteDocument};
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
    let outcome = session.write_keyed(operation.key, session.operator.refill_group(&operation)).await?;
    session.show(out, &GroupWriteDocument::new(operation.key, outcome), |view| {
        view.group_write(view.words.accrued, operation.sum, outcome, operation.key)
    })
}

async fn withdraw_group(session: &Session, args: &GroupOperationArgs, out: &mut Out) -> Result<(), Failure> {
    let operation = group_operation(session, args)?;
    let outcome = session.write_keyed(operation.key, session.operator.withdraw_group(&operation)).await?;
    session.show(out, &GroupWriteDocument::new(operation.key, outcome), |view| {
        view.group_write(view.words.withdrawn, operation.sum, outcome, operation.key)
    })
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
    let CheckCommand::Register(args) = command;
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
        rest_code: args.rest_code,
        rk_unit: args.rk_unit,
        external_check: args.external_check.clone(),
        account_id: AccountId(args.account),
        bonus_spent: bonus("bonusSpent", &args.bonus_spent)?,
        discount: input::money("discount", &args.discount)?,
        bonus_accrued: bonus("bonusAccrued", &args.bonus_accrued)?,
        money_spent: input::money("moneySpent", &args.money_spent)?,
        data: args.data.clone(),
    })
}
