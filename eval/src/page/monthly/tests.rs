//! What those in charge read.

use expect_test::{Expect, expect};

use super::*;
use crate::monthly::{Material, Month, sample::Sample};

/// Tags that need no end.
const VOID: [&str; 3] = ["meta", "br", "!DOCTYPE"];

/// Every element ends, in its order.
fn assert_well_formed(page: &str) {
    let mut open: Vec<&str> = Vec::new();
    let body = page.split_once("</style>").unwrap().1;
    open.extend(["html", "head"]);
    for piece in body.split('<').skip(1) {
        let tag = piece.split(['>', ' ', '\n']).next().unwrap();
        let head = piece.split_once('>').unwrap().0;
        if let Some(ended) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(ended), "{piece}");
        } else if !head.ends_with('/') && !VOID.contains(&tag) {
            open.push(tag);
        }
    }
    assert_eq!(open, [""; 0]);
}

/// Nothing is asked for, and nothing runs.
fn assert_self_contained(page: &str) {
    for part in ["<script", "<link", "<img", "src=", "url(", "@import"] {
        assert!(!page.contains(part), "{part}");
    }
    for address in page.split("http").skip(1) {
        assert!(address.starts_with("-equiv") || address.starts_with("://www.w3.org/2000/svg\""));
    }
}

/// The texts of a section, a line for each paragraph, row or item.
fn check(page: &str, section: &str, expected: &Expect) {
    let text = super::super::tests::read(page, section);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    expected.assert_eq(&lines.join("\n"));
}

fn month(material: &Material<'_>, month: &str) -> String {
    let month: Month = month.parse().unwrap();
    monthly_page(&Monthly::of(material, month).unwrap()).unwrap()
}

#[test]
fn the_page_of_a_month() {
    let sample = Sample::new();
    let page = month(&sample.material(), "2026-11");
    assert_well_formed(&page);
    assert_self_contained(&page);
    check(
        &page,
        "summary",
        &expect![[r#"
        1 一眼看完
        机器人接待 4 个会话（上月 1），直接答上 50.0% 的问题，50.0% 的会话转了人工，评分平均 3.00。
        人工接待 6 个会话，接起率 33.3%，放弃率 16.7%，首次响应 FRT 1 分 36 秒，解决时间 ART 13 分 42 秒，自动解决率 16.7%，满意度 CSAT 4.00。
        服务协议（2026 年 11 月）的 6 项目标，达到 1 项，没有达到 5 项；应抵扣本期费用的 20.0%；1 项要提交改进计划。
        坐席接起 5 次，技能匹配 80.0%，负荷基尼系数 0.071（0 最均匀）。

        先做这些
        “20 秒接起率”连续 2 个月没有达到目标 80.0%（2026-10 50.0%，2026-11 33.3%）：按服务协议要提交改进计划。
        这份报告缺什么
        知识缺口：没有做知识缺口分析。
        抵扣金额：没有给出本期应付费用，抵扣只算到费用的百分之几。"#]],
    );
    check(
        &page,
        "agreement",
        &expect![[r#"
            3 服务协议
            2026 年 11 月。正好达到目标算达到；没有数据的既不算达到，也不算没有达到。
            目标 | 应达到 | 实际 | 达标 | 抵扣（占费用） |
            20 秒接起率 | 80.0% | 33.3% | 没有达到 | 46.7% |
            自动解决率 | 70.0% | 16.7% | 没有达到 | – |
            首次响应 | 1 分 00 秒 | 1 分 36 秒 | 没有达到 | – |
            解决时间 | 30 分 00 秒 | 13 分 42 秒 | 达到 | – |
            放弃率 | 5.0% | 16.7% | 没有达到 | – |
            满意度 | 4.20 | 4.00 | 没有达到 | – |
            抵扣合计 20.0%，上限是本期费用的 20.0%；没有给出应付费用，不算金额。
            抵扣 = ((a − x) · c) · d：x 是实际达到的，低于 a 才抵扣，c 是每差 1 个百分点抵扣的比例，d 是应付费用；各项之和不超过上限。
            各月
            目标 | 应达到 | 2026-10
            不足整月 | 2026-11 |
            20 秒接起率 | 80.0% | 50.0% | 33.3% |
            自动解决率 | 70.0% | – | 16.7% |
            首次响应 | 1 分 00 秒 | 25 秒 | 1 分 36 秒 |
            解决时间 | 30 分 00 秒 | 10 分 18 秒 | 13 分 42 秒 |
            放弃率 | 5.0% | 0.0% | 16.7% |
            满意度 | 4.20 | 5.00 | 4.00 |
            抵扣合计（占费用） |  | 20.0% | 20.0% |

            改进计划
            同一目标连续 2 个月没有达到，要提交改进计划。措施、负责人和期限请填写。
            目标 | 应达到 | 各月实际 | 改进措施、负责人、期限 |
            20 秒接起率 | 80.0% | 2026-10 50.0%，2026-11 33.3% |  |"#]],
    );
    check(
        &page,
        "pairs",
        &expect![[r#"
        6 容易混淆的常见问题
        机器人拿不准时会反问客户是哪一条。下面是一起反问得最多的两条，以及客户选了哪条：共 1 对，列出 1 对。
        反问 | 选得多的一条 | 选了 | 另一条 | 选了 | 都没选 |
        2 | 怎么退货 a1 | 1 | 怎么换货 a2 | 1 | 0 |"#]],
    );
    // The same material, the same bytes.
    assert!(page == month(&sample.material(), "2026-11"));
}

#[test]
fn what_is_missing_is_said() {
    let sample = Sample::new();
    let nothing = Material {
        talks: None,
        log: None,
        kb: None,
        ..sample.material()
    };
    let page = month(&nothing, "2026-11");
    assert_well_formed(&page);
    check(
        &page,
        "summary",
        &expect![[r#"
        1 一眼看完
        本月没有可用的数据。

        这份报告缺什么
        机器人会话：没有会话库，机器人的各项没有数据。
        人工服务：没有分配日志，人工服务、服务协议和分配质量没有数据。"#]],
    );
    for section in ["service", "agreement", "bot", "allocation", "channels"] {
        assert!(!page.contains(&format!("id=\"{section}\"")), "{section}");
    }
    let talks_alone = Material {
        log: None,
        ..sample.material()
    };
    let page = month(&talks_alone, "2026-11");
    assert!(page.contains("id=\"bot\"") && !page.contains("id=\"service\""));
    assert!(page.contains("没有分配日志"));
}

#[test]
fn the_page_of_a_quarter() {
    let sample = Sample::new();
    let quarter = Quarterly::of(&sample.material(), "2026Q4".parse().unwrap()).unwrap();
    let page = quarterly_page(&quarter).unwrap();
    assert_well_formed(&page);
    assert_self_contained(&page);
    check(
        &page,
        "allocation",
        &expect![[r#"
        2 分配质量
        技能匹配：接起的坐席有这一组的技能，并达到要求的等级。负荷：坐席的接待位被占用的比例；基尼系数 0 是人人一样忙，越接近 1 越集中在少数人。
        指标 | 2026-10 | 2026-11 |
        接起 | 2 | 5 |
        技能匹配率 | 100.0% | 80.0% |
        负荷基尼系数 | – | 0.071 |
        分给上次接待的坐席 | 0.0% | 0.0% |
        别的组代接 | 0.0% | 20.0% |
        拒接 | 0 | 0 |
        无人应答 | 0 | 0 |
        放开给别的组 | 0 | 1 |
        升级给高级坐席 | 0 | 0 |"#]],
    );
    check(
        &page,
        "agents",
        &expect![[r#"
        5 坐席
        各月接起的次数和负荷。
        坐席 | 2026-10 接起 | 占比 | 负荷 | 2026-11 接起 | 占比 | 负荷 |
        小王 | 2 | 100.0% | 11.1% | 2 | 40.0% | 8.3% |
        小李 | – | – | – | 2 | 40.0% | 6.2% |
        小张 | – | – | – | 1 | 20.0% | – |
    "#]],
    );
    assert!(page.contains("分配日志里没有 2026 年 12 月的记录"));
}

#[test]
fn names_are_never_markup() {
    let mut sample = Sample::new();
    for talk in &mut sample.talks {
        talk.channel = Some("<script>alert('&')</script>".into());
    }
    let page = month(&sample.material(), "2026-11");
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
}
