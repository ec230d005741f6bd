//! Compiles `mappings/`, `ontology/` and `queries/` into the binary, as one sorted table of paths and texts,
//! so that one file works anywhere, offline, with the model and the questions that it was tested with.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let mut table = String::from("&[\n");
    for folder in ["mappings", "ontology", "queries"] {
        println!("cargo:rerun-if-changed={folder}");
        let mut files = Vec::new();
        gather(&root.join(folder), &mut files)?;
        files.sort();
        for file in files {
            let relative = file.strip_prefix(&root).map_err(io::Error::other)?;
            let name = relative.to_string_lossy().replace('\\', "/");
            // The text itself and no path to it: a folder of build results may outlive the checkout it was made from.
            writeln!(table, "    ({name:?}, {:?}),", fs::read_to_string(&file)?).map_err(io::Error::other)?;
        }
    }
    table.push(']');
    // So that a graph can tell in no time whether this program built it. SipHash with fixed keys: the same text, the same number.
    let mut hash = DefaultHasher::new();
    table.hash(&mut hash);
    println!("cargo:rustc-env=CIVIGRAPH_SHIPPED={:016x}", hash.finish());
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("builtin.rs"), table)
}

/// The expected answers stay out: they are the tests' own, and speak of one project's data.
fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if !path.ends_with("queries/expected") {
                gather(&path, files)?;
            }
        } else if path.extension().is_some_and(|extension| ["ttl", "rq", "toml", "csv"].iter().any(|taken| extension == *taken)) {
            files.push(path);
        }
    }
    Ok(())
}
