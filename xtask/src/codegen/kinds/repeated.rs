//! Several values of one name, each sent as one alone would be.

use super::*;

/// Whether several of it can be sent.
pub(crate) const fn is_one(found: &Type) -> bool {
    match found {
        Type::Text | Type::Id(_) | Type::Integer | Type::Decimal | Type::Choice(..) => true,
        Type::Flag
        | Type::Phone
        | Type::File
        | Type::AppKey
        | Type::Constant(_)
        | Type::Object(_)
        | Type::List(_)
        | Type::Collapsing(_) => false,
    }
}

const INTO: &str = ".into_iter().map(Into::into).collect()";

pub(super) fn input(found: &Type, slot: &Slot) -> Option<Input> {
    let each = Slot {
        required: true,
        repeated: false,
        ..slot.clone()
    };
    let one = super::input(found, &each)?;
    let (key, name) = (Literal(&slot.key), &slot.name);
    let unfit = format!("map_err(|_| BadParameter::new({key}))?");
    let parsed = format!(".iter().map(|text| text.parse()).collect::<Result<_, _>>().{unfit}");
    // How one is spelt, and all are read.
    let (spelt, read_all) = match found {
        Type::Integer => ("&one.to_string()", parsed),
        Type::Choice(..) => ("one.as_str()", parsed),
        Type::Id(_) => ("one.as_str()", INTO.to_owned()),
        _ => ("one.as_str()", String::new()),
    };
    let verb = slot.place.verb();
    let mut write = format!("for one in &self.{name} {{ request.{verb}({key}, {spelt})?; }}\n");
    if slot.required {
        let none = "// None at all is as wrong as an empty one.\n";
        let some = format!("if self.{name}.is_empty() {{ request.{verb}({key}, \"\")?; }}\n");
        write = format!("{none}{some}{write}");
    }
    let must = if slot.required {
        ", required = true"
    } else {
        ""
    };
    let rust = Rust {
        name: format!("Vec<{}>", one.rust.name),
        argument: format!("impl IntoIterator<Item = {}>", one.rust.argument),
        conversion: match one.rust.conversion {
            "" => ".into_iter().collect()",
            _ => INTO,
        },
    };
    Some(Input {
        rust,
        absent: "Vec::new()",
        write,
        read: read(slot, "_all", &read_all),
        option: one.option + must,
        example: format!("[{}]", one.example),
        assertion: format!("assert_eq!(request.{name}.len(), 1);"),
        id: None,
        words: None,
        ..one
    })
}
