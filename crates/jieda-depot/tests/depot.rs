//! Releases come out of a depot as they went in, or not at all; what is current changes in one step.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::{fs, path::Path};

use jieda_depot::{Depot, DepotError, DepotFault, Outcome, Publication, ReplicaReport, Stages};
use jieda_knowledge::release::{DataDir, Release, ReleaseId, ReleaseMeta};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

fn time(minute: i64) -> Timestamp {
    "2026-11-30T08:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minute)
}

/// A data directory, and a depot in a folder beside it.
struct Place {
    folder: TempDir,
    data: DataDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::create(&folder.path().join("data")).unwrap();
        Self { folder, data }
    }

    fn depot(&self) -> Depot {
        let url = format!("file://{}", self.folder.path().join("depot").display());
        Depot::open(&url).unwrap()
    }

    fn elsewhere(&self, name: &str) -> DataDir {
        DataDir::create(&self.folder.path().join(name)).unwrap()
    }

    /// A release of two files, of which the second is always the same.
    fn release(&self, minute: i64) -> Release {
        let mut publisher = self.data.publisher("test", time(minute)).unwrap();
        let draft = publisher.draft().unwrap();
        fs::create_dir(draft.path().join("kb")).unwrap();
        fs::write(draft.path().join("kb/faqs.jsonl"), format!("{minute}")).unwrap();
        fs::write(draft.path().join("vectors.index"), vec![7; 100_000]).unwrap();
        let meta = ReleaseMeta {
            created: time(minute),
            ..ReleaseMeta::default()
        };
        draft.seal(meta).unwrap()
    }

    async fn pushed(&self, minute: i64) -> Release {
        let release = self.release(minute);
        self.depot().push(&release, &mut |_| {}).await.unwrap();
        release
    }
}

fn publication(release: &ReleaseId, stages: Stages) -> Publication<'_> {
    Publication {
        release,
        by: "王主管",
        at: time(60),
        stages,
    }
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_comes_out_as_it_went_in() {
    let place = Place::new();
    let (release, depot) = (place.release(1), place.depot());
    let mut told = Vec::new();
    depot
        .push(&release, &mut |progress| told.push(progress))
        .await
        .unwrap();
    let last = told.last().unwrap();
    assert_eq!(
        (last.done, last.all),
        (last.all, release.manifest().bytes())
    );
    assert_eq!(depot.releases().await.unwrap(), [release.id().clone()]);

    let data = place.elsewhere("replica");
    let pulled = depot.pull(release.id(), &data, "r1").await.unwrap();
    pulled.verify().unwrap();
    assert_eq!(pulled.manifest(), release.manifest());
    // What is there is not brought in again, and what it shares with others is not downloaded.
    let second = place.pushed(2).await;
    fs::remove_file(
        place
            .folder
            .path()
            .join("depot/releases")
            .join(second.id().as_str())
            .join("vectors.index"),
    )
    .unwrap();
    let pulled = depot.pull(second.id(), &data, "r1").await.unwrap();
    pulled.verify().unwrap();
    assert_eq!(pulled.manifest(), second.manifest());
    depot.pull(second.id(), &data, "r1").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_damaged_does_not_come_in() {
    let place = Place::new();
    let (release, depot) = (place.pushed(1).await, place.depot());
    let stored = place
        .folder
        .path()
        .join("depot/releases")
        .join(release.id().as_str());
    fs::write(stored.join("kb/faqs.jsonl"), "2").unwrap();
    let data = place.elsewhere("replica");
    let error = depot.pull(release.id(), &data, "r1").await.unwrap_err();
    assert!(error.to_string().contains("kb/faqs.jsonl"), "{error}");
    assert_eq!(error.fault(), DepotFault::Data);
    assert_eq!(files(&data.path().join("releases")), Vec::<String>::new());

    fs::write(stored.join("kb/faqs.jsonl"), "1").unwrap();
    let pulled = depot.pull(release.id(), &data, "r1").await.unwrap();
    // Damaged here: it comes in anew.
    let here = pulled.path().join("kb/faqs.jsonl");
    fs::remove_file(&here).unwrap();
    let again = depot.pull(release.id(), &data, "r1").await.unwrap();
    again.verify().unwrap();

    // What is damaged in an older release here, is not taken over from it.
    let newer = place.pushed(2).await;
    let vectors = again.path().join("vectors.index");
    let mut permissions = fs::metadata(&vectors).unwrap().permissions();
    #[expect(clippy::permissions_set_readonly_false, reason = "a test's own file")]
    permissions.set_readonly(false);
    fs::set_permissions(&vectors, permissions).unwrap();
    fs::write(&vectors, vec![8; 100_000]).unwrap();
    let pulled = depot.pull(newer.id(), &data, "r1").await.unwrap();
    pulled.verify().unwrap();

    let manifest = stored.join("manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("100000", "100001")).unwrap();
    let other = place.elsewhere("other");
    let error = depot.pull(release.id(), &other, "r1").await.unwrap_err();
    assert_eq!(error.fault(), DepotFault::Data, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_publishers_one_is_first() {
    let place = Place::new();
    let (one, two) = (place.pushed(1).await, place.pushed(2).await);
    let depot = place.depot();
    let unknown = "20260101-000000-000000".parse().unwrap();
    let refused = depot
        .publish(&publication(&unknown, Stages::AtOnce), None)
        .await;
    assert!(matches!(refused, Err(DepotError::NoSuchRelease { .. })));
    let first = depot
        .publish(&publication(one.id(), Stages::Canary), None)
        .await
        .unwrap();
    // Nothing was before: there is nobody to compare with.
    assert_eq!((first.number, first.rollout.is_none()), (1, true));

    assert_eq!(first.claimed("x", time(0)), None, "nothing is rolled out");
    // Both have seen the first state, and worked on it.
    let three = place.pushed(3).await;
    let state = depot.publish(&publication_of(&two), Some(&first)).await;
    let state = state.unwrap();
    assert_eq!(state.number, 2);
    let late = depot.publish(&publication_of(&three), Some(&first)).await;
    assert!(matches!(late, Err(DepotError::Overtaken)), "{late:?}");
    // The same again is no change.
    let again = depot.publish(&publication_of(&two), Some(&state)).await;
    assert_eq!(again.unwrap().number, 2);
    let stale = first.sent_back("r1", String::new(), time(0));
    assert_eq!(stale, None);
    let mut stale = state.clone();
    stale.by = "another".into();
    assert!(matches!(
        depot.advance(&stale).await,
        Err(DepotError::Overtaken)
    ));
    // A request that was carried out, and is sent again.
    depot.advance(&state).await.unwrap();
    assert_eq!(depot.newer(0).await.unwrap(), Some(state.clone()));
    assert_eq!(depot.newer(2).await.unwrap(), None);
    assert_eq!(depot.state().await.unwrap(), Some(state));
}

fn publication_of(release: &Release) -> Publication<'_> {
    publication(release.id(), Stages::AtOnce)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_goes_first_and_what_is_old_is_removed() {
    let place = Place::new();
    let depot = place.depot();
    let mut releases = Vec::new();
    for minute in 1..=4 {
        releases.push(place.pushed(minute).await);
        let release = releases.last().unwrap();
        let seen = depot.state().await.unwrap();
        let done = depot.publish(&publication_of(release), seen.as_ref()).await;
        done.unwrap();
    }
    let fifth = place.pushed(5).await;
    let seen = depot.state().await.unwrap();
    let state = depot
        .publish(&publication(fifth.id(), Stages::Canary), seen.as_ref())
        .await
        .unwrap();
    assert_eq!(state.release_of("r1"), releases[3].id());
    let state = state.claimed("r1", time(1)).unwrap();
    depot.advance(&state).await.unwrap();
    let data = place.elsewhere("replica");
    for id in [state.release_of("r1"), state.release_of("r2")] {
        depot.pull(id, &data, "r").await.unwrap();
    }
    let mut publisher = data.publisher("r1", time(1)).unwrap();
    publisher.follow(&state.pointer_of("r1")).unwrap();
    assert_eq!(data.current().unwrap().as_ref(), Some(fifth.id()));
    publisher.follow(&state.pointer).unwrap();
    assert_eq!(data.current().unwrap().as_ref(), Some(releases[3].id()));

    // The newest one is the one that is rolled out; the current one and the one before stay.
    let gone = depot.prune(1).await.unwrap();
    let old: Vec<ReleaseId> = releases[..2].iter().rev().map(|r| r.id().clone()).collect();
    assert_eq!(gone, old);
    let back = depot.roll_back(None, "王主管", time(2)).await.unwrap();
    assert_eq!(back.pointer.current, *releases[2].id());
    assert_eq!(back.ended.unwrap().outcome, Outcome::Superseded);
    let missing = depot.roll_back(Some(&old[0]), "王主管", time(2)).await;
    assert!(matches!(missing, Err(DepotError::NoSuchRelease { .. })));
    let nothing = depot.roll_back(None, "王主管", time(2)).await;
    assert!(matches!(nothing, Err(DepotError::NothingBefore(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_and_a_memory_are_depots() {
    let place = Place::new();
    for depot in [place.depot(), Depot::open("memory:///a/b").unwrap()] {
        depot.check().await.unwrap();
        assert_eq!(depot.state().await.unwrap(), None);
        assert!(matches!(depot.prune(1).await, Err(DepotError::Empty(_))));
        let report = ReplicaReport {
            replica: "r1".into(),
            beat: 1,
            at: time(0),
            state: 0,
            release: None,
            refused: None,
        };
        depot.report(&report).await.unwrap();
        assert_eq!(depot.reports().await.unwrap(), [report]);
        depot.sign_off("r1").await.unwrap();
        depot.sign_off("r1").await.unwrap();
        assert_eq!(depot.reports().await.unwrap(), []);
    }
}
