//! A Value and an Array in shared memory, filled by three children, read by their parent.
//! Run it: `cargo run -p caveats --bin caveats-value`
//! Look for: squares that no child has sent to anybody, and one sum to which all three have added.

use std::process::ExitCode;

use caveats::{Array, SharedError, Value};
use lesson::{Options, say, text};
use process::Process;

const CHILDREN: usize = 3;
const EACH: usize = 4;

// ANCHOR: program
fn worker(number: usize, squares: Array<i64>, sum: Value<i64>) -> Result<(), String> {
    let fill = || -> Result<(), SharedError> {
        for n in number * EACH..(number + 1) * EACH {
            let square = (n * n) as i64;
            squares.set(n, square)?;
            // Not set(get() + square): between the two another child may add, and would be overwritten.
            sum.update(|sum| *sum += square)?;
        }
        Ok(())
    };
    fill().map_err(|error| error.to_string())
}

fn program() -> lesson::Result {
    let squares = Array::new(&[0_i64; CHILDREN * EACH])?;
    let sum = Value::new(0_i64)?;
    let mut children = Vec::new();
    for number in 0..CHILDREN {
        children.push(Process::spawn(worker, (number, squares.clone(), sum.clone()))?);
    }
    for child in children {
        child.join()??;
    }
    let (squares, sum) = (squares.to_vec()?, sum.get()?);
    say!("array: {squares:?}", "配列: {squares:?}");
    say!("value: {sum}", "値: {sum}");
    if sum != squares.iter().sum::<i64>() || squares.last() != Some(&121) {
        return Err(
            text!("the children's writes are missing", "子プロセスの書き込みが足りません").into()
        );
    }
    Ok(())
}
// ANCHOR_END: program

fn main() -> ExitCode {
    let about = Options::new(
        "Three children fill a Value and an Array in shared memory.",
        "三つの子プロセスが共有メモリのValueとArrayに書き込みます。",
    );
    lesson::run(about, |_| program())
}
