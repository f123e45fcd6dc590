//! What must be as it was after each round: children, descriptors, mappings of shared memory; and resident memory.

use std::collections::BTreeMap;
use std::fs;

use lesson::text;
use testing::{children_left, descriptors};

/// After so many rounds most of the buffers that are kept are there.
const WARM: u64 = 10;
/// So much may come on top: the allocator's holes.
const MOST_GROWTH: u64 = 24 << 10;

/// What is compared from round to round.
#[derive(Debug)]
pub struct Watch {
    rounds: u64,
    /// What each descriptor leads to.
    open: BTreeMap<i32, String>,
    mapped: usize,
    resident_first: u64,
    resident: u64,
}

impl Watch {
    /// As it is now is as it should be.
    #[allow(clippy::new_without_default, reason = "it looks at the system")]
    pub fn new() -> Self {
        Self { rounds: 0, open: open(), mapped: mapped(), resident_first: 0, resident: 0 }
    }

    /// Looks whether a round left anything.
    ///
    /// # Errors
    ///
    /// What it left, by name.
    pub fn look(&mut self) -> Result<(), String> {
        if let Some(left) = children_left() {
            return Err(text!("a child is left: {left}", "子プロセスが残っています: {left}"));
        }
        let (open, mapped) = (open(), mapped());
        if open != self.open {
            let (what, closed) = (only_in(&open, &self.open), only_in(&self.open, &open));
            return Err(if what.is_empty() {
                text!(
                    "a descriptor that was open is closed: {closed}",
                    "開いていたファイルディスクリプタが閉じています: {closed}"
                )
            } else if what.contains("memfd:") {
                text!("shared memory is left: {what}", "共有メモリが残っています: {what}")
            } else {
                text!(
                    "a descriptor is left: {what}",
                    "ファイルディスクリプタが残っています: {what}"
                )
            });
        }
        if mapped != self.mapped {
            let before = self.mapped;
            return Err(text!(
                "shared memory stays mapped: {mapped} mappings, {before} before",
                "共有メモリがマップされたままです: {mapped}個(以前は{before}個)"
            ));
        }
        self.rounds += 1;
        self.resident = resident();
        if self.rounds <= WARM {
            self.resident_first = self.resident_first.max(self.resident);
        } else if self.resident > self.resident_first + MOST_GROWTH {
            let [first, now] = [self.resident_first, self.resident];
            return Err(text!(
                "resident memory grows: {now} KiB, {first} KiB in the first rounds",
                "常駐メモリが増えています: {now} KiB(当初は{first} KiB)"
            ));
        }
        Ok(())
    }

    /// Resident memory after the last round, in KiB.
    pub fn resident(&self) -> u64 {
        self.resident
    }

    /// The most in the first rounds.
    pub fn resident_first(&self) -> u64 {
        self.resident_first
    }
}

/// The descriptors that the others lack, or that lead to something else there.
fn only_in(these: &BTreeMap<i32, String>, others: &BTreeMap<i32, String>) -> String {
    let only = these.iter().filter(|&(number, target)| others.get(number) != Some(target));
    only.map(|(number, target)| format!("{number} → {target}")).collect::<Vec<_>>().join(", ")
}

fn open() -> BTreeMap<i32, String> {
    let target = |number: i32| fs::read_link(format!("/proc/self/fd/{number}"));
    let named = |number| Some((number, target(number).ok()?.to_string_lossy().into_owned()));
    descriptors().into_iter().filter_map(named).collect()
}

/// How many mappings this process shares with others.
fn mapped() -> usize {
    let maps = fs::read_to_string("/proc/self/maps").expect("/proc is there");
    maps.lines().filter(|line| line.contains("/memfd:")).count()
}

/// Resident memory that is this process's own, in KiB (`proc_pid_status(5)`).
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("/proc is there");
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).expect("the kernel says so")
}
