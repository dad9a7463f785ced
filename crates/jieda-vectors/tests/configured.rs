//! The key `search.vectors` names the engines of this crate.

#![allow(clippy::unwrap_used, reason = "a test may fail by panic")]

use std::path::Path;

use jieda::{EngineConfig, Fault};

fn config(address: &str) -> EngineConfig {
    let text = format!("cache.dir = \"/c\"\nsearch.vectors = {address:?}");
    EngineConfig::from_toml(&text, Path::new("test.toml")).unwrap()
}

#[test]
fn an_address_becomes_an_engine_that_is_not_reached_yet() {
    for address in [
        "",
        "postgres://jieda:secret@nowhere.invalid/jieda",
        "qdrant+https://:secret@nowhere.invalid:6334",
    ] {
        let config = config(address).with_vector_engine(jieda_vectors::connect);
        assert!(
            !format!("{:?}", config.unwrap()).contains("secret"),
            "{address}"
        );
    }
    let refused = config("redis://a").with_vector_engine(jieda_vectors::connect);
    assert_eq!(refused.unwrap_err().fault(), Fault::Config);
}
