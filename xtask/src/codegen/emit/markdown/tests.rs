//! Descriptions arrive as they were meant.

use super::{lines, plain};

/// What is written, what rustdoc gets, and what those get who read no Markdown.
const CASES: [(&str, &str, &str); 30] = [
    (
        "See [the whole story](https://a.example/b) of\nit.",
        "See [the whole\nstory](https://a.example/b) of it.",
        "See the whole story (https://a.example/b) of it.",
    ),
    (
        "See [the whole\nstory](https://a.example/b).",
        "See [the whole\nstory](https://a.example/b).",
        "See the whole story (https://a.example/b).",
    ),
    (
        "See [the docs][1].\n\n[1]: https://a.example/b",
        "See [the docs][1].\n\n[1]: https://a.example/b",
        "See the docs (https://a.example/b).",
    ),
    (
        "See <https://a.example/b_c>.",
        "See <https://a.example/b_c>.",
        "See https://a.example/b_c.",
    ),
    (
        "A (https://a.example/b_c_d?e=f&g).",
        "A (<https://a.example/b_c_d?e=f&g>).",
        "A (https://a.example/b_c_d?e=f&g).",
    ),
    (
        "[https://a.example](https://a.example)",
        "[https://a.example](https://a.example)",
        "https://a.example",
    ),
    ("An [x](y) of it.", "An \\[x](y) of it.", "An x of it."),
    (
        "A [list] of <b>.",
        "A \\[list] of \\<b>.",
        "A [list] of <b>.",
    ),
    (
        "A \\[list] of \\<b>.",
        "A \\[list] of \\<b>.",
        "A [list] of <b>.",
    ),
    ("1 < 2 & 3 &lt; 4", "1 < 2 & 3 &lt; 4", "1 < 2 & 3 < 4"),
    ("`<b>[c]` stays.", "`<b>[c]` stays.", "`<b>[c]` stays."),
    (
        "An odd ` and [b].",
        "An odd ` and \\[b].",
        "An odd ` and [b].",
    ),
    (
        "**Bold**, *slanted* and ~~gone~~.",
        "**Bold**, *slanted* and ~~gone~~.",
        "Bold, slanted and gone.",
    ),
    ("2 \\* 3", "2 \\* 3", "2 * 3"),
    (
        "Before:\n\n```json\n{\"a\": [1]}\n\n  b\n```\n\nAfter.",
        "Before:\n\n```text\n{\"a\": [1]}\n\n  b\n```\n\nAfter.",
        "Before:\n\n    {\"a\": [1]}\n    \n      b\n\nAfter.",
    ),
    ("```\na", "```text\na\n```", "    a"),
    (
        "Before:\n\n    let a;\n      b\n\nAfter.",
        "Before:\n\n```text\nlet a;\n  b\n```\n\nAfter.",
        "Before:\n\n    let a;\n      b\n\nAfter.",
    ),
    (
        "- one\n  - two\n  - three\n- four",
        "- one\n  - two\n  - three\n- four",
        "- one\n  - two\n  - three\n- four",
    ),
    (
        "Steps:\n\n3. one\n4. two",
        "Steps:\n\n3. one\n4. two",
        "Steps:\n3. one\n4. two",
    ),
    (
        "- one\n\n  more\n- two\n\nAfter.",
        "- one\n\n  more\n- two\n\nAfter.",
        "- one\n\nmore\n- two\n\nAfter.",
    ),
    (
        "- one\n\n  ```sh\n  code [a]\n  ```",
        "- one\n\n  ```text\n  code [a]\n  ```",
        "- one\n\n    code [a]",
    ),
    (
        "- one\n\n      code [a]",
        "- one\n\n  ```text\n  code [a]\n  ```",
        "- one\n\n    code [a]",
    ),
    ("## Another\nText.", "## Another\nText.", "Another\n\nText."),
    (
        "It is so.[^1]\n\n[^1]: Says who.",
        "It is so.[^1]\n\n[^1]: Says who.",
        "It is so. (1)\n\n(1) Says who.",
    ),
    (
        "| a | b |\n|---|---|\n| `c` | d\\|e |",
        "| a | b |\n|---|---|\n| `c` | d\\|e |",
        "a  b\n`c`  d|e",
    ),
    ("> Said [so].", "> Said \\[so].", "Said [so]."),
    (
        "One  \ntwo\\\nthree",
        "One\\\ntwo\\\nthree",
        "One\ntwo\nthree",
    ),
    (
        "<div class=\"a\">\n[b]\n</div>",
        "\\<div class=\"a\"> \\[b] \\</div>",
        "<div class=\"a\">\n[b]\n</div>",
    ),
    ("a\n\n***\n\nb", "a\n\n***\n\nb", "a\n\nb"),
    (
        "![A *picture*](https://a.example/b.png)",
        "![A *picture*](https://a.example/b.png)",
        "A picture (https://a.example/b.png)",
    ),
];

#[test]
fn descriptions_arrive_as_they_were_meant() {
    let mut failed = Vec::new();
    for (written, docs, shown) in CASES {
        let (found, read) = (lines(written, 40).join("\n"), plain(written));
        if (found.as_str(), read.as_str()) != (docs, shown) {
            failed.push(format!(
                "{written:?}:\n  {found:?}, not {docs:?}\n  {read:?}, not {shown:?}"
            ));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn what_is_safe_stays_so() {
    for (written, ..) in CASES {
        let once = super::safe(written);
        assert_eq!(super::safe(&once), once, "{written}");
    }
}
