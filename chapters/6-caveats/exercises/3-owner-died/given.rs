//! What answers to `caveats/3-owner-died` are given: the moment in which money is on its way.

use std::process::{abort, id};

use lesson::say;

use crate::checked;

/// Two accounts whose sum must never change.
pub type Accounts = [u64; 2];
/// That sum.
pub const TOTAL: u64 = 100;
/// What one transfer moves.
pub const AMOUNT: u64 = 10;
/// How many transfers each clerk makes.
pub const TRANSFERS: u32 = 3;

/// To be called when the money has left one account and has not arrived in the other. Clerk 1 dies here in the
/// third transfer.
///
/// Under the check (`CHECKED` is set) that clerk waits for a byte instead, and the check decides who dies.
pub fn on_the_way(clerk: u32, transfer: u32) {
    if (clerk, transfer) != (1, TRANSFERS) {
        return;
    }
    let pid = id();
    say!(
        "money in the hands of clerk {clerk} (PID: {pid})",
        "担当者{clerk}がお金を持っています(PID: {pid})"
    );
    if checked::is_checked() {
        checked::wait();
    } else {
        abort();
    }
}
