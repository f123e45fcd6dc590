//! One file per command.

pub mod bench;
pub mod book;
pub mod doctor;
pub mod exercise;
pub mod measure;
pub mod soak;
pub mod tour;
