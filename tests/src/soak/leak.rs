//! Leaks on purpose, to see that the watch finds each.

use std::fs::File;
use std::hint::black_box;
use std::mem::forget;
use std::process::Command;

use queue::shared::Atomics;
use serde::{Deserialize, Serialize};
use testing::descriptors;

/// Something that each round leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Leak {
    /// A child that has ended and is not reaped.
    Zombie,
    /// A child that goes on for a moment.
    Child,
    /// An open file.
    Descriptor,
    /// Shared memory: its descriptor, and where it is mapped.
    SharedMemory,
    /// Shared memory that stays mapped after its descriptor was closed.
    Mapping,
    /// Eight megabytes that nobody will free.
    Memory,
}

impl Leak {
    /// All, by name.
    pub const ALL: [(&'static str, Self); 6] = [
        ("zombie", Self::Zombie),
        ("child", Self::Child),
        ("descriptor", Self::Descriptor),
        ("shared-memory", Self::SharedMemory),
        ("mapping", Self::Mapping),
        ("memory", Self::Memory),
    ];

    /// Leaves it behind.
    pub(super) fn plant(self) {
        match self {
            // Its standard output is what this process has; dropping the handle does not wait.
            Self::Zombie => drop(Command::new("true").spawn().expect("a child")),
            Self::Child => drop(Command::new("sleep").arg("0.2").spawn().expect("a child")),
            Self::Descriptor => forget(File::open("/dev/null").expect("it is there")),
            Self::SharedMemory => forget(Atomics::new(8).expect("memory")),
            Self::Mapping => {
                let before = descriptors();
                let memory = Atomics::new(8).expect("memory");
                let memfd = descriptors().difference(&before).copied().next().expect("its own");
                forget(memory);
                nix::unistd::close(memfd).expect("it is open");
            }
            Self::Memory => forget(black_box(vec![1_u8; 8 << 20])),
        }
    }
}
