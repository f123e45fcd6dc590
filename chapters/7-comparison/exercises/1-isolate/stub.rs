//! Exercise comparison/1-isolate: a function that may end the program, and a program that is to go on.
//! Run it: `cargo run -p comparison-exercises --bin comparison-isolate`
//! Check it: `cargo xtask exercise check isolate`

use std::process::ExitCode;

use comparison_exercises::isolate::{DOCUMENTS, words};
use lesson::{Options, say};

fn program() -> lesson::Result {
    for document in 1..=DOCUMENTS {
        // TODO: document 2 ends all this. Where would it have to run?
        let words = words(document);
        say!("document {document}: {words} words", "文書{document}: {words}語");
    }
    say!("all documents were tried", "すべての文書を試しました");
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Counts the words of documents.", "文書の語数を数えます。");
    lesson::run(about, |_| program())
}
