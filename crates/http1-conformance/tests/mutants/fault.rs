//! Faults that adapters have been seen to ship, one decision each.

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
    /// Adds a parameter to the query, so that no cache has the response.
    CacheBuster,
    /// Sends a query without the path that the URI has not.
    EmptyPathLost,
    /// Decodes `%0D%0A` into a line break.
    DecodeTarget,
    /// Rejects all methods but GET and POST, by a panic.
    PanicOnMethod,
    /// Forgets the port in `Host`.
    HostWithoutPort,
    /// Forgets the brackets of an IPv6 address in `Host`.
    HostWithoutBrackets,
    /// Sends the user and the password of the URI in `Host`.
    UserInHost,
    /// Adds its own `Host` to the caller's.
    HostTwice,
    /// Puts its own `Host` in the place of the caller's.
    HostFromUri,
    /// Adds its own `User-Agent` to the caller's.
    UserAgentTwice,
    /// Puts its own `User-Agent` in the place of the caller's.
    OwnUserAgent,
    /// Collapses white space in field values.
    TabsCollapsed,
    /// Keeps header fields in a map of single values.
    FirstValueOnly,
    /// Leaves out header fields without a value.
    SkipEmptyFields,
    /// Cuts field values at 4 KiB.
    CutValues,
    /// Has room for 64 header fields.
    FewFields,
    /// Sends `Accept-Encoding`.
    AcceptEncoding,
    /// Sends `Content-Length: 0` where there is no body.
    GetSaysZero,
    /// Sends no `Content-Length` for an empty body.
    ContentLengthZeroLost,
    /// Sends bodies in chunks, whose length it knows.
    ChunksUploads,
    /// Sends `Content-Length` and `Transfer-Encoding` together.
    DoubleFraming,
    /// Sends `Expect: 100-continue`.
    ExpectContinue,
    /// Ends its direction when it has sent the request.
    EndsItsDirection,
    /// Waits for 100 (Continue) for as long as it takes, where the caller set `Expect`.
    AwaitsContinue,
    /// Sends no body but with the methods that usually have one.
    BodyOnPostOnly,
    /// Sends the parts of a body from the last to the first.
    PartsReversed,
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
    /// Asks a source for its length again, when its head is out.
    LengthAskedAgain,
    /// Sends the caller's framing beside a body.
    FramingOfTheCaller,
    /// Reports a failing source as a closed connection.
    SwallowSourceError,
    /// Contains a panic of the source, and forgets what was sent before it.
    PanicIsNotSent,
    /// Does not recover from a panic of the source.
    PanicPoisons,
    /// Writes the whole request before it reads.
    WritesAllFirst,
    /// Reports the failure of a write, though the response has come before it.
    WriteFailureFirst,
    /// Takes the end of the peer's direction behind the response to a large request for a failure.
    EndIsFailedUpload,
    /// Keeps a connection open on which half a request was sent, for a peer that reads no more.
    LingersHalfSent,
    /// Takes any early response for an error response, and sends no more.
    EarlyResponseIsError,
    /// Sends no more when a response is whole.
    WholeResponseEndsSending,
    /// Reads the whole body before it sends.
    BufferWholeUpload,

    // The response's head.
    /// Takes an error response for a transport error.
    StatusAsError,
    /// Rejects status codes that it does not know.
    KnownStatusOnly,
    /// Rejects status codes from 600.
    FiveClasses,
    /// Takes a status code that is none for 200.
    AnyStatus,
    /// Rejects status codes above the last one that is registered.
    StatusUpTo511,
    /// Keeps 16 bits of a status code.
    StatusWraps,
    /// Has room for a reason phrase of 100 bytes.
    ReasonHasLimit,
    /// Compares the name of the protocol without regard to case.
    VersionInAnyCase,
    /// Rejects a reason phrase that is empty or not ASCII.
    StrictReason,
    /// Rejects HTTP/1.0.
    Http11Only,
    /// Takes no head for a response of HTTP/0.9.
    Http09,
    /// Takes any protocol for HTTP.
    AnyVersion,
    /// Takes an underscore in a field name for a hyphen, as gateways do.
    UnderscoreIsHyphen,
    /// Splits the head wherever text has a line end.
    LinesOfText,
    /// Takes CR alone for the end of a line.
    CrEndsLine,
    /// Takes a line of a folded value that has a colon for a field.
    FoldWithColonIsField,
    /// Trims the first field line.
    SpaceFirstIsField,
    /// Joins header fields of one name, which breaks `Set-Cookie`.
    JoinDuplicates,
    /// Skips field values that are not text.
    DropNonUtf8,
    /// Knows field names in one spelling only.
    ExactCase,
    /// Leaves white space around field values.
    FieldsUntrimmed,
    /// Rejects header fields without a value.
    ValueRequired,
    /// Drops the second line of a folded field value.
    FoldsDropped,
    /// Repairs malformed header fields.
    LenientFields,
    /// Keeps nothing but the content type, as adapters of small needs do.
    KeepOnlyContentType,
    /// Has room for a head of 4 KiB.
    SmallHead,
    /// Takes a head of any size.
    UnboundedHead,
    /// Takes the end of the connection for the end of the head.
    EndIsEndOfHead,
    /// Wants the head in one segment.
    SegmentIsHead,
    /// Reuses a connection of HTTP/1.0 without keep-alive.
    ReuseHttp10,
    /// Reports that nothing was sent when no response came.
    ClosedIsNotSent,
    /// Retries when the connection was closed.
    RetryOnClose,
    /// Retries when a reused connection was closed.
    RetryOnReused,
    /// Retries when a gateway has no response.
    RetryOn502,
    /// Takes an interim response for the final one.
    StopAt1xx,
    /// Counts no interim response for a limit.
    InterimsUncounted,
    /// Skips as many bytes behind an interim response as its length says.
    InterimHasBody,
    /// Merges header fields of interim responses into those of the final one.
    HintsMerged,
    /// Skips a switch of protocols, and waits.
    SwitchIsInterim,

    // The response's body.
    /// Takes a truncated body for a whole one.
    TruncationIsSuccess,
    /// Reads to the end of the connection whatever the length is.
    LengthIgnored,
    /// Takes a reset for the end of a body that the close delimits.
    ResetIsEnd,
    /// Prefers the length to the transfer coding.
    LengthOverCoding,
    /// Takes the length where it does not know the transfer coding.
    LengthBesideCoding,
    /// Takes two lengths for none.
    TwoLengthsAreNone,
    /// Takes the first of two lengths that differ.
    FirstLengthWins,
    /// Reads a length up to its comma.
    ListsCut,
    /// Takes the last element of a list of lengths, and an empty one for zero.
    LastOfList,
    /// Reads a length as a language reads numbers.
    LengthOfText,
    /// Keeps 32 bits of a length.
    LengthIn32Bits,
    /// Rejects a length of more digits than 64 bits ever need.
    LengthOf19Digits,
    /// Reads a length that has a plus sign.
    SignedLengths,
    /// Takes what is no number for zero.
    LenientNumbers,
    /// Gives chunks with their sizes to the caller.
    ChunksRaw,
    /// Takes any transfer coding for chunks.
    AnyCodingIsChunked,
    /// Takes a transfer coding for chunks that has the word in it.
    ChunkedBySubstring,
    /// Knows transfer codings in lower case only.
    CodingInLowerCase,
    /// Ignores the parameters of a transfer coding.
    ParametersIgnored,
    /// Takes the last of several transfer codings off, and gives the others as content.
    LastCodingDecides,
    /// Wants each line of the chunked coding in one segment.
    SegmentIsLine,
    /// Does not know extensions of chunks.
    ExtensionsRejected,
    /// Takes white space for a part of the size of a chunk.
    SizeWithWhitespace,
    /// Keeps the last 64 bits of the size of a chunk.
    ChunkSizeWraps,
    /// Keeps 32 bits of the size of a chunk.
    ChunkSizeIn32Bits,
    /// Looks for the end of a chunk in its data.
    ChunkEndSearched,
    /// Takes the end of the connection behind the data of a chunk for that of the body.
    EndBehindDataIsEnd,
    /// Gives a page that is said to be chunked and is not as it came.
    PagesAreRaw,
    /// Takes LF alone for the end of a line of the chunked coding.
    LinesEndAtLf,
    /// Reads a line of the chunked coding to its end, however long it is.
    LinesUnbounded,
    /// Has room for a chunk extension of 64 bytes.
    ExtensionsShort,
    /// Passes over chunk extensions without end.
    ExtensionsUnbounded,
    /// Knows hexadecimal digits in lower case only.
    LowerHexOnly,
    /// Loses a large chunk behind small ones.
    LargeChunkLost,
    /// Does not check the end of a chunk.
    ChunkEndUnchecked,
    /// Does not know trailers.
    TrailersRejected,
    /// Merges trailer fields into the header fields.
    TrailersMerged,
    /// Merges those that describe the content.
    TrailersOfContentMerged,
    /// Passes over trailer fields without end.
    TrailersUnbounded,
    /// Takes a response without a length for one without a body.
    NoLengthNoBody,
    /// The same where the connection is to be kept.
    KeptWithoutLengthNoBody,
    /// Waits for the close after a 205.
    ResetContentUntilClose,
    /// Trusts the length of a 204.
    NoContentHasLength,
    /// Waits for the body of an error response to HEAD.
    HeadOfFailureHasBody,
    /// Waits for bodies of responses that have none.
    BodilessHasBody,
    /// Trusts a transfer coding before it checks method and status code.
    BodilessHasChunks,
    /// Takes a body of any size.
    UnboundedBody,
    /// Gives nothing before it has all.
    BufferWholeDownload,
    /// Keeps the connection of a body that was dropped.
    LeakOnDrop,
    /// Takes bodies for text.
    TextOnly,
    /// Hides that a body is compressed, as decoding clients do.
    DropContentEncoding,
    /// Gives the first 64 bytes of each piece.
    CutResponses,
    /// Rejects any Content-Type but JSON.
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
    /// Drops what comes after a response, and uses the connection again.
    DropsLeftover,
    /// Keeps a connection open that was to be closed.
    LingersAfterClose,
    /// Uses a connection again whose response had both a length and a transfer coding.
    ReuseAfterBoth,
    /// Uses a connection again whose response of HTTP/1.0 had a transfer coding.
    ReuseCodedHttp10,
    /// Opens a connection more than it needs.
    ConnectsAhead,
    /// Uses a connection again that was to be closed.
    CloseIgnored,
    /// Gives a connection to any host.
    OriginsShared,
    /// Gives a connection to either scheme.
    SchemesShared,
    /// Keeps at most four idle connections.
    PoolOfFour,
    /// Keeps no connection after a status of failure.
    FailureCloses,
    /// Keeps no connection after a response without a length, though it has no body.
    NoLengthCloses,
    /// Ignores the timeout of `Keep-Alive`.
    KeepAliveIgnored,
    /// Applies to each exchange the limits of the first on its connection.
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
    /// Connects to the first address of a host only.
    FirstAddressOnly,
    /// Tries an address when the one before has used its whole time.
    AddressesInTurn,

    // What a transport should leave to others.
    /// Follows `Location`, with all header fields.
    FollowRedirects,
    /// Follows `Refresh`.
    FollowRefresh,
    /// Sends a challenged request again with credentials.
    AuthenticateByItself,
    /// Stores cookies.
    CookieJar,
    /// Sends a `Referer`.
    SendReferer,
    /// Sends every request twice (hedging).
    Hedge,
    /// Shows the URL in errors.
    UrlInError,

    // Time.
    /// Has no connect timeout.
    ConnectUnlimited,
    /// Has no response timeout.
    ResponseTimeoutIgnored,
    /// Has no read timeout.
    ReadTimeoutIgnored,
    /// Does not look at the least rate.
    MinRateIgnored,
    /// Restarts the window of the least rate with each byte.
    MinRatePerByte,
    /// Measures the least rate over the first window alone.
    MinRateOnce,
    /// Measures the least rate from the beginning of the exchange.
    MinRateSinceBegin,
    /// Ignores the deadline.
    DeadlineIgnored,
    /// Checks the deadline only where there is nothing to read.
    DeadlineInSilenceOnly,
    /// Heeds the deadline of an upload only where nothing has moved for a while.
    DeadlineInStallOnly,
    /// Keeps the read timeout before the response begins, too.
    ReadTimeoutWhileWaiting,
    /// Counts the time between two reads of the caller for the read timeout.
    ReaderIsSilence,
    /// Counts the read timeout of an upload from the beginning of the exchange.
    ReadTimeoutSinceBegin,
    /// Counts the response timeout from the beginning of the exchange.
    ResponseTimeoutSinceBegin,
    /// Counts the response timeout from when the system has the request.
    SentIsTaken,
    /// Counts the time of a source for the read timeout.
    SourceIsSilence,
    /// Divides each limit among four phases.
    TimesQuartered,
    /// Keeps every limit twice as long.
    LimitsDoubled,
    /// Rounds every limit down to whole seconds.
    LimitsInSeconds,
    /// Goes on with an upload in the background after the exchange has ended.
    UploadRunsOn,
    /// Rounds zero up to a second.
    ZeroMeansOneSecond,
    /// Adds times without checking for overflow.
    TimesAreAdded,
    /// Reports a timeout as a closed connection.
    TimeoutIsClosed,

    // Cancellation and concurrency.
    /// Ignores the token.
    CancelIgnored,
    /// Lets a token shut a connection down that is no longer its own.
    TokenKept,
    /// Gives the last response of a method to the next request of it.
    ResponsesMixedUp,
    /// Runs one exchange at a time.
    OneAtATime,
    /// Starts a runtime inside another.
    RuntimeInRuntime,

    // TLS.
    /// Trusts any certificate.
    SkipTlsVerify,
    /// Knows certificates for names only, not for addresses.
    NamesOnly,
    /// Does not use the roots that it was given.
    RootsIgnored,
    /// Falls back to plain HTTP where there is no TLS.
    PlainFallback,
    /// Has no timeout for the TLS handshake.
    HandshakeUnlimited,
    /// Sends no server name (SNI) in the TLS handshake.
    NoServerName,
    /// Takes every body over TLS that ends without close_notify for cut.
    AlertRequired,
    /// Compares the certificate with the caller's `Host`.
    VerifiesHostField,
    /// Verifies the certificate of the first connection only.
    VerifiesOnce,
    /// Offers HTTP/2, which it does not speak.
    OffersHttp2,
    /// Shows no certificate of its own.
    NoClientCertificate,
    /// Reports an alert after its own part of the handshake as a closed connection.
    AlertIsClosed,
    /// Takes any alert for the end of the handshake.
    AlertIsUnsent,
    /// Takes any alert for the end of a body.
    AlertIsEnd,
    /// Restarts the timeout with TLS records without data.
    TlsBytesCount,

    // Proxies.
    /// Leaves the default port out of the target of `CONNECT`.
    ConnectWithoutPort,
    /// Sends the path and the query to the proxy that only opens a tunnel.
    ConnectWithPath,
    /// Sends the proxy no credentials.
    ProxyCredentialsForgotten,
    /// Sends the proxy its credentials without decoding them.
    ProxyCredentialsUndecoded,
    /// Sends the credentials of the proxy with every request.
    ProxyCredentialsToOrigin,
    /// Takes any response to `CONNECT` for an open tunnel.
    ConnectStatusIgnored,
    /// Gives the response to `CONNECT` back as the response.
    ConnectResponseReturned,
    /// Reports a tunnel that did not open as a failed exchange.
    ConnectIsMaybeSent,
    /// Takes the end of the connection for the end of the response to `CONNECT`.
    ConnectEndIgnored,
    /// Begins TLS before the tunnel is open.
    ConnectNotAwaited,
    /// Takes an interim response for the final one to `CONNECT`.
    ConnectStopsAt1xx,
    /// Takes only a 200 for a tunnel that is open.
    ConnectOnly200,
    /// Takes a response to `CONNECT` with framing for a response with a body.
    ConnectFramingRejected,
    /// Reads a response to `CONNECT` of any size.
    ConnectUnbounded,
    /// Has no timeout for `CONNECT`.
    ConnectAwaitedForever,
    /// Goes to the origin itself where the proxy is down.
    DirectFallback,
    /// Sends a proxy the path and the query alone.
    OriginFormToProxy,
    /// Names the first host to a proxy again and again.
    FirstHostToProxy,
    /// Sends a request again that a proxy has challenged.
    ProxyChallengeRetried,

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
    /// Loses the source of an error.
    SourceLost,
    /// Displays an error in two lines.
    SeveralLines,
}
