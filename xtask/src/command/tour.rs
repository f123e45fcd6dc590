//! `cargo xtask tour`: every chapter's program in order, with a heading and its time.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use lesson::{print_line, say, text};

use crate::workspace::{binary, build, ending, speaking};

/// A chapter: the package, whose default program has its name, and what it is about.
type Chapter = (&'static str, [&'static str; 2]);

const CHAPTERS: [Chapter; 7] = [
    ("overview", ["what a process is, in four claims", "プロセスとは何か、四つの主張"]),
    ("process", ["three processes, started and joined", "三つのプロセスの開始と終了待ち"]),
    ("queue", ["a message from a child to its parent", "子プロセスから親プロセスへの送信"]),
    ("pool", ["one function over many values", "一つの関数を多くの値に適用"]),
    ("cpu-bound", ["all cores busy", "すべてのコアを使う計算"]),
    ("caveats", ["what to watch out for", "注意点"]),
    ("comparison", ["processes or threads, measured", "プロセスとスレッドの使い分け(実測)"]),
];

/// Builds all chapters, then runs them one after another. Blocks until the last has ended.
///
/// # Errors
///
/// A build fails, or a chapter ends with another exit code than 0: the message names it.
pub fn run() -> Result<ExitCode> {
    say!("Building the seven chapters.", "七つの章をビルドします。");
    build(CHAPTERS.map(|(package, _)| (package, package)))?;
    let (count, start) = (CHAPTERS.len(), Instant::now());
    for (number, (package, about)) in (1..).zip(CHAPTERS) {
        let about = about[lesson::language() as usize];
        print_line("");
        print_line(&format!("━━ {number}/{count} {package}: {about}"));
        print_line("");
        let chapter = Instant::now();
        let status = speaking(binary(package)?).status().with_context(|| {
            text!("chapter {package} cannot be run", "{package}の章を実行できません")
        })?;
        if !status.success() {
            let ending = ending(status);
            bail!(text!(
                "the tour stops at chapter {number}/{count}, {package}: {ending}; \
                 run it alone with: cargo run -p {package}",
                "{number}/{count} {package}の章で中断しました: {ending} \
                 (単独での実行: cargo run -p {package})"
            ));
        }
        let seconds = chapter.elapsed().as_secs_f64();
        print_line("");
        say!("({seconds:.1} s)", "({seconds:.1}秒)");
    }
    let seconds = start.elapsed().as_secs_f64();
    print_line("");
    say!(
        "All {count} chapters ran, in {seconds:.1} s.",
        "{count}章すべてを実行しました({seconds:.1}秒)。"
    );
    Ok(ExitCode::SUCCESS)
}
