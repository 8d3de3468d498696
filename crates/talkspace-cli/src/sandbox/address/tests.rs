//! What is an address, and what is said of one that cannot be had.

use std::io::{Error, ErrorKind};

use super::{cannot, find};

fn first(listen: &str) -> String {
    find(listen).unwrap()[0].to_string()
}

#[test]
fn an_address_is_understood_as_people_write_it() {
    for (written, address) in [
        ("127.0.0.1:9", "127.0.0.1:9"),
        (" 127.0.0.1:0 ", "127.0.0.1:0"),
        ("9", "127.0.0.1:9"),
        ("127.0.0.1", "127.0.0.1:8080"),
        ("0.0.0.0", "0.0.0.0:8080"),
        ("::", "[::]:8080"),
        ("[::1]", "[::1]:8080"),
        ("[::1]:9", "[::1]:9"),
    ] {
        assert_eq!(first(written), address, "{written}");
    }
    assert!(first("localhost").ends_with(":8080"));
    for written in [
        "",
        ":8080",
        "127.0.0.1:port",
        "127.0.0.1:99999",
        "http://127.0.0.1:80",
        "*",
    ] {
        let why = find(written).unwrap_err();
        assert!(why.contains(&format!("`{written}`")), "{why}");
        assert!(why.contains("--listen 127.0.0.1:8080"), "{why}");
    }
}

#[test]
fn what_is_taken_is_said_with_what_to_do() {
    let addresses = find("127.0.0.1:8080").unwrap();
    let why = Error::from(ErrorKind::AddrInUse);
    let told = cannot("127.0.0.1:8080", &addresses, &why);
    assert!(
        told.contains("cannot listen on 127.0.0.1:8080: another program"),
        "{told}"
    );
    assert!(told.contains("`--listen 127.0.0.1:8081`"), "{told}");
    let told = cannot("localhost", &addresses, &why);
    assert!(told.contains("localhost (127.0.0.1:8080)"), "{told}");
}
