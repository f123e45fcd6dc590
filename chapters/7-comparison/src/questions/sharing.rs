//! Two workers visit every entry of one table by turns, for tables of several sizes: milliseconds for all visits.
//!
//! The same as the row [`data_sharing`], for several sizes.

use lesson::Result;

use crate::asking::{Asking, Way};
use crate::row::{Kind, Unit};
use crate::rows::data_sharing;

/// Bytes of the table: 1 KiB … 64 MiB.
const SIZES: [f64; 5] = [1_024.0, 65_536.0, 1_048_576.0, 8_388_608.0, 67_108_864.0];

/// See [`questions::ask`](super::ask).
///
/// # Errors
///
/// As there.
pub fn ask(asking: &mut Asking) -> Result {
    let ways = vec![
        Way::rust(Kind::Processes, "shared_memory", |size| {
            data_sharing::by_shared_memory(size as usize)
        }),
        Way::rust(Kind::Processes, data_sharing::BY_QUEUE, |size| {
            data_sharing::by_queue(size as usize)
        }),
        Way::rust(Kind::Threads, "arc_and_mutex", |size| data_sharing::by_threads(size as usize)),
        Way::python(Kind::Processes, "shared_memory"),
        Way::python(Kind::Processes, "queue"),
        Way::python(Kind::Threads, "lock"),
    ];
    let sizes = asking.pick(&SIZES[..4], &SIZES[..]);
    asking.compare(Unit::Milliseconds, 1.0, sizes, ways)
}
