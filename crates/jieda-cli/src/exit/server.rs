//! What is told of a service that can't start.

use jieda_server::{StartError, routing::RoutingError};

use super::{ENVIRONMENT, Explanation, INPUT, chain, engine, store};

pub(super) fn explain(error: &StartError) -> Explanation {
    use StartError as E;
    let (code, title, hint) = match error {
        E::Engine(e) => return engine(e),
        E::Store(e) => return store::explain(e),
        E::State { path, message } => (
            ENVIRONMENT,
            format!("无法使用 {path}：{message}"),
            "请检查 server.state_dir 及其权限。",
        ),
        E::Listen { address, source } => (
            ENVIRONMENT,
            format!("无法监听 {address}：{source}"),
            "端口可能被占用：请用 --http、--grpc 换一个。",
        ),
        E::Unprotected { address } => (
            INPUT,
            format!("{address} 能从其他机器访问，而服务还没有密钥：任何人都能做任何事"),
            "请先用 jieda key create 建立密钥，或只监听 127.0.0.1。",
        ),
        E::Tenant { name, source } => {
            let of = explain(source);
            return Explanation {
                title: format!("租户 {name}：{}", of.title),
                ..of
            };
        }
        E::Tls(e) => (
            INPUT,
            format!("证书或私钥不能用：{e}"),
            "server.tls.certificate 和 server.tls.key 都应是 PEM 文件。",
        ),
        E::Telemetry(message) => (
            INPUT,
            format!("日志或跟踪的配置有误：{message}"),
            "见 jieda config default 里的 [server.log]。",
        ),
        E::Routing(RoutingError::Store(e)) => return store::explain(e),
        E::Routing(RoutingError::Rules(e)) => (
            INPUT,
            format!("会话库里坐席分配的规则看不懂：{e}"),
            "它是由另一个版本的 jieda 写下的；请用那个版本，或清空工单后换用新的会话库。",
        ),
        E::Routing(e) => (ENVIRONMENT, format!("坐席分配无法启动：{e}"), ""),
        E::System(_) => (ENVIRONMENT, format!("服务出错：{}", chain(error)), ""),
    };
    Explanation { code, title, hint }
}
