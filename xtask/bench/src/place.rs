//! Which side runs on which core. The system's own choice decides every latency, and changes from run to run.

use std::sync::OnceLock;

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// Where the two sides of a measurement run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Both on the first core that this program may use.
    SameCore,
    /// On the first and the second one.
    TwoCores,
}

/// The cores that this program might use when it started: a pinned process sees only one.
pub(crate) fn cores() -> &'static [usize] {
    static CORES: OnceLock<Vec<usize>> = OnceLock::new();
    CORES.get_or_init(|| {
        let may_use = sched_getaffinity(Pid::from_raw(0)).unwrap_or_default();
        (0..CpuSet::count()).filter(|&core| may_use.is_set(core) == Ok(true)).collect()
    })
}

impl Place {
    /// Pins the calling thread, as the side that measures.
    pub(crate) fn pin_ours(self) -> lesson::Result {
        pin(0)
    }

    /// The number, for [`pin`], of the other side.
    pub(crate) fn theirs(self) -> usize {
        usize::from(self == Self::TwoCores)
    }
}

/// Pins the calling thread to the first (0) or second (1) core that this program may use.
pub(crate) fn pin(number: usize) -> lesson::Result {
    let core = *cores().get(number).ok_or("this row needs two cores")?;
    let mut set = CpuSet::new();
    set.set(core)?;
    Ok(sched_setaffinity(Pid::from_raw(0), &set)?)
}
