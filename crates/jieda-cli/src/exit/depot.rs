//! What is told of depots.

use jieda_depot::{DepotError, DepotFault};

use super::{ENVIRONMENT, Explanation, INPUT, chain, release};

pub(super) fn explain(error: &DepotError) -> Explanation {
    use DepotError as E;
    let code = match error.fault() {
        DepotFault::Request => INPUT,
        DepotFault::Data | DepotFault::Environment => ENVIRONMENT,
    };
    let (title, hint) = match error {
        E::Release(error) => return release::explain(error),
        E::Address { url, message } => (
            format!("{url} 不是对象存储的地址：{message}"),
            "写成 s3://桶/前缀（OSS、COS、MinIO 也用它，并设 AWS_ENDPOINT）、gs://…、az://容器/…，或 file:///目录。",
        ),
        E::Storage { place, source } => (
            format!("{place} 读写出错：{}", chain(source.as_ref())),
            "请检查地址、网络和环境变量里的密钥（AWS_…、GOOGLE_…、AZURE_…）；jieda depot check 逐项试一遍。",
        ),
        E::Damaged {
            place,
            object,
            message,
        } => (
            format!("{place}/{object} 已损坏：{message}"),
            "请从备份恢复这个对象，或删除它之后重新 jieda depot push。",
        ),
        E::NewerFormat {
            place,
            found,
            supported,
            ..
        } => (
            format!("{place} 由更新的 jieda 写成（格式 {found}，本程序支持到 {supported}）"),
            "请升级 jieda。",
        ),
        E::Empty(place) => (
            format!("{place} 里还没有发布过任何版本"),
            "先用 jieda depot push 发布一个。",
        ),
        E::Overtaken => (
            "有人刚刚发布或回退了版本，这一次没有生效".into(),
            "先用 jieda depot show 看看现在的情况，再决定。",
        ),
        E::NoSuchRelease { place, id } => (
            format!("{place} 里没有版本 {id}"),
            "jieda depot show 列出库里的版本。",
        ),
        E::NothingBefore(place) => (
            format!("{place} 里没有更早的版本可以回退"),
            "jieda depot show 列出库里的版本。",
        ),
        E::NoRollout(place) => (format!("{place} 里没有正在灰度的版本"), ""),
        E::Unconditional(place) => (
            format!("{place} 会覆盖已有的对象，即使要求只在不存在时创建"),
            "两处同时发布可能互相覆盖：请只在一处发布，或换一个支持 If-None-Match 的存储。",
        ),
        E::File { path, source } => (
            format!("{}：{source}", path.display()),
            "请检查磁盘空间和文件权限。",
        ),
        E::Broken(why) => (format!("操作中断：{why}"), "请重试。"),
    };
    Explanation { code, title, hint }
}
