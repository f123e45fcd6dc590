//! What a ring promises, above all when its participants are killed.

use std::os::unix::fs::MetadataExt;
use std::process::ExitCode;
use std::thread::yield_now;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::Signal;
use process::{Builder, Process, StartMethod};
use queue::shared::{Atomics, Locked, lane};
use queue::{GetError, PutError, Ring, RingConsumer, RingProducer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

const SOON: Duration = Duration::from_secs(20);

fn a_ring_takes_as_many_items_as_it_says_and_gives_them_in_order() {
    for asked in [0, 1, 64, 65, 1000] {
        let ring = Ring::new(asked).expect("a ring");
        assert!(ring.capacity() >= asked.max(64) && ring.capacity().is_power_of_two());
        for lap in 0..3 {
            for n in 0..ring.capacity() {
                ring.try_put((lap, n)).expect("there is room");
            }
            assert!(matches!(ring.try_put((9, 9)), Err(PutError::Full((9, 9)))));
            for n in 0..ring.capacity() {
                assert_eq!(ring.try_get().expect("an item"), (lap, n));
            }
            assert!(matches!(ring.try_get(), Err(GetError::Empty)));
        }
    }
}

fn a_timeout_is_kept_and_gives_the_item_back() {
    let ring = Ring::new(64).expect("a ring");
    let begin = Instant::now();
    assert!(matches!(ring.get_timeout(Duration::from_millis(50)), Err(GetError::Timeout)));
    assert!(begin.elapsed() >= Duration::from_millis(50));
    while ring.try_put("x".to_owned()).is_ok() {}
    let full = ring.put_timeout("y".to_owned(), Duration::from_millis(50));
    assert!(matches!(full, Err(PutError::Timeout(item)) if item == "y"));
}

fn items_of_every_size_arrive_whole() {
    let ring = Ring::new(64).expect("a ring");
    for length in [0, 1, 100, 109, 110, 111, 112, 113, 4000, 65_533, 65_536, 65_537, 3 << 20] {
        let item: Vec<u8> = (0..length).map(|n: usize| (n % 251) as u8).collect();
        for _ in 0..3 {
            ring.put(item.clone()).expect("it fits");
            assert!(ring.get().expect("an item") == item, "{length} bytes");
        }
    }
    let units = Ring::new(64).expect("a ring");
    units.put(()).expect("it fits");
    units.get().expect("an item");
}

fn the_end_comes_when_the_last_producer_is_gone() {
    let mut ring = Ring::new(64).expect("a ring");
    let child =
        Process::spawn(count_up, (ring.producer().expect("a producer"), 1000)).expect("a child");
    ring.close();
    assert!(matches!(ring.put(1), Err(PutError::Closed(1))));
    for n in 0..1000 {
        assert_eq!(ring.get_timeout(SOON).expect("an item"), n);
    }
    assert!(matches!(ring.get_timeout(SOON), Err(GetError::Disconnected)));
    child.join().expect("it returns");
}

fn count_up(producer: RingProducer<u64>, count: u64) {
    for n in 0..count {
        producer.put_timeout(n, SOON).expect("somebody gets");
    }
}

fn a_producer_without_consumers_is_told() {
    let ring = Ring::new(64).expect("a ring");
    let producer = ring.producer().expect("a producer");
    drop(ring);
    let error = (0..).find_map(|n| producer.put_timeout(n, SOON).err());
    assert!(matches!(error, Some(PutError::Disconnected(64))), "{error:?}");
}

fn a_re_executed_child_takes_part() {
    let mut ring = Ring::new(64).expect("a ring");
    let child = Builder::new()
        .start(StartMethod::Exec)
        .spawn(count_up, (ring.producer().expect("a producer"), 500))
        .expect("a child");
    ring.close();
    let sum: u64 = (0..500).map(|_| ring.get_timeout(SOON).expect("an item")).sum();
    assert_eq!(sum, 499 * 500 / 2);
    child.join().expect("it returns");
}

fn more_handles_than_seats_is_an_error() {
    let ring = Ring::new(64).expect("a ring");
    let producers: Vec<_> = (0..64).map(|_| ring.producer().expect("a producer")).collect();
    producers.iter().for_each(|producer| producer.try_put(0).expect("a seat"));
    assert!(matches!(ring.try_get(), Err(GetError::System { .. })));
    drop(producers);
    assert_eq!(ring.try_get().expect("a seat, and an item"), 0);
}

fn put_numbers(producer: RingProducer<(u64, u64)>, me: u64) {
    for n in 0..3000 {
        producer.put_timeout((me, n), SOON).expect("somebody gets");
    }
}

fn items_of_one_producer_arrive_in_order_and_the_iteration_ends() {
    for start in [StartMethod::Fork, StartMethod::Exec] {
        let ring = Ring::new(64).expect("a ring");
        let first = ring.producer().expect("a producer");
        let spawn = |me| {
            let args = (first.try_clone().expect("a second handle"), me);
            Builder::new().start(start).spawn(put_numbers, args).expect("a child")
        };
        let children = [0, 1].map(spawn);
        drop(first);
        let mut next = [0, 0];
        for item in ring {
            let (who, n) = item.expect("an item");
            assert_eq!(n, next[who as usize]);
            next[who as usize] += 1;
        }
        assert_eq!(next, [3000, 3000]);
        children.into_iter().for_each(|child| child.join().expect("it returns"));
    }
}

fn its_length_is_seen_from_every_handle() {
    let ring = Ring::new(64).expect("a ring");
    let consumer = ring.consumer().expect("a consumer").try_clone().expect("a second handle");
    let producer = ring.producer().expect("a producer");
    for n in 0..64 {
        assert_eq!((ring.len(), producer.len(), consumer.len()), (n, n, n));
        assert_eq!(
            (ring.is_empty(), producer.is_empty(), consumer.is_empty()),
            (n == 0, n == 0, n == 0)
        );
        producer.put(()).expect("there is room");
    }
    drop((ring, producer));
    assert_eq!(consumer.into_iter().map(|item| item.expect("an item")).count(), 64);
}

/// As with a queue: a loop of `try_get` has an end, one of `try_put` is told.
fn what_never_waits_is_told_of_the_end_too() {
    let mut ring = Ring::new(64).expect("a ring");
    ring.put(1).expect("there is room");
    ring.close();
    assert_eq!(ring.try_get().expect("an item"), 1);
    assert!(matches!(ring.try_get(), Err(GetError::Disconnected)));

    let ring = Ring::new(64).expect("a ring");
    let producer = ring.producer().expect("a producer");
    drop(ring);
    (0..64).for_each(|n| producer.try_put(n).expect("there is room"));
    assert!(matches!(producer.try_put(64), Err(PutError::Disconnected(64))));
}

fn a_ring_for_too_much_is_refused() {
    for capacity in [(1 << 22) + 1, 1 << 24, 1 << 40, usize::MAX] {
        assert_eq!(Ring::<u8>::new(capacity).map(drop), Err(Errno::ENOMEM), "{capacity}");
    }
}

fn put_large(producer: RingProducer<Vec<u8>>) -> (bool, bool) {
    setrlimit(Resource::RLIMIT_FSIZE, 1 << 20, 1 << 20).expect("a limit");
    // What is above 1 MiB goes into the file, and there it is too long, or its place is too far.
    let refused = (0..2)
        .map(|_| producer.put(vec![1; 3 << 20]))
        .all(|result| matches!(result, Err(PutError::System { source: Errno::EFBIG, .. })));
    (refused, producer.put(vec![2; 60_000]).is_ok() && Ring::<u8>::new(64).is_err())
}

fn a_limit_for_files_is_an_error_of_that_put_not_a_signal() {
    let mut ring = Ring::new(64).expect("a ring");
    let child =
        Process::spawn(put_large, (ring.producer().expect("a producer"),)).expect("a child");
    assert_eq!(child.join().expect("no signal"), (true, true));
    ring.close();
    assert_eq!(ring.get().expect("an item"), [2; 60_000]);
    assert!(matches!(ring.get(), Err(GetError::Disconnected)));
}

/// Set LESSON_GIB to have it 1 GiB: a machine with 8 GiB for it is wanted.
fn a_large_item_arrives_whole_and_its_memory_is_given_back() {
    let length = if std::env::var_os("LESSON_GIB").is_some() { 1 << 30 } else { 64 * MIB };
    let mut ring = Ring::new(64).expect("a ring");
    let args = (ring.producer().expect("a producer"), length as u64);
    let child = Process::spawn(put_one_large, args).expect("a child");
    ring.close();
    let item: String = ring.get_timeout(3 * SOON).expect("an item");
    assert!(
        item.len() == length
            && item.bytes().enumerate().step_by(4093).all(|(n, byte)| byte == letter(n))
    );
    child.join().expect("it returns");
    assert_eq!(memory_of_rests(), 0);
}

/// How many bytes the file takes in which the rests of large items lie.
fn memory_of_rests() -> u64 {
    let file = testing::descriptors().into_iter().find_map(|fd| {
        let path = format!("/proc/self/fd/{fd}");
        let name = std::fs::read_link(&path).ok()?;
        name.to_str()?.contains("memfd:ring").then_some(path)
    });
    std::fs::metadata(file.expect("the file")).expect("it is open").blocks() * 512
}

const MIB: usize = 1 << 20;

fn text(mebibytes: usize) -> String {
    "x".repeat(mebibytes * MIB)
}

fn what_large_items_take_together_is_bounded_but_one_always_fits() {
    let ring = Ring::new(64).expect("a ring");
    ring.try_put(text(100)).expect("a single one of any size fits");
    assert!(matches!(ring.try_put(text(3)), Err(PutError::Full(item)) if item.len() == 3 * MIB));
    ring.try_put(text(1)).expect("a small one has its place");
    assert_eq!(ring.try_get().expect("an item").len(), 100 * MIB);
    // Two of three MiB are above what a place has, and 64 MiB are there for all.
    let taken = (0..64).take_while(|_| ring.try_put(text(3)).is_ok()).count();
    assert_eq!(taken, 32);
    assert!(memory_of_rests() <= 65 << 20);
    let full = ring.put_timeout(text(2), Duration::from_millis(50));
    assert!(matches!(full, Err(PutError::Timeout(item)) if item.len() == 2 * MIB));
    assert_eq!(ring.try_get().expect("an item").len(), MIB);
    assert_eq!(ring.try_get().expect("an item").len(), 3 * MIB);
    ring.try_put(text(2)).expect("there is room again");
    while ring.try_get().is_ok() {}
    assert_eq!(memory_of_rests(), 0);
    ring.try_put(text(100)).expect("a single one fits again");
}

fn get_lengths(consumer: RingConsumer<String>) -> Vec<usize> {
    consumer.into_iter().map(|item| item.expect("an item").len()).collect()
}

fn what_a_killed_consumer_was_getting_takes_no_room_for_ever() {
    let ring = Ring::new(64).expect("a ring");
    // It may be killed too late: then it had got the item already.
    for lost in 0.. {
        assert!(lost < 50, "it is never killed in the middle");
        let mut child =
            Process::spawn(get_lengths, (ring.consumer().expect("a consumer"),)).expect("a child");
        ring.put_timeout(text(100), SOON).expect("there is room");
        while ring.len() == 1 {
            yield_now();
        }
        child.kill().expect("a signal");
        child.wait().expect("it ends");
        // Nobody else comes by where it died.
        ring.put_timeout(text(100), SOON).expect("the room is free again");
        assert_eq!(ring.get_timeout(SOON).expect("an item").len(), 100 * MIB);
        if ring.lost().expect("it can be counted") > 0 {
            break;
        }
    }
    assert_eq!(memory_of_rests(), 0);
}

fn letter(n: usize) -> u8 {
    b'a' + (n / 1000 % 26) as u8
}

fn put_one_large(producer: RingProducer<String>, length: u64) {
    let bytes = (0..length as usize).map(letter).collect();
    producer.put(String::from_utf8(bytes).expect("letters")).expect("the parent gets");
}

/// Stands for whatever somebody encodes as one kind of shared memory and decodes as another.
struct Disguised<A, B>(Option<A>, Option<B>);

impl<A: Serialize, B> Serialize for Disguised<A, B> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, A, B: Deserialize<'de>> Deserialize<'de> for Disguised<A, B> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Deserialize::deserialize(deserializer).map(|other| Self(None, other))
    }
}

fn take_atomics_as_lock(_: Disguised<Atomics, Locked<u64>>) {}

fn take_lock_as_atomics(_: Disguised<Locked<u64>, Atomics>) {}

fn take_locked(_: Disguised<Locked<u64>, Locked<u64>>) {}

fn exec() -> Builder {
    // Only a re-executed child decodes its arguments.
    Builder::new().start(StartMethod::Exec)
}

fn shared_memory_does_not_arrive_as_another_kind() {
    let atomics = Atomics::new(64).expect("memory");
    let child =
        exec().spawn(take_atomics_as_lock, (Disguised(Some(atomics), None),)).expect("a child");
    assert!(child.join().is_err());
    let locked = Locked::new(&[0_u64; 64]).expect("memory");
    let child =
        exec().spawn(take_lock_as_atomics, (Disguised(Some(locked), None),)).expect("a child");
    assert!(child.join().is_err());
    // The same kind arrives.
    let locked =
        Disguised::<Locked<u64>, Locked<u64>>(Some(Locked::new(&[0]).expect("memory")), None);
    let child = exec().spawn(take_locked, (locked,)).expect("a child");
    child.join().expect("it returns");
}

fn a_lane_refuses_what_it_could_never_hold() {
    let (mut writer, _reader) = lane(1024).expect("a lane");
    for least in [writer.longest() + 1, usize::MAX - 7, usize::MAX] {
        assert!(writer.room(least).is_none(), "{least}");
    }
    assert!(writer.room(writer.longest()).is_some());
}

/// Records of all lengths, written in pieces, over many turns of the lane; and what a writer leaves that goes no further.
fn a_lane_s_records_and_its_last_draft_are_read_as_they_were_written() {
    let (mut writer, mut reader) = lane(256).expect("a lane");
    let mut there = std::collections::VecDeque::<Vec<u8>>::new();
    let mut drafts = 0;
    for n in 0..20_000_usize {
        let record: Vec<u8> = (0..n * 7 % 113).map(|byte| (n + byte) as u8).collect();
        let (first, second) = record.split_at(record.len() / 3);
        let complete = [first, second].iter().all(|piece| {
            let Some(room) = writer.room(piece.len()) else { return false };
            room[..piece.len()].copy_from_slice(piece);
            writer.keep(piece.len());
            true
        });
        if !complete && writer.kept() > 0 {
            // What was kept of it is a record of its own now.
            there.push_back(first.to_vec());
            let draft = reader.read_draft(<[u8]>::len).expect("in step");
            assert!(there.len() == 1 || draft.is_none(), "records come first");
        } else if complete {
            there.push_back(record);
        }
        let next = there.len();
        if next > 0 && n % 5 == 0 && complete {
            // As the reader finds it if the writer dies here.
            while there.len() > 1 {
                let whole = reader.read(<[u8]>::to_vec).expect("in step");
                assert_eq!(whole, there.pop_front());
            }
            let draft = reader.read_draft(<[u8]>::to_vec).expect("in step");
            if there[0].is_empty() {
                assert!(draft.is_none_or(|draft| draft.is_empty()));
            } else {
                assert_eq!(draft.as_ref(), there.front());
                drafts += 1;
            }
        }
        if complete || writer.kept() > 0 {
            assert!(writer.publish().is_some());
        }
        if !complete {
            while let Some(whole) = reader.read(<[u8]>::to_vec).expect("in step") {
                assert_eq!(Some(whole), there.pop_front());
            }
            assert!(there.is_empty());
        }
    }
    assert!(drafts > 1_000, "{drafts}");
}

/// A minute if the soak takes that long.
fn a_long_stop() -> Duration {
    nix::unistd::alarm::set(150);
    Duration::from_millis(if soak_seconds() >= 60 { 60_000 } else { 300 })
}

fn soak_seconds() -> u64 {
    std::env::var("LESSON_SOAK_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(2)
}

fn stop<R>(process: &mut Process<R>) {
    process.signal(Signal::SIGSTOP).expect("a signal");
    let stat = format!("/proc/{}/stat", process.pid());
    while !std::fs::read_to_string(&stat).expect("it lives").contains(") T ") {
        yield_now();
    }
}

fn go_on<R>(process: &mut Process<R>) {
    process.signal(Signal::SIGCONT).expect("a signal");
}

fn put_large_and_small(producer: RingProducer<String>) {
    producer.put(text(200)).expect("the parent gets");
    producer.put("after".to_owned()).expect("the parent gets");
}

/// A ring, and a child that was stopped in the middle of an item there. It may be stopped too late: then another one is tried.
fn stopped_in_the_middle<R>(
    begin: impl Fn(&Ring<String>) -> Process<R>,
    is_in_the_middle: impl Fn(&Ring<String>) -> bool,
) -> (Ring<String>, Process<R>) {
    for _ in 0..50 {
        let ring = Ring::new(64).expect("a ring");
        let mut child = begin(&ring);
        stop(&mut child);
        if is_in_the_middle(&ring) {
            return (ring, child);
        }
        child.kill().expect("a signal");
        child.wait().expect("it ends");
    }
    panic!("it is never stopped in the middle");
}

/// A stopped process is not a dead one: what it was doing is waited for.
fn a_producer_stopped_in_the_middle_of_an_item_is_not_buried() {
    let begin = |ring: &Ring<String>| {
        let producer = ring.producer().expect("a producer");
        let child = Process::spawn(put_large_and_small, (producer,)).expect("a child");
        // Until it has claimed the first place: it is busy there for a while, and there is nothing to be got.
        let claimed = || ring.len();
        while claimed() == 0 {
            yield_now();
        }
        child
    };
    let (mut ring, mut child) = stopped_in_the_middle(begin, Ring::is_empty);
    for n in 0..63 {
        ring.put(n.to_string()).expect("there is room behind it");
    }
    let none = ring.get_timeout(a_long_stop());
    assert!(matches!(none, Err(GetError::Timeout)), "{none:?}");
    assert!(matches!(ring.try_put(String::new()), Err(PutError::Full(_))));
    go_on(&mut child);
    assert!(ring.get_timeout(SOON).expect("an item") == text(200));
    for n in 0..63 {
        assert_eq!(ring.get_timeout(SOON).expect("an item"), n.to_string());
    }
    ring.close();
    assert_eq!(ring.get_timeout(SOON).expect("an item"), "after");
    assert!(matches!(ring.get_timeout(SOON), Err(GetError::Disconnected)));
    child.join().expect("it returns");
}

fn a_consumer_stopped_in_the_middle_of_an_item_is_not_buried() {
    let begin = |ring: &Ring<String>| {
        let consumer = ring.consumer().expect("a consumer");
        let child = Process::spawn(get_lengths, (consumer,)).expect("a child");
        ring.put(text(200)).expect("there is room");
        while ring.len() == 1 {
            yield_now();
        }
        child
    };
    // What it gets is given back last.
    let (mut ring, mut child) = stopped_in_the_middle(begin, |_| memory_of_rests() > 0);
    // The others get what is behind it, until its place comes round.
    for n in 0..63 {
        ring.put(n.to_string()).expect("there is room");
        assert_eq!(ring.get_timeout(SOON).expect("an item"), n.to_string());
    }
    let full = ring.put_timeout("last".to_owned(), a_long_stop());
    assert!(matches!(full, Err(PutError::Timeout(_))), "{full:?}");
    assert_eq!(ring.lost(), Ok(0));
    go_on(&mut child);
    ring.put_timeout("last".to_owned(), SOON).expect("there is room again");
    ring.close();
    assert_eq!(child.join().expect("it returns"), [200 * MIB, 4]);
}

fn main() -> ExitCode {
    process::register(count_up);
    process::register(put_numbers);
    process::register(take_atomics_as_lock);
    process::register(take_lock_as_atomics);
    process::register(take_locked);
    testing::tests![
        a_ring_takes_as_many_items_as_it_says_and_gives_them_in_order,
        a_timeout_is_kept_and_gives_the_item_back,
        items_of_every_size_arrive_whole,
        the_end_comes_when_the_last_producer_is_gone,
        a_producer_without_consumers_is_told,
        a_re_executed_child_takes_part,
        more_handles_than_seats_is_an_error,
        items_of_one_producer_arrive_in_order_and_the_iteration_ends,
        its_length_is_seen_from_every_handle,
        what_never_waits_is_told_of_the_end_too,
        a_ring_for_too_much_is_refused,
        a_limit_for_files_is_an_error_of_that_put_not_a_signal,
        a_large_item_arrives_whole_and_its_memory_is_given_back,
        shared_memory_does_not_arrive_as_another_kind,
        a_lane_refuses_what_it_could_never_hold,
        a_lane_s_records_and_its_last_draft_are_read_as_they_were_written,
        what_large_items_take_together_is_bounded_but_one_always_fits,
        what_a_killed_consumer_was_getting_takes_no_room_for_ever,
        a_producer_stopped_in_the_middle_of_an_item_is_not_buried,
        a_consumer_stopped_in_the_middle_of_an_item_is_not_buried,
    ]
}
