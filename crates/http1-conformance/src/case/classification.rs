//! The second verdict on an exchange: whether its error is called what the contract wants.

use crate::client::{Delivery, TransportError};

use super::capability::Capability;
use super::expected_outcome::{ExpectedOutcome, Outcome, an_error, any_of, check_failure};

/// What an error is called in another way than the contract wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The capability that promises it.
    pub(crate) about: Capability,
    pub(crate) text: String,
}

impl Finding {
    pub(crate) const fn new(about: Capability, text: String) -> Self {
        Self { about, text }
    }
}

impl ExpectedOutcome {
    /// How the error is classified wrongly, where there is an error as there should be.
    pub(crate) fn classify(&self, outcome: &Outcome) -> Vec<Finding> {
        match self {
            Self::Fails { kinds, delivery } => {
                let Ok(error) = check_failure(kinds, outcome) else {
                    return Vec::new();
                };
                let kind = (!kinds.is_empty() && !kinds.contains(&error.kind()))
                    .then(|| format!("the kind is {:?}, not {}", error.kind(), any_of(kinds)));
                findings(kind, error, *delivery)
            }
            Self::TimesOut(phase, _) => {
                let Ok(error) = an_error(outcome) else {
                    return Vec::new();
                };
                let wanted = TransportError::timeout(*phase);
                let told = (error.kind(), error.phase());
                let wants = (wanted.kind(), wanted.phase());
                let kind = (told != wants).then(|| format!("the error is {told:?}, not {wants:?}"));
                findings(kind, error, Some(wanted.delivery()))
            }
            Self::Either(expects) => expects
                .iter()
                .filter(|expect| expect.check(outcome).is_empty())
                .map(|expect| expect.classify(outcome))
                .min_by_key(Vec::len)
                .unwrap_or_default(),
            Self::Both(expects) => {
                [expects.0.classify(outcome), expects.1.classify(outcome)].concat()
            }
            Self::Response(_) | Self::That(..) => Vec::new(),
        }
    }

    /// The classes of errors that are right.
    pub(crate) fn classes(&self) -> Vec<String> {
        match self {
            Self::Fails { kinds, delivery } if kinds.is_empty() && delivery.is_none() => Vec::new(),
            Self::Fails { kinds, delivery } => {
                let delivery = delivery.map_or_else(String::new, |told| format!(", {told:?}"));
                vec![format!("{}{delivery}", any_of(kinds))]
            }
            Self::TimesOut(phase, _) => {
                let delivery = TransportError::timeout(*phase).delivery();
                vec![format!("Timeout in {phase:?}, {delivery:?}")]
            }
            Self::Either(expects) => expects.iter().flat_map(Self::classes).collect(),
            Self::Both(expects) => [expects.0.classes(), expects.1.classes()].concat(),
            Self::Response(_) | Self::That(..) => Vec::new(),
        }
    }
}

fn findings(
    kind: Option<String>,
    error: &TransportError,
    delivery: Option<Delivery>,
) -> Vec<Finding> {
    let delivery = delivery
        .filter(|wanted| error.delivery() != *wanted)
        .map(|wanted| format!("the delivery is {:?}, not {wanted:?}", error.delivery()));
    let kind = kind.map(|text| Finding::new(Capability::ErrorKinds, text));
    let delivery = delivery.map(|text| Finding::new(Capability::Delivery, text));
    kind.into_iter().chain(delivery).collect()
}
