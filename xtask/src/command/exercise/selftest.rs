//! `cargo xtask exercise selftest`: the checks themselves. Stubs fail, solutions pass each time, and wrong answers fail
//! for the reason that they name.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::available_parallelism;
use std::time::Instant;

use anyhow::{Result, anyhow, bail};
use checker::built::{Target, build};
use lesson::{print_line, say, text};

use super::catalog::Exercise;
use super::sync::sync;
use crate::workspace::root;

/// How often a solution has to pass.
const TIMES: usize = 3;

/// Tests the exercises' checks, and prints a table; gives whether all is as it should be.
pub(super) fn selftest(all: &[Exercise], exercises: &[&Exercise]) -> Result<bool> {
    let chosen = |it: &&Exercise| exercises.iter().any(|one| one.chapter == it.chapter);
    let chapters: Vec<Exercise> = all.iter().filter(chosen).cloned().collect();
    let stale = sync(&chapters, false)?.join(", ");
    if !stale.is_empty() {
        bail!(text!(
            "not up to date: {stale}; run `cargo xtask exercise sync`",
            "更新されていません: {stale}(`cargo xtask exercise sync`を実行してください)"
        ));
    }
    let mut good = true;
    say!("building {} exercises…", "{}個の演習をビルドしています…", exercises.len());
    let mut wanted = Vec::new();
    for exercise in exercises {
        wanted.push((exercise.chapter.clone(), Target::Test(exercise.name.clone())));
        wanted.push((exercise.package(), Target::Binary(exercise.binary(""))));
        wanted.push((exercise.package(), Target::Binary(exercise.binary("solution"))));
        for stem in exercise.wrong()? {
            wanted.push((exercise.package(), Target::Binary(exercise.binary(&stem))));
        }
    }
    let mut built = build(root(), &wanted).map_err(|error| anyhow!(error))?.into_iter();
    let mut next = || built.next().unwrap_or_default();
    for exercise in exercises {
        let wrong = exercise.wrong()?;
        let begun = Instant::now();
        let check = next();
        print_line(&exercise.full_name());
        good &= complete(exercise, wrong.len());
        let mut reasons = BTreeSet::new();
        for stem in &wrong {
            reasons.extend(exercise.fails_with(stem)?);
        }
        let problems = problems(&check, &next())?;
        if !needs_two_cores("stub", &problems, reasons.iter()) {
            good &= row("stub", !problems.is_empty(), &problems);
        }
        let solution = next();
        let mut seen = Vec::new();
        for _ in 0..TIMES {
            seen.extend(self::problems(&check, &solution)?);
        }
        good &= row(&format!("solution ×{TIMES}"), seen.is_empty(), &seen);
        for stem in wrong {
            let fails = exercise.fails_with(&stem)?;
            let problems = self::problems(&check, &next())?;
            let named = fails.first().is_some_and(|first| problems.contains(first))
                && problems.iter().all(|it| fails.contains(it));
            if needs_two_cores(&stem, &problems, fails.iter()) {
                continue;
            }
            good &= row(&stem, named, &problems);
            if !named {
                let fails = fails.join(", ");
                say!("      it names: {fails}", "      宣言された名前: {fails}");
            }
        }
        let seconds = begun.elapsed().as_secs_f64();
        say!("    {seconds:.1} s", "    {seconds:.1}秒");
    }
    Ok(good)
}

/// Whether nothing was found because two processes share the only core: then it says so.
fn needs_two_cores<'a>(
    what: &str,
    problems: &[String],
    mut reasons: impl Iterator<Item = &'a String>,
) -> bool {
    let one_core = available_parallelism().is_ok_and(|cores| cores.get() == 1);
    let untested = one_core && problems.is_empty() && reasons.any(|it| it == "speed-up");
    if untested {
        let verdict = text!("NOT TESTED: it needs two cores", "未検査: コアが二つ必要です");
        print_line(&format!("    {what:<28} {verdict}"));
    }
    untested
}

/// Whether the exercise has all its texts in both languages, and at least two wrong answers.
fn complete(exercise: &Exercise, wrong: usize) -> bool {
    let pages = ["README", "hints", "solution"];
    let pages = pages.iter().flat_map(|page| [format!("{page}.md"), format!("{page}.ja.md")]);
    let mut missing: Vec<String> =
        pages.filter(|page| !exercise.folder.join(page).is_file()).collect();
    if wrong < 2 {
        missing.push("wrong-*.rs".to_owned());
    }
    let readable = exercise.front().map(|_| ()).and_then(|()| exercise.hints().map(|_| ()));
    missing.extend(readable.err().map(|error| format!("{error:#}")));
    missing.is_empty() || row("files", false, &missing)
}

fn row(what: &str, good: bool, problems: &[String]) -> bool {
    let verdict = if good { text!("ok", "OK") } else { text!("WRONG", "NG") };
    print_line(format!("    {what:<28} {verdict:<6} {}", problems.join(", ")).trim_end());
    good
}

/// The names of the problems that a check finds in an answer.
fn problems(check: &Path, answer: &Path) -> Result<Vec<String>> {
    let output = Command::new(check)
        .arg("--answer")
        .arg(answer)
        .args(["--names", "--lang", lesson::language().name()])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    let names: Vec<String> =
        String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
    match (output.status.code(), names.is_empty()) {
        (Some(0), true) | (Some(1), false) => Ok(names),
        _ => Ok(vec![format!("check: {} {names:?}", output.status)]),
    }
}
