//! What is asked of the machine.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What one part of the time is.
const PART: Duration = Duration::from_millis(6_200);
const QUICK_PART: Duration = Duration::from_millis(1_000);

/// One question; each is measured by a program run of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// How many times as quick is a computation by so many workers?
    SpeedUp,
    /// What does it cost to start and join a worker, if the parent has so much memory?
    Start,
    /// How much memory has a worker of its own, and how much in common with others?
    Memory,
    /// How many messages of one size go one way in a second?
    Throughput,
    /// How long does a message of one size take there and back?
    RoundTrip,
    /// How many tasks of one length does a pool do in a second, and from which length on does it pay?
    TaskLength,
    /// How long do so many concurrent waits take in all?
    Waits,
    /// How long does it take two workers to visit one table of a size by turns?
    Sharing,
    /// What does one locked update cost when so many workers want the lock?
    Lock,
    /// What is left when one worker crashes?
    Crash,
}

/// What is varied in a question: what the `x` of its points counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Workers.
    Workers,
    /// MiB that the parent has in memory.
    ParentMiB,
    /// Bytes of a message or table.
    Bytes,
    /// Microseconds that a task takes.
    TaskMicroseconds,
    /// Waits at the same time.
    Waits,
    /// Nothing: each series has one point, its `x` is 1.
    Nothing,
}

/// Id; the chapter's package; how much of the whole time it takes, in parts; the question in both languages.
type About = (&'static str, &'static str, u32, [&'static str; 2]);

impl Question {
    /// All of them, in the order of the chapters.
    pub const ALL: [Self; 10] = [
        Self::Start,
        Self::Throughput,
        Self::RoundTrip,
        Self::TaskLength,
        Self::SpeedUp,
        Self::Memory,
        Self::Lock,
        Self::Waits,
        Self::Sharing,
        Self::Crash,
    ];

    const fn about(self) -> About {
        match self {
            Self::Start => ("start", "process", 3, ["starting a worker", "ワーカーの開始"]),
            Self::Throughput => {
                ("throughput", "queue", 3, ["messages a second", "1秒あたりのメッセージ数"])
            }
            Self::RoundTrip => ("round-trip", "queue", 2, ["there and back", "メッセージの往復"]),
            Self::TaskLength => (
                "task-length",
                "pool",
                6,
                ["where a pool pays", "プールを使う価値があるタスクの長さ"],
            ),
            Self::SpeedUp => ("speed-up", "cpu-bound", 4, ["speed-up", "速度向上率"]),
            Self::Memory => ("memory", "caveats", 1, ["memory of a worker", "ワーカーのメモリ"]),
            Self::Lock => ("lock", "caveats", 2, ["the price of a lock", "ロックのコスト"]),
            Self::Waits => ("waits", "comparison", 4, ["waiting for I/O", "I/O待ち"]),
            Self::Sharing => ("sharing", "comparison", 3, ["sharing data", "データの共有"]),
            Self::Crash => ("crash", "comparison", 1, ["a worker crashes", "ワーカーのクラッシュ"]),
        }
    }

    /// Its name on a command line and in a record.
    pub const fn id(self) -> &'static str {
        self.about().0
    }

    /// The question of that [`id`](Self::id).
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|question| question.id() == id)
    }

    /// The package of the chapter that teaches what is asked about.
    pub const fn chapter(self) -> &'static str {
        self.about().1
    }

    /// Its share of the time, beside the others' shares.
    const fn parts(self) -> u32 {
        self.about().2
    }

    /// How long it may take, about: half a minute for all in a short run, three minutes otherwise.
    pub fn budget(self, quick: bool) -> Duration {
        let part = if quick { QUICK_PART } else { PART };
        part * self.parts()
    }

    /// Its name in the reader's language.
    pub fn name(self) -> &'static str {
        self.about().3[lesson::language() as usize]
    }

    /// What the `x` of its points counts.
    pub const fn scale(self) -> Scale {
        match self {
            Self::SpeedUp | Self::Lock => Scale::Workers,
            Self::Start => Scale::ParentMiB,
            Self::Throughput | Self::RoundTrip | Self::Sharing => Scale::Bytes,
            Self::TaskLength => Scale::TaskMicroseconds,
            Self::Waits => Scale::Waits,
            Self::Memory | Self::Crash => Scale::Nothing,
        }
    }
}
