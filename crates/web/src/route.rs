//! The table of routes: what there is, who may call it, what it takes and gives. The server, the
//! permissions, and the API's description are all made of this table.
use app::access::Action;
use app::problem::Problem;
use serde_json::Value;

use crate::call::{Call, Reply};
use crate::routes;
use crate::schema;
use crate::server::Server;

/// A method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Reads.
    Get,
    /// Has something done.
    Post,
    /// Tells what something is.
    Put,
    /// Ends something.
    Delete,
}

impl Method {
    /// As HTTP writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
        }
    }
}

/// A parameter of the query.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub what: &'static str,
    /// Its JSON Schema.
    pub schema: fn() -> Value,
}

/// A content type, with its schema and an example.
pub type Media = (&'static str, fn() -> Value, &'static str);

impl Param {
    /// Which program.
    pub const PROGRAM: Param = Param {
        name: "program",
        what: "The program; may be left out where there is only one.",
        schema: schema::short_text,
    };
    /// How many items of a page.
    pub const LIMIT: Param =
        Param { name: "limit", what: "Items of the page.", schema: schema::limit };
    /// After which number a page begins.
    pub const AFTER: Param =
        Param { name: "after", what: "The cursor of the page before.", schema: schema::cursor };
    /// After which text a page begins.
    pub const AFTER_TEXT: Param = Param { schema: schema::short_text, ..Param::AFTER };
    /// The language of texts.
    pub const LANGUAGE: Param =
        Param { name: "language", what: "Else by `Accept-Language`.", schema: schema::language };
}

/// What a route takes in its body.
#[derive(Debug, Clone, Copy)]
pub struct Body {
    /// Content types, with a schema and an example of each.
    pub media: &'static [Media],
    /// Most bytes, before and after decompression.
    pub bytes_max: usize,
}

/// What a route gives when all is well.
#[derive(Debug, Clone, Copy)]
pub struct Gives {
    /// The status.
    pub status: u16,
    /// What it means.
    pub what: &'static str,
    /// The content type.
    pub media: &'static str,
    /// The schema of the body.
    pub schema: fn() -> Value,
}

/// Whose own a route's thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Own {
    /// Nobody's: a role needs the whole grant.
    Nobody,
    /// The creator's of this part of the path.
    Creator(&'static str),
    /// The creator's who owns the work of this part of the path.
    Work(&'static str),
}

/// A route.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with parts in braces.
    pub path: &'static str,
    /// What it does, for the table of permissions; nothing where it is open to everybody.
    pub action: Option<Action>,
    /// Whose own its thing is.
    pub own: Own,
    /// A name for generated clients.
    pub id: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    /// More of it.
    pub detail: &'static str,
    /// Parameters of the query.
    pub query: &'static [Param],
    /// What it takes.
    pub body: Option<Body>,
    /// What it gives.
    pub gives: &'static [Gives],
    /// What may follow: a route's id, a part of its path, and where the answer names it.
    pub links: &'static [(&'static str, &'static str, &'static str)],
    /// Codes of problems besides those that every route may give.
    pub problems: &'static [&'static str],
    /// Does it.
    pub handler: fn(&Server, &Call) -> Result<Reply, Problem>,
}

impl Route {
    /// What most routes have; to be filled: method, path, action, id, summary, gives, handler.
    pub const PLAIN: Route = Route {
        method: Method::Get,
        path: "",
        action: None,
        own: Own::Nobody,
        id: "",
        summary: "",
        detail: "",
        query: &[],
        body: None,
        gives: &[],
        links: &[],
        problems: &[],
        handler: |_, _| Err(Problem::new("not_found", "there is nothing here")),
    };

    /// Whether it only reads, whatever its method is: then nothing is kept of the call.
    pub fn reads(&self) -> bool {
        self.method == Method::Get
            || self.action.is_some_and(|action| action.word().ends_with(".read"))
    }

    /// The names of the path's parts.
    pub fn parts(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }
}

/// Every route.
pub fn all() -> impl Iterator<Item = &'static Route> {
    let tables: [&'static [Route]; 25] = [
        routes::events::ROUTES,
        routes::catalog::ROUTES,
        routes::programs::ROUTES,
        routes::earnings::ROUTES,
        routes::diagnosis::ROUTES,
        routes::entry::ROUTES,
        routes::drafts::ROUTES,
        routes::members::ROUTES,
        routes::reviews::ROUTES,
        routes::appeals::ROUTES,
        routes::copyright::ROUTES,
        routes::calendars::ROUTES,
        routes::ofrep::ROUTES,
        routes::wallets::ROUTES,
        routes::payouts::ROUTES,
        routes::ledger::ROUTES,
        routes::jobs::ROUTES,
        routes::keys::ROUTES,
        routes::tokens::ROUTES,
        routes::webhooks::ROUTES,
        routes::sessions::ROUTES,
        routes::me::ROUTES,
        routes::operators::ROUTES,
        routes::proposals::ROUTES,
        routes::meta::ROUTES,
    ];
    tables.into_iter().flatten()
}
