//! Two processes add to one number in shared memory, in three ways.
//! Run it: `cargo run -p caveats --bin caveats-lost-updates`
//! Look for: how many updates are lost when reading and writing are two steps; run it again, it is never the same.

use std::process::ExitCode;

use caveats::updates::{How, Updates, two_processes, until_some_are_lost};
use lesson::{Options, say, text};

// ANCHOR: program
fn program(increments: u64) -> lesson::Result {
    let made = 2 * increments;
    say!(
        "two processes add 1, {increments} times each: {made} updates",
        "2個のプロセスがそれぞれ{increments}回、1を足します: 合計{made}回"
    );
    let updates = until_some_are_lost(increments)?;
    report(&text!("load, then store", "読んでから書く(2段階)"), updates);
    if updates.lost() == 0 {
        say!(
            "  the two never met, as on one core: that is luck, not correctness",
            "  たまたま重なりませんでした(コアが1個のときなど)。正しいのではなく、運がよかっただけです"
        );
    }
    for (name, how) in [
        (text!("fetch_add, one step", "fetch_add(1段階)"), How::Atomic),
        (text!("under a Value's lock", "Valueのロックの中"), How::Lock),
    ] {
        let updates = two_processes(how, increments)?;
        report(&name, updates);
        if updates.lost() > 0 {
            return Err(text!("that must not lose any", "失われてはいけない方法です").into());
        }
    }
    Ok(())
}
// ANCHOR_END: program

fn report(name: &str, updates: Updates) {
    let (arrived, lost) = (updates.arrived, updates.lost());
    say!("{name}: {arrived} arrived, {lost} lost", "{name}: {arrived}回分が反映、{lost}回分が消失");
}

fn main() -> ExitCode {
    let about = Options::new(
        "Two processes add to one number in shared memory.",
        "2個のプロセスが共有メモリの同じ数に足し込みます。",
    )
    .number(
        "increments",
        100_000,
        1..=10_000_000,
        "how often each process adds 1",
        "各プロセスが1を足す回数",
    );
    lesson::run(about, |given| program(given.number("increments") as u64))
}
