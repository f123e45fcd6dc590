//! A wrong answer: a destructor kills the workers, but whoever is killed runs none.
//! Fails with: orphans
//! Look for: what does the kernel run of your program after SIGKILL?

use std::process::ExitCode;

use caveats_exercises::manager::{WORKERS, go_on, manage, work};
use lesson::{Options, say};
use process::Process;

/// Kills them when the manager is left.
struct Team(Vec<Process<()>>);

impl Drop for Team {
    fn drop(&mut self) {
        for worker in &mut self.0 {
            let _ = worker.kill();
            let _ = worker.wait();
        }
    }
}

fn manager() -> Result<(), String> {
    let mut team = Team(Vec::new());
    for number in 1..=WORKERS {
        let worker = Process::spawn(work, (number,)).map_err(|error| error.to_string())?;
        team.0.push(worker);
    }
    manage();
    Ok(())
}

fn program() -> lesson::Result {
    let manager = Process::spawn(manager, ())?;
    match manager.join() {
        Ok(result) => result?,
        Err(error) => say!("the manager is gone: {error}", "マネージャーが終了: {error}"),
    }
    go_on();
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new(
        "A manager with three workers is killed.",
        "三つのワーカーを持つマネージャーが強制終了されます。",
    );
    lesson::run(about, |_| program())
}
