//! The tables keep their own rules.

use std::collections::BTreeSet;

use super::*;

#[test]
fn there_are_more_than_a_hundred_rows_and_none_twice() {
    let classes = classes();
    let rows = || {
        classes
            .iter()
            .flat_map(|class| class.rows.iter().map(|row| (class.method, row)))
    };
    assert!(rows().count() > 100, "{} rows", rows().count());
    let different: BTreeSet<_> = rows().map(|(method, row)| (method, &row.raw)).collect();
    assert_eq!(different.len(), rows().count());
}

#[test]
fn a_row_has_a_name_of_its_own_in_its_class() {
    for class in classes() {
        let names: BTreeSet<_> = class.rows.iter().map(|row| row.path).collect();
        assert_eq!(names.len(), class.rows.len(), "{}", class.case.id());
        for name in names {
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            let rest = name.strip_prefix('/').unwrap();
            assert!(!rest.is_empty() && rest.chars().all(is_plain), "{name}");
        }
    }
}
