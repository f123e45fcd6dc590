//! A wrong answer: only what was ended by a signal counts as failed. Document 4 says that all is well, and gives nothing.
//! Fails with: results
//! Look for: what is an exit code of 0 worth, if the result is missing?

use std::process::ExitCode;

use comparison_exercises::isolate::{DOCUMENTS, words};
use lesson::{Options, say};
use process::{End, JoinError, Process};

fn program() -> lesson::Result {
    for document in 1..=DOCUMENTS {
        match Process::spawn(words, (document,))?.join() {
            Ok(words) => say!("document {document}: {words} words", "文書{document}: {words}語"),
            Err(JoinError::Ended { end: End::Exited(0), .. }) => {
                say!("document {document}: 0 words", "文書{document}: 0語");
            }
            Err(error) => {
                say!("document {document}: failed: {error}", "文書{document}: 失敗: {error}");
            }
        }
    }
    say!("all documents were tried", "すべての文書を試しました");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Counts the words of documents.", "文書の語数を数えます。");
    lesson::run(about, |_| program())
}
