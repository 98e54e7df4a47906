//! What goes to strangers and comes from them: webhooks that are signed and sent, messages in the
//! languages of the product and mail, tokens that platforms sign for their users, and people whom
//! an OIDC provider knows. No database and no clock: both are the caller's.
mod guard;
mod mail;
mod message;
mod oidc;
mod send;
mod sign;
mod token;

pub use guard::{Guard, Refused};
pub use mail::{Letter, MailError, Mailer};
pub use message::{LANGUAGES, MESSAGES, Text, language, phrase, reason, render};
pub use oidc::{Begun, Known, OidcError, Provider};
pub use send::{Delivery, Sender};
pub use sign::{SignError, fresh_secret, sign};
pub use token::{Claims, TokenError, key_id, parse_public_key, verify};
