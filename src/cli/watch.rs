//! Doing something again whenever a file of the project changes: `build --watch` and `check --watch`.

use std::thread::sleep;
use std::time::Duration;

use super::{Context, Failure, Outcome, report};
use crate::project::{Project, ProjectError};
use crate::source::input_files;
use crate::world::Stamp;

/// How often files are looked at. Nothing but their lengths and times is read.
const PAUSE: Duration = Duration::from_millis(60);

/// What tells whether a file has changed.
type Seen = (String, Option<Stamp>);

/// Runs `once`, and again whenever a file of the project has changed, until the process is interrupted or standard output is closed.
pub fn run(context: &Context, mut once: impl FnMut() -> Outcome) -> Outcome {
    let project = context.project()?;
    loop {
        // What changes while it runs is seen after it.
        let before = stamps(&project)?;
        match once() {
            Err(Failure::ClosedPipe) => return Ok(()),
            Err(failure @ (Failure::Input(..) | Failure::Internal(_))) => report(&failure, context),
            Err(failure @ Failure::Usage(..)) => return Err(failure),
            Ok(()) | Err(Failure::Found) => {}
        }
        let changed = wait(&project, &before)?;
        context.say(&format!("\n{changed} changed\n"));
    }
}

/// Waits until something is different, and then until it has stayed so for one look; gives the first file that is.
fn wait(project: &Project, before: &[Seen]) -> Result<String, Failure> {
    let mut last: Option<Vec<Seen>> = None;
    loop {
        // A folder that is being moved is looked at again.
        if let Ok(now) = stamps(project)
            && now != before
        {
            if last.as_ref() == Some(&now) {
                let file = now.iter().find(|stamp| !before.contains(stamp)).or_else(|| before.iter().find(|stamp| !now.contains(stamp)));
                return Ok(file.map_or_else(String::new, |(file, _)| file.clone()));
            }
            last = Some(now);
            sleep(PAUSE / 4);
            continue;
        }
        last = None;
        sleep(PAUSE);
    }
}

fn stamps(project: &Project) -> Result<Vec<Seen>, ProjectError> {
    let stamp = |file: String| {
        let stamp = project.world.stamp(&file);
        (file, stamp)
    };
    Ok(input_files(project)?.into_iter().map(stamp).collect())
}
