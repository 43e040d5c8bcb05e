//! A disk that takes no more: a limit on the size of files, which the kernel enforces as it does a quota.

use std::process::Command;

use crate::world::{Run, VETERAN, World, document, run};

/// What must never fit, in blocks of 512 bytes.
const TOO_SMALL: u32 = 40;
/// SQLite's shared memory fits, and what a refresh writes does not.
const BARELY_OPENED: u32 = 66;
/// What a balance says that is shown and not kept.
const NOT_KEPT: &str = "This could not be kept on the disk: there will be nothing to show offline";

/// A run that cannot make a file longer than so many blocks of 512 bytes.
fn limited(world: &World, blocks: u32, line: &[&str]) -> Run {
    let plain = world.command(line);
    let mut command = Command::new("/bin/sh");
    // Without the signal the write fails, as on a full disk.
    command
        .args(["-c", "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"", &blocks.to_string()])
        .arg(plain.get_program())
        .args(plain.get_args())
        .env_clear()
        .envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    run(&mut command)
}

#[test]
fn a_write_that_cannot_be_kept_is_not_sent_and_can_be_made_later() {
    let world = World::new();
    let account = world.account_id(VETERAN).to_string();
    let refill = ["refill", &account, "500", "--key", "018f2b6e-0000-7000-8000-00000000002a", "--json"];
    let rows = || world.sandbox.books().transactions(account.parse().unwrap()).unwrap().len();
    let before = rows();
    let refused = limited(&world, TOO_SMALL, &refill);
    assert_eq!(document(&refused)["error"]["code"], "storage_full", "{refused:?}");
    assert_eq!(rows(), before, "nothing was sent");
    assert_eq!(world.run(&refill).status, Some(0));
    assert_eq!(rows(), before + 1);

    // The file is there now, and has to grow.
    let lines: String = (0..2_000).map(|n| format!("{account},2,1,D-{n},10000,100\n")).collect();
    let header = "account,rest-code,rk-unit,external-check,money-spent,bonus-accrued\n";
    let file = world.file("purchases.csv", &(header.to_owned() + &lines));
    let import = ["check", "register", "--file", file.to_str().unwrap(), "--json"];
    let refused = limited(&world, 300, &import);
    assert_eq!(document(&refused)["error"]["code"], "storage_full", "{refused:?}");
    assert_eq!(rows(), before + 1, "nothing was sent");
    assert_eq!(
        world.json(&["outbox", "list"])["writes"].as_array().unwrap().len(),
        0,
        "and nothing was kept"
    );
}

#[test]
fn a_balance_that_cannot_be_kept_is_shown_all_the_same() {
    let world = World::new();
    let folder = world.path("cache");
    let balance = ["balance", VETERAN, "--lang", "en", "--cache", folder.to_str().unwrap()];
    let begun = limited(&world, TOO_SMALL, &[&balance[..], &["--json"]].concat());
    assert_eq!(
        document(&begun)["error"]["code"],
        "storage_full",
        "there is nothing to go on without: {begun:?}"
    );
    let kept = world.text(&balance);
    let shown = limited(&world, BARELY_OPENED, &balance);
    assert_eq!(shown.status, Some(0), "{shown:?}");
    assert_eq!(shown.stdout.lines().next(), kept.lines().next());
    assert!(shown.stdout.contains(NOT_KEPT) && !kept.contains(NOT_KEPT), "{shown:?}");
}
