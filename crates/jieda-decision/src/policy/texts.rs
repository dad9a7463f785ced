//! What a customer may read.

use jieda_types::{Availability, ClarifyOption, HandoffReason, SmallTalk};

use super::table::table;

table! {
    /// What a customer may read.
    #[derive(Debug, Clone, PartialEq, Eq)]
    Texts, GivenTexts {
        /// First failed match.
        rephrase: String,
        /// Before the options of a clarifying question.
        clarify_before: String,
        /// After them.
        clarify_after: String,
        /// When there is a single option; `{question}` stands for it.
        clarify_one: String,
        /// A value is asked for; `{name}` stands for what people call it.
        ask_value: String,
        /// Danger to life, health or property.
        handoff_safety: String,
        /// Money or an account is being lost.
        handoff_fraud_loss: String,
        /// A regulator, a court or the press was announced.
        handoff_legal_threat: String,
        /// A customer who can't help himself.
        handoff_vulnerable: String,
        /// A human was asked for.
        handoff_human_request: String,
        /// The customer complains.
        handoff_complaint: String,
        /// A low rating.
        handoff_low_satisfaction: String,
        /// Too many failed matches.
        handoff_repeated_failure: String,
        /// The answer lacks a value.
        handoff_missing_variable: String,
        /// Nobody is there now; `{hours}` stands for the service hours.
        handoff_callback: String,
        /// The conversation is with a human already, and the policy wants that to be said.
        handed_over: String,
        /// After a reply, now and then.
        ask_rating: String,
        /// A rating that is good enough.
        rated: String,
        /// 你好.
        greeting: String,
        /// 谢谢.
        thanks: String,
        /// 再见.
        goodbye: String,
        /// 你是谁.
        about_bot: String,
        /// Any other small talk.
        chat: String,
    }
}

impl Texts {
    /// The text of a handover to someone who is there.
    #[must_use]
    pub fn handoff(&self, reason: HandoffReason) -> &str {
        match reason {
            HandoffReason::Safety => &self.handoff_safety,
            HandoffReason::FraudLoss => &self.handoff_fraud_loss,
            HandoffReason::LegalThreat => &self.handoff_legal_threat,
            HandoffReason::Vulnerable => &self.handoff_vulnerable,
            HandoffReason::HumanRequest => &self.handoff_human_request,
            HandoffReason::Complaint => &self.handoff_complaint,
            HandoffReason::LowSatisfaction => &self.handoff_low_satisfaction,
            HandoffReason::RepeatedFailure => &self.handoff_repeated_failure,
            HandoffReason::MissingVariable => &self.handoff_missing_variable,
        }
    }

    /// The text of a handover, with the service hours in words.
    #[must_use]
    pub fn handoff_when(
        &self,
        reason: HandoffReason,
        availability: Availability,
        hours: &str,
    ) -> String {
        match availability {
            Availability::Now => self.handoff(reason).to_owned(),
            Availability::Callback => self.handoff_callback.replace("{hours}", hours),
        }
    }

    /// The answer to small talk.
    #[must_use]
    pub fn small_talk(&self, kind: SmallTalk) -> &str {
        match kind {
            SmallTalk::Greeting => &self.greeting,
            SmallTalk::Thanks => &self.thanks,
            SmallTalk::Goodbye => &self.goodbye,
            SmallTalk::AboutBot => &self.about_bot,
            SmallTalk::Chat => &self.chat,
            SmallTalk::Rated => &self.rated,
        }
    }

    /// A clarifying question.
    #[must_use]
    pub fn clarify(&self, options: &[ClarifyOption]) -> String {
        if let [only] = options {
            return self.clarify_one.replace("{question}", &only.question);
        }
        let list: Vec<String> = options
            .iter()
            .enumerate()
            .map(|(i, o)| format!("{}. {}", i + 1, o.question))
            .collect();
        format!(
            "{}\n{}\n{}",
            self.clarify_before,
            list.join("\n"),
            self.clarify_after
        )
    }

    /// A question for a value, by what people call it.
    #[must_use]
    pub fn ask_value(&self, name: &str) -> String {
        self.ask_value.replace("{name}", name)
    }

    /// Every text with its key. Taken apart, so that none is forgotten.
    pub(super) fn all(&self) -> [(&'static str, &str); 23] {
        let Self {
            rephrase,
            clarify_before,
            clarify_after,
            clarify_one,
            ask_value,
            handoff_safety,
            handoff_fraud_loss,
            handoff_legal_threat,
            handoff_vulnerable,
            handoff_human_request,
            handoff_complaint,
            handoff_low_satisfaction,
            handoff_repeated_failure,
            handoff_missing_variable,
            handoff_callback,
            handed_over,
            ask_rating,
            rated,
            greeting,
            thanks,
            goodbye,
            about_bot,
            chat,
        } = self;
        [
            ("rephrase", rephrase),
            ("clarify_before", clarify_before),
            ("clarify_after", clarify_after),
            ("clarify_one", clarify_one),
            ("ask_value", ask_value),
            ("handoff_safety", handoff_safety),
            ("handoff_fraud_loss", handoff_fraud_loss),
            ("handoff_legal_threat", handoff_legal_threat),
            ("handoff_vulnerable", handoff_vulnerable),
            ("handoff_human_request", handoff_human_request),
            ("handoff_complaint", handoff_complaint),
            ("handoff_low_satisfaction", handoff_low_satisfaction),
            ("handoff_repeated_failure", handoff_repeated_failure),
            ("handoff_missing_variable", handoff_missing_variable),
            ("handoff_callback", handoff_callback),
            ("handed_over", handed_over),
            ("ask_rating", ask_rating),
            ("rated", rated),
            ("greeting", greeting),
            ("thanks", thanks),
            ("goodbye", goodbye),
            ("about_bot", about_bot),
            ("chat", chat),
        ]
    }
}
