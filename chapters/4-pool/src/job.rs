//! Work on its way: calls of one function that go to a worker together.

use serde::Serialize;

use crate::order::{append_call, begin, open};

/// What one use of the pool (a `map`, a `submit` …) is known by.
pub(crate) type CallId = u64;

/// Several calls of one function, with consecutive places in the list they came with.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) call: CallId,
    /// The place of the first one.
    pub(crate) first: usize,
    pub(crate) count: usize,
    /// How many workers have died of the first one.
    pub(crate) deaths: usize,
    /// As it is sent. Kept until the last result is here: another worker may have to be given the rest.
    pub(crate) order: Vec<u8>,
}

impl Job {
    /// A job without calls yet, of the function at this distance.
    pub(crate) fn new(call: CallId, first: usize, distance: usize) -> Self {
        // Enough for one small call.
        let mut order = Vec::with_capacity(48);
        begin(&mut order, distance);
        Self { call, first, count: 0, deaths: 0, order }
    }

    /// Adds one call. If its arguments cannot be encoded, the job stays as it was.
    #[inline]
    pub(crate) fn push<A: Serialize>(&mut self, args: &A) -> postcard::Result<()> {
        append_call(&mut self.order, args)?;
        self.count += 1;
        Ok(())
    }

    /// The places of its calls.
    pub(crate) fn places(&self) -> std::ops::Range<usize> {
        self.first..self.first + self.count
    }

    /// Splits the job before the call with this number: the first part has so many calls.
    pub(crate) fn split(mut self, number: usize) -> (Self, Self) {
        let (distance, mut calls) = open(&self.order).unwrap_or((0, crate::order::Calls::none()));
        for _ in 0..number.min(self.count) {
            calls.next();
        }
        let rest = calls.rest();
        let mut second = Self::new(self.call, self.first + number, distance);
        second.order.extend_from_slice(rest);
        second.count = self.count - number;
        // They are the first call's.
        second.deaths = if number == 0 { self.deaths } else { 0 };
        self.order.truncate(self.order.len() - rest.len());
        self.count = number;
        (self, second)
    }
}

#[cfg(test)]
mod tests {
    use super::Job;

    #[test]
    fn a_job_splits_between_any_two_of_its_calls() {
        for number in 0..=5 {
            let mut job = Job::new(1, 10, 7);
            (0..5_u64).for_each(|n| job.push(&(n,)).expect("it can be encoded"));
            let (first, second) = job.split(number);
            assert_eq!((first.places(), second.places()), (10..10 + number, 10 + number..15));
            let decode = |job: &Job| -> Vec<u64> {
                let (distance, calls) = crate::order::open(&job.order).expect("an order");
                assert_eq!(distance, 7);
                calls.map(|args| postcard::from_bytes::<(u64,)>(args).expect("a call").0).collect()
            };
            assert_eq!([decode(&first), decode(&second)].concat(), [0, 1, 2, 3, 4]);
        }
    }
}
