//! `jieda key`.

use std::io::Write as _;

use jieda::Timestamp;
use jieda_server::{AccessFile, NewKey};
use serde_json::{Value, json};

use super::{
    audit::audit,
    serve::{state_of, state_to_write},
};
use crate::{
    args::{
        Common,
        serve::{KeyCommand, KeyCreateArgs, KeyRevokeArgs, StateArgs},
    },
    paint::{DIM, GOOD, paint},
    table::{Align, Table},
};

pub(crate) fn run(common: &Common, command: &KeyCommand) -> anyhow::Result<()> {
    match command {
        KeyCommand::Create(args) => create(common, args),
        KeyCommand::List(state) => list(common, state),
        KeyCommand::Revoke(args) => revoke(common, args),
    }
}

fn create(common: &Common, args: &KeyCreateArgs) -> anyhow::Result<()> {
    let config = state_to_write(common, &args.state)?;
    let key = NewKey::make(&args.name, args.scopes.clone(), Timestamp::now())?;
    AccessFile::change(&config.state_file(jieda_server::ACCESS_FILE), |file| {
        file.keys.push(key.record.clone());
        anyhow::Ok(())
    })?;
    let about =
        json!({ "id": key.record.id, "name": key.record.name, "scopes": key.record.scopes });
    audit(&config.state_dir, "key_created", &about)?;
    let mut out = anstream::stdout().lock();
    if common.json {
        writeln!(out, "{}", json!({ "id": key.record.id, "key": key.text }))?;
    } else {
        writeln!(out, "{}", paint(GOOD, &key.text))?;
        let told = "只显示这一次，请现在保存；调用时放在 Authorization: Bearer 后面";
        writeln!(out, "{}", paint(DIM, told))?;
    }
    Ok(())
}

fn list(common: &Common, state: &StateArgs) -> anyhow::Result<()> {
    let config = state_of(common, state)?;
    let file = AccessFile::read(&config.state_file(jieda_server::ACCESS_FILE))?;
    let mut out = anstream::stdout().lock();
    if common.json {
        let keys = file.keys.iter().map(|key| {
            json!({
                "id": key.id, "name": key.name, "scopes": key.scopes,
                "created": key.created, "revoked": key.revoked,
            })
        });
        writeln!(out, "{:#}", Value::from_iter(keys))?;
        return Ok(());
    }
    if file.keys.is_empty() {
        writeln!(out, "还没有密钥：jieda key create --name 名称")?;
        return Ok(());
    }
    let mut table = Table::new(&[
        ("编号", Align::Left),
        ("名称", Align::Left),
        ("权限", Align::Left),
        ("建立", Align::Left),
        ("状态", Align::Left),
    ]);
    for key in &file.keys {
        let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        table.row(vec![
            key.id.clone(),
            key.name.clone(),
            scopes.join(","),
            key.created.strftime("%Y-%m-%d").to_string(),
            match key.revoked {
                None => "有效".into(),
                Some(at) => format!("{} 吊销", at.strftime("%Y-%m-%d")),
            },
        ]);
    }
    write!(out, "{}", table.render(0))?;
    Ok(())
}

fn revoke(common: &Common, args: &KeyRevokeArgs) -> anyhow::Result<()> {
    let config = state_to_write(common, &args.state)?;
    let path = config.state_file(jieda_server::ACCESS_FILE);
    AccessFile::change(&path, |file| {
        let key = file.keys.iter_mut().find(|key| key.id == args.id);
        let key =
            key.ok_or_else(|| anyhow::anyhow!("没有密钥 {}；jieda key list 列出全部", args.id))?;
        key.revoked.get_or_insert_with(Timestamp::now);
        Ok::<_, anyhow::Error>(())
    })?;
    audit(&config.state_dir, "key_revoked", &json!({ "id": args.id }))?;
    if !common.json {
        writeln!(anstream::stdout(), "密钥 {} 已吊销", args.id)?;
    }
    Ok(())
}
