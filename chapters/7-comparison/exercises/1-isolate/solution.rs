//! Exercise comparison/1-isolate, solved: what may end the program runs in another one.
//! Run it: `cargo run -p comparison-exercises --bin comparison-isolate-solution`
//! Look for: the two reasons. Would you have noticed the second one without asking for a result?

use std::process::ExitCode;

use comparison_exercises::isolate::{DOCUMENTS, words};
use lesson::{Options, say};
use process::Process;

fn program() -> lesson::Result {
    for document in 1..=DOCUMENTS {
        // A process that ends before its target has returned is an error here, whatever its exit code says.
        match Process::spawn(words, (document,))?.join() {
            Ok(words) => say!("document {document}: {words} words", "文書{document}: {words}語"),
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
