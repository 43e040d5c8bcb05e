//! One suite for both databases: what holds on one holds on the other.

mod codes;
mod fixture;
mod limits;
mod proof;
mod sessions;
mod snapshots;
mod till_codes;
mod upkeep;

pub(super) use fixture::{Fixture, GONE, NOON, hash, pair, phone, session};

/// Runs every test of a module on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($name:ident)+) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name($crate::state::tests::Fixture::sqlite().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name($crate::state::tests::Fixture::postgres().await).await;
            })+
        }
    };
}
pub(super) use on_both;

/// The two schemas are one, but for the names of types.
#[test]
fn both_schemas_say_the_same() {
    let sqlite = include_str!("../schema/sqlite-1.sql");
    let translated =
        sqlite.replace("INTEGER", "BIGINT").replace("BLOB", "BYTEA").replace(" STRICT, WITHOUT ROWID", "");
    assert_eq!(translated.replace(" STRICT", ""), include_str!("../schema/postgres-1.sql"));
}
