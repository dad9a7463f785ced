//! PostgreSQL's binary `COPY`: the quickest way in.

use sqlx::PgConnection;

use super::failed;
use crate::VectorsError;

const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const END: [u8; 2] = (-1i16).to_be_bytes();
/// Sent at a time.
const CHUNK: usize = 1 << 20;

/// One field of a row.
pub(super) enum Field<'a> {
    Integer(i32),
    Uuid(&'a [u8; 16]),
    Vector(&'a [f32]),
}

/// Copies rows into a table; `statement` is `COPY … FROM STDIN (FORMAT binary)`.
pub(super) async fn copy<'a, const N: usize>(
    connection: &mut PgConnection,
    statement: &str,
    rows: impl Iterator<Item = Result<[Field<'a>; N], VectorsError>>,
) -> Result<(), VectorsError> {
    const DOING: &str = "copying vectors";
    let mut into = connection
        .copy_in_raw(statement)
        .await
        .map_err(failed(DOING))?;
    let mut chunk = HEAD.to_vec();
    for row in rows {
        chunk.extend_from_slice(&(N as i16).to_be_bytes());
        row?.iter().for_each(|field| field.write(&mut chunk));
        if chunk.len() >= CHUNK {
            into.send(chunk.as_slice()).await.map_err(failed(DOING))?;
            chunk.clear();
        }
    }
    chunk.extend_from_slice(&END);
    into.send(chunk.as_slice()).await.map_err(failed(DOING))?;
    into.finish().await.map(drop).map_err(failed(DOING))
}

impl Field<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Integer(number) => {
                out.extend_from_slice(&4i32.to_be_bytes());
                out.extend_from_slice(&number.to_be_bytes());
            }
            Self::Uuid(bits) => {
                out.extend_from_slice(&16i32.to_be_bytes());
                out.extend_from_slice(*bits);
            }
            // Two numbers of 16 bits, how many and nothing, then the vector.
            Self::Vector(vector) => {
                out.extend_from_slice(&(4 + 4 * vector.len() as i32).to_be_bytes());
                out.extend_from_slice(&(vector.len() as i16).to_be_bytes());
                out.extend_from_slice(&[0, 0]);
                vector
                    .iter()
                    .for_each(|x| out.extend_from_slice(&x.to_be_bytes()));
            }
        }
    }
}
