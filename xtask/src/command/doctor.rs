//! `cargo xtask doctor`: what this machine has, and what each thing is for.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use checker::built::{Target, build};
use lesson::{print_line, say, text};
use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit};
use nix::sys::statvfs::statvfs;
use nix::sys::utsname::uname;
use unicode_width::UnicodeWidthStr;

use crate::workspace::{cargo, root};

/// The free space that building everything takes, and some more.
const DISK: u64 = 6 << 30;
/// The memory that two linkers and the exercises' answers take.
const MEMORY: u64 = 2 << 30;

/// What to look at.
#[derive(clap::Args, Clone, Copy, Debug)]
pub struct Arguments {
    #[arg(long, help = text!("also what a workshop needs, without a network", "ワークショップに必要なものも、オフラインで確認する"))]
    workshop: bool,
}

/// `close_range` came with this kernel; pidfds and `waitid` on them are older.
const KERNEL: (u32, u32) = (5, 9);
/// As `rust-version` in the workspace's manifest.
const RUST: (u32, u32) = (1, 89);

/// One thing that the machine has or has not.
struct Row {
    what: String,
    value: Option<String>,
    /// Whether the value is good enough.
    enough: bool,
    /// Whether the book cannot do without.
    required: bool,
    purpose: String,
}

impl Row {
    fn new(what: String, value: Option<String>, purpose: String) -> Self {
        Self { what, enough: value.is_some(), value, required: false, purpose }
    }

    fn required(self) -> Self {
        Self { required: true, ..self }
    }

    fn enough_if(self, enough: bool) -> Self {
        Self { enough: self.enough && enough, ..self }
    }

    fn state(&self) -> String {
        match (self.enough, self.required, &self.value) {
            (true, _, _) => text!("ok", "OK"),
            (false, true, _) => text!("MISSING", "不足"),
            (false, false, None) => text!("absent", "なし"),
            (false, false, Some(_)) => text!("caution", "注意"),
        }
    }
}

/// Prints the table. The exit code is 1 if something is missing that the book cannot do without.
pub fn run(arguments: Arguments) -> ExitCode {
    let mut rows = rows();
    if arguments.workshop {
        rows.extend(workshop_rows());
    }
    let heading = Row::new(
        text!("what", "項目"),
        Some(text!("value", "値")),
        text!("what it is for", "用途"),
    );
    let none = text!("none", "なし");
    let cells = |row: &Row, state: String| {
        let value = row.value.clone().unwrap_or_else(|| none.clone());
        [row.what.clone(), value, state, row.purpose.clone()]
    };
    let mut table = vec![cells(&heading, text!("state", "状態"))];
    table.extend(rows.iter().map(|row| cells(row, row.state())));
    let widths: [usize; 4] = std::array::from_fn(|column| {
        table.iter().map(|cells| cells[column].width()).max().unwrap_or(0)
    });
    for cells in &table {
        let mut line = String::new();
        for (cell, width) in cells.iter().zip(widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - cell.width() + 2));
        }
        print_line(line.trim_end());
    }
    print_line("");
    let missing: Vec<&str> = rows
        .iter()
        .filter(|row| row.required && !row.enough)
        .map(|row| row.what.as_str())
        .collect();
    if missing.is_empty() {
        say!("Everything the book needs is here.", "この本に必要なものはそろっています。");
        return ExitCode::SUCCESS;
    }
    let missing = missing.join(", ");
    say!("The book does not run without: {missing}", "この本の実行に不足しているもの: {missing}");
    ExitCode::FAILURE
}

fn rows() -> Vec<Row> {
    let (cores, load) = (num_cpus::get(), load_average());
    let busy = load.is_some_and(|load| load > cores as f64);
    vec![
        Row::new(
            text!("kernel", "カーネル"),
            kernel(),
            text!("pidfd, close_range: Linux 5.9 or newer", "pidfdとclose_range(Linux 5.9以降)"),
        )
        .enough_if(kernel_version() >= KERNEL)
        .required(),
        Row::new(
            "rustc".into(),
            version(&["rustc"]),
            text!("building: 1.89 or newer", "ビルド(1.89以降)"),
        )
        .enough_if(rust_version() >= RUST)
        .required(),
        Row::new(
            text!("linker", "リンカー"),
            linker(),
            text!("building: cc, from gcc or clang", "ビルド(gccまたはclangのcc)"),
        )
        .required(),
        Row::new(
            "/proc".into(),
            fs::read_to_string("/proc/self/status").ok().map(|_| text!("mounted", "あり")),
            text!("counting threads before a fork", "フォーク前のスレッド数の確認"),
        )
        .required(),
        Row::new(
            text!("cores", "コア"),
            Some(of_all(cores, online_cores())),
            text!("the default number of workers", "ワーカー数の既定値"),
        ),
        Row::new(
            text!("load", "負荷"),
            load.map(|load| format!("{load:.2}")),
            text!("a busy machine blurs the measurements", "高いと計測値がぶれます"),
        )
        .enough_if(!busy),
        Row::new(
            text!("memory", "メモリ"),
            memory(),
            text!("the cost of processes (chapter 6)", "プロセスのメモリ使用量(第6章)"),
        ),
        Row::new(
            "/dev/shm".into(),
            shm(),
            text!("Python's locks and queues", "Pythonのロックとキュー"),
        ),
        Row::new(
            "ulimit -n".into(),
            limit(Resource::RLIMIT_NOFILE),
            text!("descriptors: pipes, queues, pidfds", "ファイルディスクリプタ数の上限"),
        ),
        Row::new(
            "ulimit -u".into(),
            limit(Resource::RLIMIT_NPROC),
            text!("processes of this user", "このユーザーのプロセス数の上限"),
        ),
        Row::new(
            "pids.max".into(),
            Some(cgroup("pids.max").unwrap_or_else(unlimited)),
            text!("processes of this container", "このコンテナーのプロセス数の上限"),
        ),
        Row::new(
            "python3".into(),
            version(&["python3"]),
            text!("the Python programs beside ours", "対応するPythonプログラムの実行"),
        ),
        Row::new(
            "Chromium".into(),
            version(&["chromium", "chromium-browser", "google-chrome"]),
            text!("testing the book's pages", "本のページのテスト"),
        ),
    ]
}

/// What a room needs before it begins; each row was tried, without a network.
fn workshop_rows() -> Vec<Row> {
    let (disk, memory) = (free_disk(), available_memory());
    vec![
        Row::new(
            text!("crates, offline", "クレート(オフライン)"),
            fetched().then(|| text!("all fetched", "取得済み")),
            text!("else: cargo fetch --locked", "なければ: cargo fetch --locked"),
        )
        .required(),
        Row::new(
            text!("disk", "ディスク"),
            disk.map(bytes),
            text!("target/: about 4 GiB", "target/: 約4 GiB"),
        )
        .enough_if(disk.is_some_and(|free| free >= DISK)),
        Row::new(
            text!("free memory", "空きメモリ"),
            memory.map(bytes),
            text!("linkers and exercises: 2 GiB", "リンカーと演習: 2 GiB"),
        )
        .enough_if(memory.is_some_and(|free| free >= MEMORY)),
        Row::new(
            "/proc/PID/syscall".into(),
            fs::read_to_string("/proc/self/syscall").ok().map(|_| text!("readable", "読み取り可")),
            text!("naming what a deadlock waits for", "デッドロックの原因の表示"),
        ),
        Row::new(
            "ptrace".into(),
            Some(ptrace_scope()),
            text!("looking at an answer as it ends", "終了時の解答の観察"),
        )
        .enough_if(ptrace_scope() != "3"),
        Row::new(
            text!("an exercise", "演習"),
            an_exercise(),
            text!("fork, pidfd and the checker at work", "フォーク、pidfd、検査の動作"),
        )
        .required(),
    ]
}

/// Whether everything can be built without a network.
fn fetched() -> bool {
    // Only what this machine builds: crates for other systems are of no use here.
    let output = Command::new("rustc").arg("-vV").output();
    let about = output.map(|it| String::from_utf8_lossy(&it.stdout).into_owned());
    let about = about.unwrap_or_default();
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    let mut command = cargo();
    command.args(["metadata", "--locked", "--offline", "--format-version", "1"]);
    command.args(["--filter-platform", host]);
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

fn free_disk() -> Option<u64> {
    let system = statvfs(root()).ok()?;
    Some(system.blocks_available() * system.fragment_size())
}

fn available_memory() -> Option<u64> {
    let info = fs::read_to_string("/proc/meminfo").ok()?;
    let available = info.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    Some(available.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024)
}

/// Who may trace whom (`ptrace(2)`): 0 and 1 permit what the checker needs, 3 nothing at all.
fn ptrace_scope() -> String {
    let scope = fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope");
    scope.map_or_else(|_| "0".into(), |scope| scope.trim().to_owned())
}

/// Builds the first exercise and checks its solution, as a reader would.
fn an_exercise() -> Option<String> {
    say!("building an exercise…", "演習をビルドしています…");
    let wanted = [
        ("process".to_owned(), Target::Test("reap".to_owned())),
        ("process-exercises".to_owned(), Target::Binary("process-reap-solution".to_owned())),
    ];
    let built = build(root(), &wanted).ok()?;
    let [check, answer] = &built[..] else { return None };
    let status = Command::new(check)
        .arg("--answer")
        .arg(answer)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .ok()?;
    status.success().then(|| text!("works", "動作します"))
}

fn kernel() -> Option<String> {
    let release = uname().ok()?.release().to_string_lossy().into_owned();
    // Distributions append their own build to the version: the first 18 columns say enough.
    Some(release.chars().take(18).collect())
}

fn kernel_version() -> (u32, u32) {
    first_numbers(&kernel().unwrap_or_default())
}

fn rust_version() -> (u32, u32) {
    first_numbers(&version(&["rustc"]).unwrap_or_default())
}

/// The C compiler that rustc has link: which one, for its name says nothing.
fn linker() -> Option<String> {
    let output = Command::new(on_path("cc")?).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().next()?;
    let number = line.split_whitespace().rfind(|it| it.starts_with(|c: char| c.is_ascii_digit()));
    Some(format!("cc {}", number.unwrap_or_default()).trim_end().to_owned())
}

fn first_numbers(text: &str) -> (u32, u32) {
    let mut numbers = text.split(|character: char| !character.is_ascii_digit());
    let mut next = || numbers.next().and_then(|digits| digits.parse().ok()).unwrap_or(0);
    (next(), next())
}

/// The cores that are switched on, whether or not we may use them.
fn online_cores() -> usize {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    text.lines().filter(|line| line.starts_with("processor")).count()
}

fn of_all(usable: usize, all: usize) -> String {
    if all <= usable { usable.to_string() } else { text!("{usable} of {all}", "{usable} / {all}") }
}

fn load_average() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}

/// The machine's memory, or the container's share of it, whichever is smaller.
fn memory() -> Option<String> {
    let info = fs::read_to_string("/proc/meminfo").ok()?;
    let total = info.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let total = total.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? * 1024;
    let limit = cgroup("memory.max").and_then(|limit| limit.parse().ok()).unwrap_or(u64::MAX);
    Some(bytes(total.min(limit)))
}

fn shm() -> Option<String> {
    let system = statvfs("/dev/shm").ok()?;
    Some(bytes(system.blocks() * system.fragment_size()))
}

fn limit(resource: Resource) -> Option<String> {
    let (soft, _) = getrlimit(resource).ok()?;
    Some(if soft == RLIM_INFINITY { unlimited() } else { soft.to_string() })
}

/// What the nearest cgroup says that sets this limit; version 2 only.
fn cgroup(file: &str) -> Option<String> {
    let ours = fs::read_to_string("/proc/self/cgroup").ok()?;
    let ours = ours.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let folder = Path::new("/sys/fs/cgroup").join(ours);
    let values = folder.ancestors().filter_map(|it| fs::read_to_string(it.join(file)).ok());
    values.map(|value| value.trim().to_owned()).find(|value| value != "max")
}

/// The version that the first of these programs on the path tells.
fn version(names: &[&str]) -> Option<String> {
    let program = names.iter().find_map(|name| on_path(name))?;
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split_whitespace()
        .find(|word| word.starts_with(|it: char| it.is_ascii_digit()))
        .map(String::from)
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}

fn unlimited() -> String {
    text!("unlimited", "無制限")
}

fn bytes(number: u64) -> String {
    let mebibytes = number as f64 / (1 << 20) as f64;
    if mebibytes < 1024.0 {
        format!("{mebibytes:.0} MiB")
    } else {
        format!("{:.1} GiB", mebibytes / 1024.0)
    }
}
