//! Everything end to end, through the binary, on both databases.
mod access;
mod api;
mod bad_input;
mod bad_requests;
mod cli;
mod command_lists;
mod corrections;
mod crash;
mod formats;
mod kuairand;
mod serve;
mod served;
mod storm;
mod two_databases;
mod webhooks;
mod world;
