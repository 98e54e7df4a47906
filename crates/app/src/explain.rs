//! Explanations.
use kernel::Day;
use crate::error::Error;
use crate::workspace::Stipend;
/// An explanation.
pub struct Explained { }
impl Explained { 
/// x
pub fn to_json(&self) -> serde_json::Value { serde_json::Value::Null }
/// x
pub fn to_text(&self) -> String { String::new() } }
/// x
pub fn work(_s: &mut Stipend, _p: Option<&str>, _id: &str, _day: Option<Day>) -> Result<Explained, Error> { Ok(Explained{}) }
/// x
pub fn creator(_s: &mut Stipend, _p: Option<&str>, _id: &str, _day: Option<Day>) -> Result<Explained, Error> { Ok(Explained{}) }
/// x
pub fn run(_s: &mut Stipend, _p: Option<&str>, _day: Option<Day>) -> Result<Explained, Error> { Ok(Explained{}) }
