//! Ours against bare code: each row is one job done by both in one run, and what ours costs as a multiple of bare.
//!
//! `cargo xtask bench` builds and runs this, after the benches in other languages; the files that those have left are its
//! arguments. The figures also go to `target/bench.json`. A row that misses its goal stands in the table as a miss.

// Ratios of durations are what is computed here; no sum of money comes near.
#![allow(clippy::float_arithmetic)]

mod cache;
mod first_sync;
mod gateway;
mod histories;
mod load;
mod loopback;
mod measure;
mod outbox;
mod table;

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    if cfg!(debug_assertions) {
        return Err("figures of a debug build mean nothing: run `cargo xtask bench`".into());
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first_sync::PROBE, url, rows] =
        arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice()
    {
        return first_sync::probe(url, rows);
    }
    // Before anything takes minutes, because a file may not be what it should.
    let mut elsewhere = Vec::new();
    for file in &arguments {
        elsewhere.extend(table::measured_elsewhere(Path::new(file))?);
    }
    let mut rows = vec![
        histories::decode_ten_thousand()?,
        cache::open_and_first_snapshot()?,
        cache::page_of_fifty()?,
        cache::refresh_with_ten_new_rows()?,
    ];
    rows.extend(first_sync::times()?);
    rows.push(first_sync::memory()?);
    rows.push(outbox::thousand_writes()?);
    rows.extend(gateway::cached_snapshots()?);
    rows.extend(elsewhere);
    print!("{}", table::text(&rows));
    let project =
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("this package stands in no project")?;
    let folder = project.join("target");
    // Cargo's own may be elsewhere.
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("bench.json"), serde_json::to_vec_pretty(&rows)?)?;
    Ok(())
}
