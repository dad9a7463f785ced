//! Makes Rust of the protobuf file. No `protoc` is needed.

use std::{env, error::Error, fs, path::PathBuf};

use prost::Message as _;

const FILES: [&str; 2] = [
    "proto/jieda/v1/answer.proto",
    "proto/jieda/v1/routing.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let files = protox::compile(FILES, ["proto"])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    // For reflection.
    fs::write(out.join("descriptor.bin"), files.encode_to_vec())?;
    tonic_prost_build::configure()
        // In order: an idempotency key is told by the bytes of its request.
        .btree_map(".")
        .compile_fds(files)?;
    Ok(())
}
