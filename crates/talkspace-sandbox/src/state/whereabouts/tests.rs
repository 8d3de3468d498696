//! A person who comes is found, in order, until they leave.

use super::Whereabouts;

#[test]
fn the_places_of_a_person_are_in_order() {
    let mut whereabouts = Whereabouts::default();
    let eta = "eta".into();
    for place in [7, 300, 2, 41, 2, 0] {
        whereabouts.enter(&eta, place);
    }
    whereabouts.enter(&"@theta".into(), 5);
    assert_eq!(whereabouts.of(&eta), [0, 2, 7, 41, 300]);

    for place in [41, 0, 9] {
        whereabouts.leave(&eta, place);
    }
    assert_eq!(whereabouts.of(&eta), [2, 7, 300]);
    assert_eq!(whereabouts.of(&"@theta".into()), [5]);
    assert!(whereabouts.of(&"nobody".into()).is_empty());
}
