//! Each program of this chapter: its output in both languages, and what it says when it cannot go on.
#![allow(clippy::unwrap_used, reason = "a test says by a panic what went wrong")]

use std::process::ExitCode;

use testing::{
    Run, command, numbers, run, run_command, run_with_closed_stdout, with_few_descriptors,
};

const QUEUE: &str = env!("CARGO_BIN_EXE_queue");
const DUPLEX: &str = env!("CARGO_BIN_EXE_queue-duplex");
const MANY: &str = env!("CARGO_BIN_EXE_queue-many");
const BACKPRESSURE: &str = env!("CARGO_BIN_EXE_queue-backpressure");
const END: &str = env!("CARGO_BIN_EXE_queue-end");
const NEVER_ENDS: &str = env!("CARGO_BIN_EXE_queue-never-ends");
const THREADS: &str = env!("CARGO_BIN_EXE_queue-threads");
const RAW_PIPE: &str = env!("CARGO_BIN_EXE_queue-raw-pipe");
const KILLED: &str = env!("CARGO_BIN_EXE_queue-killed");
const FRAMES: &str = env!("CARGO_BIN_EXE_queue-frames");
const ONE_LOCK: &str = env!("CARGO_BIN_EXE_queue-one-lock");
const RING: &str = env!("CARGO_BIN_EXE_queue-ring");
const SPEED: &str = env!("CARGO_BIN_EXE_queue-speed");
const ALL: [&str; 13] = [
    QUEUE,
    DUPLEX,
    MANY,
    BACKPRESSURE,
    END,
    NEVER_ENDS,
    THREADS,
    RAW_PIPE,
    KILLED,
    FRAMES,
    ONE_LOCK,
    RING,
    SPEED,
];

/// Both languages: `--lang`, and the lines that are expected, pids replaced by `PID`.
fn shows(program: &str, english: &[&str], japanese: &[&str]) {
    for (language, expected) in [("en", english), ("ja", japanese)] {
        let run = run(program, &["--lang", language]).succeeded();
        assert_eq!(without_pids(&run), expected, "{run:#?}");
    }
}

fn without_pids(run: &Run) -> Vec<String> {
    let lines = run.stdout.lines().map(|line| match line.split_once("PID: ") {
        Some((before, after)) => {
            let rest = after.trim_start_matches(|character: char| character.is_ascii_digit());
            assert!(rest.len() < after.len(), "no pid in {line:?}");
            format!("{before}PID: PID{rest}")
        }
        None => line.to_owned(),
    });
    lines.collect()
}

fn pids(run: &Run) -> Vec<u64> {
    let parts = run.stdout.lines().filter_map(|line| line.split_once("PID: "));
    parts.map(|(_, rest)| numbers(rest)[0]).collect()
}

fn queue_shows_the_childs_text() {
    shows(QUEUE, &["The parent received: data to send"], &["親プロセスが受信: データを送る"]);
}

fn duplex_shows_questions_and_answers() {
    shows(
        DUPLEX,
        &[
            "The parent asked 2, the child answered 4",
            "The parent asked 3, the child answered 9",
            "The parent asked 12, the child answered 144",
            "The parent closed its end; the child (PID: PID) ended after 3 answers",
        ],
        &[
            "親プロセスの質問: 2、子プロセスの答え: 4",
            "親プロセスの質問: 3、子プロセスの答え: 9",
            "親プロセスの質問: 12、子プロセスの答え: 144",
            "親プロセスが接続を閉じ、子プロセス(PID: PID)は3回答えて終了しました",
        ],
    );
}

fn many_shows_shares_that_add_up() {
    let cases = [
        ("en", "300 items in all, each exactly once"),
        ("ja", "合計300個、どれもちょうど1回ずつ届きました"),
    ];
    for (language, last) in cases {
        let run = run(MANY, &["--items", "100", "--lang", language]).succeeded();
        let [one, other, total] = run.lines()[..] else { panic!("{run:#?}") };
        assert_eq!(total, last);
        let share = |line: &str| numbers(line)[1];
        assert_eq!(share(one) + share(other), 300, "{run:#?}");
        let pids = pids(&run);
        assert!(pids[0] != pids[1] && !pids.contains(&run.pid.into()), "{run:#?}");
    }
}

fn backpressure_shows_the_capacity() {
    shows(
        BACKPRESSURE,
        &[
            "8 items fit into a queue made for 8",
            "try_put said \"full\" and gave item 8 back",
            "A consumer drained the queue, and put went on: 16 items arrived, in order",
        ],
        &[
            "容量8のキューに8個入りました",
            "try_putは「満杯」と答え、値8を返しました",
            "消費者がキューを空け、putが再開しました: 16個すべてが順番どおりに届きました",
        ],
    );
    for capacity in ["1", "5", "300"] {
        let run = run(BACKPRESSURE, &["--capacity", capacity]).succeeded();
        assert_eq!(numbers(run.lines()[0]), [capacity.parse::<u64>().unwrap(); 2]);
    }
}

fn end_shows_a_killed_producer_and_the_end() {
    shows(
        END,
        &[
            "The producer (PID: PID) exited with code 0",
            "The producer (PID: PID) was killed by signal 9 (SIGKILL)",
            "6 items were waiting",
            "The parent can still put, so there is no end yet: Err(Empty)",
            "After close() the last producer is gone: Err(Disconnected)",
        ],
        &[
            "生産者(PID: PID)は終了コード0で終了しました",
            "生産者(PID: PID)はシグナル9(SIGKILL)で強制終了されました",
            "6個の値が待っていました",
            "親プロセスがまだ送信できるので、終わりではありません: Err(Empty)",
            "close()で最後の生産者がいなくなりました: Err(Disconnected)",
        ],
    );
}

fn never_ends_shows_who_keeps_the_pipe_open() {
    shows(
        NEVER_ENDS,
        &[
            "Received: the only message. The sender has ended",
            "But a bystander keeps the write end: no end after 200 ms: Err(Timeout)",
            "The bystander has ended, and there is the end: Err(Disconnected)",
        ],
        &[
            "受信: ただ一つのメッセージ。送信したプロセスは終了しました",
            "しかし無関係なプロセスが送信側を持ったままで、200ミリ秒待っても終わりません: Err(Timeout)",
            "そのプロセスが終了すると、終わりが届きました: Err(Disconnected)",
        ],
    );
}

fn threads_show_one_pid() {
    let cases = [
        ("en", "The main thread received: data to send", "3000 items in all, each exactly once"),
        ("ja", "メインスレッドが受信: データを送る", "合計3000個、どれもちょうど1回ずつ届きました"),
    ];
    for (language, first, last) in cases {
        let run = run(THREADS, &["--lang", language]).succeeded();
        let [received, _, one, other, total] = run.lines()[..] else { panic!("{run:#?}") };
        assert_eq!((received, total), (first, last));
        assert_eq!(numbers(one)[2] + numbers(other)[2], 3000, "{run:#?}");
        assert_eq!(pids(&run), [u64::from(run.pid); 3], "{run:#?}");
    }
}

fn raw_pipe_shows_that_two_messages_became_one() {
    shows(
        RAW_PIPE,
        &[
            "A child sends two messages: \"12\" and \"345\"",
            "A raw pipe, one read: \"12345\"",
            "pipe::<String>(), two receives: \"12\" and \"345\"",
        ],
        &[
            "子プロセスが二つ送信: \"12\"と\"345\"",
            "生のパイプ、read 1回: \"12345\"",
            "pipe::<String>()、受信2回: \"12\"と\"345\"",
        ],
    );
}

fn killed_shows_that_the_queue_goes_on() {
    shows(
        KILLED,
        &[
            "A consumer waiting in get (PID: PID) was killed by signal 9 (SIGKILL)",
            "A producer of 50 MB items (PID: PID) was killed by signal 9 (SIGKILL)",
            "The queue goes on: [1, 2, 3] arrives, then the end: Err(Disconnected)",
        ],
        &[
            "getで待つ消費者(PID: PID)はシグナル9(SIGKILL)で強制終了されました",
            "50MBを送る生産者(PID: PID)はシグナル9(SIGKILL)で強制終了されました",
            "キューはそのまま使えます: [1, 2, 3]が届き、そのあと終わりです: Err(Disconnected)",
        ],
    );
}

fn frames_show_that_two_writers_mix() {
    shows(
        FRAMES,
        &[
            "One writer: 10 frames of a million letters, all whole",
            "Two writers: a frame came with bytes of both",
            "And the next four bytes were no length: the reader has lost its place",
        ],
        &[
            "書き手が一つ: 100万文字のフレーム10個がすべて完全です",
            "書き手が二つ: 両方のバイトが混ざったフレームが届きました",
            "次の4バイトは長さではありませんでした: 読み手は位置を見失いました",
        ],
    );
}

fn one_lock_shows_the_half_frame_of_a_killed_writer() {
    shows(
        ONE_LOCK,
        &[
            "Two writers and a lock: 10 frames of 10 are whole",
            "A writer in the middle of a frame (PID: PID) was killed by signal 9 (SIGKILL)",
            "The next writer got the lock and was told: true",
            "But the reader took the whole message for the rest of the half frame, and then: Err(UnexpectedEof)",
        ],
        &[
            "書き手が二つとロック: 10個のうち10個が完全です",
            "フレームの途中の書き手(PID: PID)はシグナル9(SIGKILL)で強制終了されました",
            "次の書き手はロックを得て、知らされました: true",
            "しかし読み手はそのメッセージを途中のフレームの続きと思い、最後は: Err(UnexpectedEof)",
        ],
    );
}

fn ring_shows_which_item_is_lost_with_a_killed_consumer() {
    shows(
        RING,
        &[
            "The parent received: data to send",
            "A consumer (PID: PID) was killed by signal 9 (SIGKILL)",
            "The others went on to the last of 60000 items",
            "No item came twice, and only the one in the dead consumer's hand is missing",
        ],
        &[
            "親プロセスが受信: データを送る",
            "消費者(PID: PID)はシグナル9(SIGKILL)で強制終了されました",
            "ほかのプロセスは60000個の最後まで続けました",
            "重複はなく、欠けたのは強制終了された消費者が受け取ったばかりの1個だけです",
        ],
    );
}

fn speed_shows_both_rates_and_their_ratio() {
    for (language, ring) in [("en", "Ring: "), ("ja", "Ring: 毎秒")] {
        let run = run(SPEED, &["--lang", language, "--items", "2000"]).succeeded();
        let lines = run.lines();
        assert_eq!(lines.len(), 3, "{run:#?}");
        assert!(lines[0].starts_with(&ring.replace("Ring", "Queue")), "{run:#?}");
        assert!(lines[1].starts_with(ring), "{run:#?}");
        assert!(numbers(lines[2]).contains(&2000), "{run:#?}");
    }
}

fn a_bad_option_is_told() {
    for program in ALL {
        run(program, &["--nonsense"]).failed(2, "--nonsense");
        run(program, &["--lang", "xx"]).failed(2, "--lang xx");
        assert!(!run(program, &["--help", "--lang", "ja"]).succeeded().stdout.is_ascii());
    }
    run(BACKPRESSURE, &["--capacity", "0"]).failed(2, "--capacity 0");
    run(MANY, &["--items", "many"]).failed(2, "--items many");
}

fn output_into_a_closed_pipe_ends_quietly() {
    for program in ALL {
        run_with_closed_stdout(command(program, &[]), 0).succeeded();
    }
}

fn without_descriptors_each_program_says_so() {
    for program in ALL.into_iter().filter(|&program| program != THREADS) {
        let mut command = command(program, &[]);
        with_few_descriptors(&mut command, 4);
        run_command(command).failed(1, "ulimit -n");
    }
}

fn main() -> ExitCode {
    testing::tests![
        queue_shows_the_childs_text,
        duplex_shows_questions_and_answers,
        many_shows_shares_that_add_up,
        backpressure_shows_the_capacity,
        end_shows_a_killed_producer_and_the_end,
        never_ends_shows_who_keeps_the_pipe_open,
        threads_show_one_pid,
        raw_pipe_shows_that_two_messages_became_one,
        killed_shows_that_the_queue_goes_on,
        frames_show_that_two_writers_mix,
        one_lock_shows_the_half_frame_of_a_killed_writer,
        ring_shows_which_item_is_lost_with_a_killed_consumer,
        speed_shows_both_rates_and_their_ratio,
        a_bad_option_is_told,
        output_into_a_closed_pipe_ends_quietly,
        without_descriptors_each_program_says_so,
    ]
}
