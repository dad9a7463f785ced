//! Tables of the policy file that may be given in part.

/// A table of the file, and the same with every key left out at will: what a file leaves out keeps the
/// shipped value.
macro_rules! table {
    (
        $(#[$meta:meta])* $name:ident, $given:ident {
            $($(#[$field_meta:meta])* $field:ident: $type:ty,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)+
        }

        #[derive(Default, serde::Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub(super) struct $given {
            $($field: Option<$type>,)+
        }

        impl $given {
            pub(super) fn or(self, shipped: $name) -> $name {
                $name {
                    $($field: self.$field.unwrap_or(shipped.$field),)+
                }
            }
        }
    };
}

pub(super) use table;
