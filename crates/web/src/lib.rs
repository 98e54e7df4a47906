//! The HTTP API.
//!
//! [`route::all`] is the table of everything that can be called: path, permission, schema, handler.
//! The server, the check of permissions and the OpenAPI description are made of it. Handlers are
//! synchronous: they read on a connection of their own, or hand a command to the dispatcher and
//! wait until it is durable. Who calls is known before a byte of the body is read.
mod body;
mod budget;
pub mod call;
mod metrics;
pub mod openapi;
pub mod route;
mod routes;
mod schema;
pub mod server;
mod statement;

pub use server::{Server, Settings, serve};
