//! No set of features is left out, and none is tried twice.

use super::sets;

#[test]
fn none_each_and_all() {
    assert_eq!(sets(&[]), [""]);
    assert_eq!(sets(&["server"]), ["", "server"]);
    assert_eq!(
        sets(&["http2", "server"]),
        ["", "http2", "server", "http2,server"]
    );
}
