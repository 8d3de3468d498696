//! Who is bound by a case, and how much it weighs.

use std::fmt;

/// How much a case weighs.
///
/// ```
/// use http1_conformance::Level;
///
/// assert_eq!(Level::Must.to_string(), "MUST");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// A failure fails the run.
    Must,
    /// Good practice: a failure warns, and fails the run with `--strict`.
    Should,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
        })
    }
}

/// A sentence of an RFC, or a part of one, word by word.
///
/// ```
/// let cases = http1_conformance::cases();
/// let short = cases.iter().find(|case| case.id() == "framing/cl/short-close").unwrap();
/// let quote = short.quotes().first().unwrap();
/// assert_eq!(quote.rfc(), "RFC 9112 §6.3");
/// assert!(quote.text().contains("MUST consider the message to be incomplete"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    level: Level,
    rfc: &'static str,
    text: &'static str,
}

impl Quote {
    /// A sentence with MUST, or one without a key word that defines what a message means: who
    /// reads it otherwise reads another message.
    pub(crate) const fn must(rfc: &'static str, text: &'static str) -> Self {
        Self {
            level: Level::Must,
            rfc,
            text,
        }
    }

    /// A sentence with SHOULD, or with RECOMMENDED.
    pub(crate) const fn should(rfc: &'static str, text: &'static str) -> Self {
        Self {
            level: Level::Should,
            rfc,
            text,
        }
    }

    /// How much the sentence asks.
    #[must_use]
    pub const fn level(&self) -> Level {
        self.level
    }

    /// The RFC and the section.
    #[must_use]
    pub const fn rfc(&self) -> &'static str {
        self.rfc
    }

    /// The words.
    #[must_use]
    pub const fn text(&self) -> &'static str {
        self.text
    }
}

impl fmt::Display for Quote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: \"{}\"", self.rfc, self.text)
    }
}

/// Where a requirement comes from, and so whom it binds.
///
/// ```
/// use http1_conformance::Source;
///
/// let cases = http1_conformance::cases();
/// let find = |id| cases.iter().find(|case| case.id() == id).unwrap();
/// assert_eq!(find("framing/cl/short-close").source().to_string(), "RFC 9112 §6.3");
/// assert!(matches!(find("policy/cookies/not-stored").source(), Source::Contract(_)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// Sentences of RFCs that bind a client, a user agent, a sender or a recipient. The first
    /// one gives the level.
    Required(Vec<Quote>),
    /// The contract of a transport: what an RFC leaves to a client and a caller wants to rely
    /// on. With the section that is near to it, if there is one.
    Contract(&'static str),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Required(quotes) => {
                for (at, quote) in quotes.iter().enumerate() {
                    if at > 0 {
                        f.write_str(", ")?;
                    }
                    f.write_str(quote.rfc)?;
                }
                Ok(())
            }
            Self::Contract("") => f.write_str("the contract"),
            Self::Contract(near) => write!(f, "the contract; see {near}"),
        }
    }
}
