//! An adapter on disk.

use std::{collections::BTreeMap, path::Path};

use jieda_types::EncoderId;

use super::{Adapter, AdapterInfo};
use crate::artifact::{self, Artifact, ArtifactError, ArtifactKind};

const KIND: ArtifactKind = ArtifactKind::Adapter;
const MATRIX: &str = "matrix";

impl Adapter {
    /// Reads a file that [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// [`ArtifactError`].
    pub fn load(path: &Path) -> Result<Self, ArtifactError> {
        let mut file: Artifact<AdapterInfo> = Artifact::read(KIND, path)?;
        let damaged = |message: String| ArtifactError::Damaged {
            kind: KIND,
            path: path.to_owned(),
            message,
        };
        let ([rows, columns], matrix) = file.take(MATRIX).map_err(damaged)?;
        if rows == 0 || rows != columns {
            return Err(damaged("its matrix is not square".into()));
        }
        Ok(Self {
            encoder: file.encoder,
            matrix,
            dimensions: rows,
            info: file.head,
        })
    }

    /// Reads a file and refuses it if it belongs to another encoder.
    ///
    /// # Errors
    /// [`ArtifactError`].
    pub fn load_for(path: &Path, encoder: &EncoderId) -> Result<Self, ArtifactError> {
        let adapter = Self::load(path)?;
        artifact::check_encoder(KIND, path, &adapter.encoder, encoder)?;
        Ok(adapter)
    }

    /// Writes it; a file that is there is replaced whole or not at all.
    ///
    /// # Errors
    /// [`ArtifactError::File`].
    pub fn save(&self, path: &Path) -> Result<(), ArtifactError> {
        let shape = vec![self.dimensions, self.dimensions];
        let numbers = BTreeMap::from([(MATRIX, (shape, self.matrix.as_slice()))]);
        artifact::write(path, &self.encoder, &self.info, &numbers)
    }
}
