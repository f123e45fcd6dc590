//! One child of three panics: its parent gets the message, and the other two never notice.
//! Run it: `cargo run -p process --bin process-panic`
//! Look for: children 0 and 2 do their work after child 1 has panicked. In which process is the message printed?

use std::fs::File;
use std::io::{Read, pipe};
use std::os::fd::OwnedFd;
use std::process::ExitCode;

use lesson::{Options, say, text};
use process::{Descriptor, End, Process};

// ANCHOR: child
fn child(number: u32, go: Descriptor) -> Result<u32, String> {
    if number == 1 {
        panic!("{}", text!("child {number} cannot go on", "子プロセス{number}は続行できません"));
    }
    // Waits for the pipe's end, which comes when the parent has seen the panic.
    File::from(OwnedFd::from(go))
        .read_to_end(&mut Vec::new())
        .map_err(|error| error.to_string())?;
    say!("child {number} goes on", "子プロセス{number}は続行します");
    Ok(number * 10)
}
// ANCHOR_END: child

// ANCHOR: program
fn program() -> lesson::Result {
    let (reader, writer) = pipe()?;
    let mut children = Vec::new();
    for number in 0..3 {
        let go = Descriptor::from(OwnedFd::from(reader.try_clone()?));
        children.push(Process::spawn(child, (number, go))?);
    }
    let end = children.remove(1).wait()?;
    let code = end.exit_code();
    say!("child 1 {end} (exit code {code})", "子プロセス1が{end}(終了コード{code})");
    if !matches!(end, End::Panicked(_)) {
        return Err(text!("it should have panicked", "パニックするはずでした").into());
    }
    drop(writer);
    for (number, child) in [0, 2].into_iter().zip(children) {
        let result = child.join()??;
        say!("child {number} returned {result}", "子プロセス{number}の戻り値は{result}");
    }
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "What a panic in a child does: to the child, to its parent, to the others.",
        "子プロセスのパニックが、その子、親プロセス、ほかの子プロセスにもたらすこと。",
    );
    lesson::run(about, |_| program())
}
