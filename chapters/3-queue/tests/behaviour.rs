//! What a queue promises.

use std::process::ExitCode;

use queue::{PutError, Queue};

fn a_queue_takes_as_many_small_items_as_it_was_made_for() {
    for capacity in (1..=20).chain([64, 100, 256]) {
        let queue = Queue::new(capacity).expect("a queue");
        let mut taken = 0;
        while let Ok(()) = queue.try_put(taken) {
            taken += 1;
        }
        assert!(matches!(queue.try_put(0), Err(PutError::Full(0))));
        assert_eq!(taken, capacity);
        for n in 0..taken {
            assert_eq!(queue.get().expect("an item"), n);
        }
    }
}

fn main() -> ExitCode {
    lesson::tests![a_queue_takes_as_many_small_items_as_it_was_made_for]
}
