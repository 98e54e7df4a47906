//! Benchmarks: run by hand, never as tests.
pub(crate) fn settle(_options: &[&str]) -> Result<(), String> {
    Err("x".into())
}
pub(crate) fn import(_options: &[&str]) -> Result<(), String> {
    Err("x".into())
}
