//! Processes that end while they put or get, and ends of streams.

use std::process::exit;
use std::thread::sleep;
use std::time::{Duration, Instant};

use lesson::text;
use nix::sys::signal::{Signal, raise};
use nix::unistd::pause;
use process::Process;
use queue::{Connection, Consumer, GetError, Producer, PutError, Queue, Sender, duplex, pipe};
use serde::ser::SerializeTuple;
use serde::{Deserialize, Serialize, Serializer};
use serde_bytes::ByteBuf;

use super::seen::until;
use super::stage::{Seen, Stage};

const LARGE: usize = 50_000_000;

fn fill(producer: Producer<ByteBuf>) -> Result<(), String> {
    for _ in 0..20 {
        producer.put(ByteBuf::from(vec![7; 1 << 20])).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// 5: a child is joined before the queue is drained that it fills.
pub(super) fn join_before_drain(_: &mut Stage) -> Seen {
    let mut queue = Queue::new(8)?;
    let mut child = Process::spawn(fill, (queue.producer()?,))?;
    queue.close();
    holds!(child.join_timeout(Duration::from_millis(50))?.is_none());
    let mut items = 0;
    for item in queue {
        items += usize::from(item?.len() == 1 << 20);
    }
    child.join()??;
    holds!(items == 20, items);
    Ok(text!(
        "a join with a deadline returns; drained first, all {items} items arrive and the join succeeds",
        "期限付きのjoinは戻る。先に取り出せば{items}件すべてが届き、joinも成功する"
    ))
}

fn get_all(consumer: Consumer<u32>) -> Vec<u32> {
    consumer.into_iter().map_while(Result::ok).collect()
}

/// 6: a consumer is killed while it waits in `get`.
pub(super) fn waiting_consumer_killed(_: &mut Stage) -> Seen {
    let mut queue = Queue::new(8)?;
    let mut first = Process::spawn(get_all, (queue.consumer()?,))?;
    until(first.pid(), 'S')?;
    let second = Process::spawn(get_all, (queue.consumer()?,))?;
    first.kill()?;
    first.wait()?;
    for n in 0..100 {
        queue.put_timeout(n, Duration::from_secs(2))?;
    }
    queue.close();
    drop(queue);
    let got = second.join()?;
    holds!(got == (0..100).collect::<Vec<_>>(), got);
    Ok(text!("the other consumer gets all 100 items", "残りの消費者が100件すべてを受け取る"))
}

const CUT_SHORT: u8 = 1;
const WHOLE: u8 = 2;

/// An item of some kind; of one kind the producer does not live to the end.
#[derive(Debug, Deserialize)]
struct Cut(ByteBuf, u8);

impl Serialize for Cut {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut parts = serializer.serialize_tuple(2)?;
        parts.serialize_element(&self.0)?;
        if self.1 == CUT_SHORT {
            let _ = raise(Signal::SIGKILL);
        }
        parts.serialize_element(&self.1)?;
        parts.end()
    }
}

fn put_large(producer: Producer<Cut>, kind: u8) {
    let _ = producer.put(Cut(ByteBuf::from(vec![kind; LARGE]), kind));
}

fn put_small(producer: Producer<Cut>) -> Result<(), String> {
    for n in 10..110 {
        producer.put(Cut(ByteBuf::from([n]), n)).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// 7: a producer is killed in the middle of an item of 50 MB: while it encodes that, and then somewhere on the way.
pub(super) fn producer_killed(stage: &mut Stage) -> Seen {
    let mut whole = 0;
    for round in 0..6_u64 {
        let mut queue = Queue::new(8)?;
        let item = if round == 0 { CUT_SHORT } else { WHOLE };
        let mut large = Process::spawn(put_large, (queue.producer()?, item))?;
        let small = Process::spawn(put_small, (queue.producer()?,))?;
        queue.close();
        if round > 0 {
            sleep(Duration::from_millis(round * 6));
            large.kill()?;
        }
        let (mut small_ones, mut large_ones) = (0, 0);
        for item in queue {
            let Cut(bytes, n) = item?;
            let length = if n < 10 { LARGE } else { 1 };
            holds!(bytes.len() == length && bytes.iter().all(|&byte| byte == n), n, bytes.len());
            *(if n < 10 { &mut large_ones } else { &mut small_ones }) += 1;
        }
        small.join()??;
        large.wait()?;
        holds!(small_ones == 100 && large_ones <= 1, small_ones, large_ones);
        holds!(round > 0 || large_ones == 0, large_ones);
        whole += large_ones;
    }
    stage.note(text!(
        "large items that arrived whole: {whole} of 6",
        "欠けずに届いた大きな項目: 6件中{whole}件"
    ));
    Ok(text!(
        "its item arrives whole or not at all; the other's 100 items arrive, six times over",
        "その項目は完全な形で届くか、まったく届かない。ほかの100件は6回とも届く"
    ))
}

fn sibling(_: ()) {
    loop {
        pause();
    }
}

fn send_one(sender: Sender<u32>) -> Result<(), String> {
    sender.send(1).map_err(|error| error.to_string())
}

/// 14: a sibling was forked while the write end was open.
pub(super) fn sibling_inherits(_: &mut Stage) -> Seen {
    let (sender, receiver) = pipe()?;
    let mut sibling = Process::spawn(sibling, ((),))?;
    let writer = Process::spawn(send_one, (sender,))?;
    let got = receiver.recv_timeout(Duration::from_secs(2))?;
    writer.join()??;
    let end = receiver.recv_timeout(Duration::from_secs(2));
    holds!(got == 1 && matches!(end, Err(GetError::Disconnected)), end);
    holds!(sibling.is_alive());
    sibling.kill()?;
    sibling.wait()?;
    Ok(text!(
        "the reader sees the end, though the sibling lives",
        "兄弟プロセスが生きていても、読み手にストリームの終わりが届く"
    ))
}

fn look_once(consumer: Consumer<u32>, parent: Connection<bool, ()>) {
    while parent.recv().is_ok() {
        let _ = parent.send(consumer.try_get().is_ok());
    }
}

/// 18: somebody looks right after `put` has returned.
pub(super) fn put_is_seen(_: &mut Stage) -> Seen {
    let queue = Queue::new(8)?;
    let (ours, theirs) = duplex()?;
    let child = Process::spawn(look_once, (queue.consumer()?, theirs))?;
    let mut seen = 0;
    for n in 0..2000 {
        queue.put(n)?;
        // By turns here and in another process.
        seen += if n % 2 == 0 {
            i32::from(queue.try_get().is_ok())
        } else {
            ours.send(())?;
            i32::from(ours.recv()?)
        };
    }
    drop(ours);
    child.join()?;
    holds!(seen == 2000, seen);
    Ok(text!(
        "found {seen} times of 2000, in two processes",
        "2000回中{seen}回とも見つかる(二つのプロセスで)"
    ))
}

fn write_frames(sender: Sender<ByteBuf>, byte: u8) -> Result<(), String> {
    for _ in 0..100 {
        sender.send(ByteBuf::from(vec![byte; 60_000])).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// 21: two processes write to one end of a pipe.
pub(super) fn two_writers(_: &mut Stage) -> Seen {
    let (sender, receiver) = pipe()?;
    let first = Process::spawn(write_frames, (sender.try_clone()?, 1))?;
    let second = Process::spawn(write_frames, (sender, 2))?;
    let mut frames = [0; 2];
    loop {
        match receiver.recv() {
            Ok(frame) => {
                let byte = frame[0];
                holds!(frame.len() == 60_000 && frame.iter().all(|&other| other == byte), byte);
                frames[usize::from(byte) - 1] += 1;
            }
            Err(GetError::Disconnected) => break,
            Err(other) => return Err(other.into()),
        }
    }
    first.join()??;
    second.join()??;
    holds!(frames == [100, 100], frames);
    Ok(text!("200 frames of 60 kB, none mixed", "60 kBのフレームが200個、混ざったものはない"))
}

fn wait_with(_producer: Producer<u32>) {
    sibling(());
}

/// 25: all producers are gone: one has ended, one was killed.
pub(super) fn producers_gone(stage: &mut Stage) -> Seen {
    let mut queue = Queue::new(8)?;
    let ended =
        Process::spawn(|producer: Producer<u32>| _ = producer.put(1), (queue.producer()?,))?;
    let mut killed = Process::spawn(wait_with, (queue.producer()?,))?;
    queue.close();
    let got = queue.get()?;
    ended.join()?;
    let early = queue.get_timeout(Duration::from_millis(20));
    holds!(got == 1 && matches!(early, Err(GetError::Timeout)), early);
    killed.kill()?;
    let end = queue.get_timeout(Duration::from_secs(2));
    killed.wait()?;
    let Err(end @ GetError::Disconnected) = end else { return Err(format!("{end:?}").into()) };
    stage.note(end);
    Ok(text!("get says that it was the last item", "getが、もう何も来ないことを伝える"))
}

fn put_and_exit(producer: Producer<u32>) {
    (0..1000).for_each(|n| _ = producer.put(n));
    exit(0);
}

/// 27: a child puts 1,000 items and exits at once, without cleaning up.
pub(super) fn puts_and_exits(_: &mut Stage) -> Seen {
    let mut queue = Queue::new(8)?;
    let mut child = Process::spawn(put_and_exit, (queue.producer()?,))?;
    queue.close();
    let got: Vec<u32> = queue.into_iter().collect::<Result<_, _>>()?;
    child.wait()?;
    holds!(got == (0..1000).collect::<Vec<_>>(), got.len());
    Ok(text!("all 1000 items arrive, in order", "1000件すべてが順番どおりに届く"))
}

/// 44: every consumer is killed while a producer waits for room.
pub(super) fn consumers_killed(stage: &mut Stage) -> Seen {
    let queue = Queue::<u32>::new(8)?;
    let producer = queue.producer()?;
    let mut child = Process::spawn(|_: Consumer<u32>| sibling(()), (queue.consumer()?,))?;
    drop(queue);
    while producer.try_put(1).is_ok() {}
    let mut put = Process::spawn(
        |producer: Producer<u32>| producer.put(2).map_err(|error| error.to_string()),
        (producer,),
    )?;
    until(put.pid(), 'S')?;
    child.kill()?;
    child.wait()?;
    let begun = Instant::now();
    let told = put.join_timeout(Duration::from_secs(2))?;
    let wanted = PutError::Disconnected(2).to_string();
    holds!(told == Some(Err(wanted.clone())), told, begun.elapsed());
    stage.note(wanted);
    Ok(text!("put gives the item back with an error", "putは項目をエラーとともに返す"))
}

/// 36: an item of 1 GiB.
pub(super) fn huge_item(stage: &mut Stage) -> Seen {
    const SIZE: usize = 1 << 30;
    let mut queue = Queue::new(8)?;
    let put = |producer: Producer<ByteBuf>| {
        let mut bytes = vec![0; SIZE];
        bytes[SIZE - 1] = 7;
        producer.put(ByteBuf::from(bytes)).map_err(|error| error.to_string())
    };
    let child = Process::spawn(put, (queue.producer()?,))?;
    queue.close();
    let got = queue.get()?;
    child.join()??;
    let (length, last) = (got.len(), got.last().copied());
    stage.note(text!("{length} bytes", "{length}バイト"));
    holds!(length == SIZE && last == Some(7), length, last);
    Ok(text!("it arrives whole", "完全な形で届く"))
}
