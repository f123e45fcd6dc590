//! Bytes from nowhere, for what decodes bytes of another process: a typed error is all they may cause.
//!
//! No coverage is looked at, which would take another compiler: instead each input begins as a good one, from the
//! corpus, and is spoilt at a few places. So most of them get past the first check.

use std::env::var;
use std::fs;
use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use arbtest::arbitrary::{Result, Unstructured};
use arbtest::arbtest;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::unistd::alarm;

/// So much may be allocated beyond what there is: a length that is believed unseen is much more.
const MOST_MEMORY: u64 = 4 << 30;
/// Whatever else is tested in the same process takes no longer, in seconds.
const LONGEST_TESTS: u32 = 300;
/// So many bytes of choices are enough for one input.
const MOST_CHOICES: u32 = 1024;

/// Gives `check` every file of the folder `corpus`, and then spoilt copies of them for a second, or for
/// `LESSON_FUZZ_SECONDS`. From what is unstructured it may take further choices.
///
/// # Panics
///
/// If `check` panics: then it tells a seed, which `LESSON_FUZZ_SEED` repeats. A hang is ended by `SIGALRM`, and an
/// allocation of more than four gigabytes fails, which aborts.
pub fn fuzz(
    corpus: impl AsRef<Path>,
    mut check: impl FnMut(&[u8], &mut Unstructured<'_>) -> Result<()>,
) {
    let seconds = var("LESSON_FUZZ_SECONDS").map_or(1, |it| it.parse().expect("whole seconds"));
    // As it is told.
    let seed = var("LESSON_FUZZ_SEED").ok();
    let seed = seed.map(|it| u64::from_str_radix(it.trim_start_matches("0x"), 16).expect("a seed"));
    guard(seconds);
    let good = read(corpus.as_ref());
    for bytes in &good {
        let _ = check(bytes, &mut Unstructured::new(&[]));
    }
    let mut inputs = 0_u64;
    // On a busy machine the time may be up after a few; then once more.
    while inputs <= 20 {
        let run = arbtest(|choices| {
            inputs += 1;
            let bytes = spoilt(&good, choices)?;
            check(&bytes, choices)
        });
        match seed {
            Some(seed) => {
                run.seed(seed).run();
                break;
            }
            None => run.size_max(MOST_CHOICES).budget(Duration::from_secs(seconds)).run(),
        }
    }
    eprintln!("{inputs} inputs from {} good ones", good.len());
}

/// For the whole process, since its tests run at the same time: a limit to its memory, and an end.
fn guard(seconds: u64) {
    static GUARDED: Once = Once::new();
    GUARDED.call_once(|| {
        let (_, hard) = getrlimit(Resource::RLIMIT_AS).expect("a system call on a number");
        let most = (size_of_this_process() + MOST_MEMORY).min(hard);
        setrlimit(Resource::RLIMIT_AS, most, hard).expect("it is lower than before");
        alarm::set(seconds as u32 + LONGEST_TESTS);
    });
}

fn read(folder: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{folder:?} is empty");
    paths.iter().map(|path| fs::read(path).expect("a file")).collect()
}

/// In bytes (`proc_pid_statm(5)`).
fn size_of_this_process() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").expect("/proc is there");
    let pages: u64 = statm.split(' ').next().and_then(|it| it.parse().ok()).expect("a number");
    pages * 4096
}

/// Numbers at which lengths and counts go wrong.
const EDGES: [u64; 10] =
    [0, 1, 0x7f, 0x80, 0xff, 1 << 31, u32::MAX as u64, 1 << 40, i64::MAX as u64, u64::MAX];

/// A good input, spoilt at one to six places.
fn spoilt(good: &[Vec<u8>], choices: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut bytes = choices.choose(good)?.clone();
    for _ in 0..choices.int_in_range(1..=6)? {
        let place = choices.int_in_range(0..=bytes.len())?;
        let rest = bytes.len() - place;
        match choices.int_in_range(0..=6)? {
            0 if rest > 0 => bytes[place] = choices.arbitrary()?,
            1 => bytes.insert(place, choices.arbitrary()?),
            2 => drop(bytes.drain(place..place + choices.int_in_range(0..=rest.min(9))?)),
            3 => bytes.truncate(place),
            4 => {
                // A length or a count, in four bytes or in eight.
                let width = (*choices.choose(&[4, 8])?).min(rest);
                let edge = choices.choose(&EDGES)?.to_le_bytes();
                bytes[place..place + width].copy_from_slice(&edge[..width]);
            }
            5 => {
                let other = choices.choose(good)?;
                bytes.extend_from_slice(&other[place.min(other.len())..]);
            }
            _ => {
                // A length as postcard writes it: seven bits a byte.
                let width = (choices.int_in_range(1..=10)?).min(rest);
                bytes[place..place + width].fill(0xff);
            }
        }
    }
    Ok(bytes)
}
