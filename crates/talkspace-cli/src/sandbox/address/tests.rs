//! What is a name, and what is not.

use super::{host, url};

#[test]
fn a_name_is_understood_as_people_write_it() {
    for (written, name) in [
        ("sandbox", "sandbox"),
        ("sandbox.internal", "sandbox.internal"),
        ("sandbox:8080", "sandbox"),
        ("http://sandbox", "sandbox"),
        ("https://sandbox:8443/", "sandbox"),
        ("my_host-1", "my_host-1"),
        ("10.0.0.7", "10.0.0.7"),
        ("[::1]:8080", "[::1]"),
    ] {
        assert_eq!(host(written).as_deref(), Ok(name), "{written}");
    }
    for written in [
        "",
        " ",
        "*",
        "*.internal",
        "a b",
        "me@sandbox",
        "http://",
        "sandbox:port",
        "sandbox/x",
        ":8080",
        "a,b",
    ] {
        let why = host(written).unwrap_err();
        assert!(why.contains("sandbox.internal"), "{written}: {why}");
    }
}

#[test]
fn a_public_url_is_whole() {
    for written in [
        "http://sandbox:8080",
        "https://sandbox.example/prefix",
        " http://a/ ",
    ] {
        assert_eq!(url(written).as_deref(), Ok(written.trim()));
    }
    for written in [
        "",
        "sandbox",
        "sandbox:8080",
        "ftp://a",
        "http://",
        "http://a/?b",
        "http://a#b",
        "http://*",
    ] {
        assert!(url(written).is_err(), "{written}");
    }
}
