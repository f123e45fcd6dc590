//! A child sends a text to its parent through a queue.
//! Run it: `cargo run -p queue`
//! Look for: the child's text, printed by the parent.

use std::process::ExitCode;

use lesson::{Options, say, text};
use process::Process;
use queue::{Producer, Queue};

// ANCHOR: program
fn worker(producer: Producer<String>) {
    producer.put(text!("data to send", "データを送る")).expect("the parent has not closed its end");
}

fn program() -> lesson::Result {
    let queue = Queue::new(8)?;
    let child = Process::spawn(worker, (queue.producer()?,))?;
    let received: String = queue.get()?;
    say!("The parent received: {received}", "親プロセスが受信: {received}");
    child.join()?;
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "A child sends a text to its parent through a queue.",
        "子プロセスがキューを通して親プロセスに文字列を送ります。",
    );
    lesson::run(about, |_| program())
}
