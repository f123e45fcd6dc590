//! Results that have come in and were not fetched yet.
//!
//! They are copied out of the workers' lanes undecoded: to decode is the program's own code, which may panic, and may use
//! the pool; and it has to read bytes that no worker can change any more.

use std::collections::BTreeMap;
use std::ops::Range;

use nix::unistd::Pid;

use crate::error::TaskError;
use crate::job::CallId;
use crate::report::{Kind, Reported};

/// The results of one call.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    /// The bytes of all reports, one after the other.
    bytes: Vec<u8>,
    come: Vec<Come>,
}

#[derive(Debug)]
enum Come {
    /// A worker reported on these places.
    Report { places: Range<usize>, pid: Pid, bytes: Range<usize> },
    /// There is no report on this place.
    Lost { place: usize, error: TaskError },
}

impl Inbox {
    fn put(&mut self, places: Range<usize>, pid: Pid, results: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(results);
        self.come.push(Come::Report { places, pid, bytes: start..self.bytes.len() });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.come.is_empty()
    }

    /// Hands each result to `take`, in the order in which they came, and keeps the memory for more.
    #[inline]
    pub(crate) fn empty(&mut self, mut take: impl FnMut(usize, Result<&[u8], TaskError>)) {
        for come in self.come.drain(..) {
            match come {
                Come::Report { places, pid, bytes } => {
                    let mut reported = Reported(self.bytes.get(bytes).unwrap_or_default());
                    for place in places {
                        match reported.next() {
                            Some((Kind::Returned, result)) => take(place, Ok(result)),
                            other => take(place, Err(failure(place, pid, other))),
                        }
                    }
                }
                Come::Lost { place, error } => take(place, Err(error)),
            }
        }
        self.bytes.clear();
    }
}

#[cold]
fn failure(item: usize, pid: Pid, reported: Option<(Kind, &[u8])>) -> TaskError {
    let text = |bytes| postcard::from_bytes(bytes).unwrap_or_default();
    match reported {
        Some((Kind::Panicked, bytes)) => TaskError::Panicked { item, pid, message: text(bytes) },
        Some((Kind::NotCoded, bytes)) => TaskError::NotCoded { item, reason: text(bytes) },
        _ => TaskError::NotCoded { item, reason: "its report is no report".to_owned() },
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

    /// Puts what a worker reported on these places into their call's inbox, if it is open.
    pub(crate) fn put(&mut self, call: CallId, places: Range<usize>, pid: Pid, results: &[u8]) {
        self.news = true;
        if let Some(inbox) = self.open.get_mut(&call) {
            inbox.put(places, pid, results);
        }
    }

    /// Puts into its call's inbox, if it is open, why there is no report on a place.
    pub(crate) fn lose(&mut self, call: CallId, place: usize, error: TaskError) {
        self.news = true;
        if let Some(inbox) = self.open.get_mut(&call) {
            inbox.come.push(Come::Lost { place, error });
        }
    }
}
