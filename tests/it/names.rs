//! Every name that is shown is read back as what it names: by the parser of queries, whatever follows it, and by the commands that take
//! a name. Made-up addresses with every character that an address may have.

use civigraph::iri::Prefixes;
use civigraph::query::parse;
use oxigraph::model::NamedNode;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

fn prefixes() -> Prefixes {
    let mut prefixes = Prefixes::default();
    for (prefix, namespace) in [
        ("id", "https://example.org/id/"),
        ("cite", "https://example.org/source/"),
        ("code", "https://example.org/code/"),
        ("role", "https://example.org/code/role/"),
        ("a.b-c", "https://example.org/dotted#"),
        // None of these can be written in a query.
        ("_", "https://example.org/blank/"),
        ("3g", "https://example.org/digit/"),
        ("dot.", "https://example.org/dot/"),
    ] {
        prefixes.insert(prefix, namespace);
    }
    prefixes
}

/// Addresses below the namespaces, of what names are made of and of all else that an address may have.
fn addresses() -> impl Strategy<Value = NamedNode> {
    let namespace = proptest::sample::select(vec![
        "https://example.org/id/",
        "https://example.org/source/",
        "https://example.org/code/",
        "https://example.org/code/role/",
        "https://example.org/dotted#",
        "https://example.org/blank/",
        "https://example.org/digit/",
        "https://example.org/dot/",
    ]);
    let part = prop_oneof![
        6 => "[a-z0-9]{1,3}",
        2 => "[/.:-]",
        1 => proptest::sample::select("_~!$&'()*+,;=?@%/.:-".chars().map(String::from).collect::<Vec<_>>()),
        1 => proptest::sample::select(vec!["a", "/a", "%20", "%2F", "é", "م", "\u{301}", "·", "\u{2029}", "×", "名", "🦀", "e1", "true"]).prop_map(str::to_owned),
    ];
    (namespace, proptest::collection::vec(part, 1..7))
        .prop_filter_map("an address", |(namespace, parts)| NamedNode::new(format!("{namespace}{}", parts.concat())).ok())
}

#[test]
fn a_name_is_read_as_what_it_names_whatever_follows_it() {
    let prefixes = prefixes();
    let mut runner = TestRunner::new(Config { cases: 4_000, failure_persistence: None, ..Config::default() });
    let shortened = std::cell::Cell::new(0);
    runner
        .run(&(addresses(), addresses()), |(one, other)| {
            let (Some(name), Some(next)) = (prefixes.shorten(one.as_str()), prefixes.shorten(other.as_str())) else { return Ok(()) };
            shortened.set(shortened.get() + 1);
            prop_assert_eq!(prefixes.expand(&name), Some(one.clone()));
            let long = |name: &str| name.replace("ONE", &one.to_string()).replace("NEXT", &other.to_string());
            for text in [
                "SELECT * { ONE ?p NEXT }",
                "SELECT * { ONE ?p NEXT. NEXT ?p ONE.}",
                "SELECT * { ?s ?p ONE,NEXT;?q ONE . }",
                "SELECT * { ?s ONE NEXT ; NEXT ONE }",
                "SELECT * { ?s (ONE/NEXT|^ONE)+ ?o }",
                "SELECT * { ?s (ONE*/(NEXT)+)? ?o }",
                "SELECT * { GRAPH ONE{?s ?p NEXT} }",
                "SELECT * { VALUES ?x {ONE NEXT} FILTER(?x=ONE||?x IN(ONE,NEXT)) }",
                "SELECT (ONE AS ?x) { BIND(NEXT AS ?y) } # ONE",
            ] {
                let short = text.replace("ONE", &name).replace("NEXT", &next);
                let read = parse(&short, &prefixes).map_err(|error| TestCaseError::fail(format!("{short}: {error}")))?;
                let meant = parse(&long(text), &prefixes).map_err(|error| TestCaseError::fail(format!("{}: {error}", long(text))))?;
                prop_assert_eq!(read, meant, "{}", short);
            }
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(shortened.get() > 1_000, "only {} pairs have names", shortened.get());
}

#[test]
fn names_of_every_day_stay_as_people_write_them() {
    let prefixes = prefixes();
    for name in ["id:cfhr", "cite:csa-p-2025/3.1.2/p4", "role:host", "id:membership/a.b.c", "cite:report/3.1", "id:x_y", "id:42", "a.b-c:d"]
    {
        let node = prefixes.expand(name).expect("an address");
        assert_eq!(prefixes.shorten(node.as_str()).as_deref(), Some(name));
    }
    for (address, name) in [
        ("id/a.", Some("id:a\\.")),
        ("id/-a", Some("id:\\-a")),
        ("id/x/a", Some("id:x\\/a")),
        ("source/r/p 2".replace(' ', "%20").as_str(), Some("cite:r\\/p%202")),
        ("id/a(b)", Some("id:a\\(b\\)")),
        ("id/a×b", None),
        ("blank/x", None),
        ("digit/x", None),
    ] {
        assert_eq!(prefixes.shorten(&format!("https://example.org/{address}")).as_deref(), name, "{address}");
    }
}
