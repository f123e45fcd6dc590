//! What a page is told about its run: one JSON object a line, as things happen.

use serde::Serialize;

/// One thing that happened.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Event {
    /// The page's request was taken; this name stops the run.
    Accepted {
        /// Known to this page alone.
        run: String,
    },
    /// The programs are being built; the run begins after that.
    Building,
    /// The program was started.
    Started,
    /// A piece of what the program writes, to either stream, in the order of writing.
    Text {
        /// Whole characters, not always whole lines.
        text: String,
    },
    /// The run is over.
    Ended {
        /// Why.
        ending: Ending,
        /// The exit code, unless a signal ended it.
        code: Option<i32>,
        /// The signal that ended it.
        signal: Option<i32>,
        /// How many processes it left behind; they were killed.
        left: usize,
        /// How long it took.
        seconds: f64,
    },
    /// The run's own timeline.
    Timeline {
        /// A whole `<svg>` element.
        svg: String,
    },
    /// The program could not be run: cargo's message, or the system's.
    Failed {
        /// For the reader.
        message: String,
    },
}

/// Why a run is over.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// The program ended by itself.
    Ended,
    /// The reader stopped it.
    Stopped,
    /// It took too long.
    Late,
    /// It wrote too much.
    Cut,
}

impl Event {
    /// As a line of JSON.
    pub fn line(&self) -> String {
        let mut line = serde_json::to_string(self).unwrap_or_default();
        line.push('\n');
        line
    }
}
