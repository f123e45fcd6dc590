//! A parent, its children and grandchildren: every process has exactly one parent.
//! Run it: `cargo run -p process --bin process-tree`
//! Look for: each parent PID is the PID of the line it is indented under. Whose is the parent PID of the first line?

use std::process::{ExitCode, id};

use lesson::{Options, say, text};
use nix::unistd::getppid;
use process::Builder;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Node {
    pid: u32,
    parent: u32,
    children: Vec<Node>,
}

// ANCHOR: grow
fn grow(generations: usize) -> Result<Node, String> {
    let mut started = Vec::new();
    if generations > 0 {
        for _ in 0..2 {
            // If the tree is cut somewhere, nothing below is left.
            let child = Builder::new().die_with_parent(true).spawn(grow, (generations - 1,));
            started.push(child.map_err(|error| error.to_string())?);
        }
    }
    let mut children = Vec::new();
    for child in started {
        children.push(child.join().map_err(|error| error.to_string())??);
    }
    Ok(Node { pid: id(), parent: getppid().as_raw() as u32, children })
}
// ANCHOR_END: grow

fn show(node: &Node, depth: usize) -> lesson::Result {
    let Node { pid, parent, children } = node;
    let indent = "  ".repeat(depth);
    let who = match depth {
        0 => text!("parent", "親プロセス"),
        1 => text!("child", "子プロセス"),
        _ => text!("grandchild", "孫プロセス"),
    };
    say!(
        "{indent}{who} (PID: {pid}, parent PID: {parent})",
        "{indent}{who}(PID: {pid}、親のPID: {parent})"
    );
    for child in children {
        if child.parent != *pid {
            return Err(text!("{pid} is not its parent", "{pid}は親ではありません").into());
        }
        show(child, depth + 1)?;
    }
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new(
        "Three generations of processes, as a tree with their pids.",
        "三世代のプロセスを、PIDつきの木として表示します。",
    );
    lesson::run(about, |_| show(&grow(2)?, 0))
}
