//! Lines outlive their numbers.

use talkspace_core::PhoneNumber;

use crate::state::Line;

#[derive(serde::Deserialize, serde::Serialize)]
struct Phone(#[serde(with = "super")] PhoneNumber);

#[test]
fn a_phone_comes_back_with_its_line_and_without_its_number() {
    for number in ["14151239876", "14151230000", "14151230408", "14151230502"] {
        let phone = Phone(number.parse().unwrap());
        let text = serde_json::to_string(&phone).unwrap();
        assert!(!text.contains("415"), "{text}");
        let read: Phone = serde_json::from_str(&text).unwrap();
        assert_eq!(Line::of(&read.0), Line::of(&phone.0));
    }
}
