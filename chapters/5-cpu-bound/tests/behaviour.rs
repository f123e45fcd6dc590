//! Three ways to do the same work, what they are measured by, and the picture.
#![allow(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::panic::{catch_unwind, resume_unwind};
use std::process::{ExitCode, id};
use std::thread;
use std::time::Duration;

use cpu_bound::heavy::{ADDITIONS, heavy_computation};
use cpu_bound::mandelbrot::{MOST_STEPS, Tile, draw, tiles};
use cpu_bound::picture::{Picture, colour};
use cpu_bound::speed_up::{Times, timed};
use cpu_bound::{processes, serial, table, threads};
use nix::sys::signal::{Signal, raise};
use pool::{Pool, TaskError};

fn the_sum_is_ten_million_times_the_number() {
    assert_eq!(ADDITIONS, 10_000_000);
    for n in [0, 1, 2, 3, 4, 1_000_000_000] {
        assert_eq!(heavy_computation(n), n * 10_000_000);
    }
}

fn every_addition_is_done() {
    // No processor of today does a turn with a store and a load in a tenth of a nanosecond; a result that
    // the compiler had calculated would be there at once.
    let fastest = (0..5).map(|n| timed(|| heavy_computation(n)).1).min().unwrap();
    assert!(fastest > Duration::from_millis(1), "{fastest:?}");
}

fn all_three_ways_give_the_results_in_order() {
    let work = |n: u64| {
        // The first takes longest.
        (0..(20 - n) * 50_000).for_each(|turn| _ = std::hint::black_box(turn));
        n * 3
    };
    for workers in [1, 2, 5] {
        let pool = Pool::new(workers).unwrap();
        for length in [0, 1, 3, 20] {
            let numbers: Vec<u64> = (0..length).collect();
            let expected: Vec<u64> = numbers.iter().map(|n| n * 3).collect();
            assert_eq!(serial::run(work, &numbers), expected);
            assert_eq!(threads::run(work, &numbers, workers), expected);
            assert_eq!(processes::run(&pool, work, &numbers).unwrap(), expected);
        }
    }
    assert_eq!(threads::run(work, &[1, 2], 0), [3, 6], "no thread at all counts as one");
}

fn each_way_runs_where_it_says() {
    let numbers: Vec<u64> = (0..50).collect();
    let here = (id(), format!("{:?}", thread::current().id()));
    let place = |_: u64| (id(), format!("{:?}", thread::current().id()));
    assert!(serial::run(place, &numbers).iter().all(|place| place == &here));
    let in_threads: BTreeSet<_> = threads::run(place, &numbers, 3).into_iter().collect();
    assert!(in_threads.iter().all(|place| place.0 == here.0 && place.1 != here.1));
    assert!(in_threads.len() <= 3, "{in_threads:?}");
    // The threads are gone: a pool may fork now.
    let pool = Pool::new(3).unwrap();
    let pids: BTreeSet<u32> = pool.pids().iter().map(|pid| pid.as_raw() as u32).collect();
    let ran = processes::run(&pool, |_| id(), &numbers).unwrap();
    assert!(ran.iter().all(|pid| pids.contains(pid)), "{ran:?} {pids:?}");
}

fn a_panic_in_a_thread_reaches_the_caller_and_leaves_no_thread() {
    let work = |n: u64| if n == 3 { resume_unwind(Box::new("not 3")) } else { n };
    let payload = catch_unwind(|| threads::run(work, &[1, 2, 3, 4], 2)).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"not 3"));
    Pool::new(1).unwrap();
}

fn a_worker_that_dies_is_an_error() {
    let pool = Pool::new(2).unwrap();
    let work = |n: u64| {
        if n == 2 {
            raise(Signal::SIGKILL).unwrap();
        }
        n
    };
    let error = processes::run(&pool, work, &[0, 1, 2, 3]).unwrap_err();
    assert!(matches!(error, TaskError::WorkerDied { item: 2, .. }), "{error}");
    assert_eq!(processes::run(&pool, work, &[5]).unwrap(), [5]);
}

fn times_in(milliseconds: &[u64]) -> Times {
    let mut times = Times::new();
    milliseconds.iter().for_each(|&ms| times.add(Duration::from_millis(ms)));
    times
}

fn the_median_the_spread_and_the_speed_up_are_right() {
    let ms = Duration::from_millis;
    let none = Times::new();
    assert_eq!((none.median(), none.spread()), (ms(0), ms(0)));
    for (times, median, spread) in
        [(&[7][..], 7, 0), (&[9, 1, 2], 2, 8), (&[4, 1, 100, 2], 3, 99), (&[5, 5, 5, 5, 90], 5, 85)]
    {
        let times = times_in(times);
        assert_eq!((times.median(), times.spread()), (ms(median), ms(spread)), "{times:?}");
    }
    let serial = times_in(&[16, 2, 8]);
    assert_eq!(times_in(&[4, 5, 4]).speed_up(&serial), 2.0);
    assert_eq!(serial.speed_up(&serial), 1.0);
    assert_eq!(none.speed_up(&serial), 0.0);
}

fn columns_are_aligned_in_both_languages() {
    let rows = [["方法", "中央値"], ["serial", "1 ms"], ["プロセス", "100 ms"]];
    let lines = table::lines(&rows.map(|row| row.map(str::to_owned)));
    assert_eq!(lines, ["方法      中央値", "serial      1 ms", "プロセス  100 ms"]);
    assert!(table::lines::<2>(&[]).is_empty());
}

fn tiles_cover_every_pixel_once() {
    for (size, side) in [((960, 640), 64), ((7, 5), 3), ((3, 3), 0), ((1, 1), 100), ((0, 4), 2)] {
        let mut covered = vec![0; (size.0 * size.1) as usize];
        for tile in tiles(size, side) {
            assert_eq!(tile.picture, size);
            for y in tile.y..tile.y + tile.height {
                for x in tile.x..tile.x + tile.width {
                    covered[(y * size.0 + x) as usize] += 1;
                }
            }
        }
        assert!(covered.iter().all(|&count| count == 1), "{size:?} {side}");
    }
}

fn whole(size: (u32, u32)) -> Tile {
    Tile { x: 0, y: 0, width: size.0, height: size.1, picture: size }
}

fn a_tile_is_that_part_of_the_whole_picture() {
    let size = (96, 64);
    let all = draw(whole(size));
    for tile in tiles(size, 20) {
        let steps = draw(tile);
        for (row, steps) in steps.chunks(tile.width as usize).enumerate() {
            let begin = (tile.y as usize + row) * 96 + tile.x as usize;
            assert_eq!(steps, &all[begin..begin + tile.width as usize]);
        }
    }
    // c = −0.7 in the middle never escapes, the corners do at once; above and below the axis are alike.
    assert_eq!(all[32 * 96 + 48], MOST_STEPS);
    assert!(all[0] < 5 && all[95] < 5);
    assert!((1..32).all(|y| all[(32 - y) * 96..][..96] == all[(32 + y) * 96..][..96]));
}

fn colours_go_round_from_red_to_red() {
    assert_eq!(colour(0.0, 1.0), [255, 0, 0]);
    assert_eq!(colour(1.0 / 3.0, 1.0), [0, 255, 0]);
    assert_eq!(colour(2.0 / 3.0, 1.0), [0, 0, 255]);
    assert_eq!(colour(0.5, 1.0), [0, 255, 255]);
    assert_eq!(colour(1.0, 1.0), [255, 0, 0]);
    assert_eq!(colour(0.3, 0.0), [0, 0, 0]);
}

fn a_saved_picture_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("絵.png");
    fs::write(&file, "an old one").unwrap();
    let mut picture = Picture::new((5, 3));
    let tile = Tile { x: 1, y: 1, width: 2, height: 2, picture: (5, 3) };
    picture.paint(tile, &[100, 100, 100, MOST_STEPS], 0.0);
    picture.save(&file).unwrap();
    let decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(&file).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    assert_eq!((info.width, info.height, info.color_type), (5, 3, png::ColorType::Rgb));
    let red: Vec<u8> = bytes.chunks(3).map(|pixel| pixel[0]).collect();
    assert_eq!(red, [0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 255, 26, 0, 0]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
}

fn a_picture_that_cannot_be_saved_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let picture = Picture::new((2, 2));
    let missing = folder.path().join("missing").join("x.png");
    assert_eq!(picture.save(&missing).unwrap_err().kind(), ErrorKind::NotFound);
    // A folder of that name.
    let taken = folder.path().join("x.png");
    fs::create_dir(&taken).unwrap();
    picture.save(&taken).unwrap_err();
    picture.save("/".as_ref()).unwrap_err();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    assert!(taken.is_dir());
}

fn main() -> ExitCode {
    testing::tests![
        the_sum_is_ten_million_times_the_number,
        every_addition_is_done,
        all_three_ways_give_the_results_in_order,
        each_way_runs_where_it_says,
        a_panic_in_a_thread_reaches_the_caller_and_leaves_no_thread,
        a_worker_that_dies_is_an_error,
        the_median_the_spread_and_the_speed_up_are_right,
        columns_are_aligned_in_both_languages,
        tiles_cover_every_pixel_once,
        a_tile_is_that_part_of_the_whole_picture,
        colours_go_round_from_red_to_red,
        a_saved_picture_is_read_back,
        a_picture_that_cannot_be_saved_leaves_nothing,
    ]
}
