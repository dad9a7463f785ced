//! A server that speaks Qdrant's protocol, as far as vectors need it: points in memory, searched exactly.
//!
//! It implements the service traits that the official client generates from Qdrant's own definitions, so that every
//! request and every response is one of the real protocol.

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use ::qdrant_client::qdrant::{
    collections_server::{Collections, CollectionsServer},
    condition::ConditionOneOf,
    r#match::MatchValue,
    points_selector::PointsSelectorOneOf,
    points_server::{Points, PointsServer},
    query::Variant,
    value::Kind,
    vector::Vector as Form,
    vector_input::Variant as InputVariant,
    vectors::VectorsOptions,
    *,
};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{Request, Response, Status, transport::Server};

struct Stored {
    vector: Vec<f32>,
    payload: HashMap<String, Value>,
}

/// What it holds, and what it was asked.
#[derive(Default)]
pub(crate) struct Memory {
    collections: Mutex<HashMap<String, BTreeMap<String, Stored>>>,
    /// Points that were sent.
    pub(crate) upserted: AtomicUsize,
    /// Whether every request fails.
    pub(crate) fails: AtomicBool,
    /// A key that requests must carry.
    key: Option<&'static str>,
}

/// A running server; it ends with its runtime.
pub(crate) struct QdrantServer {
    pub(crate) memory: Arc<Memory>,
    pub(crate) address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

impl QdrantServer {
    pub(crate) fn start(memory: Memory) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let memory = Arc::new(memory);
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let address = listener.local_addr().unwrap();
        let served = Server::builder()
            .add_service(CollectionsServer::from_arc(Arc::clone(&memory)))
            .add_service(PointsServer::from_arc(Arc::clone(&memory)))
            .serve_with_incoming(TcpListenerStream::new(listener));
        runtime.spawn(served);
        Self {
            memory,
            address,
            _runtime: runtime,
        }
    }

    pub(crate) fn points(&self) -> usize {
        let collections = self.memory.collections.lock().unwrap();
        collections.values().map(BTreeMap::len).sum()
    }
}

impl Memory {
    /// One that answers only who has the key.
    pub(crate) fn locked(key: &'static str) -> Self {
        Self {
            key: Some(key),
            ..Self::default()
        }
    }

    fn admit<T>(&self, request: Request<T>) -> Result<T, Status> {
        if self.fails.load(Ordering::Relaxed) {
            return Err(Status::unavailable("out of order"));
        }
        let given = request.metadata().get("api-key");
        let given = given.and_then(|key| key.to_str().ok());
        match self.key {
            Some(key) if given != Some(key) => Err(Status::unauthenticated("no key")),
            _ => Ok(request.into_inner()),
        }
    }

    fn with<T>(
        &self,
        name: &str,
        work: impl FnOnce(&mut BTreeMap<String, Stored>) -> T,
    ) -> Result<T, Status> {
        let mut collections = self.collections.lock().unwrap();
        let found = collections.get_mut(name);
        let collection = found.ok_or_else(|| Status::not_found(format!("collection {name}")))?;
        Ok(work(collection))
    }
}

/// Whether a payload is what all conditions of a filter want.
fn passes(filter: Option<&Filter>, payload: &HashMap<String, Value>) -> bool {
    let mut must = filter.into_iter().flat_map(|filter| &filter.must);
    must.all(|condition| {
        let Some(ConditionOneOf::Field(field)) = &condition.condition_one_of else {
            panic!("a condition that this server does not know");
        };
        let wanted = field.r#match.as_ref().and_then(|m| m.match_value.as_ref());
        let given = payload.get(&field.key).and_then(|v| v.kind.as_ref());
        match (wanted, given) {
            (Some(MatchValue::Keyword(wanted)), Some(Kind::StringValue(given))) => wanted == given,
            (Some(MatchValue::Integers(wanted)), Some(Kind::IntegerValue(given))) => {
                wanted.integers.contains(given)
            }
            _ => false,
        }
    })
}

fn done() -> Response<PointsOperationResponse> {
    Response::new(PointsOperationResponse {
        result: Some(UpdateResult {
            status: UpdateStatus::Completed.into(),
            ..UpdateResult::default()
        }),
        ..PointsOperationResponse::default()
    })
}

/// What a point's vector is, in any of the forms that the protocol has for it.
#[allow(deprecated, reason = "the client may still use the older form")]
fn dense(vectors: Option<Vectors>) -> Vec<f32> {
    let Some(VectorsOptions::Vector(vector)) = vectors.and_then(|v| v.vectors_options) else {
        panic!("a point without a vector");
    };
    match vector.vector {
        Some(Form::Dense(dense)) => dense.data,
        None => vector.data,
        _ => panic!("a vector that is not dense"),
    }
}

/// Implements a service: what stands under `has` is written out, whatever else the protocol knows is not.
macro_rules! service {
    ($service:ident has { $($written:tt)* } lacks { $($method:ident($request:ty) -> $response:ty;)* }) => {
        #[tonic::async_trait]
        impl $service for Memory {
            $($written)*
            $(async fn $method(&self, _: Request<$request>) -> Result<Response<$response>, Status> {
                Err(Status::unimplemented(stringify!($method)))
            })*
        }
    };
}

service! {
    Collections has {
        async fn collection_exists(
            &self,
            request: Request<CollectionExistsRequest>,
        ) -> Result<Response<CollectionExistsResponse>, Status> {
            let name = self.admit(request)?.collection_name;
            let exists = self.collections.lock().unwrap().contains_key(&name);
            Ok(Response::new(CollectionExistsResponse {
                result: Some(CollectionExists { exists }),
                ..CollectionExistsResponse::default()
            }))
        }

        async fn create(
            &self,
            request: Request<CreateCollection>,
        ) -> Result<Response<CollectionOperationResponse>, Status> {
            let name = self.admit(request)?.collection_name;
            let mut collections = self.collections.lock().unwrap();
            if collections.contains_key(&name) {
                return Err(Status::already_exists(name));
            }
            collections.insert(name, BTreeMap::new());
            Ok(Response::new(CollectionOperationResponse {
                result: true,
                ..CollectionOperationResponse::default()
            }))
        }
    }
    lacks {
        get(GetCollectionInfoRequest) -> GetCollectionInfoResponse;
        list(ListCollectionsRequest) -> ListCollectionsResponse;
        update(UpdateCollection) -> CollectionOperationResponse;
        delete(DeleteCollection) -> CollectionOperationResponse;
        update_aliases(ChangeAliases) -> CollectionOperationResponse;
        list_collection_aliases(ListCollectionAliasesRequest) -> ListAliasesResponse;
        list_aliases(ListAliasesRequest) -> ListAliasesResponse;
        collection_cluster_info(CollectionClusterInfoRequest) -> CollectionClusterInfoResponse;
        update_collection_cluster_setup(UpdateCollectionClusterSetupRequest)
            -> UpdateCollectionClusterSetupResponse;
        create_shard_key(CreateShardKeyRequest) -> CreateShardKeyResponse;
        delete_shard_key(DeleteShardKeyRequest) -> DeleteShardKeyResponse;
        list_shard_keys(ListShardKeysRequest) -> ListShardKeysResponse;
    }
}

service! {
    Points has {
        async fn create_field_index(
            &self,
            request: Request<CreateFieldIndexCollection>,
        ) -> Result<Response<PointsOperationResponse>, Status> {
            let request = self.admit(request)?;
            self.with(&request.collection_name, |_| done())
        }

        async fn upsert(
            &self,
            request: Request<UpsertPoints>,
        ) -> Result<Response<PointsOperationResponse>, Status> {
            let request = self.admit(request)?;
            self.upserted
                .fetch_add(request.points.len(), Ordering::Relaxed);
            self.with(&request.collection_name, |points| {
                for point in request.points {
                    let id = point.id.and_then(|id| id.point_id_options);
                    let Some(point_id::PointIdOptions::Uuid(id)) = id else {
                        panic!("a point without a UUID");
                    };
                    let stored = Stored {
                        vector: dense(point.vectors),
                        payload: point.payload,
                    };
                    points.insert(id, stored);
                }
                done()
            })
        }

        async fn count(
            &self,
            request: Request<CountPoints>,
        ) -> Result<Response<CountResponse>, Status> {
            let request = self.admit(request)?;
            let filter = request.filter.as_ref();
            self.with(&request.collection_name, |points| {
                let points = points.values();
                let count = points.filter(|point| passes(filter, &point.payload)).count();
                Response::new(CountResponse {
                    result: Some(CountResult { count: count as u64 }),
                    ..CountResponse::default()
                })
            })
        }

        async fn delete(
            &self,
            request: Request<DeletePoints>,
        ) -> Result<Response<PointsOperationResponse>, Status> {
            let request = self.admit(request)?;
            let selected = request.points.and_then(|points| points.points_selector_one_of);
            let Some(PointsSelectorOneOf::Filter(filter)) = selected else {
                return Err(Status::unimplemented("deleting without a filter"));
            };
            self.with(&request.collection_name, |points| {
                points.retain(|_, point| !passes(Some(&filter), &point.payload));
                done()
            })
        }

        async fn query(
            &self,
            request: Request<QueryPoints>,
        ) -> Result<Response<QueryResponse>, Status> {
            let request = self.admit(request)?;
            let Some(Variant::Nearest(input)) = request.query.and_then(|query| query.variant) else {
                return Err(Status::unimplemented("queries that are no vectors"));
            };
            let Some(InputVariant::Dense(asked)) = input.variant else {
                return Err(Status::unimplemented("vectors that are not dense"));
            };
            let filter = request.filter.as_ref();
            let mut result: Vec<ScoredPoint> = self.with(&request.collection_name, |points| {
                let points = points.iter();
                let points = points.filter(|(_, point)| passes(filter, &point.payload));
                points
                    .map(|(id, point)| ScoredPoint {
                        id: Some(id.clone().into()),
                        score: point.vector.iter().zip(&asked.data).map(|(a, b)| a * b).sum(),
                        ..ScoredPoint::default()
                    })
                    .collect()
            })?;
            result.sort_by(|a, b| b.score.total_cmp(&a.score));
            result.truncate(request.limit.unwrap_or(10) as usize);
            Ok(Response::new(QueryResponse {
                result,
                ..QueryResponse::default()
            }))
        }
    }
    lacks {
        get(GetPoints) -> GetResponse;
        update_vectors(UpdatePointVectors) -> PointsOperationResponse;
        delete_vectors(DeletePointVectors) -> PointsOperationResponse;
        set_payload(SetPayloadPoints) -> PointsOperationResponse;
        overwrite_payload(SetPayloadPoints) -> PointsOperationResponse;
        delete_payload(DeletePayloadPoints) -> PointsOperationResponse;
        clear_payload(ClearPayloadPoints) -> PointsOperationResponse;
        delete_field_index(DeleteFieldIndexCollection) -> PointsOperationResponse;
        create_vector_name(CreateVectorNameRequest) -> PointsOperationResponse;
        delete_vector_name(DeleteVectorNameRequest) -> PointsOperationResponse;
        search(SearchPoints) -> SearchResponse;
        search_batch(SearchBatchPoints) -> SearchBatchResponse;
        search_groups(SearchPointGroups) -> SearchGroupsResponse;
        scroll(ScrollPoints) -> ScrollResponse;
        recommend(RecommendPoints) -> RecommendResponse;
        recommend_batch(RecommendBatchPoints) -> RecommendBatchResponse;
        recommend_groups(RecommendPointGroups) -> RecommendGroupsResponse;
        discover(DiscoverPoints) -> DiscoverResponse;
        discover_batch(DiscoverBatchPoints) -> DiscoverBatchResponse;
        update_batch(UpdateBatchPoints) -> UpdateBatchResponse;
        query_batch(QueryBatchPoints) -> QueryBatchResponse;
        query_groups(QueryPointGroups) -> QueryGroupsResponse;
        facet(FacetCounts) -> FacetResponse;
        search_matrix_pairs(SearchMatrixPoints) -> SearchMatrixPairsResponse;
        search_matrix_offsets(SearchMatrixPoints) -> SearchMatrixOffsetsResponse;
    }
}
