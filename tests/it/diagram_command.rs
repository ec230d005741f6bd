//! `civigraph diagram` as a coordinator uses it: a view and a style of one's own without a line of Rust, what every option leaves out
//! said on the page, and wrong or impossible wishes answered in words, with a good old file left alone.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use crate::support::{Scratch, civigraph, stderr};

const MANIFEST: &str = "title = \"Market traders\"\nbase = \"https://example.org/\"\n";

const ONTOLOGY: &str = r##"
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix cg: <https://w3id.org/civigraph/ns#> .
@prefix shape: <https://w3id.org/civigraph/shape/> .
@prefix style: <https://w3id.org/civigraph/style/> .
@prefix role: <https://w3id.org/civigraph/code/role/> .
@prefix ex: <https://example.org/ns#> .

ex:Market a owl:Class ; rdfs:subClassOf org:Organization ; rdfs:label "market"@en ; rdfs:comment "Where traders meet."@en .

shape:Market a sh:NodeShape ; cg:kind "Market" ; sh:targetClass ex:Market ;
    rdfs:label "market"@en ; rdfs:comment "Where traders meet."@en .

style:node-Market a cg:NodeStyle ; cg:styles ex:Market ;
    cg:fill "#AA3377" ; cg:ink "#FFFFFF" ; cg:figure "house" ; cg:caption "covered market"@en .

style:tie-affiliate a cg:TieStyle ; cg:styles role:affiliate ; cg:ink "#123456" ; cg:line "dashed" ; cg:caption "trades at"@en .
"##;

const VIEW: &str = r#"# # Who trades where
#
# Traders and their markets. Traders without a market are left out.
#
#+ title: Traders and their markets
#+ layout: network
#+ note: Traders without a market are not drawn
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX cg: <https://w3id.org/civigraph/ns#>
PREFIX ex: <https://example.org/ns#>

SELECT ?from ?to ?relation ?claim ?cited ?edtf ?earliestStart ?latestStart ?earliestEnd ?latestEnd ?tenure ?modality WHERE {
  GRAPH ?cited { ?claim org:member ?from ; org:organization ?to ; cg:role ?relation }
  ?to a ex:Market .
  OPTIONAL { ?claim cg:edtf ?edtf }
  OPTIONAL { ?claim cg:earliestStart ?earliestStart }
  OPTIONAL { ?claim cg:latestStart ?latestStart }
  OPTIONAL { ?claim cg:earliestEnd ?earliestEnd }
  OPTIONAL { ?claim cg:latestEnd ?latestEnd }
  OPTIONAL { ?claim cg:tenure ?tenure }
  OPTIONAL { ?claim cg:modality ?modality }
} ORDER BY ?from ?to ?relation ?cited
"#;

const DATA: &str = r#"section: "1"
Market:
  - { id: bazaar, name: { en: Old Bazaar, ur: پرانا بازار } }
  - { id: quay, name: "Quay \"Market\" </script><b>" }
Organization:
  - { id: spices, name: Spice Traders }
  - { id: cloth, name: Cloth Guild }
  - { id: tea, name: Tea House }
Fund:
  - { id: purse, name: Common Purse }
Membership:
  - { member: spices, organization: bazaar, role: affiliate, when: 2020/2022 }
  - { member: cloth, organization: bazaar, role: member, when: 2024-03/2024-05 }
  - { member: tea, organization: quay, role: affiliate }
  - { member: purse, organization: quay, role: member }
"#;

/// A view with a row for each thing and its time, and rows for ties that say nothing of time.
const SEASONS: &str = r#"# # When who traded
#
# Traders over time, and their markets.
#
#+ title: Traders over time
#+ layout: timeline
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX cg: <https://w3id.org/civigraph/ns#>

SELECT ?from ?to ?relation ?edtf ?earliestStart ?latestStart ?earliestEnd ?latestEnd WHERE {
  { ?claim org:member ?from ; cg:edtf ?edtf ; cg:earliestStart ?earliestStart ; cg:latestStart ?latestStart ;
      cg:earliestEnd ?earliestEnd ; cg:latestEnd ?latestEnd }
  UNION { ?claim org:member ?from ; org:organization ?to ; cg:role ?relation }
} ORDER BY ?from ?to
"#;

fn traders() -> &'static Scratch {
    static PROJECT: OnceLock<Scratch> = OnceLock::new();
    PROJECT.get_or_init(|| {
        let scratch = Scratch::bare(MANIFEST);
        scratch.write("data/s/source.toml", "title = \"A report\"\nshort = \"R\"\nas_of = 2025-12-31\nlicence = \"CC BY 4.0\"\n");
        scratch.write("data/s/sections.csv", "locator,title,page,parent\n1,One,1,\n");
        scratch.write("data/s/1.yaml", DATA);
        scratch.write("ontology/market.ttl", ONTOLOGY);
        scratch.write("queries/diagrams/traders.rq", VIEW);
        scratch.write("queries/diagrams/seasons.rq", SEASONS);
        scratch.write("queries/diagrams/nobody.rq", VIEW.replace("?to a ex:Market", "?to a ex:Nothing"));
        let output = civigraph(&scratch, &["build"]);
        assert!(output.status.success(), "{}", stderr(&output));
        scratch
    })
}

/// The SVG that some options give, and what was said beside it.
fn drawn(options: &[&str]) -> (String, String) {
    let output = civigraph(traders(), &[&["diagram", "traders"], options].concat());
    assert!(output.status.success(), "{options:?}: {}", stderr(&output));
    (String::from_utf8(output.stdout.clone()).expect("text"), stderr(&output))
}

/// Whether an option is refused with an exit code, a message and a hint.
fn refused(options: &[&str], code: i32, words: &[&str]) {
    let output = civigraph(traders(), options);
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{options:?}: {said}");
    assert!(output.stdout.is_empty(), "{options:?} wrote something");
    for word in words {
        assert!(said.contains(word), "{options:?}: expected `{word}` in: {said}");
    }
}

#[test]
fn a_view_and_a_style_of_ones_own_need_no_rust() {
    let (svg, said) = drawn(&[]);
    for shown in ["Traders and their markets", "Old Bazaar", "Spice Traders", "covered market (2)", "trades at (2)", "#aa3377", "#123456"] {
        assert!(svg.contains(shown), "expected `{shown}` in the picture");
    }
    assert!(svg.contains("Traders without a market are not drawn") && said.contains("note: Traders without a market are not drawn"));
    assert!(svg.contains("stroke-dasharray"), "the style's dashes");
    let (dot, _) = drawn(&["--format", "dot"]);
    assert_eq!(dot.matches("shape=house").count() + dot.matches("shape=\"house\"").count(), 2, "the style's figure, once a market: {dot}");
    assert!(svg.contains("Source: A report") && svg.contains("CC BY 4.0") && svg.contains("as of 2025-12-31"), "{svg}");
    assert!(
        svg.contains("<title id=\"title\">Traders and their markets</title>") && svg.contains("<desc id=\"desc\">6 things and 4 ties.")
    );
    let list = civigraph(traders(), &["diagram"]);
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    assert!(list.lines().any(|line| line.starts_with("traders") && line.ends_with("Traders and their markets")), "{list}");
}

#[test]
fn what_an_option_leaves_out_is_said() {
    let told = |options: &[&str], gone: &str, words: &str| {
        let (svg, said) = drawn(options);
        assert!(!svg.contains(gone), "{options:?} still shows {gone}");
        assert!(said.contains(words), "{options:?}: expected `{words}` in: {said}");
        // The page says it too, in whatever lines it takes.
        let page: String = svg.split('>').filter_map(|part| part.split('<').next()).collect::<Vec<_>>().join(" ");
        let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(page.contains(words), "{options:?}: the page does not say `{words}`");
    };
    told(&["--at", "2024-04-15"], "Spice Traders", "1 tie or step not shown: did not hold on 2024-04-15");
    told(&["--at", "2024-04-15", "--certain"], "Tea House", "3 ties or steps not shown: not certain to have held on 2024-04-15");
    told(&["--from", "2023"], "Spice Traders", "1 tie or step not shown: ended before 2023-01-01");
    told(&["--to", "2023-06"], "Cloth Guild", "1 tie or step not shown: began after 2023-06-30");
    told(&["--exclude", "Fund"], "Common Purse", "1 thing of other kinds not shown");
    told(&["--only", "affiliate"], "Cloth Guild", "2 ties of other roles not shown");
    told(&["--focus", "bazaar"], "Tea House", "3 more things and 2 more ties not shown: further than 1 from the focus");
    told(&["--max-nodes", "3"], "Common Purse", "3 more things, no less important than some that are shown");
    told(&["--lang", "ur"], "Old Bazaar", "5 names not given in `ur`, shown in another language");
    assert!(drawn(&["--lang", "ur"]).0.contains("پرانا بازار"));
    let (certain, possible) = (drawn(&["--at", "2024-04-15", "--certain"]).0, drawn(&["--at", "2024-04-15"]).0);
    assert!(certain.contains("what certainly held on 2024-04-15") && possible.contains("what held, or may have held, on 2024-04-15"));
}

#[test]
fn a_thing_outside_the_time_asked_for_is_not_brought_back_undated_by_a_tie() {
    let seasons = |options: &[&str]| {
        let output = civigraph(traders(), &[&["diagram", "seasons"], options].concat());
        assert!(output.status.success(), "{options:?}: {}", stderr(&output));
        String::from_utf8(output.stdout).expect("text")
    };
    let (whole, late, early) = (seasons(&[]), seasons(&["--from", "2023"]), seasons(&["--to", "2023"]));
    assert!(whole.contains("Spice Traders") && whole.contains("Cloth Guild"));
    assert!(!late.contains("Spice Traders") && late.contains("Cloth Guild"), "{late}");
    assert!(early.contains("Spice Traders") && !early.contains("Cloth Guild"), "{early}");
    assert!(late.contains("Tea House"), "what has no time at all is not outside of it");
    let then = seasons(&["--at", "2024-04-15"]);
    assert!(!then.contains("Spice Traders") && then.contains("Cloth Guild"), "{then}");
}

#[test]
fn the_page_can_be_grouped_sized_labelled_and_credited() {
    let (grouped, _) = drawn(&["--group-by", "kind"]);
    for kind in ["covered market", "organization", "fund"] {
        assert!(grouped.contains(&format!("data-group=\"{kind}\"")), "no group of the kind {kind}");
    }
    assert!(!drawn(&["--group-by", "none"]).0.contains("class=\"group\""));
    let (_, said) = drawn(&["--group-by", "acronym"]);
    assert!(said.contains("no groups: `acronym` is stated of nothing shown"), "{said}");
    let (sized, said) = drawn(&["--size-by", "degree"]);
    assert!(sized != drawn(&["--size-by", "none"]).0 && said.contains("Size: degree, how many ties it has"), "{said}");
    let labels = |which: &str| drawn(&["--labels", which]).0.matches(">is affiliated with<").count();
    assert!(labels("all") >= 1 && labels("none") == 0, "{} and {}", labels("all"), labels("none"));
    let (credited, _) = drawn(&["--source-line", "Our own survey", "--licence", "CC0", "--title", "Trade", "--cite"]);
    for words in ["Source: Our own survey", "Licence: CC0", ">Trade<", "[1] R §1"] {
        assert!(credited.contains(words), "{words}");
    }
}

#[test]
fn wrong_wishes_are_refused_with_the_nearest_right_one() {
    refused(&["diagram", "tradrs"], 2, &["there is no view `tradrs`", "did you mean `traders`?"]);
    refused(&["diagram", "traders", "--focus", "bazar"], 2, &["`bazar`", "`bazaar`"]);
    refused(&["diagram", "traders", "--include", "Markt"], 2, &["no kind `Markt`", "did you mean `Market`?"]);
    refused(&["diagram", "traders", "--only", "afiliate"], 2, &["no role or property", "did you mean `affiliate`?"]);
    refused(&["diagram", "traders", "--group-by", "acronim"], 2, &["no key `acronim`", "did you mean `acronym`?"]);
    refused(&["diagram", "traders", "--size-by", "weight"], 2, &["no metric `weight`", "degree"]);
    refused(&["diagram", "traders", "--labels", "some"], 2, &["no choice of labels `some`", "auto, all, none"]);
    refused(&["diagram", "traders", "--theme", "pink"], 2, &["no theme `pink`", "light, dark, print"]);
    refused(&["diagram", "traders", "--format", "gif"], 2, &["no diagram format `gif`", "svg"]);
    refused(&["diagram", "traders", "--from", "spring"], 2, &["--from", "YYYY-MM", "found `spring`"]);
    refused(&["diagram", "traders", "--from", "2025", "--to", "2024"], 2, &["--from 2025-01-01 is after --to 2024-12-31"]);
    refused(&["diagram", "traders", "--lang", "x\"><script>"], 2, &["expected a language tag"]);
    refused(&["diagram", "traders", "--engine", "circo"], 2, &["no engine `circo`", "neato"]);
    refused(&["diagram", "ego"], 2, &["shows one thing", "--focus"]);
    refused(&["diagram", "traders", "--font", "no-such.ttf"], 3, &["no-such.ttf"]);
    refused(&["diagram", "traders", "--font", "civigraph.toml"], 3, &["no font", ".ttf"]);
}

#[test]
fn a_picture_that_cannot_be_made_leaves_the_old_file_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("good.svg");
    let place = file.to_string_lossy().into_owned();
    fs::write(&file, "the good old picture").expect("written");
    let kept = |options: &[&str], code: i32, words: &str| {
        let output = civigraph(traders(), &[&["diagram"], options, &["-o", &place]].concat());
        assert_eq!(output.status.code(), Some(code), "{options:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(words), "{options:?}: {}", stderr(&output));
        assert_eq!(fs::read_to_string(&file).expect("it is there"), "the good old picture");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing is left beside it");
    };
    kept(&["nobody"], 1, "the view `nobody` has nothing to show");
    kept(&["traders", "--at", "1900-01-01", "--certain"], 1, "4 ties or steps not shown");
    kept(&["traders", "--engine", "circo"], 2, "no engine");
    kept(&["traders", "--dpi", "0"], 2, "dots per inch");
    let missing = folder.path().join("no/such/folder/x.svg");
    let output = civigraph(traders(), &["diagram", "traders", "-o", &missing.to_string_lossy()]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("cannot write"), "{}", stderr(&output));
    let output = civigraph(traders(), &["diagram", "traders", "-o", &folder.path().to_string_lossy()]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(civigraph(traders(), &["diagram", "traders", "-o", &place]).status.success());
    assert!(fs::read_to_string(&file).expect("it is there").starts_with("<svg"), "a good picture takes its place");
}

#[test]
fn without_graphviz_an_engine_is_refused_in_words() {
    let output = Command::new(env!("CARGO_BIN_EXE_civigraph"))
        .args(["diagram", "traders", "--engine", "neato"])
        .current_dir(traders().path())
        .env("PATH", "")
        .env("NO_COLOR", "1")
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    let said = stderr(&output);
    assert!(said.contains("`neato`") && said.contains("install graphviz") && said.contains("built-in layouts"), "{said}");
}

#[test]
fn every_format_of_a_hostile_graph_is_written_and_holds_no_tag_of_its_labels() {
    let folder = tempfile::tempdir().expect("a folder");
    for ending in ["svg", "png", "pdf", "html", "dot", "mmd", "graphml", "gexf", "cyjs", "xlsx"] {
        let file = folder.path().join(format!("x.{ending}"));
        let output = civigraph(traders(), &["diagram", "traders", "-o", &file.to_string_lossy()]);
        assert!(output.status.success(), "{ending}: {}", stderr(&output));
        let bytes = fs::read(&file).expect("it is there");
        let tag = b"</script><b>";
        // JSON and DOT are no markup: there the label stands between quotes as it is.
        assert!(["cyjs", "dot"].contains(&ending) || !bytes.windows(tag.len()).any(|part| part == tag), "{ending} holds a tag");
        let again = folder.path().join(format!("y.{ending}"));
        assert!(civigraph(traders(), &["diagram", "traders", "-o", &again.to_string_lossy()]).status.success());
        assert!(bytes == fs::read(&again).expect("it is there"), "{ending}: other bytes the second time");
    }
}

/// What is said of a picture's letters, for someone with fonts of their own.
fn lettered(title: &str, ending: &str, home: &Path, options: &[&str]) -> String {
    let file = home.join(format!("x.{ending}"));
    let output = Command::new(env!("CARGO_BIN_EXE_civigraph"))
        .args(["diagram", "traders", "--title", title, "-o"])
        .arg(&file)
        .args(options)
        .current_dir(traders().path())
        .env("HOME", home)
        .env("NO_COLOR", "1")
        .output()
        .expect("the program runs");
    assert!(output.status.success() && file.is_file(), "{}", stderr(&output));
    stderr(&output)
}

#[test]
fn letters_that_no_font_has_are_said_and_those_of_the_machines_fonts_too() {
    let home = tempfile::tempdir().expect("a folder");
    let said = |title: &str, ending: &str, options: &[&str]| lettered(title, ending, home.path(), options);
    // No font is known to have these: plane 15 is for private use, and U+1F8FF is not assigned.
    for ending in ["png", "pdf"] {
        let told = said("\u{1F8FF} \u{1F8FE}", ending, &[]);
        assert!(told.contains("warning: 2 letters in no font here, shown as boxes: U+1F8FE, U+1F8FF"), "{told}");
        assert!(told.contains("--font"), "{told}");
    }
    for (title, ending) in [("Рынок ہے ٹڈڑ Nguyễn Ελλάδα", "png"), ("\u{1F8FF}", "svg"), ("\u{1F8FF}", "html")] {
        let told = said(title, ending, &[]);
        assert!(!told.contains("boxes") && !told.contains("machine"), "{title} in {ending}: {told}");
    }
    // A sign that the bundled fonts lack and DejaVu Sans Mono has: first nobody's, then the machine's, then given.
    let mono = home.path().join("mono.ttf");
    fs::write(&mono, dejavu::sans_mono::regular()).expect("a font");
    let given = said("⌕", "png", &["--font", &mono.to_string_lossy()]);
    assert!(!given.contains("U+2315"), "{given}");
    fs::create_dir(home.path().join(".fonts")).expect("a folder");
    fs::rename(&mono, home.path().join(".fonts/mono.ttf")).expect("it is moved");
    let told = said("⌕", "png", &[]);
    for words in
        ["note: 1 letter not in the bundled fonts, drawn in ", " of this machine: U+2315; to have the same picture everywhere: --font "]
    {
        assert!(told.contains(words), "{told}");
    }
}
