//! Whose requirements a run is about.

/// Whose requirements are judged.
///
/// ```
/// use http1_conformance::client::{TransportError, client_fn};
/// use http1_conformance::{Profile, Selection, blocking};
///
/// // How it calls what it rejects is nothing to RFCs.
/// let unplugged = |_: &_| client_fn(|_| Err(TransportError::other("no network")));
/// let rfc = Selection::matching("framing/cl/short").profile(Profile::Rfc);
/// let report = blocking("unplugged", "0.1.0", unplugged).run(&rfc)?;
/// assert_eq!(report.exit_code(), 0);
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Profile {
    /// What RFCs require of any HTTP/1.1 client. How an error is called is not judged.
    Rfc,
    /// That, and the contract of a transport.
    #[default]
    Contract,
}

impl Profile {
    /// The word on the command line and in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rfc => "rfc",
            Self::Contract => "contract",
        }
    }
}
