//! What a guest who is signed in holds and may ask for.

use std::future::ready;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use loyalty_core::LoyaltyError;
use loyalty_core::backend::gateway::{ConsentText, GatewayClient};
use loyalty_core::domain::{
    Consent, ConsentKind, GroupId, Profile, ProfileChange, ReceiptRef, Registration, Sex,
};
use loyalty_core::guest::ReminderPolicy;

use crate::error::CallError;
use crate::loyalty::{Desk, Guest, Live, Loyalty};
use crate::records::history::{ReceiptView, ReminderView, TillCodeView, TransactionPage};
use crate::records::programme::ConsentView;
use crate::records::snapshot::{GuestView, SnapshotView};
use crate::runtime::{Answer, CancelToken, answer, erased, run, to_the_end};

/// A newcomer's form.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct RegistrationForm {
    /// First name; required.
    pub first_name: String,
    /// Last name.
    pub last_name: Option<String>,
    /// Patronymic.
    pub middle_name: Option<String>,
    /// Birthday.
    pub birthday: Option<Date>,
    /// Sex.
    pub sex: Option<Sex>,
    /// E-mail.
    pub email: Option<String>,
}

/// What becomes of a text of the form.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum TextChange {
    /// It stays as it is.
    Keep,
    /// It is emptied.
    Clear,
    /// It becomes another.
    Set {
        /// The new text.
        value: String,
    },
}

/// What becomes of a day of the form.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum DayChange {
    /// It stays as it is.
    Keep,
    /// It is emptied.
    Clear,
    /// It becomes another.
    Set {
        /// The new day.
        value: Date,
    },
}

/// What becomes of the sex in the form.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum SexChange {
    /// It stays as it is.
    Keep,
    /// It is emptied.
    Clear,
    /// It becomes another.
    Set {
        /// The new one.
        value: Sex,
    },
}

/// What a guest changes about their form.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct ProfileEdit {
    /// First name; cannot be emptied, so nothing keeps it.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: TextChange,
    /// Patronymic.
    pub middle_name: TextChange,
    /// Birthday.
    pub birthday: DayChange,
    /// Sex.
    pub sex: SexChange,
    /// E-mail.
    pub email: TextChange,
}

/// When a guest wants to be reminded of a burn.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ReminderWish {
    /// How many business days before.
    pub days_before: Vec<u32>,
    /// At which time of day at the venue.
    pub at: Time,
    /// How many reminders at most, the soonest first.
    pub limit: u32,
}

#[uniffi::export]
impl Loyalty {
    /// Records the consents to the programme's current texts, then finds the guest's account or creates it, then
    /// refreshes.
    ///
    /// Answers whether the account was created; it was not when the phone had one before.
    ///
    /// # Errors
    /// `InvalidInput` about `consents` or a field of the form; `Unsupported` where guests cannot register themselves.
    #[uniffi::method(default(cancel = None))]
    pub async fn register(
        &self,
        form: RegistrationForm,
        consents: Vec<ConsentKind>,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<bool, CallError> {
        self.with_guest(cancel, move |desk, guest, _| async move {
            let programme = desk.known_programme().await?;
            let given_at = desk.now(&desk.live());
            let agreed = |text: &&ConsentText| consents.contains(&text.kind);
            let consents: Vec<Consent> = programme
                .consents
                .iter()
                .filter(agreed)
                .map(|text| Consent {
                    kind: text.kind,
                    text_version: text.text_version.clone(),
                    given_at,
                    withdrawn_at: None,
                })
                .collect();
            let newcomer = Registration {
                // A kiosk that was shown a till code does not know whose it is; but whoever has one is registered.
                phone: guest.phone.ok_or(LoyaltyError::Unsupported)?,
                profile: form.profile(),
                // The gateway chooses the group.
                group_id: GroupId(0),
                identifiers: Vec::new(),
            };
            let session = guest.session.clone();
            to_the_end(async move { Ok(session.register(&newcomer, &consents).await?.created) }).await
        })
        .await
    }

    /// Reads what the guest holds. Calls that come while one is under way share its outcome.
    ///
    /// # Errors
    /// `NotFound` with `guest_not_found` when the guest has to be registered first.
    #[uniffi::method(default(cancel = None))]
    pub async fn refresh(&self, cancel: Option<Arc<CancelToken>>) -> Result<SnapshotView, CallError> {
        self.with_guest(cancel, |desk, guest, client| async move {
            // Whoever asks wants to see what is, not what the gateway remembers.
            client.ask_anew();
            guest.session.refresh().await?;
            desk.snapshot(&desk.live(), &guest).ok_or(LoyaltyError::Unauthorized)
        })
        .await
    }

    /// Reads a page of at most `limit` rows (1 to 500) behind `after`, or the newest: from what is kept, else from the
    /// server.
    ///
    /// # Errors
    /// `InvalidInput` about `cursor`; those of a read when not a single row can be shown.
    #[uniffi::method(default(cancel = None))]
    pub async fn history(
        &self,
        after: Option<String>,
        limit: u32,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<TransactionPage, CallError> {
        self.with_guest(cancel, move |desk, guest, _| async move {
            let behind = after.map(|after| after.parse()).transpose()?;
            let page = guest.session.history(behind, limit).await?;
            let live = desk.live();
            Ok(TransactionPage::new(page, &desk.words(&live), desk.now(&live)))
        })
        .await
    }

    /// Reads a receipt; from what is kept, if it is there.
    ///
    /// # Errors
    /// `NotFound` when there is no such receipt; `Forbidden` at a kiosk.
    #[uniffi::method(default(cancel = None))]
    pub async fn receipt(
        &self,
        reference: String,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<ReceiptView, CallError> {
        self.with_guest(cancel, move |desk, guest, _| async move {
            let receipt = guest.session.receipt(&ReceiptRef(reference)).await?;
            Ok(ReceiptView::new(receipt, &desk.words(&desk.live())))
        })
        .await
    }

    /// Gets a code to show at the till.
    ///
    /// # Errors
    /// `Unsupported` where the venue has none.
    #[uniffi::method(default(cancel = None))]
    pub async fn till_code(&self, cancel: Option<Arc<CancelToken>>) -> Result<TillCodeView, CallError> {
        self.with_guest(cancel, |desk, guest, _| async move {
            let code = guest.session.till_code().await?;
            Ok(TillCodeView::new(code, desk.now(&desk.live())))
        })
        .await
    }

    /// Changes the guest's form and refreshes.
    ///
    /// # Errors
    /// `InvalidInput` or `Rejected` with the field's name.
    #[uniffi::method(default(cancel = None))]
    pub async fn update_profile(
        &self,
        edit: ProfileEdit,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<GuestView, CallError> {
        self.with_guest(cancel, move |desk, guest, _| async move {
            let (change, session) = (edit.change(), guest.session.clone());
            let updated = to_the_end(async move { session.update_profile(&change).await }).await?;
            let shown = desk.snapshot(&desk.live(), &guest);
            Ok(shown.map_or_else(
                || GuestView::new(&updated.account.profile, updated.account.blocked),
                |view| view.guest,
            ))
        })
        .await
    }

    /// All consents of the guest, newest first, withdrawn ones too.
    ///
    /// # Errors
    /// Those of a read.
    #[uniffi::method(default(cancel = None))]
    pub async fn consents(&self, cancel: Option<Arc<CancelToken>>) -> Result<Vec<ConsentView>, CallError> {
        self.with_guest(cancel, |desk, _, client| async move {
            desk.known_programme().await?;
            let consents = client.consents().await?;
            let words = desk.words(&desk.live());
            Ok(consents.into_iter().map(|consent| ConsentView::new(consent, &words)).collect())
        })
        .await
    }

    /// Records that the guest agrees to the programme's current text. Agreeing again changes nothing.
    ///
    /// # Errors
    /// `Unsupported` when the programme has no such text.
    #[uniffi::method(default(cancel = None))]
    pub async fn give_consent(
        &self,
        kind: ConsentKind,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<ConsentView, CallError> {
        self.with_guest(cancel, move |desk, _, client| async move {
            // Anew, because a text that was replaced meanwhile cannot be agreed to.
            let programme = desk.programme().await?;
            let text = programme.consents.iter().find(|text| text.kind == kind);
            let version = &text.ok_or(LoyaltyError::Unsupported)?.text_version;
            let consent = client.give_consent(kind, version).await?;
            Ok(ConsentView::new(consent, &desk.words(&desk.live())))
        })
        .await
    }

    /// Records that the guest agrees no longer. Withdrawing what was not given succeeds.
    ///
    /// # Errors
    /// Those of a change that may be repeated.
    #[uniffi::method(default(cancel = None))]
    pub async fn withdraw_consent(
        &self,
        kind: ConsentKind,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<(), CallError> {
        self.with_guest(cancel, move |_, _, client| async move { Ok(client.withdraw_consent(kind).await?) })
            .await
    }

    /// Everything that is kept about the guest, as one JSON document.
    ///
    /// # Errors
    /// Those of a read.
    #[uniffi::method(default(cancel = None))]
    pub async fn export_data(&self, cancel: Option<Arc<CancelToken>>) -> Result<String, CallError> {
        self.with_guest(cancel, |_, _, client| async move { Ok(client.export().await?.0) }).await
    }

    /// Asks the operator to delete the guest, and answers when that was first asked for. Every session of the guest
    /// ends, this one too.
    ///
    /// # Errors
    /// Those of a change that may be repeated.
    #[uniffi::method(default(cancel = None))]
    pub async fn request_deletion(&self, cancel: Option<Arc<CancelToken>>) -> Result<Timestamp, CallError> {
        self.with_guest(cancel, |desk, guest, client| async move {
            to_the_end(async move {
                let _turn = desk.turn().await;
                // Whoever has come while this waited must not be deleted for it.
                if desk.live().guest.is_none_or(|now| !Arc::ptr_eq(&now, &guest)) {
                    return Err(LoyaltyError::Unauthorized);
                }
                let request = client.request_deletion().await?;
                desk.forget(Some(&guest)).await?;
                Ok(request.requested_at)
            })
            .await
        })
        .await
    }

    /// What to remind the guest of, from what was last read, soonest first. Empty when nobody is signed in.
    pub fn reminders(&self, wish: ReminderWish) -> Vec<ReminderView> {
        let live = self.desk.live();
        let Some(guest) = &live.guest else { return Vec::new() };
        let limit = usize::try_from(wish.limit).unwrap_or(usize::MAX);
        let policy = ReminderPolicy { days_before: wish.days_before, at: wish.at, limit };
        let words = self.desk.words(&live);
        let reminders = guest.session.reminders(&policy).into_iter();
        reminders.map(|reminder| ReminderView::new(reminder, &words)).collect()
    }

    /// Does what can wait until the screen is drawn: looks for damage, reads old history again, drops what is too old.
    ///
    /// # Errors
    /// Those of a read; `Storage` when the file was damaged: it is begun anew, and the next refresh fills it.
    #[uniffi::method(default(cancel = None))]
    pub async fn upkeep(&self, cancel: Option<Arc<CancelToken>>) -> Result<(), CallError> {
        self.with_guest(cancel, |_, guest, _| async move { guest.session.upkeep().await.map(drop) }).await
    }

    /// Closes the file before the platform suspends the app. Until [`Loyalty::resume`], what would read or write it
    /// fails with `Storage`; the snapshot stays. A sign-in that is under way opens it only then.
    ///
    /// # Errors
    /// `Storage` when the file cannot be closed in order.
    pub async fn pause(&self) -> Result<(), CallError> {
        let desk = Arc::clone(&self.desk);
        run(None, async move { desk.pause().await }).await
    }

    /// Opens the file again, if somebody is signed in.
    ///
    /// # Errors
    /// `Storage` when the file cannot be opened.
    pub async fn resume(&self) -> Result<(), CallError> {
        let desk = Arc::clone(&self.desk);
        run(None, async move { desk.resume().await }).await
    }
}

impl Loyalty {
    /// Runs `work` for whoever is signed in, and signs them out when the gateway knows them no longer.
    fn with_guest<T, F>(
        &self,
        cancel: Option<Arc<CancelToken>>,
        work: impl FnOnce(Arc<Desk>, Arc<Guest>, GatewayClient) -> F,
    ) -> Answer<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, LoyaltyError>> + Send + 'static,
    {
        let desk = &self.desk;
        let Live { client, guest: Some(guest), .. } = desk.live() else {
            return Box::pin(ready(Err(LoyaltyError::Unauthorized.into())));
        };
        let (work, outcome) = erased(work(Arc::clone(desk), Arc::clone(&guest), client));
        answer(cancel, Arc::clone(desk).heeding(guest, work), outcome)
    }
}

impl RegistrationForm {
    fn profile(self) -> Profile {
        let Self { first_name, last_name, middle_name, birthday, sex, email } = self;
        Profile { first_name: Some(first_name), last_name, middle_name, birthday, sex, email }
    }
}

impl ProfileEdit {
    fn change(self) -> ProfileChange {
        let text = |change| match change {
            TextChange::Keep => None,
            TextChange::Clear => Some(None),
            TextChange::Set { value } => Some(Some(value)),
        };
        ProfileChange {
            first_name: self.first_name,
            last_name: text(self.last_name),
            middle_name: text(self.middle_name),
            birthday: match self.birthday {
                DayChange::Keep => None,
                DayChange::Clear => Some(None),
                DayChange::Set { value } => Some(Some(value)),
            },
            sex: match self.sex {
                SexChange::Keep => None,
                SexChange::Clear => Some(None),
                SexChange::Set { value } => Some(Some(value)),
            },
            email: text(self.email),
        }
    }
}
