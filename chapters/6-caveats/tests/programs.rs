//! To come.
fn main(){}
