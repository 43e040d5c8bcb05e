//! How a session begins and ends.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use loyalty_core::backend::gateway::{Devices, GatewayClient, SignOut};
use loyalty_core::domain::Phone;
use loyalty_core::guest::{GuestClient, GuestSession, PhoneLocks, SessionSettings};
use loyalty_core::ports::SecretStore as Secrets;
use loyalty_core::system::SystemIds;
use loyalty_core::{Category, LoyaltyError};
use secrecy::{ExposeSecret, SecretSlice, SecretString};

use crate::alive::{Alive, Kind};
use crate::error::CallError;
use crate::loyalty::{Desk, Guest, Loyalty, Place};
use crate::runtime::{CancelToken, Work, begun, run, to_the_end};
use crate::visit::Leaving;

/// Where the guest's own phone is kept.
const PHONE_KEY: &str = "guest-phone";
/// Before there was any loyalty system that we speak to.
const HISTORY_SINCE: jiff::Timestamp = jiff::Timestamp::constant(946_684_800, 0);

/// What the gateway says about a code that it was asked to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct CodeSentView {
    /// After how long another code may be asked for.
    pub resend_after: Duration,
    /// For how long the code can be used.
    pub expires_in: Duration,
    /// How many digits it has.
    pub digits: u8,
}

#[uniffi::export]
impl Loyalty {
    /// Asks for a sign-in code to be sent to a phone, in any form that people write.
    ///
    /// # Errors
    /// `InvalidInput` about `phone`; `RateLimited` with how long to wait before the next.
    #[uniffi::method(default(cancel = None))]
    pub async fn request_code(
        &self,
        phone: String,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<CodeSentView, CallError> {
        let desk = Arc::clone(&self.desk);
        let work = async move {
            let phone = Phone::parse(&phone)?;
            let sent = desk.heard(desk.live().client.request_code(&phone).await)?;
            let (resend_after, expires_in, digits) = (sent.resend_after, sent.expires_in, sent.digits);
            Ok(CodeSentView { resend_after, expires_in, digits })
        };
        run(cancel, work).await
    }

    /// Signs in with the code that was sent. What another guest has left on this device is removed.
    ///
    /// # Errors
    /// `CodeWrong` with the tries that are left; `Conflict` with `code_expired` when another code has to be asked for, or
    /// `conflict` when somebody is signed in; `SecretStore` when the session could not be kept; `Unauthorized` when the
    /// kiosk's guest has been signed out meanwhile, or everything has been ended: then nobody is signed in.
    ///
    /// It is carried through when the caller gives up: who asks again may find that the guest is signed in.
    #[uniffi::method(default(cancel = None))]
    pub async fn confirm(
        &self,
        phone: String,
        code: String,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<(), CallError> {
        let (desk, door, code) = (Arc::clone(&self.desk), self.desk.door(), SecretString::from(code));
        let work = async move {
            let phone = Phone::parse(&phone)?;
            to_the_end(async move {
                let entry = desk.enter(door).await?;
                desk.heard(entry.client.confirm(&phone, &code).await)?;
                desk.begin(entry, Some(phone)).await
            })
            .await
        };
        run(cancel, work).await
    }

    /// Signs a guest in at a kiosk with the till code that their own device shows.
    ///
    /// # Errors
    /// `Conflict` with `code_expired` when the code is used or too old, or `conflict` when somebody is signed in;
    /// `Unauthorized` when this is no kiosk of the gateway's, or when the guest has been signed out meanwhile.
    #[uniffi::method(default(cancel = None))]
    pub async fn identify(
        &self,
        till_code: String,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<(), CallError> {
        let (desk, door) = (Arc::clone(&self.desk), self.desk.door());
        let work = to_the_end(async move {
            let entry = desk.enter(door).await?;
            desk.heard(entry.client.identify(&till_code).await)?;
            desk.begin(entry, None).await
        });
        run(cancel, work).await
    }

    /// Signs out. On this device the guest is signed out whatever happens, unless the secret store fails; what was kept
    /// is overwritten and removed. At a kiosk that is done before anything is waited for, and whoever is about to be
    /// signed in there is not: neither those whose call to [`Loyalty::confirm`] or [`Loyalty::identify`] has only begun.
    ///
    /// # Errors
    /// `SecretStore`; for all devices also when the server was not reached, and then nothing has changed. Neither at a
    /// kiosk, which answers `OnlyHere` where the server was not reached in time.
    ///
    /// `Cancelled` on a guest's own device means that a token that was used before the call has kept it from beginning;
    /// one that is used later gives up the answer alone. A kiosk's guest is never kept by a token: with one that is used
    /// already they are let go, wiped and the gateway is told all the same, and only the answer is `Cancelled`.
    #[uniffi::method(default(cancel = None))]
    pub async fn sign_out(
        &self,
        devices: Devices,
        cancel: Option<Arc<CancelToken>>,
    ) -> Result<SignOut, CallError> {
        match self.desk.leave() {
            Leaving::Owner => {
                let desk = Arc::clone(&self.desk);
                run(cancel, to_the_end(async move { desk.sign_out(devices).await })).await
            }
            Leaving::Nobody => run(cancel, ready(Ok(SignOut::Complete))).await,
            // Nobody else could wipe what is theirs if the caller gave up between here and there.
            Leaving::Guest(left) => run(cancel, begun(left.end(devices))?).await,
        }
    }
}

impl Desk {
    /// Goes on with the session that was kept; removes what a session has left that was ended elsewhere.
    pub(crate) async fn go_on(&self) -> Result<(), LoyaltyError> {
        let client = self.live().client;
        if client.is_signed_in().await? {
            let phone = self.kept_phone().await?;
            let guest = self.open_session(client, phone).await?;
            self.live.send_modify(|live| live.guest = Some(Arc::new(guest)));
        } else if let Some(folder) = self.cache_folder()
            && GuestSession::<GatewayClient>::is_kept_in(&folder)?
        {
            self.open_session(client, None).await?.session.sign_out().await?;
        }
        Ok(())
    }

    /// Opens the cache of this guest. Where a device cannot keep one, a session in memory is better than none.
    pub(crate) async fn open_session(
        &self,
        client: GatewayClient,
        phone: Option<Phone>,
    ) -> Result<Guest, LoyaltyError> {
        let calendar = self.calendar(&self.live());
        let settings = SessionSettings {
            calendar: calendar.clone(),
            history_since: HISTORY_SINCE,
            retention: Some(loyalty_core::guest::Retention::default()),
        };
        let client = GuestClient::new(client, Arc::clone(&self.clock), Arc::new(PhoneLocks::default()));
        let owner = phone.map(|phone| phone.e164()).unwrap_or_default();
        let opened = match self.cache_folder() {
            Some(folder) => {
                GuestSession::open(client.clone(), &folder, &owner, settings.clone(), &SystemIds).await
            }
            None => GuestSession::in_memory(client.clone(), settings.clone()).await,
        };
        let (session, unkept) = match opened {
            Err(error) if error.category() == Category::Storage => {
                tracing::warn!(code = error.code().as_str(), "nothing can be kept on this device");
                (GuestSession::in_memory(client, settings).await?, Some(error.code()))
            }
            opened => (opened?, None),
        };
        Ok(Guest { session, calendar, phone, unkept, _alive: Alive::new(Kind::Guest) })
    }

    async fn kept_phone(&self) -> Result<Option<Phone>, LoyaltyError> {
        let Place::Own { secrets, .. } = &self.place else { return Ok(None) };
        let secrets = Arc::clone(secrets);
        let kept = blocking(move || Ok(secrets.get(PHONE_KEY)?)).await?;
        let text = kept.as_ref().and_then(|kept| std::str::from_utf8(kept.expose_secret()).ok());
        Ok(text.and_then(|text| Phone::parse(text).ok()))
    }

    /// Signs out on a guest's own device.
    async fn sign_out(&self, devices: Devices) -> Result<SignOut, LoyaltyError> {
        let _turn = self.turn().await;
        let told = self.live().client.sign_out(devices).await?;
        self.forget(None).await?;
        Ok(told)
    }

    /// Lets go of the guest and of all that was kept about them; only of `whom`, if they are named.
    pub(crate) async fn forget(&self, whom: Option<&Arc<Guest>>) -> Result<(), LoyaltyError> {
        let mut leaving = None;
        self.live.send_if_modified(|live| {
            leaving = live.guest.take_if(|guest| whom.is_none_or(|whom| Arc::ptr_eq(guest, whom)));
            leaving.is_some()
        });
        if let Some(guest) = leaving {
            guest.session.sign_out().await?;
        }
        match &self.place {
            Place::Own { secrets, .. } => {
                let secrets = Arc::clone(secrets);
                blocking(move || Ok(secrets.delete(PHONE_KEY)?)).await
            }
            Place::Shared => Ok(()),
        }
    }

    /// Work for a guest, after which their session is ended if the gateway knows them no longer.
    pub(crate) fn heeding(self: Arc<Self>, guest: Arc<Guest>, work: Work) -> Work {
        Box::pin(async move {
            let refused = work.await;
            if refused {
                self.clear_away(guest).await;
            }
            refused
        })
    }

    async fn clear_away(self: Arc<Self>, refused: Arc<Guest>) {
        let ended = to_the_end(async move {
            let _turn = self.turn().await;
            let live = self.live();
            if live.guest.is_some_and(|guest| Arc::ptr_eq(&guest, &refused)) {
                live.client.sign_out(Devices::This).await?;
                // At a kiosk somebody else may have come meanwhile.
                self.forget(Some(&refused)).await?;
            }
            Ok(())
        });
        if let Err(error) = ended.await {
            tracing::warn!(code = error.code().as_str(), "a session that has ended was not cleared away");
        }
    }
}

pub(crate) async fn keep_phone(secrets: Arc<dyn Secrets>, phone: Phone) -> Result<(), LoyaltyError> {
    let secret = SecretSlice::from(phone.e164().into_bytes());
    blocking(move || Ok(secrets.set(PHONE_KEY, &secret)?)).await
}

/// Runs what may wait for the platform on a thread that may.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LoyaltyError> + Send + 'static,
) -> Result<T, LoyaltyError> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(LoyaltyError::Internal))
}
