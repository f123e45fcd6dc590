//! What a raw pipe does with two messages: it joins them. `pipe::<T>()` keeps them apart.
//! Run it: `cargo run -p queue --bin queue-raw-pipe`
//! Look for: two writes, one read. Which bytes belong to which message?

use std::process::ExitCode;

use lesson::{Options, say, text};
use process::Process;
use queue::stages::s1_raw_pipe::{RawWriter, raw_pipe};
use queue::{Sender, pipe};

const MESSAGES: [&str; 2] = ["12", "345"];

// ANCHOR: raw
fn write_raw(writer: RawWriter) {
    for message in MESSAGES {
        writer.write_all(message.as_bytes()).expect("the parent reads");
    }
}

fn raw() -> lesson::Result<String> {
    let (writer, reader) = raw_pipe()?;
    // After the join both messages are in the pipe.
    Process::spawn(write_raw, (writer,))?.join()?;
    let mut bytes = [0; 64];
    let length = reader.read(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes[..length]).into_owned())
}
// ANCHOR_END: raw

// ANCHOR: typed
fn send_typed(sender: Sender<String>) {
    for message in MESSAGES {
        sender.send(message.to_owned()).expect("the parent receives");
    }
}

fn typed() -> lesson::Result<[String; 2]> {
    let (sender, receiver) = pipe()?;
    Process::spawn(send_typed, (sender,))?.join()?;
    Ok([receiver.recv()?, receiver.recv()?])
}
// ANCHOR_END: typed

fn program() -> lesson::Result {
    let [one, two] = MESSAGES;
    say!(
        "A child sends two messages: {one:?} and {two:?}",
        "子プロセスが二つ送信: {one:?}と{two:?}"
    );
    let joined = raw()?;
    say!("A raw pipe, one read: {joined:?}", "生のパイプ、read 1回: {joined:?}");
    let [first, second] = typed()?;
    say!(
        "pipe::<String>(), two receives: {first:?} and {second:?}",
        "pipe::<String>()、受信2回: {first:?}と{second:?}"
    );
    if joined != MESSAGES.concat() || [first, second] != MESSAGES {
        return Err(text!("that was not expected", "予想外の結果です").into());
    }
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new(
        "A raw pipe loses the boundaries between messages; a typed one keeps them.",
        "生のパイプではメッセージの境界が失われ、型付きのパイプでは保たれます。",
    );
    lesson::run(about, |_| program())
}
