//! Runs the command line, which leaves with its exit code; nothing else exits.

/// The allocator that keeps the program within its memory.
#[global_allocator]
static ALLOCATOR: civigraph::cli::Counted = civigraph::cli::Counted;

fn main() {
    civigraph::cli::main()
}
