//! Several knowledge bases in one process.
//!
//! Each tenant is an [`App`](crate::app::App) of his own: knowledge, dictionary, keys, users, drafts, conversations, limits,
//! figures. What they share is the model and the places at which answers are made, which they get in turn
//! ([`Admission`](crate::admission::Admission)). Nothing of one can be reached by another's key.
//!
//! | part | does |
//! |---|---|
//! | `measured` | figures of each by themselves |
//! | `http::tenants`, `grpc::tenants` | whose a request is: by its path or its metadata, or by its key |

mod measured;

use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;

use crate::{app::App, config::TenantName};

pub(crate) use measured::{Recorder, spawn, spawn_blocking};

/// Who is served: one without a name, or several with one each.
#[derive(Clone)]
pub(crate) struct Served {
    pub(crate) name: Option<TenantName>,
    pub(crate) app: Arc<App>,
    pub(crate) figures: PrometheusHandle,
    /// Where his figures go; the process's own where there is one tenant.
    pub(crate) recorder: Option<Recorder>,
}

impl std::fmt::Debug for Served {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Served")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
