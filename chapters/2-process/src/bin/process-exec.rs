//! Two start methods: a forked child is a copy of its parent, a re-executed one begins anew in `main`.
//! Run it: `cargo run -p process --bin process-exec`
//! Look for: which child sees the 42, and in which process each one's `main` began.

use std::process::{ExitCode, id};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use lesson::{Options, say, text};
use process::{Builder, SpawnError, StartMethod, register};

// ANCHOR: look
static CHANGED_BY_PARENT: AtomicU32 = AtomicU32::new(0);
static MAIN_BEGAN_IN: AtomicU32 = AtomicU32::new(0);

fn look() -> (u32, u32) {
    (CHANGED_BY_PARENT.load(Relaxed), MAIN_BEGAN_IN.load(Relaxed))
}
// ANCHOR_END: look

fn nobody_registered_me() {}

// ANCHOR: program
fn program() -> lesson::Result {
    CHANGED_BY_PARENT.store(42, Relaxed);
    let (parent, (value, began)) = (id(), look());
    say!(
        "parent (PID: {parent}): the static is {value}, main began in PID {began}",
        "親プロセス(PID: {parent}): staticの値は{value}、mainが始まったPIDは{began}"
    );
    for method in [StartMethod::Fork, StartMethod::Exec] {
        let process = Builder::new().start(method).spawn(look, ())?;
        let pid = process.pid().as_raw() as u32;
        let (value, began) = process.join()?;
        say!(
            "{method:?}: child (PID: {pid}): the static is {value}, main began in PID {began}",
            "{method:?}: 子プロセス(PID: {pid}): staticの値は{value}、mainが始まったPIDは{began}"
        );
        let expected = if method == StartMethod::Fork { (42, parent) } else { (0, pid) };
        if (value, began) != expected {
            return Err(text!("expected {expected:?}", "{expected:?}になるはずでした").into());
        }
    }
    match Builder::new().start(StartMethod::Exec).spawn(nobody_registered_me, ()) {
        Err(error @ SpawnError::NotRegistered { .. }) => {
            say!("a target that is not registered: {error}", "登録していないターゲット: {error}");
            Ok(())
        }
        other => Err(text!("not refused: {other:?}", "拒否されませんでした: {other:?}").into()),
    }
}
// ANCHOR_END: program

// ANCHOR: main
fn main() -> ExitCode {
    // Before `register`: every re-executed child does this again, as Python's children do with
    // everything outside `if __name__ == '__main__':`.
    MAIN_BEGAN_IN.store(id(), Relaxed);
    // A re-executed child runs `look` in here, and ends.
    register(look);
    // After it: only the parent comes here.
    let about = Options::new(
        "The start methods fork and exec, and why main begins with register.",
        "開始方式forkとexecの違いと、mainがregisterで始まる理由。",
    );
    lesson::run(about, |_| program())
}
// ANCHOR_END: main
