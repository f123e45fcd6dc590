//! How [`Queue`](crate::Queue) came about: three stages, each with the mistake that calls for the next.
//!
//! They are not for use. Each has a program that shows its failure: `queue-raw-pipe`, `queue-frames`, `queue-one-lock`.

pub mod s1_raw_pipe;
pub mod s2_frames;
pub mod s3_one_lock;
