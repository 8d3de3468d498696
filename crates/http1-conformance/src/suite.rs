//! Which cases run, and how: selection, threads, and which cases run in parallel.

use std::io;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::case::{Capability, Case};
use crate::cases::cases;
use crate::expected_failures::ExpectedFailures;
use crate::profile::Profile;
use crate::report::{CaseReport, CaseResult, Report, Strictness, terminal};
use crate::subject::Subject;

mod arguments;
#[cfg(test)]
mod tests;
mod trial;
mod turns;

use arguments::Arguments;
pub(crate) use arguments::HELP;
pub use arguments::Selection;
use trial::{Shared, Tried};

/// The suite, about to run against one adapter.
///
/// ```
/// use http1_conformance::client::{TransportError, client_fn};
/// use http1_conformance::{Selection, blocking};
///
/// let unplugged = |_: &_| client_fn(|_| Err(TransportError::other("no network")));
/// let report = blocking("unplugged", "0.1.0", unplugged)
///     .contract()
///     .run(&Selection::matching("request/line/"))?;
/// assert_eq!(report.exit_code(), 1);
/// # Ok::<(), String>(())
/// ```
#[must_use = "a suite does nothing until it is run"]
pub struct Suite {
    name: String,
    version: String,
    subject: Subject,
    cases: Vec<Case>,
    claims: Vec<Capability>,
    profile: Profile,
    expected_failures: String,
    timeout: Duration,
    watchdog: Duration,
    strict: bool,
    first_failure_is_final: bool,
    /// Cases are judged as if no other existed.
    takes_cases_alone: bool,
}

impl Suite {
    pub(crate) fn new(name: &str, version: &str, subject: Subject) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            subject,
            cases: cases(),
            claims: Vec::new(),
            profile: Profile::Rfc,
            expected_failures: String::new(),
            timeout: Duration::from_secs(3),
            watchdog: Duration::from_secs(30),
            strict: false,
            first_failure_is_final: false,
            takes_cases_alone: false,
        }
    }

    /// Judges by the contract too, unless [`Selection::profile`] says otherwise, and claims
    /// [what it asks of all](Capability::CONTRACT).
    pub fn contract(mut self) -> Self {
        self.claims.extend(Capability::CONTRACT);
        self.profile = Profile::Contract;
        self
    }

    /// Plays these cases too, each behind the others of its group.
    pub fn including(mut self, cases: impl IntoIterator<Item = Case>) -> Self {
        self.cases = with(self.cases, cases);
        self
    }

    /// Every case of the suite, in the order in which they are reported.
    #[must_use]
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// What the adapter claims.
    pub fn claims(mut self, claims: &[Capability]) -> Self {
        self.claims.extend(claims);
        self
    }

    /// What the adapter does not claim, although the contract asks for it: its cases are not
    /// applicable then, and its errors are not judged by it. For an engine that is no transport of
    /// this contract, and for the first steps of an adapter.
    ///
    /// ```
    /// use http1_conformance::client::{TransportError, client_fn};
    /// use http1_conformance::{Capability, Selection, blocking};
    ///
    /// let unnamed = |_: &_| client_fn(|_| Err(TransportError::other("something was wrong")));
    /// let report = blocking("unnamed", "0.1.0", unnamed)
    ///     .contract()
    ///     .lacks(&[Capability::ErrorKinds])
    ///     .run(&Selection::exactly(["head/empty-reply", "error/refused"]))?;
    /// assert_eq!(report.passed().collect::<Vec<_>>(), ["head/empty-reply"]);
    /// assert_eq!(report.not_applicable().collect::<Vec<_>>(), ["error/refused"]);
    /// # Ok::<(), String>(())
    /// ```
    pub fn lacks(mut self, capabilities: &[Capability]) -> Self {
        self.claims.retain(|claim| !capabilities.contains(claim));
        self
    }

    /// The text of the file of expected failures: `pattern -- reason` lines.
    ///
    /// ```text
    /// upload/early-response/keep-open  -- the engine writes the whole body first
    /// flaky: conn/reuse/sequential     -- the engine gives connections back in the background
    /// ```
    ///
    /// `*` stands for one element of an id, `**` for any number of them; all cases of such a line have to
    /// fail. With the contract, a case that passes although a line says that it fails makes the line stale,
    /// which fails the run; by the RFCs alone the line may be about the name of an error. A line
    /// that fits no case fails a run of all cases. A line that begins with `flaky:` is for a case that may pass or fail: it is counted apart, and
    /// never fails the run.
    pub fn expected_failures(mut self, text: &str) -> Self {
        text.clone_into(&mut self.expected_failures);
        self
    }

    /// The connect, response and read timeout of each exchange. Default 3 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long a case may take, beyond what the adapter may wait, before it counts as
    /// hung. Default 30 s.
    pub fn watchdog(mut self, watchdog: Duration) -> Self {
        self.watchdog = watchdog;
        self
    }

    /// A failed SHOULD fails every run, as it fails one with `--strict`. What could not be judged
    /// on this machine does not.
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// For a subject with a planted fault, which need not be shown to be no fault of the
    /// machine.
    #[doc(hidden)]
    pub fn first_failure_is_final(mut self) -> Self {
        self.first_failure_is_final = true;
        self
    }

    /// For a subject with a planted fault, which every case that can notice it should notice.
    #[doc(hidden)]
    pub fn takes_cases_alone(mut self) -> Self {
        self.takes_cases_alone = true;
        self
    }

    #[cfg(test)]
    pub(crate) fn with_cases(mut self, cases: Vec<Case>) -> Self {
        self.cases = cases;
        self
    }

    /// Runs as the arguments of the process say and reports on the terminal.
    ///
    /// The arguments are those of `cargo test`: a filter, `--exact`, `--skip`,
    /// `--list`, `--test-threads`; and `--profile rfc`, `--strict`, `--report FILE.json`,
    /// `--junit FILE.xml` and `--html FILE.html`.
    /// The exit code is 0 when all is well, 1 when a case failed or a line of
    /// the expected failures is stale, 2 when the suite could not run. With `--strict` a case
    /// that could not be judged fails too.
    #[must_use]
    pub fn run_from_env(&self) -> ExitCode {
        self.run_as(Arguments::from_env())
    }

    /// As [`run_from_env`](Self::run_from_env), with these words for arguments.
    pub(crate) fn run_with(&self, words: Vec<String>) -> ExitCode {
        self.run_as(Arguments::parse(words))
    }

    fn run_as(&self, arguments: Result<Arguments, String>) -> ExitCode {
        let mut out = anstream::stdout();
        let code = arguments
            .and_then(|arguments| self.run_to(&arguments, &mut out))
            .unwrap_or_else(|problem| {
                let _ = io::Write::write_all(
                    &mut anstream::stderr(),
                    format!("error: {problem}\n").as_bytes(),
                );
                2
            });
        ExitCode::from(code)
    }

    fn run_to(&self, arguments: &Arguments, out: &mut dyn io::Write) -> Result<u8, String> {
        let written = |error: io::Error| format!("the report cannot be written: {error}");
        if let Some(help) = arguments.help() {
            out.write_all(help.as_bytes()).map_err(written)?;
            return Ok(0);
        }
        if arguments.list {
            for case in self.selected(&arguments.selection) {
                writeln!(out, "{}: test", case.id()).map_err(written)?;
            }
            return Ok(0);
        }
        self.check(&arguments.selection)?;
        let count = self.selected(&arguments.selection).len();
        terminal::title(out, &self.name, &self.version, count).map_err(written)?;
        let mut failed = Ok(());
        let tell = |text: &str| anstream::eprintln!("{text}");
        let report = self.run_each(&arguments.selection, tell, &mut |case| {
            if failed.is_ok() {
                failed = terminal::line(out, case);
            }
        })?;
        failed
            .and_then(|()| terminal::summary(out, &report))
            .map_err(written)?;
        if let Some(path) = &arguments.report {
            std::fs::write(path, report.to_json()).map_err(written)?;
        }
        if let Some(path) = &arguments.junit {
            std::fs::write(path, report.to_junit()).map_err(written)?;
        }
        if let Some(path) = &arguments.html {
            std::fs::write(path, Report::to_html(&[&report])).map_err(written)?;
        }
        Ok(report.exit_code())
    }

    /// Runs the selected cases.
    ///
    /// # Errors
    ///
    /// When the text of the expected failures cannot be understood, or a filter fits no case.
    ///
    /// ```
    /// use http1_conformance::client::{TransportError, client_fn};
    /// use http1_conformance::{Selection, blocking};
    ///
    /// let unplugged = |_: &_| client_fn(|_| Err(TransportError::other("no network")));
    /// let suite = blocking("unplugged", "0.1.0", unplugged);
    /// let problem = suite.run(&Selection::matching("framign/")).unwrap_err();
    /// assert!(problem.contains("`framign/`"));
    /// ```
    pub fn run(&self, selection: &Selection) -> Result<Report, String> {
        self.check(selection)?;
        self.run_each(selection, |_| {}, &mut |_| {})
    }

    fn profile(&self, selection: &Selection) -> Profile {
        selection.profile.unwrap_or(self.profile)
    }

    /// Whether each filter selects something.
    fn check(&self, selection: &Selection) -> Result<(), String> {
        let ids: Vec<_> = self.within(selection).map(Case::id).collect();
        match selection.mistaken(&ids) {
            Some(filter) => Err(format!(
                "`{filter}` fits no case of the profile {}; --list prints the ids",
                self.profile(selection).word(),
            )),
            None => Ok(()),
        }
    }

    fn within(&self, selection: &Selection) -> impl Iterator<Item = &Case> {
        let whole = self.profile(selection) == Profile::Contract;
        let cases = self.cases.iter();
        cases.filter(move |case| whole || case.is_required())
    }

    fn selected(&self, selection: &Selection) -> Vec<&Case> {
        let cases = self.within(selection);
        cases.filter(|case| selection.takes(case.id())).collect()
    }

    /// What a case needs and the subject does not claim.
    fn missing(&self, case: &Case) -> Option<Capability> {
        let mut needs = case.needs().iter().copied();
        needs.find(|need| !self.claims.contains(need))
    }

    /// Runs the selected cases and tells of each in the order of the registry, which is
    /// not that of running.
    fn run_each(
        &self,
        selection: &Selection,
        tell: fn(&str),
        done: &mut dyn FnMut(&CaseReport),
    ) -> Result<Report, String> {
        let expected = ExpectedFailures::parse(&self.expected_failures)
            .map_err(|problem| problem.to_string())?;
        let selected = self.selected(selection);
        // One kind after the other, so that none waits for another. The last take longest.
        let mut order: Vec<_> = (0..).zip(&selected).collect();
        order.reverse();
        order.sort_by_key(|(_, case)| case.isolation());
        let (shared, began) = (Shared::new(self.profile(selection), tell), Instant::now());
        let next = AtomicUsize::new(0);
        let (sender, receiver) = mpsc::channel();
        let mut results: Vec<Option<CaseReport>> = selected.iter().map(|_| None).collect();
        let mut reported = 0;
        thread::scope(|scope| {
            for _ in 0..selection.threads() {
                let sender = sender.clone();
                let (next, order, expected, shared) = (&next, &order, &expected, &shared);
                scope.spawn(move || {
                    loop {
                        let next = next.fetch_add(1, Ordering::Relaxed);
                        let Some(&(at, case)) = order.get(next) else {
                            break;
                        };
                        // The receiver outlives the scope.
                        let _ = sender.send((at, self.run_case(case, expected, shared)));
                    }
                });
            }
            drop(sender);
            for (at, result) in receiver {
                if let Some(slot) = results.get_mut(at) {
                    *slot = Some(result);
                }
                while let Some(Some(result)) = results.get(reported) {
                    done(result);
                    reported += 1;
                }
            }
        });
        let mut problems = Vec::new();
        if selection.is_everything() {
            let ids: Vec<_> = self.cases.iter().map(Case::id).collect();
            problems.extend(expected.unmatched(&ids));
        }
        Ok(Report {
            name: self.name.clone(),
            version: self.version.clone(),
            profile: self.profile(selection),
            claims: self.claims.clone(),
            strictness: Strictness {
                shoulds: self.strict || selection.strict,
                doubts: selection.strict,
            },
            cases: results.into_iter().flatten().collect(),
            problems,
            lateness: shared.machine.lateness(began),
        })
    }

    fn run_case(&self, case: &Case, expected: &ExpectedFailures, shared: &Shared) -> CaseReport {
        let tried = match self.missing(case) {
            Some(need) => Tried::unplayed(CaseResult::NotApplicable(need)),
            None => {
                // Where a failure is expected, one is enough.
                let once = self.first_failure_is_final || expected.speaks_of(case.id());
                let tried = self.try_case(case, shared, once);
                Tried {
                    status: expected.judge(case.id(), tried.status, shared.profile),
                    ..tried
                }
            }
        };
        CaseReport {
            case: case.clone(),
            status: tried.status,
            settled: tried.settled,
            took: tried.took,
        }
    }
}

/// A list of cases with others, each behind those of its group.
///
/// ```
/// use http1_conformance::{Case, cases, with};
///
/// let all = with(cases(), [Case::must("request/mine", "a requirement of an application")]);
/// let place = all.iter().position(|case| case.id() == "request/mine").unwrap();
/// assert!(all[place - 1].id().starts_with("request/") && all[place + 1].id().starts_with("upload/"));
/// ```
#[must_use]
pub fn with(mut all: Vec<Case>, cases: impl IntoIterator<Item = Case>) -> Vec<Case> {
    for case in cases {
        let group = |case: &Case| case.id().split('/').next().map(str::to_owned);
        let last = all.iter().rposition(|other| group(other) == group(&case));
        all.insert(last.map_or(all.len(), |last| last + 1), case);
    }
    all
}

impl std::fmt::Debug for Suite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Suite")
            .field("name", &self.name)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}
