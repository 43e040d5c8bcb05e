//! Who the guest is: registering and changing the form.

use std::sync::Arc;

use loyalty_core::ErrorCode;
use loyalty_core::backend::GuestBackend;
use loyalty_core::domain::{AccountId, ConsentKind, Phone, Profile, ProfileChange, Registration};
use loyalty_core::guest::{GuestClient, Registered};

use crate::error::GatewayError;
use crate::gateway::{Gateway, Inner};
use crate::projection::{AccountDocument, RegisteredDocument, UpdatedDocument};
use crate::sign_in::{Guest, HOUR};

impl Gateway {
    /// Finds the guest's account or creates it. Once it has been sent it is carried through, whether or not somebody
    /// still waits.
    ///
    /// # Errors
    /// For a form that cannot be sent; [`ErrorCode::ConsentRequired`] without a consent to the current text on personal
    /// data; [`ErrorCode::AccountAmbiguous`] when several accounts carry the phone; [`ErrorCode::Unsupported`] where
    /// nobody can register; [`GatewayError::OutcomeUnknown`] when no answer came and no account can be seen.
    pub async fn register(
        &self,
        guest: &Guest,
        profile: Profile,
    ) -> Result<RegisteredDocument, GatewayError> {
        let inner = Arc::clone(&self.inner);
        if !inner.options.registration {
            return Err(GatewayError::conflict(ErrorCode::Unsupported));
        }
        let newcomer = Registration {
            phone: guest.phone,
            profile,
            group_id: inner.probonus.home_group(),
            identifiers: Vec::new(),
        };
        newcomer.validate()?;
        self.may_write(guest).await?;
        let guest = guest.clone();
        let registering = async move { inner.register(&guest, &newcomer).await.map(|it| (it, guest)) };
        let registered = self.carry_through(registering);
        let (Registered { account, created }, guest) = registered.await?;
        Ok(RegisteredDocument { created, account: AccountDocument::new(&account, guest.audience()) })
    }

    /// Changes the guest's form. Once it has been sent it is carried through, whether or not somebody still waits.
    ///
    /// # Errors
    /// For a member that cannot be sent or that ProBonus refuses; [`GatewayError::OutcomeUnknown`] when no answer came.
    pub async fn update_profile(
        &self,
        guest: &Guest,
        change: &ProfileChange,
    ) -> Result<UpdatedDocument, GatewayError> {
        change.validate()?;
        self.may_write(guest).await?;
        let (inner, guest, change) = (Arc::clone(&self.inner), guest.clone(), change.clone());
        self.carry_through(async move {
            // The same connection for both: it remembers which account the phone led to.
            let direct = inner.probonus.guest(guest.phone);
            let account = inner.checked(&guest, &direct).await?.id;
            let update = inner.calling(direct.update_profile(&change)).await;
            // Also when nobody knows the outcome.
            inner.snapshot_is_outdated(guest.phone, account).await;
            let update = update?;
            let account = AccountDocument::new(&update.account, guest.audience());
            Ok(UpdatedDocument { account, unasked: !update.unasked.is_empty() })
        })
        .await
    }

    /// Runs to its end even if nobody waits any more: a guest who closes the app must not leave a write half done, and
    /// neither must an operator who stops the gateway.
    async fn carry_through<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, GatewayError>> + Send + 'static,
    ) -> Result<T, GatewayError> {
        self.inner.writes.spawn(work).await.unwrap_or(Err(GatewayError::Internal))
    }

    /// Counts a change that the guest makes.
    pub(crate) async fn may_write(&self, guest: &Guest) -> Result<(), GatewayError> {
        self.within("writes", guest.phone, self.inner.options.limits.writes_per_hour, HOUR).await
    }
}

impl Inner {
    async fn register(&self, guest: &Guest, newcomer: &Registration) -> Result<Registered, GatewayError> {
        // One registration of a phone at a time among all instances: the welcome bonus is granted by the insert.
        let _turn = self.state.lock(&format!("registration of {}", guest.phone.e164())).await?;
        let direct = self.probonus.guest(guest.phone);
        // Another session of the phone may have registered meanwhile, and what was agreed to is the account's then. And
        // whoever is known to have an account is not given another because it cannot be seen just now.
        let account = match self.checked(guest, &direct).await {
            Ok(found) => Some(found.id),
            Err(GatewayError::GuestNotFound) => None,
            Err(error) => return Err(error),
        };
        self.require_consent(guest.phone, account).await?;
        let client = GuestClient::new(direct, Arc::clone(&self.clock), Arc::clone(&self.phone_locks));
        let registered = self.calling(client.register(newcomer)).await?;
        let account = match self.same_account(guest, registered.account.id).await {
            // There is an account now, and it could not be written down here.
            Err(GatewayError::Unavailable { .. } | GatewayError::Internal) => {
                return Err(GatewayError::OutcomeUnknown);
            }
            same => same?,
        };
        self.snapshot_is_outdated(guest.phone, account).await;
        Ok(registered)
    }

    async fn require_consent(&self, phone: Phone, account: Option<AccountId>) -> Result<(), GatewayError> {
        let required = self.options.consent_texts.iter();
        let required = required.filter(|text| text.kind == ConsentKind::PersonalData);
        let given = self.state.consents_of(phone, account).await?;
        for text in required {
            let holds = given.iter().map(|row| &row.consent).any(|consent| {
                consent.in_force() && consent.kind == text.kind && consent.text_version == text.version
            });
            if !holds {
                return Err(GatewayError::conflict(ErrorCode::ConsentRequired));
            }
        }
        Ok(())
    }
}
