//! What parent and worker say to each other.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use lesson::output::{is_closed_pipe, lost};
use process::{Target, panic_message};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::sys;

/// From the parent: run this function for each of these items.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    /// A [`Runner`], by [`address_of`].
    pub(crate) runner: usize,
    /// The encoded arguments of each call.
    pub(crate) items: Vec<ByteBuf>,
}

/// From the worker, for each item in turn: what became of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Report {
    /// The encoded result.
    Returned(ByteBuf),
    /// The function panicked with this message.
    Panicked(String),
    /// The arguments could not be decoded, or the result not encoded.
    NotCoded(String),
}

/// Decodes one item, calls the function with it, encodes the result.
pub(crate) type Runner = fn(&[u8]) -> Report;

/// The runner of a function: the function is known by its type alone, so nothing else needs to travel.
pub(crate) fn address_of<F, A>() -> usize
where
    F: Target<A>,
    A: DeserializeOwned,
    F::Output: Serialize,
{
    let runner: Runner = run::<F, A>;
    runner as usize
}

fn run<F, A>(item: &[u8]) -> Report
where
    F: Target<A>,
    A: DeserializeOwned,
    F::Output: Serialize,
{
    let call = || {
        let args: A = postcard::from_bytes(item)?;
        encode(&sys::same_again::<F>().call(args))
    };
    // A task's panic is that task's error: the worker goes on with the next. (To decode and to encode may be the
    // program's own code, too.)
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(result)) => Report::Returned(result),
        Ok(Err(error)) => Report::NotCoded(error.to_string()),
        // Nobody reads the program's output any more: the worker ends, quietly.
        Err(payload) if is_closed_pipe(payload.as_ref()) => resume_unwind(payload),
        Err(payload) => Report::Panicked(
            lost(payload.as_ref()).unwrap_or_else(|| panic_message(payload.as_ref()).to_owned()),
        ),
    }
}

/// Encodes arguments or a result.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<ByteBuf, postcard::Error> {
    postcard::to_stdvec(value).map(ByteBuf::from)
}
