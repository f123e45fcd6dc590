//! The same with threads: one text, then three producers and two consumers, over `crossbeam-channel`.
//! Run it: `cargo run -p queue --bin queue-threads`
//! Look for: one pid everywhere, and a text that is not copied. Compare with `queue` and `queue-many`.

use std::process::{self, ExitCode};
use std::thread;

use crossbeam_channel::bounded;
use lesson::{Options, say, text};

const PRODUCERS: u32 = 3;
const EACH: u32 = 1000;

// ANCHOR: one
fn one_text() -> lesson::Result {
    let (sender, receiver) = bounded(8);
    let thread = thread::spawn(move || {
        let data = text!("data to send", "データを送る");
        let place = (process::id(), data.as_ptr().addr());
        // A move: nothing is encoded, the text stays where it is.
        let sent = sender.send(data);
        (place, sent.is_ok())
    });
    let received: String = receiver.recv()?;
    let (place, _) = thread.join().map_err(|_| text!("it panicked", "パニックしました"))?;
    say!("The main thread received: {received}", "メインスレッドが受信: {received}");
    if place != (process::id(), received.as_ptr().addr()) {
        return Err(text!("the text was copied", "文字列がコピーされました").into());
    }
    let pid = process::id();
    say!(
        "Same process (PID: {pid}), same address: the text was moved, not copied",
        "同じプロセス(PID: {pid})、同じアドレス: コピーではなくムーブです"
    );
    Ok(())
}
// ANCHOR_END: one

// ANCHOR: many
fn many_to_many() -> lesson::Result {
    let (sender, receiver) = bounded(16);
    let shares: Vec<Vec<u32>> = thread::scope(|scope| {
        for number in 0..PRODUCERS {
            let sender = sender.clone();
            scope.spawn(move || {
                (number * EACH..(number + 1) * EACH).all(|item| sender.send(item).is_ok())
            });
        }
        // As with processes: whoever keeps a sender keeps the stream from ending.
        drop(sender);
        let consumers = [(); 2].map(|()| scope.spawn(|| receiver.iter().collect()));
        consumers.into_iter().filter_map(|consumer| consumer.join().ok()).collect()
    });
    for (number, share) in shares.iter().enumerate() {
        let (pid, got) = (process::id(), share.len());
        say!(
            "Consumer {number} (PID: {pid}) got {got} items",
            "消費者{number}(PID: {pid})は{got}個受信しました"
        );
    }
    let mut all = shares.concat();
    all.sort_unstable();
    if !all.iter().copied().eq(0..PRODUCERS * EACH) {
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
// ANCHOR_END: many

fn main() -> ExitCode {
    let about = Options::new(
        "The queue's programs with threads: one pid, shared memory, moves instead of encoding.",
        "キューのプログラムをスレッドで: PIDは一つ、メモリは共有、エンコードの代わりにムーブ。",
    );
    lesson::run(about, |_| one_text().and_then(|()| many_to_many()))
}
