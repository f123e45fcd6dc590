//! The check of `pool/6-prepare-once`: every word is translated, and no process has loaded the dictionary twice.

use checker::Check;
use lesson::text;

const WORKERS: usize = 2;

fn check(check: &mut Check) -> checker::Result {
    let ended = check.run(&check.case())?;
    let meanings = ["ko", "hataraku hito", "oya", "minashigo"].join(", ");
    let wanted = [meanings.as_str(); 10].join(", ");
    check.line(&ended, &format!("translated: {wanted}"));
    let loaded = ended.after("loading the dictionary ").count();
    if ended.came_to_its_end() && loaded > WORKERS {
        check.problem(
            "loaded",
            text!(
                "the dictionary was loaded {loaded} times by {WORKERS} workers: each needs it once",
                "{WORKERS}個のワーカーが辞書を{loaded}回読み込みました。それぞれ一回で足ります"
            ),
        );
    }
    Ok(())
}

checker::check!(check);
