//! Every order of the steps of three processes at one robust lock, with a death after each step.
//!
//! The lock itself is the C library's and the kernel's; what is modelled is what they do, step by step: the word and its
//! mark that somebody sleeps, the queue of sleepers, and what the kernel does for one that dies ("Robust futexes",
//! <https://docs.kernel.org/locking/robust-futex-ABI.html>): it looks at the lock that the dead one held, and at the one
//! that it was about to get or to give back. Ours is that a sleeper looks again by itself. (That he tries once before he
//! waits, and that one who has not begun yet wakes somebody when he dies, makes no difference.)
//!
//! Who looks again can always go on, so of him the model shows that the lock excludes others and tells of a death in every
//! order; not when he gets it.

use crate::explore::explore;

const ACTORS: usize = 3;
/// How often each wants the lock.
const TURNS: u8 = 2;
const DEATHS: u8 = 2;

/// When the kernel calls somebody for one that died while it was about to get the lock, or had given it back.
#[derive(Clone, Copy, Debug)]
enum Kernel {
    /// If the lock is free (since Linux 5.4, "Prevent robust futex exit race").
    Free,
    /// Also if its owner has died (since Linux 6.2, "Resend potentially swallowed owner death notification").
    FreeOrDied,
}

/// The word: who has the lock, whether he died with it, and whether somebody may be asleep.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
struct Word {
    owner: Option<u8>,
    died: bool,
    sleepers: bool,
}

/// What an actor does next.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Step {
    Load,
    /// Puts itself into a word that it saw free, or whose owner has died.
    Swap(Word),
    /// Marks the word, before it sleeps.
    Mark(Word),
    /// Falls asleep, if the word is still this one.
    Sleep(Word),
    Asleep,
    /// Has the lock: the first half of the change, then the second, then gives it back.
    First,
    Second,
    Unlock,
    /// Has given it back, and is to wake one.
    Wake,
    Ended,
    Dead,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct State {
    word: Word,
    /// Who sleeps, the next to be woken first.
    queue: Vec<u8>,
    steps: [Step; ACTORS],
    /// Who has been asleep and so takes it that others are.
    assumes: [bool; ACTORS],
    left: [u8; ACTORS],
    /// A change is half done.
    half: bool,
    deaths: u8,
}

impl State {
    fn first() -> Self {
        Self {
            word: Word::default(),
            queue: Vec::new(),
            steps: [Step::Load; ACTORS],
            assumes: [false; ACTORS],
            left: [TURNS; ACTORS],
            half: false,
            deaths: 0,
        }
    }

    fn lives(&self, actor: usize) -> bool {
        !matches!(self.steps[actor], Step::Ended | Step::Dead)
    }

    fn wake_one(&mut self) {
        if !self.queue.is_empty() {
            let woken = self.queue.remove(0);
            self.steps[usize::from(woken)] = Step::Load;
        }
    }

    fn kill(&self, actor: usize, kernel: Kernel) -> Self {
        let mut next = self.clone();
        next.steps[actor] = Step::Dead;
        next.deaths += 1;
        next.queue.retain(|&it| usize::from(it) != actor);
        let sleepers = self.word.sleepers;
        if self.word.owner == Some(actor as u8) {
            next.word = Word { owner: None, died: true, sleepers };
            if sleepers {
                next.wake_one();
            }
        } else {
            // It may have taken somebody's call with it.
            let calls = match kernel {
                Kernel::Free => self.word == Word::default(),
                Kernel::FreeOrDied => self.word.owner.is_none(),
            };
            if calls {
                next.wake_one();
            }
        }
        next
    }

    /// What follows from what an actor has seen of the word.
    fn seen(word: Word) -> Step {
        match word {
            Word { owner: None, .. } => Step::Swap(word),
            Word { sleepers: false, .. } => Step::Mark(word),
            _ => Step::Sleep(word),
        }
    }

    /// The state after an actor's next step; `None` if it sleeps, and does not look again by itself.
    fn step(&self, actor: usize, looks_again: bool) -> Option<Self> {
        let mut next = self.clone();
        next.steps[actor] = match self.steps[actor] {
            Step::Load => Self::seen(self.word),
            Step::Swap(seen) if seen != self.word => Self::seen(self.word),
            Step::Swap(seen) => {
                let sleepers = seen.sleepers || self.assumes[actor];
                next.word = Word { owner: Some(actor as u8), died: false, sleepers };
                next.assumes[actor] = false;
                assert!(seen.died || !self.half, "nobody was told: {self:?}");
                Step::First
            }
            Step::Mark(seen) if seen != self.word => Self::seen(self.word),
            Step::Mark(seen) => {
                next.word.sleepers = true;
                Step::Sleep(Word { sleepers: true, ..seen })
            }
            Step::Sleep(seen) => {
                next.assumes[actor] = true;
                if seen == self.word {
                    next.queue.push(actor as u8);
                    Step::Asleep
                } else {
                    Step::Load
                }
            }
            Step::Asleep if looks_again => {
                next.queue.retain(|&it| usize::from(it) != actor);
                // It asks anew, and knows nothing of others.
                next.assumes[actor] = false;
                Step::Load
            }
            Step::Asleep => return None,
            Step::First => {
                assert_eq!(self.word.owner, Some(actor as u8), "two have it: {self:?}");
                next.half = true;
                Step::Second
            }
            Step::Second => {
                assert_eq!(self.word.owner, Some(actor as u8), "two have it: {self:?}");
                next.half = false;
                Step::Unlock
            }
            Step::Unlock => {
                next.word = Word::default();
                next.left[actor] -= 1;
                match (self.word.sleepers, next.left[actor]) {
                    (true, _) => Step::Wake,
                    (false, 0) => Step::Ended,
                    (false, _) => Step::Load,
                }
            }
            Step::Wake => {
                next.wake_one();
                if self.left[actor] == 0 { Step::Ended } else { Step::Load }
            }
            Step::Ended | Step::Dead => unreachable!("it is not asked"),
        };
        Some(next)
    }
}

/// A state from which somebody who lives never gets to his end, whatever comes first.
fn stuck(looks_again: bool, deaths: u8, kernel: Kernel) -> Option<State> {
    let living =
        |state: &State| -> Vec<usize> { (0..ACTORS).filter(|&actor| state.lives(actor)).collect() };
    let next = |state: &State| {
        let living = living(state);
        let dying = living.iter().filter(|_| state.deaths < deaths);
        let dead = dying.map(|&actor| (state.kill(actor, kernel), false));
        let steps = living.iter().filter_map(|&actor| state.step(actor, looks_again));
        dead.chain(steps.map(|next| (next, true))).collect()
    };
    let (states, stuck) = explore(State::first(), next, |state| living(state).is_empty());
    println!("{states} states");
    assert!(states > 5_000, "the model has shrunk to {states} states");
    stuck
}

#[test]
fn who_looks_again_shares_the_lock_with_nobody_and_is_told_in_every_order_of_steps_and_deaths() {
    for kernel in [Kernel::Free, Kernel::FreeOrDied] {
        assert_eq!(stuck(true, DEATHS, kernel), None);
    }
}

#[test]
fn without_looking_again_a_sleeper_is_forgotten_when_the_one_that_was_to_be_called_or_to_call_dies()
{
    for kernel in [Kernel::Free, Kernel::FreeOrDied] {
        assert_eq!(stuck(false, 0, kernel), None);
        let state = stuck(false, 1, kernel).expect("the kernel does not look after those who wait");
        assert!(state.steps.contains(&Step::Asleep), "{state:?}");
    }
}
