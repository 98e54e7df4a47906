//! The routes, by what they are about.
pub(crate) mod catalog;
pub(crate) mod earnings;
pub(crate) mod entry;
pub(crate) mod events;
pub(crate) mod jobs;
pub(crate) mod keys;
pub(crate) mod ledger;
pub(crate) mod me;
pub(crate) mod meta;
pub(crate) mod operators;
pub(crate) mod programs;
pub(crate) mod proposals;
pub(crate) mod sessions;
pub(crate) mod tokens;
pub(crate) mod webhooks;
