//! `cargo xtask doctor`: what this machine has, and what each thing is for.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use lesson::{print_line, say, text};
use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit};
use nix::sys::statvfs::statvfs;
use nix::sys::utsname::uname;
use unicode_width::UnicodeWidthStr;

/// `close_range` came with this kernel; pidfds and `waitid` on them are older.
const KERNEL: (u32, u32) = (5, 9);

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
pub fn run() -> ExitCode {
    let rows = rows();
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
            text!("pidfd and close_range: Linux 5.9 or newer", "pidfdとclose_range(Linux 5.9以降)"),
        )
        .enough_if(kernel_version() >= KERNEL)
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

fn kernel() -> Option<String> {
    let release = uname().ok()?.release().to_string_lossy().into_owned();
    // Distributions append their own build to the version: the first 18 columns say enough.
    Some(release.chars().take(18).collect())
}

fn kernel_version() -> (u32, u32) {
    let release = kernel().unwrap_or_default();
    let mut numbers = release.split(|character: char| !character.is_ascii_digit());
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
