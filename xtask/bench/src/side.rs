//! One sample, in a process of its own.

use std::env;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use lesson::{print_line, text};

use crate::place;
use crate::row::{Contender, How, Row};
use crate::rows;

/// The first argument of a process that takes one sample.
pub(crate) const SAMPLE: &str = "--sample";
/// The first argument of a process that ends at once.
pub(crate) const NOTHING: &str = "--nothing";
pub(crate) const QUICK: &str = "--quick";
/// A sample that takes longer hangs; what is built from nothing takes its time.
const DEADLINE: Duration = Duration::from_secs(60);
const LONG_DEADLINE: Duration = Duration::from_secs(600);

/// How much of the work a sample does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    quick: bool,
    /// Each operation takes long.
    tenth: bool,
}

impl Size {
    pub(crate) fn is_quick(self) -> bool {
        self.quick
    }

    /// For operations that take long: a tenth of them.
    pub(crate) fn tenth(self) -> Self {
        Self { tenth: true, ..self }
    }

    /// So many operations, or a tenth or hundredth of that.
    pub(crate) fn of(self, count: usize) -> usize {
        let tenths = [self.quick, self.tenth].into_iter().filter(|&tenth| tenth).count();
        (count / 10_usize.pow(tenths as u32)).max(2)
    }
}

/// Takes one sample in a new process. Blocks until it has ended, at most a minute; where
/// something is built from nothing, ten.
///
/// # Errors
///
/// What the sample says went wrong, or that it took too long.
pub(crate) fn sample(row: &Row, contender: &Contender, quick: bool) -> Result<f64, String> {
    let mut command = match contender.how {
        How::Here(_) => {
            // Not the path that the program once had: it may have been built anew since.
            let mut command = Command::new("/proc/self/exe");
            command.args([SAMPLE, row.name, contender.name]);
            command
        }
        How::Python(script) => {
            let mut command = Command::new("python3");
            let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/peers.py");
            let cores: Vec<String> = place::cores().iter().map(ToString::to_string).collect();
            command.arg(peers).args([script, &cores.join(",")]);
            command
        }
    };
    if quick {
        command.arg(QUICK);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().map_err(|error| match contender.how {
        How::Python(_) => text!("no python3 here: {error}", "python3がありません: {error}"),
        How::Here(_) => error.to_string(),
    })?;
    listen(child, if row.on_demand { LONG_DEADLINE } else { DEADLINE })
}

/// What the child says is its figure, or its complaint.
fn listen(mut child: Child, deadline: Duration) -> Result<f64, String> {
    let (Some(mut stdout), Some(mut stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(String::new());
    };
    let (done, is_done) = channel();
    thread::spawn(move || {
        let (mut figure, mut complaint) = (String::new(), String::new());
        let _ = stdout.read_to_string(&mut figure);
        let _ = stderr.read_to_string(&mut complaint);
        let _ = done.send((figure, complaint));
    });
    let Ok((figure, complaint)) = is_done.recv_timeout(deadline) else {
        let _ = child.kill();
        let _ = child.wait();
        return Err(text!("it hangs", "応答がありません"));
    };
    let status = child.wait().map_err(|error| error.to_string())?;
    match figure.trim().parse() {
        Ok(figure) if status.success() => Ok(figure),
        _ => Err(complaint.lines().last().map_or_else(|| status.to_string(), str::to_owned)),
    }
}

/// In the new process: takes the sample and prints it.
pub(crate) fn serve(mut arguments: impl Iterator<Item = String>) -> ExitCode {
    let (row, contender) = (arguments.next(), arguments.next());
    let size = Size { quick: arguments.any(|argument| argument == QUICK), tenth: false };
    // Before anything is pinned.
    place::cores();
    let rows = rows::all();
    let row = rows.iter().find(|it| Some(it.name) == row.as_deref());
    let contenders = row.map_or(&[][..], |row| &row.contenders);
    let contender = contenders.iter().find(|it| Some(it.name) == contender.as_deref());
    let Some(Contender { how: How::Here(sample), .. }) = contender else {
        eprintln!("there is no such sample");
        return ExitCode::FAILURE;
    };
    match sample(size) {
        Ok(figure) => {
            print_line(&figure.to_string());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
