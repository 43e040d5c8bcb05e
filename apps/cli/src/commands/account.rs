//! `account …`

use loyalty_core::backend::OperatorBackend;
use loyalty_core::domain::{
    AccountChange, AccountId, DiscountId, GroupId, Identifier, IdentifierTypeId, NewAccount, Registration,
};

use super::guest::{nothing_to_change, show_update};
use crate::args::{AccountCommand, AccountCreateArgs, AccountUpdateArgs};
use crate::documents::{AccountDocument, AccountsDocument, CodeDocument};
use crate::failure::Failure;
use crate::input;
use crate::output::Out;
use crate::session::Session;

pub(super) async fn run(session: &Session, command: &AccountCommand, out: &mut Out) -> Result<(), Failure> {
    match command {
        AccountCommand::List { offset, limit } => list(session, *offset, *limit, out).await,
        AccountCommand::Show { id } => show(session, AccountId(*id), out).await,
        AccountCommand::Create(args) => create(session, args, out).await,
        AccountCommand::Update(args) => update(session, args, out).await,
        AccountCommand::IssueCode { id, type_id } => {
            issue_code(session, AccountId(*id), IdentifierTypeId(*type_id), out).await
        }
    }
}

async fn list(session: &Session, offset: u64, limit: u32, out: &mut Out) -> Result<(), Failure> {
    let accounts = session.read(session.operator.directory().accounts(offset, limit)).await?;
    let read = u64::try_from(accounts.len()).unwrap_or(u64::MAX);
    let next = (read >= u64::from(limit)).then(|| offset.saturating_add(read));
    session.show(out, &AccountsDocument::new(&accounts, next), |view| view.accounts(&accounts))
}

async fn show(session: &Session, id: AccountId, out: &mut Out) -> Result<(), Failure> {
    let account = session.read(session.operator.directory().account(id)).await?;
    session.show(out, &AccountDocument::from(&account), |view| view.account(&account))
}

async fn create(session: &Session, args: &AccountCreateArgs, out: &mut Out) -> Result<(), Failure> {
    let registration = Registration {
        phone: input::phone(&args.phone)?,
        profile: input::profile(&args.first_name, &args.profile)?,
        group_id: args.group.map_or(session.home_group, GroupId),
        identifiers: identifiers(&args.identifiers)?,
    };
    registration.validate()?;
    let account = NewAccount {
        registration,
        blocked: args.blocked,
        discount_id: args.terms.discount.map(DiscountId),
        bonus_id: args.terms.bonus.map(DiscountId),
        bonus_lifetime_days: args.terms.bonus_lifetime,
    };
    let account = session.write(session.operator.directory().insert_account(&account)).await?;
    session.show(out, &AccountDocument::from(&account), |view| view.account(&account))
}

async fn update(session: &Session, args: &AccountUpdateArgs, out: &mut Out) -> Result<(), Failure> {
    let change = AccountChange {
        profile: input::profile_change(&args.profile)?,
        phone: args.phone.as_deref().map(input::phone).transpose()?,
        blocked: (args.block || args.unblock).then_some(args.block),
        identifiers: if args.identifiers.is_empty() { None } else { Some(identifiers(&args.identifiers)?) },
        group_id: args.group.map(GroupId),
        discount_id: args.terms.discount.map(DiscountId),
        bonus_id: args.terms.bonus.map(DiscountId),
        bonus_lifetime_days: args.terms.bonus_lifetime,
    };
    if change == AccountChange::default() {
        return Err(nothing_to_change());
    }
    change.validate()?;
    let update = session.write(session.operator.update(AccountId(args.id), &change)).await?;
    show_update(session, &update, &change, out)
}

fn identifiers(given: &[String]) -> input::Read<Vec<Identifier>> {
    given.iter().map(|text| input::identifier(text)).collect()
}

async fn issue_code(
    session: &Session,
    id: AccountId,
    type_id: IdentifierTypeId,
    out: &mut Out,
) -> Result<(), Failure> {
    let code = session.write(session.operator.directory().issue_identifier(id, type_id)).await?;
    session.show(out, &CodeDocument::from(&code), |view| view.code(&code))
}
