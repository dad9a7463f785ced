use super::*;
use crate::{Skill, Ticket, TicketId};

fn check(from: &str, to: &str, expected: &str) {
    assert!(Rules::SHIPPED.contains(from), "{from}");
    let changed = Rules::SHIPPED.replacen(from, to, 1);
    let error = Rules::from_toml(&changed).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn the_shipped_rules_are_sound_and_complete() {
    let rules = Rules::shipped().unwrap();
    assert_eq!(Rules::from_toml(Rules::SHIPPED), Ok(rules));
}

#[test]
fn senseless_values_are_refused() {
    check("Asia/Shanghai", "Asia/Nowhere", "timezone：");
    check("timeout = \"30s\"", "timeout = \"soon\"", "offer.timeout：");
    check("timeout = \"30s\"", "timeout = \"0s\"", "大于 0");
    check("timeout = \"30s\"", "timeout = \"-1s\"", "不是时长");
    check("timeout = \"30s\"", "timeout = 30", "应为文本，不是整数");
    check("misses = 2", "misses = 0", "offer.misses：应为 1 到 100");
    check("senior = 4", "senior = 6", "级别应为 1 到 5");
    check("\"least_loaded\"", "\"best\"", "choice.by：没有“best”");
    check("queue_clear = 15", "queue_clear = 20", "反复报警");
    check("vip = \"3m\"", "vip = \"7m\"", "压过紧急程度");
    check("ageing = \"15m\"", "ageing = \"14m\"", "守不住");
    check(
        "\"紧急\" = \"6m\"",
        "\"紧急\" = \"13m\"",
        "普通 ≤ 紧急 ≤ 特急",
    );
    check(
        "default_group = \"综合\"",
        "default_group = \"总台\"",
        "“总台”",
    );
    check("name = \"售前\"", "name = \"综合\"", "“综合”写了两次");
    check(
        "overflow = [\"售后\", \"售前\"]",
        "overflow = [\"综合\"]",
        "是它自己",
    );
    check("[limits]", "[limit]", "limit：没有这个键");
}

#[test]
fn all_problems_are_told_with_their_lines() {
    let text = "timezone = \"Mars\"\n\
                [offer]\n\
                timeout = \"0s\"\n\
                misses = -1\n\
                [overflow]\n\
                after = { \"特急\" = \"x\" }\n\
                [[groups]]\n\
                name = \"综合\"\n\
                level = 9\n\
                [[groups]]\n\
                overflow = [\"无\"]\n";
    let Err(FileError::Values(problems)) = Rules::from_toml(text) else {
        panic!("refused");
    };
    let found: Vec<(Option<usize>, &str)> =
        problems.iter().map(|p| (p.line, p.key.as_str())).collect();
    assert_eq!(
        found,
        [
            (Some(1), "timezone"),
            (Some(3), "offer.timeout"),
            (Some(4), "offer.misses"),
            (Some(6), "overflow.after.特急"),
            (Some(9), "groups[0].level"),
            (Some(10), "groups[1].name"),
            (Some(11), "groups[1].overflow"),
        ]
    );
}

#[test]
fn a_ticket_belongs_by_skill_then_tags_then_default() {
    fn check(skill: Option<&str>, tags: &[&str], expected: &str) {
        let groups = Rules::shipped().unwrap().groups;
        let name = |text: &str| Skill::new(text).unwrap();
        let ticket = Ticket {
            id: TicketId(1),
            skill: skill.map(name),
            tags: tags.iter().copied().map(name).collect(),
            urgency: Urgency::Normal,
            tier: None,
            channel: None,
            language: None,
            last_contact: None,
        };
        let group = &groups.all[groups.of(&ticket)];
        assert_eq!(group.name.as_str(), expected, "{skill:?} {tags:?}");
    }
    check(Some("售后组"), &[], "售后");
    check(Some("物流"), &["投诉"], "物流");
    check(None, &["快递", "退款", "退货"], "售后");
    check(Some("没有的"), &["快递"], "物流");
    check(None, &["没有的"], "综合");
    check(None, &[], "综合");
}

#[test]
fn tiers_are_compared_without_case() {
    let priority = Rules::shipped().unwrap().priority;
    assert!(priority.is_vip(&Tier::new("vip").unwrap()));
    assert!(!priority.is_vip(&Tier::new("gold").unwrap()));
    let urgent = priority.head_start(Urgency::Urgent, Some(&Tier::new("VIP").unwrap()));
    assert_eq!(urgent, SignedDuration::from_mins(9));
}
