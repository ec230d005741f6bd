//! Abuses: what nobody would write, give or do to the program, as a table (`abuses.tsv`), each run in a folder of its own
//! under `ulimit` and held to how it must end. The columns: a name; the row of the attack that it is an example of, or
//! `own`; `test` where it is quick enough for the tests, else `long`; what is prepared; what is run, both in the words of
//! `tools.sh`; the exit code; what is said, pieces divided by ` & `, of which none or each must stand in what is written,
//! a piece behind `!` nowhere.

use std::fs;
use std::io::{Cursor, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Makes this program the command line.
pub const AS_PROGRAM: &str = "CIVIGRAPH_AS_PROGRAM";

/// Address space in KiB, processor seconds, a file's size in KiB: what the machine gives to each abuse.
const LIMITS: [u64; 3] = [6 << 20, 120, 256 << 10];
/// What the program is told to stay below, unless the abuse says otherwise.
const MEMORY: &str = "1G";
/// Wall time after which an abuse goes on for ever.
const PATIENCE: Duration = Duration::from_secs(150);

/// One abuse.
#[derive(Debug, Clone)]
pub struct Abuse {
    pub name: String,
    pub row: String,
    #[allow(dead_code, reason = "the tests take these alone")]
    pub quick: bool,
    pub setup: String,
    pub run: String,
    pub code: i32,
    pub says: Vec<String>,
}

/// How one ended.
#[allow(dead_code, reason = "the tests want to know of faults alone")]
#[derive(Debug)]
pub struct Outcome {
    pub seconds: f64,
    pub code: Option<i32>,
    /// What is wrong about that, if anything is.
    pub fault: Option<String>,
    /// The first line that tells of the end.
    pub said: String,
}

/// All of the table.
pub fn abuses() -> Vec<Abuse> {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/abuse/abuses.tsv");
    let table = fs::read_to_string(table).expect("the table of abuses");
    let abuse = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [name, row, when, setup, run, code, says] = cells[..] else { panic!("seven columns: {line}") };
        Abuse {
            name: name.to_owned(),
            row: row.to_owned(),
            quick: when == "test",
            setup: setup.to_owned(),
            run: run.to_owned(),
            code: code.parse().unwrap_or_else(|_| panic!("an exit code: {line}")),
            says: says.split(" & ").filter(|piece| !piece.is_empty()).map(unescaped).collect(),
        }
    };
    table.lines().skip(1).filter(|line| !line.is_empty() && !line.starts_with('#')).map(abuse).collect()
}

/// What no table can hold, written out.
fn unescaped(piece: &str) -> String {
    [("\\n", "\n"), ("\\x1b", "\x1b"), ("\\u202e", "\u{202e}")]
        .iter()
        .fold(piece.to_owned(), |piece, (written, meant)| piece.replace(written, meant))
}

/// A project that is built, and what is prepared for the abuses: copied for each.
pub struct Ground {
    folder: PathBuf,
    /// Gone when dropped, where it was made here.
    _made: Option<tempfile::TempDir>,
    program: PathBuf,
}

impl Ground {
    /// Makes the project and builds it.
    pub fn new(program: &Path) -> Self {
        let made = tempfile::tempdir().expect("a folder");
        let project = made.path().join("project");
        for part in ["ontology", "data/s", "queries/diagrams"] {
            fs::create_dir_all(project.join(part)).expect("a folder");
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        fs::copy(root.join("tests/cases/_ontology/model.ttl"), project.join("ontology/model.ttl")).expect("the tests' ontology");
        for (name, text) in [
            ("civigraph.toml", "title = \"Test\"\nbase = \"https://example.org/\"\nshipped = false\n"),
            ("data/s/source.toml", "title = \"A source\"\nshort = \"S\"\nas_of = 2025-12-31\n"),
            ("data/s/sections.csv", "locator,title,page,parent\n1,One,1,\n1.1,One one,2,1\n"),
            (
                "data/s/1.yaml",
                "section: \"1\"\nOrganization: [{ id: a, name: A }, { id: b, name: B }]\nMembership: [{ member: a, organization: b }]\n",
            ),
            ("queries/names.rq", "# Names\nSELECT ?thing ?name { ?thing skos:prefLabel ?name } ORDER BY ?thing\n"),
            ("queries/diagrams/all.rq", "# All\nSELECT ?from ?to { ?m org:member ?from ; org:organization ?to }\n"),
        ] {
            fs::write(project.join(name), text).expect("written");
        }
        fs::create_dir_all(made.path().join("prepared")).expect("a folder");
        let ground = Self { folder: made.path().to_owned(), _made: Some(made), program: program.to_owned() };
        let output = ground.shell(&project, "exec \"$C\" build").output().expect("bash runs");
        assert!(output.status.success(), "the project is built: {}", String::from_utf8_lossy(&output.stderr));
        ground
    }

    /// One that another process made.
    #[allow(dead_code, reason = "the tests make their own")]
    pub fn at(program: &Path, folder: &Path) -> Self {
        Self { folder: folder.to_owned(), _made: None, program: program.to_owned() }
    }

    /// Where it is.
    #[allow(dead_code, reason = "the tests make their own")]
    pub fn path(&self) -> &Path {
        &self.folder
    }

    fn shell(&self, folder: &Path, script: &str) -> Command {
        let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/abuse/tools.sh");
        let mut command = Command::new("bash");
        command
            .args(["-c", &format!(". '{}'; {script}", tools.display())])
            .current_dir(folder)
            .env("C", &self.program)
            .env("P", self.folder.join("prepared"))
            .env("O", &self.folder)
            .env(AS_PROGRAM, "1")
            .env("NO_COLOR", "1")
            .env("CIVIGRAPH_MEMORY", MEMORY)
            .stdin(Stdio::null())
            .process_group(0);
        command
    }

    /// A copy of the project in which the abuse is prepared.
    pub fn prepare(&self, abuse: &Abuse) -> tempfile::TempDir {
        let copy = tempfile::tempdir_in(&self.folder).expect("a folder");
        let status = Command::new("cp").arg("-a").arg(self.folder.join("project/.")).arg(copy.path()).status();
        assert!(status.is_ok_and(|status| status.success()), "the project is copied");
        for name in abuse.setup.split("$P/").skip(1) {
            let name = name.split(|c: char| c.is_whitespace() || c == ';').next().unwrap_or("");
            let place = self.folder.join("prepared").join(name);
            if !place.exists() {
                fs::write(place, archive(name)).expect("written");
            }
        }
        let output = self.shell(copy.path(), &abuse.setup).output().expect("bash runs");
        assert!(output.status.success(), "{}: preparing it: {}", abuse.name, String::from_utf8_lossy(&output.stderr));
        copy
    }

    /// Runs one that is prepared.
    pub fn run(&self, abuse: &Abuse, folder: &Path) -> Outcome {
        let [space, time, file] = LIMITS;
        // Whoever watches is not the one that is bounded.
        let limits = format!("ulimit -v {space} -t {time} -f {file}; trap '' XFSZ;");
        let out = self.folder.join(format!("{}.out", abuse.name));
        let err = self.folder.join(format!("{}.err", abuse.name));
        let create = |path: &Path| fs::File::create(path).expect("a file");
        let start = Instant::now();
        let mut child =
            self.shell(folder, &format!("{limits} {}", abuse.run)).stdout(create(&out)).stderr(create(&err)).spawn().expect("bash runs");
        let status = loop {
            if let Some(status) = child.try_wait().expect("a child") {
                break Some(status);
            }
            if start.elapsed() > PATIENCE {
                end_group(child.id());
                let _ = child.wait();
                break None;
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        let seconds = start.elapsed().as_secs_f64();
        // What is still there of it, a reader that never read for instance.
        end_group(child.id());
        let read = |path: &Path| {
            let mut bytes = Vec::new();
            let _ = fs::File::open(path).and_then(|file| file.take(8 << 20).read_to_end(&mut bytes));
            let _ = fs::remove_file(path);
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let (err, out) = (read(&err), read(&out));
        let code = status.and_then(|status| status.code().or_else(|| status.signal().map(|signal| 128 + signal)));
        let written = format!("{err}\n{out}");
        let mut faults = Vec::new();
        match code {
            None => faults.push("it goes on for ever".to_owned()),
            Some(code) if code != abuse.code => faults.push(format!("exit code {code}, expected {}", abuse.code)),
            Some(_) => {}
        }
        for piece in &abuse.says {
            let (wanted, piece) = piece.strip_prefix('!').map_or((true, piece.as_str()), |piece| (false, piece));
            if written.contains(piece) != wanted {
                faults.push(format!("“{piece}” is {}said", if wanted { "not " } else { "" }));
            }
        }
        if written.contains("panicked") {
            faults.push("a panic".to_owned());
        }
        for half_made in left(folder) {
            faults.push(format!("{half_made} is left"));
        }
        let line = err.lines().chain(out.lines()).find(|line| ["error", "warning", "note", "interrupted"].iter().any(|w| line.contains(w)));
        let said = line.or_else(|| out.lines().next()).unwrap_or("").trim().chars().take(160).collect();
        let fault = (!faults.is_empty()).then(|| format!("{}: {}: {:.1500}", abuse.name, faults.join("; "), written.trim()));
        Outcome { seconds, code, fault, said }
    }
}

/// Ends what is left of a process's group. By a call of the system: what `kill` takes `-1234` for depends on its version.
fn end_group(leader: u32) {
    if let Ok(group) = i32::try_from(leader)
        && group > 1
    {
        let _ = nix::sys::signal::killpg(nix::unistd::Pid::from_raw(group), nix::sys::signal::Signal::SIGKILL);
    }
}

/// What is half-made in a project: files written beside others, builds that no name leads to.
fn left(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for part in ["", "data", "data/s", ".civigraph"] {
        for entry in fs::read_dir(folder.join(part)).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let hidden = name.starts_with('.') && name != ".civigraph" && !name.starts_with(".kept");
            if (part != ".civigraph" && hidden) || name.starts_with("tmp-") {
                found.push(format!("{part}/{name}"));
            }
        }
    }
    found
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive.start_file(*name, zip::write::SimpleFileOptions::default().large_file(bytes.len() > 1 << 31)).expect("a part");
        archive.write_all(bytes).expect("written");
    }
    archive.finish().expect("an archive").into_inner()
}

/// The workbook of the tests, in which parts are put, or put in another's place.
fn workbook(more: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/lift/workbook/data/s/members.xlsx");
    let mut archive = zip::ZipArchive::new(Cursor::new(fs::read(whole).expect("a workbook"))).expect("an archive");
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("its bytes");
        if !more.iter().any(|(other, _)| *other == name) {
            parts.push((name, bytes));
        }
    }
    let own = parts.iter().map(|(name, bytes)| (name.as_str(), &bytes[..]));
    zipped(&own.chain(more.iter().map(|(name, bytes)| (*name, &bytes[..]))).collect::<Vec<_>>())
}

const SHEET: &str = "xl/worksheets/sheet1.xml";

fn sheet(rows: &str) -> Vec<(&'static str, Vec<u8>)> {
    let head = "<?xml version=\"1.0\"?><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">";
    vec![(SHEET, format!("{head}{rows}</worksheet>").into_bytes())]
}

/// A workbook or an archive that is more than it seems.
fn archive(name: &str) -> Vec<u8> {
    let spaces = || vec![b' '; 1100 << 20];
    let text = |place: &str, text: &str| format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let header: String = ["A1", "B1", "C1"].iter().zip(["id", "name", "section"]).map(|(place, name)| text(place, name)).collect();
    let data = |rows: &str| sheet(&format!("<sheetData><row r=\"1\">{header}</row>{rows}</sheetData>"));
    let entities = "<!DOCTYPE w [<!ENTITY a \"aaaaaaaaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]>";
    match name {
        "spaces.xlsx" => workbook(&[("xl/bomb.xml", spaces())]),
        "spaces.ods" => zipped(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &spaces())]),
        "spaces.xlsb" => zipped(&[("xl/workbook.bin", &spaces())]),
        "parts.xlsx" => {
            let names: Vec<String> = (0..12_000).map(|index| format!("x/{index}")).collect();
            workbook(&names.iter().map(|name| (name.as_str(), Vec::new())).collect::<Vec<_>>())
        }
        "inner.xlsx" => {
            let inner = workbook(&[]);
            zipped(&[("xl/embeddings/inner.xlsx", &inner), ("xl/workbook.xml", &inner)])
        }
        "overlong.xlsx" => {
            let mut whole = workbook(&[]);
            // The size that a part claims unpacked, in the directory at the end.
            if let Some(at) = whole.windows(4).rposition(|bytes| bytes == b"PK\x01\x02") {
                whole[at + 24..at + 28].copy_from_slice(&0x7FFF_FFFFu32.to_le_bytes());
            }
            whole
        }
        "far.xlsx" => workbook(&data(&format!("<row r=\"1048576\">{}</row>", text("XFD1048576", "far")))),
        "beyond.xlsx" => workbook(&data(&format!("<row r=\"4294967295\">{}</row>", text("ZZZZZZZ4294967295", "beyond")))),
        "backwards.xlsx" => workbook(&sheet(&format!("<dimension ref=\"XFD1048576:A1\"/><sheetData><row r=\"1\">{header}</row></sheetData>"))),
        "claims.xlsx" => workbook(&sheet(&format!("<dimension ref=\"A1:XFD1048576\"/><sheetData><row r=\"1\">{header}</row></sheetData>"))),
        "strings.xlsx" => workbook(&[("xl/sharedStrings.xml", b"<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" count=\"4294967295\" uniqueCount=\"4294967295\"></sst>".to_vec())]),
        "index.xlsx" => workbook(&data("<row r=\"2\"><c r=\"A2\" t=\"s\"><v>99999999999999999999</v></c><c r=\"B2\" t=\"s\"><v>-1</v></c></row>")),
        "merged.xlsx" => workbook(&sheet(&format!("<sheetData><row r=\"1\">{header}</row></sheetData><mergeCells><mergeCell ref=\"A1:XFD1048576\"/></mergeCells>"))),
        "entities.xlsx" => workbook(&[(SHEET, format!("<?xml version=\"1.0\"?>{entities}<worksheet><sheetData><row r=\"1\">{}</row></sheetData></worksheet>", text("A1", "&c;&c;&c;")).into_bytes())]),
        "deep.xlsx" => workbook(&[(SHEET, "<a>".repeat(2_000_000).into_bytes())]),
        "climbs.xlsx" => workbook(&[("../../../../tmp/climbed", b"x".to_vec()), ("/tmp/climbed", b"x".to_vec())]),
        "cell.xlsx" => workbook(&data(&format!("<row r=\"2\">{}</row>", text("A2", &"x".repeat(40 << 20))))),
        "unclosed.xlsx" => workbook(&data("<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>open")),
        "repeats.ods" => zipped(&[
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
            ("content.xml", b"<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:spreadsheet><table:table table:name=\"organizations\"><table:table-row table:number-rows-repeated=\"1048576\"><table:table-cell office:value-type=\"string\" table:number-columns-repeated=\"16384\"><text:p>x</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"),
        ]),
        _ => panic!("no archive is called {name}"),
    }
}
