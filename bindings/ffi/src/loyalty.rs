//! The door: opening it, the state behind it, and what needs no session.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use loyalty_core::backend::gateway::{GatewayClient, GatewayOptions, Programme};
use loyalty_core::backend::{BackendError, GuestBackend};
use loyalty_core::domain::wording::{Lang, UnitWords, Wording};
use loyalty_core::domain::{Bonus, BusinessCalendar, Money, Phone};
use loyalty_core::guest::{Connectivity, GuestSession};
use loyalty_core::ports::{Clock, SecretStore as Secrets};
use loyalty_core::system::{MemorySecretStore, SystemClock, SystemIds};
use loyalty_core::{ErrorCode, LoyaltyError};
use secrecy::SecretString;
use tokio::sync::{Mutex, watch};

use crate::alive::{Alive, Kind};
use crate::amounts::{BonusAmount, MoneyAmount};
use crate::error::CallError;
use crate::observe::Subscription;
use crate::records::programme::ProgrammeView;
use crate::records::snapshot::{SessionState, SnapshotView};
use crate::runtime::{CancelToken, run};
use crate::secret_store::{Foreign, SecretStore};
use crate::settings::{Settings, Understood, refused};
use crate::visit::Turn;
use crate::words::Words;

/// The programme as it was last read, beside the folder of the guest's cache.
const PROGRAMME_FILE: &str = "programme.json";
/// The folder of the guest's cache.
const CACHE_FOLDER: &str = "guest";

/// A guest's own device, or a kiosk. May be used from any thread; calls that ask the server take a token that gives them
/// up.
#[derive(Debug, uniffi::Object)]
pub struct Loyalty {
    pub(crate) desk: Arc<Desk>,
    _alive: Alive,
}

impl Loyalty {
    pub(crate) fn new(desk: Arc<Desk>) -> Arc<Self> {
        Arc::new(Self { desk, _alive: Alive::new(Kind::Device) })
    }
}

/// What all calls share.
pub(crate) struct Desk {
    options: GatewayOptions,
    pub(crate) place: Place,
    pub(crate) clock: Arc<dyn Clock>,
    unit: UnitWords,
    calendar: BusinessCalendar,
    pub(crate) live: watch::Sender<Live>,
    /// Whoever opens or closes the guest's file for good or for a while holds it.
    pub(crate) file: Mutex<()>,
    _alive: Alive,
}

/// Where a session is kept.
pub(crate) enum Place {
    /// On the guest's own device.
    Own {
        /// Where tokens go.
        secrets: Arc<dyn Secrets>,
        /// Where what was read goes.
        folder: PathBuf,
    },
    /// In memory, until the next guest comes.
    Shared,
}

/// What changes.
#[derive(Clone)]
pub(crate) struct Live {
    pub(crate) client: GatewayClient,
    pub(crate) guest: Option<Arc<Guest>>,
    /// A kiosk's next guest has another: they wait for nobody who has left.
    pub(crate) turn: Turn,
    pub(crate) lang: Lang,
    pub(crate) programme: Option<Arc<Programme>>,
    /// As far as is known without a session.
    connectivity: Connectivity,
    /// Whether the platform has suspended the app.
    pub(crate) paused: bool,
    /// Whether the app has ended it.
    pub(crate) ended: bool,
}

/// Who is signed in.
pub(crate) struct Guest {
    pub(crate) session: GuestSession<GatewayClient>,
    pub(crate) calendar: BusinessCalendar,
    /// Unknown to a kiosk that was shown a till code.
    pub(crate) phone: Option<Phone>,
    /// Why nothing is kept on this device although it should be.
    pub(crate) unkept: Option<ErrorCode>,
    pub(crate) _alive: Alive,
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Desk")
    }
}

/// Opens a guest's own device: goes on with the session that was kept, if there is one. Sends nothing.
///
/// # Errors
/// `InvalidInput` about a setting; `SecretStore` when nobody can tell whether somebody is signed in.
#[uniffi::export]
pub async fn open_guest(
    settings: Settings,
    secrets: Arc<dyn SecretStore>,
) -> Result<Arc<Loyalty>, CallError> {
    open(settings, secrets, Arc::new(SystemClock)).await
}

/// Opens a kiosk with its credential. Nothing is kept: each guest's session lives in memory.
///
/// # Errors
/// `InvalidInput` about a setting or the credential.
#[uniffi::export]
pub fn open_kiosk(settings: Settings, credential: String) -> Result<Arc<Loyalty>, CallError> {
    let understood = settings.understood(Some(SecretString::from(credential)))?;
    let desk = Desk::new(understood, Place::Shared, Arc::new(SystemClock), None)?;
    Ok(Loyalty::new(Arc::new(desk)))
}

/// [`open_guest`] on a clock of the caller's.
pub(crate) async fn open(
    settings: Settings,
    secrets: Arc<dyn SecretStore>,
    clock: Arc<dyn Clock>,
) -> Result<Arc<Loyalty>, CallError> {
    let work = async move {
        let understood = settings.understood(None)?;
        let folder = understood.folder.clone();
        let kept = kept_programme(&folder).map(Arc::new);
        let place = Place::Own { secrets: Arc::new(Foreign::new(secrets)), folder };
        let desk = Arc::new(Desk::new(understood, place, clock, kept)?);
        desk.go_on().await?;
        Ok(Loyalty::new(desk))
    };
    run(None, work).await
}

/// What an earlier run has kept. What cannot be read is as good as nothing: it is read again from the server.
fn kept_programme(folder: &Path) -> Option<Programme> {
    Programme::read(&std::fs::read_to_string(folder.join(PROGRAMME_FILE)).ok()?).ok()
}

impl Desk {
    pub(crate) fn new(
        understood: Understood,
        place: Place,
        clock: Arc<dyn Clock>,
        programme: Option<Arc<Programme>>,
    ) -> Result<Self, LoyaltyError> {
        let Understood { options, folder: _, lang, unit, calendar } = understood;
        let client = new_client(&options, &place, &clock)?;
        let (live, _) = watch::channel(Live {
            client,
            guest: None,
            turn: Arc::default(),
            lang,
            programme,
            connectivity: Connectivity::Unknown,
            paused: false,
            ended: false,
        });
        let file = Mutex::default();
        Ok(Self { options, place, clock, unit, calendar, live, file, _alive: Alive::new(Kind::Desk) })
    }

    pub(crate) fn new_client(&self) -> Result<GatewayClient, LoyaltyError> {
        new_client(&self.options, &self.place, &self.clock)
    }

    pub(crate) fn live(&self) -> Live {
        self.live.borrow().clone()
    }

    /// The folder of the guest's cache.
    pub(crate) fn cache_folder(&self) -> Option<PathBuf> {
        match &self.place {
            Place::Own { folder, .. } => Some(folder.join(CACHE_FOLDER)),
            Place::Shared => None,
        }
    }

    /// The venue's calendar: the programme's, as soon as there is one.
    pub(crate) fn calendar(&self, live: &Live) -> BusinessCalendar {
        let known = live.programme.as_ref().map(|programme| &programme.calendar);
        known.unwrap_or(&self.calendar).clone()
    }

    pub(crate) fn words(&self, live: &Live) -> Words {
        let unit = live.programme.as_ref().map_or(&self.unit, |programme| &programme.unit);
        Words {
            wording: Wording::new(live.lang, unit.clone()),
            calendar: live.guest.as_ref().map_or_else(|| self.calendar(live), |guest| guest.calendar.clone()),
            programme: live.programme.clone(),
        }
    }

    /// The device's clock, corrected by what is known of the server's.
    pub(crate) fn now(&self, live: &Live) -> Timestamp {
        let now = self.clock.now();
        now.checked_add(live.client.skew().unwrap_or_default()).unwrap_or(now)
    }

    pub(crate) fn state(&self, live: &Live) -> SessionState {
        let Some(guest) = &live.guest else {
            return SessionState { signed_in: false, connectivity: live.connectivity, snapshot: None };
        };
        let connectivity = guest.session.subscribe().borrow().connectivity;
        SessionState { signed_in: true, connectivity, snapshot: self.snapshot(live, guest) }
    }

    pub(crate) fn snapshot(&self, live: &Live, guest: &Guest) -> Option<SnapshotView> {
        let view = guest.session.snapshot()?;
        // Others may look at a kiosk's screen.
        let phone = guest.phone.as_ref().filter(|_| matches!(self.place, Place::Own { .. }));
        let mut shown = SnapshotView::new(&view, &self.words(live), phone, guest.unkept);
        if matches!(self.place, Place::Shared) {
            shown.guest.phone_masked = live.client.phone_masked();
        }
        Some(shown)
    }

    /// Learns from an answer outside of a session whether the server can be reached, and passes it on.
    pub(crate) fn heard<T>(&self, answer: Result<T, BackendError>) -> Result<T, LoyaltyError> {
        let connectivity = match &answer {
            Ok(_) => Some(Connectivity::Online),
            Err(BackendError::Offline) => Some(Connectivity::Offline),
            Err(_) => None,
        };
        if let Some(connectivity) = connectivity {
            self.live.send_if_modified(|live| {
                let before = std::mem::replace(&mut live.connectivity, connectivity);
                before != connectivity
            });
        }
        Ok(answer?)
    }

    /// Reads the programme, and keeps it for the next start where something is kept at all.
    pub(crate) async fn programme(&self) -> Result<Arc<Programme>, LoyaltyError> {
        let client = self.live().client;
        let programme = self.heard(client.programme().await)?;
        let changed = self.live.send_if_modified(|live| {
            let changed = live.programme.as_ref() != Some(&programme);
            live.programme = Some(Arc::clone(&programme));
            changed
        });
        if let (true, Place::Own { folder, .. }, Some(document)) =
            (changed, &self.place, client.programme_document())
            && let Err(error) = keep(folder, &document)
        {
            tracing::warn!(kind = %error.kind(), "the programme was not kept");
        }
        Ok(programme)
    }

    /// The programme, read only where nothing is known of it yet.
    pub(crate) async fn known_programme(&self) -> Result<Arc<Programme>, LoyaltyError> {
        let known = self.live.borrow().programme.clone();
        match known {
            Some(programme) => Ok(programme),
            None => self.programme().await,
        }
    }
}

fn new_client(
    options: &GatewayOptions,
    place: &Place,
    clock: &Arc<dyn Clock>,
) -> Result<GatewayClient, LoyaltyError> {
    let secrets: Arc<dyn Secrets> = match place {
        Place::Own { secrets, .. } => Arc::clone(secrets),
        Place::Shared => Arc::new(MemorySecretStore::default()),
    };
    GatewayClient::new(options, secrets, Arc::clone(clock), Arc::new(SystemIds)).map_err(refused)
}

/// Writes beside and renames, so that a run that ends here leaves the old one or the new.
fn keep(folder: &Path, document: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let draft = folder.join("programme.new");
    std::fs::write(&draft, document)?;
    std::fs::rename(draft, folder.join(PROGRAMME_FILE))
}

/// A phone while it is typed.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PhoneInput {
    /// How to show it back.
    pub text: String,
    /// Whether it is a whole number that a code can be sent to.
    pub complete: bool,
}

/// Formats a phone at every key that is typed.
#[uniffi::export]
#[must_use]
pub fn format_phone(typed: &str) -> PhoneInput {
    let text = Phone::format_while_typing(typed);
    PhoneInput { complete: Phone::parse(&text).is_ok(), text }
}

#[uniffi::export]
impl Loyalty {
    /// The language of all texts.
    pub fn lang(&self) -> Lang {
        self.desk.live.borrow().lang
    }

    /// Has all further texts in another language. Observers see the state once more.
    pub fn set_lang(&self, lang: Lang) {
        self.desk.live.send_if_modified(|live| std::mem::replace(&mut live.lang, lang) != lang);
    }

    /// The state now, without the network.
    pub fn state(&self) -> SessionState {
        self.desk.state(&self.desk.live())
    }

    /// Follows the state.
    pub fn subscribe(&self) -> Arc<Subscription> {
        Arc::new(Subscription::new(Arc::clone(&self.desk)))
    }

    /// The programme as it was last read on this device; nothing before the first reading.
    pub fn known_programme(&self) -> Option<ProgrammeView> {
        let live = self.desk.live();
        live.programme.as_ref().map(|programme| ProgrammeView::new(programme, &self.desk.words(&live)))
    }

    /// Reads the programme. Needs no session. At a kiosk it also tells whether the gateway takes the kiosk's credential.
    ///
    /// # Errors
    /// Those of a read; `Unauthorized` at a kiosk that the gateway does not know (any more).
    #[uniffi::method(default(cancel = None))]
    pub async fn programme(&self, cancel: Option<Arc<CancelToken>>) -> Result<ProgrammeView, CallError> {
        let desk = Arc::clone(&self.desk);
        let work = async move {
            let programme = desk.programme().await?;
            Ok(ProgrammeView::new(&programme, &desk.words(&desk.live())))
        };
        run(cancel, work).await
    }

    /// Words a number of bonuses.
    pub fn word_bonus(&self, amount: Bonus, plus: bool) -> BonusAmount {
        let words = self.desk.words(&self.desk.live());
        if plus { words.signed_bonus(amount) } else { words.bonus(amount) }
    }

    /// Words a sum of money.
    pub fn word_money(&self, amount: Money, plus: bool) -> MoneyAmount {
        let words = self.desk.words(&self.desk.live());
        if plus { words.signed_money(amount) } else { words.money(amount) }
    }

    /// Words a date: «23 ноября 2026».
    pub fn word_date(&self, date: Date) -> String {
        self.desk.words(&self.desk.live()).wording.date(date)
    }

    /// Ends everything: subscriptions end, and files are closed as soon as no call uses them. What is kept stays, and a
    /// sign-in that is under way opens nothing any more.
    pub fn end(&self) {
        self.desk.live.send_modify(|live| {
            live.ended = true;
            live.guest = None;
        });
    }
}
