//! A wrong answer: a process for each document, but the first that fails ends the program all the same.
//! Fails with: failed
//! Look for: the second question mark.

use std::process::ExitCode;

use comparison_exercises::isolate::{DOCUMENTS, words};
use lesson::{Options, say};
use process::Process;

fn program() -> lesson::Result {
    for document in 1..=DOCUMENTS {
        let words = Process::spawn(words, (document,))?.join()?;
        say!("document {document}: {words} words", "文書{document}: {words}語");
    }
    say!("all documents were tried", "すべての文書を試しました");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Counts the words of documents.", "文書の語数を数えます。");
    lesson::run(about, |_| program())
}
