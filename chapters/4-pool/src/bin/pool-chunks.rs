//! How many items go to a worker at a time: what that costs, and who has nothing to do.
//! Run it: `cargo run -p pool --bin pool-chunks`
//! Look for: light items want large chunks, heavy ones small chunks. How many workers work if all is one chunk?

use std::collections::BTreeSet;
use std::hint::black_box;
use std::process::{ExitCode, id};
use std::time::Instant;

use lesson::{Options, say, text};
use pool::Pool;

const LIGHT: u32 = 10_000;
const HEAVY: u32 = 8;

// ANCHOR: tasks
fn light(n: u32) -> u32 {
    n + 1
}

/// Some ten milliseconds of work; gives back who did it.
fn heavy(_: u32) -> u32 {
    for turn in 0..20_000_000 {
        black_box(turn);
    }
    id()
}
// ANCHOR_END: tasks

// ANCHOR: program
fn program() -> lesson::Result {
    let pool = Pool::new(2)?;
    say!("{LIGHT} light items:", "軽い項目{LIGHT}個:");
    for chunk in [1, 100] {
        let began = Instant::now();
        let results = pool.map_chunked(light, 0..LIGHT, chunk)?;
        let micros = began.elapsed().as_micros();
        say!("  chunks of {chunk:>3}: {micros} µs", "  {chunk:>3}個ずつ: {micros} µs");
        if !results.into_iter().eq(1..=LIGHT) {
            return Err(text!("a wrong result", "結果が違います").into());
        }
    }
    say!("{HEAVY} heavy items:", "重い項目{HEAVY}個:");
    for chunk in [1, HEAVY as usize] {
        let began = Instant::now();
        let busy = BTreeSet::from_iter(pool.map_chunked(heavy, 0..HEAVY, chunk)?).len();
        let millis = began.elapsed().as_millis();
        say!(
            "  chunks of {chunk}: {busy} of 2 workers had something to do, {millis} ms",
            "  {chunk}個ずつ: 2個のワーカーのうち{busy}個が処理、{millis} ms"
        );
        if chunk > 1 && busy != 1 {
            return Err(text!("a chunk was divided", "チャンクが分割されました").into());
        }
    }
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "The same items in small chunks and in large ones.",
        "同じ項目を、小さなチャンクと大きなチャンクで渡します。",
    );
    lesson::run(about, |_| program())
}
