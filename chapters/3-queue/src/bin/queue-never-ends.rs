//! The pipe that never ends: a bystander was given the write end, and keeps it.
//! Run it: `cargo run -p queue --bin queue-never-ends`
//! Look for: the sender ends, but the end of the stream comes only after the bystander has ended, too.

use std::process::ExitCode;
use std::time::Duration;

use lesson::{Options, say, text};
use process::Process;
use queue::{GetError, Receiver, Sender, pipe};

fn send(sender: Sender<String>) {
    sender.send(text!("the only message", "ただ一つのメッセージ")).expect("the parent receives");
}

// ANCHOR: bystander
/// Never sends anything. But as long as it has `_kept` it could, so the kernel cannot say "the end".
fn wait(_kept: Sender<String>, until: Receiver<()>) {
    let _ = until.recv();
}
// ANCHOR_END: bystander

// ANCHOR: program
fn program() -> lesson::Result {
    let (sender, receiver) = pipe()?;
    let (release, until) = pipe()?;
    let bystander = Process::spawn(wait, (sender.try_clone()?, until))?;
    Process::spawn(send, (sender,))?.join()?;
    let message = receiver.recv()?;
    say!(
        "Received: {message}. The sender has ended",
        "受信: {message}。送信したプロセスは終了しました"
    );
    let held_open = receiver.recv_timeout(Duration::from_millis(200));
    say!(
        "But a bystander keeps the write end: no end after 200 ms: {held_open:?}",
        "しかし無関係なプロセスが送信側を持ったままで、200ミリ秒待っても終わりません: {held_open:?}"
    );
    drop(release);
    bystander.join()?;
    let end = receiver.recv();
    say!(
        "The bystander has ended, and there is the end: {end:?}",
        "そのプロセスが終了すると、終わりが届きました: {end:?}"
    );
    match (held_open, end) {
        (Err(GetError::Timeout), Err(GetError::Disconnected)) => Ok(()),
        other => Err(text!("unexpected: {other:?}", "予想外の結果です: {other:?}").into()),
    }
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "A pipe does not end while anybody keeps its write end.",
        "誰かが送信側を持っているかぎり、パイプは終わりません。",
    );
    lesson::run(about, |_| program())
}
