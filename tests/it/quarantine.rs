//! What is left out is a note, however grave the project takes its code to be.

use std::sync::Arc;

use civigraph::finding::Severity;
use civigraph::pipeline;
use civigraph::project::Project;
use civigraph::world::Memory;

#[test]
fn what_is_left_out_keeps_nothing_from_being_built_whatever_its_grade() {
    let records = "section: \"1\"\nPerson:\n  - { id: a, name: A }\n  - { id: c, name: C, from: soon }\nOrganization:\n  - { id: b }\n  - { id: d, name: D }\nMembership:\n  - { member: a, organization: d, role: member }\n";
    // Errors of reading, of shapes and of checks, by themselves and as the project has them.
    for code in ["Entity-name", "unknown-key", "tied-to-nothing", "Membership-member"] {
        for quarantine in [true, false] {
            let manifest = format!("title = \"T\"\nbase = \"https://example.org/\"\n[severity]\n{code} = \"error\"\n");
            let source = format!("title = \"S\"\nas_of = 2025-12-31\nquarantine = {quarantine}\n");
            let files = [
                ("civigraph.toml", manifest.as_str()),
                ("data/s/source.toml", source.as_str()),
                ("data/s/sections.csv", "locator,title\n1,One\n"),
                ("data/s/1.yaml", records),
            ];
            let made = pipeline::make(&Project::of_world(Arc::new(Memory::from_iter(files))).expect("a project")).expect("it is read");
            let errors = made.findings.count(Severity::Error);
            assert_eq!(errors == 0, quarantine, "{code} {quarantine}: {}", crate::support::shown_findings(&made));
        }
    }
}
