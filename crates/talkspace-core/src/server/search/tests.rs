//! Words win over parameters, whatever the order, and every path knows its methods.

use http::{Method, Response};

use super::{Search, is_at};
use crate::server::parameters::segments;

/// The path of the spec that a request finds among these, and the methods there.
fn found(method: &Method, paths: &[(Method, &'static str)], path: &str) -> (&'static str, usize) {
    let segments = segments(path);
    let [one, all] = [Some(method), None].map(|method| {
        let mut search: Search<'_, ()> = Search::new(method, &segments);
        for (method, path) in paths {
            search.route(method.clone(), path, |_, _, _| Response::default());
        }
        search
    });
    let path = one.found.map_or("", |route| route.path);
    (path, all.methods.len())
}

#[test]
fn a_word_wins_over_a_parameter() {
    let mut paths =
        ["/a/{x}/{y}", "/a/b/{y}", "/a/{x}/c", "/a/{x}", "/a/b/c"].map(|path| (Method::GET, path));
    for _ in 0..2 {
        for (path, expected) in [
            ("/a/b/c", "/a/b/c"),
            ("/a/b/d", "/a/b/{y}"),
            ("/a/d/c", "/a/{x}/c"),
            ("/a/d/d", "/a/{x}/{y}"),
            ("//a/b/", "/a/{x}"),
            ("/a", ""),
        ] {
            assert_eq!(found(&Method::GET, &paths, path).0, expected, "{path}");
        }
        paths.reverse();
    }
}

#[test]
fn a_method_that_wins_less_is_there_all_the_same() {
    let paths = [
        (Method::GET, "/a/notes"),
        (Method::POST, "/a/{x}"),
        (Method::POST, "/a/{x}/y"),
    ];
    assert_eq!(found(&Method::GET, &paths, "/a/notes"), ("/a/notes", 2));
    assert_eq!(found(&Method::POST, &paths, "/a/notes"), ("/a/{x}", 2));
    assert_eq!(found(&Method::GET, &paths, "/a/b"), ("", 1));
}

#[test]
fn a_parameter_is_any_segment() {
    let is_at = |path, request| is_at(path, &segments(request));
    assert!(is_at("/a/{x}", "/a/notes"));
    assert!(is_at("/a/{}", "/a/%2F"));
    assert!(!is_at("/a/notes", "/a/{x}"));
    assert!(!is_at("/a/{x}", "/b/notes"));
    assert!(!is_at("/a/{x}", "/a"));
    assert!(!is_at("/a/notes", "/a/otes"));
    assert!(!is_at("/a/notes", "/b/a/notes"));
}
