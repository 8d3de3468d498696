//! How values are written. What a decoder hears of them, tests of the workspace hold.

use super::*;

/// The granule of which these values are the first, and the rest are zeros.
fn written(values: &[f64]) -> (u32, u32, String) {
    let mut roots = [0.0; GRANULE];
    for (root, value) in roots.iter_mut().zip(values) {
        *root = *value;
    }
    let granule = Granule::with_gain(&roots, UNITY).unwrap();
    let length = granule.bits.len();
    let bytes = granule.bits.into_bytes();
    let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    (granule.pairs, granule.table, bits[..length].to_owned())
}

#[test]
fn pairs_and_fours_are_written_by_their_tables() {
    assert_eq!(written(&[]), (0, 24, String::new()));
    // Two values are a pair: ISO/IEC 11172-3, table 3-B.7, table 24. Signs follow.
    assert_eq!(written(&[1.0, -1.0]), (1, 24, "1100".to_owned() + "01"));
    // Four of 0 and 1 are a four: table B.
    let fours = written(&[0.0, 1.0, 0.0, -1.0]);
    assert_eq!(fours, (0, 24, "1010".to_owned() + "01"));
    // Before a four there is a pair: what is beyond 15 is in four bits, then the sign.
    let pair = written(&[16.0, -2.0, 0.0, 0.0, 1.0, 0.0]);
    let expected = ["0010011", "0001", "0", "1", "1101", "0"].concat();
    assert_eq!(pair, (1, 24, expected));
    // More bits for it: table 31 has 13.
    let (_, table, bits) = written(&[8206.0]);
    assert_eq!((table, &bits[7..20]), (31, "1111111111111"));
    let mut roots = [0.0; GRANULE];
    roots[7] = 8207.0;
    assert!(Granule::with_gain(&roots, UNITY).is_none());
}

#[test]
fn a_granule_is_as_fine_as_its_room() {
    let mut spectrum = [[0.0; 18]; 32];
    for (place, line) in spectrum.iter_mut().flatten().enumerate() {
        *line = (place as f64).sin() / (1.0 + place as f64);
    }
    let mut finer = None;
    for room in [0, 1, 40, 400, 4095] {
        let granule = Granule::of(&spectrum, room);
        assert!(granule.bits.len() <= room, "{room}");
        if granule.bits.len() > 0 {
            assert!(finer.is_none_or(|gain| gain > granule.gain), "{room}");
            finer = Some(granule.gain);
        }
    }
    assert!(finer.is_some());
}
