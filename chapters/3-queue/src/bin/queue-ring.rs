//! The ring: the same conversation and the same accounting as with the queue, with a consumer killed in the middle.
//! Run it: `cargo run -p queue --bin queue-ring`
//! Look for: one item is missing, it is known which, and the others go on.

use std::process::ExitCode;
use std::sync::atomic::Ordering::SeqCst;

use lesson::{Options, say, text};
use process::Process;
use queue::shared::Atomics;
use queue::{Connection, Ring, RingConsumer, RingProducer, duplex};

const PRODUCERS: usize = 3;
const ITEMS: usize = 20_000;

// ANCHOR: workers
fn greet(producer: RingProducer<String>) {
    producer.put(text!("data to send", "データを送る")).expect("the parent has not closed its end");
}

fn produce(producer: RingProducer<usize>, first: usize) {
    for item in first..first + ITEMS {
        producer.put(item).expect("there are consumers");
    }
}

/// Notes in shared memory which items it has dealt with: so it is known which one is lost with whom.
fn consume(consumer: RingConsumer<usize>, noted: Atomics) {
    for item in consumer {
        noted[item.expect("a number")].fetch_add(1, SeqCst);
    }
}

/// Like [`consume`], but tells of an item in the middle and does not get round to dealing with it.
fn consume_and_wait(consumer: RingConsumer<usize>, noted: Atomics, talk: Connection<usize, ()>) {
    for _ in 0..1000 {
        noted[consumer.get().expect("a number")].fetch_add(1, SeqCst);
    }
    talk.send(consumer.get().expect("a number")).expect("the parent waits for it");
    let _ = talk.recv();
}
// ANCHOR_END: workers

// ANCHOR: program
fn program() -> lesson::Result {
    let ring = Ring::new(64)?;
    let child = Process::spawn(greet, (ring.producer()?,))?;
    let received: String = ring.get()?;
    say!("The parent received: {received}", "親プロセスが受信: {received}");
    child.join()?;

    let mut ring = Ring::new(64)?;
    let noted = Atomics::new(PRODUCERS * ITEMS)?;
    let (talk, theirs) = duplex::<(), usize>()?;
    let args = (ring.consumer()?, noted.try_clone()?, theirs);
    let mut doomed = Process::spawn(consume_and_wait, args)?;
    let mut others = Vec::new();
    for number in 0..PRODUCERS {
        others.push(Process::spawn(produce, (ring.producer()?, number * ITEMS))?);
    }
    let in_hand = talk.recv()?;
    for _ in 0..2 {
        others.push(Process::spawn(consume, (ring.consumer()?, noted.try_clone()?))?);
    }
    ring.close();
    doomed.kill()?;
    let (pid, end) = (doomed.pid(), doomed.wait()?);
    say!("A consumer (PID: {pid}) {end}", "消費者(PID: {pid})は{end}");
    for process in others {
        process.join()?;
    }
    let all = noted.len();
    say!(
        "The others went on to the last of {all} items",
        "ほかのプロセスは{all}個の最後まで続けました"
    );
    let as_expected = |item: usize| noted[item].load(SeqCst) == u64::from(item != in_hand);
    if !(0..all).all(as_expected) || ring.lost()? != 0 {
        return Err(
            text!("an item is missing or came twice", "欠けた値か重複した値があります").into()
        );
    }
    say!(
        "No item came twice, and only the one in the dead consumer's hand is missing",
        "重複はなく、欠けたのは強制終了された消費者が受け取ったばかりの1個だけです"
    );
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "Producers and consumers share a ring; one of them is killed.",
        "生産者と消費者がリングを共有し、そのうち一つが強制終了されます。",
    );
    lesson::run(about, |_| program())
}
