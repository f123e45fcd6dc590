//! The faults, by number and name.

use std::time::Duration;

use super::stage::{DEADLINE, Seen, Stage};
use super::{limits, processes, queues, shared, signals, tasks, wire, workers};

/// Something that goes wrong, on purpose.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// How the command line names it; its Python counterpart, if it has one, is `python/faults/<name>.py`.
    pub name: &'static str,
    /// What takes longer, hangs.
    pub deadline: Duration,
    about: [&'static str; 2],
    pub(super) happen: fn(&mut Stage) -> Seen,
}

impl Fault {
    const fn new(
        name: &'static str,
        english: &'static str,
        japanese: &'static str,
        happen: fn(&mut Stage) -> Seen,
    ) -> Self {
        Self { name, deadline: DEADLINE, about: [english, japanese], happen }
    }

    const fn takes(self, seconds: u64) -> Self {
        Self { deadline: Duration::from_secs(seconds), ..self }
    }

    /// What goes wrong, in the reader's language.
    pub fn about(&self) -> &'static str {
        self.about[lesson::language() as usize]
    }
}

/// The place in [`FAULTS`] of the fault with this name or number (from 1).
pub fn find(which: &str) -> Option<usize> {
    let by_number = || which.parse::<usize>().ok()?.checked_sub(1).filter(|&n| n < FAULTS.len());
    FAULTS.iter().position(|fault| fault.name == which).or_else(by_number)
}

/// All of them; the number of each is its place, from 1.
#[rustfmt::skip] // One fault, one entry of two lines: as a table.
pub const FAULTS: [Fault; 44] = [
    Fault::new("worker-killed", "a worker is SIGKILLed (the OOM killer) while it runs a task",
        "タスクの実行中にワーカーがSIGKILLで強制終了される(OOMキラー)", workers::killed),
    Fault::new("task-exits", "a task calls exit, be it with 0",
        "タスクがexitを呼ぶ(終了コード0も含む)", workers::exits),
    Fault::new("task-crashes", "a task aborts, or overflows its stack",
        "タスクがabortする、またはスタックをあふれさせる", workers::crashes),
    Fault::new("idle-killed", "idle workers are killed, then work comes; killed again, then the scope is left",
        "待機中のワーカーが強制終了された後に仕事が来る。再び強制終了された後にスコープを抜ける", workers::idle_killed),
    Fault::new("join-before-drain", "a process is joined before the queue it fills is drained",
        "キューを空にする前に、書き込み中のプロセスをjoinする", queues::join_before_drain),
    Fault::new("consumer-killed", "a consumer is killed while it waits in get",
        "getで待っている消費者が強制終了される", queues::waiting_consumer_killed),
    Fault::new("producer-killed", "a producer is killed in the middle of a 50 MB item",
        "50 MBの項目を送っている途中で生産者が強制終了される", queues::producer_killed),
    Fault::new("lock-owner-killed", "the owner of a Value's lock is killed",
        "Valueのロックを持つプロセスが強制終了される", shared::lock_owner),
    Fault::new("fork-with-threads", "a fork while another thread holds a lock",
        "別のスレッドがロックを持つ間にフォークする", processes::fork_with_threads),
    Fault::new("not-coded", "a result cannot be encoded, another one not decoded",
        "エンコードできない結果と、デコードできない結果がある", tasks::not_coded),
    Fault::new("not-joined", "20 children end and are not joined",
        "20個の子プロセスが終了し、joinされない", processes::not_joined),
    Fault::new("ctrl-c", "Ctrl-C during map with 4 workers",
        "4個のワーカーでmapの実行中にCtrl-C", signals::ctrl_c),
    Fault::new("sigint-to-one", "SIGINT reaches one worker only",
        "一つのワーカーだけにSIGINTが届く", workers::interrupted),
    Fault::new("sibling-inherits", "a sibling was forked while the write end was open",
        "書き込み側が開いている間に兄弟プロセスがフォークされる", queues::sibling_inherits),
    Fault::new("group-killed", "the owner of shared memory is killed with its whole group",
        "共有メモリの持ち主がプロセスグループごと強制終了される", shared::group_killed),
    Fault::new("parent-killed", "the parent is SIGKILLed, or SIGTERMed",
        "親プロセスがSIGKILLまたはSIGTERMで終了する", processes::parent_killed),
    Fault::new("left-pending", "the scope is left with results pending",
        "結果を待たずにスコープを抜ける", tasks::left_pending),
    Fault::new("put-is-seen", "somebody looks right after put has returned",
        "putが戻った直後にキューを見る", queues::put_is_seen),
    Fault::new("initializer-fails", "the initializer fails",
        "初期化関数が失敗する", workers::initializer_fails),
    Fault::new("two-add", "two processes do value += 1, 100,000 times each",
        "二つのプロセスがvalue += 1を10万回ずつ行う", shared::two_add),
    Fault::new("two-writers", "two processes write to one end of a pipe",
        "二つのプロセスが一つのパイプに書き込む", queues::two_writers),
    Fault::new("child-panics", "what a child runs panics",
        "子プロセスの関数がパニックする", processes::child_panics),
    Fault::new("never-ends", "a task never ends",
        "タスクが終わらない", tasks::never_ends),
    Fault::new("endless-source", "five results are taken of imap over an endless iterator",
        "無限のイテレータに対するimapから結果を五つだけ取る", tasks::endless_source),
    Fault::new("producers-gone", "all producers are gone: ended, or killed",
        "生産者がすべていなくなる(終了または強制終了)", queues::producers_gone),
    Fault::new("own-pool", "a task submits to its own pool and waits",
        "タスクが自分のプールにタスクを渡して待つ", tasks::own_pool),
    Fault::new("puts-and-exits", "a child puts 1,000 items and exits at once",
        "子プロセスが1000件をputして、すぐにexitする", queues::puts_and_exits),
    Fault::new("no-room", "no file may grow beyond 1 MiB (ulimit -f), as on a full disk",
        "ディスクがいっぱいのように、1 MiBを超えるファイルを書けない(ulimit -f)", limits::no_room),
    Fault::new("read-only", "/tmp and /dev/shm cannot be written to",
        "/tmpと/dev/shmに書き込めない", limits::read_only),
    Fault::new("no-descriptors", "no descriptor is left (EMFILE)",
        "ファイルディスクリプタが残っていない(EMFILE)", limits::no_descriptors),
    Fault::new("no-processes", "no process may be started any more (EAGAIN)",
        "これ以上プロセスを開始できない(EAGAIN)", limits::no_processes),
    Fault::new("stopped-worker", "a worker is stopped (SIGSTOP)",
        "ワーカーが一時停止される(SIGSTOP)", workers::stopped),
    Fault::new("interrupts", "signals arrive all the time (EINTR)",
        "シグナルが絶え間なく届く(EINTR)", signals::interrupts),
    Fault::new("garbage", "a peer sends garbage",
        "相手がでたらめなバイト列を送ってくる", wire::garbage),
    Fault::new("huge-length", "a peer claims a length of 2⁶³",
        "相手が長さ2⁶³と称するメッセージを送ってくる", wire::huge_length),
    Fault::new("huge-item", "an item of 1 GiB",
        "1 GiBの項目を送る", queues::huge_item).takes(60),
    Fault::new("closed-stdout", "nobody reads standard output any more",
        "標準出力を読む相手がいなくなる", limits::closed_stdout),
    Fault::new("killed-while-starting", "a parent is killed while it starts workers",
        "ワーカーを開始している最中に親プロセスが強制終了される", processes::killed_while_starting),
    Fault::new("sigchld-ignored", "SIGCHLD is ignored: nobody may know how children end",
        "SIGCHLDが無視され、子プロセスの終わり方がわからない", processes::sigchld_ignored),
    Fault::new("stdin-closed", "standard input is closed, and its number given away",
        "標準入力が閉じられ、その番号が別のものに使われる", processes::stdin_closed),
    Fault::new("closes-everything", "a task closes descriptors that are not its own",
        "タスクが自分のものではないファイルディスクリプタを閉じる", workers::closes_everything),
    Fault::new("out-of-memory", "a task asks for more memory than there is",
        "タスクが、使える量を超えるメモリを要求する", workers::out_of_memory),
    Fault::new("every-task-kills", "every task kills its worker, and the replacement too",
        "どのタスクも自分のワーカーを強制終了する(代わりのワーカーも)", workers::every_task_kills),
    Fault::new("consumers-killed", "every consumer is killed while a producer waits for room",
        "生産者が空きを待つ間に、消費者がすべて強制終了される", queues::consumers_killed),
];
