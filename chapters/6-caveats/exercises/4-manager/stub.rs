//! Exercise caveats/4-manager: a manager is killed, and its workers work on, for nobody.
//! Run it: `cargo run -p caveats-exercises --bin caveats-manager`
//! Check it: `cargo xtask exercise check manager`

use std::process::ExitCode;

use caveats_exercises::manager::{WORKERS, go_on, manage, work};
use lesson::{Options, say};
use process::Process;

fn manager() -> Result<(), String> {
    let mut workers = Vec::new();
    for number in 1..=WORKERS {
        // TODO: who ends this worker when its manager is killed?
        let worker = Process::spawn(work, (number,)).map_err(|error| error.to_string())?;
        workers.push(worker);
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
