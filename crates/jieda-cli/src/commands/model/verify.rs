//! `jieda model verify`: hashes every file, and tells all that is wrong at once.

use std::io::Write as _;

use jieda::model::ModelManifest;
use serde_json::json;

use super::{ModelFaults, size, total};
use crate::args::{Common, WhichModel};

pub(crate) fn run(common: &Common, args: &WhichModel) -> anyhow::Result<()> {
    let dir = args.dir();
    let (files, bytes, faults) = match ModelManifest::load(&dir) {
        Ok(manifest) => {
            let faults = manifest.verify(&dir);
            (manifest.files.len(), total(&manifest), faults)
        }
        Err(error) => (0, 0, vec![error]),
    };
    let mut out = anstream::stdout().lock();
    if common.json {
        let texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let value = json!({ "dir": dir, "sound": texts.is_empty(), "faults": texts });
        writeln!(out, "{value:#}")?;
    } else if faults.is_empty() {
        writeln!(
            out,
            "完好：{}，{files} 个文件，{}。",
            dir.display(),
            size(bytes)
        )?;
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(ModelFaults(faults).into())
    }
}
