//! The arguments of a test binary, as `cargo test` and nextest give them.
//!
//! libtest-mimic would read these, and neither the suite's own options nor play a case again alone,
//! which is most of what is here and in the runner; with it come twelve crates.

use std::env;
use std::num::NonZero;
use std::path::PathBuf;

use crate::profile::Profile;

/// Which cases run, and how strictly.
///
/// ```
/// use http1_conformance::Selection;
///
/// let selection = Selection::matching("framing/").skipping("framing/stream/").strict();
/// assert!(selection.takes("framing/cl/exact"));
/// assert!(!selection.takes("framing/stream/backpressure"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Selection {
    filters: Vec<String>,
    skip: Vec<String>,
    exact: bool,
    /// Those that are marked as ignored, of which a suite has none.
    only_ignored: bool,
    threads: Option<NonZero<usize>>,
    pub(crate) profile: Option<Profile>,
    pub(crate) strict: bool,
}

impl Selection {
    /// Every case.
    #[must_use]
    pub fn everything() -> Self {
        Self::default()
    }

    /// The cases whose id contains `part`.
    #[must_use]
    pub fn matching(part: &str) -> Self {
        Self {
            filters: vec![part.to_owned()],
            ..Self::default()
        }
    }

    /// The cases of these ids.
    #[must_use]
    pub fn exactly<'a>(ids: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            filters: ids.into_iter().map(str::to_owned).collect(),
            exact: true,
            ..Self::default()
        }
    }

    /// Leaves out the cases whose id contains `part`, or is it when exact.
    #[must_use]
    pub fn skipping(mut self, part: &str) -> Self {
        self.skip.push(part.to_owned());
        self
    }

    /// Counts a failed SHOULD like a failed MUST.
    #[must_use]
    pub const fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Whose requirements are judged; without it, those that the suite says.
    #[must_use]
    pub const fn profile(mut self, profile: Profile) -> Self {
        self.profile = Some(profile);
        self
    }

    /// How many cases run at once. Without it, a few.
    ///
    /// ```
    /// use std::num::NonZero;
    /// use http1_conformance::Selection;
    ///
    /// let one_by_one = Selection::everything().on_threads(NonZero::<usize>::MIN);
    /// assert!(one_by_one.takes("framing/cl/exact"));
    /// ```
    #[must_use]
    pub const fn on_threads(mut self, threads: NonZero<usize>) -> Self {
        self.threads = Some(threads);
        self
    }

    /// Whether the case `id` is selected.
    #[must_use]
    pub fn takes(&self, id: &str) -> bool {
        let fits = |text: &String| self.fits(text, id);
        !self.only_ignored
            && (self.filters.is_empty() || self.filters.iter().any(fits))
            && !self.skip.iter().any(fits)
    }

    fn fits(&self, text: &str, id: &str) -> bool {
        if self.exact {
            id == text
        } else {
            id.contains(text)
        }
    }

    /// The first filter that fits none of these ids, which is a mistake. A word that can be in no
    /// id, such as `module::a_test`, is none: `cargo test` hands its filter to every test binary.
    pub(super) fn mistaken(&self, ids: &[&str]) -> Option<&str> {
        let in_ids = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '/');
        let mut filters = self.filters.iter();
        let mistaken = filters.find(|filter| {
            filter.chars().all(in_ids) && !ids.iter().any(|id| self.fits(filter, id))
        });
        mistaken.map(String::as_str)
    }

    pub(super) fn is_everything(&self) -> bool {
        self.filters.is_empty() && self.skip.is_empty() && !self.only_ignored
    }

    /// Cases mostly wait, so some run at once even on one processor. Those that
    /// measure run alone.
    pub(super) fn threads(&self) -> usize {
        self.threads.map_or(8, NonZero::get)
    }
}

/// The arguments of a run.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    pub(super) selection: Selection,
    pub(super) list: bool,
    pub(super) report: Option<PathBuf>,
    pub(super) junit: Option<PathBuf>,
    pub(super) html: Option<PathBuf>,
    help: bool,
}

pub(crate) const HELP: &str = "\
Usage: [OPTIONS] [FILTER]...

  FILTER               run the cases whose id contains one of these
  --exact              a filter or skip is a whole id
  --skip FILTER        leave these out
  --list               print the ids
  --ignored            run no case, since none is ignored
  --profile WHICH      rfc: what RFCs require of a client; contract: that and the
                       contract of a transport; else as the suite was built
  --strict             a failed SHOULD fails the run
  --report FILE.json   write the report as JSON (or set HTTP1_CONFORMANCE_JSON)
  --junit FILE.xml     write the report in JUnit's format
  --html FILE.html     write the report as one page
  --test-threads N     how many cases run at once
  --color WHEN         auto, always or never
";

impl Arguments {
    pub(super) fn from_env() -> Result<Self, String> {
        let mut arguments = Self::parse(env::args().skip(1))?;
        if arguments.report.is_none() {
            arguments.report = env::var_os("HTTP1_CONFORMANCE_JSON").map(PathBuf::from);
        }
        Ok(arguments)
    }

    pub(super) fn parse(words: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let (name, value) = match word.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
                _ => (word.as_str(), None),
            };
            let mut value = || {
                let value = value.clone().or_else(|| words.next());
                value.ok_or_else(|| format!("{name} needs a value"))
            };
            match name {
                "--exact" => arguments.selection.exact = true,
                "--skip" => arguments.selection.skip.push(value()?),
                "--list" => arguments.list = true,
                "--ignored" => arguments.selection.only_ignored = true,
                "--profile" => arguments.selection.profile = Some(profile(&value()?)?),
                "--strict" => arguments.selection.strict = true,
                "--report" => arguments.report = Some(value()?.into()),
                "--junit" => arguments.junit = Some(value()?.into()),
                "--html" => arguments.html = Some(value()?.into()),
                "--test-threads" => {
                    let threads = value()?.parse();
                    let threads = threads.map_err(|_| "--test-threads needs a count above 0")?;
                    arguments.selection.threads = Some(threads);
                }
                "--color" => color(&value()?)?.write_global(),
                // What the other arguments of libtest ask for is so already.
                "--format" | "-Z" | "--logfile" => drop(value()?),
                "--nocapture" | "--no-capture" | "--show-output" | "--include-ignored"
                | "--test" | "--quiet" | "-q" => {}
                "--help" | "-h" => arguments.help = true,
                name if name.starts_with('-') => return Err(format!("unknown argument {name}")),
                _ => arguments.selection.filters.push(word),
            }
        }
        Ok(arguments)
    }

    pub(super) fn help(&self) -> Option<&'static str> {
        self.help.then_some(HELP)
    }
}

fn profile(word: &str) -> Result<Profile, String> {
    let mut profiles = [Profile::Rfc, Profile::Contract].into_iter();
    profiles
        .find(|profile| profile.word() == word)
        .ok_or_else(|| format!("--profile is rfc or contract, not {word}"))
}

fn color(when: &str) -> Result<anstream::ColorChoice, String> {
    match when {
        "auto" => Ok(anstream::ColorChoice::Auto),
        "always" => Ok(anstream::ColorChoice::Always),
        "never" => Ok(anstream::ColorChoice::Never),
        _ => Err(format!("--color is auto, always or never, not {when}")),
    }
}
