//! What the page is made of.

use std::collections::BTreeSet;
use std::path::Path;

use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue};

use super::{FILES, FRAME, is_wanted};

#[test]
fn every_file_is_in_it() {
    let joined = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/page");
    let files = std::fs::read_dir(folder).unwrap();
    let there = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let there: BTreeSet<_> = there
        .filter(|name| name.ends_with(".css") || name.ends_with(".js"))
        .collect();
    assert_eq!(there, joined);
}

#[test]
fn nothing_in_a_file_ends_what_it_is_put_into() {
    for place in [
        "<style>{style}</style>",
        "<script type=\"module\">{script}</script>",
    ] {
        assert_eq!(FRAME.matches(place).count(), 1, "{place}");
    }
    for (name, text) in FILES {
        let text = text.to_lowercase();
        for end in ["</style", "</script", "<!--", "\r", "\0"] {
            assert!(!text.contains(end), "{name} has {end:?}");
        }
        assert!(
            text.ends_with('\n'),
            "{name} and the next would be one line"
        );
    }
}

#[test]
fn a_browser_is_known_by_what_it_accepts() {
    let wants = |said: &[&str]| {
        let values = said.iter().map(|said| HeaderValue::from_str(said).unwrap());
        is_wanted(&values.map(|value| (ACCEPT, value)).collect::<HeaderMap>())
    };
    for said in [
        &["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"][..],
        &["TEXT/HTML"],
        &["application/json, text/html;level=1;q=0.1"],
        &["application/json", "text/html"],
    ] {
        assert!(wants(said), "{said:?}");
    }
    for said in [
        &[][..],
        &["*/*"],
        &["text/*"],
        &["application/json"],
        &["text/html;q=0"],
        &["text/html; Q=0.000, */*"],
        &["text/htmlx"],
    ] {
        assert!(!wants(said), "{said:?}");
    }
}
