//! What is measured: rows, and in each the contenders.

use crate::side::Size;

/// One kind of work, done by several contenders.
#[derive(Debug)]
pub(crate) struct Row {
    /// What `--only` takes.
    pub(crate) name: &'static str,
    /// In English, in Japanese.
    pub(crate) title: [&'static str; 2],
    pub(crate) unit: Unit,
    pub(crate) contenders: Vec<Contender>,
    /// It takes so long that it is measured only when it is asked for by name.
    pub(crate) on_demand: bool,
}

/// What the figures of a row are shown in. Samples give nanoseconds per operation, or KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Nanos,
    Micros,
    Millis,
    Seconds,
    /// Millions a second.
    Millions,
    PerSecond,
    KiB,
}

impl Unit {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Nanos => "ns",
            Self::Micros => "µs",
            Self::Millis => "ms",
            Self::Seconds => "s",
            Self::Millions => "M/s",
            Self::PerSecond => "/s",
            Self::KiB => "KiB",
        }
    }

    /// A sample in this unit.
    pub(crate) fn of(self, sample: f64) -> f64 {
        match self {
            Self::Nanos | Self::KiB => sample,
            Self::Micros => sample / 1e3,
            Self::Millis => sample / 1e6,
            Self::Seconds => sample / 1e9,
            Self::Millions => 1e3 / sample,
            Self::PerSecond => 1e9 / sample,
        }
    }

    pub(crate) fn more_is_better(self) -> bool {
        matches!(self, Self::Millions | Self::PerSecond)
    }
}

/// Whose work it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Nobody's: the bare system calls, or what the hardware does.
    Floor,
    Ours,
    Rust,
    Python,
}

/// How a sample is taken.
#[derive(Clone, Copy)]
pub(crate) enum How {
    /// By this program: gives nanoseconds per operation, or KiB.
    Here(fn(Size) -> lesson::Result<f64>),
    /// By `python/peers.py`, under this name.
    Python(&'static str),
}

impl std::fmt::Debug for How {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Here(_) => formatter.write_str("Here"),
            Self::Python(name) => write!(formatter, "Python({name})"),
        }
    }
}

/// What we want of ours: for times at most, for rates at least.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    /// So many times the figure of that contender of the row.
    Times(f64, &'static str),
    /// A figure in the row's unit.
    Figure(f64),
}

#[derive(Debug)]
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) whose: Whose,
    pub(crate) how: How,
    pub(crate) goal: Option<Goal>,
    /// The result is scaled up from a smaller count.
    pub(crate) extrapolated: bool,
}

impl Contender {
    pub(crate) fn goal(mut self, goal: Goal) -> Self {
        self.goal = Some(goal);
        self
    }

    pub(crate) fn extrapolated(mut self) -> Self {
        self.extrapolated = true;
        self
    }
}

type Sample = fn(Size) -> lesson::Result<f64>;

fn contender(whose: Whose, name: &'static str, how: How) -> Contender {
    Contender { name, whose, how, goal: None, extrapolated: false }
}

pub(crate) fn floor(name: &'static str, sample: Sample) -> Contender {
    contender(Whose::Floor, name, How::Here(sample))
}

pub(crate) fn ours(name: &'static str, sample: Sample) -> Contender {
    contender(Whose::Ours, name, How::Here(sample))
}

pub(crate) fn rust(name: &'static str, sample: Sample) -> Contender {
    contender(Whose::Rust, name, How::Here(sample))
}

/// `script` is the name that `peers.py` knows it by.
pub(crate) fn python(name: &'static str, script: &'static str) -> Contender {
    contender(Whose::Python, name, How::Python(script))
}
