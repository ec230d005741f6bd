//! Runs the command line, which leaves with its exit code; nothing else exits.

fn main() {
    civigraph::cli::main()
}
