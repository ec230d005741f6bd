//! The JSON Schema of record files fits the records of this repository and refuses what `check` refuses; every reference in it leads
//! somewhere.

use std::process::{Command, Stdio};

use crate::support::Scratch;
use serde_json::Value;

fn schema() -> (Scratch, Value) {
    let scratch = Scratch::repository();
    let output = Command::new(env!("CARGO_BIN_EXE_civigraph"))
        .args(["schema", "-o", "schema.json"])
        .current_dir(scratch.path())
        .output()
        .expect("civigraph runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(scratch.path().join("schema.json")).expect("the schema");
    (scratch, serde_json::from_str(&text).expect("JSON"))
}

/// All values of `$ref`.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match (key.as_str(), value) {
                    ("$ref", Value::String(to)) => found.push(to.clone()),
                    _ => references(value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn every_kind_is_in_it_and_every_reference_leads_somewhere() {
    let (scratch, schema) = schema();
    let (opened, _) = civigraph::pipeline::open(&scratch.project()).expect("the ontology");
    let mut faults: Vec<String> = opened
        .schema
        .kinds
        .keys()
        .filter(|kind| schema["properties"].get(kind.as_str()).is_none())
        .map(|kind| format!("{kind} is missing"))
        .collect();
    let mut all = Vec::new();
    references(&schema, &mut all);
    assert!(all.len() > 100, "the references are gone");
    faults.extend(
        all.iter()
            .filter(|to| to.strip_prefix('#').and_then(|pointer| schema.pointer(pointer)).is_none())
            .map(|to| format!("{to} leads nowhere")),
    );
    crate::support::report(faults);
}

#[test]
fn the_records_of_the_report_fit_and_wrong_ones_do_not() {
    let python = Command::new("python3").args(["-c", "import jsonschema, yaml"]).stderr(Stdio::null()).status();
    if !python.is_ok_and(|status| status.success()) {
        println!("skipped: no python3 with jsonschema and yaml to validate with");
        return;
    }
    let (scratch, _) = schema();
    let script = r#"
import glob, json, jsonschema, yaml
schema = json.load(open("schema.json"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
files = sorted(glob.glob("data/csa-p-2025/*.yaml"))
assert len(files) > 20
for file in files:
    for error in validator.iter_errors(yaml.load(open(file, encoding="utf-8"), yaml.BaseLoader)):
        print(file, list(error.absolute_path), error.message[:200])
for name, wrong in {
    "an unknown kind": {"Membershp": []},
    "a missing key": {"Membership": [{"member": "a"}]},
    "an unknown code": {"Membership": [{"member": "a", "organization": "b", "role": "zzz"}]},
    "no id": {"Organization": [{"name": "x"}]},
    "an unknown key": {"Organization": [{"id": "x", "nam": "y"}]},
}.items():
    if validator.is_valid(wrong):
        print("passed:", name)
"#;
    let output = Command::new("python3").args(["-c", script]).current_dir(scratch.path()).output().expect("python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    crate::support::report(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect());
}
