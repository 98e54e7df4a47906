//! Any text as a mapping file, and a row under what comes of it: no panic.
#![no_main]
use lake::intake::{Cell, Mapping};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(mapping) = Mapping::parse(text) {
        let cells: Vec<Cell<'_>> = mapping.columns.iter().map(|c| Cell::Text(c.into())).collect();
        let _: Result<_, _> = mapping.catalog(&cells);
    }
});
