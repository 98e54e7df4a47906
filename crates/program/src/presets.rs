//! Policies to start from. Their numbers come from second-hand guides (requirements 1.18); each
//! carries its provenance in a comment of the document.

/// The names and texts of the presets.
pub const PRESETS: [(&str, &str); 3] = [
    ("daily-pool", include_str!("../presets/daily-pool.toml")),
    ("valid-views", include_str!("../presets/valid-views.toml")),
    ("views-and-rhythm", include_str!("../presets/views-and-rhythm.toml")),
];
