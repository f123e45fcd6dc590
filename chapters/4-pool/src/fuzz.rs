//! Reports and orders that nobody would write: each place has a result or a typed error, once.

use std::collections::BTreeMap;
use std::path::PathBuf;

use nix::unistd::Pid;
use testing::fuzz;

use crate::inbox::Calls;
use crate::job::Job;
use crate::report::{self, Reported};
use crate::results::decode;
use crate::{TaskError, order};

type Item = (u64, String, Vec<Option<i32>>, BTreeMap<String, Vec<u8>>);

fn corpus(kind: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(kind)
}

#[test]
fn every_place_of_a_report_has_a_result_or_an_error_once() {
    fuzz(corpus("report"), |bytes, choices| {
        let places = choices.int_in_range(1..=9).unwrap_or(3);
        // As the parent takes a report in, and the draft of a worker that died.
        let drafted = Reported(bytes).take(places).count();
        let reported = report::open(bytes).filter(|(count, _)| (1..=places).contains(count));
        let (count, results) = reported.unwrap_or((drafted, bytes));
        let mut calls = Calls::default();
        let call = calls.open();
        calls.put(call, 0..count, Pid::this(), results);
        let mut next = 0;
        calls.inbox(call).expect("it is open").empty(|place, result| {
            assert_eq!(place, next);
            next += 1;
            match result.and_then(|bytes| decode::<Item>(place, bytes)) {
                Ok(_) => {}
                Err(TaskError::NotCoded { item, .. } | TaskError::Panicked { item, .. }) => {
                    assert_eq!(item, place);
                }
                Err(other) => panic!("{other}"),
            }
        });
        assert_eq!(next, count);
        Ok(())
    });
}

#[test]
fn an_order_is_taken_apart_into_calls_or_is_none() {
    fuzz(corpus("order"), |bytes, choices| {
        let Some((distance, calls)) = order::open(bytes) else { return Ok(()) };
        let whole: Vec<&[u8]> = calls.collect();
        assert!(whole.len() <= bytes.len() / 4);
        for args in &whole {
            let _ = postcard::from_bytes::<Item>(args);
        }
        let mut job = Job::new(0, 0, distance);
        job.order = bytes.to_vec();
        job.count = whole.len();
        let (first, second) = job.split(choices.int_in_range(0..=whole.len()).unwrap_or(0));
        let again = [&first, &second].map(|job| order::open(&job.order).map(|it| it.1));
        let again: Vec<&[u8]> = again.into_iter().flatten().flatten().collect();
        assert_eq!(again, whole);
        Ok(())
    });
}
