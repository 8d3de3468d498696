//! What nothing refers to is found.

use crate::codegen::tests::assert_finding;

const UNUSED: &str = "no operation uses it; use it, or remove it";

#[test]
fn a_component_is_used() {
    let schemas = "\n  schemas:\n";
    let orphan = "type: string\n      description: Nobody's.\n";
    assert_finding(
        schemas,
        &format!("{schemas}    Orphan:\n      {orphan}"),
        "/components/schemas/Orphan",
        UNUSED,
    );
    assert_finding(
        schemas,
        &format!(
            "\n    Orphan:\n      name: orphan\n      in: query\n      description: Nobody's.\n      \
             schema:\n        type: string\n{schemas}"
        ),
        "/components/parameters/Orphan",
        UNUSED,
    );
    assert_finding(
        "\ncomponents:\n",
        "\ncomponents:\n  responses:\n    Orphan:\n      description: Nobody's.\n",
        "/components/responses/Orphan",
        UNUSED,
    );
}

#[test]
fn a_tag_is_used() {
    assert_finding(
        "\npaths:\n",
        "  - name: Halls\n    description: Larger places.\n\npaths:\n",
        "/tags/1/name",
        "no operation has this tag",
    );
}
