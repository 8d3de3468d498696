//! What is wrong with the spec, and where.

use std::fmt;

/// A place in the spec, as a JSON pointer (RFC 6901).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pointer(String);

impl Pointer {
    pub(crate) const fn root() -> Self {
        Self(String::new())
    }

    pub(crate) fn child(&self, key: &str) -> Self {
        let key = key.replace('~', "~0").replace('/', "~1");
        Self(format!("{}/{key}", self.0))
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    at: Pointer,
    message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.at.0.is_empty() { "" } else { "#" };
        write!(f, "{}{place}{}: {}", super::SPEC, self.at.0, self.message)
    }
}

/// Everything that is wrong, in the order in which it was seen.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Findings(Vec<Finding>);

impl Findings {
    pub(crate) fn add(&mut self, at: &Pointer, message: impl Into<String>) {
        let finding = Finding {
            at: at.clone(),
            message: message.into(),
        };
        // A component that several operations share is wrong once.
        if !self.0.contains(&finding) {
            self.0.push(finding);
        }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{finding}")?;
        }
        Ok(())
    }
}
