//! The database: one SQL text over SQLite and PostgreSQL.
//!
//! Every statement is a file under `sql/`, named in [`statement`], and runs on both databases as it
//! stands: `$1` placeholders, integers, text and bytes only. [`Db`] is the one executor; a change
//! happens inside [`Db::write`] and nowhere else. The modules beside it turn rows into the domain's
//! values. No business rule lives here, but those that the database can hold, it holds: amounts
//! above nought, ids once, balances not below nought, transfers and runs append-only.

mod appeal;
mod backup;
mod bulk;
mod bus;
mod catalog;
mod copyright;
mod creator_day;
mod db;
mod draft;
mod error;
mod job;
mod lake;
mod ledger;
mod membership;
mod migrate;
mod payout;
mod people;
mod policy;
mod postgres;
mod run;
mod service;
pub mod statement;
mod value;
mod wallet;

pub use appeal::{AppealMessageRow, AppealRow, AttachmentRow, BackpayRow};
pub use backup::{TABLES, Table};
pub use bulk::Bulk;
pub use bus::{EventRow, TokenKeyRow, WebhookRow};
pub use copyright::{CopyrightPartRow, CopyrightRow};
pub use creator_day::CreatorDayRow;
pub use db::Db;
pub use draft::{DraftRow, ShadowDayRow};
pub use error::StoreError;
pub use job::{JobCount, JobRow, JobState, Lane, NewJob};
pub use lake::{ImportRow, SegmentRow};
pub use membership::{MembershipRow, OpinionRow, ReviewRow, StepRow};
pub use migrate::SCHEMA;
pub use payout::{
    DifferenceRow, PayoutBatchRow, PayoutRow, PayoutStepRow, PayoutSum, RailReportRow, TaxedRow,
};
pub use people::{MessageRow, OperatorRow, ProposalRow, SessionRow, SignInRow};
pub use policy::PolicyRow;
pub use postgres::Postgres;
pub use run::{Confirmation, RunRow};
pub use service::{AnswerRow, AuditRow, IntakeRow, KeyRow};
pub use value::{Row, Value};
pub use wallet::{DormantRow, HoldRow, IdentityRow, MethodRow, ReserveRow, TermsRow, WalletRow};
