//! What a parent has a worker do, and how a function is named between them.
//!
//! An order is one stretch of bytes: which function, then the encoded arguments of each call, each with its length before
//! it.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use lesson::output::{is_closed_pipe, lost};
use lesson::timeline;
use process::{Target, panic_message};
use queue::encode::append;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::channel::Gone;
use crate::report::{Kind, NotAppended, Report};
use crate::sys;

/// Runs an order's calls: decodes the arguments of each, calls the function, appends the result, or the reason why there
/// is none, to the report. Gives what became of the last one.
pub(crate) type Runner = fn(Calls<'_>, &mut Report<'_>) -> Result<Kind, Gone>;

/// What distances are measured from. A static, since only those have one address: the compiler may make several copies
/// of a function.
static ANCHOR: u8 = 0;

/// Where [`ANCHOR`] lies in this process.
pub(crate) fn anchor() -> usize {
    (&raw const ANCHOR).addr()
}

/// A function's runner, by its distance from [`anchor`]: the function is known by its type alone, so nothing else
/// needs to travel.
pub(crate) fn distance_of<F, A>() -> usize
where
    F: Target<A>,
    A: DeserializeOwned,
    F::Output: Serialize,
{
    let runner: Runner = run::<F, A>;
    (runner as usize).wrapping_sub(anchor())
}

fn run<F, A>(calls: Calls<'_>, report: &mut Report<'_>) -> Result<Kind, Gone>
where
    F: Target<A>,
    A: DeserializeOwned,
    F::Output: Serialize,
{
    let mut kind = Kind::Returned;
    let is_drawn = timeline::descriptor().is_some();
    for args in calls {
        let span = is_drawn.then(|| timeline::span("task", ""));
        let call = || {
            let args: A = postcard::from_bytes(args).map_err(NotAppended::NotCoded)?;
            report.append(Kind::Returned, &sys::same_again::<F>().call(args))
        };
        // A task's panic is that task's error: the worker goes on with the next. (To decode and to encode may be the
        // program's own code, too.)
        let reason = match catch_unwind(AssertUnwindSafe(call)) {
            Ok(Ok(())) => {
                kind = Kind::Returned;
                continue;
            }
            Ok(Err(NotAppended::Gone)) => return Err(Gone),
            Ok(Err(NotAppended::NotCoded(error))) => {
                kind = Kind::NotCoded;
                error.to_string()
            }
            // Nobody reads the program's output any more: the worker ends, quietly.
            Err(payload) if is_closed_pipe(payload.as_ref()) => resume_unwind(payload),
            Err(payload) => {
                kind = Kind::Panicked;
                let message = lost(payload.as_ref());
                message.unwrap_or_else(|| panic_message(payload.as_ref()).to_owned())
            }
        };
        drop(span);
        report.append(kind, &reason).map_err(|_| Gone)?;
    }
    Ok(kind)
}

const LENGTH: usize = size_of::<u32>();
const DISTANCE: usize = size_of::<u64>();

/// Begins an order for a function.
pub(crate) fn begin(order: &mut Vec<u8>, distance: usize) {
    order.extend_from_slice(&(distance as u64).to_le_bytes());
}

/// Appends one call's arguments to an order. If they cannot be encoded, or take 4 GiB, the order stays as it was.
#[inline]
pub(crate) fn append_call<A: Serialize>(order: &mut Vec<u8>, args: &A) -> postcard::Result<()> {
    let start = order.len();
    order.extend_from_slice(&[0; LENGTH]);
    if let Err(error) = append(order, args) {
        order.truncate(start);
        return Err(error);
    }
    let Ok(length) = u32::try_from(order.len() - start - LENGTH) else {
        order.truncate(start);
        return Err(postcard::Error::SerializeBufferFull);
    };
    order[start..start + LENGTH].copy_from_slice(&length.to_le_bytes());
    Ok(())
}

/// Takes an order apart: the function's distance, and the calls.
pub(crate) fn open(order: &[u8]) -> Option<(usize, Calls<'_>)> {
    let (distance, calls) = order.split_first_chunk::<DISTANCE>()?;
    Some((u64::from_le_bytes(*distance) as usize, Calls(calls)))
}

/// The arguments of each call of an order, as they were encoded.
#[derive(Clone, Debug)]
pub(crate) struct Calls<'b>(&'b [u8]);

impl<'b> Calls<'b> {
    /// Of an order that has none.
    pub(crate) fn none() -> Self {
        Self(&[])
    }

    /// What is left, as it stands in the order.
    pub(crate) fn rest(&self) -> &'b [u8] {
        self.0
    }
}

impl<'b> Iterator for Calls<'b> {
    type Item = &'b [u8];

    #[inline]
    fn next(&mut self) -> Option<&'b [u8]> {
        let (length, rest) = self.0.split_first_chunk::<LENGTH>()?;
        let (args, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        self.0 = rest;
        Some(args)
    }
}

#[cfg(test)]
mod tests {
    use super::{append_call, begin, open};

    #[test]
    fn an_order_is_taken_apart_as_it_was_put_together() {
        let mut order = Vec::new();
        begin(&mut order, 77);
        for args in [("a", 1), ("", 2), ("ccc", 3)] {
            append_call(&mut order, &args).expect("it can be encoded");
        }
        let (distance, calls) = open(&order).expect("it is an order");
        let calls: Vec<(&str, i32)> =
            calls.map(|args| postcard::from_bytes(args).expect("it can be decoded")).collect();
        assert_eq!((distance, calls), (77, vec![("a", 1), ("", 2), ("ccc", 3)]));
        assert!(open(&order[..3]).is_none());
        assert_eq!(open(&order[..order.len() - 1]).expect("an order").1.count(), 2);
    }
}
