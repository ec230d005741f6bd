//! How a command may end beside success, its exit code, and what each of the library's errors is to a person at a terminal.

use std::io;

use crate::pipeline;
use crate::project::ProjectError;
use crate::session::SessionError;
use crate::store::StoreError;

/// What a command gives back.
pub type Outcome = Result<(), Failure>;

/// How a command ended, beside success.
#[derive(Debug)]
pub enum Failure {
    /// Findings or differences: exit code 1. What there is to say has been said.
    Found,
    /// The command was used wrongly: exit code 2.
    Usage(String, Option<String>),
    /// Input could not be read: exit code 3.
    Input(String, Option<String>),
    /// Something else failed: exit code 4.
    Internal(String),
    /// Whoever read the output has gone; nothing to say.
    ClosedPipe,
}

impl Failure {
    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Self::Found => 1,
            Self::Usage(..) => 2,
            Self::Input(..) => 3,
            Self::Internal(_) => 4,
            Self::ClosedPipe => 0,
        }
    }
}

impl From<ProjectError> for Failure {
    fn from(error: ProjectError) -> Self {
        let hint = match &error {
            ProjectError::NoManifest(_) => {
                Some("`civigraph init` makes a project to start from; `--project DIR` names one elsewhere".to_owned())
            }
            _ => None,
        };
        Self::Input(error.to_string(), hint)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let error = match error {
            StoreError::Output(error) => return error.into(),
            error => error,
        };
        match &error {
            StoreError::Empty(_) => Self::Input(error.to_string(), Some("`civigraph build` makes one".to_owned())),
            StoreError::Damaged { .. } | StoreError::Storage(_) => {
                Self::Input(error.to_string(), Some("`civigraph build --force` builds it again".to_owned()))
            }
            StoreError::System { .. } | StoreError::Feature(_) | StoreError::Output(_) => Self::Input(error.to_string(), None),
        }
    }
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Project(error) => error.into(),
            SessionError::Store(error) => error.into(),
            other => Self::Usage(other.to_string(), other.hint()),
        }
    }
}

impl From<crate::query::answer::AnswerError> for Failure {
    fn from(error: crate::query::answer::AnswerError) -> Self {
        use crate::query::answer::AnswerError;
        match error {
            AnswerError::Output(error) => error.into(),
            AnswerError::Export(error) => error.into(),
            AnswerError::Format(message) => Self::Usage(message, None),
            AnswerError::Evaluation(error) => Self::Usage(format!("the query cannot be answered: {error}"), None),
            refused @ AnswerError::Refused { .. } => {
                Self::Input(refused.to_string(), Some("json, csv, tsv and the formats for people can hold it".to_owned()))
            }
        }
    }
}

impl From<crate::export::ExportError> for Failure {
    fn from(error: crate::export::ExportError) -> Self {
        use crate::export::ExportError;
        match error {
            ExportError::Store(error) => error.into(),
            ExportError::Output(error) => error.into(),
            ExportError::Refused(refusal) => Self::Input(refusal.to_string(), Some(refusal.others())),
        }
    }
}

impl From<pipeline::BuildError> for Failure {
    fn from(error: pipeline::BuildError) -> Self {
        match error {
            pipeline::BuildError::Project(error) => error.into(),
            pipeline::BuildError::Store(error) => error.into(),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::ClosedPipe;
        }
        Self::Input(format!("cannot write: {}", crate::project::plain(&error)), None)
    }
}

/// A path as people may be shown it.
pub fn shown(path: &std::path::Path) -> String {
    crate::values::text::shown_line(&path.to_string_lossy())
}
