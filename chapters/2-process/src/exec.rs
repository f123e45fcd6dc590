//! Start by exec: the child runs the same program anew, from its `main`.
//!
//! `posix_spawn(3)` starts it without copying the parent's memory, so this works from any thread and costs
//! the same however large the parent is. [`start`] is the parent's side. The child finds its orders (which
//! target, which arguments, which descriptors) in a memfd whose number stands on its command line, and
//! [`register`] carries them out.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::env;
use std::ffi::{CStr, CString, OsString};
use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use lesson::{Language, language, set_language, text};
use nix::errno::Errno;
use nix::spawn::{PosixSpawnAttr, PosixSpawnFileActions, posix_spawn};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::prctl;
use nix::unistd::{Pid, getpid};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::builder::Builder;
use crate::descriptor::Descriptor;
use crate::error::errno;
use crate::handle::Handle;
use crate::target::assert_captures_nothing;
use crate::{SpawnError, Target, child, descriptor, outcome, sys};

/// The first argument of a re-executed child; the second is the number of the memfd with its orders.
const MARKER: &str = "__process_exec_child__";

/// What a re-executed child has to do.
#[derive(Serialize, Deserialize)]
pub(crate) struct Orders {
    target: String,
    pub(crate) args: Vec<u8>,
    descriptors: Vec<RawFd>,
    outcome: RawFd,
    name: String,
    language: String,
    /// The parent's pid, if the child is to die with it.
    die_with: Option<i32>,
}

/// Each target's name, and its type, because a name may be shared.
static REGISTERED: Mutex<BTreeMap<&'static str, TypeId>> = Mutex::new(BTreeMap::new());
/// Whether this re-executed child has found its target.
static CLAIMED: AtomicBool = AtomicBool::new(false);

/// Makes `target` known to [`StartMethod::Exec`](crate::StartMethod::Exec): call it first in `main`,
/// once for each target.
///
/// In a process that was started to run this target the call runs it and never returns. In any other process it only notes
/// the name. For the same reason Python has `if __name__ == '__main__'`: what stands in `main` before this call is done
/// again by every child. A child whose `main` never registers its target runs `main` as the parent does, until a spawn there
/// fails with [`SpawnError::NotClaimed`](crate::SpawnError::NotClaimed).
///
/// # Panics
///
/// If another target has the same name: two closures within one function have. Name your functions.
pub fn register<A, T>(target: T)
where
    A: DeserializeOwned,
    T: Target<A>,
    T::Output: Serialize,
{
    const { assert_captures_nothing::<T>() };
    let name = std::any::type_name::<T>();
    let mut registered = REGISTERED.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let before = registered.insert(name, TypeId::of::<T>());
    assert!(
        before.is_none_or(|before| before == TypeId::of::<T>()),
        "two targets are called {name}: give them names of their own (`fn`)"
    );
    drop(registered);
    let Some(number) = orders_number() else { return };
    match read_orders(&number) {
        Ok(orders) if orders.target == name => carry_out(target, orders),
        Ok(_) => {}
        Err(reason) => {
            child::tell(&text!(
                "{MARKER} is for processes that this program starts itself: {reason}",
                "{MARKER}はこのプログラムが自分で開始するプロセスのためのものです: {reason}"
            ));
            // As for any command line that is not understood.
            sys::exit_now(2);
        }
    }
}

/// The memfd's number, if the command line says that this is a re-executed child.
fn orders_number() -> Option<OsString> {
    let mut arguments = env::args_os().skip(1);
    (arguments.next()? == MARKER).then(|| arguments.next().unwrap_or_default())
}

/// Reads the orders without taking the memfd: the next `register` may be the one they are for.
pub(crate) fn read_orders(number: &OsString) -> Result<Orders, String> {
    let number =
        number.to_str().and_then(|number| number.parse::<u32>().ok()).ok_or("no number")?;
    let orders =
        std::fs::read(format!("/proc/self/fd/{number}")).map_err(|error| error.to_string())?;
    postcard::from_bytes(&orders).map_err(|error| error.to_string())
}

fn carry_out<A, T>(target: T, orders: Orders) -> !
where
    A: DeserializeOwned,
    T: Target<A>,
    T::Output: Serialize,
{
    let _guard = child::ExitOnUnwind;
    CLAIMED.store(true, Ordering::Relaxed);
    if let Some(parent) = orders.die_with {
        child::die_with(Pid::from_raw(parent));
    }
    if let Some(language) = Language::from_name(&orders.language) {
        set_language(language);
    }
    show_program_name();
    // The memfd with the orders, which nobody took, is closed here as well.
    child::keep_only(&child::to_keep(orders.descriptors.clone(), orders.outcome));
    let outcome = sys::adopt(orders.outcome);
    // It can only fail for a descriptor that is not open.
    let _ = sys::close_on_exec(outcome.as_fd());
    let outcome = File::from(outcome);
    let args = descriptor::hand_out(orders.descriptors, || postcard::from_bytes(&orders.args));
    match args {
        Ok(args) => child::run(&orders.name, target, args, &outcome),
        Err(error) => {
            outcome::store_panicked(&outcome, &format!("the arguments cannot be decoded: {error}"));
            sys::exit_now(outcome::PANIC_EXIT_CODE)
        }
    }
}

/// The kernel took `exe`, the last part of `/proc/self/exe`, for this program's name: `ps` shows it.
fn show_program_name() {
    let name = env::args_os().next().unwrap_or_default();
    let name = name.as_bytes().rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    if let Ok(name) = CString::new(name) {
        // Only for the eye.
        let _ = prctl::set_name(&name);
    }
}

/// Starts this program anew, to run `target`. See [`StartMethod::Exec`](crate::StartMethod::Exec).
pub(crate) fn start<A, T>(builder: &Builder, name: &str, args: A) -> Result<Handle, SpawnError>
where
    A: Serialize,
    T: Target<A>,
{
    let target = std::any::type_name::<T>();
    let registered = REGISTERED.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    // The name alone is not enough: two closures of one function share it.
    if registered.get(target) != Some(&TypeId::of::<T>()) {
        return Err(SpawnError::NotRegistered { target });
    }
    drop(registered);
    let (encoded, descriptors) = descriptor::collect(|| postcard::to_stdvec(&args));
    let outcome = outcome::new_memfd().map_err(failed("memfd_create"))?;
    let orders = Orders {
        target: target.to_owned(),
        args: encoded.map_err(|source| SpawnError::Args { source })?,
        descriptors,
        outcome: outcome.as_raw_fd(),
        name: name.to_owned(),
        language: language().name().to_owned(),
        die_with: builder.die_with_parent.then(|| getpid().as_raw()),
    };
    let memfd = store_orders(&orders)?;
    let child = re_execute(&memfd, &orders).map_err(failed("posix_spawn"))?;
    // The arguments are the child's now: their descriptors are closed here.
    drop(args);
    Handle::of_new_child(child, name, outcome)
}

fn store_orders(orders: &Orders) -> Result<File, SpawnError> {
    let encoded = postcard::to_stdvec(orders).map_err(|source| SpawnError::Args { source })?;
    let memfd = memfd_create(c"orders", MFdFlags::MFD_CLOEXEC).map_err(failed("memfd_create"))?;
    // As with the outcome: never in the place of standard output.
    let memfd = File::from(OwnedFd::from(Descriptor::from(memfd)));
    let written = memfd.write_all_at(&encoded, 0);
    written.map_err(|error| errno(&error)).map_err(failed("write"))?;
    Ok(memfd)
}

fn re_execute(memfd: &File, orders: &Orders) -> nix::Result<Pid> {
    let mut actions = PosixSpawnFileActions::init()?;
    let handed_over = orders.descriptors.iter().copied().chain([orders.outcome, memfd.as_raw_fd()]);
    for descriptor in handed_over {
        // A dup2 onto itself means, in this list: not close-on-exec in the child (`posix_spawn(3)`).
        actions.add_dup2(descriptor, descriptor)?;
    }
    let program = env::args_os().next().unwrap_or_default();
    let arguments = [program, MARKER.into(), memfd.as_raw_fd().to_string().into()];
    let arguments: Vec<CString> = arguments.iter().map(|text| c_string(text.as_bytes())).collect();
    let environment: Vec<CString> = env::vars_os()
        .map(|(name, value)| c_string(&[name.as_bytes(), b"=", value.as_bytes()].concat()))
        .collect();
    // Not the path it once had: the file there may have been replaced since.
    let this_program: &CStr = c"/proc/self/exe";
    posix_spawn(this_program, &actions, &PosixSpawnAttr::init()?, &arguments, &environment)
}

/// Text that came from the system as C strings has no zero byte inside.
fn c_string(bytes: &[u8]) -> CString {
    CString::new(bytes).unwrap_or_default()
}

fn failed(call: &'static str) -> impl Fn(Errno) -> SpawnError {
    move |source| SpawnError::System { call, source }
}

/// Refuses to start anything in a re-executed child before its target was registered: it would start
/// itself for ever.
pub(crate) fn assert_claimed() -> Result<(), SpawnError> {
    let waiting = orders_number().is_some() && !CLAIMED.load(Ordering::Relaxed);
    if waiting { Err(SpawnError::NotClaimed) } else { Ok(()) }
}
