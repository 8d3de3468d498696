//! The status inside an envelope, which a response shows its own way.

use super::*;

pub(crate) fn output() -> Output {
    Output {
        rust_type: "Status".to_owned(),
        wire_type: "Code".to_owned(),
        serde: None,
        read: "status".to_owned(),
        write: "Code(Some(response.status.code()))".to_owned(),
        start: Start::Value("status"),
        texts: None,
        record: "with",
        shown: None,
        json: "Value::from({VALUE})".to_owned(),
        is_option: false,
        id: None,
        is_list: false,
    }
}
