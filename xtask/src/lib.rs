//! The code generator, apart from the program around it, so that it can be
//! fuzzed; and the checkout that both work on.

pub mod checkout;
pub mod codegen;
