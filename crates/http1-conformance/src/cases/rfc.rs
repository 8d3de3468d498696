//! The sentences of RFCs that bind a client, word by word.
//!
//! A sentence that binds servers, proxies or caches alone is not here, nor one that only allows
//! something: what a case asks beyond the sentences here is the contract's.

use crate::case::Quote;

#[cfg(feature = "tls")]
mod tls;
#[cfg(feature = "tls")]
pub(super) use tls::*;

// RFC 9110, HTTP Semantics.

pub(super) const GRAMMAR: Quote = Quote::must(
    "RFC 9110 §2.2",
    "A sender MUST NOT generate protocol elements that do not match the grammar defined by the corresponding ABNF rules.",
);
pub(super) const UNKNOWN_FIELDS: Quote = Quote::should(
    "RFC 9110 §5.1",
    "Other recipients SHOULD ignore unrecognized header and trailer fields.",
);
pub(super) const FIELD_NAMES: Quote =
    Quote::must("RFC 9110 §5.1", "Field names are case-insensitive");
pub(super) const BAD_WHITESPACE: Quote = Quote::must(
    "RFC 9110 §5.6.3",
    "A recipient MUST parse for such bad whitespace and remove it before interpreting the protocol element.",
);
pub(super) const ONE_FIELD_LINE: Quote = Quote::must(
    "RFC 9110 §5.3",
    "a sender MUST NOT generate multiple field lines with the same name in a message (whether in the headers or trailers) or append a field line when a field line of the same name already exists in the message, unless that field's definition allows multiple field line values to be recombined as a comma-separated list",
);
pub(super) const EXCLUDE_WHITESPACE: Quote = Quote::must(
    "RFC 9110 §5.5",
    "a field parsing implementation MUST exclude such whitespace prior to evaluating the field value.",
);
pub(super) const FIELD_VALUE: Quote = Quote::must("RFC 9110 §5.5", "field-value = *field-content");
pub(super) const OBS_TEXT: Quote = Quote::should(
    "RFC 9110 §5.5",
    "A recipient SHOULD treat other allowed octets in field content (i.e., obs-text) as opaque data.",
);
pub(super) const CONTROLS: Quote = Quote::must(
    "RFC 9110 §5.5",
    "a recipient of CR, LF, or NUL within a field value MUST either reject the message or replace each of those characters with SP before further processing or forwarding of that message.",
);
pub(super) const INTERPRET: Quote = Quote::must(
    "RFC 9110 §2.4",
    "A recipient MUST interpret a received protocol element according to the semantics defined for it by this specification",
);
pub(super) const CONTINUE_SENDING: Quote = Quote::should(
    "RFC 9110 §7.5",
    "A client that receives a response while it is still sending the associated request SHOULD continue sending that request unless it receives an explicit indication to the contrary",
);
pub(super) const CONNECTION_OPTIONS: Quote = Quote::must(
    "RFC 9110 §7.6.1",
    "Connection options are case-insensitive.",
);
pub(super) const LENGTH_OF_EMPTY: Quote = Quote::should(
    "RFC 9110 §8.6",
    "A user agent SHOULD send Content-Length in a request when the method defines a meaning for enclosed content and it is not sending Transfer-Encoding.",
);
pub(super) const NO_LENGTH_OF_NOTHING: Quote = Quote::should(
    "RFC 9110 §8.6",
    "A user agent SHOULD NOT send a Content-Length header field when the request message does not contain content and the method semantics do not anticipate such data.",
);
pub(super) const LARGE_LENGTHS: Quote = Quote::must(
    "RFC 9110 §8.6",
    "a recipient MUST anticipate potentially large decimal numerals and prevent parsing errors due to integer conversion overflows or precision loss due to integer conversion",
);
pub(super) const NO_RETRY: Quote = Quote::should(
    "RFC 9110 §9.2.2",
    "A client SHOULD NOT automatically retry a request with a non-idempotent method unless it has some means to know that the request semantics are actually idempotent, regardless of the method, or some means to detect that the original request was never applied.",
);
pub(super) const NO_ENDLESS_WAIT: Quote = Quote::should(
    "RFC 9110 §10.1.1",
    "since 100 (Continue) responses cannot be sent through an HTTP/1.0 intermediary, such a client SHOULD NOT wait for an indefinite period before sending the content.",
);
pub(super) const CLASS_OF_STATUS: Quote = Quote::must(
    "RFC 9110 §15",
    "a client MUST understand the class of any status code, as indicated by the first digit, and treat an unrecognized status code as being equivalent to the x00 status code of that class.",
);
pub(super) const INVALID_STATUS: Quote = Quote::should(
    "RFC 9110 §15",
    "A client that receives a response with an invalid status code SHOULD process the response as if it had a 5xx (Server Error) status code.",
);
pub(super) const INTERIM: Quote = Quote::must(
    "RFC 9110 §15.2",
    "A client MUST be able to parse one or more 1xx responses received prior to a final response, even if the client does not expect one.",
);

// RFC 8297, Early Hints.

pub(super) const HINTS: Quote = Quote::must(
    "RFC 8297 §2",
    "these header fields only provide hints to the client; they do not replace the header fields on the final response.",
);

// RFC 9112, HTTP/1.1.

pub(super) const OCTETS: Quote = Quote::must(
    "RFC 9112 §2.2",
    "A recipient MUST parse an HTTP message as a sequence of octets in an encoding that is a superset of US-ASCII",
);
pub(super) const BARE_CR: Quote = Quote::must(
    "RFC 9112 §2.2",
    "A recipient of such a bare CR MUST consider that element to be invalid or replace each bare CR with SP before processing the element or forwarding the message.",
);
pub(super) const SPACE_FIRST: Quote = Quote::must(
    "RFC 9112 §2.2",
    "A recipient that receives whitespace between the start-line and the first header field MUST either reject the message as invalid or consume each whitespace-preceded line without further processing of it",
);
pub(super) const HOST: Quote = Quote::must(
    "RFC 9112 §3.2",
    "a client MUST send a field value for Host that is identical to that authority component, excluding any userinfo subcomponent and its \"@\" delimiter",
);
pub(super) const NO_WHITESPACE_IN_TARGET: Quote = Quote::must(
    "RFC 9112 §3.2",
    "No whitespace is allowed in the request-target.",
);
pub(super) const ORIGIN_FORM: Quote = Quote::must(
    "RFC 9112 §3.2.1",
    "a client MUST send only the absolute path and query components of the target URI as the request-target.",
);
pub(super) const REASON: Quote = Quote::must(
    "RFC 9112 §4",
    "ending with an OPTIONAL textual phrase describing the status code.",
);
pub(super) const REASON_IGNORED: Quote = Quote::should(
    "RFC 9112 §4",
    "A client SHOULD ignore the reason-phrase content",
);
pub(super) const OBS_FOLD: Quote = Quote::must(
    "RFC 9112 §5.2",
    "A user agent that receives an obs-fold in a response message that is not within a \"message/http\" container MUST replace each received obs-fold with one or more SP octets prior to interpreting the field value.",
);
pub(super) const NO_CODING_UNASKED: Quote = Quote::must(
    "RFC 9112 §6.1",
    "A client MUST NOT send a request containing Transfer-Encoding unless it knows the server will handle HTTP/1.1 requests",
);
pub(super) const CODED_HTTP10: Quote = Quote::must(
    "RFC 9112 §6.1",
    "A server or client that receives an HTTP/1.0 message containing a Transfer-Encoding header field MUST treat the message as if the framing is faulty, even if a Content-Length is present, and close the connection after processing the message.",
);
pub(super) const NEVER_BOTH: Quote = Quote::must(
    "RFC 9112 §6.2",
    "A sender MUST NOT send a Content-Length header field in any message that contains a Transfer-Encoding header field.",
);
pub(super) const LENGTH_ENDS_MESSAGE: Quote = Quote::must(
    "RFC 9112 §6.2",
    "the Content-Length field value provides the framing information necessary for determining where the data (and message) ends.",
);
pub(super) const NO_BODY: Quote = Quote::must(
    "RFC 9112 §6.3",
    "is always terminated by the first empty line after the header fields, regardless of the header fields present in the message",
);
pub(super) const CODING_OVERRIDES: Quote = Quote::must(
    "RFC 9112 §6.3",
    "the Transfer-Encoding overrides the Content-Length.",
);
pub(super) const NOT_FINALLY_CHUNKED: Quote = Quote::must(
    "RFC 9112 §6.3",
    "If a Transfer-Encoding header field is present in a response and the chunked transfer coding is not the final encoding, the message body length is determined by reading the connection until it is closed by the server.",
);
pub(super) const INVALID_LENGTH: Quote = Quote::must(
    "RFC 9112 §6.3",
    "the message framing is invalid and the recipient MUST treat it as an unrecoverable error, unless the field value can be successfully parsed as a comma-separated list (Section 5.6.1 of [HTTP]), all values in the list are valid, and all values in the list are the same",
);
pub(super) const INVALID_LENGTH_CLOSES: Quote = Quote::must(
    "RFC 9112 §6.3",
    "If it is in a response message received by a user agent, the user agent MUST close the connection to the server and discard the received response.",
);
pub(super) const LENGTH: Quote = Quote::must(
    "RFC 9112 §6.3",
    "its decimal value defines the expected message body length in octets.",
);
pub(super) const SHORT_OF_LENGTH: Quote = Quote::must(
    "RFC 9112 §6.3",
    "If the sender closes the connection or the recipient times out before the indicated number of octets are received, the recipient MUST consider the message to be incomplete and close the connection.",
);
pub(super) const UNTIL_CLOSE: Quote = Quote::must(
    "RFC 9112 §6.3",
    "Otherwise, this is a response message without a declared message body length, so the message body length is determined by the number of octets received prior to the server closing the connection.",
);
pub(super) const KNOWN_LENGTH: Quote = Quote::should(
    "RFC 9112 §6.3",
    "a client that sends a request containing a message body SHOULD use a valid Content-Length header field if the message body length is known in advance, rather than the chunked transfer coding",
);
pub(super) const EXTRA_DATA: Quote = Quote::must(
    "RFC 9112 §6.3",
    "A client MUST NOT process, cache, or forward such extra data as a separate response",
);
pub(super) const CHUNKED: Quote = Quote::must(
    "RFC 9112 §7.1",
    "A recipient MUST be able to parse and decode the chunked transfer coding.",
);
pub(super) const LARGE_CHUNKS: Quote = Quote::must(
    "RFC 9112 §7.1",
    "recipients MUST anticipate potentially large hexadecimal numerals and prevent parsing errors due to integer conversion overflows or precision loss due to integer representation.",
);
pub(super) const NO_PARAMETERS: Quote = Quote::should(
    "RFC 9112 §7.1",
    "The chunked coding does not define any parameters. Their presence SHOULD be treated as an error.",
);
pub(super) const CHUNK_EXTENSIONS: Quote = Quote::must(
    "RFC 9112 §7.1.1",
    "A recipient MUST ignore unrecognized chunk extensions.",
);
pub(super) const TRAILERS: Quote = Quote::must(
    "RFC 9112 §7.1.2",
    "A recipient MUST NOT merge a received trailer field into the header section unless its corresponding header field definition explicitly permits and instructs how the trailer field value can be safely merged.",
);
pub(super) const INCOMPLETE: Quote = Quote::must(
    "RFC 9112 §8",
    "A client that receives an incomplete response message, which can occur when a connection is closed prematurely or when decoding a supposedly chunked transfer coding fails, MUST record the message as incomplete.",
);
pub(super) const CUT_HEAD: Quote = Quote::must(
    "RFC 9112 §8",
    "If a response terminates in the middle of the header section (before the empty line is received) and the status code might rely on header fields to convey the full meaning of the response, then the client cannot assume that meaning has been conveyed",
);
pub(super) const NO_LAST_CHUNK: Quote = Quote::must(
    "RFC 9112 §8",
    "A message body that uses the chunked transfer coding is incomplete if the zero-sized chunk that terminates the encoding has not been received.",
);
pub(super) const UNLESS_AN_ERROR: Quote = Quote::must(
    "RFC 9112 §8",
    "is considered complete unless an error was indicated by the underlying connection",
);
pub(super) const ASSOCIATION: Quote = Quote::must(
    "RFC 9112 §9.2",
    "it relies on the order of response arrival to correspond exactly to the order in which requests are made on the same connection.",
);
pub(super) const UNASKED_DATA: Quote = Quote::must(
    "RFC 9112 §9.2",
    "If a client receives data on a connection that doesn't have outstanding requests, the client MUST NOT consider that data to be a valid response",
);
pub(super) const UNASKED_DATA_CLOSES: Quote = Quote::should(
    "RFC 9112 §9.2",
    "the client SHOULD close the connection, since message delimitation is now ambiguous, unless the data consists only of one or more CRLF",
);
pub(super) const PERSISTENT: Quote = Quote::should(
    "RFC 9112 §9.3",
    "HTTP implementations SHOULD support persistent connections.",
);
pub(super) const UNTIL_HTTP10: Quote = Quote::must(
    "RFC 9112 §9.3",
    "The connection will close after the current response.",
);
pub(super) const MONITOR: Quote = Quote::should(
    "RFC 9112 §9.5",
    "Implementations SHOULD constantly monitor open connections for a received closure signal and respond to it as appropriate",
);
pub(super) const EMPTY_PATH: Quote = Quote::must(
    "RFC 9112 §3.2.1",
    "If the target URI's path component is empty, the client MUST send \"/\" as the path within the origin-form of request-target.",
);
pub(super) const EARLY_RESPONSE: Quote = Quote::should(
    "RFC 9112 §9.5",
    "A client sending a message body SHOULD monitor the network connection for an error response while it is transmitting the request.",
);
pub(super) const CLOSE_SENT: Quote = Quote::must(
    "RFC 9112 §9.6",
    "A client that sends a \"close\" connection option MUST NOT send further requests on that connection (after the one containing the \"close\") and MUST close the connection after reading the final response message corresponding to this request.",
);
pub(super) const CLOSE_RECEIVED: Quote = Quote::must(
    "RFC 9112 §9.6",
    "A client that receives a \"close\" connection option MUST cease sending requests on that connection and close the connection after reading the response message containing the \"close\" connection option",
);
