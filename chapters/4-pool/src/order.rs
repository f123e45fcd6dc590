//! What parent and worker say to each other, and how a function is named between them.
//!
//! An order is one stretch of bytes: which function, then the encoded arguments of each call, each with its length before
//! it. A report is one stretch of bytes for one call: its kind, then what belongs to it.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use lesson::output::{is_closed_pipe, lost};
use process::{Target, panic_message};
use queue::encode::append;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::sys;

/// What became of one call: the first byte of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    /// The encoded result follows.
    Returned = 0,
    /// The function panicked; its message follows.
    Panicked = 1,
    /// The arguments could not be decoded, or the result not encoded or sent; the reason follows.
    NotCoded = 2,
}

impl Kind {
    pub(crate) fn from_byte(byte: u8) -> Option<Self> {
        [Self::Returned, Self::Panicked, Self::NotCoded]
            .into_iter()
            .find(|&kind| kind as u8 == byte)
    }
}

/// Decodes one call's arguments, calls the function, appends the encoded result, or the reason why there is none.
pub(crate) type Runner = fn(&[u8], &mut Vec<u8>) -> Kind;

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

fn run<F, A>(args: &[u8], result: &mut Vec<u8>) -> Kind
where
    F: Target<A>,
    A: DeserializeOwned,
    F::Output: Serialize,
{
    let start = result.len();
    let call = || {
        let args: A = postcard::from_bytes(args)?;
        append(result, &sys::same_again::<F>().call(args))
    };
    // A task's panic is that task's error: the worker goes on with the next. (To decode and to encode may be the
    // program's own code, too.)
    let (kind, reason) = match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(())) => return Kind::Returned,
        Ok(Err(error)) => (Kind::NotCoded, error.to_string()),
        // Nobody reads the program's output any more: the worker ends, quietly.
        Err(payload) if is_closed_pipe(payload.as_ref()) => resume_unwind(payload),
        Err(payload) => {
            let message = lost(payload.as_ref());
            (Kind::Panicked, message.unwrap_or_else(|| panic_message(payload.as_ref()).to_owned()))
        }
    };
    result.truncate(start);
    result.extend_from_slice(reason.as_bytes());
    kind
}

const LENGTH: usize = size_of::<u64>();

/// Begins an order for a function.
pub(crate) fn begin(order: &mut Vec<u8>, distance: usize) {
    order.extend_from_slice(&(distance as u64).to_le_bytes());
}

/// Appends one call's arguments to an order. If they cannot be encoded, the order stays as it was.
pub(crate) fn append_call<A: Serialize>(order: &mut Vec<u8>, args: &A) -> postcard::Result<()> {
    let start = order.len();
    order.extend_from_slice(&[0; LENGTH]);
    if let Err(error) = append(order, args) {
        order.truncate(start);
        return Err(error);
    }
    let length = (order.len() - start - LENGTH) as u64;
    order[start..start + LENGTH].copy_from_slice(&length.to_le_bytes());
    Ok(())
}

/// Takes an order apart: the function's distance, and the calls.
pub(crate) fn open(order: &[u8]) -> Option<(usize, Calls<'_>)> {
    let (distance, calls) = order.split_first_chunk::<LENGTH>()?;
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

    fn next(&mut self) -> Option<&'b [u8]> {
        let (length, rest) = self.0.split_first_chunk::<LENGTH>()?;
        let (args, rest) = rest.split_at_checked(u64::from_le_bytes(*length) as usize)?;
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
