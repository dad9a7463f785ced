//! Exit codes, in one place.
//!
//! | code | meaning |
//! |---|---|
//! | 0 | success |
//! | 1 | the input is faulty: utterance, knowledge base, labels, configuration |
//! | 2 | the command line is faulty (clap's own) |
//! | 3 | the model is missing or damaged |
//! | 4 | the environment: disk, permissions, cache, network |
//! | 70 | a bug in jieda |

mod depot;
mod release;
mod server;
mod store;

use std::{io::Write as _, panic::PanicHookInfo, process::ExitCode};

use jieda::{EngineError, ExportError, Fault, Faults, release::ReleaseError, types::StageError};

use jieda::model::{ArtifactError, ArtifactKind, IntentFitError, ModelError, train::TrainError};
use jieda_depot::DepotError;
use jieda_eval::adapt::{AdaptError, MIN_QUERIES};
use jieda_server::{AccessFileError, StartError};
use jieda_store::StoreError;

use crate::{commands::model::ModelFaults, paint};

pub(crate) use release::message as release_message;

pub(crate) const INPUT: u8 = 1;
const MODEL: u8 = 3;
const ENVIRONMENT: u8 = 4;
pub(crate) const INTERNAL: u8 = 70;

/// A failure of which everything has been said on standard output: only the code is left.
#[derive(Debug, thiserror::Error)]
#[error("exit code {0}")]
pub(crate) struct Said(pub(crate) u8);

/// How an error is told to a person.
struct Explanation {
    code: u8,
    title: String,
    hint: &'static str,
}

/// Prints an error and gives its exit code. A reader that went away (`jieda … | head`) is no error.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    if let Some(e) = error.downcast_ref::<std::io::Error>()
        && e.kind() == std::io::ErrorKind::BrokenPipe
    {
        return ExitCode::SUCCESS;
    }
    if let Some(Said(code)) = error.downcast_ref() {
        return ExitCode::from(*code);
    }
    let Explanation { code, title, hint } = explain(error);
    let mut stderr = anstream::stderr();
    // Nothing is left to do when standard error is closed.
    let _ = writeln!(
        stderr,
        "{}错误{}：{title}",
        paint::BAD.render(),
        paint::BAD.render_reset()
    );
    if !hint.is_empty() {
        let _ = writeln!(
            stderr,
            "{}提示{}：{hint}",
            paint::DIM.render(),
            paint::DIM.render_reset()
        );
    }
    ExitCode::from(code)
}

pub(crate) fn report_panic(info: &PanicHookInfo<'_>) {
    let place = info
        .location()
        .map_or(String::new(), |l| format!("（{}:{}）", l.file(), l.line()));
    let _ = writeln!(
        anstream::stderr(),
        "错误：程序内部出错{place}，这是 jieda 的缺陷。请带上所用的命令和版本号反馈给我们。"
    );
}

/// Exit code and message of an error, for a program that reads JSON.
pub(crate) fn code_and_message(error: &anyhow::Error) -> (u8, String) {
    let explanation = explain(error);
    (explanation.code, explanation.title)
}

fn explain(error: &anyhow::Error) -> Explanation {
    if let Some(faults) = error.downcast_ref::<Faults>() {
        return knowledge(faults);
    }
    if let Some(e) = error.downcast_ref::<EngineError>() {
        return engine(e);
    }
    if let Some(faults) = error.downcast_ref::<ModelFaults>() {
        return model(&format!("有 {} 处问题：\n{faults}", faults.0.len()));
    }
    if let Some(e) = error.downcast_ref::<ModelError>() {
        return model_error(e);
    }
    #[cfg(feature = "hub")]
    if let Some(e) = error.downcast_ref::<jieda::model::HubError>() {
        return hub(e);
    }
    if let Some(e) = error.downcast_ref::<TrainError>() {
        return training(e);
    }
    if let Some(e) = error.downcast_ref::<ReleaseError>() {
        return release::explain(e);
    }
    if let Some(e) = error.downcast_ref::<DepotError>() {
        return depot::explain(e);
    }
    if let Some(e) = error.downcast_ref::<StartError>() {
        return server::explain(e);
    }
    if let Some(e) = error.downcast_ref::<AccessFileError>() {
        return environment(e.to_string());
    }
    if let Some(e) = error.downcast_ref::<StoreError>() {
        return store::explain(e);
    }
    if let Some(e) = error.downcast_ref::<ExportError>() {
        return match e {
            ExportError::Unwritable { .. } => environment(e.to_string()),
            _ => Explanation {
                code: INPUT,
                title: format!("导出失败：{e}"),
                hint: "",
            },
        };
    }
    if let Some(e) = error.downcast_ref::<ArtifactError>() {
        return artifact(e);
    }
    if let Some(e) = error.downcast_ref::<IntentFitError>() {
        return fitting(e);
    }
    if let Some(e) = error.downcast_ref::<AdaptError>() {
        return adapting(e);
    }
    if let Some(e) = error.downcast_ref::<StageError>() {
        return internal(&chain(e));
    }
    if error.downcast_ref::<std::io::Error>().is_some() {
        return environment(format!("{error:#}"));
    }
    Explanation {
        code: INPUT,
        title: format!("{error:#}"),
        hint: "",
    }
}

fn environment(title: String) -> Explanation {
    Explanation {
        code: ENVIRONMENT,
        title,
        hint: "请检查磁盘空间和文件权限。",
    }
}

fn engine(error: &EngineError) -> Explanation {
    match error {
        EngineError::Artifact(e) => return artifact(e),
        EngineError::Release(e) => return release::explain(e),
        EngineError::Model(e) => return model_error(e),
        _ => {}
    }
    let chain = chain(error);
    match (error, error.fault()) {
        (EngineError::EmptyUtterance, _) => Explanation {
            code: INPUT,
            title: "问题是空的：没有任何可见的文字。".into(),
            hint: "请输入一句话，例如 jieda ask 怎么退货",
        },
        (EngineError::UtteranceTooLong { bytes, limit }, _) => Explanation {
            code: INPUT,
            title: format!("问题太长：{bytes} 字节，上限为 {limit} 字节。"),
            hint: "请截短文本，或在配置里调大 input.max_bytes。",
        },
        (EngineError::Knowledge(faults), _) => knowledge(faults),
        (_, Fault::Config) => Explanation {
            code: INPUT,
            title: format!("配置有误：{chain}"),
            hint: "jieda config default 列出全部配置项及其说明；策略见 crates/jieda-decision/policy.toml。",
        },
        (_, Fault::Model) => Explanation {
            code: MODEL,
            title: format!("模型不可用：{chain}"),
            hint: "请检查 --model 或配置里的 model.dir；文件损坏时请重新获取模型目录。",
        },
        (EngineError::ForeignVectors(e), _) => Explanation {
            code: INPUT,
            title: format!("向量是模型 {} 生成的，现在用的是 {}", e.index, e.query),
            hint: "请重新发布（jieda kb publish），或换回当时的模型（--model，或配置里的 model.dir）。",
        },
        (EngineError::Vectors(_), _) => Explanation {
            code: ENVIRONMENT,
            title: format!("向量引擎不可用：{chain}"),
            hint: "请检查 search.vectors 的地址，以及该服务是否在运行；此项留空则在版本自带的索引里检索。",
        },
        (_, Fault::Environment) => Explanation {
            code: ENVIRONMENT,
            title: format!("磁盘或系统资源出错：{chain}"),
            hint: "请检查磁盘空间和权限，或用 JIEDA_CACHE_DIR 换一个目录；缓存目录可以随时删除。",
        },
        (
            _,
            Fault::Input | Fault::Knowledge | Fault::Request | Fault::Release | Fault::Internal,
        ) => internal(&chain),
    }
}

fn training(error: &TrainError) -> Explanation {
    let input = |title: String, hint| Explanation {
        code: INPUT,
        title,
        hint,
    };
    match error {
        TrainError::Model(e) => model_error(e),
        TrainError::Intents(e) => fitting(e),
        TrainError::Head(e) => artifact(e),
        TrainError::NoPairs => input(
            "没有可以学习的数据：一个知识库至少要有 4 条常见问题，每条至少两种说法".into(),
            "请给出更多相似问法，或用 --log 给出标注问句。",
        ),
        TrainError::NoSuchLayer { layer, last } => input(
            format!("模型没有第 {layer} 层：层号是 0 到 {last}"),
            "请检查 --layers。",
        ),
        TrainError::NoHeldOut => input(
            "没有可以留出来检验的问句".into(),
            "请用 --validate 给出一个验证用的知识库，或给出至少 5 条有两种说法的常见问题。",
        ),
        TrainError::Option { name, reason } => input(format!("参数 {name} 有误：{reason}"), ""),
        TrainError::AtWork(dir) => input(
            format!("{} 里有另一次训练正在进行", dir.display()),
            "请等它结束，或换一个 --out。",
        ),
        TrainError::OutputExists(dir) => input(
            format!("{} 已经存在", dir.display()),
            "请换一个 --out，或先移走它。",
        ),
        TrainError::ForeignCheckpoint(path) => input(
            format!(
                "{} 是另一次训练的检查点：数据、原模型或参数不同",
                path.display()
            ),
            "请用当时的命令继续，或换一个 --out，或删除这个检查点所在的目录。",
        ),
        TrainError::Diverged { epoch, step } => input(
            format!("训练发散：第 {epoch} 轮第 {step} 步的梯度不是有限的数"),
            "请降低 --learning-rate。",
        ),
        TrainError::File { .. } | TrainError::Threads(_) => environment(chain(error)),
        TrainError::Compute(_) => internal(&chain(error)),
    }
}

fn artifact(error: &ArtifactError) -> Explanation {
    let name = |kind: &ArtifactKind| match kind {
        ArtifactKind::Adapter => "适配器",
        ArtifactKind::IntentHead => "意图分类器",
    };
    match error {
        ArtifactError::File { .. } => environment(chain(error)),
        ArtifactError::Damaged {
            kind,
            path,
            message,
        } => Explanation {
            code: INPUT,
            title: format!("{} {} 已损坏：{message}", name(kind), path.display()),
            hint: match kind {
                ArtifactKind::Adapter => "请重新训练（jieda train adapter），或删去这个文件。",
                ArtifactKind::IntentHead => "请重新训练（jieda train intent），或删去这个文件。",
            },
        },
        ArtifactError::Foreign {
            kind,
            path,
            fitted_on,
            encoder,
        } => Explanation {
            code: INPUT,
            title: format!(
                "{} {} 是为模型 {fitted_on} 训练的，现在用的是 {encoder}",
                name(kind),
                path.display()
            ),
            hint: match kind {
                ArtifactKind::Adapter => {
                    "请重新训练（jieda train adapter），或删去这个文件，或换回当时的模型。"
                }
                ArtifactKind::IntentHead => {
                    "请重新训练（jieda train intent），或删去这个文件，或换回当时的模型。"
                }
            },
        },
    }
}

fn fitting(error: &IntentFitError) -> Explanation {
    match error {
        IntentFitError::TooFewIntents(found) => Explanation {
            code: INPUT,
            title: format!("数据里只有 {found} 个意图，分不出什么来"),
            hint: "至少要两个意图，或一个意图加上不属于它的文本（intent 为 null）。",
        },
        IntentFitError::TooManyIntents { intents, most } => Explanation {
            code: INPUT,
            title: format!("{intents} 个意图对这种方法太多了，最多 {most} 个"),
            hint: "请用 --method neighbours，或不写 --method。",
        },
        IntentFitError::NothingHeldOut => Explanation {
            code: INPUT,
            title: "没有可以留出来检验的文本".into(),
            hint: "请给每个意图更多文本，或用较小的 --held-out。",
        },
        IntentFitError::Lengths => internal(&chain(error)),
    }
}

fn adapting(error: &AdaptError) -> Explanation {
    match error {
        AdaptError::TooFew { found } => Explanation {
            code: INPUT,
            title: format!("不同的标注问句只有 {found} 条，至少要 {MIN_QUERIES} 条"),
            hint: "用 --log 指定标注文件，每行 {\"text\",\"faq\"}；split 为 test 的行不会被使用。",
        },
        AdaptError::Engine(e) => engine(e),
        AdaptError::Model(e) => model_error(e),
        AdaptError::NoVectors => internal(&chain(error)),
    }
}

fn model_error(error: &ModelError) -> Explanation {
    match error {
        ModelError::Unwritable { .. } | ModelError::Threads { .. } => environment(chain(error)),
        ModelError::Device { .. } => Explanation {
            code: INPUT,
            title: chain(error),
            hint: "请检查配置里的 model.device。",
        },
        _ => model(&chain(error)),
    }
}

fn model(what: &str) -> Explanation {
    Explanation {
        code: MODEL,
        title: format!("模型不可用：{what}"),
        hint: "文件缺失或损坏时请重新获取模型目录：jieda model pull。",
    }
}

#[cfg(feature = "hub")]
fn hub(error: &jieda::model::HubError) -> Explanation {
    use jieda::model::HubError as E;
    let (code, title, hint) = match error {
        E::Unreachable { endpoint, message } => (
            ENVIRONMENT,
            format!("无法连接模型仓库 {endpoint}：{message}"),
            "已下载的部分会保留，再次执行同一命令即可续传。\n\
             可以用环境变量 HF_ENDPOINT 指定镜像站，例如 HF_ENDPOINT=https://镜像站\n\
             离线机器：在能上网的机器上下载模型目录，拷贝过来，再执行 jieda model pull 目录",
        ),
        E::NotFound { endpoint, what } => (
            INPUT,
            format!("{endpoint} 上没有 {what}"),
            "请检查仓库名、--revision 的拼写。",
        ),
        E::Refused {
            endpoint,
            what,
            status,
        } => (
            INPUT,
            format!("{endpoint} 拒绝访问 {what}（HTTP {status}）：仓库不存在，或需要权限"),
            "请检查仓库名；私有或需要申请的模型，请用环境变量 HF_TOKEN 提供访问令牌。",
        ),
        E::Insecure { endpoint } => (
            INPUT,
            format!("{endpoint} 没有加密，HF_TOKEN 不会发给它"),
            "请把 HF_ENDPOINT 改为 https:// 地址；不需要令牌时请取消 HF_TOKEN。",
        ),
        E::Name(name) => (
            INPUT,
            format!("`{name}` 不是仓库名或版本名，也不是本机的目录"),
            "",
        ),
        E::Lacks { repo, missing } => (
            INPUT,
            format!("{repo} 缺少文件：{missing}"),
            "只支持含 config.json、tokenizer.json 和 model.safetensors 的模型。",
        ),
        E::Answer { endpoint, message } => (
            ENVIRONMENT,
            format!("{endpoint} 的回答无法识别：{message}"),
            "请检查 HF_ENDPOINT 是否指向 Hugging Face 的镜像站。",
        ),
        E::Damaged { file } => (
            ENVIRONMENT,
            format!("{file} 在传输中损坏，已删除"),
            "请再执行一次同一命令。",
        ),
        E::Write { path, source } => (
            ENVIRONMENT,
            format!("无法写入 {}：{source}", path.display()),
            "请检查磁盘空间和文件权限。",
        ),
    };
    Explanation { code, title, hint }
}

fn internal(chain: &str) -> Explanation {
    Explanation {
        code: INTERNAL,
        title: format!("内部错误：{chain}"),
        hint: "这是 jieda 的缺陷，请带上所用的命令和版本号反馈给我们。",
    }
}

fn knowledge(faults: &Faults) -> Explanation {
    if faults.are_of_the_disk() {
        return environment(faults.to_string());
    }
    Explanation {
        code: INPUT,
        title: format!("数据文件有 {} 处问题：\n{faults}", faults.errors.len()),
        hint: "位置的写法是 文件:行:列，表格是 文件〔工作表〕列行；改好以后再试一次。",
    }
}

/// The error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
