//! Every common spelling of a number gives the same eleven digits.

use super::PhoneNumber;

#[test]
fn spellings_are_normalised() {
    for text in [
        "14151239876",
        "4151239876",
        "+14151239876",
        "+1 (415) 123-9876",
        " 1.415.123.9876 ",
    ] {
        assert_eq!(
            text.parse::<PhoneNumber>().unwrap().as_str(),
            "14151239876",
            "{text:?}"
        );
    }
}

#[test]
fn anything_else_is_refused_without_being_repeated() {
    for text in [
        "",
        "1",
        "24151239876",
        "141512398765",
        "call me",
        "１４１５１２３９８７６",
        "1+4151239876",
    ] {
        let error = text.parse::<PhoneNumber>().unwrap_err().to_string();
        assert!(error.contains("14151239876"), "shows what is right");
        assert!(text.len() < 3 || !error.contains(text), "repeats {text:?}");
    }
}
