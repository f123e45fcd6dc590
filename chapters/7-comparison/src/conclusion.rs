//! Where Python's advice holds here and where it does not: sentences chosen by what was measured.

use lesson::text;

use crate::row::{Kind, Measured, Row, three_digits};
use crate::rows::data_sharing;
use crate::verdict::Verdict;

/// What was measured, row for row.
pub type Results<'r> = [(&'r Row, Measured)];

/// Two or three sentences (a little more where the figures are mixed), in the reader's language.
pub fn sentences(results: &Results<'_>, cores: usize) -> Vec<String> {
    let mut sentences = Vec::new();
    // Sharing has a sentence of its own, at the end, where it was measured in more than one way.
    let has_own = |row: &Row, measured: &Measured| copying(row, measured).is_some();
    let advice = |kind: Kind| {
        let rows = results.iter().filter(move |(row, _)| row.python == kind);
        rows.filter(|(row, measured)| !has_own(row, measured))
    };
    let listed = |names: Vec<&Row>| -> Option<String> {
        let names: Vec<String> =
            names.iter().map(|row| text!("\"{}\"", "「{}」", row.name())).collect();
        let (last, first) = names.split_last()?;
        // All are quoted: a comma in a name disturbs nobody.
        let first = first.join(&text!(", ", "、"));
        Some(match first.as_str() {
            "" => last.clone(),
            first => text!("{first} and {last}", "{first}と{last}"),
        })
    };
    let noisy = |measured: &Measured| measured.verdict() == Verdict::TooNoisy;
    let names = |held: bool, kind: Kind| {
        let clear = advice(kind).filter(|(_, measured)| !noisy(measured));
        let as_asked = clear
            .filter(|(row, measured)| held == (measured.verdict().winner() == Some(row.python)));
        listed(as_asked.map(|(row, _)| *row).collect())
    };
    if cores == 1 {
        sentences.push(text!(
            "Only one core may be used here, so nothing was computed at the same time, by processes or by threads.",
            "ここで使えるコアは1個だけなので、プロセスでもスレッドでも計算は同時に進みませんでした。"
        ));
    }
    if let Some(names) = names(false, Kind::Processes) {
        sentences.push(text!(
            "{names}: Python needs processes because of its GIL; Rust has none, and threads did no worse here.",
            "{names}でPythonがプロセスを勧めるのはGILがあるからです。RustにはGILがなく、ここではスレッドも劣りませんでした。"
        ));
    }
    if let Some(names) = names(true, Kind::Processes) {
        sentences.push(text!(
            "{names}: processes were quicker here, though Rust has no GIL; does it stay so with more rounds?",
            "{names}では、GILのないRustでもプロセスのほうが速い結果でした。計測の回数を増やしても同じか確かめてください。"
        ));
    }
    if let Some(names) = names(true, Kind::Threads) {
        sentences.push(text!(
            "{names}: the advice to use threads holds: they cost less to start and to talk to.",
            "{names}では、スレッドを勧める助言がRustにも当てはまります。開始も受け渡しもスレッドのほうが安く済むからです。"
        ));
    }
    if let Some(names) = names(false, Kind::Threads) {
        sentences.push(text!(
            "{names}: the advice to use threads was not borne out: processes did no worse here.",
            "{names}では、スレッドを勧める助言は裏づけられませんでした。ここではプロセスも劣りません。"
        ));
    }
    sentences.extend(results.iter().find_map(|(row, measured)| copying(row, measured)));
    let noisy = results.iter().filter(|(row, measured)| noisy(measured) && !has_own(row, measured));
    if let Some(names) = listed(noisy.map(|(row, _)| *row).collect()) {
        sentences.push(text!(
            "{names}: the rounds scatter too widely to tell; a quieter machine or more rounds may help.",
            "{names}は、ばらつきが大きく判定できません。ほかのプログラムを止めるか、計測の回数を増やしてみてください。"
        ));
    }
    sentences
}

/// What sharing costs, if a way that copies was measured and was not the best.
fn copying(row: &Row, measured: &Measured) -> Option<String> {
    let copying = measured.others().into_iter().find(|way| way.name == data_sharing::BY_QUEUE)?;
    let (unit, shared) = (measured.unit(), &measured.best(Kind::Processes).spread);
    let (slow, quick) = (unit.show(copying.spread.median), unit.show(shared.median));
    let (name, factor) = (row.name(), three_digits(copying.spread.median / shared.median));
    Some(if measured.verdict() == Verdict::TooNoisy {
        text!(
            "\"{name}\": whether threads are quicker than shared memory ({quick}) is lost in noise; what is dear \
             is copying, through a queue {slow} ({factor}x).",
            "「{name}」では、共有メモリ({quick})とスレッドの差はばらつきに埋もれて判定できません。\
             高くつくのはコピーで、キューを通すと{slow}({factor}倍)かかりました。"
        )
    } else if measured.verdict().winner() == Some(row.python) {
        text!(
            "\"{name}\": the advice holds, threads were quicker; processes take {quick} in shared memory, and \
             {slow} ({factor}x) if they copy through a queue.",
            "「{name}」でも助言どおりスレッドのほうが速い結果でした。プロセスは共有メモリで{quick}、\
             キューを通してコピーすると{slow}({factor}倍)かかりました。"
        )
    } else {
        text!(
            "\"{name}\": processes do no worse than threads if they share memory ({quick}); what is dear is \
             copying, through a queue {slow} ({factor}x).",
            "「{name}」では、プロセスも共有メモリ({quick})ならスレッドに劣りませんでした。\
             高くつくのはコピーで、キューを通すと{slow}({factor}倍)かかりました。"
        )
    })
}

#[cfg(test)]
mod tests {
    use lesson::{Language, set_language};

    use super::sentences;
    use crate::measure::Spread;
    use crate::row::{Kind, Measured, Row, Unit, Way};
    use crate::rows::ROWS;

    /// Each row as if `winners` had won by far (`None`: nobody).
    fn results(winners: [Option<Kind>; 5]) -> Vec<(&'static Row, Measured)> {
        let measured = |row: &'static Row, winner: Option<Kind>| {
            let figure = |kind| {
                let won = winner == Some(kind);
                if winner.is_some() && !won { 5.0 } else { 1.0 }
            };
            let way = |kind, name: &str, figure| Way {
                kind,
                name: name.to_owned(),
                spread: Spread::of(vec![figure; 3]),
            };
            let mut ways = vec![
                way(Kind::Processes, "a", figure(Kind::Processes)),
                way(Kind::Threads, "b", figure(Kind::Threads)),
            ];
            if row.id == "data_sharing" {
                ways.push(way(Kind::Processes, "queue", 10.0));
            }
            (row, Measured::new(Unit::Milliseconds, ways))
        };
        ROWS.iter().zip(winners).map(|(row, winner)| measured(row, winner)).collect()
    }

    #[test]
    fn the_sentences_follow_from_the_verdicts() {
        use Kind::{Processes, Threads};
        set_language(Language::English);
        let usual = results([None, Some(Threads), None, Some(Threads), Some(Threads)]);
        let said = sentences(&usual, 2);
        assert_eq!(said.len(), 3, "{said:#?}");
        assert!(
            said[0].starts_with("\"compute-bound work\" and \"using all cores\": Python needs")
        );
        assert!(said[1].contains("\"many light tasks\"") && said[1].contains("holds"));
        assert!(
            said[2].contains("the advice holds") && said[2].contains("10.0 ms (2.00x)"),
            "{said:#?}"
        );

        let odd = results([Some(Processes), None, Some(Threads), Some(Processes), None]);
        let said = sentences(&odd, 1);
        assert!(said[0].starts_with("Only one core"));
        assert!(said[1].starts_with("\"using all cores\": Python needs"));
        assert!(said[2].starts_with("\"compute-bound work\": processes were quicker"));
        let not =
            "\"much waiting for I/O\" and \"many light tasks\": the advice to use threads was not";
        assert!(said[3].starts_with(not));
        assert!(said[4].starts_with("\"sharing data\": processes do no worse"), "{said:#?}");
        assert_eq!(said.len(), 5);
    }

    #[test]
    fn of_what_is_lost_in_noise_nothing_is_said_but_that() {
        set_language(Language::English);
        let mut noisy = results([None, Some(Kind::Threads), None, None, None]);
        let scattered = |kind| {
            let spread = Spread::of(vec![1.0, 2.0, 3.0, 4.0, 5.0]);
            Way { kind, name: "a".to_owned(), spread }
        };
        let ways = vec![scattered(Kind::Processes), scattered(Kind::Threads)];
        noisy[3].1 = Measured::new(Unit::Milliseconds, ways);
        let said = sentences(&noisy, 2);
        assert!(said[3].starts_with("\"many light tasks\": the rounds scatter"), "{said:#?}");
        assert!(said[..3].iter().all(|sentence| !sentence.contains("light")), "{said:#?}");
    }
}
