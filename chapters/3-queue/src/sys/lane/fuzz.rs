//! A writer that writes what it likes into a lane's counts and lengths: its reader gets records or an error.

use std::sync::atomic::Ordering::Relaxed;

use testing::fuzz;

use super::{DRAFTED, WRITTEN, lane};
use crate::fuzz::corpus;

#[test]
fn a_lane_gives_records_or_an_error_whatever_its_writer_says() {
    fuzz(corpus("item"), |bytes, choices| {
        let (mut writer, mut reader) = lane(1024).expect("a lane");
        let bytes = &bytes[..bytes.len().min(writer.longest())];
        // Some are read at once, so that the spoilt one lies anywhere.
        for _ in 0..choices.int_in_range(0..=9)? {
            writer.room(bytes.len()).expect("room")[..bytes.len()].copy_from_slice(bytes);
            writer.keep(bytes.len());
            writer.publish();
            assert_eq!(reader.read(<[u8]>::to_vec), Ok(Some(bytes.to_vec())));
        }
        let place = writer.start;
        if let Some(room) = writer.room(bytes.len()) {
            room[..bytes.len()].copy_from_slice(bytes);
            writer.keep(bytes.len());
            if choices.arbitrary()? {
                writer.publish();
            }
        }
        let near = place.wrapping_add(choices.int_in_range(0..=2048)?);
        let counts = [0, near, near & !7, u64::MAX, 1 << 63];
        for count in [WRITTEN, DRAFTED] {
            if choices.arbitrary()? {
                writer.lane.count(count).store(*choices.choose(&counts)?, Relaxed);
            }
        }
        let lengths = [0, 1, 500, 1016, 1024, u32::MAX - 1, u32::MAX];
        for at in [place, 0, 512] {
            if choices.arbitrary()? {
                writer.lane.prefix(at & !7)[0].store(*choices.choose(&lengths)?, Relaxed);
            }
        }
        // Each record takes at least its prefix of what is there: there are not many.
        let mut records = 0;
        while let Ok(Some(length)) = reader.read(<[u8]>::len) {
            assert!(length <= 1024);
            records += 1;
            assert!(records <= 1024 / 8, "it gives records for ever");
        }
        if let Ok(Some(length)) = reader.read_draft(<[u8]>::len) {
            assert!(length <= 1024);
        }
        Ok(())
    });
}
