//! Every worker prepares something once, before its first task; and what if that fails?
//! Run it: `cargo run -p pool --bin pool-initializer`
//! Look for: one preparation for each worker, none in the parent; an error instead of a pool that is never ready.

use std::collections::BTreeSet;
use std::process::{ExitCode, id};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use lesson::{Options, say, text};
use pool::{Builder, PoolError};

// ANCHOR: tasks
static PRIMES: OnceLock<Vec<u32>> = OnceLock::new();
static PREPARED: AtomicU32 = AtomicU32::new(0);

fn prepare(limit: u32) {
    if limit < 3 {
        panic!("{}", text!("no prime is below {limit}", "{limit}より小さい素数はありません"));
    }
    let is_prime = |n: &u32| (2..).take_while(|d| d * d <= *n).all(|d| !n.is_multiple_of(d));
    PRIMES.get_or_init(|| (2..limit).filter(is_prime).collect());
    PREPARED.fetch_add(1, Ordering::Relaxed);
}

/// The prime at this place; who looked it up; and how often that process has prepared its table.
fn prime(place: usize) -> (Option<u32>, u32, u32) {
    let prime = PRIMES.get().and_then(|primes| primes.get(place)).copied();
    (prime, id(), PREPARED.load(Ordering::Relaxed))
}
// ANCHOR_END: tasks

// ANCHOR: program
fn program() -> lesson::Result {
    let pool = Builder::new().workers(2).initializer(prepare, (10_000,)).build()?;
    let found = pool.map_chunked(prime, [0, 9, 99, 999], 1)?;
    let primes: Vec<u32> = found.iter().filter_map(|&(prime, ..)| prime).collect();
    say!("primes: {primes:?}", "素数: {primes:?}");
    let counts: BTreeSet<u32> = found.iter().map(|&(_, _, prepared)| prepared).collect();
    say!("how often each worker prepared: {counts:?}", "各ワーカーの準備の回数: {counts:?}");
    let (_, _, own) = prime(0);
    say!("and the parent: {own}", "親プロセスの準備の回数: {own}");
    if primes != [2, 29, 541, 7919] || counts != BTreeSet::from([1]) || own != 0 {
        return Err(text!("it was not once a worker", "ワーカーごとに1回ではありません").into());
    }
    match Builder::new().workers(1).initializer(prepare, (2,)).build() {
        Err(error @ PoolError::Initializer { .. }) => {
            say!("no pool: {error}", "プールなし: {error}");
            Ok(())
        }
        Err(other) => Err(other.into()),
        Ok(_) => Err(text!("that should have failed", "失敗するはずでした").into()),
    }
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "Workers of a pool that prepare a table once, before their first task.",
        "プールの各ワーカーが、最初のタスクの前に一度だけ表を用意します。",
    );
    lesson::run(about, |_| program())
}
