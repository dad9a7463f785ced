//! How an answer came about.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::IgnoredAny};
use serde_json::Value;

/// How each step came about, for a person to read: JSON of the caller's own shape. It is kept as text: it is written with
/// every turn, and hardly ever looked into.
///
/// ```
/// use jieda_store::Trace;
///
/// let trace = Trace::of(&serde_json::json!({ "normalized": "怎么退货" }))?;
/// assert_eq!(trace.value()["normalized"], "怎么退货");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace(String);

impl Trace {
    /// Writes a trace.
    ///
    /// # Errors
    /// For what has no form in JSON, such as a map whose keys are no strings.
    pub fn of(trace: &impl Serialize) -> Result<Self, serde_json::Error> {
        serde_json::to_string(trace).map(Self)
    }

    /// Takes JSON as it is.
    ///
    /// # Errors
    /// For what is none.
    pub fn parse(json: String) -> Result<Self, serde_json::Error> {
        serde_json::from_str::<IgnoredAny>(&json)?;
        Ok(Self(json))
    }

    /// The JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The trace, to be looked into.
    #[must_use]
    pub fn value(&self) -> Value {
        // Only JSON gets in.
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

impl Default for Trace {
    /// Nothing.
    fn default() -> Self {
        Self("null".into())
    }
}

impl Serialize for Trace {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(out)
    }
}

impl<'de> Deserialize<'de> for Trace {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Self::of(&Value::deserialize(input)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_gets_in() {
        for text in ["", "{", "{} {}", "退货"] {
            assert!(Trace::parse(text.into()).is_err(), "{text}");
        }
        let kept = r#"{"b":1,"a":[ 2.50 ]}"#;
        let trace = Trace::parse(kept.into()).unwrap();
        assert_eq!(
            (trace.as_str(), trace.value()["a"][0].as_f64()),
            (kept, Some(2.5))
        );
        assert_eq!(serde_json::to_value(&trace).unwrap(), trace.value());
        assert_eq!(Trace::default().value(), Value::Null);
    }
}
