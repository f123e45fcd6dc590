//! The workspace's own commands, run as `cargo xtask COMMAND`.
//!
//! It builds in seconds: what needs mdBook is in the package `book`, which `cargo xtask book` runs.
//!
//! # Layout
//!
//! - [`command_line`]: two languages, errors and a closed pipe, for this tool and for `book`.
//! - [`workspace`]: where the workspace is, and running cargo in it.
//! - [`command`]: one file per command.

pub mod command;
pub mod command_line;
pub mod workspace;
