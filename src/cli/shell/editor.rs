//! A text in the person's own editor: `$VISUAL`, `$EDITOR`, else `vi`.

use std::path::Path;
use std::process::Command;

use super::super::{Failure, Outcome, Output, personal};
use crate::door::{Door, plain};
use crate::limits::{Limit, Limits};

/// Opens a file and waits until the editor is closed.
pub fn edit(path: &Path) -> Outcome {
    let named = |variable: &str| std::env::var(variable).ok().filter(|value| !value.trim().is_empty());
    let editor = named("VISUAL").or_else(|| named("EDITOR")).unwrap_or_else(|| "vi".to_owned());
    let mut words = editor.split_whitespace();
    let name = words.next().unwrap_or("vi");
    let hint = || Some("EDITOR says which program edits".to_owned());
    match Command::new(name).args(words).arg(path).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::Usage(format!("{name} ended with {status}"), hint())),
        Err(error) => Err(Failure::Usage(format!("cannot start {name}: {}", plain(&error)), hint())),
    }
}

/// A text as the editor leaves it, kept meanwhile where only the person writes.
pub fn edited(text: &str) -> Result<String, Failure> {
    let cannot = |what: &str, why: &dyn std::fmt::Display| Failure::Input(format!("cannot {what} the text for the editor: {why}"), None);
    let folder = personal::state().ok_or_else(|| cannot("keep", &"there is no home folder"))?;
    std::fs::create_dir_all(&folder).map_err(|error| cannot("keep", &plain(&error)))?;
    let path = folder.join(format!("edited-{}.rq", std::process::id()));
    let mut out = Output::open(Some(&path))?;
    out.writer().write_all(text.as_bytes())?;
    out.finish()?;
    let read = edit(&path).and_then(|()| {
        let bytes = Door::named(Limits::default()).read(&path, Limit::Text).map_err(|refused| cannot("read", &refused.in_full()))?;
        String::from_utf8(bytes).map_err(|_| cannot("read", &"it is not UTF-8"))
    });
    let _ = std::fs::remove_file(&path);
    read
}
