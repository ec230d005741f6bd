//! A headless Chromium, where there is one: pages are shown by it and say what they found. Where it is missing or does not start, that
//! is said and passed over.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Bytes as text.
pub fn base64(bytes: &[u8]) -> String {
    let mut written = String::new();
    for three in bytes.chunks(3) {
        let word = three.iter().enumerate().fold(0_u32, |word, (k, &byte)| word | u32::from(byte) << (16 - 8 * k));
        for k in 0..4 {
            written.push(if k <= three.len() { SIGNS[(word >> (18 - 6 * k) & 63) as usize] as char } else { '=' });
        }
    }
    written
}

/// The bytes of such text.
pub fn unbase64(text: &str) -> Vec<u8> {
    let (mut bytes, mut word, mut bits) = (Vec::new(), 0_u32, 0);
    for sign in text.bytes().filter(|sign| *sign != b'=') {
        let value = SIGNS.iter().position(|known| *known == sign).expect("base64");
        word = word << 6 | u32::try_from(value).expect("six bits");
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((word >> bits & 255) as u8);
        }
    }
    bytes
}

/// The browser, if there is one that shows pages; says what is skipped if not.
pub fn ready() -> Option<PathBuf> {
    let Some(chromium) = chromium() else {
        eprintln!("skipped: no Chromium on the PATH");
        return None;
    };
    if let Some(why) = unable(&chromium) {
        eprintln!("skipped: Chromium cannot be used here: {why}");
        return None;
    }
    Some(chromium)
}

/// What the script of a page writes as JSON into its `<pre id="answers">`.
pub fn answers(chromium: &Path, page: &str) -> serde_json::Value {
    let dump = dumped(chromium, page).expect("a browser that has shown a page shows this one");
    let coded = dump.rsplit_once("<pre id=\"answers\">").and_then(|(_, rest)| rest.split_once("</pre>")).map(|(coded, _)| coded);
    let coded = coded.unwrap_or_else(|| panic!("the page gave no answers: {dump:.2000}"));
    let text = coded.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", "\u{a0}").replace("&amp;", "&");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("no JSON: {error}: {text:.2000}"))
}

fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .find_map(|name| std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file()))
}

/// Why the browser cannot be used here, if it does not start at all: it is asked for a page that nothing can be wrong with.
fn unable(chromium: &Path) -> Option<String> {
    match dumped(chromium, "<!doctype html><title>t</title><p>it starts</p>") {
        Ok(dump) if dump.contains("it starts") => None,
        Ok(_) => Some("it shows not even a plain page".to_owned()),
        Err(why) => Some(why),
    }
}

/// The document as the browser has it once its scripts have run, or why there is none.
pub fn dumped(chromium: &Path, page: &str) -> Result<String, String> {
    dumped_in(chromium, page, (1280, 900))
}

/// The same in a window of some width and height.
pub fn dumped_in(chromium: &Path, page: &str, (width, height): (u32, u32)) -> Result<String, String> {
    let window = format!("--window-size={width},{height}");
    let folder = run(chromium, page, &[&window, "--virtual-time-budget=5000", "--dump-dom"])?;
    Ok(String::from_utf8_lossy(&std::fs::read(folder.path().join("dump")).expect("a dump")).into_owned())
}

/// How many sheets a page is printed on, or why none.
pub fn sheets(chromium: &Path, page: &str) -> Result<usize, String> {
    let target = tempfile::tempdir().expect("a folder");
    let file = target.path().join("page.pdf");
    run(chromium, page, &["--no-pdf-header-footer", &format!("--print-to-pdf={}", file.display())])?;
    let pdf = std::fs::read(&file).map_err(|error| error.to_string())?;
    let mark: &[u8] = b"/Type /Page\n";
    Ok(pdf.windows(mark.len()).filter(|bytes| bytes == &mark).count())
}

/// Runs the browser on a page; what it writes is in the file `dump` of the folder.
fn run(chromium: &Path, page: &str, how: &[&str]) -> Result<tempfile::TempDir, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("page.html");
    std::fs::write(&file, page).expect("the page is written");
    let quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
    let dump = std::fs::File::create(folder.path().join("dump")).expect("a file");
    let mut child = Command::new(chromium)
        .args(quiet)
        .args(["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .args(how)
        .arg(format!("file://{}", file.display()))
        .stdout(dump)
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    let start = Instant::now();
    while child.try_wait().expect("it can be waited for").is_none() {
        if start.elapsed() > Duration::from_secs(120) {
            let _ = child.kill();
            let _ = child.wait();
            return Err("it did not end within two minutes".to_owned());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(folder)
}

#[cfg(unix)]
#[test]
fn a_browser_that_does_not_start_is_told_from_one_that_shows_pages() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let broken = folder.path().join("chromium");
    std::fs::write(&broken, "#!/bin/sh\nexit 1\n").expect("written");
    std::fs::set_permissions(&broken, std::fs::Permissions::from_mode(0o755)).expect("it may be run");
    assert_eq!(unable(&broken).as_deref(), Some("it shows not even a plain page"));
    assert!(unable(&folder.path().join("nothing")).is_some());
    std::fs::write(&broken, "#!/bin/sh\necho '<p>it starts</p>'\n").expect("written");
    assert_eq!(unable(&broken), None);
}
