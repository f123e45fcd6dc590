//! Everything that goes wrong, made to happen on purpose: to our crates, and to Python's multiprocessing.
//! Run it: `cargo run -p caveats --bin caveats-faults`, then with `worker-killed`, `-- --all`, `-- --all --python`
//! Look for: who hangs, and what the errors name.

use std::process::ExitCode;

use caveats::faults::python::{self, Counterpart};
use caveats::faults::table::{WIDTH, row};
use caveats::faults::{FAULTS, Verdict, find, heed_interrupts, perform};
use lesson::{Given, Options, print_line, say, text};

fn list() {
    for (n, fault) in (1..).zip(FAULTS) {
        let cells = [format!("{n:>2}"), fault.name.to_owned(), fault.about().to_owned()];
        row(&cells, &[2, 21, WIDTH - 27]).iter().for_each(|line| print_line(line));
    }
    say!(
        "Run one with its number or name, or --all of them; --python beside Python.",
        "番号か名前で一つ、--allですべてを実行します。--pythonでPythonと並べます。"
    );
}

fn word(verdict: &Verdict) -> String {
    if verdict.kept {
        text!("as promised", "約束どおり")
    } else {
        text!("BROKEN", "約束違反")
    }
}

/// One fault, with all that it told.
fn tell(fault: usize, verdict: &Verdict, python: Option<&Counterpart>) {
    let number = fault + 1;
    let (name, about, seen, word) =
        (FAULTS[fault].name, FAULTS[fault].about(), &verdict.seen, word(verdict));
    say!("{number} {name}: {about}", "{number} {name}: {about}");
    verdict.notes.iter().for_each(|note| say!("  told: {note}", "  出力: {note}"));
    let seconds = verdict.seconds;
    say!("  ours: {seen}", "  本書: {seen}");
    if let Some(python) = python.map(Counterpart::describe) {
        say!("  Python: {python}", "  Python: {python}");
    }
    say!("  {word}, in {seconds:.2} s", "  {word}({seconds:.2}秒)");
}

fn json(fault: usize, verdict: &Verdict, python: Option<&Counterpart>) -> serde_json::Value {
    serde_json::json!({
        "number": fault + 1,
        "name": FAULTS[fault].name,
        "fault": FAULTS[fault].about(),
        "ours": verdict,
        "python": python,
    })
}

fn program(given: &Given) -> lesson::Result {
    let (all, as_json, beside) = (given.flag("all"), given.flag("json"), given.flag("python"));
    let chosen: Vec<usize> = match given.text("FAULT") {
        Some(which) if !all => vec![find(which).ok_or_else(|| {
            let most = FAULTS.len();
            text!(
                "{which}: there is no such fault: give a number from 1 to {most} or a name of the list",
                "{which}: そのような障害はありません。1から{most}までの番号か、一覧にある名前を指定してください"
            )
        })?],
        Some(_) => {
            return Err(text!(
                "give a fault or --all, not both",
                "障害か--allのどちらか一方を指定してください"
            )
            .into());
        }
        None if all => (0..FAULTS.len()).collect(),
        None => {
            list();
            return Ok(());
        }
    };
    heed_interrupts()?;
    let version = python::version();
    if beside && version.is_none() {
        return Err(text!(
            "python3 is not on this machine: install it, or leave out --python",
            "python3がありません。インストールするか、--pythonを外してください"
        )
        .into());
    }
    let version = version.filter(|_| beside);
    let counterparts = if beside { python::run(&chosen)? } else { vec![None; chosen.len()] };

    let in_table = all && !as_json;
    let widths: &[usize] = if beside { &[2, 24, 24, 24] } else { &[2, 31, 43] };
    if in_table {
        let mut header = vec!["#".to_owned(), text!("fault", "障害"), text!("ours", "本書")];
        header.extend(version.as_ref().map(|version| format!("Python {version}")));
        row(&header, widths).iter().for_each(|line| print_line(line));
        print_line(&"-".repeat(WIDTH));
    }
    let mut objects = Vec::new();
    let (mut kept, mut hanging) = (0, 0);
    for (&fault, python) in chosen.iter().zip(&counterparts) {
        let verdict = perform(fault)?;
        kept += usize::from(verdict.kept);
        hanging += usize::from(python.as_ref().is_some_and(|it| it.hangs));
        if as_json {
            objects.push(json(fault, &verdict, python.as_ref()));
        } else if in_table {
            let ours = if verdict.kept { &verdict.seen } else { &broken(&verdict) };
            let mut cells =
                vec![format!("{:>2}", fault + 1), FAULTS[fault].about().to_owned(), ours.clone()];
            cells.extend(
                beside.then(|| python.as_ref().map_or("–".to_owned(), Counterpart::describe)),
            );
            row(&cells, widths).iter().for_each(|line| print_line(line));
        } else {
            tell(fault, &verdict, python.as_ref());
        }
    }
    let of = chosen.len();
    if as_json {
        let whole = serde_json::json!({ "python_version": version, "faults": objects });
        print_line(&serde_json::to_string_pretty(&whole)?);
    } else if in_table {
        print_line(&"-".repeat(WIDTH));
        say!("as promised: {kept} of {of}", "約束どおり: {of}件中{kept}件");
        if beside {
            let tried = counterparts.iter().flatten().count();
            say!("Python hangs in {hanging} of {tried}", "Pythonがハング: {tried}件中{hanging}件");
        }
    }
    if kept < of {
        let broken = of - kept;
        return Err(text!("{broken} promises were broken", "約束が{broken}件破られました").into());
    }
    Ok(())
}

fn broken(verdict: &Verdict) -> String {
    let seen = &verdict.seen;
    text!("BROKEN: {seen}", "約束違反: {seen}")
}

fn main() -> ExitCode {
    let about = Options::new(
        "Makes faults happen on purpose, and shows what comes of them. Without a fault: lists them.",
        "障害をわざと起こし、その結果を示します。障害を指定しなければ一覧を表示します。",
    )
    .optional("FAULT", "a number or a name of the list", "一覧にある番号か名前")
    .flag("all", "every fault, as a table", "すべての障害を表にします")
    .flag("python", "our Python counterparts beside them", "Pythonの対応プログラムと並べます")
    .flag("json", "for other programs to read", "ほかのプログラムが読む形式で出力します");
    lesson::run(about, program)
}
