//! The families take turns, the preferred one first.

use super::*;

#[test]
fn the_families_take_turns() {
    let all = |list: &str| -> Vec<SocketAddr> {
        list.split(' ')
            .map(|address| address.parse().unwrap())
            .collect()
    };
    for (given, tried) in [
        (
            "[::1]:1 [::2]:1 [::3]:1 1.1.1.1:1 1.1.1.2:1",
            "[::1]:1 1.1.1.1:1 [::2]:1 1.1.1.2:1 [::3]:1",
        ),
        (
            "1.1.1.1:1 [::1]:1 [::2]:1 [::3]:1",
            "1.1.1.1:1 [::1]:1 [::2]:1 [::3]:1",
        ),
        ("1.1.1.2:1 1.1.1.1:1", "1.1.1.2:1 1.1.1.1:1"),
    ] {
        assert_eq!(by_turns(all(given)), all(tried));
    }
    assert!(by_turns(Vec::new()).is_empty());
}
