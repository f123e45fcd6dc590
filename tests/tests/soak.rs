//! The soak finds what is left behind: each leak is planted once, and told by name. Without one it is clean.

use std::path::PathBuf;
use std::process::ExitCode;

use testing::{Run, command, run_command};
use tests::soak::Leak;

fn soak(arguments: &[&str]) -> Run {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_soak"));
    run_command(command(program, &[&["--seed", "1"], arguments].concat()))
}

fn it_is_clean_and_tells_what_it_did() {
    for (language, clean) in [("en", "clean"), ("ja", "問題なし")] {
        let run = soak(&["--seconds", "2", "--lang", language]).succeeded();
        assert!(run.stdout.lines().last().is_some_and(|line| line.contains(clean)), "{run:#?}");
    }
}

/// What it says of each leak.
fn told(leak: Leak) -> [&'static str; 2] {
    match leak {
        Leak::Zombie | Leak::Child => ["a child is left", "子プロセスが残っています"],
        Leak::Descriptor => ["a descriptor is left", "ファイルディスクリプタが残っています"],
        Leak::SharedMemory => ["shared memory is left", "共有メモリが残っています"],
        Leak::Mapping => ["shared memory stays mapped", "共有メモリがマップされたまま"],
        Leak::Memory => ["resident memory grows", "常駐メモリが増えています"],
    }
}

fn every_leak_is_told_by_name_with_the_seed() {
    for (name, leak) in Leak::ALL {
        for (language, hint) in ["en", "ja"].into_iter().zip(told(leak)) {
            let run = soak(&["--seconds", "110", "--plant", name, "--lang", language]);
            let run = run.failed(1, hint);
            assert!(run.stderr.contains("cargo xtask soak --seed 1"), "{run:#?}");
        }
    }
}

fn bad_options_are_told() {
    for (arguments, hint) in [
        (&["--plant", "hope"][..], "--plant hope: there is zombie, child, descriptor"),
        (&["--seed", "x"], "a whole number"),
    ] {
        let run = run_command(command(env!("CARGO_BIN_EXE_soak"), arguments));
        run.failed(1, hint);
    }
}

fn main() -> ExitCode {
    testing::tests![
        it_is_clean_and_tells_what_it_did,
        every_leak_is_told_by_name_with_the_seed,
        bad_options_are_told,
    ]
}
