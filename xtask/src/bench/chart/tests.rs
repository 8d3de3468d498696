//! A drawing shows each bar in its length, and no text breaks out of it.

use super::{Bar, Chart};
use crate::html::escape;

#[test]
fn the_longest_bar_fills_the_room_and_the_others_are_in_proportion() {
    let chart = Chart {
        title: "instructions < cycles",
        unit: "µs",
        digits: 1,
        bars: vec![
            Bar {
                name: "talkspace-hyper",
                value: 1000.0,
            },
            Bar {
                name: "another & more",
                value: 250.0,
            },
        ],
    };
    let svg = chart.alone();
    assert!(svg.contains("instructions &lt; cycles"));
    assert!(
        svg.contains("class=\"bar ours\" y=\"48\" width=\"100.0%\""),
        "{svg}"
    );
    assert!(
        svg.contains("class=\"bar\" y=\"80\" width=\"25.0%\""),
        "{svg}"
    );
    assert!(svg.contains("1,000.0 µs") && svg.contains("another &amp; more"));
    assert!(svg.contains("<style>") && !chart.inline().contains("<style>"));
}

#[test]
fn nothing_to_draw_is_drawn_as_nothing() {
    let bars = vec![Bar {
        name: "none",
        value: 0.0,
    }];
    let chart = Chart {
        title: "t",
        unit: "",
        digits: 0,
        bars,
    };
    assert!(chart.inline().contains("width=\"0.0%\""));
    assert_eq!(escape("a\"<b>&"), "a&quot;&lt;b&gt;&amp;");
}
