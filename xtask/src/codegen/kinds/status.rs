//! The status inside an envelope, which a response shows its own way.

use super::*;

pub(crate) fn output() -> Output {
    Output {
        rust_type: "Status".to_owned(),
        import: None,
        wire_type: "Code".to_owned(),
        serde: None,
        wire_imports: &[CODE],
        read: "status".to_owned(),
        read_import: None,
        write: "Code(Some(response.status.code()))".to_owned(),
        write_import: Some(CODE),
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

const CODE: &str = "crate::codec::Code";
