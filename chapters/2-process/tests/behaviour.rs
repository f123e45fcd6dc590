//! What the library promises, by both start methods where both can keep it.
#![allow(clippy::unwrap_used, reason = "a test says by a panic what went wrong")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{Read, Write, pipe};
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Command, ExitCode, id};
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::PollFlags;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::{Pid, dup, pause};
use process::ready::{Deadline, wait_ready};
use process::{
    Builder, Descriptor, End, JoinError, Process, SpawnError, StartMethod, Target, register,
};
use serde::de::{DeserializeOwned, Error as _};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use testing::{children_left, descriptors, run};

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

fn joined<R: DeserializeOwned>(mut process: Process<R>) -> Result<R, JoinError> {
    process.join_timeout(PATIENCE).transpose().expect("it ends in time")
}

fn ended<R>(process: &mut Process<R>) -> End {
    process.wait_timeout(PATIENCE).expect("it can be waited for").expect("it ends in time")
}

/// Reads to the end, under a deadline.
fn read_all(mut reader: impl Read + AsFd) -> Vec<u8> {
    let deadline = Deadline::after(PATIENCE);
    let (mut read, mut buffer) = (Vec::new(), [0; 1024]);
    loop {
        let ready = wait_ready(reader.as_fd(), PollFlags::POLLIN, deadline).unwrap();
        assert!(ready, "no end of the stream after {read:?}");
        match reader.read(&mut buffer).unwrap() {
            0 => return read,
            length => read.extend_from_slice(&buffer[..length]),
        }
    }
}

/// Two ends of a pipe that can be given to a child.
fn ends() -> (Descriptor, Descriptor) {
    let (reader, writer) = pipe().unwrap();
    (OwnedFd::from(reader).into(), OwnedFd::from(writer).into())
}

fn file(descriptor: Descriptor) -> File {
    OwnedFd::from(descriptor).into()
}

/// Whether a child is a zombie; reaps none.
fn a_zombie_is_there() -> bool {
    let look = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    match waitid(Id::All, look) {
        Ok(WaitStatus::StillAlive) | Err(Errno::ECHILD) => false,
        Ok(_) => true,
        Err(error) => panic!("waitid: {error}"),
    }
}

// Targets.

fn add(a: u32, b: u32) -> u32 {
    a + b
}

fn large(length: usize) -> Vec<u8> {
    (0..length).map(|index| index as u8).collect()
}

fn panicking(text: String) {
    panic!("no more {text}");
}

fn exiting(code: i32) {
    std::process::exit(code);
}

fn killed_by_number(signal: u32) {
    let command = format!("kill -{signal} {}", id());
    let _ = Command::new("sh").args(["-c", &command]).status();
    loop {
        pause();
    }
}

fn wait_for_end(go: Descriptor) -> u32 {
    read_all(file(go));
    7
}

fn block_sigterm_and_wait(ready: Descriptor) {
    let mut blocked = SigSet::empty();
    blocked.add(Signal::SIGTERM);
    blocked.thread_block().unwrap();
    drop(ready);
    loop {
        pause();
    }
}

fn say_hello(writer: Descriptor) {
    file(writer).write_all(b"hello").unwrap();
}

fn hold(_given: Descriptor) {
    loop {
        pause();
    }
}

/// What is open in this process behind standard input, output and error.
fn open_here(_given: Descriptor) -> Vec<String> {
    let open = descriptors().into_iter().filter(|&fd| fd > 2);
    open.map(|fd| fs::read_link(format!("/proc/self/fd/{fd}")).unwrap())
        .map(|link| link.to_string_lossy().into_owned())
        .collect()
}

/// What is open in a program that this process runs.
fn open_in_a_program(_given: Descriptor) -> usize {
    let listing = Command::new("ls").arg("/proc/self/fd").output().unwrap();
    String::from_utf8(listing.stdout).unwrap().lines().count()
}

fn nothing_is_left_here() -> Option<String> {
    children_left()
}

fn keep_a_child(die: bool, exec: bool, writer: Descriptor) {
    let start = if exec { StartMethod::Exec } else { StartMethod::Fork };
    let theirs = writer.try_clone().unwrap();
    let child = Builder::new().start(start).die_with_parent(die).spawn(hold, (theirs,)).unwrap();
    writeln!(file(writer), "{}", child.pid()).unwrap();
    loop {
        pause();
    }
}

fn return_a_descriptor() -> Descriptor {
    ends().0
}

fn return_undecodable() -> Undecodable {
    Undecodable
}

fn return_unencodable() -> Unencodable {
    Unencodable
}

fn return_panicking() -> PanicsWhenEncoded {
    PanicsWhenEncoded
}

fn doubler() -> impl Fn(u32) -> u32 + Copy + 'static {
    |number| number * 2
}

fn two_of_one_name() -> (impl Fn() -> u32 + Copy + 'static, impl Fn() -> u32 + Copy + 'static) {
    (|| 1, || 2)
}

fn nobody_registered_me() {}

fn registered_by_the_parent_only() {}

#[derive(Serialize)]
struct Undecodable;

impl<'de> Deserialize<'de> for Undecodable {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(D::Error::custom("cannot be decoded"))
    }
}

#[derive(Deserialize)]
struct Unencodable;

impl Serialize for Unencodable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("cannot be encoded"))
    }
}

#[derive(Debug, Deserialize)]
struct PanicsWhenEncoded;

impl Serialize for PanicsWhenEncoded {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        panic!("encoding panicked");
    }
}

#[derive(Deserialize)]
struct Twice(Descriptor);

impl Serialize for Twice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.0, &self.0).serialize(serializer)
    }
}

// Join and its like.

fn a_child_returns_a_value() {
    for method in METHODS {
        assert_eq!(spawn(method, add, (2, 3)).join().unwrap(), 5, "{method:?}");
    }
}

fn a_closure_without_captures_is_a_target() {
    assert_eq!(joined(Process::spawn(|a: u32| a + 1, (1,)).unwrap()).unwrap(), 2);
    for method in METHODS {
        assert_eq!(joined(spawn(method, doubler(), (21,))).unwrap(), 42);
    }
}

fn a_result_of_50_megabytes_does_not_block_join() {
    let length = 50 << 20;
    for method in METHODS {
        let result = spawn(method, large, (length,)).join().unwrap();
        assert!(result == large(length), "{method:?}: {} bytes", result.len());
    }
}

fn chatty() -> Vec<u32> {
    // Without an end of line it is written last of all.
    print!("what nobody reads");
    vec![7; 1_000]
}

fn joins_without_output(exec: bool) -> Vec<u32> {
    nix::unistd::close(1).unwrap();
    let method = if exec { StartMethod::Exec } else { StartMethod::Fork };
    joined(spawn(method, chatty, ())).unwrap()
}

fn a_result_arrives_where_standard_output_is_closed() {
    for exec in [false, true] {
        let child = spawn(StartMethod::Fork, joins_without_output, (exec,));
        assert_eq!(joined(child).unwrap(), vec![7; 1_000], "exec: {exec}");
    }
}

fn a_panic_is_told_with_its_message() {
    for method in METHODS {
        let mut process = spawn(method, panicking, ("tea".to_owned(),));
        let end = ended(&mut process);
        assert_eq!(end, End::Panicked("no more tea".to_owned()));
        assert_eq!(end.exit_code(), 101);
        let pid = process.pid();
        match joined(process).unwrap_err() {
            JoinError::Ended { pid: ended, end: same, name } => {
                assert_eq!((ended, same), (pid, end));
                assert!(name.starts_with("Process-"), "{name}");
            }
            other => panic!("{other:?}"),
        }
    }
}

fn an_exit_code_is_told() {
    for method in METHODS {
        for code in [0, 3, 101, 255] {
            let error = joined(spawn(method, exiting, (code,))).unwrap_err();
            let JoinError::Ended { end, .. } = error else { panic!("{error:?}") };
            assert_eq!((end.exit_code(), end), (code, End::Exited(code)));
        }
    }
}

fn a_signal_is_told_even_a_real_time_one() {
    for method in METHODS {
        let mut process = spawn(method, killed_by_number, (9,));
        let end = ended(&mut process);
        assert_eq!((end.signal(), end.exit_code()), (Some(Signal::SIGKILL), -9));
        let mut process = spawn(method, killed_by_number, (34,));
        let end = ended(&mut process);
        assert_eq!((end.signal(), end.exit_code(), end), (None, -34, End::Signaled(34)));
    }
}

fn wait_says_the_same_again() {
    let mut process = spawn(StartMethod::Fork, exiting, (4,));
    for _ in 0..2 {
        assert_eq!(process.wait().unwrap(), End::Exited(4));
        assert_eq!(process.wait_timeout(Duration::ZERO).unwrap(), Some(End::Exited(4)));
        assert!(!process.is_alive());
    }
}

fn a_join_can_be_tried_and_given_a_time() {
    for method in METHODS {
        let (reader, writer) = ends();
        let mut process = spawn(method, wait_for_end, (reader,));
        assert!(process.is_alive());
        assert!(process.try_join().unwrap().is_none());
        let before = Instant::now();
        assert!(process.join_timeout(SHORT).unwrap().is_none());
        assert!(before.elapsed() >= SHORT);
        assert!(process.wait_timeout(SHORT).unwrap().is_none());
        drop(writer);
        assert_eq!(process.join_timeout(PATIENCE).unwrap(), Some(7));
        assert_eq!(process.try_join().unwrap(), Some(7));
        assert!(!process.is_alive());
    }
}

fn an_unreadable_result_is_a_typed_error() {
    fn reason<R: DeserializeOwned>(process: Process<R>) -> String {
        match joined(process).map(drop).unwrap_err() {
            JoinError::Result { reason, .. } => reason,
            other => panic!("{other:?}"),
        }
    }
    for method in METHODS {
        assert!(!reason(spawn(method, return_undecodable, ())).is_empty());
        assert!(!reason(spawn(method, return_unencodable, ())).is_empty());
        assert!(!reason(spawn(method, return_a_descriptor, ())).is_empty());
    }
}

// Signals.

fn terminate_ends_a_child_that_does_not_block_it() {
    for method in METHODS {
        let (_reader, writer) = ends();
        let mut process = spawn(method, hold, (writer,));
        process.terminate().unwrap();
        assert_eq!(ended(&mut process).signal(), Some(Signal::SIGTERM));
    }
}

fn kill_ends_a_child_that_blocks_terminate() {
    for method in METHODS {
        let (reader, writer) = ends();
        let mut process = spawn(method, block_sigterm_and_wait, (writer,));
        read_all(file(reader));
        process.terminate().unwrap();
        assert_eq!(process.wait_timeout(SHORT).unwrap(), None);
        process.kill().unwrap();
        assert_eq!(ended(&mut process).signal(), Some(Signal::SIGKILL));
    }
}

fn a_signal_to_one_that_ended_does_nothing() {
    let mut process = spawn(StartMethod::Fork, add, (1, 1));
    assert!(wait_ready(process.pidfd(), PollFlags::POLLIN, Deadline::after(PATIENCE)).unwrap());
    // A zombie first, then reaped.
    for _ in 0..2 {
        process.terminate().unwrap();
        process.kill().unwrap();
        assert_eq!(ended(&mut process), End::Exited(0));
    }
    assert_eq!(process.join().unwrap(), 2);
}

// Drop.

fn dropped_handles_leave_no_zombie_after_a_later_spawn() {
    let (reader, writer) = ends();
    let mut pidfds = Vec::new();
    for _ in 0..20 {
        let process = spawn(StartMethod::Fork, wait_for_end, (reader.try_clone().unwrap(),));
        pidfds.push(process.pidfd().try_clone_to_owned().unwrap());
    }
    drop(writer);
    for pidfd in &pidfds {
        assert!(wait_ready(pidfd, PollFlags::POLLIN, Deadline::after(PATIENCE)).unwrap());
    }
    assert!(a_zombie_is_there(), "otherwise this test shows nothing");
    let (go, writer) = ends();
    let later = spawn(StartMethod::Fork, wait_for_end, (go,));
    assert!(!a_zombie_is_there());
    drop(writer);
    joined(later).unwrap();
}

fn a_dropped_handle_of_an_ended_child_reaps_it() {
    let process = spawn(StartMethod::Fork, add, (1, 1));
    assert!(wait_ready(process.pidfd(), PollFlags::POLLIN, Deadline::after(PATIENCE)).unwrap());
    assert!(a_zombie_is_there());
    drop(process);
    assert!(!a_zombie_is_there());
}

fn a_childs_files_outlive_the_handles_its_parent_dropped() {
    // The numbers of the parent's descriptors are given out anew in the child.
    fn files_stay_open_across_a_spawn() -> bool {
        let files: Vec<File> = (0..40).map(|_| File::open("/dev/null").unwrap()).collect();
        let before = descriptors();
        assert_eq!(spawn(StartMethod::Fork, add, (1, 2)).join().unwrap(), 3);
        let after = descriptors();
        std::mem::forget(files);
        before == after
    }
    let (reader, writer) = ends();
    let mut pidfds = Vec::new();
    for _ in 0..5 {
        let process = spawn(StartMethod::Fork, wait_for_end, (reader.try_clone().unwrap(),));
        pidfds.push(process.pidfd().try_clone_to_owned().unwrap());
    }
    assert!(joined(spawn(StartMethod::Fork, files_stay_open_across_a_spawn, ())).unwrap());
    drop(writer);
    for pidfd in &pidfds {
        assert!(wait_ready(pidfd, PollFlags::POLLIN, Deadline::after(PATIENCE)).unwrap());
    }
    joined(spawn(StartMethod::Fork, add, (1, 2))).unwrap();
}

fn a_forked_copy_of_a_handle_does_nothing() {
    static HANDLE: Mutex<Option<Process<u32>>> = Mutex::new(None);
    fn use_the_copy() -> Vec<bool> {
        let mut copy = HANDLE.lock().unwrap().take().unwrap();
        let refused = vec![
            copy.kill() == Err(Errno::ECHILD),
            matches!(copy.wait(), Err(JoinError::Wait { source: Errno::ECHILD, .. })),
            !copy.is_alive(),
            copy.try_join().is_err(),
        ];
        drop(copy);
        refused
    }
    let (reader, writer) = ends();
    *HANDLE.lock().unwrap() = Some(spawn(StartMethod::Fork, wait_for_end, (reader,)));
    let refused = joined(spawn(StartMethod::Fork, use_the_copy, ())).unwrap();
    assert_eq!(refused, [true; 4]);
    let mut process = HANDLE.lock().unwrap().take().unwrap();
    assert!(process.is_alive());
    drop(writer);
    assert_eq!(joined(process).unwrap(), 7);
}

// Threads.

fn a_fork_beside_a_second_thread_is_refused_and_exec_is_not() {
    let (sender, receiver) = mpsc::channel::<()>();
    let thread = thread::spawn(move || receiver.recv());
    match Process::spawn(add, (1, 2)) {
        Err(SpawnError::Threads { threads: 2 }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(children_left(), None);
    assert_eq!(joined(spawn(StartMethod::Exec, add, (1, 2))).unwrap(), 3);
    drop(sender);
    thread.join().unwrap().unwrap_err();
    assert_eq!(joined(spawn(StartMethod::Fork, add, (1, 2))).unwrap(), 3);
}

fn a_thread_that_was_joined_does_not_stop_a_fork() {
    for _ in 0..300 {
        // Several, so that they leave the kernel's list at a time when this thread already goes on.
        let threads: Vec<_> = (0..8).map(|_| thread::spawn(|| {})).collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        joined(spawn(StartMethod::Fork, add, (1, 2))).unwrap();
    }
}

// Descriptors.

fn a_child_keeps_only_what_it_was_given() {
    let (_others_reader, others_writer) = ends();
    // A Rust program's descriptors are close-on-exec; a C library's may not be.
    let leaky = dup(&others_writer).unwrap();
    for method in METHODS {
        let (reader, _writer) = ends();
        let pipe = fs::read_link(format!("/proc/self/fd/{}", fd_of(&reader))).unwrap();
        let expected: BTreeSet<String> =
            ["/memfd:outcome (deleted)".to_owned(), pipe.to_string_lossy().into_owned()].into();
        let open = joined(spawn(method, open_here, (reader,))).unwrap();
        assert_eq!(open.len(), 2, "{method:?}: {open:?}");
        assert_eq!(BTreeSet::from_iter(open), expected, "{method:?}");
    }
    drop(leaky);
}

fn fd_of(descriptor: &Descriptor) -> i32 {
    std::os::fd::AsRawFd::as_raw_fd(&descriptor.as_fd())
}

fn what_a_child_was_given_does_not_reach_programs_it_runs() {
    for method in METHODS {
        let (reader, _writer) = ends();
        // Standard input, output, error, and the folder that `ls` reads.
        assert_eq!(joined(spawn(method, open_in_a_program, (reader,))).unwrap(), 4, "{method:?}");
    }
}

fn a_descriptor_arrives_and_its_stream_ends_with_the_child() {
    for method in METHODS {
        let (reader, writer) = ends();
        let process = spawn(method, say_hello, (writer,));
        assert_eq!(read_all(file(reader)), b"hello", "{method:?}");
        joined(process).unwrap();
    }
}

fn a_sibling_does_not_keep_a_stream_open() {
    for method in METHODS {
        let (reader, writer) = ends();
        let mut first = spawn(method, hold, (writer,));
        let (_others_reader, others_writer) = ends();
        let mut second = spawn(method, hold, (others_writer,));
        first.kill().unwrap();
        assert_eq!(read_all(file(reader)), b"");
        assert!(second.is_alive());
        second.kill().unwrap();
        ended(&mut first);
        ended(&mut second);
    }
}

fn a_descriptor_travels_only_in_the_arguments_of_a_spawn() {
    let (reader, writer) = ends();
    assert!(postcard::to_stdvec(&reader).is_err());
    fn never((): (), _: Twice) {}
    let refused = Process::spawn(never, ((), Twice(writer)));
    assert!(matches!(refused, Err(SpawnError::Args { .. })), "{refused:?}");
    // Also after a spawn that failed, and after one that panicked.
    assert!(postcard::to_stdvec(&reader).is_err());
    fn nor_this(_: PanicsWhenEncoded) {}
    let panicked = std::panic::catch_unwind(|| Process::spawn(nor_this, (PanicsWhenEncoded,)));
    assert!(panicked.is_err());
    assert!(postcard::to_stdvec(&reader).is_err());
}

// What a child must not do.

fn no_destructor_of_the_parent_runs_in_a_child() {
    struct OnlyIn(u32);
    impl Drop for OnlyIn {
        fn drop(&mut self) {
            if id() != self.0 {
                std::process::exit(77);
            }
        }
    }
    let _guard = OnlyIn(id());
    assert_eq!(ended(&mut spawn(StartMethod::Fork, add, (1, 2))), End::Exited(0));
    let mut panics = spawn(StartMethod::Fork, panicking, ("tea".to_owned(),));
    assert_eq!(ended(&mut panics), End::Panicked("no more tea".to_owned()));
    let mut panics_late = spawn(StartMethod::Fork, return_panicking, ());
    assert_eq!(ended(&mut panics_late), End::Panicked("encoding panicked".to_owned()));
}

fn nothing_is_printed_twice() {
    let this = std::env::current_exe().unwrap();
    let run = run(this, &["probe", "print"]).succeeded();
    assert_eq!(run.stdout, "once, by the parent; and once by each child, child\n");
}

fn probe_print() {
    print!("once, by the parent; and once by each");
    for (child, mark) in [(0, " "), (1, ", ")] {
        let mark = mark.to_owned();
        let process = Process::spawn(|mark: String| print!("{mark}child"), (mark,)).unwrap();
        process.join().unwrap_or_else(|error| panic!("{child}: {error}"));
    }
    println!();
}

fn a_child_dies_with_its_parent_if_asked_to() {
    for (method, die) in METHODS.into_iter().flat_map(|method| [(method, true), (method, false)]) {
        let (reader, writer) = pipe().unwrap();
        let args = (die, method == StartMethod::Exec, OwnedFd::from(writer).into());
        let mut parent = spawn(StartMethod::Fork, keep_a_child, args);
        let mut line = Vec::new();
        while line.last() != Some(&b'\n') {
            let mut byte = [0];
            assert!(wait_ready(&reader, PollFlags::POLLIN, Deadline::after(PATIENCE)).unwrap());
            assert_eq!((&reader).read(&mut byte).unwrap(), 1);
            line.extend(byte);
        }
        let grandchild = Pid::from_raw(String::from_utf8(line).unwrap().trim().parse().unwrap());
        parent.kill().unwrap();
        assert_eq!(ended(&mut parent).signal(), Some(Signal::SIGKILL));
        // The grandchild holds the last write end: the stream ends with it.
        let patience = if die { PATIENCE } else { SHORT };
        let died = wait_ready(&reader, PollFlags::POLLIN, Deadline::after(patience)).unwrap();
        if !died {
            kill(grandchild, Signal::SIGKILL).unwrap();
        }
        assert_eq!(died, die, "{method:?}");
        assert_eq!(read_all(reader), b"");
    }
}

// What cannot be started.

fn a_target_that_is_not_registered_is_a_typed_error() {
    let exec = Builder::new().start(StartMethod::Exec);
    match exec.spawn(nobody_registered_me, ()) {
        Err(SpawnError::NotRegistered { target }) => {
            assert!(target.ends_with("nobody_registered_me"));
        }
        other => panic!("{other:?}"),
    }
    // Only the first of two closures with one name is registered.
    let (first, second) = two_of_one_name();
    assert_eq!(joined(exec.spawn(first, ()).unwrap()).unwrap(), 1);
    let refused = exec.spawn(second, ());
    assert!(matches!(refused, Err(SpawnError::NotRegistered { .. })), "{refused:?}");
}

fn a_child_that_finds_no_registration_starts_nothing() {
    let mut process = spawn(StartMethod::Exec, registered_by_the_parent_only, ());
    assert_eq!(ended(&mut process), End::Exited(i32::from(NOT_CLAIMED)));
}

const NOT_CLAIMED: u8 = 42;

fn too_few_descriptors_are_a_typed_error_and_leave_no_child() {
    fn try_every_limit(exec: bool) -> Vec<Option<String>> {
        let start = if exec { StartMethod::Exec } else { StartMethod::Fork };
        let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
        let mut outcomes = Vec::new();
        let before = descriptors();
        let used = *before.last().unwrap() as u64 + 1;
        for limit in used..used + 8 {
            setrlimit(Resource::RLIMIT_NOFILE, limit, most).unwrap();
            let spawned = Builder::new().start(start).spawn(add, (1, 2));
            setrlimit(Resource::RLIMIT_NOFILE, most, most).unwrap();
            outcomes.push(match spawned {
                Ok(process) => match process.join() {
                    Ok(3) => None,
                    other => Some(format!("{other:?}")),
                },
                Err(SpawnError::System { source: Errno::EMFILE, .. }) => Some("EMFILE".to_owned()),
                Err(error) => Some(error.to_string()),
            });
            assert_eq!(children_left(), None);
            assert_eq!(descriptors(), before);
        }
        outcomes
    }
    for exec in [false, true] {
        let outcomes = joined(Process::spawn(try_every_limit, (exec,)).unwrap()).unwrap();
        let refused = outcomes.iter().take_while(|outcome| outcome.is_some()).count();
        assert!((1..8).contains(&refused), "{outcomes:?}");
        let emfile = Some("EMFILE".to_owned());
        assert!(outcomes[..refused].iter().all(|outcome| *outcome == emfile), "{outcomes:?}");
        assert!(outcomes[refused..].iter().all(Option::is_none), "{outcomes:?}");
    }
}

fn a_child_begins_without_children() {
    let (_reader, writer) = ends();
    let mut running = spawn(StartMethod::Fork, hold, (writer,));
    assert_eq!(joined(spawn(StartMethod::Fork, nothing_is_left_here, ())).unwrap(), None);
    running.kill().unwrap();
    ended(&mut running);
}

fn main() -> ExitCode {
    register(add);
    register(large);
    register(chatty);
    register(panicking);
    register(exiting);
    register(killed_by_number);
    register(wait_for_end);
    register(block_sigterm_and_wait);
    register(say_hello);
    register(hold);
    register(open_here);
    register(open_in_a_program);
    register(return_a_descriptor);
    register(return_undecodable);
    register(return_unencodable);
    register(doubler());
    register(two_of_one_name().0);
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("probe") => {
            probe_print();
            return ExitCode::SUCCESS;
        }
        Some("__process_exec_child__") => {
            let refused = Process::spawn(add, (1, 2));
            let not_claimed = matches!(refused, Err(SpawnError::NotClaimed));
            return if not_claimed { ExitCode::from(NOT_CLAIMED) } else { ExitCode::FAILURE };
        }
        _ => register(registered_by_the_parent_only),
    }
    testing::tests![
        a_child_returns_a_value,
        a_closure_without_captures_is_a_target,
        a_result_of_50_megabytes_does_not_block_join,
        a_result_arrives_where_standard_output_is_closed,
        a_panic_is_told_with_its_message,
        an_exit_code_is_told,
        a_signal_is_told_even_a_real_time_one,
        wait_says_the_same_again,
        a_join_can_be_tried_and_given_a_time,
        an_unreadable_result_is_a_typed_error,
        terminate_ends_a_child_that_does_not_block_it,
        kill_ends_a_child_that_blocks_terminate,
        a_signal_to_one_that_ended_does_nothing,
        dropped_handles_leave_no_zombie_after_a_later_spawn,
        a_dropped_handle_of_an_ended_child_reaps_it,
        a_childs_files_outlive_the_handles_its_parent_dropped,
        a_forked_copy_of_a_handle_does_nothing,
        a_fork_beside_a_second_thread_is_refused_and_exec_is_not,
        a_thread_that_was_joined_does_not_stop_a_fork,
        a_child_keeps_only_what_it_was_given,
        what_a_child_was_given_does_not_reach_programs_it_runs,
        a_descriptor_arrives_and_its_stream_ends_with_the_child,
        a_sibling_does_not_keep_a_stream_open,
        a_descriptor_travels_only_in_the_arguments_of_a_spawn,
        no_destructor_of_the_parent_runs_in_a_child,
        nothing_is_printed_twice,
        a_child_dies_with_its_parent_if_asked_to,
        a_target_that_is_not_registered_is_a_typed_error,
        a_child_that_finds_no_registration_starts_nothing,
        too_few_descriptors_are_a_typed_error_and_leave_no_child,
        a_child_begins_without_children,
    ]
}
