//! The checks themselves: stubs fail, solutions pass, and each wrong answer fails for its own reason.

use std::path::Path;
use std::process::ExitCode;

use lesson::testing::run;
use process_exercises::reap::check::{Problem, check};

const STUB: &str = env!("CARGO_BIN_EXE_process-reap-stub");
const SOLUTION: &str = env!("CARGO_BIN_EXE_process-reap-solution");
const ZOMBIES: &str = env!("CARGO_BIN_EXE_process-reap-wrong-zombies");
const SERIAL: &str = env!("CARGO_BIN_EXE_process-reap-wrong-serial");
const CHECK: &str = env!("CARGO_BIN_EXE_process-reap-check");

fn problems(path: &str) -> Vec<Problem> {
    check(Path::new(path)).expect("it starts")
}

fn the_stub_fails() {
    let problems = problems(STUB);
    let wrong = Problem::Results(Some("results: [0, 0, 0, 0, 0]".to_owned()));
    assert_eq!(problems, [wrong, Problem::Zombies(5)]);
}

fn the_solution_passes_each_time() {
    for _ in 0..5 {
        assert_eq!(problems(SOLUTION), []);
    }
}

fn an_answer_that_leaves_zombies_fails_for_that() {
    assert_eq!(problems(ZOMBIES), [Problem::Zombies(5)]);
}

fn an_answer_that_runs_one_worker_after_another_fails_for_that() {
    assert_eq!(problems(SERIAL), [Problem::Together(1)]);
}

fn an_answer_that_is_no_answer_fails() {
    assert!(check(Path::new("/nowhere")).is_err());
    // One that says nothing and ends well, one that fails, one that never stops talking.
    for path in ["/bin/true", "/bin/false", "/usr/bin/yes"] {
        assert!(
            problems(path).iter().any(|problem| matches!(problem, Problem::Failed(_))),
            "{path}"
        );
    }
}

fn the_check_tells_the_reader_in_both_languages() {
    for (language, solved, zombies, verdict) in [
        ("en", "solved: five workers", "- 5 zombies were left", "error: not solved yet"),
        (
            "ja",
            "正解です: 五つのワーカー",
            "- ゾンビが5個残りました",
            "エラー: まだ正解ではありません",
        ),
    ] {
        let told = run(CHECK, &[SOLUTION, "--lang", language]).succeeded();
        assert!(told.stdout.starts_with(solved), "{told:#?}");
        let told = run(CHECK, &["--lang", language, ZOMBIES]).failed(1, verdict);
        assert!(told.stdout.starts_with(zombies), "{told:#?}");
    }
    run(CHECK, &[]).failed(2, "ANSWER is missing: see --help");
    run(CHECK, &["a", "b"]).failed(2, "b: there is no such option");
    run(CHECK, &["/nowhere"]).failed(1, "/nowhere cannot be started");
}

fn the_answers_run_by_themselves_too() {
    for (language, results) in
        [("en", "results: [1, 4, 9, 16, 25]"), ("ja", "結果: [1, 4, 9, 16, 25]")]
    {
        for answer in [SOLUTION, SERIAL, ZOMBIES] {
            let run = run(answer, &["--lang", language]).succeeded();
            assert_eq!(run.lines().last(), Some(&results), "{run:#?}");
        }
    }
}

fn main() -> ExitCode {
    lesson::tests![
        the_stub_fails,
        the_solution_passes_each_time,
        an_answer_that_leaves_zombies_fails_for_that,
        an_answer_that_runs_one_worker_after_another_fails_for_that,
        an_answer_that_is_no_answer_fails,
        the_check_tells_the_reader_in_both_languages,
        the_answers_run_by_themselves_too,
    ]
}
