//! From an address to a storage.

use std::{sync::Arc, time::Duration};

use object_store::{
    ClientConfigKey, ObjectStore, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    azure::{AzureConfigKey, MicrosoftAzureBuilder},
    gcp::{GoogleCloudStorageBuilder, GoogleConfigKey},
    local::LocalFileSystem,
    memory::InMemory,
    path::Path,
};
use url::Url;

use crate::DepotError;

/// Longest wait for a connection, and for an answer.
const CONNECT: &str = "5s";
const ANSWER: &str = "60s";

/// A storage, the place of a depot in it, and how that is called.
pub(crate) struct Place {
    pub(crate) store: Arc<dyn ObjectStore>,
    pub(crate) prefix: Path,
    pub(crate) name: String,
}

impl Place {
    pub(crate) fn of(text: &str) -> Result<Self, DepotError> {
        let refuse = |message: String| DepotError::Address {
            url: shown(text),
            message,
        };
        let url = Url::parse(text).map_err(|e| refuse(e.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("credentials belong into the environment".into()));
        }
        // The client asks for the one of the process; another that is installed is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let built = |e: object_store::Error| refuse(e.to_string());
        let store: Arc<dyn ObjectStore> = match url.scheme() {
            "s3" | "s3a" => Arc::new(
                AmazonS3Builder::from_env()
                    .with_url(text)
                    .with_retry(patience())
                    .with_config(
                        AmazonS3ConfigKey::Client(ClientConfigKey::ConnectTimeout),
                        CONNECT,
                    )
                    .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::Timeout), ANSWER)
                    .build()
                    .map_err(built)?,
            ),
            "gs" => Arc::new(
                GoogleCloudStorageBuilder::from_env()
                    .with_url(text)
                    .with_retry(patience())
                    .with_config(
                        GoogleConfigKey::Client(ClientConfigKey::ConnectTimeout),
                        CONNECT,
                    )
                    .with_config(GoogleConfigKey::Client(ClientConfigKey::Timeout), ANSWER)
                    .build()
                    .map_err(built)?,
            ),
            "az" | "azure" | "abfs" | "abfss" => Arc::new(
                MicrosoftAzureBuilder::from_env()
                    .with_url(text)
                    .with_retry(patience())
                    .with_config(
                        AzureConfigKey::Client(ClientConfigKey::ConnectTimeout),
                        CONNECT,
                    )
                    .with_config(AzureConfigKey::Client(ClientConfigKey::Timeout), ANSWER)
                    .build()
                    .map_err(built)?,
            ),
            "memory" => Arc::new(InMemory::new()),
            "file" => {
                let folder = url
                    .to_file_path()
                    .map_err(|()| refuse("it names no folder of this machine".into()))?;
                std::fs::create_dir_all(&folder).map_err(|source| DepotError::File {
                    path: folder.clone(),
                    source,
                })?;
                let store = LocalFileSystem::new_with_prefix(&folder).map_err(built)?;
                // What is acknowledged outlives a power cut.
                return Ok(Self {
                    store: Arc::new(store.with_fsync(true)),
                    prefix: Path::default(),
                    name: shown(text),
                });
            }
            other => return Err(refuse(format!("`{other}` is not known"))),
        };
        let prefix = Path::from_url_path(url.path()).map_err(|e| refuse(e.to_string()))?;
        Ok(Self {
            store,
            prefix,
            name: shown(text),
        })
    }
}

/// An address as others may read it.
fn shown(text: &str) -> String {
    match Url::parse(text) {
        Ok(mut url) => {
            let _ = url.set_username("");
            let _ = url.set_password(None);
            url.set_query(None);
            url.to_string().trim_end_matches('/').to_owned()
        }
        // What can't be read may hold a secret all the same: up to the last `@`.
        Err(_) => match (text.split_once("://"), text.rsplit_once('@')) {
            (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://…@{rest}"),
            _ => text.to_owned(),
        },
    }
}

/// A storage that is away is told soon: what is here answers meanwhile, and it is asked again with the next look.
fn patience() -> RetryConfig {
    RetryConfig {
        max_retries: 3,
        retry_timeout: Duration::from_secs(15),
        ..RetryConfig::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_storage_is_refused() {
        let check = |text: &str, expected: &str| match Place::of(text) {
            Ok(place) => panic!("{} was taken", place.name),
            Err(error) => assert!(error.to_string().contains(expected), "{error}"),
        };
        check("data", "is no object storage");
        check("ftp://host/folder", "`ftp` is not known");
        check("s3://key:secret@bucket/x", "environment");
        for url in ["s3://key:secret@bucket/x", "s3://KEY:secret/more@bucket/x"] {
            let told = match Place::of(url) {
                Ok(_) => String::new(),
                Err(error) => error.to_string(),
            };
            assert!(!told.is_empty() && !told.contains("secret"), "{told}");
        }
    }

    #[test]
    fn a_bucket_has_a_prefix() {
        let place = Place::of("s3://bucket/some/folder/").unwrap();
        assert_eq!(place.prefix.to_string(), "some/folder");
        assert_eq!(place.name, "s3://bucket/some/folder");
        let place = Place::of("memory:///").unwrap();
        assert_eq!(place.prefix.to_string(), "");
    }
}
