//! Every command with work to be caught at, for the test that each ends and for the benchmark of how soon.

/// Each command with its arguments, and whether that is work enough to be caught at.
pub const COMMANDS: &[(&str, &[&str], bool)] = &[
    ("init", &["made"], false),
    ("import", &["big.csv", "--source", "imported"], false),
    ("build", &["--force"], true),
    ("check", &[], true),
    ("query", &["SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"], true),
    ("query", &["SELECT ?from ?to { ?from ?p ?x . ?to ?q ?y . ?z ?r ?u }", "--view", "-o", "out.svg"], true),
    ("queries", &[], false),
    ("shell", &[], false),
    ("find", &["organization"], false),
    ("show", &["o1"], false),
    ("path", &["o1", "o8", "--max", "5"], false),
    ("why", &["o1"], false),
    ("metrics", &["all"], false),
    ("match", &[], false),
    ("diagram", &["all", "--max-nodes", "100000", "-o", "out.svg"], true),
    ("export", &["-o", "out.ttl"], false),
    ("schema", &[], false),
    ("template", &["Organization"], false),
    ("explain", &["unknown-key"], false),
    ("completions", &["bash"], false),
    ("man", &[], false),
];
