//! What the spec gives as a value is one.

use crate::codegen::tests::assert_finding;

const MAKE: &str = "/components/schemas/MakeRoomForm/properties";

#[test]
fn a_default_is_a_value_of_its_schema() {
    let age = "          minimum: 1\n          maximum: 99\n";
    for (given, why) in [
        ("100", "is out of the bounds"),
        ("many", "is not of the schema's type"),
    ] {
        assert_finding(
            age,
            &format!("{age}          default: {given}\n"),
            &format!("{MAKE}/age/default"),
            &format!("the default {why}"),
        );
    }
    assert_finding(
        "          default: plain\n",
        "          default: small\n",
        &format!("{MAKE}/type/default"),
        "the default `small` is not in the enum",
    );
    let motto = "    Motto:\n      type: string\n";
    assert_finding(
        motto,
        &format!("{motto}      maxLength: 3\n      default: long\n"),
        "/components/schemas/Motto/default",
        "the default is out of the bounds",
    );
}

#[test]
fn a_default_beside_a_reference_is_a_value_of_what_that_leads_to() {
    let greeting = "          description: What is played on answering.\n";
    assert_finding(
        greeting,
        &format!("{greeting}          default: 5\n"),
        &format!("{MAKE}/greetingid/default"),
        "the default is not of the schema's type",
    );
}

#[test]
fn what_is_required_has_no_default() {
    let seats = "        seats:\n          description: How many fit in.\n          type: integer\n        appkey:";
    assert_finding(
        seats,
        &seats.replace("integer\n", "integer\n          default: 2\n"),
        &format!("{MAKE}/seats/default"),
        "what is required is never left out, and has no default",
    );
}

#[test]
fn examples_are_values_of_their_schema() {
    assert_finding(
        "      examples: ['14151239876']\n",
        "      examples: ['0123']\n",
        "/components/schemas/Phone/examples/0",
        "the example is no phone number: `1` and ten digits, of which the first is 2 to 9",
    );
    assert_finding(
        "      enum: [bright, dull]\n",
        "      enum: [bright, dull]\n      examples: [dull, grey]\n",
        "/components/schemas/Mood/examples/1",
        "the example `grey` is not in the enum",
    );
    let room = "      description: The room.\n";
    assert_finding(
        room,
        &format!("{room}      example: 7\n"),
        "/components/parameters/PathRoomId/example",
        "the example is not of the schema's type",
    );
}
