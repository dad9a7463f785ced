//! Where and how a model runs.

use std::{fmt, num::NonZeroUsize, str::FromStr};

use crate::Precision;

/// The device that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DeviceChoice {
    /// The processor.
    #[default]
    Cpu,
    /// The CUDA device of this number; an error when it is not there.
    Cuda(usize),
    /// The first CUDA device, or the processor and a warning when there is none.
    Auto,
}

impl FromStr for DeviceChoice {
    type Err = String;

    /// Reads `cpu`, `auto`, `cuda` or `cuda:N`.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "cpu" => Ok(Self::Cpu),
            "auto" => Ok(Self::Auto),
            "cuda" => Ok(Self::Cuda(0)),
            other => other
                .strip_prefix("cuda:")
                .and_then(|n| n.parse().ok())
                .map(Self::Cuda)
                .ok_or_else(|| format!("device `{text}` is unknown; known: cpu, cuda:N, auto")),
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(n) => write!(f, "cuda:{n}"),
            Self::Auto => f.write_str("auto"),
        }
    }
}

/// Which code computes on a processor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Backend {
    /// Ours: packed weights, no padding, f32 or int8.
    #[default]
    Packed,
    /// The reference, on candle, in f32; what a CUDA device always uses.
    Candle,
}

/// How a model is to be loaded.
///
/// ```
/// use jieda_model::{LoadOptions, Precision};
/// let options = LoadOptions { precision: Precision::F32, ..LoadOptions::default() };
/// assert_eq!(options.device.to_string(), "cpu");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LoadOptions {
    /// The device.
    pub device: DeviceChoice,
    /// The numbers, on a processor. A CUDA device computes in f16 for [`Precision::Int8`], in f32
    /// for [`Precision::F32`].
    pub precision: Precision,
    /// The code, on a processor.
    pub backend: Backend,
    /// Threads of this encoder's own; none: those of the rayon pool of whoever calls.
    pub threads: Option<NonZeroUsize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_read_as_they_are_written() {
        for text in ["cpu", "cuda:0", "cuda:3", "auto"] {
            assert_eq!(
                text.parse::<DeviceChoice>().map(|d| d.to_string()),
                Ok(text.into())
            );
        }
        assert_eq!("cuda".parse(), Ok(DeviceChoice::Cuda(0)));
        for text in ["", "gpu", "cuda:", "cuda:x", "cuda:-1", "CPU"] {
            assert!(text.parse::<DeviceChoice>().is_err(), "{text}");
        }
    }
}
