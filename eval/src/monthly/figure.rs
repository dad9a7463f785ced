//! The service's figures of a month, beside those of the month before and the targets.

use jieda_routing::{
    figures::Figures,
    sla::{Better, Measure, Met, Sla},
};
use jiff::SignedDuration;
use serde::Serialize;

use super::units::{Percent, Seconds, Stars, Value};

/// What is measured. The formulas are those of [`jieda_routing::figures`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FigureKind {
    /// Percent accepted within a time ([`jieda_routing::figures::Waits::service_level`]).
    ServiceLevel,
    /// Average speed of answer, seconds.
    Asa,
    /// Average waiting time, seconds.
    Awt,
    /// Percent given up.
    Abandonment,
    /// Mean first response time, seconds.
    Frt,
    /// Mean resolution time, seconds.
    Art,
    /// Average talk time, seconds.
    Att,
    /// Average after-contact work, seconds.
    AfterWork,
    /// Percent passed on.
    Transfer,
    /// Percent of the time that agents were there for contacts in which they had one.
    Occupancy,
    /// Percent resolved without a human.
    AutomaticResolution,
    /// Mean rating, of 5.
    Csat,
}

impl FigureKind {
    /// All, in the order in which they are read.
    pub const ALL: [Self; 12] = [
        Self::ServiceLevel,
        Self::Asa,
        Self::Awt,
        Self::Abandonment,
        Self::Frt,
        Self::Art,
        Self::Att,
        Self::AfterWork,
        Self::Transfer,
        Self::Occupancy,
        Self::AutomaticResolution,
        Self::Csat,
    ];

    /// What was reached in a period; none where there was nothing to measure.
    #[must_use]
    pub fn of(self, figures: &Figures, within: SignedDuration) -> Option<Value> {
        let (waits, work, service) = (&figures.waits, &figures.work, &figures.service);
        let percent = |value: Option<f64>| value.map(|v| Value::Percent(Percent::new(v)));
        let seconds = |time: Option<SignedDuration>| time.map(|t| Value::Seconds(Seconds::of(t)));
        match self {
            Self::ServiceLevel => percent(waits.service_level(within)),
            Self::Asa => seconds(waits.asa()),
            Self::Awt => seconds(waits.awt()),
            Self::Abandonment => percent(waits.abandonment(None)),
            Self::Frt => seconds(service.frt()),
            Self::Art => seconds(service.art()),
            Self::Att => seconds(work.att()),
            Self::AfterWork => seconds(work.acw()),
            Self::Transfer => percent(work.transfer_rate()),
            Self::Occupancy => percent(work.occupancy()),
            Self::AutomaticResolution => percent(service.automatic_resolution()),
            Self::Csat => service.csat().map(|csat| Value::Stars(Stars::new(csat))),
        }
    }

    /// Which way is better; none where neither is: agents who are busier, or talk longer, may be better or worse.
    #[must_use]
    pub fn better(self) -> Option<Better> {
        match self {
            Self::ServiceLevel | Self::AutomaticResolution | Self::Csat => Some(Better::Higher),
            Self::Asa | Self::Awt | Self::Abandonment | Self::Frt | Self::Art | Self::Transfer => {
                Some(Better::Lower)
            }
            Self::Att | Self::AfterWork | Self::Occupancy => None,
        }
    }

    /// The figure that a target is about; none for what is not in the table.
    fn measured_by(measure: Measure) -> Option<Self> {
        Some(match measure {
            Measure::ServiceLevel(_) => Self::ServiceLevel,
            Measure::AutomaticResolution => Self::AutomaticResolution,
            Measure::Csat => Self::Csat,
            Measure::Abandonment => Self::Abandonment,
            Measure::Transfer => Self::Transfer,
            Measure::Asa => Self::Asa,
            Measure::Awt => Self::Awt,
            Measure::Frt => Self::Frt,
            Measure::Art => Self::Art,
            Measure::Ata => return None,
        })
    }
}

/// A figure of a month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServiceFigure {
    /// What.
    pub kind: FigureKind,
    /// In this month; none where there was nothing to measure.
    pub now: Option<Value>,
    /// In the month before.
    pub before: Option<Value>,
    /// What the agreement asks for.
    pub target: Option<Value>,
    /// Whether that was met; none without a target.
    pub met: Option<Met>,
}

/// All figures that were measured in one of the two months.
pub(super) fn service_figures(
    now: &Figures,
    before: Option<&Figures>,
    sla: &Sla,
) -> Vec<ServiceFigure> {
    let within = within(sla);
    let figure = |kind: FigureKind| {
        let reached = kind.of(now, within);
        let target = sla
            .targets
            .iter()
            .find(|t| FigureKind::measured_by(t.measure) == Some(kind));
        ServiceFigure {
            kind,
            now: reached,
            before: before.and_then(|before| kind.of(before, within)),
            target: target.map(|t| value(t.measure, t.at)),
            met: target.map(|t| met(t.measure, t.at, reached.map(Value::get))),
        }
    };
    let all = FigureKind::ALL.into_iter().map(figure);
    all.filter(|f| f.now.is_some() || f.before.is_some())
        .collect()
}

/// The time of the first target on the service level; without one, 20 seconds.
pub(super) fn within(sla: &Sla) -> SignedDuration {
    let of_target = sla.targets.iter().find_map(|target| match target.measure {
        Measure::ServiceLevel(within) => Some(within),
        _ => None,
    });
    of_target.unwrap_or(SignedDuration::from_secs(20))
}

/// The service level that the agreement asks for; without a target, 80 percent.
pub(super) fn wanted_service_level(sla: &Sla) -> Percent {
    let of_target = sla.targets.iter().find_map(|target| match target.measure {
        Measure::ServiceLevel(_) => Some(target.at),
        _ => None,
    });
    Percent::new(of_target.unwrap_or(80.0))
}

/// A number of the agreement, with the unit of what it is about.
pub(super) fn value(measure: Measure, number: f64) -> Value {
    match measure {
        Measure::ServiceLevel(_)
        | Measure::AutomaticResolution
        | Measure::Abandonment
        | Measure::Transfer => Value::Percent(Percent::new(number)),
        Measure::Csat => Value::Stars(Stars::new(number)),
        Measure::Asa | Measure::Awt | Measure::Ata | Measure::Frt | Measure::Art => {
            Value::Seconds(Seconds::new(number))
        }
    }
}

fn met(measure: Measure, at: f64, reached: Option<f64>) -> Met {
    let Some(reached) = reached else {
        return Met::Unmeasured;
    };
    let enough = match measure.better() {
        Better::Higher => reached >= at,
        Better::Lower => reached <= at,
    };
    if enough { Met::Yes } else { Met::No }
}
