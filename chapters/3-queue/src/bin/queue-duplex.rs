//! A parent asks and a child answers, both through one connection.
//! Run it: `cargo run -p queue --bin queue-duplex`
//! Look for: the child ends by itself when the parent closes its end. Who would wait for ever without that?

use std::process::ExitCode;

use lesson::{Options, say, text};
use process::Process;
use queue::{Connection, duplex};

// ANCHOR: child
fn answerer(connection: Connection<u64, u64>) -> u32 {
    let mut answered = 0;
    // The end of the stream ends the loop: the parent's end is closed then.
    while let Ok(number) = connection.recv() {
        connection.send(number * number).expect("the parent waits for the answer");
        answered += 1;
    }
    answered
}
// ANCHOR_END: child

// ANCHOR: program
fn program() -> lesson::Result {
    let (ours, theirs) = duplex::<u64, u64>()?;
    let child = Process::spawn(answerer, (theirs,))?;
    let pid = child.pid();
    for number in [2, 3, 12] {
        ours.send(number)?;
        let square = ours.recv()?;
        say!(
            "The parent asked {number}, the child answered {square}",
            "親プロセスの質問: {number}、子プロセスの答え: {square}"
        );
        if square != number * number {
            return Err(text!("{square} is wrong", "{square}は正しくありません").into());
        }
    }
    drop(ours);
    let answered = child.join()?;
    say!(
        "The parent closed its end; the child (PID: {pid}) ended after {answered} answers",
        "親プロセスが接続を閉じ、子プロセス(PID: {pid})は{answered}回答えて終了しました"
    );
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "A parent and a child talk both ways through one connection.",
        "親プロセスと子プロセスが一つの接続で双方向にやりとりします。",
    );
    lesson::run(about, |_| program())
}
