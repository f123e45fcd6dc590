//! What SECURITY.md says of everything that processes share: another user of the machine cannot get at it.

#![allow(clippy::unwrap_used, reason = "a test says by a panic what went wrong")]

use std::fs::{self, File, Permissions};
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use caveats::Value;
use nix::unistd::Uid;
use pool::Pool;
use process::Process;
use queue::{Queue, Ring};
use testing::descriptors;

/// A user who is not this one, by convention `nobody`.
const ANOTHER: u32 = 65_534;

/// Everything that two processes can share, open in this one while `look` looks.
fn sharing_everything(look: impl Fn(&[PathBuf])) {
    let open = || -> Vec<PathBuf> {
        let (pid, open) = (std::process::id(), descriptors());
        open.into_iter().map(|number| format!("/proc/{pid}/fd/{number}").into()).collect()
    };
    let before = open();
    let value = Value::new([1_u64; 64]).unwrap();
    let queue = Queue::<Vec<u8>>::new(8).unwrap();
    queue.put(vec![1; 1 << 20]).unwrap();
    let ring = Ring::<u64>::new(8).unwrap();
    let pool = Pool::new(1).unwrap();
    let child = Process::spawn(|| (), ()).unwrap();
    let shared: Vec<_> = open().into_iter().filter(|path| !before.contains(path)).collect();
    look(&shared);
    drop((value, queue, ring, pool));
    child.join().unwrap();
}

fn kind(path: &PathBuf) -> String {
    fs::read_link(path).unwrap().display().to_string()
}

fn what_is_shared_has_no_name_in_any_file_system() {
    sharing_everything(|shared| {
        let kinds: Vec<_> = shared.iter().map(kind).collect();
        for wanted in ["/memfd:", "socket:"] {
            let found = kinds.iter().filter(|kind| kind.starts_with(wanted)).count();
            assert!(found > 2, "{found} times {wanted} in {kinds:?}");
        }
        let unnamed = |kind: &String| {
            kind.starts_with("/memfd:") && kind.ends_with("(deleted)") || !kind.starts_with('/')
        };
        assert!(kinds.iter().all(unnamed), "{kinds:?}");
        // A socket with a name has it in the last column (`proc_net(5)`), where others could connect to it.
        let sockets = fs::read_to_string("/proc/self/net/unix").unwrap();
        for inode in kinds.iter().filter_map(|it| it.strip_prefix("socket:[")?.strip_suffix("]")) {
            let listed = sockets.lines().find(|line| line.split_whitespace().nth(6) == Some(inode));
            assert_eq!(listed.unwrap().split_whitespace().count(), 7, "{listed:?}");
        }
    });
}

/// The mode of a memfd would let everybody in; who may follow the link in `/proc` is another question
/// (`PTRACE_MODE_READ_FSCREDS`, `proc_pid_fd(5)`), and only that one counts.
fn another_user_cannot_open_what_is_shared() {
    let read_as_another = |path: &PathBuf| {
        let mut cat = Command::new("cat");
        cat.arg(path).uid(ANOTHER).gid(ANOTHER);
        cat.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        cat.status().map(|status| status.success())
    };
    // The way there is open: what this other user may read, he reads.
    let mut public = tempfile();
    public.1.write_all(b"public").unwrap();
    if !Uid::effective().is_root() {
        eprintln!("NOT TESTED: only the superuser can try as another user");
        let _ = fs::remove_file(&public.0);
        return;
    }
    assert!(read_as_another(&public.0).unwrap(), "{}", public.0.display());
    fs::remove_file(&public.0).unwrap();
    sharing_everything(|shared| {
        let memory: Vec<_> =
            shared.iter().filter(|path| kind(path).starts_with("/memfd:")).collect();
        assert!(memory.len() > 4, "{memory:?}");
        for path in memory {
            // This user can; an outcome that nobody has written yet is empty.
            File::open(path).unwrap().read_to_end(&mut Vec::new()).unwrap();
            assert!(!read_as_another(path).unwrap(), "{}: {}", path.display(), kind(path));
        }
    });
}

fn tempfile() -> (PathBuf, File) {
    let path = std::env::temp_dir().join(format!("caveats-public-{}", std::process::id()));
    let file = File::create_new(&path).unwrap();
    file.set_permissions(Permissions::from_mode(0o644)).unwrap();
    (path, file)
}

fn the_folder_of_descriptors_is_its_owner_s() {
    let folder = fs::metadata(format!("/proc/{}/fd", std::process::id())).unwrap();
    assert_eq!(folder.mode() & 0o777, 0o500);
    assert_eq!(folder.uid(), Uid::effective().as_raw());
}

/// What a forked child has of its parent's open files, and which user it is.
fn inherited() -> (Vec<String>, u32) {
    let links = fs::read_dir("/proc/self/fd").unwrap().flatten();
    let links = links.filter_map(|entry| {
        let number: i32 = entry.file_name().to_str()?.parse().ok()?;
        let link = fs::read_link(entry.path()).ok()?.display().to_string();
        (number > 2).then_some(link)
    });
    (links.collect(), Uid::effective().as_raw())
}

fn a_child_has_no_file_that_it_was_not_given_and_is_the_same_user() {
    let secret = File::open("/etc/passwd").unwrap();
    let (value, queue) = (Value::new(1_u64).unwrap(), Queue::<u8>::new(1).unwrap());
    assert!(secret.as_raw_fd() > 2);
    let (files, user) = Process::spawn(inherited, ()).unwrap().join().unwrap();
    // Its result's memory alone; the folder that it read is closed by then.
    let foreign: Vec<_> = files
        .iter()
        .filter(|it| !it.contains("/fd") && !it.starts_with("/memfd:outcome"))
        .collect();
    drop((value, queue));
    assert!(files.len() <= 2 && foreign.is_empty(), "{files:?}");
    assert_eq!(user, Uid::effective().as_raw());
}

fn main() -> ExitCode {
    testing::tests![
        what_is_shared_has_no_name_in_any_file_system,
        another_user_cannot_open_what_is_shared,
        the_folder_of_descriptors_is_its_owner_s,
        a_child_has_no_file_that_it_was_not_given_and_is_the_same_user,
    ]
}
