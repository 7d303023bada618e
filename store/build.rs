//! The migrations are embedded when this crate is compiled: compile it again when one is added.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}
