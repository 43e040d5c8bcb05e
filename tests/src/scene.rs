//! A sandbox and the clients that talk to it, on one clock.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use loyalty_core::backend::OperatorBackend;
use loyalty_core::backend::probonus::{Credentials, ProBonus, ProBonusConfig};
use loyalty_core::domain::{
    AccountId, Bonus, CheckKey, ExternalCheck, GroupId, Identifier, IdentifierTypeId, Money, Phone, Profile,
    Refill, Registration, Sex,
};
use loyalty_core::operator::{Operator, OutboxOptions};
use loyalty_core::ports::{Clock, SecretStore};
use loyalty_core::system::{MemorySecretStore, SystemIds};
use loyalty_sandbox::{Data, Fault, FaultKind, Options, RunningSandbox, Sandbox, Times};
use uuid::Uuid;

use crate::caller::Caller;

/// The guest with the longest history.
pub const RICHEST: &str = "+79000000001";
/// The day on which every sandbox here stands still.
pub const TODAY: &str = "2026-06-15";
/// The sandbox's permanent token.
pub const TOKEN: &str = "sandbox-token";

/// The sandbox's clock, so that client and server agree on the time.
#[derive(Debug)]
pub struct SandboxClock(pub loyalty_sandbox::Clock);

impl Clock for SandboxClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

/// A clock that is wrong by a fixed time.
#[derive(Debug)]
struct WrongClock(Arc<dyn Clock>, SignedDuration);

impl Clock for WrongClock {
    fn now(&self) -> Timestamp {
        self.0.now() + self.1
    }
}

/// A sandbox with a few guests, standing still at noon of [`TODAY`].
#[derive(Debug)]
pub struct Scene {
    /// The server, its books and its switches.
    pub sandbox: RunningSandbox,
}

impl Scene {
    /// A sandbox that speaks `dialect`; an empty one is the contract.
    pub fn start(dialect: &str) -> Self {
        let options = Options::at(TODAY.parse().unwrap()).data(Data::Small(5));
        Self { sandbox: Sandbox::start(options.dialect(dialect.parse().unwrap()), 0).unwrap() }
    }

    /// The configuration for it, with more TOML in it: keys of `[probonus]`, then further tables.
    pub fn config(&self, more: &str) -> ProBonusConfig {
        let url = self.sandbox.base_url();
        ProBonusConfig::from_toml(&format!("[probonus]\nurl = \"{url}\"\nallow_plain_http = true\n{more}"))
            .unwrap()
    }

    /// A client with the permanent token.
    pub fn client(&self) -> ProBonus {
        self.client_with("")
    }

    /// A client with the permanent token and more configuration.
    pub fn client_with(&self, more: &str) -> ProBonus {
        let credentials = Credentials { api_token: Some(TOKEN.into()), password: None };
        self.connect(&self.config(more), credentials, Arc::new(MemorySecretStore::default()))
    }

    /// A client that has given up after a second.
    pub fn impatient(&self) -> ProBonus {
        self.client_with("timeout = 1")
    }

    /// A client with the staff login, keeping its tokens in `store`.
    pub fn staff(&self, password: Option<&str>, store: Arc<dyn SecretStore>) -> ProBonus {
        let credentials = Credentials { api_token: None, password: password.map(Into::into) };
        self.connect(&self.config("login = \"demo\""), credentials, store)
    }

    /// Any client, on the sandbox's clock.
    pub fn connect(
        &self,
        config: &ProBonusConfig,
        credentials: Credentials,
        store: Arc<dyn SecretStore>,
    ) -> ProBonus {
        ProBonus::new(config, credentials, store, self.clock(), Arc::new(SystemIds)).unwrap()
    }

    /// The sandbox's clock.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(SandboxClock(self.sandbox.clock().clone()))
    }

    /// An integrator with the permanent token and an outbox in `folder`, as a process of its own would be.
    pub fn operator(&self, folder: &Path) -> Operator<ProBonus> {
        self.operator_with_clock(folder, 0)
    }

    /// The same on a machine whose clock is wrong by so many minutes.
    pub fn operator_with_clock(&self, folder: &Path, minutes: i64) -> Operator<ProBonus> {
        let clock = WrongClock(self.clock(), SignedDuration::from_mins(minutes));
        let options = OutboxOptions::at(folder.join("outbox.db"), self.sandbox.base_url());
        Operator::new(self.impatient(), Arc::new(clock), Arc::new(SystemIds), GroupId(3), options)
    }

    /// The same with the staff login.
    pub fn staff_operator(&self, folder: &Path) -> Operator<ProBonus> {
        let credentials = Credentials { api_token: None, password: Some("password".into()) };
        let config = self.config("login = \"demo\"\ntimeout = 4");
        let client = self.connect(&config, credentials, Arc::new(MemorySecretStore::default()));
        let options = OutboxOptions::at(folder.join("outbox.db"), self.sandbox.base_url());
        Operator::new(client, self.clock(), Arc::new(SystemIds), GroupId(3), options)
    }

    /// Lets the next request of a method fail.
    pub fn once(&self, method: &str, kind: FaultKind) {
        self.sandbox.faults().add(Fault::new(method, kind, Times::Next(1)));
    }

    /// Lets every request of a method fail.
    pub fn always(&self, method: &str, kind: FaultKind) {
        self.sandbox.faults().add(Fault::new(method, kind, Times::Forever));
    }

    /// How many requests of a method arrived.
    pub fn count(&self, method: &str) -> u64 {
        self.sandbox.requests().count(method)
    }

    /// The account of the guest with the longest history.
    pub fn richest(&self) -> AccountId {
        AccountId(self.sandbox.books().account_by_phone(RICHEST).unwrap().unwrap().id)
    }

    /// The phone of the guest with the longest history but one.
    pub async fn second_guest(&self) -> String {
        let books = self.sandbox.books();
        let all = self.client().accounts(0, 100).await.unwrap();
        let others = all.iter().filter(|account| account.id != self.richest() && account.phone.is_some());
        let longest = others.max_by_key(|account| books.transactions(account.id.0).unwrap().len()).unwrap();
        longest.phone.unwrap().e164()
    }

    /// Gives an account another phone, as an operator does when a number has changed hands.
    pub async fn move_phone(&self, account: AccountId, number: &str) {
        let caller = Caller::new(self.sandbox.base_url()).with("x-api-key", TOKEN);
        let found = caller.get(&format!("/api/v0/accounts/get_by_id?id={}", account.0)).await;
        let mut changed = found.json.clone();
        changed["phone"] = number.into();
        let answer = caller.post("/api/v0/accounts/update", &changed).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let books = self.sandbox.books();
        assert_eq!(books.account_by_phone(number).unwrap().map(|found| found.id), Some(account.0));
    }

    /// How many rows of the books carry a refill's key.
    pub fn rows_of(&self, refill: &Refill) -> usize {
        let rows = self.sandbox.books().transactions(refill.account_id.0).unwrap();
        let key = comment_suffix(refill.key);
        rows.iter().filter(|row| row.comment.as_deref().is_some_and(|text| text.ends_with(&key))).count()
    }

    /// Waits until the books hold `expected` rows of a refill: work goes on after a client has left.
    pub async fn wait_for_rows(&self, refill: &Refill, expected: usize) {
        for _ in 0..100 {
            if self.rows_of(refill) == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{} rows instead of {expected}", self.rows_of(refill));
    }
}

/// How a key stands at the end of a comment: base64 without padding, in the alphabet for addresses.
pub fn comment_suffix(key: Uuid) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits = key.as_u128();
    let digit = |index: u32| {
        // 21 digits of six bits, and the last two bits alone at the front of a digit of their own.
        let six = if index < 21 { bits >> (122 - 6 * index) } else { bits << 4 };
        char::from(ALPHABET[usize::try_from(six & 63).unwrap()])
    };
    (0..22).map(digit).collect()
}

/// A complete phone.
pub fn phone(text: &str) -> Phone {
    Phone::parse(text).unwrap()
}

/// A newcomer to the group with a template, with every field of the form.
pub fn newcomer(number: &str) -> Registration {
    Registration {
        phone: phone(number),
        profile: Profile {
            first_name: Some("Евлампия".into()),
            last_name: Some("Подорожная".into()),
            middle_name: Some("Аристарховна".into()),
            birthday: Some("1990-02-28".parse().unwrap()),
            sex: Some(Sex::Female),
            email: Some("evlampia@example.org".into()),
        },
        group_id: GroupId(3),
        identifiers: Vec::new(),
    }
}

/// The number of the card that [`newcomer_with_card`] brings.
pub const CARD: &str = "9001002003";

/// A newcomer who brings a card of type 1.
pub fn newcomer_with_card(number: &str) -> Registration {
    let card = Identifier { type_id: IdentifierTypeId(1), value: CARD.into() };
    Registration { identifiers: vec![card], ..newcomer(number) }
}

/// A refill with a key of its own.
pub fn refill(account_id: AccountId, kopecks: i64, key: u128) -> Refill {
    Refill {
        account_id,
        sum: Bonus::from_hundredths(kopecks),
        comment: Some("За терпение".into()),
        key: Uuid::from_u128(key),
    }
}

/// A purchase made outside the tills.
pub fn check(account_id: AccountId, number: &str) -> ExternalCheck {
    ExternalCheck {
        venue_code: 1,
        workplace: 7,
        external_check: number.into(),
        account_id,
        bonus_spent: Bonus::ZERO,
        discount: Money::ZERO,
        bonus_accrued: Bonus::from_hundredths(700),
        money_spent: Money::from_hundredths(123_450),
        data: Some("Две пиццы".into()),
        key: CheckKey::of(1, 7, number),
    }
}
