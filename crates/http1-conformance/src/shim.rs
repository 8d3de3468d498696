//! A client in any language as a subject: a program that speaks lines of JSON.
//!
//! [`guide::shims`](crate::guide::shims) is the protocol. The command of this package runs the
//! suite against a program, and [`Program`] does so from Rust.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::subject::Subject;
use crate::suite::Suite;

mod check;
mod command;
mod message;
mod process;
mod transport;

pub use check::Check;
pub use command::main;
use message::Hello;
use process::Process;
use transport::{Pool, Shim};

/// A program that speaks the protocol of shims.
///
/// ```no_run
/// use http1_conformance::shim::Program;
/// use http1_conformance::{Profile, Selection};
///
/// let suite = Program::new(["python3", "shim.py"]).suite()?;
/// let report = suite.run(&Selection::matching("framing/").profile(Profile::Rfc))?;
/// println!("{report}");
/// # Ok::<(), String>(())
/// ```
#[derive(Clone)]
pub struct Program {
    command: Vec<String>,
    patience: Option<Duration>,
}

/// How long beyond the limits of an exchange a program may take.
const GRACE: Duration = Duration::from_secs(10);
/// How long an exchange of a check may take, which has no limits of its own.
const WITHIN: Duration = Duration::from_secs(30);

impl Program {
    /// The program and its arguments. It is not started yet.
    pub fn new<W: Into<String>>(command: impl IntoIterator<Item = W>) -> Self {
        Self {
            command: command.into_iter().map(Into::into).collect(),
            patience: None,
        }
    }

    /// How long to wait for a program that does not respond: for an exchange of
    /// [`check`](Self::check), 30 seconds unless this says otherwise; in the suite, 10 beyond the
    /// limits of an exchange.
    ///
    /// ```
    /// use std::time::Duration;
    /// use http1_conformance::shim::Program;
    ///
    /// let on_a_slow_machine = Program::new(["java", "Shim"]).patience(Duration::from_secs(120));
    /// # let _ = on_a_slow_machine;
    /// ```
    #[must_use]
    pub const fn patience(mut self, limit: Duration) -> Self {
        self.patience = Some(limit);
        self
    }

    /// The suite for the client of this program, which says itself what it claims. For each case
    /// that runs at the same time there is a process, and none is left when the suite is dropped.
    ///
    /// A process that ends, does not respond or writes what is no line of the protocol fails the case, and
    /// another takes its place.
    ///
    /// # Errors
    ///
    /// When the program cannot be started, or does not introduce itself.
    pub fn suite(&self) -> Result<Suite, String> {
        let patience = self.patience.unwrap_or(GRACE);
        let first = Process::start(&self.command, &[], patience)?;
        let hello = first.hello().clone();
        let pool = Arc::new(Pool::new(self.command.clone(), first));
        let subject = Subject::blocking(move |context| Shim::new(&pool, context));
        let Hello {
            name,
            version,
            claims,
            language,
        } = hello;
        Ok(Suite::new(&format!("{name} ({language})"), &version, subject).claims(&claims))
    }

    /// Whether the program speaks the protocol rightly: rule by rule, before any case is about
    /// its client.
    ///
    /// ```
    /// use http1_conformance::shim::Program;
    ///
    /// let checks = Program::new(["/no/such/program"]).check();
    /// assert!(checks.iter().any(|check| check.problem.is_some()));
    /// ```
    #[must_use]
    pub fn check(&self) -> Vec<Check> {
        check::check(&self.command, self.patience.unwrap_or(WITHIN))
    }
}

/// Shows how many words there are: an argument may be a secret.
impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Program({} words)", self.command.len())
    }
}
