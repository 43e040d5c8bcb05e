//! The tests of writing money, for much longer than every check can wait.

use crate::failure::Failure;
use crate::process::{self, cargo};
use crate::setup;

/// Random histories of the outbox.
const HISTORIES: &str = "100000";
/// How often the program is killed while it writes.
const KILLS: &str = "2000";

/// Runs both, the quicker one first.
pub(crate) fn run() -> Result<(), Failure> {
    setup::compilers_and_zones()?;
    let mut histories = cargo(["test", "--locked", "--workspace", "--test", "outbox_simulation"])?;
    histories.args(["--", "--nocapture"]).env("LOYALTY_SIMULATION_COUNT", HISTORIES);
    process::run("the simulation of the outbox", &mut histories)?;
    let mut kills = cargo(["test", "--locked", "--workspace", "--test", "kill"])?;
    kills.args(["--", "--nocapture"]).env("LOYALTY_KILLS", KILLS);
    process::run("killing the program", &mut kills)
}
