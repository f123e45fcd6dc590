//! A bounded queue holds a fast producer back: backpressure.
//! Run it: `cargo run -p queue --bin queue-backpressure`
//! Look for: how many items fit, and what becomes of the first that does not. Change `--capacity`.

use std::process::ExitCode;

use lesson::{Options, say, text};
use process::Process;
use queue::{Consumer, PutError, Queue};

fn consume(consumer: Consumer<usize>) -> Vec<usize> {
    consumer.into_iter().map_while(Result::ok).collect()
}

// ANCHOR: program
fn program(capacity: usize) -> lesson::Result {
    let mut queue = Queue::new(capacity)?;
    let mut next = 0;
    // Nobody gets anything yet, so the producer can run ahead by the capacity and no further.
    let refused = loop {
        match queue.try_put(next) {
            Ok(()) => next += 1,
            Err(PutError::Full(item)) => break item,
            Err(other) => return Err(other.into()),
        }
    };
    say!(
        "{next} items fit into a queue made for {capacity}",
        "容量{capacity}のキューに{next}個入りました"
    );
    say!(
        "try_put said \"full\" and gave item {refused} back",
        "try_putは「満杯」と答え、値{refused}を返しました"
    );
    if (next, refused) != (capacity, capacity) {
        return Err(text!("expected {capacity}", "{capacity}のはずです").into());
    }
    let consumer = Process::spawn(consume, (queue.consumer()?,))?;
    for item in refused..2 * capacity {
        // Blocks until the consumer has made room.
        queue.put(item)?;
    }
    queue.close();
    let got = consumer.join()?;
    let count = got.len();
    if !got.into_iter().eq(0..2 * capacity) {
        return Err(text!("an item is missing", "欠けた値があります").into());
    }
    say!(
        "A consumer drained the queue, and put went on: {count} items arrived, in order",
        "消費者がキューを空け、putが再開しました: {count}個すべてが順番どおりに届きました"
    );
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "A bounded queue holds a fast producer back.",
        "容量に限りのあるキューが速い生産者を待たせます(バックプレッシャー)。",
    );
    let about =
        about.number("capacity", 8, 1..=1000, "for how many items the queue is", "キューの容量");
    lesson::run(about, |given| program(given.number("capacity")))
}
