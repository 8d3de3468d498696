//! Circles are found, and a tree is none.

use super::*;

fn graph_of(edges: &[(&str, &str)]) -> Graph {
    let mut graph = Graph::new();
    for (from, to) in edges {
        graph.entry((*from).to_owned()).or_default();
        graph.entry((*to).to_owned()).or_default();
        let named = graph.get_mut(*from).unwrap();
        named.insert((*to).to_owned());
    }
    graph
}

#[test]
fn a_circle_is_shown_without_what_leads_to_it() {
    let graph = graph_of(&[("a", "b"), ("b", "c"), ("c", "d"), ("d", "b"), ("d", "e")]);
    assert_eq!(circle(&graph).unwrap(), ["b", "c", "d", "b"]);
}

#[test]
fn a_module_that_is_named_twice_makes_no_circle() {
    let graph = graph_of(&[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]);
    assert_eq!(circle(&graph), None);
}

#[test]
fn modules_are_named_after_the_crate_or_the_folder() {
    let text = "use crate::pool::{Lease, Pool};\n/// As [`crate::connect`].\nlet x = \
                crate::watch::later(crate::server::parameters::MAX);";
    assert!(named_in(text, "crate::").eq(["pool", "watch", "server"]));
    assert!(named_in(text, "crate::server::").eq(["parameters"]));
}

#[test]
fn modules_are_named_after_the_folder_of_the_file() {
    let text = "use super::head::Head;\nuse super::super::pool::Pool;";
    assert!(named_in(text, "super::").eq(["head", "super"]));
    assert!(named_in(text, "super::super::").eq(["pool"]));
}

#[test]
fn this_tree_has_none() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    assert_eq!(breaches(root).unwrap(), Vec::<String>::new());
}
