//! What is shown of a request that the spec has none like.

use http::{Method, Request};
use talkspace_core::Effect;
use talkspace_core::operation::{OperationInfo, ParameterInfo, ParameterKind, ParameterLocation};

use super::View;

#[test]
fn each_of_several_values_has_a_line() {
    static INFOS: &[ParameterInfo] = &[
        ParameterInfo::required("a", ParameterLocation::Query, ParameterKind::Text).repeated(),
        ParameterInfo::required("b", ParameterLocation::Form, ParameterKind::Text).repeated(),
    ];
    let mut info = OperationInfo::new("ping", Method::POST, "/ping", Effect::Reads);
    info.parameters = INFOS;
    let request = Request::post("http://127.0.0.1/ping?a=1&a=2").body("b=3&c=4&b=5".into());
    let view = View {
        info: Box::leak(Box::new(info)),
        request: &request.unwrap(),
    };
    let json = view.to_json();
    let parameters = json["parameters"].as_array().unwrap().iter();
    let values: Vec<_> = parameters
        .map(|one| {
            (
                one["name"].as_str().unwrap(),
                one["value"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(values, [("a", "1"), ("a", "2"), ("b", "3"), ("b", "5")]);
    assert_eq!(view.to_text().matches(" = ").count(), 4);
}
