//! The first claim: each process has memory of its own.

use std::sync::atomic::{AtomicU32, Ordering};

use process::Process;

// ANCHOR: variable
/// A variable that every thread of a program would share.
static NUMBER: AtomicU32 = AtomicU32::new(0);
// ANCHOR_END: variable

/// What parent and child saw in the same variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// What the parent had written before it started the child.
    pub before: u32,
    /// What the child found there.
    pub child_found: u32,
    /// What the child saw after it had written.
    pub child_wrote: u32,
    /// What the parent saw after the child had ended.
    pub parent_sees: u32,
}

impl Memory {
    /// Whether the child wrote, and its parent's variable stayed as it was.
    pub fn is_separate(&self) -> bool {
        self.child_wrote != self.before && self.parent_sees == self.before
    }
}

// ANCHOR: write
fn write(number: u32) -> (u32, u32) {
    let found = NUMBER.swap(number, Ordering::Relaxed);
    (found, NUMBER.load(Ordering::Relaxed))
}
// ANCHOR_END: write

/// Has a child write `number` into a variable in which its parent has `before`. Blocks until it has ended.
///
/// The child is forked, so it begins with a copy of everything: it finds `before`, and changes its copy.
///
/// # Errors
///
/// What [`Process::spawn`] and [`Process::join`] say.
// ANCHOR: parent
pub fn child_writes(before: u32, number: u32) -> lesson::Result<Memory> {
    NUMBER.store(before, Ordering::Relaxed);
    let child = Process::spawn(write, (number,))?;
    let (child_found, child_wrote) = child.join()?;
    Ok(Memory { before, child_found, child_wrote, parent_sees: NUMBER.load(Ordering::Relaxed) })
}
// ANCHOR_END: parent
