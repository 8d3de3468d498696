//! The cases that notice faults with proxies.

use super::{Fault, Killers};

pub(super) const KILLERS: Killers = &[
    (Fault::ConnectWithoutPort, &["proxy/connect/authority"]),
    (Fault::ConnectWithPath, &["proxy/connect/authority"]),
    (
        Fault::ProxyCredentialsForgotten,
        &["proxy/connect/credentials", "proxy/http/credentials"],
    ),
    (
        Fault::ProxyCredentialsUndecoded,
        &["proxy/connect/credentials", "proxy/http/credentials"],
    ),
    (
        Fault::ProxyCredentialsToOrigin,
        &["proxy/connect/credentials-not-to-origin"],
    ),
    (
        Fault::ConnectStatusIgnored,
        &["proxy/connect/rejected", "proxy/connect/challenged"],
    ),
    (
        Fault::ConnectResponseReturned,
        &["proxy/connect/rejected", "proxy/connect/challenged"],
    ),
    (
        Fault::ConnectIsMaybeSent,
        &[
            "proxy/connect/rejected",
            "proxy/connect/challenged",
            "proxy/connect/closed",
        ],
    ),
    (Fault::ConnectEndIgnored, &["proxy/connect/closed"]),
    (
        Fault::ConnectNotAwaited,
        &["proxy/connect/nothing-early", "proxy/connect/tunnel"],
    ),
    (Fault::ConnectStopsAt1xx, &["proxy/connect/interim"]),
    (Fault::ConnectUnbounded, &["proxy/connect/head-limit"]),
    (Fault::ConnectAwaitedForever, &["proxy/connect/silence"]),
    (Fault::DirectFallback, &["proxy/down/no-direct"]),
    (
        Fault::OriginFormToProxy,
        &["proxy/http/absolute-form", "proxy/http/each-origin"],
    ),
    (Fault::FirstHostToProxy, &["proxy/http/each-origin"]),
    (Fault::ProxyChallengeRetried, &["proxy/http/challenged"]),
    (Fault::ConnectOnly200, &["proxy/connect/any-2xx"]),
    (
        Fault::ConnectFramingRejected,
        &["proxy/connect/framing-ignored"],
    ),
];
