//! One lock for all writers keeps frames apart, until a writer is killed in the middle of one.
//! Run it: `cargo run -p queue --bin queue-one-lock`
//! Look for: the next writer is told of the death, and cannot repair what the reader will see.

use std::io::ErrorKind;
use std::process::ExitCode;

use lesson::{Options, say, text};
use process::Process;
use queue::stages::s3_one_lock::{LockedSender, locked_pipe};

/// Many times what a pipe holds at once (64 KiB).
const LENGTH: usize = 1_000_000;

// ANCHOR: program
fn send(sender: LockedSender, letter: u8, count: u32) {
    for _ in 0..count {
        sender.send(&[letter; LENGTH]).expect("the parent receives");
    }
}

fn program() -> lesson::Result {
    let (sender, receiver) = locked_pipe()?;
    let one = Process::spawn(send, (sender.try_clone()?, b'a', 5))?;
    let other = Process::spawn(send, (sender.try_clone()?, b'b', 5))?;
    let mut whole = 0;
    for _ in 0..10 {
        let frame = receiver.recv()?;
        whole += u32::from(frame.len() == LENGTH && frame.iter().all(|&letter| letter == frame[0]));
    }
    one.join()?;
    other.join()?;
    say!(
        "Two writers and a lock: {whole} frames of 10 are whole",
        "書き手が二つとロック: 10個のうち{whole}個が完全です"
    );

    let mut doomed = Process::spawn(send, (sender.try_clone()?, b'c', 1))?;
    // Once something of its frame is there, it is in the middle of it: the pipe cannot hold all.
    receiver.wait_for_bytes()?;
    doomed.kill()?;
    let (pid, end) = (doomed.pid(), doomed.wait()?);
    say!(
        "A writer in the middle of a frame (PID: {pid}) {end}",
        "フレームの途中の書き手(PID: {pid})は{end}"
    );

    // The pipe may be full of the half frame: there is room for the next message when the reader reads.
    let next = Process::spawn(send_after, (sender,))?;
    let read = receiver.recv().map_err(|error| error.kind());
    let told = next.join()?;
    say!(
        "The next writer got the lock and was told: {told}",
        "次の書き手はロックを得て、知らされました: {told}"
    );
    say!(
        "But the reader took the whole message for the rest of the half frame, and then: {read:?}",
        "しかし読み手はそのメッセージを途中のフレームの続きと思い、最後は: {read:?}"
    );
    match (whole, told, read) {
        (10, true, Err(ErrorKind::UnexpectedEof)) => Ok(()),
        _ => Err(text!("that was not expected", "予想外の結果です").into()),
    }
}

fn send_after(sender: LockedSender) -> bool {
    sender.send(b"a whole message").expect("the parent receives")
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "A lock keeps frames apart, but a killed writer leaves half a frame.",
        "ロックでフレームは混ざりませんが、強制終了された書き手は途中のフレームを残します。",
    );
    lesson::run(about, |_| program())
}
