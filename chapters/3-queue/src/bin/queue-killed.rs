//! Killed in the middle: a producer while it puts 50 MB, a consumer while it waits in `get`.
//! Run it: `cargo run -p queue --bin queue-killed`
//! Look for: nobody else notices. (Python's queue hangs for everyone in both cases.)

use std::process::ExitCode;

use lesson::{Options, say, text};
use process::Process;
use queue::{Consumer, GetError, Producer, Queue, Sender, pipe};

type Bytes = Vec<u8>;

// ANCHOR: workers
fn put_for_ever(producer: Producer<Bytes>, begun: Sender<()>) {
    let large = vec![7; 50_000_000];
    begun.send(()).expect("the parent waits for it");
    // Sooner or later it is killed in here; the queue takes one such item and then waits.
    while producer.put(large.clone()).is_ok() {}
}

fn wait_in_get(consumer: Consumer<Bytes>, begun: Sender<()>) {
    begun.send(()).expect("the parent waits for it");
    let _ = consumer.get();
}
// ANCHOR_END: workers

// ANCHOR: program
fn program() -> lesson::Result {
    let mut queue = Queue::<Bytes>::new(8)?;
    let (sender, begun) = pipe()?;
    let mut consumer = Process::spawn(wait_in_get, (queue.consumer()?, sender.try_clone()?))?;
    begun.recv()?;
    consumer.kill()?;
    let (pid, end) = (consumer.pid(), consumer.wait()?);
    say!("A consumer waiting in get (PID: {pid}) {end}", "getで待つ消費者(PID: {pid})は{end}");

    let mut producer = Process::spawn(put_for_ever, (queue.producer()?, sender))?;
    begun.recv()?;
    producer.kill()?;
    let (pid, end) = (producer.pid(), producer.wait()?);
    say!("A producer of 50 MB items (PID: {pid}) {end}", "50MBを送る生産者(PID: {pid})は{end}");

    let whole = std::iter::from_fn(|| queue.try_get().ok()).all(|item| item.len() == 50_000_000);
    queue.put(vec![1, 2, 3])?;
    let after = queue.get()?;
    queue.close();
    let end = queue.get();
    say!(
        "The queue goes on: {after:?} arrives, then the end: {end:?}",
        "キューはそのまま使えます: {after:?}が届き、そのあと終わりです: {end:?}"
    );
    match (whole, &after[..], end) {
        (true, [1, 2, 3], Err(GetError::Disconnected)) => Ok(()),
        _ => Err(text!("part of an item was left", "値の一部が残りました").into()),
    }
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "A producer and a consumer are killed; nobody else notices.",
        "生産者と消費者を強制終了しても、ほかのプロセスには影響しません。",
    );
    lesson::run(about, |_| program())
}
