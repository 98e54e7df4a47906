//! What goes to strangers and comes from them: webhooks that are signed and sent, and tokens that
//! platforms sign for their users. No database and no clock: both are the caller's.
mod guard;
mod send;
mod sign;
mod token;

pub use guard::{Guard, Refused};
pub use send::{Delivery, Sender};
pub use sign::{SignError, fresh_secret, sign};
pub use token::{Claims, TokenError, key_id, parse_public_key, verify};
