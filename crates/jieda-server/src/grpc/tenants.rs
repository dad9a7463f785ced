//! Whose a call is, where there are several tenants: by the metadata `x-jieda-tenant`, or by its key.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    response::Response,
};
use tonic::{Status, service::Routes};
use tower::ServiceExt as _;

use crate::{
    app::App,
    http::key_of,
    tenants::{Recorder, Served},
};

/// The metadata that names a tenant.
const TENANT: &str = "x-jieda-tenant";

type Tenants = Arc<Vec<Own>>;

/// A tenant's methods.
struct Own {
    name: String,
    app: Arc<App>,
    router: Router,
    recorder: Option<Recorder>,
}

/// The methods of all tenants; `methods` makes those of one.
pub(super) fn all(served: &[Served], methods: impl Fn(&Arc<App>) -> Routes) -> Routes {
    if let [
        Served {
            name: None, app, ..
        },
    ] = served
    {
        return methods(app);
    }
    let own = |one: &Served| Own {
        name: one.name.as_ref().map_or(String::new(), ToString::to_string),
        app: Arc::clone(&one.app),
        router: methods(&one.app).prepare().into_axum_router(),
        recorder: one.recorder.clone(),
    };
    let tenants: Tenants = Arc::new(served.iter().map(own).collect());
    Routes::from(Router::new().fallback(dispatch).with_state(tenants))
}

async fn dispatch(State(tenants): State<Tenants>, request: Request) -> Response {
    let headers = request.headers();
    let named = headers.get(TENANT).and_then(|name| name.to_str().ok());
    let own = match (named, key_of(headers)) {
        (Some(name), _) => tenants.iter().find(|own| own.name == name),
        (None, Some(key)) => tenants
            .iter()
            .find(|own| own.app.access.by_key(key).is_ok()),
        (None, None) => None,
    };
    let Some(own) = own else {
        let told =
            "请给出租户的密钥（authorization: Bearer …），或用元数据 x-jieda-tenant 指明租户";
        return Status::unauthenticated(told).into_http();
    };
    let call = own.router.clone().oneshot(request);
    let done = match own.recorder.clone() {
        Some(recorder) => recorder.within(call).await,
        None => call.await,
    };
    match done {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
