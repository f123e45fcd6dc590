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
    let mut arguments = vec!["build".to_owned()];
    if !cfg!(debug_assertions) {
        arguments.push("--release".into());
    }
    for output in list.all() {
        arguments.extend(["-p", &output.package, "--bin", output.binary()].map(String::from));
    }
    let (state, watched) = watch::channel(Freshness::Building);
    let (stale, changes) = channel();
    let first = Stale(stale);
    first.tell();
    thread::spawn(move || build_again(&arguments, &changes, &state));
    (first, watched)
}

fn build_again(arguments: &[String], changes: &Receiver<()>, state: &watch::Sender<Freshness>) {
    while changes.recv().is_ok() {
        // Whatever has changed by now is in this build.
        while changes.try_recv().is_ok() {}
        state.send_replace(Freshness::Building);
        state.send_replace(build(arguments));
    }
}

fn build(arguments: &[String]) -> Freshness {
    match cargo().args(arguments).stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => Freshness::Ready,
        Ok(output) => {
            let message = String::from_utf8_lossy(&output.stderr).into_owned();
            eprintln!("{message}");
            Freshness::Failed(message)
        }
        Err(error) => {
            Freshness::Failed(text!("cannot run cargo: {error}", "cargoを実行できません: {error}"))
        }
    }
}
