//! What is told of data directories and their releases.

use jieda::release::{Damage, ReleaseError, ReleaseFault, ReleaseId};

use super::{ENVIRONMENT, Explanation, INPUT, chain};

pub(super) fn explain(error: &ReleaseError) -> Explanation {
    let code = match error.fault() {
        ReleaseFault::Request => INPUT,
        ReleaseFault::Data | ReleaseFault::Environment => ENVIRONMENT,
    };
    Explanation {
        code,
        title: message(error),
        hint: hint(error),
    }
}

/// What is wrong, in one sentence or a list.
pub(crate) fn message(error: &ReleaseError) -> String {
    use ReleaseError as E;
    match error {
        E::NotADataDir(path) => format!("{} 不是数据目录", path.display()),
        E::Occupied { path, entry } => {
            format!(
                "{} 里已经有别的内容（{entry}），不能用作数据目录",
                path.display()
            )
        }
        E::NewerFormat {
            path,
            found,
            supported,
        } => format!(
            "{} 由更新的 jieda 写成（格式 {found}，本程序支持到 {supported}）",
            path.display()
        ),
        E::BadDataFile { path, message } => format!("{} 无法识别：{message}", path.display()),
        E::CurrentDamaged { path, message } => format!("{} 已损坏：{message}", path.display()),
        E::NothingCurrent(path) => format!("{} 里还没有发布过任何版本", path.display()),
        E::NoSuchRelease { asked, existing } => {
            format!("没有版本“{asked}”；{}", there_are(existing))
        }
        E::Ambiguous { asked, candidates } => {
            format!("“{asked}”可能是 {} 中的任何一个", joined(candidates))
        }
        E::NothingBefore { existing } => format!("没有更早的版本可以回退；{}", there_are(existing)),
        E::Foreign { message } => format!("取来的版本清单已损坏：{message}"),
        E::Damaged { id, path, damage } => {
            let damage: Vec<String> = damage.iter().map(damaged).collect();
            format!(
                "版本 {id} 已损坏（{}）：\n{}",
                path.display(),
                damage.join("\n")
            )
        }
        E::Busy { path, by } => {
            let who = by.as_ref().map_or_else(String::new, |holder| {
                format!(
                    "{}（进程 {}，从 {} 起）",
                    holder.by, holder.pid, holder.since
                )
            });
            format!("{} 正在由他人发布{who}", path.display())
        }
        E::UnfitDraft { .. }
        | E::EmptyDraft(_)
        | E::UnfitPath(_)
        | E::NoSuchFile { .. }
        | E::File { .. } => chain(error),
        E::Clock(time) => format!("时间 {time} 无法用来给版本编号"),
    }
}

fn hint(error: &ReleaseError) -> &'static str {
    use ReleaseError as E;
    match error {
        E::NotADataDir(_) | E::NothingCurrent(_) => {
            "请先发布：jieda kb publish 知识库目录 --data 数据目录"
        }
        E::Occupied { .. } => "请换一个新的或空的目录。",
        E::NewerFormat { .. } => "请升级 jieda。",
        E::BadDataFile { .. } => "文件里应当写着 format = 1。",
        E::CurrentDamaged { .. } => {
            "请指定一个版本来修复：jieda kb rollback 版本 --data 数据目录（版本见 jieda kb list）"
        }
        E::NoSuchRelease { .. } | E::Ambiguous { .. } => "全部版本见 jieda kb list。",
        E::NothingBefore { .. } => "",
        E::Foreign { .. } => "请重新发布这个版本。",
        E::Damaged { .. } => "请回退到完好的版本（jieda kb rollback 版本），或重新发布。",
        E::Busy { .. } => "请等它结束再试。",
        E::Clock(_) => "请检查系统时钟。",
        E::UnfitDraft { .. }
        | E::EmptyDraft(_)
        | E::UnfitPath(_)
        | E::NoSuchFile { .. }
        | E::File { .. } => "请检查磁盘空间和文件权限。",
    }
}

fn damaged(damage: &Damage) -> String {
    match damage {
        Damage::Manifest { message } => format!("  manifest.json：{message}"),
        Damage::Missing { path } => format!("  {path}：不见了"),
        Damage::Surplus { path } => format!("  {path}：多出来的文件"),
        Damage::Size {
            path,
            expected,
            found,
        } => format!("  {path}：应有 {expected} 字节，现有 {found} 字节"),
        Damage::Contents { path } => format!("  {path}：内容变了"),
        Damage::Unreadable { path, message } => format!("  {path}：无法读取：{message}"),
        other => format!("  {other}"),
    }
}

fn there_are(releases: &[ReleaseId]) -> String {
    if releases.is_empty() {
        "一个版本也没有".into()
    } else {
        format!("已有 {}", joined(releases))
    }
}

fn joined(releases: &[ReleaseId]) -> String {
    let ids: Vec<String> = releases.iter().map(ToString::to_string).collect();
    ids.join("、")
}
