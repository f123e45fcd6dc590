//! The first of five tasks takes far longer than the others: in which order do the results come?
//! Run it: `cargo run -p pool --bin pool-unordered`
//! Look for: `imap` waits for the long one and then gives all in order; `imap_unordered` gives what is there.

use std::process::ExitCode;

use lesson::{Options, say, text};
use pool::Pool;

/// Real work, whose length grows fast with the limit. The long one comes first.
const LIMITS: [u32; 5] = [1_000_000, 1_000, 2_000, 3_000, 4_000];
const PRIMES_BELOW: [u32; 5] = [78_498, 168, 303, 430, 550];

// ANCHOR: program
fn count_primes(limit: u32) -> (u32, usize) {
    let is_prime = |n: &u32| (2..).take_while(|d| d * d <= *n).all(|d| !n.is_multiple_of(d));
    (limit, (2..limit).filter(is_prime).count())
}

fn program() -> lesson::Result {
    let pool = Pool::new(2)?;
    let mut expected: Vec<_> = LIMITS.into_iter().zip(PRIMES_BELOW.map(|n| n as usize)).collect();

    let ordered: Vec<_> = pool.imap(count_primes, LIMITS).collect::<Result<_, _>>()?;
    show("imap          ", &ordered);
    if ordered != expected {
        return Err(text!("imap must keep the order", "imapは順序を保つはずです").into());
    }

    let mut unordered = Vec::new();
    for result in pool.imap_unordered(count_primes, LIMITS) {
        unordered.push(result?);
    }
    show("imap_unordered", &unordered);
    unordered.sort_unstable();
    expected.sort_unstable();
    if unordered != expected {
        return Err(text!("a result is missing", "足りない結果があります").into());
    }
    // ANCHOR_END: program
    say!(
        "imap's order is always that of the items; imap_unordered's may change from run to run",
        "imapの順序は必ず項目の順です。imap_unorderedの順序は実行のたびに変わることがあります"
    );
    Ok(())
}

fn show(method: &str, results: &[(u32, usize)]) {
    let results: Vec<String> =
        results.iter().map(|(limit, primes)| format!("{limit}→{primes}")).collect();
    let results = results.join(" ");
    say!("{method}: {results}", "{method}: {results}");
}

fn main() -> ExitCode {
    let about = Options::new(
        "Counts the primes below five limits, with the results in order and as they come.",
        "五つの上限より小さい素数を数え、結果を項目の順と届いた順で表示します。",
    );
    lesson::run(about, |_| program())
}
