//! A telephone on the page, and what a person does with it.

use serde_json::{Value, json};

use super::driver::Browser;

pub(super) struct Phone<'p> {
    page: &'p Browser,
    /// It as a CSS selector, for which the person's id is quoted.
    selector: String,
}

impl Browser {
    pub(super) fn phone(&self, person: &str) -> Phone<'_> {
        let person = Value::from(person);
        Phone {
            page: self,
            selector: format!("[data-testid=phone][data-person={person}]"),
        }
    }
}

impl Phone<'_> {
    /// Waits until it is in this state.
    pub(super) fn is(&self, state: &str) -> Result<(), String> {
        let selector = format!("{}[data-state={state}]", self.selector);
        self.page.until_there(&selector)
    }

    /// Waits until it is not among those that do something.
    pub(super) fn is_idle(&self) -> Result<(), String> {
        let selector = Value::from(&*self.selector);
        let gone = format!("document.querySelector({selector}) === null");
        self.page.until(&gone).map(drop)
    }

    /// Clicks one of its buttons, as soon as there is that button.
    pub(super) fn click(&self, button: &str) -> Result<(), String> {
        let selector = format!("{} [data-testid={button}]", self.selector);
        let quoted = Value::from(&*selector);
        self.page.until(&format!(
            "document.querySelector({quoted})?.checkVisibility()"
        ))?;
        self.page.click(&selector)
    }

    /// Waits until its text has this.
    pub(super) fn says(&self, text: &str) -> Result<(), String> {
        let (selector, text) = (Value::from(&*self.selector), Value::from(text));
        let has = format!("document.querySelector({selector})?.innerText.includes({text})");
        self.page.until(&has).map(drop)
    }

    pub(super) fn text(&self) -> Result<String, String> {
        let script = "return document.querySelector(arguments[0])?.innerText ?? '';";
        let text = self.page.run(script, &json!([self.selector]))?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }
}

impl Browser {
    pub(super) fn until_there(&self, selector: &str) -> Result<(), String> {
        let selector = Value::from(selector);
        let there = format!("document.querySelector({selector}) !== null");
        self.until(&there).map(drop)
    }
}
