//! The check of `process/3-runner`: six commands, of which only two end well, and each is reported as what it was.

use checker::Check;

/// What a command does, and what the runner has to say of it.
const COMMANDS: [(&str, &str); 6] = [
    ("true", "exit code 0"),
    ("sh -c 'exit 3'", "exit code 3"),
    ("sh -c 'kill -SEGV $$'", "signal 11"),
    ("sleep 60", "timeout"),
    // Ignored signals stay ignored in the program that takes over.
    ("sh -c 'trap \"\" TERM; exec sleep 60'", "timeout"),
    ("sh -c 'echo done > last.txt'", "exit code 0"),
];

fn check(check: &mut Check) -> checker::Result {
    let commands = COMMANDS.map(|(command, _)| command).join("\n");
    let case = check.case().args(["commands.txt", "--timeout", "700"]);
    let ended = check.run(&case.file("commands.txt", commands))?;
    let reports = (1..).zip(COMMANDS).map(|(number, (_, report))| format!("{number}: {report}"));
    check.lines(&ended, &reports.collect::<Vec<String>>());
    if ended.came_to_its_end() && ended.file("last.txt").as_deref() != Some("done\n") {
        check.problem(
            "results",
            lesson::text!("the last command was not run", "最後のコマンドが実行されていません"),
        );
    }
    Ok(())
}

checker::check!(check);
