//! Adapters: what they learn, and what their files withstand.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may fail by panic"
)]

use std::fs;

use jieda_model::{
    Adapter, AdapterExamples, AdapterInfo, AdapterOptions, ArtifactError, LabelledVector,
};
use jieda_types::{Embedding, EncoderId};

const DIMENSIONS: usize = 32;
const FAQS: usize = 12;

fn random(rng: &mut fastrand::Rng) -> Vec<f32> {
    (0..DIMENSIONS).map(|_| rng.f32() - 0.5).collect()
}

fn near(center: &[f32], noise: f32, rng: &mut fastrand::Rng) -> Embedding {
    let moved = center.iter().map(|x| x + noise * (rng.f32() - 0.5));
    Embedding::normalized(moved.collect())
}

/// FAQs around random centers, and customers who ask each from somewhere else: from the next FAQ's center,
/// half the way.
struct World {
    examples: AdapterExamples,
    held_out: Vec<LabelledVector>,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let centers: Vec<Vec<f32>> = (0..FAQS).map(|_| random(&mut rng)).collect();
        let jargon: Vec<Vec<f32>> = (0..FAQS).map(|_| random(&mut rng)).collect();
        let mut world = Self {
            examples: AdapterExamples::default(),
            held_out: Vec::new(),
        };
        for faq in 0..FAQS {
            let labelled = |vector| LabelledVector { faq, vector };
            for _ in 0..4 {
                let phrasing = labelled(near(&centers[faq], 0.3, &mut rng));
                world.examples.phrasings.push(phrasing);
                let query = labelled(near(&jargon[faq], 0.3, &mut rng));
                world.examples.queries.push(query);
                world
                    .held_out
                    .push(labelled(near(&jargon[faq], 0.3, &mut rng)));
            }
        }
        world
    }

    fn adapter(&self) -> Adapter {
        Adapter::fit(encoder(), &self.examples, &AdapterOptions::default()).unwrap()
    }

    /// Share of queries that are nearest to a phrasing of their own FAQ.
    fn recall(&self, queries: &[LabelledVector], adapter: Option<&Adapter>) -> f64 {
        let found = |query: &&LabelledVector| {
            let vector = adapter.map_or(query.vector.clone(), |a| a.apply(&query.vector));
            let nearest = self.examples.phrasings.iter().max_by(|a, b| {
                let cosine = |p: &LabelledVector| p.vector.cosine(&vector);
                cosine(a).total_cmp(&cosine(b))
            });
            nearest.unwrap().faq == query.faq
        };
        queries.iter().filter(found).count() as f64 / queries.len() as f64
    }
}

fn encoder() -> EncoderId {
    EncoderId::new("test@1+0123").unwrap()
}

#[test]
fn jargon_is_learned_and_nothing_unlearned() {
    let world = World::new(7);
    let adapter = world.adapter();
    let before = world.recall(&world.held_out, None);
    let after = world.recall(&world.held_out, Some(&adapter));
    assert!(before < 0.4 && after > 0.8, "{before} to {after}");
    let own = world.recall(&world.examples.phrasings, Some(&adapter));
    assert!(own > 0.95, "phrasings {own}");
}

#[test]
fn the_same_data_give_the_same_adapter_of_unit_vectors() {
    let world = World::new(8);
    let adapter = world.adapter();
    assert_eq!(adapter, world.adapter());
    for query in &world.held_out {
        let moved = adapter.apply(&query.vector);
        assert!((moved.cosine(&moved) - 1.0).abs() < 1e-5);
    }
    // Another encoder's vector is left alone.
    let foreign = Embedding::normalized(vec![1.0; 3]);
    assert_eq!(adapter.apply(&foreign), foreign);
}

#[test]
fn what_can_not_be_learned_does_no_harm() {
    let examples = AdapterExamples::default();
    let nothing = Adapter::fit(encoder(), &examples, &AdapterOptions::default());
    assert!(nothing.is_ok());
    // One phrasing an FAQ, and a query of an FAQ that has none.
    let world = World::new(9);
    let mut examples = world.examples.clone();
    examples.phrasings.dedup_by_key(|p| p.faq);
    examples.queries.push(LabelledVector {
        faq: usize::MAX,
        vector: examples.queries[0].vector.clone(),
    });
    let adapter = Adapter::fit(encoder(), &examples, &AdapterOptions::default()).unwrap();
    let moved = adapter.apply(&examples.queries[0].vector);
    assert!((moved.cosine(&moved) - 1.0).abs() < 1e-5, "{moved:?}");
    // Vectors of two lengths.
    examples.queries[0].vector = Embedding::normalized(vec![1.0; 3]);
    assert!(Adapter::fit(encoder(), &examples, &AdapterOptions::default()).is_err());
}

#[test]
fn more_phrasings_than_a_step_compares_are_no_harm() {
    let mut rng = fastrand::Rng::with_seed(3);
    let mut examples = AdapterExamples::default();
    // 5,060 phrasings, and queries for every FAQ.
    for faq in 0..130 {
        let center = random(&mut rng);
        let phrasings = if faq < 100 { 50 } else { 2 };
        for _ in 0..phrasings {
            let vector = near(&center, 0.5, &mut rng);
            examples.phrasings.push(LabelledVector { faq, vector });
        }
        let vector = near(&center, 0.8, &mut rng);
        examples.queries.push(LabelledVector { faq, vector });
    }
    let options = AdapterOptions {
        passes: 3,
        ..AdapterOptions::default()
    };
    let adapter = Adapter::fit(encoder(), &examples, &options).unwrap();
    for query in &examples.queries {
        let moved = adapter.apply(&query.vector);
        assert!((moved.cosine(&moved) - 1.0).abs() < 1e-5, "{moved:?}");
    }
}

#[test]
fn a_file_comes_back_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("adapter.safetensors");
    let info = AdapterInfo {
        queries: 48,
        recall_before: Some(0.5),
        recall_after: Some(0.75),
    };
    let adapter = World::new(10).adapter().with_info(info);
    adapter.save(&path).unwrap();
    adapter.save(&path).unwrap();
    assert_eq!(Adapter::load(&path).unwrap(), adapter);
    assert_eq!(Adapter::load_for(&path, &encoder()).unwrap(), adapter);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    let other = EncoderId::new("other@1+4567").unwrap();
    let error = Adapter::load_for(&path, &other).unwrap_err();
    let message = error.to_string();
    assert!(matches!(error, ArtifactError::Foreign { .. }), "{message}");
    assert!(message.contains("test@1+0123") && message.contains("other@1+4567"));
}

#[test]
fn damage_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("adapter.safetensors");
    let adapter = World::new(11).adapter();
    adapter.save(&path).unwrap();
    let sound = fs::read(&path).unwrap();
    let mut rng = fastrand::Rng::with_seed(1);
    for _ in 0..300 {
        let mut bytes = sound.clone();
        let at = rng.usize(..bytes.len());
        bytes[at] ^= 1 << rng.u8(..8);
        fs::write(&path, &bytes).unwrap();
        // A changed number of the figures is no harm; the matrix and its encoder are as they were, or refused.
        if let Ok(loaded) = Adapter::load_for(&path, &encoder()) {
            assert_eq!(loaded.with_info(adapter.info().clone()), adapter);
        }
    }
    for cut in [0, 1, 8, sound.len() / 2, sound.len() - 1] {
        fs::write(&path, &sound[..cut]).unwrap();
        assert!(matches!(
            Adapter::load(&path),
            Err(ArtifactError::Damaged { .. })
        ));
    }
    assert!(matches!(
        Adapter::load(dir.path().join("none").as_path()),
        Err(ArtifactError::File { .. })
    ));
}
