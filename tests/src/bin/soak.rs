//! Mixes everything at random and looks for what is left behind.
//! Run it: `cargo xtask soak --minutes 2`, or `cargo run -p tests --bin soak -- --seconds 10`
//! Look for: the last line, and that resident memory stays where it was at first.

use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use lesson::{Options, text};
use tests::soak::{Leak, register, soak};

fn main() -> ExitCode {
    register();
    let options = Options::new(
        "Mixes processes, queues, rings, pools and locks at random, kills some, and looks for what is left.",
        "プロセス、キュー、リングバッファ、プール、ロックを無作為に組み合わせ、一部を強制終了し、残ったものを探します。",
    )
    .number("seconds", 120, 1..=604_800, "how long", "時間(秒)")
    .text("seed", "N", "repeats the choices of a run", "以前の実行の選択を繰り返すシード")
    .text("plant", "LEAK", "leaves one behind in each round, to see it found", "検出を確かめるため、毎回わざと残すもの");
    lesson::run(options, |given| {
        let time = Duration::from_secs(given.number("seconds") as u64);
        let seed = match given.text("seed") {
            Some(seed) => seed.parse().map_err(|_| {
                text!(
                    "--seed {seed}: a whole number is wanted",
                    "--seed {seed}: 整数を指定してください"
                )
            })?,
            None => SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_nanos() as u64,
        };
        let planted = match given.text("plant") {
            Some(name) => Some(leak(name)?),
            None => None,
        };
        soak(time, seed, planted)
    })
}

fn leak(name: &str) -> Result<Leak, String> {
    let found = Leak::ALL.into_iter().find(|&(known, _)| known == name);
    found.map(|(_, leak)| leak).ok_or_else(|| {
        let known = Leak::ALL.map(|(known, _)| known).join(", ");
        text!("--plant {name}: there is {known}", "--plant {name}: 選べるのは{known}です")
    })
}
