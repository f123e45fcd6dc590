//! What stands behind a verdict: the runs, their quartiles, and the rule step by step.

use lesson::text;

use crate::isolation::{Isolation, Shown, winner};
use crate::row::{Kind, Measured, Way, three_digits};
use crate::verdict::{LEAST_AGREEMENT, LEAST_FACTOR, MOST_ROOM, agreement};

/// The lines about one language's figures of a row.
pub fn figures(language: &str, measured: &Measured) -> Vec<String> {
    let unit = measured.unit();
    let show = |figure: f64| unit.show(figure);
    let mut lines = Vec::new();
    let best = [Kind::Processes, Kind::Threads].map(|kind| measured.best(kind));
    for Way { kind, name, spread } in best.into_iter().chain(measured.others()) {
        let kind = kind.name();
        let name = name.replace('_', " ");
        lines.push(text!("{language}, {kind} ({name}):", "{language}の{kind}({name}):"));
        let samples: Vec<String> = spread.samples.iter().map(|&it| three_digits(it)).collect();
        let samples = samples.join("  ");
        lines.push(text!("  rounds: {samples}", "  各回: {samples}"));
        let [low, middle, high] =
            [spread.lower_quartile, spread.median, spread.upper_quartile].map(show);
        lines.push(text!(
            "  median {middle}, middle half {low} to {high}",
            "  中央値{middle}、中央の半分は{low}から{high}まで"
        ));
    }
    let [processes, threads] = best.map(|way| &way.spread);
    let (low, high) =
        if processes.median < threads.median { (processes, threads) } else { (threads, processes) };
    let yes = |holds| if holds { text!("yes", "はい") } else { text!("no", "いいえ") };
    let factor = high.median / low.median;
    let apart = low.upper_quartile < high.lower_quartile;
    let (shown, least) = (three_digits(factor), format!("{LEAST_FACTOR:.2}"));
    let holds = yes(factor >= LEAST_FACTOR);
    lines.push(text!("A difference?", "差があるか"));
    lines.push(text!(
        "  1. medians: factor {shown}, at least {least}: {holds}",
        "  1. 中央値の比{shown}は{least}以上か: {holds}"
    ));
    let holds = yes(apart);
    lines.push(text!(
        "  2. middle halves apart: {holds}",
        "  2. 中央の半分どうしが離れているか: {holds}"
    ));
    let share = agreement(low, high);
    let (percent, least) = (percent(share), self::percent(LEAST_AGREEMENT));
    let holds = yes(share >= LEAST_AGREEMENT);
    lines.push(text!(
        "  3. pairs of rounds that say so: {percent}%, at least {least}%: {holds}",
        "  3. 同じ結果になる組{percent}%は{least}%以上か: {holds}"
    ));
    let room =
        high.upper_quartile.max(low.upper_quartile) / low.lower_quartile.min(high.lower_quartile);
    let (shown, most) = (three_digits(room), format!("{MOST_ROOM:.2}"));
    let (near, narrow) = (yes(factor < LEAST_FACTOR), yes(room < MOST_ROOM));
    let least = format!("{LEAST_FACTOR:.2}");
    lines.push(text!("If not, none?", "差がないと言えるか"));
    lines.push(text!(
        "  medians closer than {least}: {near}; both middle halves within a factor of {most}: {narrow} ({shown})",
        "  中央値の比が{least}未満か: {near}。中央の半分が合わせて{most}倍の幅に収まるか: {narrow}({shown})"
    ));
    let verdict = measured.verdict().show();
    lines.push(text!("{language}: {verdict}", "{language}の判定: {verdict}"));
    lines
}

/// The lines about what was made to happen.
pub fn isolation(isolation: &Isolation, both: &[Shown; 2]) -> Vec<String> {
    let mut lines = vec![isolation.name().to_owned()];
    for (kind, shown) in [Kind::Processes, Kind::Threads].into_iter().zip(both) {
        let (kind, outcome) = (kind.name(), &shown.outcome);
        lines.push(format!("{kind}: {outcome}"));
        lines.extend(shown.steps.iter().map(|step| format!("  {step}")));
    }
    let verdict = isolated(both);
    lines.push(text!(
        "The harm stayed with the worker: {verdict}",
        "害がワーカーの中にとどまったのは: {verdict}"
    ));
    lines
}

/// A verdict on isolation, in the reader's language.
pub fn isolated(both: &[Shown; 2]) -> String {
    match winner(both) {
        Some(kind) => kind.name(),
        None => text!("no difference", "差なし"),
    }
}

fn percent(share: f64) -> String {
    format!("{:.0}", share * 100.0)
}
