//! The same over gRPC, by a real client.

use futures_util::StreamExt as _;
use jieda_server::v1::{
    AnswerRequest, ClassifyRequest, ConverseRequest, Decision, FeedbackRequest, SearchRequest,
    answer_service_client::AnswerServiceClient, converse_request, converse_response,
};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::{Code, Request, transport::Channel};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use crate::server::{From, Home, Server};

async fn client(server: &Server) -> AnswerServiceClient<Channel> {
    let address = format!("http://{}", server.grpc);
    AnswerServiceClient::connect(address).await.unwrap()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

fn ask(text: &str) -> AnswerRequest {
    AnswerRequest {
        text: text.into(),
        ..AnswerRequest::default()
    }
}

#[test]
fn unary_calls_answer_as_http_does() {
    let home = Home::new();
    let server = home.serve(From::Folder);
    block_on(async {
        let mut client = client(&server).await;
        let answered = client.answer(ask("转人工")).await.unwrap().into_inner();
        assert_eq!(answered.decision(), Decision::Handoff);
        assert_eq!(answered.reason, "human_request");
        assert!(answered.handover.is_some());
        let id = answered.conversation_id;
        assert_eq!(server.say("在吗", Some(&id))["decision"], "silent");

        let found = client
            .search(SearchRequest {
                text: "怎么退货".into(),
                explain: true,
                ..Default::default()
            })
            .await
            .unwrap()
            .into_inner();
        assert_eq!(found.candidates.len(), 10);
        assert!(!found.candidates[0].parts.is_empty());
        let intents = client
            .classify(ClassifyRequest {
                text: "怎么退货".into(),
            })
            .await
            .unwrap()
            .into_inner();
        assert!(!intents.intents.is_empty());
        let rated = client
            .feedback(FeedbackRequest {
                conversation_id: id,
                rating: 5,
                ..Default::default()
            })
            .await
            .unwrap()
            .into_inner();
        assert!(rated.answer.is_some());

        let empty = client.answer(ask(" ")).await.unwrap_err();
        assert_eq!(empty.code(), Code::InvalidArgument);
        assert_eq!(empty.metadata().get("jieda-code").unwrap(), "empty_text");
        let variables = ["a", "b", "c", "d"].map(|name| (name.to_owned(), name.to_owned()));
        let once = AnswerRequest {
            idempotency_key: "k".into(),
            variables: variables.into(),
            ..ask("怎么退货")
        };
        let first = client.answer(once.clone()).await.unwrap().into_inner();
        assert_eq!(client.answer(once).await.unwrap().into_inner(), first);
    });
}

#[test]
fn a_stream_is_a_conversation_and_hears_the_human() {
    let home = Home::new();
    let server = home.serve(From::Folder);
    block_on(async {
        let mut client = client(&server).await;
        let (sender, receiver) = mpsc::unbounded_channel();
        let say = |text: &str| {
            let event = Some(converse_request::Event::Say(ask(text)));
            sender.send(ConverseRequest { event }).unwrap();
        };
        say("我要转人工");
        let requests = UnboundedReceiverStream::new(receiver);
        let mut events = client.converse(requests).await.unwrap().into_inner();
        let Some(converse_response::Event::Answer(first)) =
            events.next().await.unwrap().unwrap().event
        else {
            panic!("no answer");
        };
        assert_eq!(first.decision(), Decision::Handoff);
        let path = format!("/v1/conversations/{}/agent", first.conversation_id);
        let said = server.post(&path, &json!({ "text": "您好，我是小林" }));
        assert_eq!(said.status, 201);
        let Some(converse_response::Event::Turn(turn)) =
            events.next().await.unwrap().unwrap().event
        else {
            panic!("no turn");
        };
        assert_eq!(
            (turn.event.as_str(), turn.text.as_str()),
            ("agent_said", "您好，我是小林")
        );
        say("谢谢");
        let Some(converse_response::Event::Answer(second)) =
            events.next().await.unwrap().unwrap().event
        else {
            panic!("no answer");
        };
        assert_eq!((second.turn, second.decision()), (3, Decision::Silent));
        drop(sender);
        assert!(events.next().await.is_none());
    });
}

#[test]
fn keys_count_here_too_and_health_needs_none() {
    let home = Home::new().published();
    let key = home.key("answer");
    let server = home.serve(From::Data);
    block_on(async {
        let mut client = client(&server).await;
        let refused = client.answer(ask("你好")).await.unwrap_err();
        assert_eq!(refused.code(), Code::Unauthenticated);
        let allowed = || {
            let mut request = Request::new(ask("你好"));
            let bearer = format!("Bearer {key}").parse().unwrap();
            request.metadata_mut().insert("authorization", bearer);
            request
        };
        client.answer(allowed()).await.unwrap();
        let channel = Channel::from_shared(format!("http://{}", server.grpc)).unwrap();
        let channel = channel.connect().await.unwrap();
        let mut health = HealthClient::new(channel);
        for service in ["", "jieda.v1.AnswerService"] {
            let asked = HealthCheckRequest {
                service: service.into(),
            };
            let mut told = health.watch(asked).await.unwrap().into_inner();
            let mut next = async || told.next().await.unwrap().unwrap().status();
            assert_eq!(next().await, ServingStatus::Serving);
            if service.is_empty() {
                continue;
            }
            // Balancers look elsewhere while calls are still answered.
            server.signal("-TERM");
            assert_eq!(next().await, ServingStatus::NotServing);
            client.answer(allowed()).await.unwrap();
        }
    });
}

#[test]
fn the_routing_core_is_there_too() {
    use jieda_server::v1;
    let home = Home::new();
    let env = [("JIEDA_SERVER_ROUTING_ENABLED", "true")];
    let server = home.serve_with(From::Folder, &env);
    block_on(async {
        let address = format!("http://{}", server.grpc);
        let client = v1::routing_service_client::RoutingServiceClient::connect(address);
        let mut client = client.await.unwrap();
        let listening = v1::EventsRequest { after: Some(0) };
        let mut events = client.events(listening).await.unwrap().into_inner();

        let agent = v1::RegisterAgentRequest {
            id: 7,
            name: "小王".into(),
            skills: [("售后".to_owned(), 3)].into(),
            capacity: 1,
            shifts: vec![v1::Shift {
                days: ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]
                    .map(Into::into)
                    .to_vec(),
                from: "00:00".into(),
                to: "24:00".into(),
            }],
            ..Default::default()
        };
        client.register_agent(agent.clone()).await.unwrap();
        let odd = v1::RegisterAgentRequest {
            shifts: vec![v1::Shift {
                from: "9 Uhr".into(),
                ..agent.shifts[0].clone()
            }],
            ..agent
        };
        let refused = client.register_agent(odd).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        let state = v1::AgentState::Ready.into();
        let ready = v1::SetAgentStateRequest { id: 7, state };
        client.set_agent_state(ready).await.unwrap();
        let ticket = v1::CreateTicketRequest {
            skill: "售后".into(),
            urgency: "特急".into(),
            ..Default::default()
        };
        let made = client.create_ticket(ticket).await.unwrap().into_inner();
        let view = client.view(v1::ViewRequest {}).await.unwrap().into_inner();
        assert_eq!(
            (view.tickets[0].id, view.tickets[0].agent),
            (made.ticket, 7)
        );
        assert_eq!(view.tickets[0].stage, "offered");
        assert_eq!(view.agents[0].state(), v1::AgentState::Ready);
        assert_eq!(view.last, made.number);

        let act = |act| v1::ActRequest {
            ticket: made.ticket,
            act: Some(act),
        };
        let accept = act(v1::act_request::Act::Accept(v1::Accept { agent: 7 }));
        client.act(accept.clone()).await.unwrap();
        let again = client.act(accept).await.unwrap_err();
        assert_eq!(again.metadata().get("jieda-code").unwrap(), "conflict");
        let outcome = "resolved".into();
        let end = act(v1::act_request::Act::End(v1::End { outcome }));
        client.act(end).await.unwrap();
        let wanted = v1::FiguresRequest {
            since: "2026-01-01T00:00:00Z".into(),
            ..Default::default()
        };
        let figures = client.figures(wanted).await.unwrap().into_inner().figures;
        let figures = figures.unwrap().fields;
        let accepted = format!("{:?}", figures["accepted"]);
        assert!(accepted.contains("NumberValue(1.0)"), "{accepted}");

        let mut heard = Vec::new();
        for _ in 0..6 {
            heard.push(events.next().await.unwrap().unwrap());
        }
        let numbers: Vec<u64> = heard.iter().map(|entry| entry.number).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
        let offered = &heard[3].actions[0];
        assert_eq!((offered.action.as_str(), offered.agent), ("offered", 7));
    });
}
