//! A foreign type is found wherever it is named.

use serde_json::json;

use super::named_in;

#[test]
fn arguments_results_bounds_and_re_exports_are_looked_at() {
    let path = |id: u64| json!({"path": "X", "id": id, "args": null});
    let json = json!({
        "index": {
            "1": {"span": {"filename": "a.rs", "begin": [7, 1]}, "inner": {"function": {
                "sig": {
                    "inputs": [["x", {"borrowed_ref": {"type": {"resolved_path": path(10)}}}]],
                    "output": {"resolved_path": {"path": "Vec", "id": 11, "args": {
                        "angle_bracketed": {"args": [{"type": {"resolved_path": path(12)}}]}
                    }}},
                },
                "generics": {"params": [{"bounds": [{"trait_bound": {"trait": path(13)}}]}]},
            }}},
            "2": {"span": null, "inner": {"use": {"source": "yaml::Tag", "id": 14}}},
            "3": {"span": null, "inner": {"impl": {
                "trait": path(15), "is_synthetic": false, "blanket_impl": null,
            }}},
            "4": {"span": null, "inner": {"impl": {
                "trait": path(16), "is_synthetic": true, "blanket_impl": null,
            }}},
            "5": {"span": null, "inner": {"impl": {
                "trait": path(16), "is_synthetic": false, "blanket_impl": {"generic": "T"},
            }}},
        },
        "paths": {
            "10": {"path": ["http", "Request"]},
            "11": {"path": ["alloc", "vec", "Vec"]},
            "12": {"path": ["bytes", "Bytes"]},
            "13": {"path": ["tower", "Service"]},
            "14": {"path": ["yaml", "Tag"]},
            "15": {"path": ["serde", "Serialize"]},
            "16": {"path": ["anyhow", "Any"]},
        },
    });
    let named = named_in(&serde_json::from_value(json).unwrap());
    let crates: Vec<_> = named.keys().map(String::as_str).collect();
    assert_eq!(crates, ["alloc", "bytes", "http", "serde", "tower", "yaml"]);
    assert!(named["http"].contains("`Request` (a.rs:7)"), "{named:?}");
}
