//! `demo`: x
use app::Error;
pub(crate) fn run(_keep: Option<&std::path::Path>, _seed: u64, _events: u64) -> Result<(), Error> { Ok(()) }
