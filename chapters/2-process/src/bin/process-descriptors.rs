//! A child's descriptor is a second name for the same open file; what it was not given is closed in it.
//! Run it: `cargo run -p process --bin process-descriptors`
//! Look for: the child reads three letters. Which ones does the parent read after it?

use std::fs::{self, File};
use std::io::{Read, Seek, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::process::ExitCode;

use lesson::{Options, say, text};
use nix::sys::memfd::{MFdFlags, memfd_create};
use process::{Descriptor, Process};

// ANCHOR: children
fn read_three(file: Descriptor) -> Result<String, String> {
    three_letters(&mut File::from(OwnedFd::from(file)))
}

/// Whether this number means an open file in this process.
fn is_open(number: RawFd) -> bool {
    fs::symlink_metadata(format!("/proc/self/fd/{number}")).is_ok()
}
// ANCHOR_END: children

fn three_letters(file: &mut File) -> Result<String, String> {
    let mut letters = [0; 3];
    file.read_exact(&mut letters).map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&letters).into_owned())
}

// ANCHOR: program
fn program() -> lesson::Result {
    let mut file = File::from(memfd_create("letters", MFdFlags::MFD_CLOEXEC)?);
    file.write_all(b"abcdef")?;
    file.rewind()?;

    let given = Descriptor::from(OwnedFd::from(file.try_clone()?));
    let child = Process::spawn(read_three, (given,))?;
    let (pid, theirs) = (child.pid(), child.join()??);
    say!(
        "The child that was given the file (PID: {pid}) reads {theirs:?}",
        "ファイルを渡された子プロセス(PID: {pid})が読んだ文字: {theirs:?}"
    );
    let ours = three_letters(&mut file)?;
    say!("Then the parent reads {ours:?}", "その後に親プロセスが読んだ文字: {ours:?}");

    let child = Process::spawn(is_open, (file.as_raw_fd(),))?;
    let (pid, open) = (child.pid(), child.join()?);
    if (&theirs[..], &ours[..], open) != ("abc", "def", false) {
        return Err(text!("that was not expected", "予想外の結果です").into());
    }
    say!(
        "The child that was given nothing (PID: {pid}) has no such open file",
        "何も渡されていない子プロセス(PID: {pid})では、そのファイルは開いていません"
    );
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "What a child does with an open file of its parent's.",
        "親プロセスの開いたファイルを子プロセスが使うとどうなるか。",
    );
    lesson::run(about, |_| program())
}
