//! Any text as a policy document: no panic, and an error's place lies in the text.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match program::Policy::parse(text) {
        Ok(policy) => assert!(!policy.program.is_empty()),
        Err(error) => {
            if let Some(span) = error.span {
                assert!(span.end <= text.len());
            }
        }
    }
});
