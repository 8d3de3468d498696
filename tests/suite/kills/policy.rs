//! The cases that notice faults of what a transport should leave to others.

use super::{Fault, Killers};

pub(super) const KILLERS: Killers = &[
    (
        Fault::FollowRedirects,
        &[
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
    ),
    (
        Fault::FollowRefresh,
        &[
            "policy/redirect/301",
            "policy/redirect/302",
            "policy/redirect/303",
            "policy/redirect/307",
            "policy/redirect/308",
            "policy/redirect/other-origin-never-contacted",
            "policy/redirect/refresh-header",
        ],
    ),
    (
        Fault::AuthenticateByItself,
        &["head/status/every-class", "policy/auth/401-not-retried"],
    ),
    (Fault::CookieJar, &["policy/cookies/not-stored"]),
    (Fault::SendReferer, &["policy/referer/never"]),
    (
        Fault::Hedge,
        &[
            "framing/cl/duplicate-equal",
            "framing/close-delimited/ok",
            "retry/adapter-never",
            "api/encoding/*",
            "api/operation/*",
        ],
    ),
    (
        Fault::UrlInError,
        &[
            "policy/secrets/error-display",
            "error/chain",
            "api/secret/appkey-in-query-and-form",
        ],
    ),
];
