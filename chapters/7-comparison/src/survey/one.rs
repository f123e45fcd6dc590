//! One question, asked in a process of its own: it begins with fresh memory, one thread and no child.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use lesson::{Result, print_line, text};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{SigSet, Signal, killpg};
use nix::unistd::Pid;

use super::ear::Ear;
use crate::asking::{Answers, Asking};
use crate::questions;
use crate::record::Question;

/// What became of a question.
#[derive(Debug)]
pub(super) enum Outcome {
    Answers(Answers),
    Failed(String),
    Stopped(i32),
}

/// How often the bar is drawn.
const TICK: Duration = Duration::from_millis(200);

/// Asks it; calls `tick` from time to time. Nothing of it is left when this returns.
pub(super) fn ask(
    question: Question,
    quick: bool,
    ear: &Ear,
    mut tick: impl FnMut(),
) -> Result<Outcome> {
    let [answers, complaints] = [c"answers", c"complaints"]
        .map(|name| memfd_create(name, MFdFlags::MFD_CLOEXEC).map(File::from));
    let (answers, complaints) = (answers?, complaints?);
    // Not the path that the program once had: it may have been built anew since.
    let mut command = Command::new("/proc/self/exe");
    command.args(["--ask", question.id()]).env("LESSON_LANG", lesson::language().name());
    if quick {
        command.arg("--quick");
    }
    command.stdin(Stdio::null()).stdout(answers.try_clone()?).stderr(complaints.try_clone()?);
    // A group of its own, so that all that it starts can be ended.
    let mut child = command.process_group(0).spawn()?;
    let patience = Instant::now() + question.budget(quick) * 10 + Duration::from_secs(60);
    let stopped = loop {
        if child.try_wait()?.is_some() {
            break None;
        }
        tick();
        let stop = ear.wait(TICK)?;
        if stop.is_some() || Instant::now() > patience {
            break stop.map(|signal| signal as i32).or(Some(0));
        }
    };
    let status = end(&mut child)?;
    Ok(match stopped {
        Some(0) => Outcome::Failed(text!("it hangs", "応答がありません")),
        Some(signal) => Outcome::Stopped(signal),
        None => match serde_json::from_str(&read_back(answers)?) {
            Ok(found) if status.success() => Outcome::Answers(found),
            _ => {
                let complaints = read_back(complaints)?;
                let last = complaints.lines().last();
                let error = text!("error: ", "エラー: ");
                let last = last.map(|line| line.trim_start_matches(&error).to_owned());
                Outcome::Failed(last.unwrap_or_else(|| status.to_string()))
            }
        },
    })
}

/// Ends what is left of the group, and reaps the question itself.
fn end(child: &mut Child) -> io::Result<std::process::ExitStatus> {
    // There may be nobody left.
    let _ = killpg(Pid::from_raw(child.id() as i32), Signal::SIGKILL);
    child.wait()
}

fn read_back(mut file: File) -> io::Result<String> {
    file.rewind()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// In the process of the question: asks, and prints the answers. Blocks for about the question's budget.
///
/// # Errors
///
/// Nothing of it could be measured.
pub fn answer(question: Question, quick: bool) -> Result {
    // Who stops the survey stops this.
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    // The survey's ear has signals blocked, and that is inherited. Python ends its workers by SIGTERM.
    SigSet::all().thread_unblock()?;
    // A thousand processes are two thousand descriptors.
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, most, most)?;
    let mut asking = Asking::new(question, quick)?;
    questions::ask(&mut asking)?;
    print_line(&serde_json::to_string(&asking.answers)?);
    Ok(())
}
