//! Faults that adapters have been seen to ship, one decision each.
//!
//! The files beside this one say, topic by topic, which cases notice them.

#[macro_use]
mod define;
mod body;
mod concurrency;
mod connection;
mod error;
mod head;
mod policy;
mod request;
mod time;
mod tls;

faults! {
    // The request.
    /// Writes the whole URI to the request line, as for a proxy.
    AbsoluteForm,
    /// Tidies the path as a URL library does.
    NormalizePath,
    /// Decodes slashes in the path.
    DecodePath,
    /// Parses the query and writes it anew.
    ReencodeQuery,
    /// Decodes `%0D%0A` into a line break.
    DecodeTarget,
    /// Refuses all methods but GET and POST, by a panic.
    PanicOnMethod,
    /// Forgets the port in `Host`.
    HostWithoutPort,
    /// Forgets the brackets of an IPv6 address in `Host`.
    HostWithoutBrackets,
    /// Tells the user and the password of the URI in `Host`.
    UserInHost,
    /// Adds its own `Host` to the caller's.
    HostTwice,
    /// Adds its own `User-Agent` to the caller's.
    UserAgentTwice,
    /// Keeps fields in a map of single values.
    FirstValueOnly,
    /// Leaves out fields without a value.
    SkipEmptyFields,
    /// Cuts values at 4 KiB.
    CutValues,
    /// Has room for 64 fields.
    FewFields,
    /// Asks for compressed responses.
    AcceptEncoding,
    /// Says a length of zero where there is no body.
    GetSaysZero,
    /// Says nothing about an empty body.
    ContentLengthZeroLost,
    /// Announces a length and chunks at once.
    DoubleFraming,
    /// Asks whether the body may come.
    ExpectContinue,
    /// Takes request bodies for text.
    TextUploads,
    /// Does not go on after a partial write.
    WriteOnce,
    /// Consumes the body, so that the second one is empty.
    BodyOnce,
    /// Fills what a short source lacks with zeros.
    PadShortSource,
    /// Sends what a source holds beyond its stated length.
    SourceToItsEnd,
    /// Reports a failing source as a closed connection.
    SwallowSourceError,
    /// Contains a panic of the source, and forgets what was sent before it.
    PanicIsNotSent,
    /// Takes a response that begins early for a refusal, and sends no more.
    EarlyResponseIsError,
    /// Reads the whole body before it sends.
    BufferWholeUpload,

    // The response's head.
    /// Takes a response that is no success for a failure.
    StatusAsError,
    /// Wants a reason of plain text.
    StrictReason,
    /// Takes any protocol for HTTP.
    AnyVersion,
    /// Joins fields of one name, which breaks `Set-Cookie`.
    JoinDuplicates,
    /// Skips values that are not text.
    DropNonUtf8,
    /// Knows fields by one spelling only.
    ExactCase,
    /// Leaves white space around values.
    FieldsUntrimmed,
    /// Mends fields that are broken.
    LenientFields,
    /// Keeps nothing but the content type, as adapters of small needs do.
    KeepOnlyContentType,
    /// Has room for a head of 4 KiB.
    SmallHead,
    /// Takes a head of any size.
    UnboundedHead,
    /// Wants the head in one segment.
    SegmentIsHead,
    /// Keeps a connection that HTTP/1.0 is about to close.
    ReuseHttp10,
    /// Swears that nothing was sent when no response came.
    ClosedIsNotSent,
    /// Sends again when the connection was closed.
    RetryOnClose,
    /// Takes an interim response for the final one.
    StopAt1xx,
    /// Passes over a switch of protocols, and waits.
    SwitchIsInterim,

    // The response's body.
    /// Takes a body that was cut for a whole one.
    TruncationIsSuccess,
    /// Reads to the end of the connection whatever the length is.
    LengthIgnored,
    /// Takes the first of two lengths that differ.
    FirstLengthWins,
    /// Takes what is no number for zero.
    LenientNumbers,
    /// Gives chunks with their sizes to the caller.
    ChunksRaw,
    /// Takes any transfer coding for chunks.
    AnyCodingIsChunked,
    /// Takes the last of several transfer codings off, and gives the others as content.
    LastCodingDecides,
    /// Does not know extensions of chunks.
    ExtensionsRejected,
    /// Knows hexadecimal digits in lower case only.
    LowerHexOnly,
    /// Does not look at the end of a chunk.
    ChunkEndUnchecked,
    /// Does not know trailers.
    TrailersRejected,
    /// Takes a response without a length for one without a body.
    NoLengthNoBody,
    /// Waits for bodies that cannot be there.
    BodilessHasBody,
    /// Believes a transfer coding before method and status are looked at.
    BodilessHasChunks,
    /// Takes a body of any size.
    UnboundedBody,
    /// Gives nothing before it has all.
    BufferWholeDownload,
    /// Keeps the connection of a body that nobody reads any more.
    LeakOnDrop,
    /// Takes bodies for text.
    TextOnly,
    /// Hides that a body is compressed, as decoding clients do.
    DropContentEncoding,
    /// Gives the first 64 bytes of each piece.
    CutResponses,
    /// Refuses whatever is not called JSON.
    InsistOnJson,
    /// Reads JSON into numbers with a floating point.
    JsonThroughFloats,
    /// Reads text into numbers where it can.
    TextAsNumber,

    // Connections.
    /// Uses no connection twice.
    PoolNever,
    /// Keeps a connection with unread bytes on it, or that has ended.
    PoolDirty,
    /// Uses a connection again that was to be closed.
    CloseIgnored,
    /// Gives a connection to any host.
    OriginsShared,
    /// Gives a connection to either scheme.
    SchemesShared,
    /// Keeps four idle connections, and closes what is more.
    PoolOfFour,
    /// Does not read for how long the peer keeps an idle connection.
    KeepAliveIgnored,
    /// Holds each exchange to the limits of the first on its connection.
    LimitsOfTheFirst,
    /// Sends on a connection whose response is outstanding.
    PipelineOnBusy,
    /// Keeps a connection on which an exchange failed.
    ReuseAfterError,
    /// Keeps a connection on which half a request was sent.
    ReuseHalfSent,
    /// Leaves a connection open on which an exchange failed.
    LeakOnError,
    /// Leaves idle connections open when it is dropped.
    PoolOutlivesClient,

    // What a transport should leave to others.
    /// Goes where `Location` points, with all fields.
    FollowRedirects,
    /// Goes where `Refresh` points.
    FollowRefresh,
    /// Sends a challenged request again with credentials.
    AuthenticateByItself,
    /// Stores cookies.
    CookieJar,
    /// Tells where it was before.
    SendReferer,
    /// Sends everything twice, to be sure.
    Hedge,
    /// Shows the URL in errors.
    UrlInError,

    // Time.
    /// Connects for as long as the system likes.
    ConnectUnlimited,
    /// Waits for the head for ever.
    ResponseTimeoutIgnored,
    /// Allows any silence.
    ReadTimeoutIgnored,
    /// Looks at no deadline.
    DeadlineIgnored,
    /// Looks at the deadline only where there is nothing to read.
    DeadlineInSilenceOnly,
    /// Counts every silence of an upload from the beginning of the exchange.
    ReadTimeoutSinceBegin,
    /// Counts the wait for the response from the beginning of the exchange.
    ResponseTimeoutSinceBegin,
    /// Counts the wait for the response from when the system has the request.
    SentIsTaken,
    /// Counts the time of a source as a silence of the peer.
    SourceIsSilence,
    /// Divides each limit among four phases.
    TimesQuartered,
    /// Keeps every limit twice as long.
    LimitsDoubled,
    /// Rounds every limit down to whole seconds.
    LimitsInSeconds,
    /// Leaves an upload to itself whose caller is gone.
    UploadRunsOn,
    /// Rounds no time up to a second.
    ZeroMeansOneSecond,
    /// Adds times without a look at their size.
    TimesAreAdded,
    /// Reports a limit as a closed connection.
    TimeoutIsClosed,

    // Cancellation and concurrency.
    /// Does not look at the token.
    CancelIgnored,
    /// Lets a token shut a connection down that is no longer its own.
    TokenKept,
    /// Makes one exchange after the other.
    OneAtATime,
    /// Starts a runtime inside another.
    RuntimeInRuntime,

    // TLS.
    /// Trusts everybody.
    SkipTlsVerify,
    /// Does not use the roots that it was given.
    RootsIgnored,
    /// Goes on in plain text where there is no TLS.
    PlainFallback,
    /// Shakes hands for as long as it takes.
    HandshakeUnlimited,
    /// Does not say in the handshake whom it wants.
    NoServerName,
    /// Takes what is for TLS alone for a sign of life.
    TlsBytesCount,

    // Errors.
    /// Panics where a response breaks the protocol.
    PanicOnBreach,
    /// Reports a refused connection as a closed one.
    RefusedIsClosed,
    /// Reports an unknown name as a failed connection.
    ResolveIsConnect,
    /// Reports a reset as a breach of the protocol.
    ResetIsProtocol,
    /// Reports a closed connection as something else.
    ClosedIsOther,
    /// Loses what is beneath an error.
    SourceLost,
    /// Tells a failure in two lines.
    SeveralLines,
}

impl Fault {
    /// Cases that must fail because of it; others may. `*` stands for any
    /// operation.
    #[must_use]
    pub fn killed_by(self) -> &'static [&'static str] {
        KILLERS
            .iter()
            .flat_map(|topic| topic.iter())
            .find(|(fault, _)| *fault == self)
            .map_or(&[], |(_, cases)| cases)
    }
}

/// Faults, each with the cases that notice it.
type Killers = &'static [(Fault, &'static [&'static str])];

const KILLERS: [Killers; 9] = [
    request::KILLERS,
    head::KILLERS,
    body::KILLERS,
    connection::KILLERS,
    policy::KILLERS,
    time::KILLERS,
    concurrency::KILLERS,
    tls::KILLERS,
    error::KILLERS,
];
