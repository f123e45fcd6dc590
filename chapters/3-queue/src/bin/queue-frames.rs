//! Frames over a pipe: whole with one writer, mixed up with two.
//! Run it: `cargo run -p queue --bin queue-frames`
//! Look for: each process writes only its own letter. Whose letters are in a frame?

use std::io::{self, ErrorKind};
use std::process::ExitCode;

use lesson::{Options, say, text};
use process::Process;
use queue::stages::s2_frames::{FrameReceiver, FrameSender, frame_pipe};

/// Many times what a pipe holds at once (64 KiB).
const LENGTH: usize = 1_000_000;

// ANCHOR: program
/// Sends frames of one letter until nobody receives any more.
fn send(sender: FrameSender, letter: u8) {
    while sender.send(&[letter; LENGTH]).is_ok() {}
}

fn is_whole(frame: &[u8]) -> bool {
    frame.len() == LENGTH && frame.iter().all(|&letter| letter == frame[0])
}

/// How many of the frames to come are not whole, until no length is found where one should be.
fn mixed_frames(receiver: &FrameReceiver) -> io::Result<usize> {
    let mut mixed = 0;
    loop {
        match receiver.recv() {
            Ok(frame) => mixed += usize::from(!is_whole(&frame)),
            Err(error) if error.kind() == ErrorKind::InvalidData => return Ok(mixed),
            Err(error) => return Err(error),
        }
    }
}

fn program() -> lesson::Result {
    let (sender, receiver) = frame_pipe()?;
    let one = Process::spawn(send, (sender.try_clone()?, b'a'))?;
    for _ in 0..10 {
        if !is_whole(&receiver.recv()?) {
            return Err(text!(
                "one writer's frame is mixed up",
                "書き手一つのフレームが混ざりました"
            )
            .into());
        }
    }
    say!(
        "One writer: 10 frames of a million letters, all whole",
        "書き手が一つ: 100万文字のフレーム10個がすべて完全です"
    );
    let other = Process::spawn(send, (sender, b'b'))?;
    let mixed = mixed_frames(&receiver)?;
    // Without a reader both writers end.
    drop(receiver);
    one.join()?;
    other.join()?;
    if mixed == 0 {
        return Err(text!("no frame was mixed up", "混ざったフレームがありません").into());
    }
    say!(
        "Two writers: a frame came with bytes of both",
        "書き手が二つ: 両方のバイトが混ざったフレームが届きました"
    );
    say!(
        "And the next four bytes were no length: the reader has lost its place",
        "次の4バイトは長さではありませんでした: 読み手は位置を見失いました"
    );
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "Two processes that write frames into one pipe mix them up.",
        "二つのプロセスが一つのパイプにフレームを書くと、混ざってしまいます。",
    );
    lesson::run(about, |_| program())
}
