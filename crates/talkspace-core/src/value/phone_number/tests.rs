//! Every common spelling of a number gives the same eleven digits, and nothing
//! becomes somebody else's number.

use proptest::prelude::*;

use super::InvalidPhoneNumber::{AreaCode, Foreign, Malformed};
use super::PhoneNumber;

#[test]
fn spellings_are_normalised() {
    for text in [
        "14151239876",
        "4151239876",
        "+14151239876",
        "+1 (415) 123-9876",
        "(+1) 415 123 9876",
        "1-(415)-123.9876",
        " 1.415.123.9876 ",
        // As phones and address books copy it.
        "\u{202A}+1 (415) 123-9876\u{202C}",
        "\u{202D}(415)\u{A0}123\u{2011}9876\u{202C}",
        "\u{200E}+1\u{202F}415\u{2007}123\u{2012}9876\u{200F}",
        "\u{2066}415\u{2013}123\u{2010}9876\u{2069}",
        "\u{FEFF}\u{61C}415\u{200B}123\u{2060}9876\r\n",
    ] {
        assert_eq!(
            text.parse::<PhoneNumber>().unwrap().as_str(),
            "14151239876",
            "{text:?}"
        );
    }
}

#[test]
fn anything_else_is_an_error_that_does_not_repeat_it() {
    for (text, why) in [
        ("", Malformed),
        ("+", Malformed),
        ("1", Malformed),
        ("24151239876", Malformed),
        ("141512398765", Malformed),
        ("415123987", Malformed),
        ("call me", Malformed),
        ("415-123-98OO", Malformed),
        ("415 123 9876 ext 5", Malformed),
        ("14151239876;ext=5", Malformed),
        ("tel:+14151239876", Malformed),
        ("1+4151239876", Malformed),
        ("++14151239876", Malformed),
        // Ten digits after the `+` of another country are somebody else's here.
        ("+47 22 12 34 56", Foreign),
        (
            "\u{202A}+47\u{A0}22\u{A0}12\u{A0}34\u{A0}56\u{202C}",
            Foreign,
        ),
        ("(+47) 22 12 34 56", Foreign),
        ("+4151239876", Foreign),
        ("+442071838750", Foreign),
        ("+5016123456", Foreign),
        ("+1 415 123 987", Malformed),
        ("+1 415 123 98765", Malformed),
        ("011 47 22 12 34 56", Malformed),
        ("0047 22 12 34 56", Malformed),
        ("0123456789", AreaCode),
        ("1123456789", AreaCode),
        ("10123456789", AreaCode),
        ("+1 112 345 6789", AreaCode),
        // Digits of other scripts.
        ("１４１５１２３９８７６", Malformed),
        ("٤١٥١٢٣٩٨٧٦", Malformed),
        ("＋14151239876", Malformed),
        // It would be read as 6789321514.
        ("\u{202E}4151239876", Malformed),
        ("415123\n9876", Malformed),
    ] {
        let error = text.parse::<PhoneNumber>().unwrap_err();
        assert_eq!(error, why, "{text:?}");
        let said = error.to_string();
        assert!(said.contains("14151239876"), "shows what is right");
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let is_long = digits.len() > 6 && !"14151239876".contains(&digits);
        assert!(!is_long || !said.contains(&digits), "repeats {text:?}");
        assert!(text.len() < 12 || !said.contains(text), "repeats {text:?}");
    }
}

#[test]
fn another_country_is_told_apart() {
    assert!(Foreign.to_string().starts_with("another country's number"));
    assert_ne!(Foreign.to_string(), Malformed.to_string());
}

proptest! {
    /// Whatever is taken is what its digits say, and a country that was named counts.
    #[test]
    fn no_digit_is_lost_or_made_up(text in "[+0-9 ().\u{A0}\u{2011}\u{202A}\u{202C}-]{0,24}") {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        match text.parse::<PhoneNumber>() {
            Ok(phone) if text.contains('+') => prop_assert_eq!(phone.as_str(), digits),
            Ok(phone) => prop_assert!(phone.as_str().ends_with(&digits) && digits.len() >= 10),
            Err(Foreign) => {
                prop_assert!(text.contains('+') && !digits.starts_with('1'));
            }
            Err(_) => {}
        }
    }
}
