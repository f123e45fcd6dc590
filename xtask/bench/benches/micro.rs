//! One function at a time: `cargo bench -p bench --features micro`.

#![allow(missing_docs, reason = "criterion's macros make functions without any")]

use std::hint::black_box;
use std::sync::atomic::Ordering;

use criterion::{Criterion, criterion_group, criterion_main};
use queue::shared::{Atomics, Locked, lane};
use queue::{Queue, Ring};
use serde_bytes::ByteArray;

type Bytes = ByteArray<64>;

fn functions(criterion: &mut Criterion) {
    let ring = Ring::<Bytes>::new(64).expect("there is memory");
    criterion.bench_function("Ring: put and get 64 B", |bencher| {
        bencher.iter(|| {
            ring.put(black_box(ByteArray::new([1; 64]))).expect("there is room");
            ring.get().expect("there is one")
        });
    });
    let queue = Queue::<Bytes>::new(64).expect("there is a socket");
    criterion.bench_function("Queue: put and get 64 B", |bencher| {
        bencher.iter(|| {
            queue.put(black_box(ByteArray::new([1; 64]))).expect("there is room");
            queue.get().expect("there is one")
        });
    });
    let (mut writer, mut reader) = lane(1 << 16).expect("there is memory");
    criterion.bench_function("lane: write and read 64 B", |bencher| {
        bencher.iter(|| {
            writer.room(64).expect("there is room")[..64].fill(black_box(1));
            writer.keep(64);
            writer.publish();
            reader.read(<[u8]>::len).expect("the writer is in step")
        });
    });
    let locked = Locked::new(&[0_u64]).expect("there is memory");
    criterion.bench_function("Locked: lock, add, unlock", |bencher| {
        bencher.iter(|| locked.lock().expect("nobody else holds it")[0] += 1);
    });
    let atomics = Atomics::new(1).expect("there is memory");
    criterion.bench_function("Atomics: fetch_add", |bencher| {
        bencher.iter(|| atomics[0].fetch_add(1, Ordering::Relaxed));
    });
}

criterion_group!(benches, functions);
criterion_main!(benches);
