//! Those about TLS, and about tunnels through a proxy.

use crate::case::Quote;

pub(in crate::cases) const SECURED_FIRST: Quote = Quote::must(
    "RFC 9110 §4.2.2",
    "A client MUST ensure that its HTTP requests for an \"https\" resource are secured, prior to being communicated, and that it only accepts secured responses to those requests.",
);
pub(in crate::cases) const VERIFY_IDENTITY: Quote = Quote::must(
    "RFC 9110 §4.3.4",
    "a client MUST verify that the service's identity is an acceptable match for the URI's origin server.",
);
pub(in crate::cases) const TRUST_ANCHORS: Quote = Quote::must(
    "RFC 9110 §4.3.4",
    "This process requires that a client be configured with a set of trust anchors.",
);
pub(in crate::cases) const IP_ID: Quote = Quote::must(
    "RFC 9110 §4.3.4",
    "The client MUST construct a reference identity from the service's host: if the host is a literal IP address (Section 4.3.5), the reference identity is an IP-ID",
);
pub(in crate::cases) const IP_ID_MATCHES: Quote = Quote::must(
    "RFC 9110 §4.3.5",
    "A reference identity of type IP-ID matches if the address is identical to an iPAddress value of the subjectAltName extension of the certificate.",
);
pub(in crate::cases) const TUNNEL_OPENS: Quote = Quote::must(
    "RFC 9110 §9.3.6",
    "Any 2xx (Successful) response indicates that the sender (and all inbound proxies) will switch to tunnel mode immediately after the response header section",
);
pub(in crate::cases) const NO_LENGTH_OF_TUNNEL: Quote = Quote::must(
    "RFC 9110 §9.3.6",
    "A client MUST ignore any Content-Length or Transfer-Encoding header fields received in a successful response to CONNECT.",
);
pub(in crate::cases) const INCOMPLETE_CLOSE: Quote = Quote::should(
    "RFC 9112 §9.8",
    "When encountering an incomplete close, a client SHOULD treat as completed all requests for which it has received either",
);
pub(in crate::cases) const CLOSURE_ALERT: Quote = Quote::must(
    "RFC 9112 §9.8",
    "A response that has neither chunked transfer coding nor Content-Length is complete only if a valid closure alert has been received.",
);
pub(in crate::cases) const PATH_VALIDATION: Quote = Quote::must(
    "RFC 5280 §6",
    "Conforming implementations of this specification are not required to implement this algorithm, but MUST provide functionality equivalent to the external behavior resulting from this procedure.",
);
pub(in crate::cases) const VALIDITY: Quote = Quote::must(
    "RFC 5280 §6.1.3",
    "The certificate validity period includes the current time.",
);
pub(in crate::cases) const SERVER_NAME: Quote = Quote::should(
    "RFC 6066 §3",
    "It is RECOMMENDED that clients include an extension of type \"server_name\" in the client hello whenever they locate a server by a supported name type.",
);
