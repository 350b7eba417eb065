//! One thing we say about a file: what, where, what was expected, what to do.

use crate::Span;

/// How bad it is; a worse one is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Advice,
    /// Likely wrong.
    Warning,
    /// Wrong.
    Error,
}

impl Severity {
    /// Its name as it is printed: `error`, `warning` or `advice`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Advice => "advice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A place with a few words beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is to be seen there.
    pub text: String,
    /// Whether this is the place of the complaint, not one that explains it.
    pub primary: bool,
}

/// A complaint about a file.
///
/// Messages are lower case, have no full stop and put names in backticks; help is an instruction.
///
/// ```
/// use tradeoff_diag::{Diagnostic, Severity, Span};
///
/// let diagnostic = Diagnostic::new("unknown-key", Severity::Error, "no key `replica` here")
///     .label(Span::new(0, 10, 17), "not a key of a service")
///     .expected("one of the keys of a service")
///     .nearest("replicas");
/// assert_eq!(diagnostic.place(), Some(Span::new(0, 10, 17)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable name of its kind: `unknown-key`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub labels: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
    /// What would have been right, with an example.
    pub expected: Option<String>,
    /// The known name that looks most like the one that is wrong.
    pub nearest: Option<String>,
}

impl Diagnostic {
    /// A complaint without a place.
    pub fn new(code: &'static str, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            labels: Vec::new(),
            help: None,
            expected: None,
            nearest: None,
        }
    }

    /// An error without a place.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    /// Adds the place of the complaint.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into(), primary: true });
        self
    }

    /// Adds a place that explains the complaint.
    #[must_use]
    pub fn secondary(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into(), primary: false });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Says what would have been right.
    #[must_use]
    pub fn expected(mut self, text: impl Into<String>) -> Self {
        self.expected = Some(text.into());
        self
    }

    /// Names what was probably meant.
    #[must_use]
    pub fn nearest(mut self, name: impl Into<String>) -> Self {
        self.nearest = Some(name.into());
        self
    }

    /// The first primary place, else the first place.
    pub fn place(&self) -> Option<Span> {
        let primary = self.labels.iter().find(|label| label.primary);
        primary.or(self.labels.first()).map(|label| label.span)
    }

    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
