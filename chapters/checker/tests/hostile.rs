//! Answers that try to fool the checker, to hang it, or to leave something behind: each is stopped and named.

#[cfg(target_arch = "x86_64")]
#[path = "sys/foreign.rs"]
mod foreign;
mod shared;

use std::env;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::process::{CommandExt, parent_id};
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use checker::Case;
use nix::libc;
use nix::sched::{CpuSet, sched_setaffinity};
use nix::sys::ptrace;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};
use shared::{answer, left, marked, names, script};

/// Tells this program to be a checker that another test kills.
const VICTIM: &str = "VICTIM_MARK";
/// Tells this program to be an answer: one that [`play`] knows.
const ANSWER: &str = "HOSTILE_ANSWER";

/// What a shell script cannot do. Comes back only if it is refused.
fn play(name: &str) -> io::Result<()> {
    match name {
        "threads" => loop {
            thread::Builder::new().spawn(|| thread::sleep(Duration::from_secs(1000)))?;
        },
        "zombies" => loop {
            Command::new("true").spawn()?;
        },
        "disk" => {
            let mut file = File::create("large")?;
            loop {
                file.write_all(&[b'x'; 1 << 16])?;
            }
        }
        "slow-guard" => Ok(sched_setaffinity(parent(), &CpuSet::new())?),
        "trace-guard" => Ok(ptrace::attach(parent())?),
        "foreign-call" => {
            // What kill(2) is called in a 32-bit program, and in an x32 one.
            #[cfg(target_arch = "x86_64")]
            for ask in [foreign::kill_as_x32, foreign::kill_as_32_bit] {
                eprintln!("{:?}", ask(parent().as_raw(), libc::SIGKILL));
            }
            Ok(())
        }
        "exec-away" => {
            // Whoever becomes another program keeps its children.
            Command::new("true").spawn()?;
            thread::sleep(Duration::from_millis(300));
            Err(Command::new("true").exec())
        }
        _ => Err(io::Error::other("no such answer")),
    }
}

fn parent() -> Pid {
    Pid::from_raw(parent_id() as i32)
}

fn one_of_ours(name: &str) -> Case {
    answer(env::current_exe().expect("this program")).env(ANSWER, name)
}

#[track_caller]
fn stopped(case: Case, name: &str) -> String {
    let begun = Instant::now();
    let ended = case.run().expect("it starts");
    assert!(names(&ended).contains(&name), "{ended:#?}");
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    let problem = ended.problems().iter().find(|it| it.name == name).expect("it is there");
    problem.message.clone()
}

fn a_fork_bomb_is_counted_and_ended() {
    stopped(script("bomb() { bomb | bomb & wait; }; bomb"), "processes");
}

fn a_fork_bomb_whose_processes_all_leave_the_group_is_ended() {
    let bomb = r#"echo 'setsid sh ./bomb & setsid sh ./bomb & wait' >bomb; exec sh ./bomb"#;
    stopped(script(bomb), "processes");
    // Nobody waits for anybody.
    let bomb = r#"echo 'while :; do setsid sh ./bomb & done' >bomb; exec sh ./bomb"#;
    stopped(script(bomb), "processes");
}

fn one_that_ignores_every_signal_that_can_be_ignored_is_ended() {
    let text = "trap '' TERM INT HUP QUIT PIPE USR1 USR2; while :; do :; done";
    stopped(script(text), "deadline");
}

fn a_daemon_that_has_left_session_and_parent_is_an_orphan() {
    stopped(script("(setsid sh -c 'sleep 1000 & sleep 1000' &) ; sleep 0.3"), "orphans");
    stopped(script("(setsid sh -c 'sleep 1000' >/dev/null 2>&1 </dev/null &)"), "orphans");
}

fn one_that_closes_its_output_is_waited_for_no_longer_than_its_deadline() {
    stopped(script("exec >&- 2>&-; while :; do sleep 0.1; done"), "deadline");
}

fn endless_output_is_cut() {
    stopped(script("exec yes"), "output");
    stopped(script("exec yes >&2"), "output");
    stopped(script("exec cat /dev/zero"), "output");
    stopped(script("trap '' PIPE; while :; do echo endless; done"), "output");
}

fn one_that_stops_itself_or_its_child_is_named_as_stopped() {
    assert!(stopped(script("kill -STOP $$"), "deadlock").contains("stopped by a signal"));
    let child = "sh -c 'kill -STOP $$' & wait";
    assert!(stopped(script(child), "deadlock").contains("stopped by a signal"));
}

fn one_that_signals_its_guard_the_checker_or_everybody_is_ended_for_that() {
    for target in ["$PPID", "-1", "-$PPID", "$(cut -d' ' -f4 /proc/$PPID/stat)"] {
        // Signal 0 does nothing: should the guard fail, so does only the test.
        let said = stopped(script(&format!("kill -0 {target}; sleep 1000")), "failed");
        assert!(said.contains("signalled the checker"), "{said}");
    }
    // A process that is ended in its stead is enough to fail, but not to be named.
    let ended = script("(kill -9 $PPID); exec sleep 1000").run().expect("it starts");
    assert!(!names(&ended).is_empty(), "{ended:#?}");
}

fn one_whose_guard_is_gone_is_ended_by_the_checker() {
    // The answer itself cannot: so the check does, in its place.
    let running = script("setsid sleep 1000 & exec sleep 1000").start().expect("it starts");
    let guard = loop {
        if let Some(first) = running.processes().first() {
            break first.parent;
        }
    };
    kill(Pid::from_raw(guard as i32), Signal::SIGKILL).expect("it is there");
    let ended = running.finish();
    assert_eq!(names(&ended), ["failed"], "{ended:#?}");
}

fn threads_and_zombies_without_bound_are_ended() {
    stopped(one_of_ours("threads").processes(8).deadline(20), "processes");
    stopped(one_of_ours("zombies").processes(8).deadline(20), "processes");
}

fn a_file_without_bound_is_ended() {
    let said = stopped(one_of_ours("disk").memory(64), "failed");
    assert!(said.contains("signal 25"), "{said}");
}

fn one_that_slows_or_traces_its_guard_is_not_let() {
    assert!(stopped(one_of_ours("slow-guard"), "failed").contains("signalled the checker"));
    assert!(stopped(one_of_ours("trace-guard"), "failed").contains("PermissionDenied"));
}

fn one_that_would_write_its_own_report_finds_no_way_to_its_guard_or_checker() {
    let text = r#"checker=$(cut -d' ' -f4 /proc/$PPID/stat)
        for file in /proc/$PPID/fd/* /proc/$PPID/mem /proc/$checker/fd/* /proc/$checker/mem; do
            (echo forged >$file) && echo $file
        done; exit 7"#;
    let ended = script(text).run().expect("it starts");
    assert_eq!((ended.stdout.as_str(), names(&ended)), ("", vec!["failed"]), "{ended:#?}");
}

fn one_that_speaks_another_processor_s_language_is_not_understood() {
    let ended = one_of_ours("foreign-call").run().expect("it starts");
    assert_eq!(names(&ended), ["failed"], "{ended:#?}");
    let message = &ended.problems()[0].message;
    if cfg!(target_arch = "x86_64") {
        let refused = message.matches(&format!("-{}", libc::ENOSYS)).count();
        // A kernel that has no 32-bit calls at all ends who tries one.
        let absent = refused == 1 && message.contains("SIGSEGV");
        assert!(refused == 2 || absent, "{message}");
    }
}

fn a_zombie_is_seen_though_its_parent_becomes_another_program() {
    stopped(one_of_ours("exec-away"), "zombies");
}

fn a_terminal_is_out_of_reach() {
    let ended = script("(echo fooled >/dev/tty) 2>/dev/null || exit 7").run().expect("it starts");
    assert_eq!((ended.code(), names(&ended)), (Some(7), vec!["failed"]), "{ended:#?}");
}

fn memory_without_bound_is_ended() {
    stopped(script("head -c 1000M /dev/zero | tail -c 1000M >/dev/null").memory(100), "memory");
}

fn one_that_kills_its_own_group_has_failed() {
    stopped(script("kill -9 0"), "failed");
}

fn one_that_leaves_more_than_it_can_count_is_cleaned_up() {
    let many =
        "for i in 1 2 3 4 5 6 7 8 9 10; do (setsid sh -c 'trap \"\" TERM; sleep 1000' &); done";
    stopped(script(many), "orphans");
}

fn one_that_looks_for_a_way_into_its_guard_finds_no_descriptor_of_it() {
    // Its input, output and errors are its own; nothing else was open when it started.
    let ended = script("ls /proc/self/fd").run().expect("it starts");
    // The fourth is the folder that `ls` reads.
    assert_eq!((ended.lines(), names(&ended)), (vec!["0", "1", "2", "3"], vec![]));
}

fn input_that_nobody_reads_and_output_that_is_never_ended_hang_nothing() {
    let case = script("exec sleep 1").stdin(vec![b'x'; 1 << 20]);
    assert_eq!(names(&case.run().expect("it starts")), Vec::<&str>::new());
    let case = script("printf 'no end of line'; exec sleep 1000");
    let mut running = case.start().expect("it starts");
    assert!(!running.until(1, |lines| !lines.is_empty()));
    drop(running);
    assert_eq!(left(), Vec::<u32>::new());
}

fn when_the_checker_is_killed_nothing_stays() {
    let mark = format!("{VICTIM}={}", std::process::id());
    let mut victim = Command::new(env::current_exe().expect("this program"))
        .env(VICTIM, std::process::id().to_string())
        .stdout(Stdio::null())
        .process_group(0)
        .spawn()
        .expect("it starts");
    // Two processes of the answer; the victim and the guard let nobody but the superuser look at them.
    let seen = if geteuid().is_root() { 4 } else { 2 };
    wait_until(|| marked(&mark).len() >= seen);
    victim.kill().expect("it runs");
    victim.wait().expect("it is ours");
    wait_until(|| marked(&mark).is_empty());
    let folder = env::temp_dir().join(format!("exercise-{}-0", victim.id()));
    wait_until(|| !folder.exists());
}

#[track_caller]
fn wait_until(wanted: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(10);
    while !wanted() {
        assert!(Instant::now() < until, "it does not come");
        thread::sleep(Duration::from_millis(10));
    }
}

fn main() -> ExitCode {
    if let Some(code) = checker::enter_guard() {
        return code;
    }
    if let Ok(mark) = env::var(VICTIM) {
        let case = script("setsid sleep 1000 & exec sleep 1000").env(VICTIM, mark).deadline(60);
        return if case.run().is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    if let Ok(name) = env::var(ANSWER) {
        eprintln!("{:?}", play(&name));
        return ExitCode::FAILURE;
    }
    testing::tests![
        one_that_speaks_another_processor_s_language_is_not_understood,
        a_fork_bomb_is_counted_and_ended,
        a_fork_bomb_whose_processes_all_leave_the_group_is_ended,
        one_that_ignores_every_signal_that_can_be_ignored_is_ended,
        a_daemon_that_has_left_session_and_parent_is_an_orphan,
        one_that_closes_its_output_is_waited_for_no_longer_than_its_deadline,
        endless_output_is_cut,
        one_that_stops_itself_or_its_child_is_named_as_stopped,
        one_that_signals_its_guard_the_checker_or_everybody_is_ended_for_that,
        one_whose_guard_is_gone_is_ended_by_the_checker,
        threads_and_zombies_without_bound_are_ended,
        a_file_without_bound_is_ended,
        one_that_slows_or_traces_its_guard_is_not_let,
        one_that_would_write_its_own_report_finds_no_way_to_its_guard_or_checker,
        a_zombie_is_seen_though_its_parent_becomes_another_program,
        a_terminal_is_out_of_reach,
        memory_without_bound_is_ended,
        one_that_kills_its_own_group_has_failed,
        one_that_leaves_more_than_it_can_count_is_cleaned_up,
        one_that_looks_for_a_way_into_its_guard_finds_no_descriptor_of_it,
        input_that_nobody_reads_and_output_that_is_never_ended_hang_nothing,
        when_the_checker_is_killed_nothing_stays,
    ]
}
