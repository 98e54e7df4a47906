//! What the tasks share with tests.
pub mod tidy;
