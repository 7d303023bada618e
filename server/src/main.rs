//! The binary `brigade`.

use std::process::ExitCode;

fn main() -> ExitCode {
    brigade_server::main()
}
