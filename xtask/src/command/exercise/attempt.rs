//! `cargo xtask exercise check` and `reset`: the reader's answer.

use std::fs;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, anyhow, bail};
use checker::built::{Target, build};
use lesson::{print_line, say, text};

use super::catalog::{Exercise, shown};
use super::progress::{Progress, folder, now};
use crate::workspace::{root, speaking};

/// Builds the reader's answer and checks it; explains it when it is right.
pub(super) fn check(
    exercise: &Exercise,
    all: &[Exercise],
    progress: &mut Progress,
) -> Result<ExitCode> {
    let name = exercise.full_name();
    say!("checking {name}…", "{name}を検査しています…");
    if all.iter().filter(|it| it.chapter == exercise.chapter).all(|it| progress.of(it).checks == 0)
    {
        say!(
            "(a chapter's first check builds its crates, which may take a minute)",
            "(章の最初の検査ではクレートをビルドするので、1分ほどかかることがあります)"
        );
    }
    let wanted = [
        (exercise.chapter.clone(), Target::Test(exercise.name.clone())),
        (exercise.package(), Target::Binary(exercise.binary(""))),
    ];
    let built = build(root(), &wanted).map_err(|error| anyhow!(error))?;
    let [check, answer] = &built[..] else { bail!("cargo") };
    let status = speaking(check).arg("--answer").arg(answer).status()?;
    let solved = status.success();
    progress.note(exercise, |entry| {
        entry.checks += 1;
        if solved && entry.solved.is_none() {
            entry.solved = Some(now());
        }
    })?;
    if solved {
        print_line("");
        print_line(exercise.text("solution")?.trim_end());
        print_line("");
        match super::next(all, progress) {
            Some(next) => {
                let next = next.full_name();
                say!("Next: {next} (`cargo xtask exercise`)", "次: {next}(`cargo xtask exercise`)");
            }
            None => say!("All exercises are solved.", "すべての演習に正解しました。"),
        }
        return Ok(ExitCode::SUCCESS);
    }
    let (stub, name) = (shown(&exercise.stub()), &exercise.name);
    say!(
        "your answer: {stub}; a hint: `cargo xtask exercise hint {name}`",
        "解答: {stub}、ヒント: `cargo xtask exercise hint {name}`"
    );
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Puts the stub back as the repository has it, and keeps what the reader wrote.
pub(super) fn reset(exercise: &Exercise) -> Result<ExitCode> {
    let path = exercise.stub();
    let name = shown(&path);
    let stub = Command::new("git")
        .current_dir(root())
        .args(["show", &format!("HEAD:./{name}")])
        .output()
        .with_context(|| text!("cannot run git", "gitを実行できません"))?;
    if !stub.status.success() {
        let said = String::from_utf8_lossy(&stub.stderr).trim().to_owned();
        bail!(text!("git does not have {name}: {said}", "gitに{name}がありません: {said}"));
    }
    let answer = fs::read(&path).unwrap_or_default();
    if answer == stub.stdout {
        say!("{name} is as it was at the beginning", "{name}は最初の状態のままです");
        return Ok(ExitCode::SUCCESS);
    }
    let kept = folder().join("answers");
    fs::create_dir_all(&kept).with_context(|| shown(&kept))?;
    let kept = kept.join(format!("{}-{}-{}.rs", exercise.chapter, exercise.name, now()));
    fs::write(&kept, answer).with_context(|| shown(&kept))?;
    fs::write(&path, stub.stdout).with_context(|| name.clone())?;
    let kept = shown(&kept);
    say!(
        "{name} is put back; your answer is kept in {kept}",
        "{name}を元に戻しました。書いた解答は{kept}にあります"
    );
    Ok(ExitCode::SUCCESS)
}
