//! Three producers and two consumers share one queue.
//! Run it: `cargo run -p queue --bin queue-many`
//! Look for: the share of each consumer changes from run to run, the total never does.

use std::process::ExitCode;

use lesson::{Options, say, text};
use process::Process;
use queue::{Consumer, GetError, Producer, Queue};

const PRODUCERS: u32 = 3;
const CONSUMERS: usize = 2;

// ANCHOR: workers
fn produce(producer: Producer<u32>, first: u32, count: u32) {
    for item in first..first + count {
        producer.put(item).expect("there are consumers");
    }
}

fn consume(consumer: Consumer<u32>) -> Result<Vec<u32>, String> {
    let items: Result<Vec<u32>, GetError> = consumer.into_iter().collect();
    items.map_err(|error| error.to_string())
}
// ANCHOR_END: workers

// ANCHOR: program
fn program(count: u32) -> lesson::Result {
    let mut queue = Queue::new(16)?;
    let mut producers = Vec::new();
    for number in 0..PRODUCERS {
        producers.push(Process::spawn(produce, (queue.producer()?, number * count, count))?);
    }
    let mut consumers = Vec::new();
    for _ in 0..CONSUMERS {
        consumers.push(Process::spawn(consume, (queue.consumer()?,))?);
    }
    // Now only the three can put: when they have ended, the consumers see the end.
    queue.close();
    let mut all = Vec::new();
    for consumer in consumers {
        let pid = consumer.pid();
        let items = consumer.join()??;
        let got = items.len();
        say!("Consumer (PID: {pid}) got {got} items", "消費者(PID: {pid})は{got}個受信しました");
        all.extend(items);
    }
    for producer in producers {
        producer.join()?;
    }
    all.sort_unstable();
    if !all.iter().copied().eq(0..PRODUCERS * count) {
        return Err(
            text!("an item is missing or came twice", "欠けた値か重複した値があります").into()
        );
    }
    let total = all.len();
    say!(
        "{total} items in all, each exactly once",
        "合計{total}個、どれもちょうど1回ずつ届きました"
    );
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "Three producers and two consumers share one queue.",
        "三つの生産者と二つの消費者が一つのキューを共有します。",
    );
    let about = about.number(
        "items",
        1000,
        1..=100_000,
        "how many items each producer puts",
        "生産者それぞれが送る値の数",
    );
    lesson::run(about, |given| program(given.number("items") as u32))
}
