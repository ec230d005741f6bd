//! Runs the command line and leaves with its exit code; nothing else exits.

use std::process::ExitCode;

fn main() -> ExitCode {
    civigraph::cli::main()
}
