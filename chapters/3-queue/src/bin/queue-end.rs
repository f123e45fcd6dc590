//! The end of the stream: consumers stop when the last producer is gone, however it went.
//! Run it: `cargo run -p queue --bin queue-end`
//! Look for: one producer is killed and sends no goodbye. What would a sentinel such as Python's `None` do here?

use std::process::ExitCode;

use lesson::{Options, say, text};
use nix::sys::signal::{Signal, raise};
use process::Process;
use queue::{GetError, Producer, Queue};

const EACH: u32 = 3;

// ANCHOR: producer
fn produce(producer: Producer<u32>, killed: bool) {
    for item in 0..EACH {
        producer.put(item).expect("the parent gets");
    }
    if killed {
        // SIGKILL: no destructor runs, no goodbye is sent.
        let _ = raise(Signal::SIGKILL);
    }
}
// ANCHOR_END: producer

// ANCHOR: program
fn program() -> lesson::Result {
    let mut queue = Queue::new(8)?;
    let mut producers = Vec::new();
    for killed in [false, true] {
        producers.push(Process::spawn(produce, (queue.producer()?, killed))?);
    }
    for producer in &mut producers {
        let (pid, end) = (producer.pid(), producer.wait()?);
        say!("The producer (PID: {pid}) {end}", "生産者(PID: {pid})は{end}");
    }
    let got = std::iter::from_fn(|| queue.try_get().ok()).count();
    say!("{got} items were waiting", "{got}個の値が待っていました");
    let before = queue.try_get();
    say!(
        "The parent can still put, so there is no end yet: {before:?}",
        "親プロセスがまだ送信できるので、終わりではありません: {before:?}"
    );
    queue.close();
    let after = queue.get();
    say!(
        "After close() the last producer is gone: {after:?}",
        "close()で最後の生産者がいなくなりました: {after:?}"
    );
    match (got as u32, before, after) {
        (got, Err(GetError::Empty), Err(GetError::Disconnected)) if got == 2 * EACH => Ok(()),
        other => Err(text!("unexpected: {other:?}", "予想外の結果です: {other:?}").into()),
    }
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "Consumers see the end when the last producer is gone, even if it was killed.",
        "最後の生産者がいなくなると、強制終了された場合でも、消費者に終わりが伝わります。",
    );
    lesson::run(about, |_| program())
}
