//! `guest …`.

use loyalty_core::domain::{Account, AccountChange, AccountUpdate, GroupId, ProfileChange, Registration};
use loyalty_core::{ErrorCode, LoyaltyError};

use crate::args::{GuestCommand, ProfileChangeArgs, RegisterArgs};
use crate::documents::{AccountDocument, RegisteredDocument, UpdatedDocument};
use crate::failure::Failure;
use crate::input;
use crate::output::Out;
use crate::session::Session;

pub(super) async fn run(session: &Session, command: &GuestCommand, out: &mut Out) -> Result<(), Failure> {
    match command {
        GuestCommand::Find { phone } => find(session, phone, out).await,
        GuestCommand::Register(args) => register(session, args, out).await,
        GuestCommand::Update { phone, change } => update(session, phone, change, out).await,
    }
}

async fn find(session: &Session, phone: &str, out: &mut Out) -> Result<(), Failure> {
    let phone = input::phone(phone)?;
    let account = session.read(session.operator.find(phone)).await?;
    session.show(out, &AccountDocument::from(&account), |view| view.account(&account))
}

async fn register(session: &Session, args: &RegisterArgs, out: &mut Out) -> Result<(), Failure> {
    let newcomer = Registration {
        phone: input::phone(&args.phone)?,
        profile: input::profile(&args.first_name, &args.profile)?,
        group_id: args.group.map_or(session.home_group, GroupId),
        identifiers: Vec::new(),
    };
    let registered = session.write(session.guest(newcomer.phone).register(&newcomer)).await?;
    session.show(out, &RegisteredDocument::from(&registered), |view| view.registered(&registered))
}

async fn update(
    session: &Session,
    phone: &str,
    change: &ProfileChangeArgs,
    out: &mut Out,
) -> Result<(), Failure> {
    let phone = input::phone(phone)?;
    let change = input::profile_change(change)?;
    if change == ProfileChange::default() {
        return Err(nothing_to_change());
    }
    change.validate()?;
    let update = session.write(session.guest(phone).update_profile(&change)).await?;
    show_update(session, &update, &AccountChange { profile: change, ..AccountChange::default() }, out)
}

/// Shows a changed account. What was asked for and did not come about is a refusal, even if the server says otherwise.
pub(super) fn show_update(
    session: &Session,
    update: &AccountUpdate,
    change: &AccountChange,
    out: &mut Out,
) -> Result<(), Failure> {
    let ignored = ignored(change, &update.account);
    let document = UpdatedDocument::new(update, &ignored);
    session.show(out, &document, |view| view.updated(update, &ignored))?;
    match ignored.first() {
        None => Ok(()),
        Some(field) => {
            let field = Some((*field).to_owned());
            let refusal = LoyaltyError::Rejected { code: ErrorCode::Rejected, field };
            Err(Failure::from(refusal).told())
        }
    }
}

/// The fields that were to change and are not as asked, as the documents name them. Terms of an account that the
/// server never shows cannot be looked at.
fn ignored(change: &AccountChange, account: &Account) -> Vec<&'static str> {
    let (asked, now) = (&change.profile, &account.profile);
    fn differs<T: PartialEq>(asked: Option<&Option<T>>, now: &Option<T>) -> bool {
        asked.is_some_and(|asked| asked != now)
    }
    let name = |asked: Option<&str>, now: Option<&str>| {
        asked.is_some_and(|asked| asked.trim() != now.unwrap_or_default().trim())
    };
    let text = |asked: &Option<Option<String>>, now: &Option<String>| {
        name(asked.as_ref().map(|text| text.as_deref().unwrap_or_default()), now.as_deref())
    };
    let fields = [
        ("firstName", name(asked.first_name.as_deref(), now.first_name.as_deref())),
        ("lastName", text(&asked.last_name, &now.last_name)),
        ("middleName", text(&asked.middle_name, &now.middle_name)),
        ("birthday", differs(asked.birthday.as_ref(), &now.birthday)),
        ("sex", differs(asked.sex.as_ref(), &now.sex)),
        ("email", text(&asked.email, &now.email)),
        ("phone", differs(change.phone.map(Some).as_ref(), &account.phone)),
        ("blocked", change.blocked.is_some_and(|blocked| blocked != account.blocked)),
        ("identifiers", change.identifiers.as_ref().is_some_and(|asked| *asked != account.identifiers)),
        ("groupId", change.group_id.is_some_and(|group| group != account.group_id)),
    ];
    fields.into_iter().filter(|(_, ignored)| *ignored).map(|(field, _)| field).collect()
}

/// An update that names no field.
pub(super) fn nothing_to_change() -> Failure {
    Failure::from(LoyaltyError::invalid("change", ErrorCode::FieldEmpty))
        .detail("name at least one thing to change; see --help")
}
