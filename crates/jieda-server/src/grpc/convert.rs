//! Between the messages of gRPC and what is inside.

use prost_types::{ListValue, Struct, Value, value::Kind};
use tonic::{Code, Status, metadata::MetadataMap};

use super::v1;
use crate::{
    conversations::TurnEvent,
    problem::Problem,
    wire::{AnswerRequest, AnswerResponse, CandidateBody, CustomerBody, IntentBody, SearchRequest},
};

/// An empty text is none.
pub(super) fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

pub(super) fn asked(request: v1::AnswerRequest) -> AnswerRequest {
    let customer = request.customer.map(|customer| CustomerBody {
        id: some(customer.id),
        tier: some(customer.tier),
        language: some(customer.language),
        channel: some(customer.channel),
    });
    AnswerRequest {
        text: request.text,
        conversation_id: some(request.conversation_id),
        customer,
        variables: request.variables.into_iter().collect(),
        state: None,
        explain: request.explain,
    }
}

pub(super) fn searched(request: v1::SearchRequest) -> SearchRequest {
    SearchRequest {
        text: request.text,
        limit: match request.limit {
            0 => 10,
            limit => usize::try_from(limit).unwrap_or(usize::MAX),
        },
        channel: some(request.channel),
        explain: request.explain,
    }
}

pub(super) fn answered(response: &AnswerResponse) -> v1::AnswerResponse {
    let answer = &response.answer;
    v1::AnswerResponse {
        conversation_id: response.conversation_id.clone().unwrap_or_default(),
        turn: response.turn,
        release: response.release.clone(),
        request_id: response.request_id.clone(),
        degraded: response.degraded,
        decision: decision(answer.decision).into(),
        reply: answer.reply.clone(),
        faq: answer
            .faq
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        confidence: answer.confidence,
        intents: answer.intents.iter().map(intent).collect(),
        candidates: answer.candidates.iter().map(candidate).collect(),
        options: answer
            .options
            .iter()
            .map(|option| v1::Option {
                faq: option.faq.to_string(),
                question: option.question.clone(),
            })
            .collect(),
        reason: answer.reason.unwrap_or_default().to_owned(),
        availability: serde_json::to_value(answer.availability)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default(),
        ask_rating: answer.ask_rating,
        handover: answer.handover.as_ref().and_then(as_struct),
        trace: as_struct(&answer.trace),
        variant: answer.variant.as_ref().map(|variant| v1::Variant {
            label: variant.label.clone(),
            experiment: variant.experiment.clone(),
        }),
    }
}

fn decision(name: &str) -> v1::Decision {
    let name = format!("DECISION_{}", name.to_uppercase());
    v1::Decision::from_str_name(&name).unwrap_or_default()
}

pub(super) fn intent(intent: &IntentBody) -> v1::Intent {
    v1::Intent {
        id: intent.id.to_string(),
        name: intent.name.clone(),
        confidence: intent.confidence,
    }
}

pub(super) fn candidate(candidate: &CandidateBody) -> v1::Candidate {
    let parts = candidate.parts.iter().flatten();
    v1::Candidate {
        faq: candidate.faq.to_string(),
        question: candidate.question.clone(),
        score: candidate.score,
        parts: parts
            .map(|part| v1::ScorePart {
                signal: part.signal.to_owned(),
                raw: part.raw,
                normalized: part.normalized,
                weight: part.weight,
            })
            .collect(),
    }
}

pub(super) fn turn(event: &TurnEvent) -> v1::Turn {
    v1::Turn {
        number: event.number.get(),
        at: event.at.to_string(),
        event: event.event.to_owned(),
        text: event
            .text
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
    }
}

/// A problem as a status: the stable code is in the metadata `jieda-code`.
pub(super) fn status(problem: &Problem, request_id: &str) -> Status {
    let (code, _, grpc, title) = problem.kind.row();
    let mut metadata = MetadataMap::new();
    if let Ok(value) = code.parse() {
        metadata.insert("jieda-code", value);
    }
    if let Ok(value) = request_id.parse() {
        metadata.insert("x-request-id", value);
    }
    if let Some(wait) = problem.retry_after
        && let Ok(value) = wait.as_millis().to_string().parse()
    {
        metadata.insert("retry-after-ms", value);
    }
    if grpc == Code::Internal {
        tracing::error!(request_id, detail = problem.detail, "internal problem");
    }
    Status::with_metadata(grpc, format!("{title}：{}", problem.detail), metadata)
}

/// Anything that is a JSON object.
pub(super) fn as_struct(value: &impl serde::Serialize) -> Option<Struct> {
    match converted(serde_json::to_value(value).ok()?).kind {
        Some(Kind::StructValue(value)) => Some(value),
        _ => None,
    }
}

fn converted(value: serde_json::Value) -> Value {
    use serde_json::Value as Json;
    let kind = match value {
        Json::Null => Kind::NullValue(0),
        Json::Bool(value) => Kind::BoolValue(value),
        Json::Number(value) => Kind::NumberValue(value.as_f64().unwrap_or_default()),
        Json::String(value) => Kind::StringValue(value),
        Json::Array(values) => Kind::ListValue(ListValue {
            values: values.into_iter().map(converted).collect(),
        }),
        Json::Object(fields) => Kind::StructValue(Struct {
            fields: fields
                .into_iter()
                .map(|(name, value)| (name, converted(value)))
                .collect(),
        }),
    };
    Value { kind: Some(kind) }
}
