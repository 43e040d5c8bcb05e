//! Answers that come when somebody has given up, left, suspended the app or ended it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// A test may stop at the first thing that is not as it should be.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use jiff::civil::Time;
use loyalty_core::backend::gateway::{Devices, SignOut};
use loyalty_core::domain::wording::Lang;
use loyalty_core::{ErrorCode, LoyaltyError};
use loyalty_tests::stage::{Act, Stage, StageSettings};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::error::CallError;
use crate::loyalty::{Loyalty, open_guest, open_kiosk};
use crate::runtime::{CancelToken, THREADS, runtime};
use crate::secret_store::SecretStore;
use crate::secret_store::kept::Kept;
use crate::settings::{Settings, UnitForms};

const ANNA: &str = "+79161112233";
const BORIS: &str = "+79169998877";

/// A gateway, guests who are registered, and a device in front of it.
struct World {
    stage: Stage,
    folder: TempDir,
    secrets: Arc<Kept>,
}

impl World {
    async fn start() -> Self {
        let mut stage = Stage::start(&StageSettings { till_codes: true, ..StageSettings::default() }).await;
        for (phone, name) in [(ANNA, "Анна"), (BORIS, "Борис")] {
            stage.act(&Act::RegisterAtCounter { phone: phone.into(), name: name.into() }).await;
        }
        Self { stage, folder: tempfile::tempdir().unwrap(), secrets: Arc::default() }
    }

    fn settings(&self) -> Settings {
        let bonus = || "bonus".to_owned();
        Settings {
            gateway: self.stage.gateway(),
            folder: self.folder.path().join("data").to_str().unwrap().to_owned(),
            lang: Lang::En,
            unit: UnitForms {
                russian_one: bonus(),
                russian_few: bonus(),
                russian_many: bonus(),
                russian_fraction: bonus(),
                english_one: bonus(),
                english_other: bonus(),
            },
            time_zone: "Europe/Moscow".into(),
            day_change: Time::midnight(),
            extra_roots: None,
            allow_plain_http: true,
            timeout: Duration::from_secs(60),
        }
    }

    async fn phone(&self) -> Arc<Loyalty> {
        open_guest(self.settings(), Arc::clone(&self.secrets) as _).await.unwrap()
    }

    async fn kiosk(&mut self) -> Arc<Loyalty> {
        let given = self.stage.act(&Act::AddKiosk {}).await;
        open_kiosk(self.settings(), given["credential"].as_str().unwrap().to_owned()).unwrap()
    }

    async fn code(&mut self, device: &Loyalty, phone: &str) -> String {
        device.request_code(phone.into(), None).await.unwrap();
        let sent = self.stage.act(&Act::Code { phone: phone.into() }).await;
        sent["code"].as_str().unwrap().to_owned()
    }

    /// A kiosk with a guest, and a gateway whose answers stay on the way from now on.
    async fn visited(&mut self) -> Arc<Loyalty> {
        let kiosk = self.kiosk().await;
        let code = self.code(&kiosk, ANNA).await;
        kiosk.confirm(ANNA.into(), code, None).await.unwrap();
        kiosk.refresh(None).await.unwrap();
        self.stage.act(&Act::HoldAnswers {}).await;
        kiosk
    }

    /// Waits until the gateway has been asked for something.
    async fn asked(&mut self) {
        let asked = self.stage.act(&Act::HeldAnswer {});
        tokio::time::timeout(Duration::from_secs(60), asked).await.expect("the gateway was never told");
    }

    /// A guest whose code the gateway has taken, and whose device does not know it yet.
    async fn half_way(&mut self, device: &Arc<Loyalty>) -> JoinHandle<Result<(), CallError>> {
        let code = self.code(device, ANNA).await;
        self.stage.act(&Act::HoldAnswers {}).await;
        let confirming = confirming(device, ANNA, code);
        self.stage.act(&Act::HeldAnswer {}).await;
        confirming
    }

    async fn release(&mut self) {
        self.stage.act(&Act::ReleaseAnswers {}).await;
    }

    fn has_cache(&self) -> bool {
        self.folder.path().join("data/guest").exists()
    }
}

fn confirming(device: &Arc<Loyalty>, phone: &str, code: String) -> JoinHandle<Result<(), CallError>> {
    let (device, phone) = (Arc::clone(device), phone.to_owned());
    tokio::spawn(async move { device.confirm(phone, code, None).await })
}

/// All threads of the library, kept from what is asked of them until this is dropped.
struct Busy {
    _work: Vec<mpsc::Sender<()>>,
    _alone: MutexGuard<'static, ()>,
}

impl Busy {
    fn library() -> Self {
        // Two of these would wait for each other's threads.
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let (taken, threads) = mpsc::channel();
        let work = (0..THREADS).map(|_| {
            let (work, done) = mpsc::channel::<()>();
            let taken = taken.clone();
            runtime().unwrap().spawn(async move {
                taken.send(()).unwrap();
                // Ends with the sender.
                let _ = done.recv();
            });
            work
        });
        let _work = work.collect();
        (0..THREADS).for_each(|_| threads.recv().unwrap());
        Self { _work, _alone: alone }
    }
}

type Call<T> = Pin<Box<dyn Future<Output = Result<T, CallError>> + Send>>;

/// A call that has begun, on a thread of its own and no further.
fn begun<T>(call: impl Future<Output = Result<T, CallError>> + Send + 'static) -> Call<T> {
    let mut call: Call<T> = Box::pin(call);
    let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Pending));
    call
}

fn leaving(kiosk: &Arc<Loyalty>, token: Option<Arc<CancelToken>>) -> Call<SignOut> {
    let kiosk = Arc::clone(kiosk);
    Box::pin(async move { kiosk.sign_out(Devices::This, token).await })
}

fn used() -> Arc<CancelToken> {
    let token = CancelToken::new();
    token.cancel();
    token
}

fn cancelled<T>() -> Result<T, CallError> {
    Err(LoyaltyError::Cancelled.into())
}

fn signed_out() -> Result<(), CallError> {
    Err(LoyaltyError::Unauthorized.into())
}

#[tokio::test]
async fn whoever_gives_up_signing_in_finds_that_they_are_signed_in() {
    let mut world = World::start().await;
    let device = world.phone().await;
    let given_up = world.half_way(&device).await;
    given_up.abort();
    assert!(given_up.await.unwrap_err().is_cancelled());
    // Waits for the one that goes on.
    let again = confirming(&device, ANNA, "000000".into());
    world.release().await;
    let conflict = LoyaltyError::Conflict { code: ErrorCode::Conflict };
    assert_eq!(again.await.unwrap(), Err(conflict.into()));
    assert!(device.state().signed_in);
    assert_eq!(device.refresh(None).await.unwrap().guest.first_name.as_deref(), Some("Анна"));
}

#[tokio::test]
async fn whoever_leaves_a_kiosk_before_they_are_signed_in_never_is_and_the_next_guest_waits_for_nothing() {
    let mut world = World::start().await;
    let kiosk = world.kiosk().await;
    let code = world.code(&kiosk, BORIS).await;
    let left = world.half_way(&kiosk).await;
    assert_eq!(kiosk.sign_out(Devices::This, None).await, Ok(SignOut::Complete));
    let next = confirming(&kiosk, BORIS, code);
    world.release().await;
    assert_eq!(next.await.unwrap(), Ok(()));
    assert_eq!(left.await.unwrap(), signed_out());
    assert_eq!(kiosk.refresh(None).await.unwrap().guest.first_name.as_deref(), Some("Борис"));
}

#[tokio::test]
async fn whoever_leaves_a_kiosk_when_their_sign_in_has_only_begun_never_is_signed_in() {
    let mut world = World::start().await;
    let kiosk = world.kiosk().await;
    let code = world.code(&kiosk, ANNA).await;
    let shown = world.stage.act(&Act::TillCodeElsewhere { phone: BORIS.into() }).await;
    let till_code = shown["code"].as_str().unwrap().to_owned();
    let by_code = || {
        let (kiosk, code) = (Arc::clone(&kiosk), code.clone());
        async move { kiosk.confirm(ANNA.into(), code, None).await }
    };
    let by_till_code = || {
        let (kiosk, till_code) = (Arc::clone(&kiosk), till_code.clone());
        async move { kiosk.identify(till_code, None).await }
    };
    let busy = Busy::library();
    let too_late = [begun(by_code()), begun(by_till_code())];
    let left = begun(leaving(&kiosk, None));
    drop(busy);
    for call in too_late {
        assert_eq!(call.await, signed_out());
        assert!(!kiosk.state().signed_in);
    }
    assert_eq!(left.await, Ok(SignOut::Complete));
    // Neither code was spent, and nothing is in the next guests' way.
    assert_eq!(by_code().await, Ok(()));
    assert_eq!(kiosk.refresh(None).await.unwrap().guest.first_name.as_deref(), Some("Анна"));
    assert_eq!(leaving(&kiosk, None).await, Ok(SignOut::Complete));
    assert_eq!(by_till_code().await, Ok(()));
    assert_eq!(kiosk.refresh(None).await.unwrap().guest.first_name.as_deref(), Some("Борис"));
}

#[tokio::test]
async fn what_one_guest_asks_for_is_not_done_to_the_next() {
    let mut world = World::start().await;
    let device = world.phone().await;
    let (anna, boris) = (world.code(&device, ANNA).await, world.code(&device, BORIS).await);
    device.confirm(ANNA.into(), anna, None).await.unwrap();
    world.stage.act(&Act::HoldAnswers {}).await;
    let left = begun(leaving(&device, None));
    world.asked().await;
    let next = {
        let device = Arc::clone(&device);
        begun(async move { device.confirm(BORIS.into(), boris, None).await })
    };
    // Whatever was asked for has got as far as it can: Boris waits at the door, and Anna comes after him.
    drop(Busy::library());
    let late = {
        let device = Arc::clone(&device);
        begun(async move { device.request_deletion(None).await })
    };
    world.release().await;
    assert_eq!(left.await, Ok(SignOut::Complete));
    assert_eq!(next.await, Ok(()));
    assert_eq!(late.await, Err(LoyaltyError::Unauthorized.into()));
    assert_eq!(world.stage.act(&Act::Deletions {}).await["deletions"], 0);
    assert_eq!(device.refresh(None).await.unwrap().guest.first_name.as_deref(), Some("Борис"));
}

#[tokio::test]
async fn no_token_keeps_a_guest_at_a_kiosk() {
    let mut world = World::start().await;
    let kiosk = world.visited().await;
    assert_eq!(leaving(&kiosk, Some(used())).await, cancelled());
    let state = kiosk.state();
    assert!(!state.signed_in && state.snapshot.is_none());
    // Told last, so everything before it was done.
    world.asked().await;
    // Nobody is there any more, and the answer is as before.
    assert_eq!(leaving(&kiosk, Some(used())).await, cancelled());
}

#[tokio::test]
async fn whoever_gives_up_signing_out_at_a_kiosk_has_signed_out() {
    let mut world = World::start().await;
    let kiosk = world.visited().await;
    let busy = Busy::library();
    drop(begun(leaving(&kiosk, None)));
    drop(busy);
    assert!(!kiosk.state().signed_in);
    world.asked().await;
}

#[tokio::test]
async fn signing_out_that_was_given_up_before_it_began_changes_nothing_on_a_guests_own_device() {
    let mut world = World::start().await;
    let device = world.phone().await;
    let code = world.code(&device, ANNA).await;
    device.confirm(ANNA.into(), code, None).await.unwrap();
    assert_eq!(leaving(&device, Some(used())).await, cancelled());
    assert!(device.state().signed_in && world.has_cache());
    assert_eq!(device.refresh(None).await.unwrap().guest.first_name.as_deref(), Some("Анна"));
    assert_eq!(leaving(&device, None).await, Ok(SignOut::Complete));
    assert!(!device.state().signed_in);
}

#[tokio::test]
async fn a_kiosk_lets_go_of_its_guest_before_the_gateway_has_answered() {
    let mut world = World::start().await;
    let kiosk = world.visited().await;
    let leaving = {
        let kiosk = Arc::clone(&kiosk);
        tokio::spawn(async move { kiosk.sign_out(Devices::All, None).await })
    };
    world.stage.act(&Act::HeldAnswer {}).await;
    let state = kiosk.state();
    assert!(!state.signed_in && state.snapshot.is_none());
    // The answer is never released, so what tells how it ended is that nobody waited for it for ever.
    assert_eq!(leaving.await.unwrap(), Ok(SignOut::OnlyHere));
}

#[tokio::test]
async fn a_suspended_device_opens_no_file_for_a_guest_who_is_signed_in_meanwhile() {
    let mut world = World::start().await;
    let device = world.phone().await;
    let confirming = world.half_way(&device).await;
    device.pause().await.unwrap();
    world.release().await;
    // Kept last before a file would be opened.
    while world.secrets.get("guest-phone".into()).unwrap().is_none() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Whether somebody who should not open it gets as far is chance, so it is looked at more than once.
    for _ in 0..50 {
        assert!(!device.state().signed_in && !world.has_cache());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    device.resume().await.unwrap();
    assert_eq!(confirming.await.unwrap(), Ok(()));
    assert!(device.state().signed_in && world.has_cache());
    device.refresh(None).await.unwrap();
}

#[tokio::test]
async fn after_the_end_nobody_is_signed_in_and_the_next_start_goes_on() {
    let mut world = World::start().await;
    let device = world.phone().await;
    let confirming = world.half_way(&device).await;
    device.end();
    world.release().await;
    assert_eq!(confirming.await.unwrap(), signed_out());
    assert!(!device.state().signed_in && !world.has_cache());
    assert!(world.phone().await.state().signed_in);
}
