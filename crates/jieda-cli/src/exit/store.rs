//! What is told of stores.

use jieda_store::StoreError;

use super::{ENVIRONMENT, Explanation, INPUT, chain, internal};

pub(super) fn explain(error: &StoreError) -> Explanation {
    use StoreError as E;
    let (code, title, hint) = match error {
        E::Missing { path } => (
            INPUT,
            format!("没有会话库 {}", path.display()),
            "会话库由 jieda chat --store 或 jieda ask --store 建立。",
        ),
        E::Foreign { path, .. } => (
            INPUT,
            format!("{} 不是 jieda 的会话库，未作改动", path.display()),
            "请检查 --store。",
        ),
        E::Newer { path, found, known } => (
            INPUT,
            format!(
                "{} 由更新的 jieda 写成（格式 {found}，本程序支持到 {known}），未作改动",
                path.display()
            ),
            "请升级 jieda。",
        ),
        E::UnknownConversation(id) => (
            INPUT,
            format!("会话库里没有会话 {id}"),
            "jieda log 列出最近的会话。",
        ),
        E::Cursor => (
            INPUT,
            "--after 的值不是这种列表的".into(),
            "请照抄上一页给出的值。",
        ),
        E::Damaged { what } => (
            ENVIRONMENT,
            format!("会话库已损坏：{what}"),
            "请从备份恢复会话库。",
        ),
        E::Locked => (
            ENVIRONMENT,
            "会话库正被另一个进程占用".into(),
            "请稍后再试。",
        ),
        E::Busy => (ENVIRONMENT, "会话库写入太慢，跟不上".into(), "请稍后再试。"),
        E::Database { .. } => (
            ENVIRONMENT,
            format!("会话库读写出错：{}", chain(error)),
            "请检查磁盘空间和文件权限。",
        ),
        _ => return internal(&chain(error)),
    };
    Explanation { code, title, hint }
}
