//! `jieda user`.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use jieda::Timestamp;
use jieda_server::{ACCESS_FILE, AccessFile, UserRecord};
use serde_json::{Value, json};

use super::{
    audit::audit,
    serve::{state_of, state_to_write},
};
use crate::{
    args::{
        Common,
        serve::{StateArgs, UserAddArgs, UserCommand, UserRemoveArgs},
    },
    table::{Align, Table},
};

/// Shortest password, in characters.
const LEAST: usize = 8;

pub(crate) fn run(common: &Common, command: &UserCommand) -> anyhow::Result<()> {
    match command {
        UserCommand::Add(args) => add(common, args),
        UserCommand::List(state) => list(common, state),
        UserCommand::Remove(args) => remove(common, args),
    }
}

fn add(common: &Common, args: &UserAddArgs) -> anyhow::Result<()> {
    let config = state_to_write(common, &args.state)?;
    let password = password()?;
    anyhow::ensure!(password.chars().count() >= LEAST, "密码至少 {LEAST} 个字符");
    let user = UserRecord::new(&args.name, args.role, &password, Timestamp::now())?;
    AccessFile::change(&config.state_file(ACCESS_FILE), |file| {
        file.users.retain(|other| other.name != user.name);
        file.users.push(user.clone());
        anyhow::Ok(())
    })?;
    let about = json!({ "name": args.name, "role": args.role });
    audit(&config.state_dir, "user_added", &about)?;
    if !common.json {
        writeln!(
            anstream::stdout(),
            "用户 {}（{}）可以登录控制台了",
            args.name,
            args.role
        )?;
    }
    Ok(())
}

/// A line of standard input; on a terminal it is not shown.
fn password() -> anyhow::Result<String> {
    if std::io::stdin().is_terminal() {
        return Ok(rpassword::prompt_password("密码：")?);
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn list(common: &Common, state: &StateArgs) -> anyhow::Result<()> {
    let config = state_of(common, state)?;
    let file = AccessFile::read(&config.state_file(ACCESS_FILE))?;
    let mut out = anstream::stdout().lock();
    if common.json {
        let users = file
            .users
            .iter()
            .map(|user| json!({ "name": user.name, "role": user.role, "changed": user.changed }));
        writeln!(out, "{:#}", Value::from_iter(users))?;
        return Ok(());
    }
    if file.users.is_empty() {
        writeln!(out, "还没有用户：jieda user add 名字 --role publisher")?;
        return Ok(());
    }
    let mut table = Table::new(&[
        ("用户", Align::Left),
        ("角色", Align::Left),
        ("更新", Align::Left),
    ]);
    for user in &file.users {
        table.row(vec![
            user.name.clone(),
            user.role.to_string(),
            user.changed.strftime("%Y-%m-%d").to_string(),
        ]);
    }
    write!(out, "{}", table.render(0))?;
    Ok(())
}

fn remove(common: &Common, args: &UserRemoveArgs) -> anyhow::Result<()> {
    let config = state_to_write(common, &args.state)?;
    AccessFile::change(&config.state_file(ACCESS_FILE), |file| {
        let before = file.users.len();
        file.users.retain(|user| user.name != args.name);
        anyhow::ensure!(file.users.len() < before, "没有用户 {}", args.name);
        Ok(())
    })?;
    audit(
        &config.state_dir,
        "user_removed",
        &json!({ "name": args.name }),
    )?;
    if !common.json {
        writeln!(anstream::stdout(), "用户 {} 已删除", args.name)?;
    }
    Ok(())
}
