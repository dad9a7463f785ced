//! Bringing vectors, and forgetting them.

use jieda_retrieval::{VectorIndex, VectorKey};
use qdrant_client::{
    Qdrant,
    qdrant::{
        Condition, CountPointsBuilder, CreateCollectionBuilder, CreateFieldIndexCollectionBuilder,
        DeletePointsBuilder, Distance, FieldType, Filter, IntegerIndexParamsBuilder,
        KeywordIndexParamsBuilder, PointStruct, UpsertPointsBuilder, VectorParamsBuilder,
    },
};

use super::{
    STORING, client, collection, failed,
    point::{FAQ, SET, point},
};
use crate::{VectorsError, address::QdrantAddress};

/// Points that are sent at a time: half a megabyte of vectors of 512 numbers.
const BATCH: usize = 256;

/// Brings the vectors of a set unless all of them are there. What is there of them already is written again, with the
/// same contents.
pub(super) async fn bring(
    address: &QdrantAddress,
    vectors: &VectorIndex,
    key: &VectorKey,
) -> Result<(), VectorsError> {
    // A connection belongs to the runtime that made it.
    let client = &client(address, STORING)?;
    let name = collection(key);
    make(client, &name, vectors.dimensions()).await?;
    let expected = vectors.row_count() as u64;
    if count(client, key).await? == expected {
        return Ok(());
    }
    let mut points: Vec<PointStruct> = Vec::with_capacity(BATCH);
    let mut rows = vectors.rows();
    loop {
        points.extend(rows.by_ref().take(BATCH).map(|row| point(key, &row)));
        if points.is_empty() {
            break;
        }
        let batch = UpsertPointsBuilder::new(&name, std::mem::take(&mut points)).wait(true);
        let stored = client.upsert_points(batch).await;
        stored.map_err(failed("bringing vectors"))?;
    }
    let found = count(client, key).await?;
    if found != expected {
        return Err(VectorsError::Incomplete { found, expected });
    }
    Ok(())
}

/// Makes the collection of an encoder, if there is none.
async fn make(client: &Qdrant, name: &str, dimensions: usize) -> Result<(), VectorsError> {
    if !exists(client, name).await? {
        // Vectors are of length 1: their inner product is the cosine, and nothing is scaled again.
        let vectors = VectorParamsBuilder::new(dimensions as u64, Distance::Dot);
        let made = client
            .create_collection(CreateCollectionBuilder::new(name).vectors_config(vectors))
            .await;
        // Another process may have been quicker.
        if let Err(error) = made
            && !exists(client, name).await?
        {
            return Err(failed("making the collection")(error));
        }
    }
    // Made again they stay as they are. Each set is a tenant: its points lie together and have a graph of their own.
    let set = CreateFieldIndexCollectionBuilder::new(name, SET, FieldType::Keyword)
        .field_index_params(KeywordIndexParamsBuilder::default().is_tenant(true))
        .wait(true);
    let faq = CreateFieldIndexCollectionBuilder::new(name, FAQ, FieldType::Integer)
        .field_index_params(IntegerIndexParamsBuilder::new(true, false))
        .wait(true);
    for index in [set, faq] {
        let made = client.create_field_index(index).await;
        made.map_err(failed("making the indexes"))?;
    }
    Ok(())
}

async fn exists(client: &Qdrant, name: &str) -> Result<bool, VectorsError> {
    let exists = client.collection_exists(name).await;
    exists.map_err(failed("looking for the collection"))
}

fn of_set(key: &VectorKey) -> Filter {
    Filter::must([Condition::matches(SET, key.rows.clone())])
}

async fn count(client: &Qdrant, key: &VectorKey) -> Result<u64, VectorsError> {
    let counted = client
        .count(
            CountPointsBuilder::new(collection(key))
                .filter(of_set(key))
                .exact(true),
        )
        .await
        .map_err(failed("counting vectors"))?;
    Ok(counted.result.map_or(0, |result| result.count))
}

/// Forgets the points of a set.
pub(super) async fn forget(address: &QdrantAddress, key: &VectorKey) -> Result<(), VectorsError> {
    let client = &client(address, STORING)?;
    let name = collection(key);
    if !exists(client, &name).await? {
        return Ok(());
    }
    let points = DeletePointsBuilder::new(name)
        .points(of_set(key))
        .wait(true);
    let deleted = client.delete_points(points).await;
    deleted.map(drop).map_err(failed("forgetting vectors"))
}
