//! What things are called on a page.

use jieda::types::Signal;

use super::Language;
use crate::{
    quality::{Outcome, Role, Stage},
    transcripts::Act,
};

impl Language {
    pub(super) fn outcome(self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::RightReply => self.say("自动回复，答对", "replied, right"),
            Outcome::WrongReply => self.say("自动回复，答错", "replied, wrong"),
            Outcome::UsefulClarify => self.say(
                "反问，选项里有正确的",
                "asked back, right FAQ among the options",
            ),
            Outcome::UselessClarify => self.say("反问，选项里没有正确的", "asked back in vain"),
            Outcome::Rephrase => self.say("请客户换个说法", "asked to rephrase"),
            Outcome::HandedOver => self.say("转人工", "handed over"),
            Outcome::Other => {
                self.say("按寒暄处理，或先问信息", "small talk, or asked for a value")
            }
        }
    }

    /// The same of a query that no FAQ answers.
    pub(super) fn outcome_without_answer(self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::WrongReply => self.say("硬答了（算答错）", "replied all the same: wrong"),
            Outcome::UselessClarify => self.say("反问", "asked back"),
            _ => self.outcome(outcome),
        }
    }

    pub(super) fn act(self, act: Act) -> &'static str {
        match act {
            Act::Reply => self.say("回复", "reply"),
            Act::Clarify => self.say("反问", "clarify"),
            Act::Handoff => self.say("转人工", "handoff"),
            Act::Smalltalk => self.say("寒暄", "small talk"),
            Act::Silent => self.say("不作声", "silent"),
        }
    }

    /// A decision by its name in JSON.
    pub(super) fn decision(self, name: &str) -> &str {
        match name {
            "auto_reply" => self.say("自动回复", "auto-reply"),
            "clarify" => self.say("反问", "clarify"),
            "rephrase" => self.say("请客户换个说法", "rephrase"),
            "ask_value" => self.say("询问信息", "ask for a value"),
            "handoff" => self.say("转人工", "handoff"),
            "smalltalk" => self.say("寒暄", "small talk"),
            "silent" => self.say("不作声", "silent"),
            _ => name,
        }
    }

    /// Why a text belongs to a human, as labels name it; a name of the user's own stays.
    pub(super) fn reason(self, name: &str) -> &str {
        match name {
            "safety" => self.say("人身、财产安全", "danger"),
            "fraud_loss" => self.say("诈骗、盗用", "fraud or theft"),
            "legal_threat" => self.say("法律、监管、曝光", "law, regulator, press"),
            "vulnerable" => self.say("无力自助的客户", "customer in need"),
            "human_request" => self.say("要求人工", "asks for a human"),
            "complaint" => self.say("投诉", "complaint"),
            "low_satisfaction" => self.say("评分低", "low rating"),
            "repeated_failure" => self.say("连续没答上", "repeated failure"),
            "missing_variable" => self.say("缺少信息", "missing value"),
            _ => name,
        }
    }

    /// An intent by its name, or by its id where the knowledge base doesn't list it: one of any conversation.
    pub(super) fn intent(self, name: &str) -> &str {
        match name {
            "smalltalk" => self.say("寒暄", "small talk"),
            "thanks" => self.say("感谢", "thanks"),
            _ => self.reason(name),
        }
    }

    /// How far off an unanswerable query is, as labels name it; a name of the user's own stays.
    pub(super) fn kind(self, name: &str) -> &str {
        match name {
            "near" => self.say("本行业的，但没有这一条", "same business, no such FAQ"),
            "far" => self.say("与业务无关", "other business"),
            "gibberish" => self.say("乱码、无意义", "gibberish"),
            _ => name,
        }
    }

    pub(super) fn signal(self, signal: Signal) -> &'static str {
        match signal {
            Signal::VectorBest => self.say("语义：最像", "vector, best phrasing"),
            Signal::VectorMean => self.say("语义：平均", "vector, mean of phrasings"),
            Signal::VectorAnswer => self.say("语义：答案", "vector, with answer"),
            Signal::WordsQuestion => self.say("词：问法", "words, phrasings"),
            Signal::GramsQuestion => self.say("字：问法", "characters, phrasings"),
            Signal::WordsAll => self.say("词：答案", "words, with answer"),
            Signal::GramsAll => self.say("字：答案", "characters, with answer"),
        }
    }

    pub(super) fn stage(self, stage: Stage) -> &'static str {
        match stage {
            Stage::Segment => self.say("归一化、分词", "normalise and segment"),
            Stage::Encode => self.say("编码", "encode"),
            Stage::Search => self.say("检索", "search"),
            Stage::Classify => self.say("判断意图", "classify intent"),
            Stage::Context => self.say("找单号等，结合上文", "find entities, read with the topic"),
            Stage::Decide => self.say("决策", "decide"),
            Stage::Total => self.say("合计", "total"),
        }
    }

    pub(super) fn role(self, role: Role) -> &'static str {
        match role {
            Role::Queries => self.say("有答案的问题", "answerable queries"),
            Role::Unanswerable => self.say("没有答案的问题", "unanswerable queries"),
            Role::Handoff => self.say("应转人工的话", "texts for a human"),
            Role::Transcripts => self.say("完整会话", "conversations"),
        }
    }
}
