//! Every state that a model can get into, and whether all who live can get to the end from there.

use std::collections::HashMap;
use std::hash::Hash;
use std::mem::replace;

/// Follows all ways from `first`. `next` gives what may come after a state, and whether it is a step; else it is a death.
/// Gives how many states there are, and one from which no steps lead to a state that is the `end`.
pub(crate) fn explore<S: Clone + Eq + Hash>(
    first: S,
    next: impl Fn(&S) -> Vec<(S, bool)>,
    end: impl Fn(&S) -> bool,
) -> (usize, Option<S>) {
    let mut numbers = HashMap::from([(first.clone(), 0)]);
    let mut open = vec![(first, 0)];
    // Who comes before a state, by a step.
    let mut before: Vec<Vec<u32>> = vec![Vec::new()];
    let mut ends = Vec::new();
    while let Some((state, number)) = open.pop() {
        if end(&state) {
            ends.push(number);
        }
        for (next, is_step) in next(&state) {
            let fresh = before.len() as u32;
            let next_number = *numbers.entry(next).or_insert_with_key(|next| {
                open.push((next.clone(), fresh));
                before.push(Vec::new());
                fresh
            });
            if is_step {
                before[next_number as usize].push(number);
            }
        }
    }
    // Backwards from the ends.
    let mut gets_there = vec![false; before.len()];
    while let Some(number) = ends.pop() {
        if !replace(&mut gets_there[number as usize], true) {
            ends.extend(&before[number as usize]);
        }
    }
    let stuck = numbers.into_iter().find(|&(_, number)| !gets_there[number as usize]);
    (before.len(), stuck.map(|(state, _)| state))
}
