//! A fork is a photograph: each child keeps the value that its parent had at that moment.
//! Run it: `cargo run -p process --bin process-fork`
//! Look for: both children look only after the parent has stored 3. What do they see, and at which address?

use std::fs::File;
use std::io::{Read, pipe};
use std::os::fd::OwnedFd;
use std::process::{ExitCode, id};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use lesson::{Options, say, text};
use process::{Descriptor, Process};

// ANCHOR: child
static NUMBER: AtomicU32 = AtomicU32::new(0);

fn look(go: Descriptor) -> Result<(u32, usize), String> {
    // Waits for the pipe's end, which comes when the parent has stored its last number.
    let mut go = File::from(OwnedFd::from(go));
    go.read_to_end(&mut Vec::new()).map_err(|error| error.to_string())?;
    Ok((NUMBER.load(Relaxed), (&raw const NUMBER).addr()))
}
// ANCHOR_END: child

// ANCHOR: program
fn program() -> lesson::Result {
    let (go, hold) = pipe()?;
    let mut children = Vec::new();
    for number in [1, 2] {
        NUMBER.store(number, Relaxed);
        let go = Descriptor::from(OwnedFd::from(go.try_clone()?));
        children.push((number, Process::spawn(look, (go,))?));
    }
    NUMBER.store(3, Relaxed);
    // Only now do the children look.
    drop(hold);
    for (at_the_fork, child) in children {
        let pid = child.pid();
        let (seen, at) = child.join()??;
        say!(
            "child (PID: {pid}) sees {seen} at {at:#x}",
            "子プロセス(PID: {pid})から見える値は{seen}、場所は{at:#x}"
        );
        if (seen, at) != (at_the_fork, (&raw const NUMBER).addr()) {
            return Err(text!("expected {at_the_fork}", "{at_the_fork}のはずです").into());
        }
    }
    let (pid, seen, at) = (id(), NUMBER.load(Relaxed), (&raw const NUMBER).addr());
    say!(
        "parent (PID: {pid}) sees {seen} at {at:#x}",
        "親プロセス(PID: {pid})から見える値は{seen}、場所は{at:#x}"
    );
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "Two children, forked at different moments, look at the same variable.",
        "別々の時点でフォークした二つの子プロセスが、同じ変数を見ます。",
    );
    lesson::run(about, |_| program())
}
