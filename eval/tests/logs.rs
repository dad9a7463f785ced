//! Logs of every shape become the same record, and everything that is wrong with one is told at once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::{collections::HashSet, fs, path::PathBuf};

use expect_test::{Expect, expect};
use jieda::TimeZone;
use jieda_eval::logs::{Format, Log, LogOptions, Recorded};
use jieda_types::{Event, FaqId};
use proptest::prelude::*;
use tempfile::TempDir;

struct File {
    dir: TempDir,
    name: &'static str,
}

impl File {
    fn new(name: &'static str, contents: impl AsRef<[u8]>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(name), contents).unwrap();
        Self { dir, name }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join(self.name)
    }

    fn open(&self) -> Result<Log, String> {
        let options = LogOptions {
            format: None,
            timezone: TimeZone::get("Asia/Shanghai").unwrap(),
            at: None,
            known: Some(HashSet::from([FaqId::new("f-1").unwrap()])),
        };
        let folder = self.dir.path().display().to_string() + "/";
        Log::open(&self.path(), &options).map_err(|e| e.to_string().replace(&folder, ""))
    }

    fn read(&self) -> (Log, Vec<Recorded>) {
        let mut log = self.open().unwrap();
        let mut all = Vec::new();
        loop {
            let chunk = log.chunk(2).unwrap();
            if chunk.is_empty() {
                return (log, all);
            }
            all.extend(chunk);
        }
    }

    /// What is read, in short.
    fn check(&self, format: Format, expected: &Expect) {
        let (log, all) = self.read();
        assert_eq!(log.format(), format);
        assert_eq!(log.facts().conversations, all.len());
        let turns = all.iter().flat_map(Recorded::customers).count();
        assert_eq!(log.facts().turns, turns);
        expected.assert_eq(&all.iter().map(shown).collect::<String>());
    }

    fn fails(&self, expected: &Expect) {
        expected.assert_eq(&self.open().unwrap_err());
    }
}

fn shown(recorded: &Recorded) -> String {
    let mut text = format!("{} {:?}\n", recorded.id, recorded.transfer);
    for turn in &recorded.turns {
        let event = match &turn.event {
            Event::Said { text, .. } => format!("said {text}"),
            Event::Rated { rating } => format!("rated {rating}"),
            Event::AgentSaid { text } => format!("agent {text}"),
            Event::HandedBack => "handed back".into(),
        };
        text += &format!("  {} {event}", turn.number);
        if let Some(at) = turn.occasion.at {
            text += &format!(" @{at}");
        }
        if let Some(tier) = &turn.occasion.customer.tier {
            text += &format!(" tier={tier}");
        }
        if let Some(channel) = &turn.occasion.channel {
            text += &format!(" channel={channel}");
        }
        if turn.with_human {
            text += " with-human";
        }
        if let Some(decided) = &turn.decided {
            text += &format!(" decided={:?}", decided.decision);
        }
        if let Some(expected) = &turn.expected {
            let faq = expected.faq.as_ref().map_or("-", |faq| faq.as_str());
            text += &format!(" expected={}:{faq}", expected.decision.as_str());
        }
        text.push('\n');
    }
    text
}

const CSV: &str = "\
11 月会话导出,,,,,
会话ID,发送时间,角色,内容,满意度,应答FAQ
c1,2026-11-01 10:00:00,客户,\"怎么退货,急\",,f-1
c2,2026-11-01 10:00:01,用户,我的手机13800001234,,
c1,2026-11-01 10:00:02,机器人,七天内可以退,,
c1,2026-11-01 10:00:09,客户,转人工,,
c2,2026-11-01 10:00:03,坐席,您好,5,
c1,2026-11-01 10:00:12,人工客服,您好,,
c1,2026-11-01 10:00:20,客户,谢谢,,
c1,2026-11-01 10:00:30,机器人,还有什么可以帮您,,
c1,2026-11-01 10:00:40,客户,,,
c1,2026-11-01 10:00:50,客户,没有了,4分,
c1,2026-11-01 10:00:51,系统,会话结束,,
";

fn csv_expected() -> Expect {
    expect![[r#"
        c1 At(1)
          1 said 怎么退货,急 @2026-11-01T02:00:00Z expected=reply:f-1
          2 said 转人工 @2026-11-01T02:00:09Z
          2 agent 您好 @2026-11-01T02:00:12Z
          3 said 谢谢 @2026-11-01T02:00:20Z with-human
          3 handed back @2026-11-01T02:00:30Z
          4 said 没有了 @2026-11-01T02:00:50Z
          5 rated 4 @2026-11-01T02:00:50Z
        c2 Unknown
          1 said 我的手机138****1234 @2026-11-01T02:00:01Z
          1 agent 您好 @2026-11-01T02:00:03Z
          2 rated 5 @2026-11-01T02:00:01Z
    "#]]
}

#[test]
fn tables_in_any_encoding_and_order() {
    let file = File::new("log.csv", CSV);
    file.check(Format::Table, &csv_expected());
    assert_eq!(file.open().unwrap().facts().blank, 1);
    let (gbk, _, _) = encoding_rs::GBK.encode(CSV);
    File::new("log.csv", gbk).check(Format::Table, &csv_expected());
    let tabs = CSV
        .replace("\"怎么退货,急\"", "怎么退货，急")
        .replace(',', "\t");
    let text = shown(&File::new("log.tsv", tabs).read().1[0]);
    assert!(text.contains("怎么退货，急"), "{text}");
    // The rows of a conversation are in the order of time, however the table is sorted.
    let mut lines: Vec<&str> = CSV.lines().collect();
    lines[2..].reverse();
    let (_, all) = File::new("log.csv", lines.join("\n")).read();
    let turns = |all: &[Recorded]| -> HashSet<String> {
        all.iter()
            .map(|recorded| shown(recorded).replace(" At(1)", ""))
            .collect()
    };
    assert_eq!(turns(&all), turns(&File::new("log.csv", CSV).read().1));
}

#[test]
fn workbooks() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("说明").unwrap();
    sheet.write(0, 0, "这一页没有会话").unwrap();
    let sheet = workbook.add_worksheet();
    for (row, cells) in [
        ["Session ID", "Sender", "Message", "Time"],
        ["s1", "user", "怎么退货", "2026/11/1 9:05"],
        ["s1", "assistant", "可以退", "2026/11/1 9:06"],
    ]
    .iter()
    .enumerate()
    {
        for (column, text) in cells.iter().enumerate() {
            let (row, column) = (u32::try_from(row).unwrap(), u16::try_from(column).unwrap());
            sheet.write(row, column, *text).unwrap();
        }
    }
    let file = File::new("log.xlsx", workbook.save_to_buffer().unwrap());
    file.check(
        Format::Table,
        &expect![[r#"
            s1 Never
              1 said 怎么退货 @2026-11-01T01:05:00Z
        "#]],
    );
}

#[test]
fn messages_by_line_and_by_conversation() {
    let lines = r#"{"conversation_id":"m1","role":"customer","text":"怎么退货","time":"2026-11-01T10:00:00+08:00","tier":"VIP","channel":"app"}
{"session_id":7,"sender":"user","content":"在吗","timestamp":1793498400}
{"conversation_id":"m1","role":"customer","rating":2}

{"id":"m2","channel":"web","rating":3,"messages":[{"role":"system","content":"开始"},{"role":"user","content":"怎么退货","expect":{"decision":"reply","faq":"f-1"}},{"role":"assistant","content":"可以"}]}
"#;
    File::new("log.jsonl", lines).check(
        Format::Messages,
        &expect![[r#"
            m1 Unknown
              1 said 怎么退货 @2026-11-01T02:00:00Z tier=VIP channel=app
              2 rated 2
            7 Unknown
              1 said 在吗 @2026-11-01T02:00:00Z
            m2 Never
              1 said 怎么退货 channel=web expected=reply:f-1
              2 rated 3 channel=web
        "#]],
    );
}

#[test]
fn transcripts_and_saved_chats() {
    let line = r#"{"id":"t1","customer":{"tier":"VIP"},"turns":[{"text":"怎么退货","expect":{"decision":"reply","faq":"f-1"}},{"satisfaction":2,"expect":{"decision":"handoff","reason":"low_satisfaction"}},{"text":"在吗","expect":{"decision":"silent"}}]}"#;
    File::new("t.jsonl", line).check(
        Format::Transcripts,
        &expect![[r#"
            t1 Unknown
              1 said 怎么退货 tier=VIP expected=reply:f-1
              2 rated 2 tier=VIP expected=handoff:-
              3 said 在吗 tier=VIP with-human expected=silent:-
        "#]],
    );
    let line = r#"{"id":"chat-1","state":{},"history":[{"speaker":"customer","text":"转人工","decision":"handoff"},{"speaker":"bot","text":"好的"},{"speaker":"agent","text":"您好"},{"speaker":"customer","text":"谢谢","decision":"silent"},{"speaker":"agent","text":"再见"},{"speaker":"customer","text":"怎么退货","decision":"auto_reply","faq":"f-9"}]}"#;
    File::new("s.jsonl", line).check(
        Format::Saved,
        &expect![[r#"
            chat-1 At(0)
              1 said 转人工 decided=Handoff
              1 agent 您好
              2 said 谢谢 with-human decided=Silent
              2 agent 再见
              2 handed back
              3 said 怎么退货 decided=AutoReply
        "#]],
    );
}

#[test]
fn all_faults_are_told_with_their_places() {
    let table = "会话ID,角色,内容,时间,评分,应答FAQ\n\
                 c1,小王,你好,昨天,9,\n\
                 ,客户,你好,,,\n\
                 c1,客户,你好,,,f-2\n";
    File::new("log.csv", table).fails(&expect![[r#"
        log.csv B2“角色”：不认识角色“小王”，可用：客户、机器人、人工、系统（或 customer、bot、agent、system）
        log.csv D2“时间”：“昨天”不是时间，应写成 2026-11-11 20:00:00 或 2026-11-11T20:00:00+08:00
        log.csv E2“评分”：“9”不是评分，评分是 1 到 5 的整数
        log.csv A3“会话ID”：没有写是哪个会话
        log.csv F4“应答FAQ”：知识库里没有编号为“f-2”的常见问题"#]]);
    File::new("log.csv", "问题,答案\n怎么退货,可以退\n").fails(&expect![
        "log.csv：没有同时写着“会话ID”“角色”“内容”的表头。请在第一行写上列名，如：会话ID,角色,内容,时间,评分"
    ]);
    let lines = "{\"conversation_id\":\"c1\",\"role\":\"customer\",\"text\":\"你好\"}\n\
                 {\"role\":\"?\",\"text\":\"你好\",\"time\":\"x\"}\n\
                 [1]\n\
                 {\"conversation_id\":\"c1\",\"role\":\"user\",\"text\":\"你好\",\"expect\":{\"decision\":\"reply\",\"faq\":\"f-2\"}}\n\
                 {\"id\":\"c2\",\"messages\":[{\"content\":\"你好\"}]}\n";
    File::new("log.jsonl", lines).fails(&expect![[r#"
        log.jsonl:2“conversation_id”: 没有写是哪个会话
        log.jsonl:2“role”: 不认识角色“?”，可用：客户、机器人、人工、系统（或 customer、bot、agent、system）
        log.jsonl:2“time”: “x”不是时间，应写成 2026-11-11 20:00:00 或 2026-11-11T20:00:00+08:00
        log.jsonl:3:1: 每行应当是一个 JSON 对象，即 {…}，这里是数组
        log.jsonl:4“expect”: 知识库里没有编号为“f-2”的常见问题
        log.jsonl:5“role”: 第 1 条消息：没有写角色"#]]);
    let transcript = r#"{"id":"t1","turns":[{"expect":{"decision":"reply"}},{"text":"退货","expect":{"decision":"reply","faq":"f-2"}}]}"#;
    File::new("t.jsonl", transcript).fails(&expect![[r#"
        t.jsonl:1: 会话“t1”第 1 轮：text 和 satisfaction 要有一个，也只能有一个
        t.jsonl:1: 会话“t1”第 1 轮：expect 是 reply，却没有 faq
        t.jsonl:1: 会话“t1”第 2 轮：知识库里没有编号为“f-2”的常见问题"#]]);
    let export = r#"{"id":"e1","last_turn":1,"turns":[{"number":1,"at":"2026-11-01T00:00:00Z","event":"said","state":{}}]}"#;
    File::new("e.jsonl", export).fails(&expect!["e.jsonl:1: 会话“e1”第 1 轮：没有 text"]);
    File::new("log.jsonl", "\n").fails(&expect!["log.jsonl: 文件里没有任何数据行"]);
    let only_agents = r#"{"conversation_id":"c1","role":"agent","text":"你好"}"#;
    File::new("log.jsonl", only_agents).fails(&expect!["log.jsonl: 里面没有客户说的话"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whoever wrote them and however they are mixed, messages of a conversation are read in their order.
    #[test]
    fn scattered_messages_find_their_conversation(
        messages in prop::collection::vec((0..4_u8, 0..3_u8, "[一-龥]{1,4}"), 1..40),
    ) {
        let mut text = String::new();
        for (conversation, role, said) in &messages {
            let role = ["customer", "bot", "agent"][usize::from(*role)];
            let line = serde_json::json!({ "conversation_id": format!("c{conversation}"), "role": role, "text": said });
            text += &format!("{line}\n");
        }
        let said = |conversation: u8, of: u8| -> Vec<&str> {
            let own = messages.iter().filter(|m| m.0 == conversation && m.1 == of);
            own.map(|m| m.2.as_str()).collect()
        };
        let file = File::new("log.jsonl", &text);
        if messages.iter().all(|m| m.1 != 0) {
            prop_assert!(file.open().is_err());
            return Ok(());
        }
        let (_, all) = file.read();
        let mut seen = HashSet::new();
        for recorded in &all {
            let conversation: u8 = recorded.id[1..].parse().unwrap();
            seen.insert(conversation);
            let masked = |text: &str| jieda::PersonalData::mask(text).into_text();
            let customers: Vec<String> =
                recorded.customers().filter_map(|t| t.event.text().map(ToString::to_string)).collect();
            let expected: Vec<String> = said(conversation, 0).into_iter().map(masked).collect();
            prop_assert_eq!(customers, expected);
            let agents = recorded.turns.iter().filter(|t| matches!(t.event, Event::AgentSaid { .. })).count();
            prop_assert_eq!(agents, said(conversation, 2).len());
            let numbers: Vec<u32> = recorded.customers().map(|t| t.number).collect();
            prop_assert!(numbers.into_iter().zip(1..).all(|(number, place)| number == place));
        }
        let expected: HashSet<u8> = messages.iter().filter(|m| m.1 == 0).map(|m| m.0).collect();
        prop_assert_eq!(seen, expected);
    }
}
