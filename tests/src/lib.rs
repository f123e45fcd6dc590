//! What the tests that cross chapters share: which programs there are, and how they are found and built.
//!
//! Cargo tells a test where programs are only for those of its own package. So these tests build the chapters
//! themselves, with the Cargo, the target directory and the profile that they were built with, and find the
//! programs there by name.

pub mod killer;
pub mod soak;

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A chapter's default program.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Its folder under `chapters/`.
    pub folder: &'static str,
    /// The package's name, which is the program's.
    pub name: &'static str,
    /// What keeps it short here.
    pub arguments: &'static [&'static str],
    /// What its lines in English must contain: for each pattern (a regular expression for a whole line) one line.
    pub english: &'static [&'static str],
    /// The same in Japanese.
    pub japanese: &'static [&'static str],
}

/// The seven default programs, in the chapters' order.
pub const PROGRAMS: [Program; 7] = [
    Program {
        folder: "1-overview",
        name: "overview",
        arguments: &[],
        english: &[r"1\. .*", r"2\. .*", r"3\. .*GIL.*", r"4\. .*"],
        japanese: &[r"1\. .*", r"2\. .*", r"3\. .*GIL.*", r"4\. .*"],
    },
    Program {
        folder: "2-process",
        name: "process",
        arguments: &[],
        english: &[
            r"Process 0 running \(PID: \d+\)",
            r"Process 1 running \(PID: \d+\)",
            r"Process 2 running \(PID: \d+\)",
        ],
        japanese: &[
            r"プロセス 0 実行中 \(PID: \d+\)",
            r"プロセス 1 実行中 \(PID: \d+\)",
            r"プロセス 2 実行中 \(PID: \d+\)",
        ],
    },
    Program {
        folder: "3-queue",
        name: "queue",
        arguments: &[],
        english: &["The parent received: data to send"],
        japanese: &["親プロセスが受信: データを送る"],
    },
    Program {
        folder: "4-pool",
        name: "pool",
        arguments: &[],
        english: &[r"results: \[1, 4, 9, 16, 25\]", "workers left after the scope: 0"],
        japanese: &[r"結果: \[1, 4, 9, 16, 25\]", "スコープを出たあとに残ったワーカー: 0"],
    },
    Program {
        folder: "5-cpu-bound",
        name: "cpu-bound",
        arguments: &[],
        english: &[
            r"results: \[10000000, 20000000, 30000000, 40000000\]",
            r"time taken: \d+(\.\d+)? s",
        ],
        japanese: &[
            r"結果: \[10000000, 20000000, 30000000, 40000000\]",
            r"所要時間: \d+(\.\d+)? 秒",
        ],
    },
    Program {
        folder: "6-caveats",
        name: "caveats",
        arguments: &[],
        english: &[r"1\. The GIL", r"2\. Overhead", r"3\. Sharing data"],
        japanese: &[r"1\. GIL", r"2\. オーバーヘッド", r"3\. データ共有"],
    },
    Program {
        folder: "7-comparison",
        name: "comparison",
        arguments: &["--now", "--rounds", "3"],
        english: &[
            r"compute-bound work +processes .*",
            r"much waiting for I/O +threads .*",
            r"using all cores +processes .*",
            r"many light tasks +threads .*",
            r"sharing data +threads .*",
        ],
        japanese: &[
            r"計算集約型の処理 +プロセス .*",
            r"I/O待ちが多い処理 +スレッド .*",
            r"マルチコアを活用したい +プロセス .*",
            r"軽量なタスクを並列化 +スレッド .*",
            r"データ共有が必要 +スレッド .*",
        ],
    },
];

/// The chapters' folder.
pub fn chapters() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../chapters")
}

/// The folder of the programs that belong to this test: that of its profile in the target directory.
///
/// # Panics
///
/// If this is no test that Cargo built: those are in `deps/` there.
fn programs() -> PathBuf {
    let test = env::current_exe().expect("the system knows where this program is");
    let deps = test.parent().filter(|folder| folder.ends_with("deps"));
    deps.and_then(Path::parent).expect("Cargo builds tests in deps/").to_owned()
}

impl Program {
    /// Where the program is, once it is [built](build).
    pub fn path(&self) -> PathBuf {
        program(self.name)
    }
}

/// Where any program of the chapters is, once they are [built](build).
pub fn program(name: &str) -> PathBuf {
    programs().join(name)
}

/// Builds the chapters' programs as this test was built. Blocks, for a minute if nothing was built before.
///
/// # Panics
///
/// If they cannot be built.
pub fn build() {
    let folder = programs();
    let profile = folder.file_name().and_then(|name| name.to_str()).expect("a profile's folder");
    let target_dir = folder.parent().expect("it is in the target directory");
    // The only profile whose folder has another name.
    let profile = if profile == "debug" { "dev" } else { profile };
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--bins", "--profile", profile, "--target-dir"]);
    command.arg(target_dir).current_dir(env!("CARGO_MANIFEST_DIR"));
    for program in PROGRAMS {
        command.args(["--package", program.name]);
    }
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}
