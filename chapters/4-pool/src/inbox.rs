//! Results that have come in and were not fetched yet.
//!
//! They are copied out of the workers' lanes undecoded: to decode is the program's own code, which may panic, and may use
//! the pool; and it has to read bytes that no worker can change any more.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::error::TaskError;
use crate::job::CallId;

/// The results of one call.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    /// All their bytes, one after the other.
    bytes: Vec<u8>,
    results: Vec<(usize, Result<Range<usize>, TaskError>)>,
}

impl Inbox {
    pub(crate) fn put(&mut self, place: usize, result: Result<&[u8], TaskError>) {
        let result = result.map(|result| {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(result);
            start..self.bytes.len()
        });
        self.results.push((place, result));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.results.is_empty()
    }

    /// Hands each result to `take`, in the order in which they came, and keeps the memory for more.
    pub(crate) fn empty(&mut self, mut take: impl FnMut(usize, Result<&[u8], TaskError>)) {
        for (place, result) in self.results.drain(..) {
            take(place, result.map(|range| self.bytes.get(range).unwrap_or_default()));
        }
        self.bytes.clear();
    }
}

/// The inboxes of all open calls.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    open: BTreeMap<CallId, Inbox>,
    last: CallId,
    /// Something has come, for whomever, since this was last set to `false`.
    pub(crate) news: bool,
}

impl Calls {
    pub(crate) fn open(&mut self) -> CallId {
        self.last += 1;
        self.open.insert(self.last, Inbox::default());
        self.last
    }

    pub(crate) fn close(&mut self, call: CallId) {
        self.open.remove(&call);
    }

    pub(crate) fn is_open(&self, call: CallId) -> bool {
        self.open.contains_key(&call)
    }

    /// A call's inbox, if it is open.
    pub(crate) fn inbox(&mut self, call: CallId) -> Option<&mut Inbox> {
        self.open.get_mut(&call)
    }

    /// Puts a result into its call's inbox, if it is open.
    pub(crate) fn put(&mut self, call: CallId, place: usize, result: Result<&[u8], TaskError>) {
        self.news = true;
        if let Some(inbox) = self.open.get_mut(&call) {
            inbox.put(place, result);
        }
    }
}
