//! What answers to `pool/6-prepare-once` are given: a dictionary that takes a while to load.

use std::collections::BTreeMap;
use std::process::id;

use lesson::say;

const WORDS: [(&str, &str); 4] =
    [("parent", "oya"), ("child", "ko"), ("worker", "hataraku hito"), ("orphan", "minashigo")];
/// How often all of it is built, so that loading takes a while.
const TIMES: usize = 50_000;

/// What the words are in another language.
pub type Dictionary = BTreeMap<String, String>;

/// Loads the dictionary, and says in which process.
pub fn load() -> Dictionary {
    let pid = id();
    say!("loading the dictionary (PID: {pid})", "辞書を読み込みます(PID: {pid})");
    let words = WORDS.iter().cycle().take(TIMES * WORDS.len());
    words.map(|&(word, meaning)| (word.to_owned(), meaning.to_owned())).collect()
}

/// The text to be translated.
pub fn text() -> impl Iterator<Item = String> {
    ["child", "worker", "parent", "orphan"].iter().cycle().take(40).map(|&word| word.to_owned())
}
