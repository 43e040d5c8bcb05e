//! What a restaurant sets up: `groups`, `group …`, `identifier-type …`, `discount …`.
//!
//! The server takes whole records, so a change is read, changed and sent whole.

use loyalty_core::backend::OperatorBackend;
use loyalty_core::domain::{
    AccountGroup, DiscountId, GroupDraft, GroupId, GroupTemplate, IdentifierTypeDraft, IdentifierTypeId,
    Ladder, LadderDraft, LadderStep,
};
use loyalty_core::{ErrorCode, LoyaltyError};

use super::guest::nothing_to_change;
use crate::args::{DiscountCommand, GroupCommand, GroupUpdateArgs, IdentifierTypeCommand, TemplateArgs};
use crate::documents::{
    DiscountsDocument, GroupDocument, GroupsDocument, IdentifierTypeDocument, IdentifierTypesDocument,
    LadderDocument,
};
use crate::failure::Failure;
use crate::input;
use crate::output::Out;
use crate::output::paint::clean;
use crate::session::Session;

/// `groups`, `group list`
pub(super) async fn list_groups(session: &Session, out: &mut Out) -> Result<(), Failure> {
    let groups = session.read(session.operator.directory().groups()).await?;
    session.show(out, &GroupsDocument::from(groups.as_slice()), |view| view.groups(&groups))
}

/// `group …`
pub(super) async fn group(session: &Session, command: &GroupCommand, out: &mut Out) -> Result<(), Failure> {
    let directory = session.operator.directory();
    let group = match command {
        GroupCommand::List => return list_groups(session, out).await,
        GroupCommand::Show { id } => session.read(directory.group(GroupId(*id))).await?,
        GroupCommand::Create { name, template, terms } => {
            let template_terms = changed_template(None, terms)?;
            let draft = GroupDraft { name: name.clone(), has_template: *template, template: template_terms };
            draft.validate()?;
            session.write(directory.create_group(&draft)).await?
        }
        GroupCommand::Update(args) => update_group(session, args).await?,
    };
    session.show(out, &GroupDocument::from(&group), |view| view.groups(std::slice::from_ref(&group)))
}

async fn update_group(session: &Session, args: &GroupUpdateArgs) -> Result<AccountGroup, Failure> {
    let directory = session.operator.directory();
    let terms = changed_template(None, &args.terms)?;
    if args.name.is_none() && !args.template && !args.no_template && terms.is_none() {
        return Err(nothing_to_change());
    }
    let now = session.read(directory.group(GroupId(args.id))).await?;
    let draft = GroupDraft {
        name: args.name.clone().unwrap_or(now.name),
        has_template: if args.no_template { false } else { now.has_template || args.template },
        template: changed_template(now.template, &args.terms)?,
    };
    draft.validate()?;
    session.write(directory.update_group(now.id, &draft)).await
}

/// The template with what is named in place of what it held; `None` when it holds nothing.
fn changed_template(
    now: Option<GroupTemplate>,
    terms: &TemplateArgs,
) -> Result<Option<GroupTemplate>, Failure> {
    let held = now.unwrap_or_default();
    let bonus = terms.welcome_bonus.as_deref().map(|text| input::bonus("welcomeBonus", text)).transpose()?;
    let changed = GroupTemplate {
        level_id: terms.level.or(held.level_id),
        welcome_bonus: bonus.or(held.welcome_bonus),
        bonus_lifetime_days: terms.bonus_lifetime.or(held.bonus_lifetime_days),
    };
    Ok(if changed == GroupTemplate::default() { now } else { Some(changed) })
}

/// `identifier-type …`
pub(super) async fn identifier_type(
    session: &Session,
    command: &IdentifierTypeCommand,
    out: &mut Out,
) -> Result<(), Failure> {
    let directory = session.operator.directory();
    let changed = match command {
        IdentifierTypeCommand::List => {
            let types = session.read(directory.identifier_types()).await?;
            let document = IdentifierTypesDocument::from(types.as_slice());
            return session.show(out, &document, |view| view.identifier_types(&types));
        }
        IdentifierTypeCommand::Create { name, mask } => {
            let draft = IdentifierTypeDraft { name: name.clone(), mask: mask.clone() };
            draft.validate()?;
            session.write(directory.create_identifier_type(&draft)).await?
        }
        IdentifierTypeCommand::Update { name: None, mask: None, .. } => return Err(nothing_to_change()),
        IdentifierTypeCommand::Update { id, name, mask } => {
            let id = IdentifierTypeId(*id);
            let types = session.read(directory.identifier_types()).await?;
            let now = types.into_iter().find(|one| one.id == id).ok_or_else(not_found)?;
            let draft = IdentifierTypeDraft {
                name: name.clone().unwrap_or(now.name),
                mask: mask.clone().or(now.mask),
            };
            draft.validate()?;
            session.write(directory.update_identifier_type(id, &draft)).await?
        }
    };
    session.show(out, &IdentifierTypeDocument::from(&changed), |view| {
        view.identifier_types(std::slice::from_ref(&changed))
    })
}

/// `discount …`
pub(super) async fn discount(
    session: &Session,
    command: &DiscountCommand,
    out: &mut Out,
) -> Result<(), Failure> {
    let directory = session.operator.directory();
    let ladder = match command {
        DiscountCommand::List => {
            let discounts = session.read(directory.discounts()).await?;
            let document = DiscountsDocument::from(discounts.as_slice());
            return session.show(out, &document, |view| view.discounts(&discounts));
        }
        DiscountCommand::CreateLadder { name, steps } => {
            let draft = LadderDraft { name: name.clone(), steps: read_steps(steps)? };
            draft.validate()?;
            session.write(directory.create_ladder(&draft)).await?
        }
        DiscountCommand::UpdateLadder { id, name, steps } => {
            update_ladder(session, DiscountId(*id), name.as_ref(), &read_steps(steps)?).await?
        }
    };
    session.show(out, &LadderDocument::from(&ladder), |view| {
        format!("{}  {}  {}\n", ladder.id.0, clean(&ladder.name), view.steps(&ladder.steps))
    })
}

async fn update_ladder(
    session: &Session,
    id: DiscountId,
    name: Option<&String>,
    steps: &[LadderStep],
) -> Result<Ladder, Failure> {
    if name.is_none() && steps.is_empty() {
        return Err(nothing_to_change());
    }
    let directory = session.operator.directory();
    let discounts = session.read(directory.discounts()).await?;
    let now = discounts.into_iter().find(|one| one.id == id).ok_or_else(not_found)?;
    // A discount of the till has no steps to change.
    let held = now.ladder.ok_or_else(|| LoyaltyError::invalid("id", ErrorCode::FieldInvalid))?;
    let draft = LadderDraft {
        name: name.cloned().unwrap_or(now.name),
        steps: if steps.is_empty() { held } else { steps.to_vec() },
    };
    draft.validate()?;
    session.write(directory.update_ladder(id, &draft)).await
}

fn read_steps(steps: &[String]) -> Result<Vec<LadderStep>, LoyaltyError> {
    steps.iter().map(|text| input::ladder_step(text)).collect()
}

fn not_found() -> LoyaltyError {
    LoyaltyError::NotFound { code: ErrorCode::NotFound }
}
