//! Answers that are not series of figures.

use lesson::text;
use serde::{Deserialize, Serialize};

use super::{Language, Question};
use crate::row::Kind;

/// From which length of a task on a pool is quicker than a loop. Found by search, so it is a bracket.
///
/// "Quicker" means that the ranges between the quartiles did not touch; so noise widens the bracket, and where it hid
/// everything, both ends are `None`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BreakEven {
    /// The language.
    pub language: Language,
    /// A pool of processes or of threads.
    pub kind: Kind,
    /// Which pool.
    pub way: String,
    /// Tasks of so many microseconds were not quicker in the pool; `None` if even the shortest were.
    pub pays_not_at: Option<f64>,
    /// Tasks of so many microseconds were quicker; `None` if even the longest were not, which are those of
    /// `pays_not_at` then: on one core, or under a GIL.
    pub pays_at: Option<f64>,
}

/// What was left after one of several workers crashed in the middle of its task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Survival {
    /// The language.
    pub language: Language,
    /// Processes or threads.
    pub kind: Kind,
    /// Which workers, and how one of them crashed, such as `pool_abort`.
    pub way: String,
    /// So many other tasks there were.
    pub others: u32,
    /// So many of them gave their result.
    pub arrived: u32,
    /// What became of it all.
    pub outcome: Outcome,
    /// What the program was told of the crash, if anything.
    pub told: Option<String>,
}

/// What became of the others when one worker crashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The crashed task is an error, the others have their results, and the workers took new tasks afterwards.
    GoesOn,
    /// The program was told, but lost other results or its workers.
    Broken,
    /// The program waits for ever: it was ended at a deadline.
    Hangs,
    /// The whole program died with the worker.
    AllDie,
}

impl Outcome {
    /// For the reader, in the reader's language.
    pub fn show(self) -> String {
        match self {
            Self::GoesOn => text!("all others go on", "ほかはすべて続行"),
            Self::Broken => text!("the others are lost", "ほかも失われる"),
            Self::Hangs => text!("hangs for ever", "永遠に待ち続ける"),
            Self::AllDie => text!("the whole program dies", "プログラム全体が終わる"),
        }
    }
}

/// Something that was not measured, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotMeasured {
    /// Of this question; of all of them if `None`.
    pub question: Option<Question>,
    /// Only in this language, if one is named.
    pub language: Option<Language>,
    /// Only this: a way, or some values of what is varied, in words for the reader.
    pub what: Option<String>,
    /// Why.
    pub why: Why,
}

/// Why something was not measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// There is no `python3` on the path.
    NoPython,
    /// Too little memory is left.
    TooLittleMemory,
    /// The run was stopped before.
    Stopped,
    /// Another selection (`--only`) was asked for.
    NotAskedFor,
    /// It failed, with this message.
    Failed(String),
}

impl Why {
    /// For the reader, in the reader's language.
    pub fn show(&self) -> String {
        match self {
            Self::NoPython => {
                text!("there is no python3 on the PATH", "PATHにpython3がありません")
            }
            Self::TooLittleMemory => {
                text!("too little memory is free", "空きメモリが足りません")
            }
            Self::Stopped => text!("the run was stopped before", "その前に中断されました"),
            Self::NotAskedFor => text!("it was not asked for (--only)", "--onlyの対象外でした"),
            Self::Failed(message) => text!("it failed: {message}", "失敗しました: {message}"),
        }
    }
}
