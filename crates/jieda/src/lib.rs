//! The embeddable answer engine
