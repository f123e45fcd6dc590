//! Exercise 1: five workers, none left as a zombie.

pub mod check;
mod given;

pub use given::{done, work};
