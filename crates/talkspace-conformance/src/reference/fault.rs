//! Faults that adapters have been seen to ship, one decision each.

#[macro_use]
mod define;

faults! {
    // The request.
    /// Writes the whole URI to the request line, as for a proxy.
    AbsoluteForm => ["request/line/origin-form", "upload/source/long"],
    /// Tidies the path as a URL library does.
    NormalizePath => ["request/line/path-verbatim"],
    /// Decodes slashes in the path.
    DecodePath => ["request/line/path-verbatim", "request/line/query-verbatim"],
    /// Parses the query and writes it anew.
    ReencodeQuery => [
        "request/line/query-verbatim",
        "request/headers/no-injection",
        "conc/no-cross-talk",
        "conc/cold-start-burst",
    ],
    /// Decodes `%0D%0A` into a line break.
    DecodeTarget => ["request/headers/no-injection"],
    /// Refuses all methods but GET and POST, by a panic.
    PanicOnMethod => [
        "request/line/method-any",
        "upload/delete-with-body",
        "framing/nobody/head-with-length",
        "conn/reuse/after-204-304-head",
    ],
    /// Forgets the port in `Host`.
    HostWithoutPort => ["request/host/with-port", "request/host/ipv6-literal"],
    /// Forgets the brackets of an IPv6 address in `Host`.
    HostWithoutBrackets => ["request/host/ipv6-literal"],
    /// Tells the user and the password of the URI in `Host`.
    UserInHost => ["request/host/no-user"],
    /// Adds its own `Host` to the caller's.
    HostTwice => ["request/host/exactly-one"],
    /// Adds its own `User-Agent` to the caller's.
    UserAgentTwice => ["request/headers/user-agent-not-doubled"],
    /// Keeps fields in a map of single values.
    FirstValueOnly => ["request/headers/duplicates-in-order"],
    /// Leaves out fields without a value.
    SkipEmptyFields => ["request/headers/empty-value", "head/headers/empty-value"],
    /// Cuts values at 4 KiB.
    CutValues => ["request/headers/8k-value"],
    /// Has room for 64 fields.
    FewFields => ["request/headers/hundred"],
    /// Asks for compressed answers.
    AcceptEncoding => ["request/headers/nothing-added"],
    /// Says a length of zero where there is no body.
    GetSaysZero => ["upload/none/get-has-no-framing"],
    /// Says nothing about an empty body.
    ContentLengthZeroLost => ["upload/empty/post-says-zero"],
    /// Announces a length and chunks at once.
    DoubleFraming => [
        "upload/empty/post-says-zero",
        "upload/parts/joined-exactly",
        "upload/framing/never-both",
    ],
    /// Asks whether the body may come.
    ExpectContinue => ["request/headers/nothing-added", "upload/expect-100/not-sent"],
    /// Takes request bodies for text.
    TextUploads => [
        "upload/bytes/all-256",
        "upload/bytes/sizes",
        "upload/parts/joined-exactly",
        "upload/replay/twice-identical",
        "upload/source/long",
        "property/request-round-trip",
    ],
    /// Does not go on after a partial write.
    WriteOnce => ["upload/bytes/sizes"],
    /// Consumes the body, so that the second one is empty.
    BodyOnce => [
        "upload/framing/never-both",
        "upload/replay/twice-identical",
        "retry/core/body-identical-on-retry",
    ],
    /// Fills what a short source lacks with zeros.
    PadShortSource => ["upload/source/short", "upload/source/error"],
    /// Sends what a source holds beyond its stated length.
    SourceToItsEnd => [
        "upload/bytes/all-256",
        "upload/get-with-body",
        "upload/delete-with-body",
        "upload/expect-100/not-sent",
        "upload/source/long",
        "upload/early-answer/413-then-close",
        "api/error/html-502",
    ],
    /// Reports a failing source as a closed connection.
    SwallowSourceError => ["upload/source/short", "upload/source/error"],
    /// Contains a panic of the source, and forgets what was sent before it.
    PanicIsNotSent => ["error/delivery/source-panics"],
    /// Takes a response that begins early for a refusal, and sends no more.
    EarlyAnswerIsRefusal => ["upload/early-answer/success-gets-the-rest"],
    /// Reads the whole body before it sends.
    BufferWholeUpload => ["upload/backpressure/bounded-read-ahead"],

    // The head of the answer.
    /// Takes an answer that is no success for a failure.
    StatusAsError => [
        "upload/early-answer/413-then-close",
        "upload/early-answer/keep-open",
        "head/status/every-class",
        "framing/nobody/304-with-length",
        "conn/reuse/after-4xx-5xx",
        "policy/auth/401-not-answered",
        "retry/core/retry-after-honoured",
        "retry/core/stops-at-deadline",
        "api/error/envelope",
        "api/error/html-502",
    ],
    /// Wants a reason of plain text.
    StrictReason => ["head/reason/empty", "head/reason/missing-space", "head/reason/obs-text"],
    /// Takes any protocol for HTTP.
    AnyVersion => [
        "head/version/http2-preface",
        "head/version/garbage",
        "policy/secrets/error-display",
        "error/delivery/never-lies",
        "error/display/one-line",
        "retry/adapter-never",
    ],
    /// Joins fields of one name, which breaks `Set-Cookie`.
    JoinDuplicates => ["head/headers/duplicates-in-order"],
    /// Skips values that are not text.
    DropNonUtf8 => ["request/headers/obs-text", "head/headers/obs-text"],
    /// Knows fields by one spelling only.
    ExactCase => ["head/headers/case-insensitive"],
    /// Leaves white space around values.
    FieldsUntrimmed => [
        "upload/source/panics",
        "head/headers/ows-trimmed",
        "framing/cl/exact",
        "framing/cl/zero",
        "framing/chunked/basic",
        "framing/chunked/one-byte-chunks",
        "framing/nobody/205",
    ],
    /// Mends fields that are broken.
    LenientFields => [
        "head/headers/nul",
        "head/headers/space-before-colon",
        "head/headers/bare-cr",
    ],
    /// Keeps nothing but the content type, as adapters of small needs do.
    KeepOnlyContentType => [
        "head/headers/duplicates-in-order",
        "head/headers/obs-text",
        "head/headers/ows-trimmed",
        "head/headers/case-insensitive",
        "head/headers/empty-value",
        "interim/102-103-many",
        "coding/unknown-coding-left-alone",
        "policy/cookies/not-stored",
        "retry/core/retry-after-honoured",
        "retry/core/stops-at-deadline",
    ],
    /// Has room for a head of 4 KiB.
    SmallHead => ["head/size/16k-ok"],
    /// Takes a head of any size.
    UnboundedHead => ["head/size/over-limit", "head/size/ten-thousand-lines"],
    /// Wants the head in one segment.
    SegmentIsHead => [
        "head/size/16k-ok",
        "head/size/over-limit",
        "head/drip/one-byte-per-segment",
        "head/cut-mid-head",
        "head/reset-mid-head",
        "time/deadline/slow-head",
        "time/deadline/covers-whole",
        "property/segmentation",
    ],
    /// Keeps a connection that HTTP/1.0 is about to close.
    ReuseHttp10 => ["head/version/http10"],
    /// Swears that nothing was sent when no answer came.
    ClosedIsNotSent => [
        "head/version/http2-preface",
        "head/empty-reply",
        "head/cut-mid-head",
        "interim/1xx-then-eof",
    ],
    /// Sends again when the connection was closed.
    RetryOnClose => [
        "head/empty-reply",
        "head/reset-mid-head",
        "retry/core/get-retries-after-reset",
    ],
    /// Takes an interim answer for the final one.
    StopAt1xx => ["interim/100-unsolicited", "interim/102-103-many", "interim/1xx-then-eof"],
    /// Passes over a switch of protocols, and waits.
    SwitchIsInterim => ["interim/101-unasked"],

    // The body of the answer.
    /// Takes a body that was cut for a whole one.
    TruncationIsSuccess => [
        "framing/cl/short-close",
        "framing/cl/short-reset",
        "framing/chunked/no-last-chunk",
        "framing/chunked/cut-in-size-line",
        "tls/no-close-notify/close-delimited",
    ],
    /// Reads to the end of the connection whatever the length is.
    LengthIgnored => [
        "request/line/origin-form",
        "request/host/with-port",
        "request/host/exactly-one",
        "request/headers/duplicates-in-order",
        "request/headers/empty-value",
        "request/headers/obs-text",
        "request/headers/hundred",
        "request/headers/8k-value",
        "request/headers/user-agent-not-doubled",
        "upload/none/get-has-no-framing",
        "upload/get-with-body",
        "upload/source/panics",
        "upload/early-answer/keep-open",
        "head/reason/empty",
        "head/reason/missing-space",
        "head/reason/obs-text",
        "head/headers/ows-trimmed",
        "head/drip/one-byte-per-segment",
        "interim/100-unsolicited",
        "framing/cl/exact",
        "framing/cl/zero",
        "framing/cl/short-close",
        "framing/cl/duplicate-different",
        "framing/cl/not-a-number",
        "framing/cl/negative",
        "framing/cl/overflow",
        "framing/nobody/204",
        "framing/nobody/205",
        "conn/reuse/sequential",
        "conn/drop-client-closes",
        "conn/origins-not-shared",
        "time/idle-not-while-bytes-come",
        "time/deadline/not-early",
        "time/limits/huge",
        "cancel/waiting-for-head",
        "cancel/during-upload",
        "cancel/during-body",
        "cancel/twice-and-late",
        "conc/slow-does-not-block",
        "conc/runtime/blocking-inside-tokio",
        "api/json/unknown-fields",
    ],
    /// Takes the first of two lengths that differ.
    FirstLengthWins => ["framing/cl/duplicate-different"],
    /// Takes what is no number for zero.
    LenientNumbers => [
        "framing/cl/not-a-number",
        "framing/cl/negative",
        "framing/cl/overflow",
        "framing/chunked/bad-size",
        "framing/chunked/size-overflow",
        "conn/retired-after-protocol-error",
    ],
    /// Gives chunks with their sizes to the caller.
    ChunksRaw => [
        "framing/cl-and-te",
        "framing/chunked/basic",
        "framing/chunked/extensions-ignored",
        "framing/chunked/trailers-not-headers",
        "framing/chunked/one-byte-chunks",
        "framing/chunked/no-last-chunk",
        "framing/chunked/cut-in-size-line",
        "framing/chunked/bad-size",
        "framing/chunked/size-overflow",
        "framing/chunked/missing-crlf",
        "framing/stream/first-chunk-before-second-sent",
        "conn/leftover-not-an-answer",
    ],
    /// Takes any transfer coding for chunks.
    AnyCodingIsChunked => ["framing/te/unknown-coding"],
    /// Takes the last of several transfer codings off, and gives the others as content.
    LastCodingDecides => ["framing/te/beside-chunked"],
    /// Does not know extensions of chunks.
    ExtensionsRefused => ["framing/chunked/extensions-ignored"],
    /// Knows hexadecimal digits in lower case only.
    LowerHexOnly => ["framing/chunked/upper-hex-leading-zeros"],
    /// Does not look at the end of a chunk.
    ChunkEndUnchecked => ["framing/chunked/missing-crlf"],
    /// Does not know trailers.
    TrailersRefused => ["framing/chunked/trailers-not-headers"],
    /// Takes an answer without a length for one without a body.
    NoLengthNoBody => ["framing/close-delimited/ok", "framing/close-delimited/reset"],
    /// Waits for bodies that cannot be there.
    NobodyHasBody => [
        "request/line/method-any",
        "framing/nobody/head-with-length",
        "framing/nobody/204",
        "framing/nobody/304-with-length",
    ],
    /// Believes a transfer coding before method and status are looked at.
    NobodyHasChunks => ["framing/nobody/head-with-chunked", "framing/nobody/304-with-chunked"],
    /// Takes a body of any size.
    UnboundedBody => [
        "framing/limit/known-length",
        "framing/limit/chunked",
        "error/delivery/never-lies",
        "retry/adapter-never",
        "api/secret/appkey-in-query-and-form",
    ],
    /// Gives nothing before it has all.
    BufferWholeDownload => [
        "framing/stream/first-chunk-before-second-sent",
        "framing/stream/backpressure",
        "framing/stream/drop-midway",
        "conn/no-pipelining",
    ],
    /// Keeps the connection of a body that nobody reads any more.
    LeakOnDrop => ["framing/stream/drop-midway"],
    /// Takes bodies for text.
    TextOnly => [
        "framing/bytes/binary-exact",
        "coding/gzip-left-alone",
        "coding/br-left-alone",
        "api/body/not-utf8",
    ],
    /// Hides that a body is compressed, as decoding clients do.
    DropContentEncoding => [
        "coding/gzip-left-alone",
        "coding/br-left-alone",
        "coding/unknown-coding-left-alone",
    ],
    /// Gives the first 64 bytes of each piece.
    CutAnswers => ["framing/bytes/binary-exact", "api/json/unknown-fields", "api/error/envelope"],
    /// Refuses whatever is not called JSON.
    InsistOnJson => ["api/json/wrong-content-type", "api/text/version", "api/body/not-utf8"],
    /// Reads JSON into numbers with a floating point.
    JsonThroughFloats => ["api/json/one-or-many"],
    /// Reads text into numbers where it can.
    TextAsNumber => ["api/text/version"],

    // Connections.
    /// Uses no connection twice.
    PoolNever => [
        "conn/reuse/sequential",
        "conn/reuse/after-4xx-5xx",
        "conn/reuse/after-204-304-head",
    ],
    /// Keeps a connection with unread bytes on it, or that has ended.
    PoolDirty => [
        "framing/cl/extra-bytes",
        "conn/leftover-not-an-answer",
        "conn/idle-fin",
        "conn/idle-rst",
        "conn/idle-garbage-not-an-answer",
        "retry/core/idle-fin-invisible",
    ],
    /// Uses a connection again that was to be closed.
    CloseIgnored => ["conn/close-header", "conn/close-asked"],
    /// Gives a connection to any host.
    OriginsShared => [
        "request/headers/authorization-only-to-origin",
        "conn/origins-not-shared",
    ],
    /// Gives a connection to either scheme.
    SchemesShared => ["conn/schemes-not-shared"],
    /// Keeps four idle connections, and closes what is more.
    PoolOfFour => ["conn/reuse/burst"],
    /// Does not read for how long the peer keeps an idle connection.
    KeepAliveIgnored => ["conn/keep-alive/timeout"],
    /// Holds each exchange to the limits of the first on its connection.
    LimitsOfTheFirst => ["conn/reuse/own-limits"],
    /// Sends on a connection whose answer is under way.
    PipelineOnBusy => [
        "head/version/http10",
        "framing/cl/extra-bytes",
        "framing/cl-and-te",
        "conn/close-header",
        "conn/close-asked",
        "conn/no-pipelining",
    ],
    /// Keeps a connection on which an exchange failed.
    ReuseAfterError => ["conn/retired-after-timeout", "conn/retired-after-protocol-error"],
    /// Keeps a connection on which half a request was sent.
    ReuseHalfSent => ["upload/early-answer/half-sent-not-reused"],
    /// Leaves a connection open on which an exchange failed.
    LeakOnError => [
        "interim/flood",
        "framing/limit/known-length",
        "framing/limit/chunked",
        "conn/retired-after-protocol-error",
        "conn/retired-after-timeout",
    ],
    /// Leaves idle connections open when it is dropped.
    PoolOutlivesClient => ["conn/drop-client-closes"],

    // What a transport should leave to others.
    /// Goes where `Location` points, with all fields.
    FollowRedirects => [
        "request/headers/authorization-only-to-origin",
        "policy/redirect/301",
        "policy/redirect/302",
        "policy/redirect/303",
        "policy/redirect/307",
        "policy/redirect/308",
        "policy/redirect/other-origin-never-contacted",
        "policy/redirect/refresh-header",
        "policy/referer/never",
    ],
    /// Goes where `Refresh` points.
    FollowRefresh => [
        "policy/redirect/301",
        "policy/redirect/302",
        "policy/redirect/303",
        "policy/redirect/307",
        "policy/redirect/308",
        "policy/redirect/other-origin-never-contacted",
        "policy/redirect/refresh-header",
    ],
    /// Answers challenges.
    AnswerChallenges => ["head/status/every-class", "policy/auth/401-not-answered"],
    /// Stores cookies.
    CookieJar => ["policy/cookies/not-stored"],
    /// Tells where it was before.
    SendReferer => ["policy/referer/never"],
    /// Sends everything twice, to be sure.
    Hedge => [
        "framing/cl/duplicate-equal",
        "framing/close-delimited/ok",
        "retry/adapter-never",
        "api/encoding/*",
        "api/operation/*",
    ],
    /// Shows the URL in errors.
    UrlInError => [
        "policy/secrets/error-display",
        "error/chain",
        "api/secret/appkey-in-query-and-form",
    ],

    // Time.
    /// Connects for as long as the system likes.
    ConnectUnlimited => ["time/connect", "time/deadline/connect", "time/deadline/past"],
    /// Waits for the head for ever.
    FirstByteIgnored => ["time/first-byte", "time/idle-in-head"],
    /// Allows any silence.
    IdleIgnored => [
        "time/first-byte",
        "time/idle-in-head",
        "time/idle-in-body",
        "time/idle-in-upload",
    ],
    /// Looks at no deadline.
    DeadlineIgnored => [
        "time/source/deadline",
        "time/deadline/slow-head",
        "time/deadline/slow-body",
        "time/deadline/stalled-upload",
        "time/deadline/covers-whole",
        "time/deadline/accuracy",
    ],
    /// Looks at the deadline only where there is nothing to read.
    DeadlineInSilenceOnly => ["time/deadline/slow-reader", "time/deadline/late-bytes"],
    /// Counts every silence of an upload from the beginning of the exchange.
    IdleSinceBegin => ["time/idle-not-while-body-goes"],
    /// Counts the wait for the answer from the beginning of the exchange.
    FirstByteSinceBegin => ["time/idle-not-while-body-goes"],
    /// Counts the wait for the answer from when the system has the request.
    SentIsTaken => ["time/first-byte-not-while-body-goes"],
    /// Counts the time of a source as a silence of the peer.
    SourceIsSilence => ["time/source/no-silence"],
    /// Divides each limit among four phases.
    TimesQuartered => [
        "time/idle-in-body",
        "time/idle-not-while-bytes-come",
        "time/deadline/slow-body",
        "time/deadline/not-early",
        "time/deadline/accuracy",
    ],
    /// Keeps every limit twice as long.
    LimitsDoubled => [
        "time/connect",
        "time/first-byte",
        "time/idle-in-head",
        "time/idle-in-body",
        "time/idle-in-upload",
        "time/deadline/connect",
        "time/deadline/slow-head",
        "time/deadline/slow-body",
        "time/deadline/stalled-upload",
        "time/deadline/accuracy",
        "tls/handshake-silence",
    ],
    /// Rounds every limit down to whole seconds.
    LimitsInSeconds => [
        "time/connect",
        "time/first-byte",
        "time/idle-in-body",
        "time/idle-in-upload",
        "time/idle-not-while-bytes-come",
        "time/deadline/slow-head",
        "time/deadline/stalled-upload",
        "time/deadline/not-early",
        "tls/handshake-silence",
    ],
    /// Leaves an upload to itself whose caller is gone.
    UploadRunsOn => [
        "time/idle-in-upload",
        "time/deadline/stalled-upload",
        "cancel/during-upload",
    ],
    /// Rounds no time up to a second.
    ZeroMeansOneSecond => ["time/deadline/past"],
    /// Adds times without a look at their size.
    TimesAreAdded => ["time/limits/huge"],
    /// Reports a limit as a closed connection.
    TimeoutIsClosed => ["time/first-byte"],

    // Cancelling, and many callers.
    /// Does not look at the token.
    CancelIgnored => [
        "cancel/before",
        "cancel/while-connecting",
        "cancel/waiting-for-head",
        "cancel/during-upload",
        "cancel/during-body",
        "cancel/neighbour-unharmed",
    ],
    /// Lets a token shut a connection down that is no longer its own.
    TokenKept => [
        "conn/idle-fin",
        "conn/idle-rst",
        "conn/idle-garbage-not-an-answer",
        "cancel/twice-and-late",
        "retry/core/idle-fin-invisible",
    ],
    /// Makes one exchange after the other.
    OneAtATime => ["cancel/neighbour-unharmed", "conc/slow-does-not-block"],
    /// Starts a runtime inside another.
    RuntimeInRuntime => ["conc/runtime/blocking-inside-tokio"],

    // TLS.
    /// Trusts everybody.
    SkipTlsVerify => ["tls/wrong-name", "tls/expired", "tls/untrusted-root"],
    /// Does not use the roots that it was given.
    RootsIgnored => ["tls/private-root-ok", "tls/ip-san"],
    /// Goes on in plain text where there is no TLS.
    PlainFallback => ["tls/handshake-eof", "tls/plain-http-on-tls-port"],
    /// Shakes hands for as long as it takes.
    HandshakeUnlimited => ["tls/handshake-silence"],
    /// Does not say in the handshake whom it wants.
    NoServerName => ["tls/server-name"],
    /// Takes what is for TLS alone for a sign of life.
    TlsBytesCount => ["tls/no-data-is-silence"],

    // Errors.
    /// Panics where an answer breaks the protocol.
    PanicOnBreach => ["property/mutated-answer"],
    /// Reports a refused connection as a closed one.
    RefusedIsClosed => ["time/connect", "time/deadline/connect", "error/refused"],
    /// Reports an unknown name as a failed connection.
    ResolveIsConnect => ["error/unresolvable"],
    /// Reports a reset as a breach of the protocol.
    ResetIsProtocol => [
        "head/reset-mid-head",
        "framing/cl/short-reset",
        "framing/close-delimited/reset",
        "conn/stale-race-post",
        "error/reset-after-request",
        "retry/core/post-once-after-maybe-sent",
        "retry/core/get-retries-after-reset",
        "retry/core/body-identical-on-retry",
    ],
    /// Reports a closed connection as something else.
    ClosedIsOther => [
        "head/empty-reply",
        "conn/stale-race-post",
        "error/reset-on-accept",
        "error/reset-after-request",
        "retry/core/post-once-after-maybe-sent",
    ],
    /// Loses what is beneath an error.
    SourceLost => ["time/deadline/stalled-upload", "error/chain"],
    /// Tells a failure in two lines.
    SeveralLines => ["error/chain", "error/display/one-line"],
}
