//! `jieda model info`: all that a manifest says.

use std::io::Write as _;

use jieda::model::ModelManifest;

use super::{manifest_json, pooling, size, total};
use crate::{
    args::{Common, WhichModel},
    table::{Align, Table},
};

pub(crate) fn run(common: &Common, args: &WhichModel) -> anyhow::Result<()> {
    let dir = args.dir();
    let m = ModelManifest::load(&dir)?;
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{:#}", manifest_json(&dir, &m)?)?;
        return Ok(());
    }
    let quoted = |text: &str| format!("{text:?}");
    let rows = [
        ("名称", m.name.clone()),
        ("版本", m.version.clone()),
        ("编码器标识", m.encoder_id()?.to_string()),
        ("目录", dir.display().to_string()),
        ("网络", m.architecture.clone()),
        ("维数", m.dimensions.to_string()),
        ("最长输入", format!("{} 个词元", m.max_tokens)),
        ("池化", pooling(&m)),
        ("查询前缀", quoted(&m.query_prefix)),
        ("文档前缀", quoted(&m.passage_prefix)),
        ("许可证", m.licence.clone()),
        ("来源", m.source.clone()),
        ("大小", size(total(&m))),
    ];
    let mut table = Table::new(&[("项目", Align::Left), ("内容", Align::Left)]);
    for (what, value) in rows {
        table.row([what.to_owned(), value]);
    }
    writeln!(out, "{}", table.render(0))?;
    let mut files = Table::new(&[
        ("文件", Align::Left),
        ("字节", Align::Right),
        ("SHA-256", Align::Left),
    ]);
    for (name, file) in &m.files {
        files.row([name.clone(), file.bytes.to_string(), file.sha256.clone()]);
    }
    write!(out, "{}", files.render(0))?;
    Ok(())
}
