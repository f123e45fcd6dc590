//! Exercise caveats/3-owner-died, solved: who is told that the last owner died puts the accounts right first.
//! Run it: `cargo run -p caveats-exercises --bin caveats-owner-died-solution`
//! Look for: what was done in full stays; what was half done is undone.

use std::process::ExitCode;

use caveats::Value;
use caveats_exercises::owner_died::{AMOUNT, Accounts, TOTAL, TRANSFERS, on_the_way};
use lesson::{Options, say};
use process::Process;

fn clerk(number: u32, accounts: Value<Accounts>) -> Result<(), String> {
    for transfer in 1..=TRANSFERS {
        let mut accounts = accounts.lock().map_err(|error| error.to_string())?;
        if accounts.previous_owner_died() {
            // Money leaves the first account before it arrives in the second: what has arrived was done in full,
            // and all the rest belongs in the first.
            accounts[0] = TOTAL - accounts[1];
        }
        accounts[0] -= AMOUNT;
        on_the_way(number, transfer);
        accounts[1] += AMOUNT;
    }
    Ok(())
}

fn program() -> lesson::Result {
    let accounts = Value::new([TOTAL, 0])?;
    for number in 1..=2 {
        match Process::spawn(clerk, (number, accounts.clone()))?.join() {
            Ok(result) => result?,
            Err(error) => say!("clerk {number} died: {error}", "担当者{number}が終了: {error}"),
        }
    }
    let found = accounts.get()?;
    let sum: u64 = found.iter().sum();
    say!("accounts: {found:?}, sum: {sum}", "口座: {found:?}、合計: {sum}");
    Ok(())
}

fn main() -> ExitCode {
    let about =
        Options::new("Moves money between two accounts.", "二つの口座の間でお金を動かします。");
    lesson::run(about, |_| program())
}
