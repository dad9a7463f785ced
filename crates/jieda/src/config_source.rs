//! Where a configuration comes from: the built-in defaults, a file, the environment, the command line.

use std::{
    env,
    path::{Path, PathBuf},
};

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crate::{EngineError, config};

/// Every variable of the environment that names a key begins so.
const PREFIX: &str = "JIEDA_";

/// Variables of ours that are no keys.
const NO_KEYS: [&str; 2] = ["JIEDA_CONFIG", "JIEDA_DATA"];

/// The layers above the defaults: a file, then the environment, then what the command line says. A key is taken from
/// the highest layer that has it.
///
/// In the environment, `model.dir` is `JIEDA_MODEL_DIR`: the path of the key in capitals. Lists are divided by commas.
#[derive(Debug, Clone, Default)]
pub struct ConfigSource {
    path: PathBuf,
    text: String,
    environment: Vec<(String, String)>,
    overrides: Table,
}

/// Which tables of a file are read.
#[derive(Debug, Clone, Copy)]
pub enum Section<'a> {
    /// All but one, which is another crate's.
    AllBut(&'a str),
    /// One alone.
    Only(&'a str),
}

impl ConfigSource {
    /// Reads a file.
    ///
    /// # Errors
    /// [`EngineError::Config`] when it can't be read.
    pub fn file(path: &Path) -> Result<Self, EngineError> {
        Ok(Self::text(&config::read(path)?, path))
    }

    /// Takes the text of a file; `path` is only named in errors.
    #[must_use]
    pub fn text(text: &str, path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            ..Self::default()
        }
    }

    /// The same with the variables of this process's environment above the file.
    #[must_use]
    pub fn with_environment(self) -> Self {
        // What is no Unicode names no key and no value of ours.
        let variables = env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            Some((name, value.into_string().ok()?))
        });
        self.with_variables(variables)
    }

    /// The same with given variables above the file.
    #[must_use]
    pub fn with_variables(self, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let ours = |(name, value): &(String, String)| name.starts_with(PREFIX) && !value.is_empty();
        Self {
            environment: variables.into_iter().filter(ours).collect(),
            ..self
        }
    }

    /// The same with one key, such as `server.http`, above all else.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        set(&mut self.overrides, key, value.into());
        self
    }

    /// The same with another model.
    #[must_use]
    pub fn with_model(self, model: &Path) -> Self {
        self.with("model.dir", model.to_string_lossy().into_owned())
    }

    /// The file, for errors.
    #[must_use]
    pub fn path(&self) -> &Path {
        if self.path.as_os_str().is_empty() {
            Path::new("jieda.toml")
        } else {
            &self.path
        }
    }

    /// Reads some tables. `defaults` has every key of them; whatever is not in it is refused.
    ///
    /// # Errors
    /// [`EngineError::Config`] with line and column in the file, or with the variable.
    pub fn section<T: DeserializeOwned>(
        &self,
        defaults: &str,
        section: Section<'_>,
    ) -> Result<T, EngineError> {
        let refuse = |message: String| EngineError::Config {
            path: self.path().to_owned(),
            message,
        };
        let mut merged: Table = toml::from_str(defaults).map_err(|e| refuse(e.to_string()))?;
        let environment = self.variables_for(&merged).map_err(refuse)?;
        // The file is read by itself first: errors then know line and column.
        let file = section.of(self.of_file()?);
        check_keys(&merged, &file, "").map_err(|key| refuse(self.unknown(&key)))?;
        for layer in [file, environment, section.of(self.overrides.clone())] {
            overlay(&mut merged, layer);
        }
        merged.try_into().map_err(|e| refuse(e.to_string()))
    }

    /// The keys that the file itself sets, by their paths, such as `model.dir`.
    ///
    /// # Errors
    /// [`EngineError::Config`] when it is no TOML.
    pub fn keys(&self) -> Result<Vec<(String, Value)>, EngineError> {
        self.of_file().map(|file| leaves(&file, ""))
    }

    /// Variables that look like keys and are none, in whichever of these defaults.
    #[must_use]
    pub fn unknown_variables(&self, defaults: &[&str]) -> Vec<&str> {
        let tables = defaults
            .iter()
            .filter_map(|text| toml::from_str::<Table>(text).ok());
        let keys: Vec<String> = tables
            .flat_map(|table| leaves(&table, ""))
            .map(|(key, _)| variable(&key))
            .collect();
        let names = self.environment.iter().map(|(name, _)| name.as_str());
        names
            .filter(|name| !NO_KEYS.contains(name) && !keys.iter().any(|key| key == name))
            .collect()
    }

    fn of_file(&self) -> Result<Table, EngineError> {
        toml::from_str(&self.text).map_err(|e| EngineError::Config {
            path: self.path().to_owned(),
            message: e.to_string(),
        })
    }

    /// The keys that the environment sets, among those that there are.
    fn variables_for(&self, defaults: &Table) -> Result<Table, String> {
        let mut found = Table::new();
        for (key, default) in leaves(defaults, "") {
            let name = variable(&key);
            if let Some((_, text)) = self.environment.iter().find(|(n, _)| *n == name) {
                let value = like(&default, text)
                    .ok_or_else(|| format!("${name}=`{text}` is no {}", default.type_str()))?;
                set(&mut found, &key, value);
            }
        }
        Ok(found)
    }

    /// What is told of a key that nobody knows, with the line on which its last part stands first.
    fn unknown(&self, key: &str) -> String {
        let last = key.rsplit('.').next().unwrap_or(key);
        let line = self.text.lines().position(|line| {
            let line = line.trim_start().trim_start_matches('[');
            line.strip_prefix(last)
                .or_else(|| line.strip_prefix(key))
                .is_some_and(|rest| rest.trim_start().starts_with(['=', '.', ']']))
        });
        match line {
            Some(line) => format!("line {}: unknown key `{key}`", line + 1),
            None => format!("unknown key `{key}`"),
        }
    }
}

impl Section<'_> {
    fn of(self, mut table: Table) -> Table {
        match self {
            Self::AllBut(name) => {
                table.remove(name);
            }
            Self::Only(name) => table.retain(|key, _| key == name),
        }
        table
    }
}

/// Puts one table over another: tables are joined, all else is replaced.
fn overlay(below: &mut Table, above: Table) {
    for (key, value) in above {
        match (below.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => overlay(below, above),
            (_, value) => {
                below.insert(key, value);
            }
        }
    }
}

/// The first key that has no default.
fn check_keys(known: &Table, given: &Table, above: &str) -> Result<(), String> {
    for (key, value) in given {
        let path = format!("{above}{key}");
        match (known.get(key), value) {
            (None, _) => return Err(path),
            (Some(Value::Table(known)), Value::Table(given)) => {
                check_keys(known, given, &format!("{path}."))?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// The variable of a key.
fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "_").to_uppercase())
}

fn leaves(table: &Table, above: &str) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for (key, value) in table {
        let path = format!("{above}{key}");
        match value {
            Value::Table(inner) => found.extend(leaves(inner, &format!("{path}."))),
            value => found.push((path, value.clone())),
        }
    }
    found
}

fn set(table: &mut Table, key: &str, value: Value) {
    match key.split_once('.') {
        None => {
            table.insert(key.to_owned(), value);
        }
        Some((first, rest)) => {
            let inner = table
                .entry(first)
                .or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = inner {
                set(inner, rest, value);
            }
        }
    }
}

/// A text as a value of the same kind.
fn like(default: &Value, text: &str) -> Option<Value> {
    Some(match default {
        Value::Integer(_) => Value::Integer(text.trim().parse().ok()?),
        Value::Float(_) => Value::Float(text.trim().parse().ok()?),
        Value::Boolean(_) => Value::Boolean(text.trim().parse().ok()?),
        Value::Array(_) => {
            let parts = text.split(',').map(str::trim).filter(|p| !p.is_empty());
            Value::Array(parts.map(|part| Value::String(part.to_owned())).collect())
        }
        _ => Value::String(text.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULTS: &str = "[a]\nnumber = 1\nlist = []\n[a.b]\nname = \"x\"\n[other]\nkey = 1\n";

    fn read(source: &ConfigSource) -> Result<Table, String> {
        source
            .section::<Table>(DEFAULTS, Section::AllBut("server"))
            .map_err(|e| e.to_string())
    }

    fn text(text: &str) -> ConfigSource {
        ConfigSource::text(text, Path::new("test.toml"))
    }

    #[test]
    fn the_highest_layer_wins() {
        let vars = [("JIEDA_A_B_NAME", "env"), ("JIEDA_A_LIST", "p, q")];
        let vars = vars.map(|(n, v)| (n.to_owned(), v.to_owned()));
        let source =
            text("[a]\nnumber = 2\nb.name = \"file\"\n[server]\nx = 1\n").with_variables(vars);
        let read_ = read(&source).unwrap();
        assert_eq!(read_["a"]["number"], Value::Integer(2));
        assert_eq!(read_["a"]["b"]["name"].as_str(), Some("env"));
        assert_eq!(read_["a"]["list"].as_array().map(Vec::len), Some(2));
        assert_eq!(read_["other"]["key"], Value::Integer(1));
        let read_ = read(&source.with("a.b.name", "line")).unwrap();
        assert_eq!(read_["a"]["b"]["name"].as_str(), Some("line"));
    }

    #[test]
    fn faults_say_where() {
        let check = |source: &ConfigSource, expected: &str| {
            let message = read(source).unwrap_err();
            assert!(message.contains(expected), "{message}");
        };
        check(
            &text("\n[a]\nnumbr = 1"),
            "test.toml: line 3: unknown key `a.numbr`",
        );
        check(&text("\n[c]\nx = 1"), "line 2: unknown key `c`");
        check(&text("[a\n"), "line 1");
        let vars = [("JIEDA_A_NUMBER".to_owned(), "many".to_owned())];
        check(
            &text("").with_variables(vars),
            "$JIEDA_A_NUMBER=`many` is no integer",
        );
    }

    #[test]
    fn what_names_no_key_is_none() {
        let vars = [("JIEDA_LOG".to_owned(), "x".to_owned())];
        let source = text("").with_variables(vars);
        assert_eq!(read(&source), read(&text("")));
        assert_eq!(source.unknown_variables(&[DEFAULTS]), ["JIEDA_LOG"]);
    }
}
