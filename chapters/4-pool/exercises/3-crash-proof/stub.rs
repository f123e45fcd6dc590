//! Exercise pool/3-crash-proof: a task kills its worker; lose nothing but its own result.
//! Run it: `cargo run -p pool-exercises --bin pool-crash-proof`
//! Check it: `cargo xtask exercise check crash-proof`

use std::process::ExitCode;

use lesson::{Options, say};
use pool::Pool;
use pool_exercises::crash_proof::{PICTURES, shrink};

fn program() -> lesson::Result {
    let pool = Pool::new(2)?;
    // TODO: all is lost as soon as one picture fails.
    let sizes = pool.map(shrink, 1..=PICTURES)?;
    for (picture, size) in (1..).zip(sizes) {
        say!("done: {picture} ({size} KB)", "完了: {picture} ({size} KB)");
    }
    Ok(())
}

fn main() -> ExitCode {
    let about = Options::new("Shrinks pictures.", "画像を縮小します。");
    lesson::run(about, |_| program())
}
