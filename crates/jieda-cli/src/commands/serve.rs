//! `jieda serve`.

use std::io::Write as _;

use jieda::{ConfigSource, EngineConfig, release::DataDir};
use jieda_server::{Addresses, Knowledge, ServerConfig, Tenant};
use serde_json::json;

use crate::{
    args::{
        Common,
        serve::{ServeArgs, StateArgs},
    },
    paint::{DIM, GOOD, WARN, paint},
};

pub(crate) fn run(common: &Common, args: &ServeArgs) -> anyhow::Result<()> {
    let source = source_of(common, args)?;
    let config = whole(&source, common)?;
    let tenants = ServerConfig::tenants(&source)?.into_iter().map(|tenant| {
        let config = with_vector_engine(tenant.config)?;
        anyhow::Ok(Tenant { config, ..tenant })
    });
    let tenants = tenants.collect::<Result<Vec<_>, _>>()?;
    let tls = config.tls.is_some();
    warn_of_unknown(&common.source()?);
    if !common.json {
        let names: Vec<&str> = tenants.iter().map(|tenant| tenant.name.as_str()).collect();
        let told = match &config.knowledge {
            _ if !tenants.is_empty() => format!("{} 个租户（{}）", names.len(), names.join("、")),
            Knowledge::Folder(dir) => format!("知识库目录 {}（只读）", dir.display()),
            Knowledge::Data(dir) => format!("数据目录 {}", dir.display()),
        };
        let _ = writeln!(anstream::stderr(), "正在载入：{told}……");
    }
    let paths: Vec<String> = match tenants.is_empty() {
        true => vec![String::new()],
        false => tenants.iter().map(|t| format!("/t/{}", t.name)).collect(),
    };
    let mut ready = |addresses: Addresses| {
        // Nobody need read it: the service goes on when standard output is closed.
        let _ = match common.json {
            true => tell_program(&addresses),
            false => tell_person(&addresses, if tls { "https" } else { "http" }, &paths),
        };
    };
    Ok(jieda_server::run_tenants(config, tenants, &mut ready)?)
}

fn source_of(common: &Common, args: &ServeArgs) -> anyhow::Result<ConfigSource> {
    let mut source = common.source()?;
    if let Some(tenants) = &args.tenants {
        source = source.with("server.tenants", tenants.to_string_lossy().into_owned());
    }
    if let Some(http) = args.http {
        source = source.with("server.http", http.to_string());
    }
    if let Some(grpc) = &args.grpc {
        source = source.with("server.grpc", grpc.clone());
    }
    if let Some(store) = &args.store {
        source = source.with("server.store", store.to_string_lossy().into_owned());
    }
    if let Some(dir) = &args.state.state_dir {
        source = source.with("server.state_dir", dir.to_string_lossy().into_owned());
    }
    Ok(source)
}

/// The same for a command that writes there: a data directory is made before anything is put into it.
pub(super) fn state_to_write(common: &Common, state: &StateArgs) -> anyhow::Result<ServerConfig> {
    let config = state_of(common, state)?;
    if let Knowledge::Data(data) = &config.knowledge {
        DataDir::create(data)?;
    }
    Ok(config)
}

/// The configuration of the service, for commands beside it.
pub(super) fn state_of(common: &Common, state: &StateArgs) -> anyhow::Result<ServerConfig> {
    let mut source = common.source()?;
    if let Some(dir) = &state.state_dir {
        source = source.with("server.state_dir", dir.to_string_lossy().into_owned());
    }
    whole(&source, common)
}

/// With the vector engine that it names.
fn whole(source: &ConfigSource, common: &Common) -> anyhow::Result<ServerConfig> {
    with_vector_engine(ServerConfig::of(source, common.knowledge())?)
}

fn with_vector_engine(config: ServerConfig) -> anyhow::Result<ServerConfig> {
    Ok(ServerConfig {
        engine: config.engine.with_vector_engine(jieda_vectors::connect)?,
        ..config
    })
}

fn tell_program(addresses: &Addresses) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{}",
        json!({ "http": addresses.http, "grpc": addresses.grpc })
    )?;
    out.flush()
}

/// `paths` are those of the tenants: one that is empty where there are none.
fn tell_person(addresses: &Addresses, scheme: &str, paths: &[String]) -> std::io::Result<()> {
    let mut out = anstream::stdout().lock();
    writeln!(out, "{}", paint(GOOD, "服务已就绪"))?;
    for path in paths {
        let base = format!("{scheme}://{}{path}", addresses.http);
        writeln!(out, "  控制台    {base}/console/")?;
        writeln!(out, "  聊天窗口  {base}/widget/")?;
        writeln!(out, "  接口文档  {base}/docs")?;
    }
    if let Some(grpc) = addresses.grpc {
        writeln!(out, "  gRPC      {grpc}")?;
    }
    writeln!(out, "{}", paint(DIM, "按 Ctrl+C 停止"))?;
    out.flush()
}

/// Says which variables of the environment look like keys and are none.
pub(crate) fn warn_of_unknown(source: &ConfigSource) {
    for name in source.unknown_variables(&[EngineConfig::DEFAULTS, ServerConfig::DEFAULTS]) {
        let told = format!("环境变量 {name} 不对应任何配置项，未被使用");
        let _ = writeln!(anstream::stderr(), "{}：{told}", paint(WARN, "提醒"));
    }
}
