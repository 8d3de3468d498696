//! The words in the `error` of a JSON document: the stable names of the library's
//! enums, and the command's own kinds.

use talkspace_core::observe::GivenUp;
use talkspace_core::{Delivery, Effect, ErrorKind, FailureKind, Limit, Phase};

/// A member of the error, what it says, and its words in lines.
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) meaning: &'static str,
    words: &'static [&'static [&'static str]],
}

pub(crate) const USAGE: &str = "usage";
pub(crate) const NOT_THERE: &str = "not_there";
pub(crate) const OUTPUT: &str = "output";
pub(crate) const INTERRUPTED: &str = "interrupted";

/// What became of a request that was sent with `--sure`.
pub(crate) const APPLIED: &str = "applied";
pub(crate) const NOT_APPLIED: &str = "not_applied";
pub(crate) const IN_DOUBT: &str = "in_doubt";

/// The members whose values are words.
pub(crate) const MEMBERS: [Member; 7] = [
    Member {
        name: "kind",
        meaning: "what failed: the command, the request or the transport",
        words: &[
            &[USAGE, NOT_THERE, OUTPUT, INTERRUPTED],
            &[
                ErrorKind::Invalid.as_str(),
                ErrorKind::Status.as_str(),
                ErrorKind::Decode.as_str(),
                ErrorKind::PollTimeout.as_str(),
            ],
            &[
                FailureKind::Resolve.as_str(),
                FailureKind::Connect.as_str(),
                FailureKind::Proxy.as_str(),
                FailureKind::Tls.as_str(),
                FailureKind::Closed.as_str(),
                FailureKind::Truncated.as_str(),
                FailureKind::Protocol.as_str(),
            ],
            &[
                FailureKind::Timeout.as_str(),
                FailureKind::TooLarge.as_str(),
                FailureKind::Cancelled.as_str(),
                FailureKind::BodySource.as_str(),
                FailureKind::Writer.as_str(),
                FailureKind::Other.as_str(),
            ],
        ],
    },
    Member {
        name: "delivery",
        meaning: "whether the service may have received the request",
        words: &[&[
            Delivery::NotSent.as_str(),
            Delivery::MaybeSent.as_str(),
            Delivery::Responded.as_str(),
        ]],
    },
    Member {
        name: "verdict",
        meaning: "with --sure: what became of the request; else it is not there",
        words: &[&[NOT_APPLIED, IN_DOUBT]],
    },
    Member {
        name: "effect",
        meaning: "what sending it twice does; reads is safe, converges is idempotent",
        words: &[&[
            Effect::Reads.as_str(),
            Effect::Converges.as_str(),
            Effect::Once.as_str(),
            Effect::Rings.as_str(),
        ]],
    },
    Member {
        name: "phase",
        meaning: "where in the exchange a timeout passed, or null",
        words: &[&[
            Phase::Connect.as_str(),
            Phase::Send.as_str(),
            Phase::Head.as_str(),
            Phase::Body.as_str(),
        ]],
    },
    Member {
        name: "limit",
        meaning: "which limit ended the request, or null",
        words: &[
            &[
                Limit::Timeout.as_str(),
                Limit::ConnectTimeout.as_str(),
                Limit::ResponseTimeout.as_str(),
            ],
            &[
                Limit::ReadTimeout.as_str(),
                Limit::MinRate.as_str(),
                Limit::Size.as_str(),
                Limit::Polling.as_str(),
            ],
        ],
    },
    Member {
        name: "given_up",
        meaning: "why the request was not retried, or not once more, or null",
        words: &[&[
            GivenUp::Final.as_str(),
            GivenUp::Effect.as_str(),
            GivenUp::Count.as_str(),
            GivenUp::Deadline.as_str(),
            GivenUp::Budget.as_str(),
            GivenUp::Written.as_str(),
        ]],
    },
];

impl Member {
    /// Its words, one line after the other, with this between the lines.
    pub(crate) fn words(&self, between: &str) -> String {
        let lines: Vec<_> = self.words.iter().map(|line| line.join(", ")).collect();
        lines.join(&format!(",{between}"))
    }
}

/// The members as text.
pub(crate) fn table() -> String {
    let mut text = "The error in a document of --json:\n".to_owned();
    for member in &MEMBERS {
        let Member { name, meaning, .. } = member;
        let words = member.words("\n            ");
        text.push_str(&format!("  {name:<8}  {meaning}\n            {words}\n"));
    }
    text
}
