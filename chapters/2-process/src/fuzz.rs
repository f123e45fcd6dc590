//! What a child may have left of its outcome, and orders that are none: a value or a typed error.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use testing::fuzz;

use crate::descriptor::{Descriptor, hand_out};
use crate::exec::read_orders;
use crate::outcome::{Stored, decode, load, new_memfd};

type Item = (u64, String, Vec<Option<i32>>, BTreeMap<String, Vec<u8>>);

fn corpus(kind: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(kind)
}

fn memfd(bytes: &[u8]) -> File {
    let memfd = new_memfd().expect("a descriptor");
    memfd.write_all_at(bytes, 0).expect("memory");
    memfd
}

#[test]
fn what_a_child_left_is_a_value_or_an_error() {
    fuzz(corpus("outcome"), |bytes, choices| {
        let memfd = memfd(bytes);
        if choices.arbitrary().unwrap_or(false) {
            // A gap to an end that is out of all reason.
            let lengths = [0, 1, bytes.len() as u64 + 50, 1 << 36, 1 << 40, i64::MAX as u64];
            memfd.set_len(*choices.choose(&lengths)?).expect("a gap takes no memory");
        }
        match load(&memfd) {
            Ok(Stored::Returned(bytes)) => drop(decode::<Item>(&bytes)),
            Ok(Stored::Panicked(_) | Stored::Unstorable(_) | Stored::Nothing) => {}
            Err(error) => assert!(!error.to_string().is_empty()),
        }
        Ok(())
    });
}

#[test]
fn orders_are_orders_or_an_error() {
    fuzz(corpus("orders"), |bytes, _| {
        let memfd = memfd(bytes);
        if let Ok(orders) = read_orders(&memfd.as_raw_fd().to_string().into()) {
            // None was handed over, so none may be taken.
            let args = hand_out(Vec::new(), || {
                postcard::from_bytes::<(Item, Option<Descriptor>)>(&orders.args)
            });
            assert!(!matches!(args, Ok((_, Some(_)))), "it took a descriptor that is not its own");
        }
        Ok(())
    });
}
