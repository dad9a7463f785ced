//! Intent heads on disk.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::fs;

use jieda_model::{
    ArtifactError, ArtifactKind, IntentExample, IntentHead, IntentMethod, IntentOptions,
};
use jieda_types::{Embedding, EncoderId, IntentId};

fn encoder(name: &str) -> EncoderId {
    EncoderId::new(name).unwrap()
}

/// Two intents with parts, and texts that have none.
fn examples() -> Vec<IntentExample> {
    (0..60)
        .map(|i| {
            let (words, intent, angle) = [
                ("退款到哪了", Some("refund/progress"), 0.0_f32),
                ("怎么开发票", Some("invoice"), 2.0),
                ("今天天气", None, 4.0),
            ][i % 3];
            let angle = angle + i as f32 * 0.003;
            IntentExample {
                text: format!("{words}{i}"),
                intent: intent.map(|id| IntentId::new(id).unwrap()),
                vector: Embedding::normalized(vec![angle.cos(), angle.sin(), 0.1]),
            }
        })
        .collect()
}

fn head(method: IntentMethod) -> IntentHead {
    let options = IntentOptions {
        method: Some(method),
        ..IntentOptions::default()
    };
    IntentHead::fit(encoder("one"), &examples(), &options, &mut |_, _| ()).unwrap()
}

#[test]
fn what_is_saved_is_read_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("intents.safetensors");
    for method in [
        IntentMethod::Neighbours,
        IntentMethod::Linear,
        IntentMethod::Kernel,
    ] {
        let head = head(method);
        head.save(&path).unwrap();
        let read = IntentHead::load_for(&path, &encoder("one")).unwrap();
        assert_eq!(read, head);
        for example in examples() {
            let prediction = read.predict(&example.text, &example.vector);
            assert_eq!(prediction, head.predict(&example.text, &example.vector));
            let none = prediction.none.unwrap().get();
            let expected = match example.intent {
                Some(intent) => prediction.top().unwrap().id == intent && none < 0.5,
                None => none > 0.5,
            };
            assert!(expected, "{method:?} {}: {prediction:?}", example.text);
        }
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no leftovers");
}

#[test]
fn same_examples_same_head() {
    assert_eq!(head(IntentMethod::Linear), head(IntentMethod::Linear));
}

#[test]
fn another_encoders_head_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("intents.safetensors");
    head(IntentMethod::Linear).save(&path).unwrap();
    let error = IntentHead::load_for(&path, &encoder("two")).unwrap_err();
    assert!(
        matches!(
            error,
            ArtifactError::Foreign {
                kind: ArtifactKind::IntentHead,
                ..
            }
        ),
        "{error}"
    );
    assert!(error.to_string().contains("jieda train intent"), "{error}");
}

#[test]
fn damage_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("intents.safetensors");
    head(IntentMethod::Linear).save(&path).unwrap();
    let sound = fs::read(&path).unwrap();
    for at in (0..sound.len()).step_by(sound.len() / 50) {
        let mut bytes = sound.clone();
        bytes[at] ^= 0x10;
        fs::write(&path, &bytes).unwrap();
        match IntentHead::load(&path) {
            Err(ArtifactError::Damaged { .. }) => {}
            // The head in JSON has no hash of its own; what it says must fit, at least.
            Ok(head) => assert!(!head.intents().is_empty()),
            Err(other) => panic!("{other}"),
        }
    }
    fs::write(&path, &sound[..sound.len() / 2]).unwrap();
    assert!(matches!(
        IntentHead::load(&path),
        Err(ArtifactError::Damaged { .. })
    ));
}
