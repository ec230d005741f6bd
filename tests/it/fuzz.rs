//! The seeded fuzzer of `examples/fuzz.rs`, some hundred runs of it: nothing that is read panics, and no damaged graph answers.

#[path = "../../examples/fuzz.rs"]
mod program;

#[test]
fn nothing_that_nobody_would_write_is_a_fault() {
    let counts = program::run(0, 600, 20_251_128);
    for (kind, count) in &counts {
        println!("{kind}: {} runs, {} accepted, {} refused, the longest {:?}", count.runs, count.accepted, count.refused, count.longest);
        assert!(count.faults.is_empty(), "{kind}: {:?}", count.faults);
    }
    assert_eq!(counts.len(), 13, "every kind of input has its runs");
}
