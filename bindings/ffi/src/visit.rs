//! Who comes in and who leaves, and that neither is mistaken for the other: answers may be late, the platform may suspend
//! the app, and at a kiosk the next guest may be there already.

use std::sync::Arc;
use std::time::Duration;

use loyalty_core::backend::gateway::{Devices, GatewayClient, SignOut};
use loyalty_core::domain::Phone;
use loyalty_core::{ErrorCode, LoyaltyError};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::loyalty::{Desk, Guest, Live, Place};
use crate::sign_in::keep_phone;

/// How long a kiosk tries to tell the gateway that its guest has left. Meanwhile their tokens are still needed.
const TELLING: Duration = Duration::from_secs(5);

/// Somebody who is about to be signed in. While they are, nobody else comes or goes by the same door.
pub(crate) struct Entry {
    pub(crate) client: GatewayClient,
    turn: OwnedMutexGuard<()>,
}

/// A door that one person at a time goes through: whoever begins or ends a session holds it.
pub(crate) type Turn = Arc<Mutex<()>>;

impl Entry {
    /// Whether they are still awaited.
    fn is_awaited(&self, live: &Live) -> bool {
        !live.ended && Arc::ptr_eq(OwnedMutexGuard::mutex(&self.turn), &live.turn)
    }
}

/// Who leaves.
pub(crate) enum Leaving {
    /// The guest whose device it is, who stays until the gateway has been told.
    Owner,
    /// Nobody: the kiosk has no guest, and none is about to become one.
    Nobody,
    /// A kiosk's guest.
    Guest(Left),
}

/// Somebody who has left a kiosk, where nothing of them is in reach any more.
pub(crate) struct Left {
    client: GatewayClient,
    guest: Option<Arc<Guest>>,
}

impl Desk {
    /// The door as it is now. A call that lets somebody in asks for it before it begins anything on another thread, so that
    /// whoever leaves after the call closes that very door.
    pub(crate) fn door(&self) -> Turn {
        Arc::clone(&self.live.borrow().turn)
    }

    /// Waits until whoever comes or goes by the same door has done so.
    pub(crate) async fn turn(&self) -> OwnedMutexGuard<()> {
        self.door().lock_owned().await
    }

    /// Lets somebody in who has come by this door, where nobody is signed in.
    pub(crate) async fn enter(&self, door: Turn) -> Result<Entry, LoyaltyError> {
        let turn = door.lock_owned().await;
        let live = self.live();
        let entry = Entry { client: live.client.clone(), turn };
        if !entry.is_awaited(&live) {
            return Err(LoyaltyError::Unauthorized);
        }
        match live.guest {
            None => Ok(entry),
            Some(_) => Err(LoyaltyError::Conflict { code: ErrorCode::Conflict }),
        }
    }

    /// Begins the session whose tokens the client has just been given.
    pub(crate) async fn begin(&self, entry: Entry, phone: Option<Phone>) -> Result<(), LoyaltyError> {
        if let (Place::Own { secrets, .. }, Some(phone)) = (&self.place, phone)
            && let Err(error) = keep_phone(Arc::clone(secrets), phone).await
        {
            // Half a session would be one that nobody can register in.
            entry.client.sign_out(Devices::This).await?;
            return Err(error);
        }
        loop {
            // A suspended app must not have a file open.
            let mut live = self.live.subscribe();
            let _ = live.wait_for(|live| live.ended || !live.paused).await;
            drop(live);
            let _file = self.file.lock().await;
            if !entry.is_awaited(&self.live()) {
                break;
            }
            if self.live.borrow().paused {
                continue;
            }
            let guest = match self.open_session(entry.client.clone(), phone).await {
                Ok(guest) => Arc::new(guest),
                Err(error) => {
                    self.turn_away(entry).await?;
                    return Err(error);
                }
            };
            let begun = self.live.send_if_modified(|live| {
                let awaited = entry.is_awaited(live);
                if awaited {
                    live.guest = Some(guest);
                }
                awaited
            });
            if begun {
                return Ok(());
            }
            break;
        }
        // The answer came when nobody waited for it any more.
        self.turn_away(entry).await?;
        Err(LoyaltyError::Unauthorized)
    }

    async fn turn_away(&self, entry: Entry) -> Result<(), LoyaltyError> {
        // On their own device the guest goes on with it at the next start.
        if matches!(self.place, Place::Shared) {
            let left = Left { client: entry.client, guest: None };
            left.end(Devices::This).await?;
        }
        Ok(())
    }

    /// Lets go of a kiosk's guest, and of whoever is about to become one, whatever happens next: also of those whose call
    /// has not got as far as the door.
    pub(crate) fn leave(&self) -> Leaving {
        if matches!(self.place, Place::Own { .. }) {
            return Leaving::Owner;
        }
        let mut leaving = Leaving::Nobody;
        self.live.send_if_modified(|live| {
            // Whoever holds the turn has the client too. Nobody can take the one or the other while this looks.
            let somebody = live.guest.is_some() || live.turn.try_lock().is_err();
            live.turn = Turn::default();
            if somebody {
                leaving = Leaving::Guest(Left { client: self.next_client(live), guest: live.guest.take() });
            }
            somebody
        });
        leaving
    }

    /// Gives the next guest a client of their own, and answers whose it was until now.
    fn next_client(&self, live: &mut Live) -> GatewayClient {
        match self.new_client() {
            Ok(next) => std::mem::replace(&mut live.client, next),
            Err(error) => {
                // Its tokens are forgotten by whoever has left.
                tracing::warn!(code = error.code().as_str(), "the next guest has no client of their own");
                live.client.clone()
            }
        }
    }

    /// Closes the guest's file until [`Desk::resume`], also for whoever comes in meanwhile.
    pub(crate) async fn pause(&self) -> Result<(), LoyaltyError> {
        let _file = self.file.lock().await;
        self.live.send_modify(|live| live.paused = true);
        match self.live().guest {
            Some(guest) => guest.session.pause().await,
            None => Ok(()),
        }
    }

    pub(crate) async fn resume(&self) -> Result<(), LoyaltyError> {
        let _file = self.file.lock().await;
        self.live.send_modify(|live| live.paused = false);
        match self.live().guest {
            Some(guest) => guest.session.resume().await,
            None => Ok(()),
        }
    }
}

impl Left {
    /// Wipes what was read, and ends the session at the gateway if that can be reached in time.
    pub(crate) async fn end(self, devices: Devices) -> Result<SignOut, LoyaltyError> {
        let wiped = match &self.guest {
            Some(guest) => guest.session.forget().await,
            None => Ok(()),
        };
        let told = tokio::time::timeout(TELLING, self.client.sign_out(devices)).await;
        // For all devices the tokens are still there where the gateway was not told.
        self.client.forget_session().await?;
        wiped?;
        Ok(match told {
            Ok(Ok(told)) => told,
            Ok(Err(_)) | Err(_) => SignOut::OnlyHere,
        })
    }
}

#[cfg(test)]
mod tests;
