//! Whether a JSON value keeps to a schema, for the keywords that our schemas are written with; any other is
//! a panic, so that nothing is passed over in silence.
//!
//! No validator from the registry: those that are well kept turn on features of libraries that the whole
//! workspace shares (`float_roundtrip` of `serde_json` among them), and the tests would no longer test what
//! is shipped.

use serde_json::{Map, Value};

/// What is wrong with a value, each with its place; nothing when it keeps to the schema.
pub(crate) fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let check = Check { root: schema };
    check.value(schema, value, "", &mut found);
    found
}

struct Check<'a> {
    root: &'a Value,
}

impl Check<'_> {
    fn value(&self, schema: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
        let Value::Object(schema) = schema else {
            panic!("a schema is an object, not {schema}");
        };
        for (keyword, says) in schema {
            let fault = match keyword.as_str() {
                "$schema" | "$defs" | "title" | "description" | "default" | "format" => continue,
                "$ref" => {
                    self.value(self.definition(says), value, place, found);
                    continue;
                }
                "properties" => {
                    self.properties(says, value, place, found);
                    continue;
                }
                "items" => {
                    for (i, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.value(says, item, &format!("{place}/{i}"), found);
                    }
                    continue;
                }
                "type" => !strings(says).iter().any(|name| is_of(name, value)),
                "required" => strings(says)
                    .iter()
                    .any(|key| value.is_object() && value.get(key).is_none()),
                "enum" => !says.as_array().is_some_and(|all| all.contains(value)),
                "const" => says != value,
                "anyOf" => self.fits(says, value) == 0,
                "oneOf" => self.fits(says, value) != 1,
                "minimum" => value.as_f64() < says.as_f64() && value.is_number(),
                "maximum" => value.as_f64() > says.as_f64(),
                "minLength" => value
                    .as_str()
                    .is_some_and(|text| (text.chars().count() as u64) < says.as_u64().unwrap_or(0)),
                other => panic!("{other} is not known here: teach it, with a test"),
            };
            if fault {
                found.push(format!("{place}: {value} breaks {keyword} {says}"));
            }
        }
    }

    fn properties(&self, says: &Value, value: &Value, place: &str, found: &mut Vec<String>) {
        let nothing = Map::new();
        let fields = value.as_object().unwrap_or(&nothing);
        for (key, field) in fields {
            match says.get(key) {
                Some(schema) => self.value(schema, field, &format!("{place}/{key}"), found),
                // A schema of a type knows all its fields.
                None => found.push(format!("{place}/{key}: not in the schema")),
            }
        }
    }

    fn fits(&self, schemas: &Value, value: &Value) -> usize {
        let fits = |schema: &&Value| {
            let mut found = Vec::new();
            self.value(schema, value, "", &mut found);
            found.is_empty()
        };
        schemas
            .as_array()
            .into_iter()
            .flatten()
            .filter(fits)
            .count()
    }

    fn definition(&self, reference: &Value) -> &Value {
        let pointer = reference.as_str().and_then(|r| r.strip_prefix('#'));
        pointer
            .and_then(|pointer| self.root.pointer(pointer))
            .unwrap_or_else(|| panic!("{reference} is not in the schema"))
    }
}

fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

fn is_of(name: &str, value: &Value) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no type of JSON: {other}"),
    }
}
