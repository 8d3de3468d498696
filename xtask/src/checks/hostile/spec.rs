//! The spec of the API, with operations of hostile names and of every kind in addition.

use std::fmt::Write as _;

use super::names::{IDS, OPERATIONS, TAGS, VALUES, WORDS};

/// Operations of every kind, written by hand.
const KINDS: &str = include_str!("kinds.yaml");

/// What is added to the spec, by the line that it comes after.
#[derive(Default)]
struct Additions {
    tags: String,
    paths: String,
    schemas: String,
}

/// The spec with all that is hostile in it, or why it has no place for that.
pub(super) fn hostile(spec: &str) -> Result<String, String> {
    let mut additions = Additions::default();
    let mut section = None;
    for line in KINDS.split_inclusive('\n') {
        match line.trim_end() {
            "paths:" => section = Some(&mut additions.paths),
            "schemas:" => section = Some(&mut additions.schemas),
            _ => {
                if let Some(text) = section.as_deref_mut() {
                    text.push_str(line);
                }
            }
        }
    }
    additions.tags();
    additions.operations();
    additions.values();
    additions.ids();
    let mut spec = spec.to_owned();
    for (after, text) in [
        ("\ntags:\n", &additions.tags),
        ("\npaths:\n", &additions.paths),
        ("\n  schemas:\n", &additions.schemas),
    ] {
        let (before, rest) = spec
            .split_once(after)
            .ok_or_else(|| format!("the spec has no line `{}`", after.trim()))?;
        spec = format!("{before}{after}{text}{rest}");
    }
    Ok(spec)
}

/// What an operation says of itself.
fn about(id: &str, tag: &str, effect: &str) -> String {
    format!(
        "      operationId: {id}
      tags: [{tag}]
      summary: Has a name that means something elsewhere.
      description: It is made up.
      x-talkspace-effect: {effect}
"
    )
}

/// A property, or an entry of `properties`.
fn property(name: &str, schema: &str) -> String {
    format!(
        "        {name}:
          description: A name that means something elsewhere.
          {schema}
"
    )
}

/// A response in an envelope of this name.
fn enveloped(status: u16, envelope: &str) -> String {
    format!(
        "        '{status}':
          description: It is so.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/{envelope}Envelope'
"
    )
}

impl Additions {
    fn tags(&mut self) {
        for tag in TAGS {
            self.tags += &format!("  - name: {tag}\n    description: It is made up.\n");
        }
    }

    /// An operation for each name, which takes and gives little.
    fn operations(&mut self) {
        for (number, id) in OPERATIONS.iter().enumerate() {
            let tag = TAGS.get(number % TAGS.len()).unwrap_or(&"System");
            let about = about(id, tag, "reads");
            // Writing to a string cannot fail.
            let _ = write!(
                self.paths,
                "  /api/rest/hostile{number}:
    get:
{about}      responses:
        '200':
          description: It is so.
          content:
            text/plain:
              schema:
                $ref: '#/components/schemas/Version'
"
            );
        }
    }

    /// All values in queries, forms and responses, where they are optional; and some at a
    /// time in paths, forms and responses, where they are required.
    fn values(&mut self) {
        self.envelope("Hostile", &VALUES, false);
        self.form("put", "Hostile", &VALUES, false);
        self.get("query", "Hostile", &VALUES, "query");
        for (number, some) in VALUES.chunks(6).enumerate() {
            let name = format!("Hostile{number}");
            self.envelope(&name, some, true);
            self.form("patch", &name, some, true);
            let plain: Vec<&str> = some
                .iter()
                .filter(|it| !it.contains('['))
                .copied()
                .collect();
            let place: String = plain.iter().map(|name| format!("/{{{name}}}")).collect();
            self.get(&format!("{number}{place}"), &name, &plain, "path");
        }
    }

    /// An operation with parameters in its address.
    fn get(&mut self, path: &str, name: &str, values: &[&str], place: &str) {
        let about = about(&format!("get{name}"), "System", "reads");
        let parameters: String = values.iter().map(|value| parameter(value, place)).collect();
        let responses = enveloped(200, name) + &enveloped(400, name);
        let _ = write!(
            self.paths,
            "  /api/rest/hostile/get/{path}:
    get:
{about}      parameters:
        - $ref: '#/components/parameters/QueryAppKey'
{parameters}      responses:
{responses}"
        );
    }

    /// An operation with a form.
    fn form(&mut self, method: &str, name: &str, values: &[&str], required: bool) {
        let about = about(&format!("{method}{name}"), "System", "converges");
        let responses = enveloped(200, name) + &enveloped(400, name);
        let _ = write!(
            self.paths,
            "  /api/rest/hostile/{method}/{name}:
    {method}:
{about}      requestBody:
        description: Values.
        required: true
        content:
          application/x-www-form-urlencoded:
            schema:
              $ref: '#/components/schemas/{name}Form'
      responses:
{responses}"
        );
        let key = property("appkey", "$ref: '#/components/schemas/AppKey'");
        let properties: String = values
            .iter()
            .map(|it| property(it, "type: string"))
            .collect();
        let also = also(values, required);
        let _ = write!(
            self.schemas,
            "    {name}Form:
      type: object
      description: A form.
      required: [appkey{also}]
      properties:
{key}{properties}"
        );
    }

    /// An envelope of these values.
    fn envelope(&mut self, name: &str, values: &[&str], required: bool) {
        let properties: String = values
            .iter()
            .map(|it| property(it, "type: string"))
            .collect();
        let also = also(values, required);
        let _ = write!(
            self.schemas,
            "    {name}Envelope:
      type: object
      description: An envelope.
      required: [{name}Response]
      properties:
        {name}Response:
          description: The response itself.
          $ref: '#/components/schemas/{name}Response'
    {name}Response:
      type: object
      description: A response.
      required: [message, status{also}]
      properties:
        message:
          description: A remark.
          type: string
        status:
          description: The status.
          type: integer
{properties}"
        );
    }

    fn ids(&mut self) {
        let meanings: String = WORDS
            .iter()
            .map(|word| format!("        {word}: It means something elsewhere.\n"))
            .collect();
        for id in IDS {
            let _ = write!(
                self.schemas,
                "    {id}:
      type: string
      description: It is made up.
      examples: [a]
"
            );
        }
        let words = WORDS.join(", ");
        let _ = write!(
            self.schemas,
            "    HostileWord:
      type: string
      enum: [{words}]
      description: A word that means something elsewhere.
      x-talkspace-meanings:
{meanings}"
        );
        let ids: String = IDS
            .iter()
            .map(|id| {
                property(
                    &id.to_lowercase(),
                    &format!("$ref: '#/components/schemas/{id}'"),
                )
            })
            .collect();
        let word = property("word", "$ref: '#/components/schemas/HostileWord'");
        let _ = write!(
            self.schemas,
            "    HostileIdsForm:
      type: object
      description: A form.
      required: [appkey]
      properties:
        appkey:
          description: The key.
          $ref: '#/components/schemas/AppKey'
{ids}{word}"
        );
    }
}

/// A parameter, written in its place.
fn parameter(name: &str, place: &str) -> String {
    let required = place == "path";
    format!(
        "        - name: {name}
          in: {place}
          required: {required}
          description: A name that means something elsewhere.
          schema:
            type: string
"
    )
}

/// The names of those that are required, after others.
fn also(values: &[&str], required: bool) -> String {
    let required = values.iter().filter(|_| required);
    required.map(|value| format!(", {value}")).collect()
}
