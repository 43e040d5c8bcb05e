//! Writing money: what it costs to have every write on the disk before it is sent, and every answer behind it.

use std::error::Error;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use loyalty_bare::outbox as bare;
use loyalty_core::backend::{BackendError, OperatorBackend};
use loyalty_core::domain::{
    Account, AccountChange, AccountGroup, AccountId, AccountUpdate, Balance, Bonus, Discount, DiscountId,
    ExternalCheck, GroupDraft, GroupId, GroupOperation, GroupOutcome, IdentifierType, IdentifierTypeDraft,
    IdentifierTypeId, IssuedIdentifier, Ladder, LadderDraft, NewAccount, OperationOutcome, Period, Phone,
    Receipt, ReceiptRef, Refill, Registration, Report, ReportId, ReportInfo, Transaction, TransactionsQuery,
    Withdrawal, Write, WriteState,
};
use loyalty_core::operator::{Operator, OutboxOptions, WriteFilter};
use loyalty_core::ports::Ids;
use loyalty_core::system::{SystemClock, SystemIds};
use rusqlite::Connection;
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::measure::{self, Medians};
use crate::table::Row;

const WRITES: i64 = 1_000;
/// Ours and bare take turns after so many.
const PIECE: i64 = 100;
const SUM: i64 = 500;
/// Each waits for the disk two thousand times.
const RUNS: usize = 3;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// A server that says yes at once.
#[derive(Debug, Default)]
struct Yes;

macro_rules! unsupported {
    ($($name:ident($($argument:ty),*) -> $reply:ty;)+) => {
        $(async fn $name(&self, $(_: $argument),*) -> Result<$reply, BackendError> {
            Err(BackendError::Unsupported)
        })+
    };
}

impl OperatorBackend for Yes {
    fn server_time(&self) -> Option<Timestamp> {
        // As replies tell it: to the second.
        Timestamp::from_second(Timestamp::now().as_second()).ok()
    }

    fn comment_keys(&self) -> bool {
        true
    }

    async fn refill(&self, _: &Refill) -> Result<OperationOutcome, BackendError> {
        Ok(OperationOutcome::default())
    }

    unsupported! {
        groups() -> Vec<AccountGroup>;
        group(GroupId) -> AccountGroup;
        create_group(&GroupDraft) -> AccountGroup;
        update_group(GroupId, &GroupDraft) -> AccountGroup;
        find_by_phone(&Phone) -> Vec<Account>;
        account(AccountId) -> Account;
        accounts(u64, u32) -> Vec<Account>;
        insert_by_template(&Registration) -> Account;
        insert_account(&NewAccount) -> Account;
        update_account(AccountId, &AccountChange) -> AccountUpdate;
        balance(AccountId) -> Balance;
        transactions(AccountId, TransactionsQuery) -> Vec<Transaction>;
        receipt(&ReceiptRef) -> Receipt;
        issue_identifier(AccountId, IdentifierTypeId) -> IssuedIdentifier;
        withdraw(&Withdrawal) -> OperationOutcome;
        refill_group(&GroupOperation) -> GroupOutcome;
        withdraw_group(&GroupOperation) -> GroupOutcome;
        register_check(&ExternalCheck) -> OperationOutcome;
        identifier_types() -> Vec<IdentifierType>;
        create_identifier_type(&IdentifierTypeDraft) -> IdentifierType;
        update_identifier_type(IdentifierTypeId, &IdentifierTypeDraft) -> IdentifierType;
        discounts() -> Vec<Discount>;
        create_ladder(&LadderDraft) -> Ladder;
        update_ladder(DiscountId, &LadderDraft) -> Ladder;
        reports() -> Vec<ReportInfo>;
        report(&ReportId, Period) -> Report;
    }
}

/// A thousand writes, by the hundred: kept in one commit, then each claimed in one and answered in another, as one would
/// write it. Ours records an answer in one commit with the next claim.
pub(crate) fn thousand_writes() -> Outcome<Row> {
    let mut ours = Vec::with_capacity(RUNS);
    let mut bare = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let folder = tempfile::tempdir()?;
        let mut program = Program::of(folder.path())?;
        let mut connection = bare::create(&folder.path().join("bare.db"))?;
        let (mut our_sum, mut bare_sum) = (Duration::ZERO, Duration::ZERO);
        // How long a disk takes changes by the second; both have to meet the same.
        for _ in 0..WRITES / PIECE {
            our_sum += program.write()?;
            bare_sum += plain(&mut connection)?;
        }
        if program.accepted != WRITES || bare::accepted(&connection)? != WRITES {
            return Err("not every write was accepted".into());
        }
        ours.push(our_sum);
        bare.push(bare_sum);
    }
    let medians = Medians { ours: measure::median(ours), bare: measure::median(bare) };
    Ok(Row::of("outbox, 1,000 writes accepted", &medians, 1.3))
}

/// An integrator's program with an outbox.
struct Program {
    runtime: Runtime,
    operator: Operator<Yes>,
    accepted: i64,
}

impl Program {
    fn of(folder: &Path) -> Outcome<Self> {
        let mut options = OutboxOptions::at(folder.join("outbox.db"), "bench");
        // One at a time, as in bare code.
        options.concurrency = NonZeroUsize::MIN;
        let program = Self {
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build()?,
            operator: Operator::new(Yes, Arc::new(SystemClock), Arc::new(SystemIds), GroupId(3), options),
            accepted: 0,
        };
        // Opens the file.
        program.runtime.block_on(program.operator.list(WriteFilter::Open, 1))?;
        Ok(program)
    }

    fn write(&mut self) -> Outcome<Duration> {
        let refill = |(account, key)| {
            let sum = Bonus::from_hundredths(SUM);
            Write::Refill(Refill { account_id: AccountId(account), sum, comment: None, key })
        };
        let writes = (1..).zip(keys()).map(refill).collect();
        let started = Instant::now();
        let sent = self.runtime.block_on(async {
            self.operator.hand_in(writes).await?;
            self.operator
                .send_prepared(|_, state| self.accepted += i64::from(state == WriteState::Accepted))
                .await
        })?;
        let took = started.elapsed();
        sent.map(|_| took).ok_or_else(|| "somebody else sends".into())
    }
}

fn plain(connection: &mut Connection) -> Outcome<Duration> {
    let keys = keys();
    let started = Instant::now();
    bare::prepare(connection, &keys, SUM)?;
    for key in keys {
        bare::claim(connection, key)?;
        bare::accept(connection, key)?;
    }
    Ok(started.elapsed())
}

fn keys() -> Vec<Uuid> {
    (0..PIECE).map(|_| SystemIds.new_id()).collect()
}
