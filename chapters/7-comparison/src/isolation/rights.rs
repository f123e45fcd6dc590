//! A worker gives up rights that it does not need, before it touches what it does not trust.
//!
//! What Linux keeps for each thread and what for the whole process differs from right to right:
//!
//! - Limits (`setrlimit(2)`) belong to the *process*: a thread that limits itself limits all.
//! - The user belongs to the *thread* in the kernel, but POSIX wants it to belong to the process, so the C
//!   library's `setresuid(3)` changes it in all threads.
//! - `no_new_privs`, seccomp filters and capabilities belong to the *thread*. It still shares its memory with
//!   threads that have kept theirs, so what it may not do itself, it can make them do: see
//!   [`memory`](super::memory).
//!
//! So only a process gives up rights for itself alone, and for good.

use std::fs::File;
use std::thread;

use lesson::{Result, text};
use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::unistd::{Uid, getuid, setresuid};
use process::Process;
use serde::{Deserialize, Serialize};

use super::Shown;
use crate::row::Kind;

/// The user "nobody", who owns nothing.
const NOBODY: u32 = 65_534;

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rights {
    /// Open another file.
    opens: bool,
    /// Gain rights by starting a program such as `sudo`.
    gains: bool,
    /// Its user.
    user: u32,
}

impl Rights {
    /// Those of who asks, found out by trying.
    fn mine() -> Self {
        Self {
            opens: File::open("/dev/null").is_ok(),
            gains: prctl::get_no_new_privs() == Ok(false),
            user: getuid().as_raw(),
        }
    }

    fn show(self) -> String {
        let yes = |may| if may { text!("yes", "可") } else { text!("no", "不可") };
        let (opens, gains, user) = (yes(self.opens), yes(self.gains), self.user);
        text!(
            "opens files {opens}, may gain rights {gains}, user {user}",
            "ファイルを開く {opens}、権限の獲得 {gains}、ユーザー {user}"
        )
    }
}

/// Gives them up, tries to get them back, and says what is left; or what the system says.
fn give_up() -> std::result::Result<(Rights, bool), String> {
    let told = |errno: nix::Error| errno.to_string();
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).map_err(told)?;
    // No descriptor may be opened any more; those that are open stay.
    setrlimit(Resource::RLIMIT_NOFILE, 0, 0).map_err(told)?;
    prctl::set_no_new_privs().map_err(told)?;
    if getuid().is_root() {
        let nobody = Uid::from_raw(NOBODY);
        // Some containers take the right to do even this; then root stays root.
        let _ = setresuid(nobody, nobody, nobody);
    }
    let back = setrlimit(Resource::RLIMIT_NOFILE, most, most).is_ok();
    Ok((Rights::mine(), back))
}

/// A thread gives up rights; what has another thread of the same process then?
fn host() -> std::result::Result<((Rights, bool), Rights), String> {
    let worker = thread::Builder::new().spawn(give_up).map_err(|error| error.to_string())?;
    let left = worker.join().map_err(|_| "a thread panicked")??;
    Ok((left, Rights::mine()))
}

/// Lets a worker give up rights, and looks who has lost them. See [`Isolation::show`](super::Isolation::show).
///
/// # Errors
///
/// As there.
pub fn show(kind: Kind) -> Result<Shown> {
    let before = Rights::mine();
    let ((worker, back), other) = match kind {
        Kind::Processes => (Process::spawn(give_up, ())?.join()??, Rights::mine()),
        Kind::Threads => Process::spawn(host, ())?.join()??,
    };
    let (was, has, others) = (before.show(), worker.show(), other.show());
    let mut steps = vec![
        text!("before: {was}", "放棄前: {was}"),
        text!("the worker after it: {has}", "放棄したワーカー: {has}"),
        match kind {
            Kind::Processes => text!("its parent: {others}", "その親プロセス: {others}"),
            Kind::Threads => text!("another thread beside it: {others}", "隣のスレッド: {others}"),
        },
    ];
    steps.push(if back {
        text!(
            "the limit was lifted again: this user may do so",
            "制限は解除できました(このユーザーには権限があります)"
        )
    } else {
        text!(
            "it tried to lift its limit again: refused",
            "制限を解除しようとしましたが、拒否されました"
        )
    });
    if kind == Kind::Threads {
        steps.push(text!(
            "the limit and the user are the whole process's; whether rights can be gained is a thread's own, \
             but its memory belongs to the others, too",
            "制限とユーザーはプロセス全体のものです。権限の獲得の可否だけはスレッドごとですが、\
             メモリはほかのスレッドと共有したままです"
        ));
    }
    Ok(Shown {
        isolated: other == before && worker != before,
        outcome: match (kind, other == before) {
            (_, true) => text!("only the worker", "ワーカーだけ"),
            (Kind::Processes, false) => text!("its parent, too", "親プロセスも"),
            (Kind::Threads, false) => text!("all threads", "全スレッド"),
        },
        steps,
    })
}
