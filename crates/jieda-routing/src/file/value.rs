//! Values that files hold as text or number.

use jiff::SignedDuration;

use super::Problems;

/// A time that is not negative, and at most a year: sums of a few never overflow.
pub(crate) fn duration(
    key: &str,
    text: &str,
    problems: &mut Problems<'_>,
) -> Option<SignedDuration> {
    let most = SignedDuration::from_hours(24 * 366);
    match text.parse::<SignedDuration>() {
        Ok(duration) if !duration.is_negative() && duration <= most => Some(duration),
        _ => {
            let problem = format!("“{text}”不是时长，应写成 \"30s\"、\"5m\" 或 \"1h30m\"");
            problems.push(key, problem);
            None
        }
    }
}

/// A time longer than nothing.
pub(crate) fn positive(
    key: &str,
    text: &str,
    problems: &mut Problems<'_>,
) -> Option<SignedDuration> {
    let duration = duration(key, text, problems)?;
    if duration.is_zero() {
        problems.push(key, "要大于 0");
        return None;
    }
    Some(duration)
}

/// A whole number between two, both included.
pub(crate) fn within<T: TryFrom<i64>>(
    key: impl Into<String>,
    value: i64,
    (least, most): (i64, i64),
    problems: &mut Problems<'_>,
) -> Option<T> {
    let number = T::try_from(value).ok();
    let fits = number.filter(|_| (least..=most).contains(&value));
    if fits.is_none() {
        problems.push(key, format!("应为 {least} 到 {most}，不是 {value}"));
    }
    fits
}
