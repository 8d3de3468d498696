//! What a compose file writes.

use super::Lines;

fn read(text: &str) -> Result<Vec<String>, String> {
    Lines::text(text).map(|lines| Lines::all(&[lines]).cloned().collect())
}

#[test]
fn a_block_of_a_compose_file_is_a_list() {
    assert_eq!(read("eta"), Ok(vec!["eta".to_owned()]));
    assert_eq!(
        read("  eta\r\n\n  @theta, and more\n"),
        Ok(vec!["eta".to_owned(), "@theta, and more".to_owned()])
    );
    for nothing in ["", " ", "\n\n"] {
        assert!(read(nothing).is_err(), "{nothing:?}");
    }
    let one = |line: &str| line.parse::<u8>();
    assert!(Lines::read("1\nx", one).is_err(), "one line is wrong");
}
