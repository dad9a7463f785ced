//! `jieda doctor`: whether everything that the service needs is in order.

use std::{io::Write as _, net::TcpListener};

use jieda::{Engine, KnowledgeBase, model::TransformerEncoder, release::DataDir};
use jieda_server::{ACCESS_FILE, AccessFile, Knowledge, ServerConfig};
use jieda_store::{AnyStore, Location};
use serde_json::json;

use super::serve::state_of;
use crate::{
    args::{Common, serve::StateArgs},
    exit,
    paint::{BAD, GOOD, WARN, paint},
};

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    state: State,
    detail: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    /// It works, and is worth knowing.
    Notice,
    Bad,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Notice => "notice",
            Self::Bad => "problem",
        }
    }
}

pub(crate) fn run(common: &Common, args: &StateArgs) -> anyhow::Result<()> {
    let config = state_of(common, args)?;
    let findings = [
        model(&config),
        knowledge(&config),
        answer(&config),
        state_dir(&config),
        access(&config),
        store(&config)?,
        port("HTTP 端口", Some(config.http)),
        port("gRPC 端口", config.grpc),
    ];
    let mut out = anstream::stdout().lock();
    if common.json {
        let list = findings.iter().map(|finding| {
            json!({ "what": finding.what, "state": finding.state.name(), "detail": finding.detail })
        });
        writeln!(out, "{:#}", serde_json::Value::from_iter(list))?;
    } else {
        for finding in &findings {
            let mark = match finding.state {
                State::Good => paint(GOOD, "✓").to_string(),
                State::Notice => paint(WARN, "!").to_string(),
                State::Bad => paint(BAD, "✗").to_string(),
            };
            writeln!(out, "{mark} {}：{}", finding.what, finding.detail)?;
        }
    }
    if findings.iter().any(|finding| finding.state == State::Bad) {
        return Err(exit::Said(exit::INPUT).into());
    }
    Ok(())
}

fn looked<T, E: std::fmt::Display>(
    what: &'static str,
    result: Result<T, E>,
    good: impl FnOnce(T) -> String,
) -> Finding {
    match result {
        Ok(value) => Finding {
            what,
            state: State::Good,
            detail: good(value),
        },
        Err(error) => Finding {
            what,
            state: State::Bad,
            detail: error.to_string(),
        },
    }
}

fn model(config: &ServerConfig) -> Finding {
    let engine = &config.engine;
    let loaded = TransformerEncoder::load_with(&engine.model_dir, &engine.model_options);
    looked("模型", loaded, |_| engine.model_dir.display().to_string())
}

fn knowledge(config: &ServerConfig) -> Finding {
    match &config.knowledge {
        Knowledge::Folder(dir) => looked("知识库", KnowledgeBase::load(dir), |kb| {
            format!("{}，{} 条常见问题（目录，只读）", kb.name, kb.faqs.len())
        }),
        Knowledge::Data(dir) => {
            let current = DataDir::open(dir).and_then(|data| {
                let release = data.open_current()?;
                release.verify()?;
                Ok(release)
            });
            looked("知识库", current, |release| {
                let about = &release.manifest().about;
                format!(
                    "{}，版本 {}，{} 条常见问题",
                    about.name,
                    release.id(),
                    about.faqs
                )
            })
        }
    }
}

fn answer(config: &ServerConfig) -> Finding {
    let engine = match &config.knowledge {
        Knowledge::Folder(dir) => Engine::open(&config.engine, dir, &mut |_| {}),
        Knowledge::Data(dir) => DataDir::open(dir)
            .and_then(|data| data.open_current())
            .map_err(Into::into)
            .and_then(|release| Engine::of_release(&config.engine, &release, None)),
    };
    let answered = engine.and_then(|engine| engine.classify("你好"));
    looked("回答", answered, |_| "能够回答".into())
}

fn state_dir(config: &ServerConfig) -> Finding {
    let dir = &config.state_dir;
    if !dir.exists() {
        return Finding {
            what: "状态目录",
            state: State::Good,
            detail: format!("{}（第一次启动时建立）", dir.display()),
        };
    }
    let written = tempfile::Builder::new().prefix(".jieda-").tempfile_in(dir);
    looked("状态目录", written, |_| dir.display().to_string())
}

fn access(config: &ServerConfig) -> Finding {
    let read = AccessFile::read(&config.state_file(ACCESS_FILE));
    let is_open = matches!(&read, Ok(file) if file.keys.is_empty() && file.users.is_empty());
    let finding = looked("密钥和用户", read, |file| {
        let keys = file.keys.iter().filter(|key| key.revoked.is_none()).count();
        format!("{keys} 个有效密钥，{} 个用户", file.users.len())
    });
    let addresses = [Some(config.http), config.grpc];
    if is_open && addresses.iter().flatten().any(|a| !a.ip().is_loopback()) {
        return Finding {
            state: State::Bad,
            detail: "没有密钥也没有用户，却要监听其他机器能访问的地址：jieda key create".into(),
            ..finding
        };
    }
    if is_open {
        return Finding {
            state: State::Notice,
            detail: "没有密钥也没有用户：只能从本机访问，谁都可以编辑和发布".into(),
            ..finding
        };
    }
    finding
}

fn store(config: &ServerConfig) -> anyhow::Result<Finding> {
    let Some(location) = &config.store else {
        return Ok(Finding {
            what: "会话库",
            state: State::Notice,
            detail: "没有（server.store = \"none\"）：会话只在内存里".into(),
        });
    };
    if matches!(location, Location::File(file) if !file.exists()) {
        return Ok(Finding {
            what: "会话库",
            state: State::Good,
            detail: format!("{location}（第一次启动时建立）"),
        });
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let opened = runtime.block_on(AnyStore::open(location));
    Ok(looked("会话库", opened, |_| location.to_string()))
}

fn port(what: &'static str, address: Option<std::net::SocketAddr>) -> Finding {
    match address {
        None => Finding {
            what,
            state: State::Notice,
            detail: "关闭".into(),
        },
        Some(address) => match TcpListener::bind(address) {
            Err(e) if e.kind() == std::io::ErrorKind::AddrInUse => Finding {
                what,
                state: State::Notice,
                detail: format!("{address} 已被占用：服务可能正在运行"),
            },
            bound => looked(what, bound, |_| address.to_string()),
        },
    }
}
