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
    /// The service refused; `document` names what it was given.
    #[error("{}", rejection.message)]
    Rejected { rejection: Box<Rejection>, document: String },
    /// The process cannot serve.
    #[error("{0}")]
    Serve(String),
}

impl Error {
    fn rejected(rejection: Rejection) -> Error {
        Error::Rejected { rejection: Box::new(rejection), document: String::new() }
    }

    /// Names the document that was at work.
    pub(crate) fn about(self, name: &str) -> Error {
        match self {
            Error::Rejected { rejection, .. } => Error::Rejected { rejection, document: name.to_owned() },
            other => other,
        }
    }

    /// Tells the user, and gives the exit code.
    #[allow(clippy::print_stderr, reason = "the command line speaks to a person")]
    pub(crate) fn report(&self) -> ExitCode {
        let Error::Rejected { rejection, document } = self else {
            eprintln!("error: {self}");
            return ExitCode::from(self.code());
        };
        let diagnostics = &rejection.diagnostics;
        if diagnostics.diagnostics.is_empty() {
            eprintln!("error[{}]: {}", rejection.reason, rejection.message);
        }
        output::diagnostics(document, &diagnostics.diagnostics, diagnostics.diagnostics_total);
        ExitCode::from(self.code())
    }

    fn code(&self) -> u8 {
        match self {
            Error::File { .. } | Error::Usage(_) => USAGE,
            Error::Unreachable(_) => UNREACHABLE,
            Error::Serve(_) => NO,
            Error::Rejected { rejection, .. } => match (rejection.code, rejection.reason.as_str()) {
                (Code::InvalidArgument, "DOCUMENT_INVALID" | "SCHEMA_VIOLATED") => NO,
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
            None => Error::Unreachable(error.to_string()),
        }
    }
}

impl From<chassis::Failure> for Error {
    fn from(failure: chassis::Failure) -> Self {
        Error::rejected(Rejection::of(&tonic::Status::from(failure)))
    }
}
