//! The protobuf file stays backward compatible: whatever an older client knows has the same meaning.

#![allow(clippy::unwrap_used, reason = "a test may fail by panic")]

use std::{collections::BTreeMap, env, fs, path::PathBuf};

use prost::Message as _;
use prost_types::{DescriptorProto, EnumDescriptorProto, FileDescriptorSet};

/// What a client relies on, by name: the number and kind of every field, value and method.
type Facts = BTreeMap<String, String>;

fn facts(set: &FileDescriptorSet) -> Facts {
    let mut facts = Facts::new();
    for file in set.file.iter().filter(|file| file.package() == "jieda.v1") {
        for service in &file.service {
            for method in &service.method {
                let streams = (method.client_streaming(), method.server_streaming());
                facts.insert(
                    format!("{}.{}", service.name(), method.name()),
                    format!(
                        "{} -> {} {streams:?}",
                        method.input_type(),
                        method.output_type()
                    ),
                );
            }
        }
        file.message_type
            .iter()
            .for_each(|m| message("", m, &mut facts));
        file.enum_type.iter().for_each(|e| values(e, &mut facts));
    }
    facts
}

fn message(above: &str, message: &DescriptorProto, facts: &mut Facts) {
    let name = format!("{above}{}", message.name());
    for field in &message.field {
        let kind = (field.r#type(), field.label(), field.type_name());
        facts.insert(
            format!("{name}.{}", field.name()),
            format!("{} {kind:?}", field.number()),
        );
    }
    for nested in &message.nested_type {
        self::message(&format!("{name}."), nested, facts);
    }
}

fn values(of: &EnumDescriptorProto, facts: &mut Facts) {
    for value in &of.value {
        facts.insert(
            format!("{}.{}", of.name(), value.name()),
            value.number().to_string(),
        );
    }
}

#[test]
fn what_clients_know_stays_as_it_was() {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("proto");
    let files = ["answer", "routing"].map(|name| dir.join(format!("jieda/v1/{name}.proto")));
    let now = protox::compile(files, [&dir]).unwrap();
    let committed = dir.join("descriptor.bin");
    if env::var_os("UPDATE_EXPECT").is_some() {
        let mut plain = now.clone();
        plain
            .file
            .iter_mut()
            .for_each(|file| file.source_code_info = None);
        fs::write(&committed, plain.encode_to_vec()).unwrap();
    }
    let before = FileDescriptorSet::decode(fs::read(&committed).unwrap().as_slice()).unwrap();
    let (before, now) = (facts(&before), facts(&now));
    assert!(before.len() > 50);
    for (name, meaning) in &before {
        assert_eq!(
            now.get(name),
            Some(meaning),
            "{name} has changed or is gone"
        );
    }
    // What is new goes into the committed file, so that it is kept to from now on.
    assert_eq!(before, now, "run with UPDATE_EXPECT=1");
}
