//! Whether the programs are built from the sources as they are now.
//!
//! `cargo run` asks that each time, which takes longer than most programs here. So cargo is asked when the
//! server starts and when a source has changed, in the background, and a click finds the binary ready.

use std::process::Stdio;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use lesson::text;
use tokio::sync::watch;
use xtask::workspace::cargo;

use crate::outputs::list::List;

/// How the programs stand.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Freshness {
    /// Cargo is at work.
    Building,
    /// They are what the sources say.
    Ready,
    /// They cannot be built: cargo's message.
    Failed(String),
}

/// Asks for a build, when a source has changed.
#[derive(Clone, Debug)]
pub struct Stale(Sender<()>);

impl Stale {
    /// The sources have changed. Never blocks.
    pub fn tell(&self) {
        let _ = self.0.send(());
    }
}

/// Builds the programs in the background, now and whenever it is told to.
pub fn keep(list: &List) -> (Stale, watch::Receiver<Freshness>) {
    let programs: Vec<_> =
        list.all().iter().map(|it| [it.package.clone(), it.binary().to_owned()]).collect();
    let (state, watched) = watch::channel(Freshness::Building);
    let (stale, changes) = channel();
    let first = Stale(stale);
    first.tell();
    thread::spawn(move || build_again(&programs, &changes, &state));
    (first, watched)
}

fn build_again(programs: &[[String; 2]], changes: &Receiver<()>, state: &watch::Sender<Freshness>) {
    while changes.recv().is_ok() {
        // Whatever has changed by now is in this build.
        while changes.try_recv().is_ok() {}
        state.send_replace(Freshness::Building);
        let built = build(programs);
        if let Freshness::Failed(message) = &built {
            eprintln!("{message}");
        }
        state.send_replace(built);
    }
}

/// Builds these binaries, each of a package; blocks until cargo has ended.
pub fn build(programs: &[[String; 2]]) -> Freshness {
    let mut command = cargo();
    // Who breaks one program on purpose wants to run the others.
    command.args(["build", "--keep-going"]).stdin(Stdio::null());
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    for [package, binary] in programs {
        command.args(["-p", package, "--bin", binary]);
    }
    match command.output() {
        Ok(output) if output.status.success() => Freshness::Ready,
        Ok(output) => Freshness::Failed(String::from_utf8_lossy(&output.stderr).into_owned()),
        Err(error) => {
            Freshness::Failed(text!("cannot run cargo: {error}", "cargoを実行できません: {error}"))
        }
    }
}
