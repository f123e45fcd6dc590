//! A wrong answer: a thread for each document, and a panic would be caught. An abort ends all threads.
//! Fails with: failed
//! Look for: how far did it come, and which signal ended it?

use std::panic::catch_unwind;
use std::process::ExitCode;
use std::thread;

use comparison_exercises::isolate::{DOCUMENTS, words};
use lesson::{Options, say};

fn program() -> lesson::Result {
    for document in 1..=DOCUMENTS {
        let thread = thread::spawn(move || catch_unwind(|| words(document)));
        match thread.join() {
            Ok(Ok(words)) => {
                say!("document {document}: {words} words", "文書{document}: {words}語");
            }
            _ => say!("document {document}: failed", "文書{document}: 失敗"),
        }
    }
    say!("all documents were tried", "すべての文書を試しました");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Counts the words of documents.", "文書の語数を数えます。");
    lesson::run(about, |_| program())
}
