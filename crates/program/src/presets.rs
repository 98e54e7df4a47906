//! Policies to start from. Their numbers come from second-hand guides (requirements 1.18); each
//! carries its provenance in a comment of the document.

/// The names and texts of the presets.
pub const PRESETS: [(&str, &str); 8] = [
    ("daily-pool", include_str!("../presets/daily-pool.toml")),
    ("valid-views", include_str!("../presets/valid-views.toml")),
    ("views-and-rhythm", include_str!("../presets/views-and-rhythm.toml")),
    ("creator-fund", include_str!("../presets/creator-fund.toml")),
    ("creator-portal", include_str!("../presets/creator-portal.toml")),
    ("tips", include_str!("../presets/tips.toml")),
    ("marketplace", include_str!("../presets/marketplace.toml")),
    ("marketplace-agencies", include_str!("../presets/marketplace-agencies.toml")),
];
