//! What the library promises of queues and pipes, also when a process is killed at any moment.
#![allow(clippy::unwrap_used, reason = "a test says by a panic what went wrong")]

use std::cell::RefCell;
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{ExitCode, abort};
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};
use std::{env, fs, iter, thread};

use nix::errno::Errno;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{Signal, raise};
use process::{Builder, End, Process, StartMethod, Target, register};
use queue::shared::{Atomics, Guard, LockError, Locked};
use queue::{Connection, Consumer, GetError, Producer, PutError, Queue, Receiver, Sender};
use queue::{duplex, pipe};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use testing::descriptors;

const PATIENCE: Duration = Duration::from_secs(30);
const SHORT: Duration = Duration::from_millis(30);
const METHODS: [StartMethod; 2] = [StartMethod::Fork, StartMethod::Exec];

// Helpers.

fn spawn<A, T>(method: StartMethod, target: T, args: A) -> Process<T::Output>
where
    A: Serialize + DeserializeOwned,
    T: Target<A>,
    T::Output: Serialize + DeserializeOwned,
{
    Builder::new().start(method).spawn(target, args).expect("it starts")
}

fn forked<A, T>(target: T, args: A) -> Process<T::Output>
where
    A: Serialize + DeserializeOwned,
    T: Target<A>,
    T::Output: Serialize + DeserializeOwned,
{
    spawn(StartMethod::Fork, target, args)
}

fn joined<R: DeserializeOwned>(mut process: Process<R>) -> R {
    process.join_timeout(PATIENCE).expect("it returns").expect("it ends in time")
}

fn ended<R>(process: &mut Process<R>) -> End {
    process.wait_timeout(PATIENCE).expect("it can be waited for").expect("it ends in time")
}

fn killed<R>(mut process: Process<R>) {
    process.kill().unwrap();
    assert_eq!(ended(&mut process).signal(), Some(Signal::SIGKILL));
}

/// Waits until a process sleeps in the kernel: after it said that it goes into a call, in that call.
fn asleep<R>(process: &Process<R>) {
    let (path, deadline) = (format!("/proc/{}/stat", process.pid()), Instant::now() + PATIENCE);
    while !fs::read_to_string(&path).unwrap().contains(") S ") {
        assert!(Instant::now() < deadline, "{process:?} does not sleep");
        thread::yield_now();
    }
}

fn get<T: DeserializeOwned>(queue: &Queue<T>) -> T {
    queue.get_timeout(PATIENCE).expect("an item")
}

fn got<T: DeserializeOwned>(receiver: &Receiver<T>) -> T {
    receiver.recv_timeout(PATIENCE).expect("a value")
}

fn is_the_end<T: Debug>(result: Result<T, GetError>) {
    assert!(matches!(result, Err(GetError::Disconnected)), "{result:?}");
}

/// Bytes that show where they were cut or mixed up.
fn pattern(length: usize, seed: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 7 + index / 251 + seed) as u8).collect()
}

// What goes in comes out.

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

fn an_item_at_the_documented_size_counts_as_a_small_one() {
    for capacity in [1, 4, 5, 6, 8, 100] {
        let queue = Queue::<Vec<u8>>::new(capacity).unwrap();
        let taken = iter::repeat_with(|| queue.try_put(vec![1; 178])).take_while(Result::is_ok);
        assert_eq!(taken.count(), capacity);
    }
}

fn put_numbers(producer: Producer<(u32, u32)>, number: u32, count: u32) {
    for item in 0..count {
        producer.put((number, item)).unwrap();
    }
}

fn items_of_one_producer_arrive_in_order() {
    for method in METHODS {
        for capacity in [1, 7] {
            let mut queue = Queue::new(capacity).unwrap();
            let start =
                |number| spawn(method, put_numbers, (queue.producer().unwrap(), number, 3000));
            let producers: Vec<_> = (0..2).map(start).collect();
            queue.close();
            let mut next = [0, 0];
            for item in queue {
                let (number, item) = item.unwrap();
                assert_eq!(item, next[number as usize]);
                next[number as usize] += 1;
            }
            assert_eq!(next, [3000, 3000]);
            producers.into_iter().for_each(joined);
        }
    }
}

fn take_all(consumer: Consumer<(u32, u32)>) -> Vec<(u32, u32)> {
    consumer.into_iter().map(|item| item.unwrap()).collect()
}

fn every_item_goes_to_exactly_one_of_many_consumers() {
    for method in METHODS {
        let mut queue = Queue::new(5).unwrap();
        let start = |_| spawn(method, take_all, (queue.consumer().unwrap(),));
        let consumers: Vec<_> = (0..3).map(start).collect();
        let start = |number| spawn(method, put_numbers, (queue.producer().unwrap(), number, 2000));
        let producers: Vec<_> = (0..4).map(start).collect();
        queue.close();
        let mut all: Vec<_> = consumers.into_iter().flat_map(joined).collect();
        producers.into_iter().for_each(joined);
        all.sort_unstable();
        assert!(all.into_iter().eq((0..4).flat_map(|n| (0..2000).map(move |item| (n, item)))));
    }
}

/// Sizes around every limit there is: nothing, a small packet, the smallest buffer, the largest head.
fn sizes() -> impl Iterator<Item = usize> {
    let limits = [190, 4608 - 32 - 9, 6144 - 41, 64 << 10, 128 << 10, 200 << 10];
    let around = limits.into_iter().flat_map(|limit| limit - 24..limit + 24);
    (0..20).chain(around).chain((0..200 << 10).step_by(4099)).chain([20_000_000])
}

fn items_of_any_size_arrive_whole() {
    let (sender, receiver) = pipe::<Vec<u8>>().unwrap();
    let (one, other) = duplex::<Vec<u8>, Vec<u8>>().unwrap();
    let queues = [1, 3, 8, 200].map(|capacity| Queue::<Vec<u8>>::new(capacity).unwrap());
    for size in sizes() {
        let item = pattern(size, size);
        sender.send_timeout(item.clone(), PATIENCE).unwrap();
        assert!(got(&receiver) == item, "pipe, {size} bytes");
        one.send_timeout(item.clone(), PATIENCE).unwrap();
        other.send(item.clone()).unwrap();
        assert!(other.recv_timeout(PATIENCE).unwrap() == item, "duplex, {size} bytes");
        assert!(one.recv().unwrap() == item, "duplex, back, {size} bytes");
        for queue in &queues {
            queue.put_timeout(item.clone(), PATIENCE).unwrap();
            assert!(get(queue) == item, "queue, {size} bytes");
        }
    }
}

fn items_of_no_size_are_items() {
    let mut nothing = Queue::<()>::new(3).unwrap();
    let empty = Queue::<String>::new(3).unwrap();
    for _ in 0..3 {
        nothing.put(()).unwrap();
        empty.put(String::new()).unwrap();
        assert_eq!(get(&empty), "");
    }
    assert!(matches!(empty.try_get(), Err(GetError::Empty)));
    nothing.close();
    assert_eq!(nothing.into_iter().filter(Result::is_ok).count(), 3);
}

fn find_at_once(consumer: Consumer<u32>, put: Receiver<u32>) -> u32 {
    let at_once = |number| consumer.try_get().is_ok_and(|item| item == number);
    iter::from_fn(|| put.recv().ok()).filter(|&number| at_once(number)).count() as u32
}

fn what_was_put_is_found_at_once_in_another_process() {
    let queue = Queue::new(8).unwrap();
    let (told, put) = pipe().unwrap();
    let child = forked(find_at_once, (queue.consumer().unwrap(), put));
    for number in 0..2000 {
        queue.put_timeout(number, PATIENCE).unwrap();
        told.send(number).unwrap();
    }
    drop(told);
    assert_eq!(joined(child), 2000);
}

fn put_and_die(producer: Producer<u32>, returned: Atomics, by_abort: bool) {
    for item in 0..1000 {
        producer.put(item).unwrap();
        returned[0].fetch_add(1, SeqCst);
    }
    if by_abort {
        abort();
    }
    raise(Signal::SIGKILL).unwrap();
}

fn all_that_put_returned_for_arrives_though_the_producer_died_at_once() {
    for by_abort in [true, false] {
        let mut queue = Queue::new(64).unwrap();
        let returned = Atomics::new(1).unwrap();
        let shared = returned.try_clone().unwrap();
        let mut child = forked(put_and_die, (queue.producer().unwrap(), shared, by_abort));
        queue.close();
        let items: Vec<u32> = queue.into_iter().map(|item| item.unwrap()).collect();
        let signal = if by_abort { Signal::SIGABRT } else { Signal::SIGKILL };
        assert_eq!(ended(&mut child).signal(), Some(signal));
        assert_eq!(returned[0].load(SeqCst), 1000);
        assert!(items.into_iter().eq(0..1000));
    }
}

// Errors.

fn what_is_not_sent_is_given_back() {
    let mut queue = Queue::new(1).unwrap();
    queue.put("first".to_owned()).unwrap();
    let text = || "second".to_owned();
    assert!(matches!(queue.try_put(text()), Err(PutError::Full(item)) if item == "second"));
    let begun = Instant::now();
    let refused = queue.put_timeout(text(), SHORT);
    assert!(matches!(refused, Err(PutError::Timeout(item)) if item == "second"));
    assert!(begun.elapsed() >= SHORT);
    queue.close();
    for refused in [queue.put(text()), queue.try_put(text()), queue.put_timeout(text(), SHORT)] {
        assert!(matches!(&refused, Err(PutError::Closed(item)) if item == "second"));
        assert_eq!(refused.unwrap_err().into_item(), "second");
    }
    assert_eq!(queue.producer().unwrap_err().raw_os_error(), Some(Errno::EPIPE as i32));

    let (sender, receiver) = pipe().unwrap();
    drop(receiver);
    for refused in [sender.send(7), sender.try_send(7), sender.send_timeout(7, SHORT)] {
        assert!(matches!(refused, Err(PutError::Disconnected(7))), "{refused:?}");
    }
}

fn what_does_not_come_is_told_apart() {
    let mut queue = Queue::<u8>::new(1).unwrap();
    assert!(matches!(queue.try_get(), Err(GetError::Empty)));
    let begun = Instant::now();
    assert!(matches!(queue.get_timeout(SHORT), Err(GetError::Timeout)));
    assert!(begun.elapsed() >= SHORT);
    queue.put(1).unwrap();
    queue.close();
    assert_eq!(get(&queue), 1);
    is_the_end(queue.get());
    is_the_end(queue.try_get());
    is_the_end(queue.get_timeout(SHORT));
}

fn a_queue_for_nothing_or_for_too_much_is_refused() {
    assert_eq!(Queue::<u8>::new(0).unwrap_err(), Errno::EINVAL);
    // The system keeps a buffer's size in 31 bits: what is cut off there must not be believed.
    for capacity in [usize::MAX, 1 << 40, 1 << 33, 1 << 32, (1 << 32) / 384 + 1, 1 << 25] {
        assert_eq!(Queue::<u8>::new(capacity).unwrap_err(), Errno::ENOBUFS, "{capacity}");
    }
}

fn a_descriptor_in_an_item_is_an_encode_error() {
    let queue = Queue::new(2).unwrap();
    let (sender, receiver) = pipe::<u8>().unwrap();
    let refused = queue.put(Some(sender));
    assert!(matches!(refused, Err(PutError::Encode { item: Some(_), .. })), "{refused:?}");
    refused.unwrap_err().into_item().unwrap().send(1).unwrap();
    assert_eq!(got(&receiver), 1);
    queue.put(None).unwrap();
    assert!(get(&queue).is_none());
}

/// Is encoded as these bytes, as they are, but decoded as a text.
struct Odd(Vec<u8>);

impl Serialize for Odd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeTuple;
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        self.0.iter().try_for_each(|byte| tuple.serialize_element(byte))?;
        tuple.end()
    }
}

impl<'de> Deserialize<'de> for Odd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(text.into_bytes()))
    }
}

fn what_cannot_be_decoded_is_an_error_and_the_next_item_is_fine() {
    // Its buffer holds both at once.
    let (sender, receiver) = pipe().unwrap();
    let large = [vec![255; 9], pattern(300_000, 0)].concat();
    // No text at all, no UTF-8, shorter than it says, longer than it says, a length beyond all bounds.
    for garbage in [vec![], vec![1, 255], vec![9, b'a'], vec![1, b'a', b'b'], vec![255; 9], large] {
        sender.send(Odd(garbage)).unwrap();
        sender.send(Odd(b"\x04fine".to_vec())).unwrap();
        let refused = receiver.recv_timeout(PATIENCE).map(|item| item.0);
        assert!(matches!(refused, Err(GetError::Decode { .. })), "{refused:?}");
        assert_eq!(got(&receiver).0, b"fine");
    }
}

fn without_a_free_descriptor(queue: Queue<Vec<u8>>, sender: Sender<()>) -> Vec<i32> {
    let highest = descriptors().last().copied().unwrap() as u64;
    // Rather no timeline than one more descriptor at some later moment.
    setrlimit(Resource::RLIMIT_NOFILE, highest + 1, highest + 1).unwrap();
    while let Ok(descriptor) = sender.try_clone() {
        std::mem::forget(descriptor);
    }
    let of_io = |error: std::io::Error| Errno::from_raw(error.raw_os_error().unwrap());
    let mut errors = vec![
        Queue::<u8>::new(1).unwrap_err(),
        pipe::<u8>().unwrap_err(),
        duplex::<u8, u8>().unwrap_err(),
        of_io(queue.producer().unwrap_err()),
        of_io(queue.consumer().unwrap_err()),
        Atomics::new(1).unwrap_err(),
    ];
    match queue.get() {
        Err(GetError::System { source }) => errors.push(source),
        other => panic!("{:?}", other.map(|item| item.len())),
    }
    match queue.put(vec![5; 1 << 20]) {
        Err(PutError::System { item, source }) if item.len() == 1 << 20 => errors.push(source),
        other => panic!("{other:?}"),
    }
    // Small ones need none.
    assert_eq!(queue.get().unwrap(), [1]);
    queue.put(vec![2]).unwrap();
    errors.into_iter().map(|error| error as i32).collect()
}

fn with_no_descriptor_left_the_error_says_so_and_small_items_pass() {
    // Large enough to hold a large item and a small one at once.
    let queue = Queue::new(400).unwrap();
    let (sender, receiver) = pipe().unwrap();
    queue.put(vec![4; 1 << 20]).unwrap();
    queue.put(vec![1]).unwrap();
    let both = (queue.producer().unwrap(), queue.consumer().unwrap());
    let child = forked(without_a_free_descriptor, (queue, sender));
    assert_eq!(joined(child), [Errno::EMFILE as i32; 8]);
    assert_eq!(both.1.get_timeout(PATIENCE).unwrap(), [2]);
    drop((both, receiver));
}

// Those who are gone, and those who were killed.

fn hold<T: 'static>(_end: T, begun: Sender<()>) {
    begun.send(()).unwrap();
    loop {
        thread::park();
    }
}

fn holding<T: Serialize + DeserializeOwned + 'static>(end: T) -> Process<()> {
    let (sender, begun) = pipe().unwrap();
    let child = forked(hold::<T>, (end, sender));
    got(&begun);
    child
}

fn a_killed_peer_is_gone_also_with_items_unread() {
    for unread in [0, 3] {
        let (sender, receiver) = pipe().unwrap();
        (0..unread).for_each(|item| sender.send(item).unwrap());
        killed(holding(receiver));
        for item in [8, 9] {
            assert!(matches!(sender.send(item), Err(PutError::Disconnected(back)) if back == item));
        }

        let (ours, theirs) = duplex::<i32, i32>().unwrap();
        (0..unread).for_each(|item| ours.send(item).unwrap());
        theirs.send(5).unwrap();
        killed(holding(theirs));
        // A reset, if something is unread there, but what it sent is still to be had.
        assert_eq!(ours.recv_timeout(PATIENCE).unwrap(), 5);
        is_the_end(ours.recv_timeout(PATIENCE));
        assert!(matches!(ours.send(1), Err(PutError::Disconnected(1))));

        let (ours, theirs) = duplex::<i32, i32>().unwrap();
        (0..unread).for_each(|item| ours.send(item).unwrap());
        killed(holding(theirs));
        assert!(matches!(ours.send(1), Err(PutError::Disconnected(1))));

        let (sender, receiver) = pipe().unwrap();
        (0..unread).for_each(|item| sender.send(item).unwrap());
        killed(holding(sender));
        (0..unread).for_each(|item| assert_eq!(got(&receiver), item));
        is_the_end(receiver.recv_timeout(PATIENCE));
    }
}

fn put_until_refused(producer: Producer<u32>, begun: Sender<()>) -> Option<u32> {
    while producer.try_put(0).is_ok() {}
    begun.send(()).unwrap();
    match producer.put(77) {
        Err(PutError::Disconnected(item)) => Some(item),
        _ => None,
    }
}

fn a_producer_that_waits_is_told_when_the_last_consumer_goes() {
    for by_kill in [true, false] {
        let mut queue = Queue::new(4).unwrap();
        let (sender, begun) = pipe().unwrap();
        let producer = forked(put_until_refused, (queue.producer().unwrap(), sender));
        got(&begun);
        asleep(&producer);
        let other = holding(queue.consumer().unwrap());
        queue.close();
        if by_kill {
            drop(queue);
            killed(other);
        } else {
            killed(other);
            drop(queue);
        }
        assert_eq!(joined(producer), Some(77));
    }
}

fn wait_in_get(consumer: Consumer<u32>, begun: Sender<()>) -> Option<u32> {
    begun.send(()).unwrap();
    match consumer.get() {
        Ok(item) => Some(item),
        Err(GetError::Disconnected) => None,
        Err(other) => panic!("{other}"),
    }
}

fn waiting_consumer(method: StartMethod, queue: &Queue<u32>) -> Process<Option<u32>> {
    let (sender, begun) = pipe().unwrap();
    let child = spawn(method, wait_in_get, (queue.consumer().unwrap(), sender));
    got(&begun);
    asleep(&child);
    child
}

fn all_consumers_that_wait_are_told_when_the_last_producer_goes() {
    for method in METHODS {
        let mut queue = Queue::new(4).unwrap();
        let consumers = [0, 1, 2].map(|_| waiting_consumer(method, &queue));
        let producer = holding(queue.producer().unwrap());
        queue.close();
        killed(producer);
        assert_eq!(consumers.map(joined), [None; 3]);
    }
}

fn when_a_waiting_consumer_is_killed_the_others_go_on() {
    for _ in 0..20 {
        let queue = Queue::new(4).unwrap();
        let doomed = waiting_consumer(StartMethod::Fork, &queue);
        let other = waiting_consumer(StartMethod::Fork, &queue);
        killed(doomed);
        queue.put(5).unwrap();
        assert_eq!(joined(other), Some(5));
        queue.put(6).unwrap();
        assert_eq!(get(&queue), 6);
    }
}

const LARGE: usize = 50_000_000;

fn put_large_for_ever(producer: Producer<Vec<u8>>, begun: Sender<()>) {
    let large = pattern(LARGE, 1);
    begun.send(()).unwrap();
    while producer.put(large.clone()).is_ok() {}
}

fn of_a_producer_killed_in_the_middle_of_a_large_item_nothing_is_left() {
    let large = pattern(LARGE, 1);
    for milliseconds in (0..100).step_by(9) {
        let mut queue = Queue::<Vec<u8>>::new(4).unwrap();
        let (sender, begun) = pipe().unwrap();
        let mut child = forked(put_large_for_ever, (queue.producer().unwrap(), sender));
        got(&begun);
        // Not for synchronisation: to kill it at another place each time.
        assert_eq!(child.wait_timeout(Duration::from_millis(milliseconds)).unwrap(), None);
        killed(child);
        while let Ok(item) = queue.try_get() {
            assert!(item == large, "an item of {} bytes", item.len());
        }
        queue.put(vec![3]).unwrap();
        assert_eq!(get(&queue), [3]);
        queue.close();
        is_the_end(queue.get_timeout(PATIENCE));
    }
}

fn put_one_large(producer: Producer<String>, length: u64) {
    producer.put("abcdefg".repeat(length as usize / 7)).unwrap();
}

/// Set LESSON_GIB to have it 1 GiB: a machine with 8 GiB for it is wanted.
fn an_item_far_larger_than_the_queue_arrives_whole() {
    let length = if env::var_os("LESSON_GIB").is_some() { 1 << 30 } else { 64 << 20 };
    let mut queue = Queue::<String>::new(1).unwrap();
    let child = forked(put_one_large, (queue.producer().unwrap(), length));
    queue.close();
    let item = queue.get_timeout(2 * PATIENCE).expect("an item");
    assert!(item.len() as u64 == length / 7 * 7);
    assert!(item.as_bytes().chunks(7).all(|chunk| chunk == b"abcdefg"));
    joined(child);
    is_the_end(queue.get());
}

fn stopped<R>(process: &mut Process<R>) {
    process.signal(Signal::SIGSTOP).unwrap();
    let path = format!("/proc/{}/stat", process.pid());
    while !fs::read_to_string(&path).unwrap().contains(") T ") {
        thread::yield_now();
    }
}

fn a_stopped_process_holds_up_nobody() {
    let mut queue = Queue::<Vec<u8>>::new(4).unwrap();
    let (sender, begun) = pipe().unwrap();
    let mut producer = forked(put_large_for_ever, (queue.producer().unwrap(), sender));
    got(&begun);
    stopped(&mut producer);
    let (sender, begun) = pipe().unwrap();
    let mut consumer = forked(hold_after_one, (queue.consumer().unwrap(), sender));
    queue.put_timeout(vec![1], PATIENCE).unwrap();
    got(&begun);
    stopped(&mut consumer);
    // What the two have put or got is whole, and the others do not wait for them.
    while let Ok(item) = queue.try_get() {
        assert!(item.len() == LARGE || item == [1]);
    }
    for n in 0..100 {
        queue.put_timeout(vec![n], PATIENCE).unwrap();
        assert_eq!(get(&queue), [n]);
    }
    killed(producer);
    queue.close();
    is_the_end(queue.get_timeout(PATIENCE));
    killed(consumer);
}

fn hold_after_one(consumer: Consumer<Vec<u8>>, begun: Sender<()>) {
    consumer.get().unwrap();
    hold(consumer, begun);
}

fn wait_for_end(until: Receiver<()>, begun: Sender<()>) {
    begun.send(()).unwrap();
    assert!(matches!(until.recv(), Err(GetError::Disconnected)));
}

fn a_sibling_keeps_no_end_that_it_was_not_given() {
    for method in METHODS {
        let (sender, receiver) = pipe::<u8>().unwrap();
        let (release, until) = pipe().unwrap();
        let (told, begun) = pipe().unwrap();
        let sibling = spawn(method, wait_for_end, (until, told));
        got(&begun);
        drop(sender);
        is_the_end(receiver.recv_timeout(PATIENCE));
        drop(release);
        joined(sibling);
    }
}

fn send_patterns(sender: Sender<Vec<u8>>, number: usize) {
    for round in 0..300 {
        let length = [100, 5_000, 65_000, 70_000, 150_000][(round + number) % 5];
        sender.send(pattern(length, number)).unwrap();
    }
}

fn two_processes_at_one_end_never_mix_their_items() {
    let (sender, receiver) = pipe::<Vec<u8>>().unwrap();
    let start = |number| forked(send_patterns, (sender.try_clone().unwrap(), number));
    let children = [0, 1].map(start);
    drop(sender);
    let mut count = [0, 0];
    while let Ok(item) = receiver.recv_timeout(PATIENCE) {
        let number = usize::from(item[0]);
        assert!(item == pattern(item.len(), number));
        count[number] += 1;
    }
    assert_eq!(count, [300, 300]);
    children.into_iter().for_each(joined);
}

fn answer(connection: Connection<u64, u64>) -> u32 {
    let questions = iter::from_fn(|| connection.recv().ok());
    questions.map(|question| connection.send(question + 1).unwrap()).count() as u32
}

fn a_connection_speaks_both_ways_by_both_start_methods() {
    for method in METHODS {
        let (ours, theirs) = duplex().unwrap();
        let child = spawn(method, answer, (theirs,));
        for question in 0..100 {
            ours.send(question).unwrap();
            assert_eq!(ours.recv_timeout(PATIENCE).unwrap(), question + 1);
        }
        drop(ours);
        assert_eq!(joined(child), 100);
    }
}

fn a_length_is_a_hint_and_emptiness_is_exact() {
    for capacity in [1, 5, 8, 100] {
        let mut queue = Queue::new(capacity).unwrap();
        let producer = queue.producer().unwrap();
        let consumer = queue.consumer().unwrap();
        for n in 0..capacity {
            assert_eq!((queue.len(), producer.len()), (n, n));
            assert!(consumer.len() >= n);
            let empty = n == 0;
            let all = (queue.is_empty(), producer.is_empty(), consumer.is_empty());
            assert_eq!(all, (empty, empty, empty));
            queue.put(()).unwrap();
        }
        queue.close();
        assert!(queue.len() >= capacity && !queue.is_empty());
        (0..capacity).for_each(|_| queue.get().unwrap());
        assert!(queue.is_empty() && producer.is_empty());
    }
    let queue = Queue::new(100).unwrap();
    queue.put(vec![0_u8; 1_000_000]).unwrap();
    assert!(queue.len() > 1, "a large item weighs more than one");
}

fn put_beyond_limit(producer: Producer<Vec<u8>>) -> bool {
    setrlimit(Resource::RLIMIT_FSIZE, 1 << 20, 1 << 20).unwrap();
    let refused = producer.put(vec![1; 2 << 20]);
    matches!(refused, Err(PutError::System { source: Errno::EFBIG, .. }))
        && producer.put(vec![2; 500_000]).is_ok()
}

fn a_limit_for_files_is_an_error_of_that_put_not_a_signal() {
    let queue = Queue::new(4).unwrap();
    assert!(joined(forked(put_beyond_limit, (queue.producer().unwrap(),))));
    assert_eq!(get(&queue).len(), 500_000);
}

// Shared memory.

fn count_up(locked: Locked<u64>, atomics: Atomics) {
    for _ in 0..100_000 {
        locked.lock().unwrap()[0] += 1;
        atomics[0].fetch_add(1, SeqCst);
    }
}

fn two_processes_lose_no_increment() {
    for method in METHODS {
        let (locked, atomics) = (Locked::new(&[0_u64]).unwrap(), Atomics::new(1).unwrap());
        let start = |_| spawn(method, count_up, (locked.clone(), atomics.try_clone().unwrap()));
        [0, 1].map(start).into_iter().for_each(joined);
        assert_eq!(locked.lock().unwrap()[0], 200_000);
        assert_eq!(atomics[0].load(SeqCst), 200_000);
    }
}

fn lock_and_wait(locked: Locked<u64>, begun: Sender<()>) {
    let mut guard = locked.lock().unwrap();
    guard[0] = 5;
    hold(locked, begun);
}

fn the_next_owner_of_a_lock_is_told_that_the_last_one_was_killed() {
    for method in METHODS {
        let locked = Locked::new(&[0_u64, 7]).unwrap();
        let (sender, begun) = pipe().unwrap();
        let owner = spawn(method, lock_and_wait, (locked.clone(), sender));
        got(&begun);
        killed(owner);
        let guard = locked.lock().unwrap();
        assert!(guard.previous_owner_died());
        assert_eq!(*guard, [5, 7]);
        drop(guard);
        assert!(!locked.lock().unwrap().previous_owner_died());
    }
}

fn a_thread_that_locks_twice_is_told() {
    let locked = Locked::new(&[1_u8]).unwrap();
    let guard = locked.lock().unwrap();
    assert_eq!(locked.clone().lock().unwrap_err(), LockError::HeldByThisThread);
    drop(guard);
    assert_eq!(*locked.lock().unwrap(), [1]);
}

fn forget_a_guard(locked: Locked<u64>) -> bool {
    std::mem::forget(locked.lock().unwrap());
    let held = locked.lock().is_err_and(|error| error == LockError::HeldByThisThread);
    // Now only the forgotten guard keeps the memory, in which the kernel will look for the lock.
    drop(locked);
    held
}

fn a_forgotten_guard_keeps_the_lock_until_its_process_ends() {
    for _ in 0..10 {
        let locked = Locked::new(&[0_u64; 1000]).unwrap();
        assert!(joined(forked(forget_a_guard, (locked.clone(),))));
        assert!(locked.lock().unwrap().previous_owner_died());
    }
}

thread_local! {
    static GUARD: RefCell<Option<Guard<u64>>> = const { RefCell::new(None) };
}

fn use_the_parents_guard() -> bool {
    let mut guard = GUARD.take().unwrap();
    std::panic::set_hook(Box::new(|_| ()));
    let refused = catch_unwind(AssertUnwindSafe(|| guard[0] = 1)).is_err();
    drop(guard);
    refused
}

fn a_guards_copy_in_a_forked_child_is_none() {
    let locked = Locked::new(&[9_u64]).unwrap();
    GUARD.set(Some(locked.lock().unwrap()));
    assert!(joined(forked(use_the_parents_guard, ())));
    // The child's drop has not unlocked it.
    assert_eq!(locked.lock().unwrap_err(), LockError::HeldByThisThread);
    assert_eq!(**GUARD.take().as_ref().unwrap(), [9]);
    assert!(locked.lock().is_ok());
}

fn main() -> ExitCode {
    register(put_numbers);
    register(take_all);
    register(wait_in_get);
    register(wait_for_end);
    register(answer);
    register(count_up);
    register(lock_and_wait);
    testing::tests![
        a_queue_takes_as_many_small_items_as_it_was_made_for,
        an_item_at_the_documented_size_counts_as_a_small_one,
        items_of_one_producer_arrive_in_order,
        every_item_goes_to_exactly_one_of_many_consumers,
        items_of_any_size_arrive_whole,
        items_of_no_size_are_items,
        what_was_put_is_found_at_once_in_another_process,
        all_that_put_returned_for_arrives_though_the_producer_died_at_once,
        what_is_not_sent_is_given_back,
        what_does_not_come_is_told_apart,
        a_queue_for_nothing_or_for_too_much_is_refused,
        a_descriptor_in_an_item_is_an_encode_error,
        what_cannot_be_decoded_is_an_error_and_the_next_item_is_fine,
        with_no_descriptor_left_the_error_says_so_and_small_items_pass,
        a_killed_peer_is_gone_also_with_items_unread,
        a_producer_that_waits_is_told_when_the_last_consumer_goes,
        all_consumers_that_wait_are_told_when_the_last_producer_goes,
        when_a_waiting_consumer_is_killed_the_others_go_on,
        of_a_producer_killed_in_the_middle_of_a_large_item_nothing_is_left,
        an_item_far_larger_than_the_queue_arrives_whole,
        a_stopped_process_holds_up_nobody,
        a_sibling_keeps_no_end_that_it_was_not_given,
        two_processes_at_one_end_never_mix_their_items,
        a_connection_speaks_both_ways_by_both_start_methods,
        a_length_is_a_hint_and_emptiness_is_exact,
        a_limit_for_files_is_an_error_of_that_put_not_a_signal,
        two_processes_lose_no_increment,
        the_next_owner_of_a_lock_is_told_that_the_last_one_was_killed,
        a_thread_that_locks_twice_is_told,
        a_forgotten_guard_keeps_the_lock_until_its_process_ends,
        a_guards_copy_in_a_forked_child_is_none,
    ]
}
