//! What can go wrong with a request, and the one table from that to HTTP and gRPC.

use std::time::Duration;

use http::StatusCode;
use jieda::{
    EngineError, Fault, Problem as FileProblem,
    release::{ReleaseError, ReleaseFault},
};
use jieda_store::StoreError;
use tonic::Code;

/// What kind of problem it is. Codes are stable; texts are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// The body is no JSON, or JSON of another shape.
    BadRequest,
    /// A field has a value that it can't have.
    InvalidField,
    /// The text has no visible character.
    EmptyText,
    /// The text is longer than the configuration allows.
    TextTooLong,
    /// No key, an unknown or revoked one, or no session.
    Unauthenticated,
    /// The key or role may not do this.
    Forbidden,
    /// There is no such thing.
    NotFound,
    /// There is no such method of it.
    MethodNotAllowed,
    /// Another request with this idempotency key is under way, or had another body.
    IdempotencyConflict,
    /// Another writer was faster.
    Conflict,
    /// The draft has changed since it was read.
    StaleRevision,
    /// It can't be done in this mode or state.
    NotPossible,
    /// A body or file beyond what is accepted.
    TooLarge,
    /// A body of another kind.
    UnsupportedMediaType,
    /// The files of a knowledge base have faults.
    FaultyKnowledge,
    /// More requests than the key may make.
    RateLimited,
    /// More requests than can be served.
    Overloaded,
    /// It took too long.
    Timeout,
    /// The service is starting or ending.
    Unavailable,
    /// The store can't be read.
    StoreDown,
    /// Disk or permissions.
    Environment,
    /// A bug.
    Internal,
}

/// A request that failed.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{detail}")]
pub struct Problem {
    /// Which kind.
    pub kind: ProblemKind,
    /// What happened, for the caller. Holds no text of a customer.
    pub detail: String,
    /// Where in the body, as JSON pointers.
    pub errors: Vec<FieldError>,
    /// Faults of files.
    pub files: Vec<FileProblem>,
    /// When it may be tried again.
    pub retry_after: Option<Duration>,
}

/// A fault of one field.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// Where, as a JSON pointer, such as `/text`.
    pub pointer: String,
    /// What is wrong.
    pub detail: String,
}

impl ProblemKind {
    /// All kinds: the table of codes.
    pub const ALL: [Self; 22] = [
        Self::BadRequest,
        Self::InvalidField,
        Self::EmptyText,
        Self::TextTooLong,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::IdempotencyConflict,
        Self::Conflict,
        Self::StaleRevision,
        Self::NotPossible,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::FaultyKnowledge,
        Self::RateLimited,
        Self::Overloaded,
        Self::Timeout,
        Self::Unavailable,
        Self::StoreDown,
        Self::Environment,
        Self::Internal,
    ];

    /// The stable code, the HTTP status, the gRPC status, and the title.
    #[must_use]
    pub fn row(self) -> (&'static str, StatusCode, Code, &'static str) {
        use StatusCode as S;
        match self {
            Self::BadRequest => (
                "bad_request",
                S::BAD_REQUEST,
                Code::InvalidArgument,
                "请求格式不对",
            ),
            Self::InvalidField => (
                "invalid_field",
                S::UNPROCESSABLE_ENTITY,
                Code::InvalidArgument,
                "请求内容有误",
            ),
            Self::EmptyText => (
                "empty_text",
                S::UNPROCESSABLE_ENTITY,
                Code::InvalidArgument,
                "没有内容",
            ),
            Self::TextTooLong => (
                "text_too_long",
                S::UNPROCESSABLE_ENTITY,
                Code::InvalidArgument,
                "内容太长",
            ),
            Self::Unauthenticated => (
                "unauthenticated",
                S::UNAUTHORIZED,
                Code::Unauthenticated,
                "需要登录或密钥",
            ),
            Self::Forbidden => (
                "forbidden",
                S::FORBIDDEN,
                Code::PermissionDenied,
                "没有权限",
            ),
            Self::NotFound => ("not_found", S::NOT_FOUND, Code::NotFound, "没有找到"),
            Self::MethodNotAllowed => (
                "method_not_allowed",
                S::METHOD_NOT_ALLOWED,
                Code::Unimplemented,
                "不支持这种操作",
            ),
            Self::IdempotencyConflict => (
                "idempotency_conflict",
                S::CONFLICT,
                Code::Aborted,
                "幂等键冲突",
            ),
            Self::Conflict => ("conflict", S::CONFLICT, Code::Aborted, "与另一个操作冲突"),
            Self::StaleRevision => (
                "stale_revision",
                S::PRECONDITION_FAILED,
                Code::Aborted,
                "草稿已被修改",
            ),
            Self::NotPossible => (
                "not_possible",
                S::CONFLICT,
                Code::FailedPrecondition,
                "现在不能这样做",
            ),
            Self::TooLarge => (
                "too_large",
                S::PAYLOAD_TOO_LARGE,
                Code::ResourceExhausted,
                "内容太大",
            ),
            Self::UnsupportedMediaType => (
                "unsupported_media_type",
                S::UNSUPPORTED_MEDIA_TYPE,
                Code::InvalidArgument,
                "不支持这种内容类型",
            ),
            Self::FaultyKnowledge => (
                "faulty_knowledge",
                S::UNPROCESSABLE_ENTITY,
                Code::InvalidArgument,
                "知识库文件有问题",
            ),
            Self::RateLimited => (
                "rate_limited",
                S::TOO_MANY_REQUESTS,
                Code::ResourceExhausted,
                "请求太频繁",
            ),
            Self::Overloaded => (
                "overloaded",
                S::SERVICE_UNAVAILABLE,
                Code::ResourceExhausted,
                "服务繁忙",
            ),
            Self::Timeout => (
                "timeout",
                S::GATEWAY_TIMEOUT,
                Code::DeadlineExceeded,
                "处理超时",
            ),
            Self::Unavailable => (
                "unavailable",
                S::SERVICE_UNAVAILABLE,
                Code::Unavailable,
                "服务正在启动或停止",
            ),
            Self::StoreDown => (
                "store_down",
                S::SERVICE_UNAVAILABLE,
                Code::Unavailable,
                "会话库不可用",
            ),
            Self::Environment => (
                "environment",
                S::INSUFFICIENT_STORAGE,
                Code::Internal,
                "磁盘或系统资源出错",
            ),
            Self::Internal => (
                "internal",
                S::INTERNAL_SERVER_ERROR,
                Code::Internal,
                "内部错误",
            ),
        }
    }

    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(self) -> StatusCode {
        self.row().1
    }
}

impl Problem {
    /// A problem with what is told of it.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            files: Vec::new(),
            retry_after: None,
        }
    }

    /// A field has a value that it can't have.
    pub fn field(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let error = FieldError {
            pointer: pointer.into(),
            detail: detail.into(),
        };
        Self {
            errors: vec![error.clone()],
            ..Self::new(
                ProblemKind::InvalidField,
                format!("{}：{}", error.pointer, error.detail),
            )
        }
    }

    /// There is no such thing.
    pub fn not_found(what: impl std::fmt::Display) -> Self {
        Self::new(ProblemKind::NotFound, format!("没有{what}"))
    }

    /// The same with when it may be tried again.
    #[must_use]
    pub fn retry_after(self, wait: Duration) -> Self {
        Self {
            retry_after: Some(wait),
            ..self
        }
    }
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        match &error {
            EngineError::EmptyUtterance => Self {
                kind: ProblemKind::EmptyText,
                ..Self::field("/text", "没有可见的字符")
            },
            EngineError::UtteranceTooLong { bytes, limit } => Self {
                kind: ProblemKind::TextTooLong,
                ..Self::field("/text", format!("有 {bytes} 字节，最多 {limit} 字节"))
            },
            EngineError::Knowledge(faults) if error.fault() == Fault::Knowledge => Self {
                files: faults.errors.clone(),
                ..Self::new(
                    ProblemKind::FaultyKnowledge,
                    format!("有 {} 处问题", faults.errors.len()),
                )
            },
            EngineError::Release(ReleaseError::Busy { .. }) => {
                Self::new(ProblemKind::Conflict, "另一个发布正在进行，请稍后再试")
            }
            _ => match error.fault() {
                Fault::Environment => Self::new(ProblemKind::Environment, error.to_string()),
                Fault::Request => Self::new(ProblemKind::NotPossible, error.to_string()),
                Fault::Config | Fault::Knowledge => {
                    Self::new(ProblemKind::NotPossible, error.to_string())
                }
                // What is damaged is the operator's to read, in the log.
                _ => Self::new(ProblemKind::Internal, error.to_string()),
            },
        }
    }
}

impl From<ReleaseError> for Problem {
    fn from(error: ReleaseError) -> Self {
        match (&error, error.fault()) {
            (ReleaseError::NoSuchRelease { asked, .. }, _) => {
                Self::not_found(format_args!("版本 {asked}"))
            }
            (ReleaseError::Busy { .. }, _) => {
                Self::new(ProblemKind::Conflict, "另一个发布正在进行，请稍后再试")
            }
            (_, ReleaseFault::Environment) => {
                Self::new(ProblemKind::Environment, error.to_string())
            }
            (_, ReleaseFault::Request) => Self::new(ProblemKind::NotPossible, error.to_string()),
            (_, ReleaseFault::Data) => Self::new(ProblemKind::Internal, error.to_string()),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::UnknownConversation(id) => Self::not_found(format_args!("会话 {id}")),
            StoreError::UnknownTurn { .. } => Self::field("/turn", "会话没有这一轮"),
            StoreError::Cursor => Self::field("/cursor", "不是这个列表给出的值"),
            StoreError::Conflict { .. } => {
                Self::new(ProblemKind::Conflict, "会话同时被另一个请求推进，请重试")
            }
            StoreError::Busy => Self::new(ProblemKind::Overloaded, "会话库写入太慢")
                .retry_after(Duration::from_secs(1)),
            _ => Self::new(ProblemKind::StoreDown, error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_distinct_and_statuses_are_errors() {
        let codes: HashSet<_> = ProblemKind::ALL.map(ProblemKind::code).into();
        assert_eq!(codes.len(), ProblemKind::ALL.len());
        for kind in ProblemKind::ALL {
            assert!(kind.status().as_u16() >= 400);
        }
    }
}
