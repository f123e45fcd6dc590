//! Exercise caveats/4-manager, solved: the kernel kills each worker when its parent ends, however that ends.
//! Run it: `cargo run -p caveats-exercises --bin caveats-manager-solution`
//! Look for: the manager does nothing about its own death. It could not.

use std::process::ExitCode;

use caveats_exercises::manager::{WORKERS, go_on, manage, work};
use lesson::{Options, say};
use process::{Builder, Process};

fn manager() -> Result<(), String> {
    let mut workers = Vec::new();
    for number in 1..=WORKERS {
        let worker = Builder::new().die_with_parent(true).spawn(work, (number,));
        workers.push(worker.map_err(|error| error.to_string())?);
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
