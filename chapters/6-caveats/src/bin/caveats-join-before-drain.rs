//! A child puts more into a queue than fits, and its parent joins it before it gets anything.
//! Run it: `cargo run -p caveats --bin caveats-join-before-drain`
//! Look for: a child that does not end until somebody gets what it puts.

use std::process::ExitCode;
use std::time::Duration;

use lesson::{Options, say, text};
use process::Process;
use queue::{Producer, Queue};

const ITEMS: usize = 100;
const BYTES: usize = 100_000;

// ANCHOR: program
fn worker(producer: Producer<Vec<u8>>) -> Result<(), String> {
    for _ in 0..ITEMS {
        producer.put(vec![7; BYTES]).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn program() -> lesson::Result {
    let mut queue = Queue::new(8)?;
    let mut child = Process::spawn(worker, (queue.producer()?,))?;
    // Without this the parent itself could still put, and the loop below would never end.
    queue.close();

    if child.join_timeout(Duration::from_millis(300))?.is_some() {
        return Err(
            text!("everything fitted into the queue", "すべてキューに入ってしまいました").into()
        );
    }
    say!(
        "join first: after 0.3 s the child still waits for room; without a timeout both would wait for ever",
        "先にjoin: 0.3秒たっても子プロセスは空きを待っています。タイムアウトがなければ、互いに永久に待ち続けます"
    );

    let mut bytes = 0;
    for item in queue {
        bytes += item?.len();
    }
    child.join()??;
    say!(
        "drain first: {bytes} bytes received, then the child was joined at once",
        "先に取り出す: {bytes}バイトを受信した後、すぐにjoinできました"
    );
    if bytes != ITEMS * BYTES {
        return Err(text!("some of it is missing", "データが足りません").into());
    }
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "Joins a child before draining the queue that it fills; then the other way round.",
        "キューを空にする前に子プロセスをjoinし、次に逆の順序で行います。",
    );
    lesson::run(about, |_| program())
}
