//! A process is killed while it holds the lock of a Value, in the middle of a change.
//! Run it: `cargo run -p caveats --bin caveats-lock-owner`
//! Look for: the next owner gets the lock at once, is told, and finds the money on its way between two accounts.

use std::process::ExitCode;

use caveats::Value;
use lesson::{Options, say, text};
use process::Process;
use queue::{Connection, duplex};

/// Two accounts whose sum must never change.
type Accounts = [u64; 2];
const TOTAL: u64 = 100;

// ANCHOR: program
fn transfer(accounts: Value<Accounts>, parent: Connection<(), ()>) -> Result<(), String> {
    let mut accounts = accounts.lock().map_err(|error| error.to_string())?;
    accounts[0] -= 30;
    parent.send(()).map_err(|error| error.to_string())?;
    // Here it is killed: the parent answers with SIGKILL, and with nothing else.
    let _ = parent.recv();
    accounts[1] += 30;
    Ok(())
}

fn program() -> lesson::Result {
    let accounts = Value::new([TOTAL, 0])?;
    let (child_end, theirs) = duplex()?;
    let mut child = Process::spawn(transfer, (accounts.clone(), theirs))?;
    child_end.recv()?;
    child.kill()?;
    let (pid, end) = (child.pid(), child.wait()?);
    say!("the owner of the lock (PID: {pid}) {end}", "ロックの持ち主(PID: {pid})は{end}");

    let mut guard = accounts.lock()?;
    let (died, found) = (guard.previous_owner_died(), *guard);
    say!(
        "the next owner is told (previous_owner_died: {died}) and finds {found:?}",
        "次の持ち主への通知 previous_owner_died: {died}、内容: {found:?}"
    );
    if !died || found.iter().sum::<u64>() == TOTAL {
        return Err(text!("the change was not cut short", "変更が途中で止まっていません").into());
    }
    *guard = [TOTAL, 0];
    drop(guard);

    let guard = accounts.lock()?;
    let (died, repaired) = (guard.previous_owner_died(), *guard);
    say!(
        "the one after that (previous_owner_died: {died}) finds it repaired: {repaired:?}",
        "その次の持ち主 previous_owner_died: {died}、修復後の内容: {repaired:?}"
    );
    if died || repaired != [TOTAL, 0] {
        return Err(text!("it was not repaired", "修復されていません").into());
    }
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "Kills a process that holds the lock of a shared value.",
        "共有された値のロックを持つプロセスを強制終了します。",
    );
    lesson::run(about, |_| program())
}
