//! Several knowledge bases in one process: `tenants.toml`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use jieda::{ConfigSource, EngineConfig, EngineError, Section};
use jieda_store::Location;
use serde::Deserialize;
use toml::{Table, Value};

use super::{Knowledge, ServerConfig, TABLE};

/// What belongs to the process, and so to no tenant.
const COMMON: [&str; 8] = [
    "model",
    "server.http",
    "server.grpc",
    "server.tls",
    "server.log",
    "server.tenants",
    "server.drain_seconds",
    "server.limits.workers",
];

/// A tenant, with a checked configuration of his own.
#[derive(Debug, Clone, PartialEq)]
pub struct Tenant {
    /// His name: in paths, in metrics, of his part of a database.
    pub name: TenantName,
    /// As if he were served alone.
    pub config: ServerConfig,
}

/// The name of a tenant: 1 to 40 lower-case letters, digits and `-`, a letter first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantName(String);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTenant {
    /// His data directory.
    data: PathBuf,
    /// A `jieda.toml` of his own.
    #[serde(default)]
    config: Option<PathBuf>,
}

impl TenantName {
    /// Checks a name.
    ///
    /// # Errors
    /// The text, when it can't be one.
    pub fn new(text: &str) -> Result<Self, String> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let begins = text.starts_with(|c: char| c.is_ascii_lowercase());
        if begins && text.len() <= 40 && text.chars().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(text.to_owned())
        }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for TenantName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl ServerConfig {
    /// Reads and checks the tenants that a configuration names; none where `server.tenants` is empty. All faults are told at
    /// once.
    ///
    /// # Errors
    /// [`EngineError::Config`].
    pub fn tenants(source: &ConfigSource) -> Result<Vec<Tenant>, EngineError> {
        // Of nobody: what is common.
        let common = Self::of(source, Knowledge::Data(PathBuf::new()))?;
        let Some(file) = &common.tenants else {
            return Ok(Vec::new());
        };
        let refuse = |message: String| EngineError::Config {
            path: file.clone(),
            message,
        };
        let text = std::fs::read_to_string(file).map_err(|e| refuse(e.to_string()))?;
        let raw: BTreeMap<String, RawTenant> =
            toml::from_str(&text).map_err(|e| refuse(e.to_string()))?;
        if raw.is_empty() {
            return Err(refuse(
                "it names no tenant, such as [shop] with data = \"data/shop\"".into(),
            ));
        }
        let below = file.parent().unwrap_or(Path::new("."));
        let mut tenants = Vec::new();
        let mut faults = Vec::new();
        for (name, raw) in &raw {
            match tenant(source, &common, (name, raw, below)) {
                Ok(tenant) => tenants.push(tenant),
                Err(fault) => faults.push(format!("[{name}]: {fault}")),
            }
        }
        faults.extend(shared_places(&tenants));
        if faults.is_empty() {
            Ok(tenants)
        } else {
            Err(refuse(faults.join("\n")))
        }
    }
}

fn tenant(
    source: &ConfigSource,
    common: &ServerConfig,
    (name, raw, below): (&str, &RawTenant, &Path),
) -> Result<Tenant, String> {
    let name = TenantName::new(name).map_err(|_| {
        "a name has 1 to 40 lower-case letters, digits and `-`, a letter first".to_owned()
    })?;
    let data = below.join(&raw.data);
    let mut own = source
        .clone()
        .with("server.tenants", "")
        .with("server.state_dir", text_of(&data.join("server")));
    own = match &common.store {
        // A file of the process would be everybody's.
        Some(Location::File(_)) => own.with("server.store", ""),
        Some(Location::Postgres(_)) | None => own,
    };
    if let Some(depot) = &common.depot {
        own = own.with(
            "server.depot.url",
            format!("{}/{name}", depot.url.trim_end_matches('/')),
        );
    }
    if let Some(file) = &raw.config {
        let path = below.join(file);
        for (key, value) in keys_of(&path).map_err(|e| e.to_string())? {
            let is_common = |common: &&&str| {
                let common: &str = common;
                let rest = key.strip_prefix(common);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            if let Some(common) = COMMON.iter().find(is_common) {
                return Err(format!(
                    "{}: {common} is of the whole process, and belongs into its own configuration",
                    path.display()
                ));
            }
            own = own.with(&key, value);
        }
    }
    let checked = ServerConfig::of(&own, Knowledge::Data(data)).map_err(|e| e.to_string())?;
    let store = checked.store.clone().map(|store| match store {
        Location::Postgres(options) => Location::Postgres(options.in_schema(name.as_str())),
        file @ Location::File(_) => file,
    });
    Ok(Tenant {
        name,
        config: ServerConfig { store, ..checked },
    })
}

/// The keys that a tenant's own file sets. Those that there are not are refused by its name, not by that of the common file.
fn keys_of(path: &Path) -> Result<Vec<(String, Value)>, EngineError> {
    let alone = ConfigSource::file(path)?;
    alone.section::<Table>(EngineConfig::DEFAULTS, Section::AllBut(TABLE))?;
    alone.section::<Table>(ServerConfig::DEFAULTS, Section::Only(TABLE))?;
    alone.keys()
}

/// Tenants who would write over each other.
fn shared_places(tenants: &[Tenant]) -> Vec<String> {
    let mut faults = Vec::new();
    for (i, tenant) in tenants.iter().enumerate() {
        for other in &tenants[..i] {
            let (a, b) = (&tenant.config, &other.config);
            let names = format!("[{}] and [{}]", other.name, tenant.name);
            if a.knowledge == b.knowledge {
                faults.push(format!("{names} have the same data directory"));
            }
            if a.state_dir == b.state_dir {
                faults.push(format!(
                    "{names} have the same server.state_dir, and so the same keys"
                ));
            }
            let depot = |of: &ServerConfig| of.depot.as_ref().map(|depot| depot.url.clone());
            if depot(a).is_some() && depot(a) == depot(b) {
                faults.push(format!("{names} have the same server.depot.url"));
            }
            if matches!(&a.store, Some(Location::File(_))) && a.store == b.store {
                faults.push(format!("{names} have the same store"));
            }
        }
    }
    faults
}

fn text_of(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tenants: &str, shop: &str) -> Result<Vec<Tenant>, String> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("tenants.toml");
        std::fs::write(&file, tenants).unwrap();
        std::fs::write(dir.path().join("shop.toml"), shop).unwrap();
        let text = "cache.dir = \"/c\"\n[server.limits]\nrate = 9\n";
        let source = ConfigSource::text(text, Path::new("jieda.toml"))
            .with("server.tenants", text_of(&file));
        ServerConfig::tenants(&source).map_err(|e| e.to_string())
    }

    #[test]
    fn each_is_served_as_if_alone() {
        let tenants = "[shop]\ndata = \"shop\"\nconfig = \"shop.toml\"\n[bank]\ndata = \"bank\"\n";
        let tenants = read(
            tenants,
            "[server.limits]\nrate = 3\n[server]\nretention_days = 7\n",
        );
        let tenants = tenants.unwrap();
        let names: Vec<&str> = tenants.iter().map(|t| t.name.as_str()).collect();
        assert_eq!(names, ["bank", "shop"]);
        let rate = |i: usize| tenants[i].config.limits.rate.unwrap().per_second;
        assert_eq!((rate(0), rate(1)), (9, 3));
        assert_eq!(tenants[1].config.retention_days, Some(7));
        let state = &tenants[1].config.state_dir;
        assert!(state.ends_with("shop/server"), "{}", state.display());
        assert_ne!(tenants[0].config.store, tenants[1].config.store);
    }

    #[test]
    fn faults_are_told_together() {
        let check = |tenants: &str, shop: &str, expected: &[&str]| {
            let told = read(tenants, shop).unwrap_err();
            for part in expected {
                assert!(told.contains(part), "{part}: {told}");
            }
        };
        check("", "", &["no tenant"]);
        check(
            "[Shop]\ndata = \"a\"\n[\"2\"]\ndata = \"b\"\n",
            "",
            &["[Shop]: a name", "[2]: a name"],
        );
        check(
            "[a]\ndata = \"x\"\n[b]\ndata = \"x\"\n",
            "",
            &["[a] and [b]"],
        );
        check("[a]\ndaten = \"x\"\n", "", &["daten"]);
        let with = "[shop]\ndata = \"a\"\nconfig = \"shop.toml\"\n";
        check(
            with,
            "[server]\nhttp = \"127.0.0.1:1\"\n",
            &["server.http is of the whole"],
        );
        check(
            with,
            "[model]\ndevice = \"cpu\"\n",
            &["model is of the whole"],
        );
        check(with, "[server]\nhtp = 1\n", &["shop.toml", "server.htp"]);
        check(with, "[serch]\nmode = 1\n", &["shop.toml", "serch"]);
        check(
            "[shop]\ndata = \"a\"\nconfig = \"no.toml\"\n",
            "",
            &["no.toml"],
        );
    }
}
