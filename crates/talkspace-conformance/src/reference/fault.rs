//! Faults that adapters have been seen to ship, one decision each.

macro_rules! faults {
    ($($(#[$doc:meta])* $fault:ident => [$($id:literal),+ $(,)?],)+) => {
        /// One thing that [`Plain`](super::Plain) can be told to do wrong.
        ///
        /// ```
        /// use talkspace_conformance::reference::Fault;
        ///
        /// assert!(Fault::ALL.contains(&Fault::HostWithoutPort));
        /// assert_eq!(Fault::HostWithoutPort.killed_by(), ["request/host/with-port"]);
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Fault {
            $($(#[$doc])* $fault,)+
        }

        impl Fault {
            /// Every fault.
            pub const ALL: &[Self] = &[$(Self::$fault),+];

            /// Cases that must fail because of it; others may.
            #[must_use]
            pub const fn killed_by(self) -> &'static [&'static str] {
                match self {
                    $(Self::$fault => &[$($id),+],)+
                }
            }
        }
    };
}

faults! {
    /// Writes the whole URI to the request line, as for a proxy.
    AbsoluteForm => ["request/line/origin-form"],
    /// Tidies the path as a URL library does.
    NormalizePath => ["request/line/path-verbatim"],
    /// Decodes `%0D%0A` into a line break.
    DecodeTarget => ["request/headers/no-injection"],
    /// Refuses all methods but GET and POST, by a panic.
    PanicOnMethod => ["request/line/method-any"],
    /// Forgets the port in `Host`.
    HostWithoutPort => ["request/host/with-port"],
    /// Adds its own `Host` to the caller's.
    HostTwice => ["request/host/exactly-one"],
    /// Keeps fields in a map of single values.
    FirstValueOnly => ["request/headers/duplicates-in-order"],
    /// Asks for compressed answers.
    AcceptEncoding => ["request/headers/nothing-added"],
    /// Goes where `Location` points, with all fields.
    FollowRedirects => ["request/headers/authorization-only-to-origin"],
    /// Says nothing about an empty body.
    ContentLengthZeroLost => ["upload/empty/post-says-zero"],
    /// Announces a length and chunks at once.
    DoubleFraming => ["upload/framing/never-both", "upload/parts/joined-exactly"],
    /// Fills what a short source lacks with zeros.
    PadShortSource => ["upload/source/short"],
    /// Reports a failing source as a closed connection.
    SwallowSourceError => ["upload/source/short", "upload/source/error"],
    /// Reads the whole body before it sends.
    BufferWholeUpload => ["upload/backpressure/bounded-read-ahead"],
    /// Takes an answer that is no success for a failure.
    StatusAsError => ["head/status/every-class"],
    /// Joins fields of one name, which breaks `Set-Cookie`.
    JoinDuplicates => ["head/headers/duplicates-in-order"],
    /// Skips values that are not text.
    DropNonUtf8 => ["head/headers/obs-text"],
    /// Takes a head of any size.
    UnboundedHead => ["head/size/over-limit"],
    /// Keeps a connection that HTTP/1.0 is about to close.
    ReuseHttp10 => ["head/version/http10"],
    /// Swears that nothing was sent when no answer came.
    ClosedIsNotSent => ["head/empty-reply", "head/cut-mid-head"],
    /// Sends again when the connection was closed.
    RetryOnClose => ["head/empty-reply", "head/reset-mid-head"],
    /// Takes an interim answer for the final one.
    StopAt1xx => ["interim/100-unsolicited", "interim/102-103-many"],
    /// Takes a body that was cut for a whole one.
    TruncationIsSuccess => [
        "framing/cl/short-close",
        "framing/cl/short-reset",
        "framing/chunked/no-last-chunk",
        "framing/chunked/cut-in-size-line",
    ],
    /// Keeps a connection with unread bytes on it.
    PoolDirty => ["framing/cl/extra-bytes"],
    /// Takes a body of any size.
    UnboundedBody => ["framing/limit/known-length", "framing/limit/chunked"],
    /// Gives nothing before it has all.
    BufferWholeDownload => ["framing/stream/first-chunk-before-second-sent"],
    /// Keeps the connection of a body that nobody reads any more.
    LeakOnDrop => ["framing/stream/drop-midway"],
    /// Takes bodies for text.
    TextOnly => ["framing/bytes/binary-exact"],
    /// Hides that a body is compressed, as decoding clients do.
    DropContentEncoding => [
        "coding/gzip-left-alone",
        "coding/br-left-alone",
        "coding/unknown-coding-left-alone",
    ],
}
