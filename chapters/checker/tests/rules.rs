//! The rules: each is broken once, and named; what keeps them is left in peace.

#[path = "sys/futex.rs"]
mod futex;
mod shared;

use std::env;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Duration;

use checker::{Check, pid_in};
use process::Process;
use queue::shared::Locked;
use queue::{Connection, Queue, duplex};
use shared::{names, script};

/// Tells this program to wait for a lock that it holds.
const LOCK: &str = "LOCK_TWICE";
/// Tells it to wait for an item of a queue whose producer it holds itself.
const QUEUE: &str = "QUEUE_OPEN";
/// Tells it to wait a while, as for a semaphore that processes share.
const WHILE: &str = "WAIT_A_WHILE";
/// Tells it to take two locks that processes share in two orders.
const CROSSED: &str = "LOCKS_CROSSED";

#[track_caller]
fn found(text: &str) -> Vec<String> {
    let ended = script(text).run().expect("it starts");
    names(&ended).into_iter().map(str::to_owned).collect()
}

fn what_keeps_the_rules_has_no_problem() {
    assert_eq!(found("sleep 0.1 & sleep 0.1 & wait; echo done"), Vec::<String>::new());
}

fn a_zombie_is_seen_though_its_parent_has_gone() {
    // The shell becomes a program that knows nothing of its child.
    assert_eq!(found("true & exec sleep 0.3"), ["zombies"]);
    // It ends a moment after its parent would have.
    assert_eq!(found("sleep 0.1 & exec true"), ["zombies"]);
}

fn a_process_that_outlives_the_main_one_is_named() {
    let ended = script("sleep 1000 & exec true").run().expect("it starts");
    assert_eq!(names(&ended), ["outliving"], "{ended:#?}");
    assert!(ended.problems()[0].message.contains("(sleep)"), "{ended:#?}");
}

fn an_orphan_is_one_although_it_ends_in_time() {
    assert_eq!(found("(sleep 0.3 &); sleep 0.5"), ["orphans"]);
}

fn a_rule_can_be_switched_off() {
    let case = script("(sleep 0.3 &); sleep 0.5").allow("orphans");
    assert_eq!(names(&case.run().expect("it starts")), Vec::<&str>::new());
}

fn a_descriptor_that_is_open_at_the_end_is_named_by_what_it_leads_to() {
    let ended = script("exec 5</dev/null").run().expect("it starts");
    assert_eq!(names(&ended), ["descriptors"], "{ended:#?}");
    assert!(ended.problems()[0].message.contains("5 → /dev/null"), "{ended:#?}");
}

fn shared_memory_with_a_name_is_named_and_removed() {
    let name = format!("/dev/shm/checker-test-{}", std::process::id());
    let ended = script(&format!("echo leaked >{name}")).run().expect("it starts");
    assert_eq!(names(&ended), ["shared-memory"], "{ended:#?}");
    assert!(ended.problems()[0].message.contains(&name), "{ended:#?}");
    assert!(!Path::new(&name).exists());
    // One that somebody still has open is somebody's.
    let other = fs::File::create(&name).expect("/dev/shm");
    assert_eq!(found(&format!("echo used >{name}")), Vec::<String>::new());
    drop(other);
    fs::remove_file(&name).expect("it is there");
}

fn a_deadlock_says_who_waits_for_what() {
    let text = "mkfifo pipe; exec 3<>pipe; exec cat <&3 3>&-";
    let ended = script(text).run().expect("it starts");
    // `cat` reads from a pipe that only itself could write to.
    assert_eq!(names(&ended), ["deadlock"], "{ended:#?}");
    let message = &ended.problems()[0].message;
    assert!(message.contains("(cat): read") && message.contains("itself"), "{message}");
    assert!(ended.seconds() < 3.0, "before the deadline: {ended:#?}");
}

fn a_deadlock_of_two_processes_names_both() {
    let text = "mkfifo a b; cat <>a >>b & cat <>b >>a & wait";
    let ended = script(text).run().expect("it starts");
    assert_eq!(names(&ended), ["deadlock"], "{ended:#?}");
    let message = &ended.problems()[0].message;
    assert_eq!(message.matches("(cat): read").count(), 2, "{message}");
    assert!(message.contains("(sh): "), "{message}");
}

fn a_lock_taken_twice_is_a_deadlock_on_a_lock() {
    let case = checker::Case::new(env::current_exe().expect("this program")).env(LOCK, "1");
    let ended = case.run().expect("it starts");
    assert_eq!(names(&ended), ["deadlock"], "{ended:#?}");
    assert!(ended.problems()[0].message.contains("futex ← a lock"), "{ended:#?}");
}

fn locks_taken_in_two_orders_are_a_deadlock_of_both_processes() {
    let case = checker::Case::new(env::current_exe().expect("this program")).env(CROSSED, "1");
    let ended = case.run().expect("it starts");
    assert_eq!(names(&ended), ["deadlock"], "{ended:#?}");
    let message = &ended.problems()[0].message;
    assert_eq!(message.matches("futex ← a lock in shared memory").count(), 2, "{message}");
}

fn who_waits_at_a_queue_is_told_who_holds_the_other_end() {
    let case = checker::Case::new(env::current_exe().expect("this program")).env(QUEUE, "1");
    let ended = case.run().expect("it starts");
    assert_eq!(names(&ended), ["deadlock"], "{ended:#?}");
    let message = &ended.problems()[0].message;
    assert!(message.contains("empty; other end held by: PID"), "{message}");
    assert!(message.contains(" itself"), "{message}");
}

fn what_waits_for_its_input_or_for_a_time_is_no_deadlock() {
    let mut running = script("read line; echo $line").interactive().start().expect("it starts");
    assert!(!running.until(2, |lines| !lines.is_empty()));
    running.give("after a while\n");
    assert_eq!(running.line(|_| true).as_deref(), Some("after a while"));
    assert_eq!(names(&running.finish()), Vec::<&str>::new());
    assert_eq!(found("sleep 2.5"), Vec::<String>::new());
    let case = checker::Case::new(env::current_exe().expect("this program")).env(WHILE, "1");
    assert_eq!(names(&case.run().expect("it starts")), Vec::<&str>::new());
}

fn a_failure_tells_what_it_said() {
    let ended = script("echo because >&2; exit 3").run().expect("it starts");
    assert_eq!(names(&ended), ["failed"]);
    let message = &ended.problems()[0].message;
    assert!(message.contains("exit code 3") && message.contains("because"), "{message}");
    assert_eq!(found("kill -9 $$"), ["failed"]);
    let nothing = checker::Case::new("/nowhere").run().expect("the checker starts");
    assert_eq!(names(&nothing), ["not-started"]);
}

fn a_process_that_is_announced_can_be_killed() {
    let text = "sh -c 'echo \"item 3 (PID: $$)\"; exec sleep 1000' & wait $!; echo status $?";
    let mut running = script(text).start().expect("it starts");
    let line = running.kill_when(|line| line.starts_with("item 3")).expect("it is announced");
    assert!(pid_in(&line).is_some());
    let ended = running.finish();
    assert_eq!(ended.lines().last(), Some(&"status 137"), "{ended:#?}");
    assert_eq!(names(&ended), Vec::<&str>::new());
}

fn files_arguments_and_input_reach_the_answer_and_its_files_come_back() {
    let case = script("cat in/a.txt - >out.txt; echo $0 $MORE $LESSON_LANG; pwd")
        .args(["first"])
        .file("in/a.txt", "from a file\n")
        .stdin("from standard input\n")
        .env("MORE", "more");
    let ended = case.run().expect("it starts");
    assert_eq!(ended.lines()[0], "first more en");
    assert_eq!(ended.file("out.txt").as_deref(), Some("from a file\nfrom standard input\n"));
    let folder = ended.lines()[1].to_owned();
    drop(ended);
    assert!(!Path::new(&folder).exists());
}

fn processes_and_memory_are_counted() {
    let ended = script("sleep 0.3 & sleep 0.3 & wait").run().expect("it starts");
    assert_eq!(ended.most_processes(), 3, "{ended:#?}");
    // However short they live.
    let ended = script("true & true & wait; true & wait; true").processes(3).run();
    let ended = ended.expect("it starts");
    assert!(ended.most_processes() >= 2 && names(&ended).is_empty(), "{ended:#?}");
    let ended = script("sleep 0.3 & sleep 0.3 & wait").processes(2).run().expect("it starts");
    assert_eq!(names(&ended), ["processes"], "{ended:#?}");
    let text = "head -c 60M /dev/zero | tail -c 60M >/dev/null";
    let ended = script(text).run().expect("it starts");
    assert!((40..200).contains(&ended.most_memory()), "{}", ended.most_memory());
}

fn items_lost_duplicated_and_strange_are_named() {
    let problems = |found: &[u32], wanted: &[u32]| {
        let mut check = Check::new("/bin/true");
        check.items(found, wanted);
        check.order(found, wanted);
        let names = check.problems().iter().map(|it| it.name.clone());
        names.collect::<Vec<String>>().join(" ")
    };
    assert_eq!(problems(&[1, 2, 3], &[1, 2, 3]), "");
    assert_eq!(problems(&[1, 3, 2], &[1, 2, 3]), "order");
    assert_eq!(problems(&[1, 3], &[1, 2, 3]), "lost");
    assert_eq!(problems(&[1, 2, 2, 3], &[1, 2, 3]), "duplicated");
    assert_eq!(problems(&[1, 2, 3, 4], &[1, 2, 3]), "results");
}

fn a_speed_up_is_a_ratio_of_two_runs() {
    let (slow, fast) = (script("sleep 0.4"), script("sleep 0.1"));
    let mut check = Check::new("/bin/true");
    check.faster(&slow, &fast, 2.0).expect("it starts");
    assert!(check.is_good(), "{check:?}");
    check.faster(&slow, &slow, 2.0).expect("it starts");
    assert_eq!(check.problems()[0].name, "speed-up", "{check:?}");
}

fn lock_twice() {
    let lock = Mutex::new(());
    let _held = lock.lock();
    let _never = lock.lock();
}

fn take_both(first: Locked<u8>, second: Locked<u8>, both: Connection<(), ()>) {
    let _first = first.lock().expect("a lock");
    both.send(()).expect("the other one is there");
    both.recv().expect("the other one is there");
    let _never = second.lock().expect("a lock");
}

fn cross_locks() {
    let [first, second] = [(); 2].map(|()| Locked::new(&[0_u8]).expect("memory"));
    let (here, there) = duplex().expect("a pipe");
    let other = Process::spawn(take_both, (second.clone(), first.clone(), there));
    take_both(first, second, here);
    other.expect("a child").join().expect("it returns");
}

fn main() -> ExitCode {
    if let Some(code) = checker::enter_guard() {
        return code;
    }
    if env::var_os(LOCK).is_some() {
        lock_twice();
        return ExitCode::FAILURE;
    }
    if env::var_os(QUEUE).is_some() {
        let _never = Queue::<u8>::new(1).expect("descriptors").get();
        return ExitCode::FAILURE;
    }
    if env::var_os(WHILE).is_some() {
        futex::wait_in_vain(Duration::from_millis(2500));
        return ExitCode::SUCCESS;
    }
    if env::var_os(CROSSED).is_some() {
        cross_locks();
        return ExitCode::FAILURE;
    }
    testing::tests![
        what_keeps_the_rules_has_no_problem,
        a_zombie_is_seen_though_its_parent_has_gone,
        a_process_that_outlives_the_main_one_is_named,
        an_orphan_is_one_although_it_ends_in_time,
        a_rule_can_be_switched_off,
        a_descriptor_that_is_open_at_the_end_is_named_by_what_it_leads_to,
        shared_memory_with_a_name_is_named_and_removed,
        a_deadlock_says_who_waits_for_what,
        a_deadlock_of_two_processes_names_both,
        a_lock_taken_twice_is_a_deadlock_on_a_lock,
        locks_taken_in_two_orders_are_a_deadlock_of_both_processes,
        who_waits_at_a_queue_is_told_who_holds_the_other_end,
        what_waits_for_its_input_or_for_a_time_is_no_deadlock,
        a_failure_tells_what_it_said,
        a_process_that_is_announced_can_be_killed,
        files_arguments_and_input_reach_the_answer_and_its_files_come_back,
        processes_and_memory_are_counted,
        items_lost_duplicated_and_strange_are_named,
        a_speed_up_is_a_ratio_of_two_runs,
    ]
}
