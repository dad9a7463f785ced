use jiff::{SignedDuration, civil::date, tz::TimeZone};

use super::*;
use crate::figures::{AbandonClass, Abandonment, Cut, Figures, Period, Service, Waits, Work};

fn check(from: &str, to: &str, expected: &str) {
    assert!(Sla::SHIPPED.contains(from), "{from}");
    let changed = Sla::SHIPPED.replacen(from, to, 1);
    let error = Sla::from_toml(&changed).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn the_shipped_agreement_is_sound_and_complete() {
    let sla = Sla::shipped().unwrap();
    assert_eq!(Sla::from_toml(Sla::SHIPPED), Ok(sla));
}

#[test]
fn senseless_values_are_refused() {
    check("periods = 2", "periods = 0", "plan.periods：应为 1 到 120");
    check("most = 20.0", "most = 120.0", "credit.most：应为 0 到 100");
    check("\"frt\"", "\"speed\"", "没有指标“speed”");
    check("target = 80.0", "target = 180.0", "应为 0 到 100");
    check("target = 4.2", "target = 6", "应为 0 到 5");
    check("a = 80.0", "a = 90.0", "达到了目标也要抵扣");
    check("a = 80.0\n", "", "一起写");
    check("within = \"20s\"\n", "", "没有写多少时间内接起");
    check(
        "target = 60.0",
        "target = 60.0\nwithin = \"1m\"",
        "只用于 service_level",
    );
    check(
        "target = 60.0",
        "target = 60.0\na = 1.0\nc = 1.0",
        "越高越好的指标",
    );
    check("name = \"放弃率\"", "name = \"满意度\"", "写了两次");
    check(
        "name = \"放弃率\"",
        "nmae = \"放弃率\"",
        "targets[4].nmae：没有这个键",
    );
}

/// So many of 200 accepted at once, and the others given up.
fn month(month: i8, accepted: usize) -> Figures {
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    Figures {
        period: Period::month(date(2026, month, 1), &zone).unwrap(),
        cut: Cut::default(),
        waits: Waits {
            accepted: vec![SignedDuration::ZERO; accepted],
            abandoned: (accepted..200)
                .map(|_| Abandonment {
                    wait: SignedDuration::from_secs(60),
                    class: AbandonClass::Waiting,
                })
                .collect(),
        },
        work: Work::default(),
        service: Service::default(),
        open: 0,
    }
}

fn sla() -> Sla {
    Sla::from_toml(
        "[[targets]]\nname = \"接起\"\nmeasure = \"service_level\"\nwithin = \"20s\"\ntarget = 90.0\na = 85.0\nc = 2.0\n\
         [[targets]]\nname = \"放弃\"\nmeasure = \"abandonment\"\ntarget = 15.0\n",
    )
    .unwrap()
}

#[test]
fn a_period_is_judged_and_credited() {
    fn check(accepted: usize, met: [Met; 2], credit: i64) {
        let statement = sla().judge(&month(10, accepted), Money(1_000_000));
        let found: Vec<Met> = statement.judged.iter().map(|judged| judged.met).collect();
        assert_eq!(found, met, "{accepted}");
        assert_eq!(statement.credit, Money(credit), "{accepted}");
    }
    // 90 % accepted and 10 % given up: as promised.
    check(180, [Met::Yes, Met::Yes], 0);
    // 87 %: missed, but not below a = 85.
    check(174, [Met::No, Met::Yes], 0);
    // 81.5 %: ((85 − 81.5) · 2 %) of 10 000.00 is 7 %; 18.5 % given up.
    check(163, [Met::No, Met::No], 70_000);
    // 50 %: 70 % would be credited, 20 % is the most.
    check(100, [Met::No, Met::No], 200_000);
}

#[test]
fn two_periods_in_a_row_lead_to_a_plan() {
    let due = Money(1_000_000);
    let months = |accepted: &[usize]| -> Vec<Billed> {
        let of = |(number, accepted): (i8, &usize)| Billed {
            figures: month(number, *accepted),
            due,
        };
        (1..).zip(accepted).map(of).collect()
    };
    let rows = |accepted: &[usize]| -> Vec<(String, usize)> {
        let plan = sla().review(&months(accepted)).plan;
        plan.iter()
            .map(|e| (e.target.clone(), e.periods.len()))
            .collect()
    };
    assert_eq!(rows(&[174, 180, 174]), []);
    assert_eq!(rows(&[174, 174, 180]), [("接起".to_owned(), 2)]);
    assert_eq!(
        rows(&[160, 160, 160, 180, 174, 174]),
        [
            ("接起".to_owned(), 3),
            ("接起".to_owned(), 2),
            ("放弃".to_owned(), 3)
        ]
    );
    // A month in which nobody came is no miss.
    let mut with_a_gap = months(&[174, 0, 174]);
    with_a_gap[1].figures.waits = Waits::default();
    let review = sla().review(&with_a_gap);
    assert_eq!(review.statements[1].judged[0].met, Met::Unmeasured);
    assert_eq!(review.plan, []);
}
