//! A row as a point.

use jieda_retrieval::{RowCosine, VectorKey, VectorRow};
use qdrant_client::{
    Payload,
    qdrant::{PointStruct, ScoredPoint, point_id::PointIdOptions},
};

/// In a point's payload: of which set it is.
pub(super) const SET: &str = "set";
/// In a point's payload: of which FAQ.
pub(super) const FAQ: &str = "faq";

/// The point of a row.
pub(super) fn point(key: &VectorKey, row: &VectorRow<'_>) -> PointStruct {
    let mut payload = Payload::new();
    payload.insert(SET, key.rows.clone());
    payload.insert(FAQ, i64::from(row.faq));
    PointStruct::new(id(key, row.faq, row.row), row.vector.to_vec(), payload)
}

/// Its number, written as a UUID.
fn id(key: &VectorKey, faq: u32, row: u32) -> String {
    // Keys are hexadecimal digits.
    let (set, _) = key.rows.split_at(key.rows.len().min(16));
    let digits = format!("{set:0>16}{faq:08x}{row:08x}");
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &digits[part]);
    parts.join("-")
}

/// The row of a point.
pub(super) fn row_of(point: &ScoredPoint) -> Option<RowCosine> {
    let PointIdOptions::Uuid(uuid) = point.id.as_ref()?.point_id_options.as_ref()? else {
        return None;
    };
    let number = u128::from_str_radix(&uuid.replace('-', ""), 16).ok()?;
    Some(RowCosine {
        faq: (number >> 32) as u32,
        row: number as u32,
        cosine: point.score,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panic")]

    use super::*;

    #[test]
    fn a_number_says_which_row_it_is() {
        let key = VectorKey {
            rows: "00f1e2d3c4b5a697ffffffffffffffff".into(),
            encoder: "00".into(),
        };
        let uuid = id(&key, 0x0102_0304, 7);
        assert_eq!(uuid, "00f1e2d3-c4b5-a697-0102-030400000007");
        let point = ScoredPoint {
            id: Some(uuid.into()),
            score: 0.5,
            ..ScoredPoint::default()
        };
        let row = row_of(&point).unwrap();
        assert_eq!((row.faq, row.row, row.cosine), (0x0102_0304, 7, 0.5));
        assert_eq!(row_of(&ScoredPoint::default()), None);
    }
}
