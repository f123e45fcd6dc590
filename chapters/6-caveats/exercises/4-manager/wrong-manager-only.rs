//! A wrong answer: the manager dies with its parent; but the workers are the children of the manager.
//! Fails with: orphans
//! Look for: whose death is asked about, and who lives on?

use std::process::ExitCode;

use caveats_exercises::manager::{WORKERS, go_on, manage, work};
use lesson::{Options, say};
use process::{Builder, Process};

fn manager() -> Result<(), String> {
    let mut workers = Vec::new();
    for number in 1..=WORKERS {
        let worker = Process::spawn(work, (number,)).map_err(|error| error.to_string())?;
        workers.push(worker);
    }
    manage();
    Ok(())
}

fn program() -> lesson::Result {
    let manager = Builder::new().die_with_parent(true).spawn(manager, ())?;
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
