//! Names of releases.

use std::{fmt, str::FromStr};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde::{Deserialize, Serialize};

const TIME_FORMAT: &str = "%Y%m%d-%H%M%S";
const TIME_BYTES: usize = "20261125-153012".len();
const HASH_BYTES: usize = 6;

/// The name of a release: when it was made (UTC), and the beginning of a hash of its files, such as
/// `20261125-153012-1a2b3c`. Ids are ordered by time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReleaseId(String);

/// A text that is no [`ReleaseId`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no release id; one looks like 20261125-153012-1a2b3c")]
pub struct InvalidReleaseId(pub String);

impl ReleaseId {
    /// The id of a release made at a time from 1970 on, from a hash in lower-case hex.
    pub(super) fn new(at: Timestamp, hash: &str) -> Result<Self, InvalidReleaseId> {
        let hash = hash.get(..HASH_BYTES).unwrap_or(hash);
        format!("{}-{hash}", at.strftime(TIME_FORMAT)).parse()
    }

    /// When it was made, to the second. (Of two releases of one second, the later has the next second
    /// in its id.)
    #[must_use]
    pub fn time(&self) -> Timestamp {
        // Checked when it was parsed.
        time(&self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The six hexadecimal digits at its end.
    #[must_use]
    pub fn hash(&self) -> &str {
        self.0.get(TIME_BYTES + 1..).unwrap_or_default()
    }
}

impl FromStr for ReleaseId {
    type Err = InvalidReleaseId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hex = |hash: &str| {
            hash.len() == HASH_BYTES && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        };
        let sound = text
            .get(TIME_BYTES..)
            .and_then(|rest| rest.strip_prefix('-'))
            .is_some_and(hex)
            // Only what is printed back the same: no signs, no spaces, no 61st second.
            && time(text).is_some_and(|t| {
                t >= Timestamp::UNIX_EPOCH
                    && text.starts_with(&t.strftime(TIME_FORMAT).to_string())
            });
        if sound {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidReleaseId(text.to_owned()))
        }
    }
}

impl fmt::Display for ReleaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for ReleaseId {
    type Error = InvalidReleaseId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ReleaseId> for String {
    fn from(id: ReleaseId) -> Self {
        id.0
    }
}

fn time(id: &str) -> Option<Timestamp> {
    let time = DateTime::strptime(TIME_FORMAT, id.get(..TIME_BYTES)?).ok()?;
    TimeZone::UTC.to_timestamp(time).ok()
}
