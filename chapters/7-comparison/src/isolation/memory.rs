//! A worker overwrites a table that is not its own.
//!
//! Safe Rust does not let one thread write into another's data without a lock. A bug in unsafe code or in a C
//! library does not ask. The writes here are atomic, so that they are wrong and yet defined: what is shown is where
//! they arrive.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use lesson::{Result, text};
use process::Process;

use super::Shown;
use crate::row::Kind;
use crate::rows::panicked;

// ANCHOR: scribble
/// How many entries the table has.
const ENTRIES: usize = 512;
/// What they hold.
const GOOD: u32 = 7;
/// What is written over it.
const BAD: u32 = 0xdead_beef;

static TABLE: [AtomicU32; ENTRIES] = [const { AtomicU32::new(GOOD) }; ENTRIES];

/// Writes over the whole table, and counts what is spoilt: where it runs, all of it.
fn scribble() -> usize {
    TABLE.iter().for_each(|entry| entry.store(BAD, Ordering::Relaxed));
    spoilt()
}

fn spoilt() -> usize {
    TABLE.iter().filter(|entry| entry.load(Ordering::Relaxed) != GOOD).count()
}

// ANCHOR_END: scribble
/// Lets a worker scribble, and counts what its parent finds. See [`Isolation::show`](super::Isolation::show).
///
/// # Errors
///
/// As there.
pub fn show(kind: Kind) -> Result<Shown> {
    let written = match kind {
        Kind::Processes => Process::spawn(scribble, ())?.join()?,
        Kind::Threads => thread::Builder::new().spawn(scribble)?.join().map_err(panicked)?,
    };
    let found = spoilt();
    // For whoever looks next.
    TABLE.iter().for_each(|entry| entry.store(GOOD, Ordering::Relaxed));
    let steps = vec![
        text!(
            "the worker overwrote {written} of {ENTRIES} entries of a table, at the address of its parent's",
            "ワーカーは、親プロセスの表と同じアドレスにある表の{ENTRIES}個のうち{written}個を書きつぶしました"
        ),
        text!(
            "its parent finds {found} of its entries changed",
            "親の側の表では{found}個が変わっていました"
        ),
    ];
    Ok(Shown {
        isolated: written == ENTRIES && found == 0,
        outcome: text!("{found} of {ENTRIES} changed", "{ENTRIES}個中{found}個が変化"),
        steps,
    })
}
