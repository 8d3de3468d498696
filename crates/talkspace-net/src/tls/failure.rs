//! What went wrong with TLS, in words for whoever has to mend it.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::time::{Duration, UNIX_EPOCH};

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription as Alert, CertificateError, Error, InvalidMessage, OtherError};
use talkspace_core::FailureKind;
use talkspace_core::transport::TransportError;

use crate::error::not_sent;

/// What rustls reports, in plain words before its own.
#[derive(Debug)]
pub(super) struct Failure {
    text: String,
    source: Error,
}

impl Failure {
    pub(super) fn new(text: impl Into<String>, source: Error) -> Self {
        Self {
            text: text.into(),
            source,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for Failure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.source)
    }
}

fn reported(error: &io::Error) -> Option<&Error> {
    let inner = error.get_ref()?;
    match inner.downcast_ref::<Failure>() {
        Some(failure) => Some(&failure.source),
        None => inner.downcast_ref(),
    }
}

/// Whether TLS itself failed, and not the socket beneath it.
pub fn is_tls(error: &io::Error) -> bool {
    reported(error).is_some()
}

/// Whether an alert ends the handshake for the server, by what alerts mean (RFC
/// 8446 §6.2): most often it does not accept the client's certificate, or wants one.
///
/// In TLS 1.3 the client is done with the handshake before the server has seen its
/// certificate, so this may come when the request is on its way. Yet the server
/// reads no request before it has accepted the client's Finished (§4.4.4), and it
/// may ask for a certificate later only if the client offers that (§4.6.2), which
/// rustls does not.
pub fn ends_handshake(error: &io::Error) -> bool {
    let Some(Error::AlertReceived(alert)) = reported(error) else {
        return false;
    };
    of_handshake(*alert).is_some()
}

/// The meaning of an alert that is about the handshake alone.
fn of_handshake(alert: Alert) -> Option<&'static str> {
    Some(match alert {
        Alert::CertificateRequired => "the server wants a client certificate, and got none",
        Alert::UnknownCA => "the server does not trust the issuer of the client certificate",
        Alert::CertificateExpired => "the server says that the client certificate has expired",
        Alert::CertificateRevoked => "the server says that the client certificate was revoked",
        Alert::BadCertificate | Alert::CertificateUnknown | Alert::UnsupportedCertificate => {
            "the server rejects the client certificate, or wants one and got none"
        }
        Alert::AccessDenied => "the server denies access to the client certificate",
        Alert::DecryptError => "the server cannot verify the client certificate or its signature",
        Alert::HandshakeFailure => {
            "the server ended the TLS handshake: it has no cipher in common with this client, or \
             wants a client certificate"
        }
        _ => return None,
    })
}

/// The same error, with a first line in plain words if rustls is its source.
pub fn explained(error: io::Error) -> io::Error {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    let told = inner.and_then(|rustls: &Error| Some((text(rustls)?, rustls.clone())));
    match told {
        Some((text, rustls)) => io::Error::new(error.kind(), Failure::new(text, rustls)),
        None => error,
    }
}

/// What it means that the handshake ended with `error`.
pub fn handshake_failed(error: io::Error) -> TransportError {
    let error = match error.kind() {
        kind @ (io::ErrorKind::UnexpectedEof
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted) => io::Error::new(
            kind,
            "the server closed the connection in the TLS handshake",
        ),
        _ => explained(error),
    };
    not_sent(FailureKind::Tls, error)
}

fn text(error: &Error) -> Option<String> {
    let text = match error {
        Error::InvalidCertificate(error) => return of_server(error),
        Error::AlertReceived(alert) => match alert {
            Alert::ProtocolVersion => "the server speaks neither TLS 1.2 nor TLS 1.3",
            Alert::UnrecognisedName => "the server does not know the host's name",
            Alert::NoApplicationProtocol => NO_HTTP_1,
            alert => of_handshake(*alert)?,
        },
        Error::NoApplicationProtocol => NO_HTTP_1,
        Error::PeerIncompatible(_) => {
            "the server has no version or cipher of TLS in common with this client"
        }
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => {
            "what the server sent is not TLS: the port may be one for plain http"
        }
        _ => return None,
    };
    Some(text.to_owned())
}

const NO_HTTP_1: &str = "the server does not offer HTTP/1.1 over TLS (ALPN)";

/// What is wrong with the server's certificate.
fn of_server(error: &CertificateError) -> Option<String> {
    Some(match error {
        CertificateError::UnknownIssuer => {
            "the issuer of the server's certificate is not trusted here: its root certificate \
             is not among those that are set"
                .to_owned()
        }
        CertificateError::BadSignature => {
            "the server's certificate names an issuer that is trusted here, and is not signed by it"
                .to_owned()
        }
        CertificateError::Expired => "the server's certificate has expired".to_owned(),
        CertificateError::ExpiredContext { time, not_after } => format!(
            "the server's certificate expired on {}; by this machine's clock it is {}",
            date(*not_after),
            date(*time)
        ),
        CertificateError::NotValidYet => "the server's certificate is not yet valid".to_owned(),
        CertificateError::NotValidYetContext { time, not_before } => format!(
            "the server's certificate is not valid before {}; by this machine's clock it is {}",
            date(*not_before),
            date(*time)
        ),
        CertificateError::NotValidForName => {
            "the server's certificate is for another host".to_owned()
        }
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => format!(
            "the server's certificate is for {}, and not for {}",
            names(presented),
            expected.to_str()
        ),
        CertificateError::Revoked => "the server's certificate was revoked".to_owned(),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "the server's certificate is not one for servers".to_owned()
        }
        CertificateError::Other(OtherError(why)) => match why.to_string().as_str() {
            // The names that webpki gives them, which has no other words.
            "CaUsedAsEndEntity" => "the server's certificate is that of an authority \
                (basicConstraints CA:TRUE): the server needs one of its own, signed by it"
                .to_owned(),
            "UnsupportedCertVersion" => "the server's certificate is not of X.509 version 3: \
                make it anew, with a subjectAltName"
                .to_owned(),
            why => format!("the server's certificate is not in order: {why}"),
        },
        _ => return None,
    })
}

/// The first few names of a certificate, which come as `DnsName("host")` or
/// `IpAddress(address)`.
fn names(presented: &[String]) -> String {
    const SHOWN: usize = 3;
    let mut names: Vec<_> = presented
        .iter()
        .take(SHOWN)
        .map(|name| bare(name))
        .collect();
    if presented.len() > SHOWN {
        names.push("others".to_owned());
    }
    match &names[..] {
        [] => "no host".to_owned(),
        names => names.join(", "),
    }
}

/// A name as it may be shown: the server decides what is in it.
fn bare(name: &str) -> String {
    /// As long as the name of a host may be (RFC 1035 §2.3.4).
    const LONGEST: usize = 255;
    let inner = name
        .split_once('(')
        .and_then(|(_kind, inner)| inner.strip_suffix(')'));
    let inner = inner.unwrap_or(name).trim_matches('"');
    let shown = inner.chars().take(LONGEST);
    shown.flat_map(char::escape_default).collect()
}

fn date(time: UnixTime) -> String {
    /// The last second of the year 9999, the last that a certificate can name.
    const LAST: u64 = 253_402_300_799;
    let time = Duration::from_secs(time.as_secs().min(LAST));
    httpdate::fmt_http_date(UNIX_EPOCH + time)
}
