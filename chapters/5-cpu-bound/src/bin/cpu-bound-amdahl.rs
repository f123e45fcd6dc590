//! A part of the work that only one can do: how much faster does the whole get then?
//! Run it: `cargo run -p cpu-bound --bin cpu-bound-amdahl`
//! Look for: what was measured against Amdahl's limit. What do a hundred cores bring if half is serial?

use std::process::ExitCode;

use cpu_bound::heavy::heavy_computation;
use cpu_bound::speed_up::{Times, timed};
use cpu_bound::{processes, serial, table};
use lesson::{Options, print_line, say, text};
use pool::{Pool, TaskError};

/// How many equal pieces the work has. So many of them are serial in each row.
const PIECES: usize = 8;
const SERIAL: [usize; 4] = [0, 2, 4, 8];

// ANCHOR: program
/// Amdahl's law: the best speed-up that so many cores can give.
fn at_best(serial: usize, cores: f64) -> f64 {
    let serial = serial as f64 / PIECES as f64;
    1.0 / (serial + (1.0 - serial) / cores)
}

fn work(serial_pieces: usize, pool: &Pool) -> Result<usize, TaskError> {
    let (alone, together) = [1; PIECES].split_at(serial_pieces);
    let first = serial::run(heavy_computation, alone);
    let rest = processes::run(pool, heavy_computation, together)?;
    Ok(first.len() + rest.len())
}

fn program(rounds: usize) -> lesson::Result {
    let cores = pool::cores();
    let pool = Pool::new(cores)?;
    let mut times = [const { Times::new() }; SERIAL.len()];
    for _ in 0..rounds {
        for (times, serial_pieces) in times.iter_mut().zip(SERIAL) {
            let (done, time) = timed(|| work(serial_pieces, &pool));
            if done? != PIECES {
                return Err(text!("a piece is missing", "足りない部分があります").into());
            }
            times.add(time);
        }
    }
    // The last row is serial as a whole: what the others are compared with.
    let [.., one_by_one] = &times;
    let mut rows = vec![[
        text!("serial part", "逐次の割合"),
        text!("measured", "実測"),
        text!("{cores} cores at best", "{cores}コアでの上限"),
        text!("any number at best", "コアがいくつあっても"),
    ]];
    for (times, serial_pieces) in times.iter().zip(SERIAL) {
        let [here, anywhere] = [cores as f64, f64::INFINITY].map(|n| at_best(serial_pieces, n));
        rows.push([
            format!("{} %", 100 * serial_pieces / PIECES),
            format!("{:.2}×", times.speed_up(one_by_one)),
            format!("{here:.2}×"),
            if anywhere.is_finite() { format!("{anywhere:.2}×") } else { "∞".to_owned() },
        ]);
    }
    table::lines(&rows).iter().for_each(|line| print_line(line));
    let profile = lesson::profile();
    say!("({rounds} rounds, profile {profile})", "({rounds}回、プロファイル: {profile})");
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "Work of which a part is serial: the speed-up beside Amdahl's limit.",
        "一部が逐次の仕事の速度向上率を、アムダールの法則の上限と比べます。",
    )
    .number("rounds", 15, 1..=100, "how many times each is measured", "それぞれを測る回数");
    lesson::run(about, |given| program(given.number("rounds")))
}
