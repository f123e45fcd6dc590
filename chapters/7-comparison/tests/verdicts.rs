//! The rule, fed with figures whose truth is known: what it says in quiet and in several kinds of noise, and how
//! often it would say something else the next time.
//!
//! The table: `cargo test -p comparison --test verdicts -- --nocapture`

use std::fmt::Write;

use comparison::verdict::LEAST_FACTOR;
use comparison::{Better, Spread, Verdict, verdict};
use fastrand::Rng;

/// Rounds of each, as the program measures them unless it is told otherwise.
const ROUNDS: usize = 7;
/// So many comparisons of each case.
const COMPARISONS: usize = 2_000;
/// Who runs it five times sees so many verdicts.
const SERIES: usize = 5;

/// What a machine does to a figure: the factor by which one round is slower or quicker than it should be.
type Noise = (&'static str, fn(&mut Rng) -> f64);

const NOISES: [Noise; 9] = [
    ("none", |_| 1.0),
    ("3 % either way", |random| bell(random, 0.03)),
    ("5 % either way", |random| bell(random, 0.05)),
    ("10 % either way", |random| bell(random, 0.10)),
    ("20 % either way", |random| bell(random, 0.20)),
    ("40 % either way", |random| bell(random, 0.40)),
    ("1 round of 10 far slower", |random| bell(random, 0.02) * slower(random, 0.1)),
    ("1 round of 4 far slower", |random| bell(random, 0.02) * slower(random, 0.25)),
    ("a clock of two speeds", |random| bell(random, 0.02) * if random.bool() { 1.3 } else { 1.0 }),
];

/// About normally distributed around 1 on a logarithmic scale: twelve dice.
fn bell(random: &mut Rng, width: f64) -> f64 {
    let dice: f64 = (0..12).map(|_| random.f64()).sum();
    ((dice - 6.0) * width).exp()
}

/// Now and then somebody else wants the core.
fn slower(random: &mut Rng, share: f64) -> f64 {
    if random.f64() < share { 1.5 + 8.5 * random.f64() } else { 1.0 }
}

/// How often each verdict was given, in percent.
#[derive(Debug, Default)]
struct Said {
    processes: f64,
    threads: f64,
    no_difference: f64,
    too_noisy: f64,
    /// Series of five in which not all five said the same: some were too noisy.
    differ: f64,
    /// Series of five in which two said the contrary of each other: two outcomes, none of them "too noisy".
    contradict: f64,
}

/// Measures threads that are truly `factor` times as slow as processes, again and again.
fn said(factor: f64, better: Better, noise: fn(&mut Rng) -> f64) -> Said {
    // Seeded: the same figures in every run of this test.
    let random = &mut Rng::with_seed(6);
    let (mut said, mut series) = (Said::default(), Vec::new());
    let one = 100.0 / COMPARISONS as f64;
    for _ in 0..COMPARISONS {
        let mut measure = |truth: f64| {
            let figure = |slow: f64| {
                if better == Better::Lower { truth * slow } else { 8.0 / (truth * slow) }
            };
            Spread::of((0..ROUNDS).map(|_| figure(noise(random))).collect())
        };
        let (processes, threads) = (measure(1.0), measure(factor));
        let verdict = verdict(&processes, &threads, better);
        match verdict {
            Verdict::Processes { .. } => said.processes += one,
            Verdict::Threads { .. } => said.threads += one,
            Verdict::NoDifference => said.no_difference += one,
            Verdict::TooNoisy => said.too_noisy += one,
        }
        series.push(verdict);
    }
    let outcomes = |series: &[Verdict], all: bool| {
        let counts = |verdict: &&Verdict| all || **verdict != Verdict::TooNoisy;
        let outcomes = series.iter().filter(counts).map(std::mem::discriminant);
        outcomes.collect::<std::collections::HashSet<_>>().len()
    };
    for five in series.chunks_exact(SERIES) {
        said.differ += one * SERIES as f64 * f64::from(outcomes(five, true) > 1);
        said.contradict += one * SERIES as f64 * f64::from(outcomes(five, false) > 1);
    }
    said
}

#[test]
fn without_much_noise_every_verdict_is_the_true_one() {
    for better in [Better::Lower, Better::Higher] {
        for (name, noise) in &NOISES[..3] {
            for factor in [1.25, 1.5, 2.0, 8.0] {
                let said = said(factor, better, *noise);
                assert!(said.processes > 99.0, "{name}, {factor}: {said:?}");
                let said = self::said(1.0 / factor, better, *noise);
                assert!(said.threads > 99.0, "{name}, 1/{factor}: {said:?}");
            }
            let said = said(1.0, better, *noise);
            assert!(said.no_difference > 99.0, "{name}, equal: {said:?}");
        }
    }
}

#[test]
fn noise_may_hide_a_verdict_and_hardly_ever_makes_a_false_one() {
    for better in [Better::Lower, Better::Higher] {
        for (name, noise) in NOISES {
            let equal = said(1.0, better, noise);
            assert!(equal.processes < 1.5 && equal.threads < 1.5, "{name}, equal: {equal:?}");
            for factor in [1.5, 2.0, 8.0] {
                let said = said(factor, better, noise);
                assert!(said.threads < 0.1, "{name}, {factor}: {said:?}");
                assert!(said.no_difference < 0.5, "{name}, {factor}: {said:?}");
            }
        }
    }
}

#[test]
fn in_heavy_noise_equal_ones_are_too_noisy_and_a_large_difference_is_seen() {
    for (name, noise) in [NOISES[4], NOISES[5], NOISES[7], NOISES[8]] {
        let equal = said(1.0, Better::Lower, noise);
        assert!(equal.too_noisy > 75.0, "{name}: {equal:?}");
        let large = said(8.0, Better::Lower, noise);
        assert!(large.processes > 65.0, "{name}: {large:?}");
    }
}

#[test]
fn how_often_a_verdict_flips_is_told() {
    let mut table = String::from(
        "                                 verdicts                      of five in a row some\n\
         noise of a round          truth  proc.  thr.  none  noisy     differ  contradict\n",
    );
    for (name, noise) in NOISES {
        for factor in [1.0, 1.1, 1.25, 1.5, 2.0, 8.0] {
            let Said { processes, threads, no_difference, too_noisy, differ, contradict } =
                said(factor, Better::Lower, noise);
            let _ = writeln!(
                table,
                "{name:<25} {factor:>5} {processes:>5.1}% {threads:>4.1}% {no_difference:>4.0}% {too_noisy:>5.0}% \
                 {differ:>9.0}% {contradict:>10.0}%"
            );
            // A difference near the limit is a coin that is tossed, and quiet does not help.
            if factor == 1.0 || factor >= 1.5 {
                assert!(contradict < 5.0, "{name}, {factor}: {contradict} %\n{table}");
            }
        }
    }
    println!("{table}");
    let at_the_limit = said(LEAST_FACTOR, Better::Lower, NOISES[1].1);
    assert!(at_the_limit.contradict > 50.0, "{at_the_limit:?}");
}
