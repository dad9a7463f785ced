//! SHA-256 of contents and of files.

use std::{fs::File, io, io::Read as _, path::Path};

use sha2::{Digest as _, Sha256};

/// SHA-256 of bytes, in lower-case hex.
pub(super) fn hex_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// SHA-256 of a file in lower-case hex, and its length in bytes; read piece by piece.
pub(super) fn hash_file(path: &Path) -> io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((hex(&hash.finalize()), bytes)),
            n => {
                hash.update(&buffer[..n]);
                bytes += n as u64;
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
