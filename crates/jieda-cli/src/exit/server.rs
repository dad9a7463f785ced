//! What is told of a service that can't start.

use jieda_server::StartError;

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
        E::System(_) => (ENVIRONMENT, format!("服务出错：{}", chain(error)), ""),
    };
    Explanation { code, title, hint }
}
