//! Why a command gave no answer, and the exit code that says so.

use std::process::ExitCode;

use client::Rejection;
use tonic::Code;

use crate::output;

/// 'No': invalid, missing, conflict.
pub(crate) const NO: u8 = 1;
const USAGE: u8 = 2;
/// A server gave no answer.
pub(crate) const UNREACHABLE: u8 = 3;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A file cannot be read or written.
    #[error("{what}: {source}")]
    File { what: String, source: std::io::Error },
    /// The command line asks for something that cannot be.
    #[error("{0}")]
    Usage(String),
    /// A server cannot be reached, or gave no answer in time.
    #[error("{0}")]
    Unreachable(String),
    /// The service refused; `document` names what it was given, `notes` are lines that help a person.
    #[error("{}", rejection.message)]
    Rejected { rejection: Box<Rejection>, document: String, notes: Vec<String> },
    /// The process cannot serve.
    #[error("{0}")]
    Serve(String),
}

impl Error {
    fn rejected(rejection: Rejection) -> Error {
        Error::Rejected { rejection: Box::new(rejection), document: String::new(), notes: Vec::new() }
    }

    /// Names the document that was at work, unless a part of the call has been named.
    pub(crate) fn about(mut self, name: &str) -> Error {
        if let Error::Rejected { document, .. } = &mut self
            && document.is_empty()
        {
            name.clone_into(document);
        }
        self
    }

    /// Names what was given as this part of the call, such as `patch`, if it is the one that was refused.
    pub(crate) fn about_part(mut self, part: &str, name: &str) -> Error {
        if let Error::Rejected { rejection, document, .. } = &mut self
            && rejection.metadata.get("part").is_some_and(|refused| refused == part)
        {
            name.clone_into(document);
        }
        self
    }

    /// Adds lines that help a person, if the service refused for this reason.
    pub(crate) fn explained(
        mut self,
        reason: &str,
        explain: impl FnOnce(&Rejection) -> Vec<String>,
    ) -> Error {
        if let Error::Rejected { rejection, notes, .. } = &mut self
            && rejection.reason == reason
        {
            notes.extend(explain(rejection));
        }
        self
    }

    /// Tells the user, and gives the exit code.
    #[allow(clippy::print_stderr, reason = "the command line speaks to a person")]
    pub(crate) fn report(&self) -> ExitCode {
        let Error::Rejected { rejection, document, notes } = self else {
            eprintln!("error: {self}");
            return ExitCode::from(self.code());
        };
        let diagnostics = &rejection.diagnostics;
        if diagnostics.diagnostics.is_empty() {
            eprintln!("error[{}]: {}", rejection.reason, rejection.message);
        }
        let document = if document.is_empty() { "<document>" } else { document };
        output::diagnostics(document, &diagnostics.diagnostics, diagnostics.diagnostics_total);
        for note in notes {
            eprintln!("   {note}");
        }
        ExitCode::from(self.code())
    }

    fn code(&self) -> u8 {
        match self {
            Error::File { .. } | Error::Usage(_) => USAGE,
            Error::Unreachable(_) => UNREACHABLE,
            Error::Serve(_) => NO,
            Error::Rejected { rejection, .. } => match (rejection.code, rejection.reason.as_str()) {
                (
                    Code::InvalidArgument,
                    "DOCUMENT_INVALID" | "SCHEMA_VIOLATED" | "PROGRAM_FAILED" | "FIDELITY_LOSS",
                ) => NO,
                (Code::InvalidArgument, _) => USAGE,
                (Code::Unavailable, _) => UNREACHABLE,
                _ => NO,
            },
        }
    }
}

impl From<client::Error> for Error {
    fn from(error: client::Error) -> Self {
        match error.rejection() {
            Some(rejection) => Error::rejected(rejection),
            None if matches!(error, client::Error::Address { .. }) => Error::Usage(error.to_string()),
            None if matches!(error, client::Error::Deadline { .. }) => {
                Error::Unreachable(format!("{error}; --timeout allows more"))
            }
            None => Error::Unreachable(error.to_string()),
        }
    }
}

impl From<chassis::Failure> for Error {
    fn from(failure: chassis::Failure) -> Self {
        Error::rejected(Rejection::of(&tonic::Status::from(failure)))
    }
}
