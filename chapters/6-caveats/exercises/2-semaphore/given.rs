//! What answers to `caveats/2-semaphore` are given: a kitchen that notices how many cook in it at the same time.

use std::process::id;
use std::thread;

use caveats::{SharedError, Value};
use lesson::say;

use crate::checked;

/// How many processes want to cook.
pub const COOKS: u32 = 4;
/// How many of them may do so at the same time.
pub const STOVES: u32 = 2;
/// How many meals each of them makes.
pub const EACH: u32 = 500;

/// What the kitchen has seen: who cooks now, the most at the same time, the meals.
pub type Kitchen = Value<[u32; 3]>;

/// The meals that a cook is to make. Says that the cook is there.
///
/// Under the check it waits for a byte first, so that all cooks are there before the first meal.
pub fn meals(cook: u32) -> impl Iterator<Item = u32> {
    let pid = id();
    say!("cook {cook} is there (PID: {pid})", "料理人{cook}が来ました(PID: {pid})");
    checked::wait();
    1..=EACH
}

/// Whether one stove at least is free, if `free` of them are. Before it answers it lets other processes go first: as
/// with any two steps, looking and taking may be interrupted between them, only that here it happens often.
pub fn is_free(free: i32) -> bool {
    thread::yield_now();
    free > 0
}

/// Cooks one meal, and lets others run meanwhile.
///
/// # Errors
///
/// As [`Value::update`].
pub fn cook(kitchen: &Kitchen) -> Result<(), SharedError> {
    kitchen.update(|[now, most, _]| {
        *now += 1;
        *most = (*most).max(*now);
    })?;
    for _ in 0..3 {
        thread::yield_now();
    }
    kitchen.update(|[now, _, meals]| {
        *now -= 1;
        *meals += 1;
    })
}

/// Says what the kitchen has seen.
///
/// # Errors
///
/// As [`Value::get`].
pub fn report(kitchen: &Kitchen) -> Result<(), SharedError> {
    let [_, most, meals] = kitchen.get()?;
    say!("meals: {meals}", "料理: {meals}");
    say!("most at the same time: {most}", "同時に料理した最大の数: {most}");
    Ok(())
}
