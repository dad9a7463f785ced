//! Numbers with their unit. They are rounded when they are made: the same log gives the same bytes on any machine.

use std::fmt;

use jiff::SignedDuration;
use serde::Serialize;

/// To four places.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

macro_rules! unit {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
        #[serde(transparent)]
        pub struct $name(f64);

        impl $name {
            /// Rounds and wraps a number.
            #[must_use]
            pub fn new(value: f64) -> Self {
                Self(rounded(value))
            }

            /// The number.
            #[must_use]
            pub fn get(self) -> f64 {
                self.0
            }
        }
    };
}

unit! {
    /// Percent: 85.3 of 100.
    Percent
}
unit! {
    /// Seconds.
    Seconds
}
unit! {
    /// A mean of ratings, from 1 (worst) to 5 (best).
    Stars
}
unit! {
    /// A Gini coefficient: 0 where all have the same, towards 1 where one has all.
    Gini
}

impl Percent {
    /// A part of a whole; none of nothing.
    #[must_use]
    pub fn of(part: usize, whole: usize) -> Option<Self> {
        (whole > 0).then(|| Self::new(100.0 * part as f64 / whole as f64))
    }
}

impl Seconds {
    /// A length of time.
    #[must_use]
    pub fn of(time: SignedDuration) -> Self {
        Self::new(time.as_secs_f64())
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}%", self.0)
    }
}

impl fmt::Display for Seconds {
    /// 8.5 秒, 20 秒, 3 分 05 秒, 2 小时 05 分.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = self.0.round() as i64;
        match whole {
            ..60 if self.0.fract() == 0.0 => write!(f, "{whole} 秒"),
            ..60 if self.0 < 59.95 => write!(f, "{:.1} 秒", self.0),
            ..3600 => write!(f, "{} 分 {:02} 秒", whole / 60, whole % 60),
            _ => write!(f, "{} 小时 {:02} 分", whole / 3600, whole % 3600 / 60),
        }
    }
}

impl fmt::Display for Stars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2}", self.0)
    }
}

impl fmt::Display for Gini {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

/// A number in one of the units of figures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "unit", content = "value", rename_all = "snake_case")]
pub enum Value {
    /// Percent.
    Percent(Percent),
    /// Seconds.
    Seconds(Seconds),
    /// Of 5.
    Stars(Stars),
}

impl Value {
    /// The number without its unit.
    #[must_use]
    pub fn get(self) -> f64 {
        match self {
            Self::Percent(value) => value.get(),
            Self::Seconds(value) => value.get(),
            Self::Stars(value) => value.get(),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent(value) => value.fmt(f),
            Self::Seconds(value) => value.fmt(f),
            Self::Stars(value) => value.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_say_them() {
        for (seconds, expected) in [
            (0.0, "0 秒"),
            (20.0, "20 秒"),
            (8.54, "8.5 秒"),
            (59.97, "1 分 00 秒"),
            (185.0, "3 分 05 秒"),
            (7500.0, "2 小时 05 分"),
        ] {
            assert_eq!(Seconds::new(seconds).to_string(), expected);
        }
    }

    #[test]
    fn nothing_has_no_share() {
        assert_eq!(Percent::of(0, 0), None);
        assert_eq!(Percent::of(1, 3).map(Percent::get), Some(33.3333));
    }
}
