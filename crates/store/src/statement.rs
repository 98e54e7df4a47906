//! Every statement of the product, one file each.

/// One SQL text, the same on both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    /// Its file under `sql/`.
    pub name: &'static str,
    /// The text.
    pub sql: &'static str,
}

impl Statement {
    /// How many values it takes: the highest placeholder.
    #[must_use]
    pub fn parameters(&self) -> usize {
        let numbers = self.sql.split('$').skip(1).filter_map(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            rest.get(..end)?.parse::<usize>().ok()
        });
        numbers.max().unwrap_or(0)
    }
}

/// `account/add`
pub const ACCOUNT_ADD: Statement =
    Statement { name: "account/add", sql: include_str!("../sql/account/add.sql") };
/// `account/change`
pub const ACCOUNT_CHANGE: Statement =
    Statement { name: "account/change", sql: include_str!("../sql/account/change.sql") };
/// `account/list`
pub const ACCOUNT_LIST: Statement =
    Statement { name: "account/list", sql: include_str!("../sql/account/list.sql") };
/// A page of balances.
pub const ACCOUNT_PAGE: Statement =
    Statement { name: "account/page", sql: include_str!("../sql/account/page.sql") };
/// Keeps an answer.
pub const ANSWER_ADD: Statement =
    Statement { name: "answer/add", sql: include_str!("../sql/answer/add.sql") };
/// The first answer to a command's key.
pub const ANSWER_FIND: Statement =
    Statement { name: "answer/find", sql: include_str!("../sql/answer/find.sql") };
/// Forgets answers of a kind that need not be kept for ever.
pub const ANSWER_FORGET: Statement =
    Statement { name: "answer/forget", sql: include_str!("../sql/answer/forget.sql") };
/// Adds to the audit log.
pub const AUDIT_ADD: Statement =
    Statement { name: "audit/add", sql: include_str!("../sql/audit/add.sql") };
/// The end of the audit chain.
pub const AUDIT_LAST: Statement =
    Statement { name: "audit/last", sql: include_str!("../sql/audit/last.sql") };
/// A page of the audit log.
pub const AUDIT_PAGE: Statement =
    Statement { name: "audit/page", sql: include_str!("../sql/audit/page.sql") };
/// `batch/add`
pub const BATCH_ADD: Statement =
    Statement { name: "batch/add", sql: include_str!("../sql/batch/add.sql") };
/// `batch/last`
pub const BATCH_LAST: Statement =
    Statement { name: "batch/last", sql: include_str!("../sql/batch/last.sql") };
/// `batch/list`
pub const BATCH_LIST: Statement =
    Statement { name: "batch/list", sql: include_str!("../sql/batch/list.sql") };
/// Marks a day of a calendar.
pub const CALENDAR_ADD: Statement =
    Statement { name: "calendar/add", sql: include_str!("../sql/calendar/add.sql") };
/// The marked days of a calendar.
pub const CALENDAR_LIST: Statement =
    Statement { name: "calendar/list", sql: include_str!("../sql/calendar/list.sql") };
/// Which calendars there are.
pub const CALENDAR_NAMES: Statement =
    Statement { name: "calendar/names", sql: include_str!("../sql/calendar/names.sql") };
/// Forgets a calendar.
pub const CALENDAR_REMOVE: Statement =
    Statement { name: "calendar/remove", sql: include_str!("../sql/calendar/remove.sql") };
/// A creator.
pub const CREATOR_GET: Statement =
    Statement { name: "creator/get", sql: include_str!("../sql/creator/get.sql") };
/// `creator/list`
pub const CREATOR_LIST: Statement =
    Statement { name: "creator/list", sql: include_str!("../sql/creator/list.sql") };
/// Creators who were ever told to be with an agency.
pub const CREATOR_OF_AGENCY: Statement =
    Statement { name: "creator/of_agency", sql: include_str!("../sql/creator/of_agency.sql") };
/// The creator of a hash.
pub const CREATOR_OF_HASH: Statement =
    Statement { name: "creator/of_hash", sql: include_str!("../sql/creator/of_hash.sql") };
/// A page of creators.
pub const CREATOR_PAGE: Statement =
    Statement { name: "creator/page", sql: include_str!("../sql/creator/page.sql") };
/// `creator/versions`
pub const CREATOR_VERSIONS: Statement =
    Statement { name: "creator/versions", sql: include_str!("../sql/creator/versions.sql") };
/// A creator's versions.
pub const CREATOR_VERSIONS_OF: Statement =
    Statement { name: "creator/versions_of", sql: include_str!("../sql/creator/versions_of.sql") };
/// Drops a draft.
pub const DRAFT_DROP: Statement =
    Statement { name: "draft/drop", sql: include_str!("../sql/draft/drop.sql") };
/// A program's draft.
pub const DRAFT_GET: Statement =
    Statement { name: "draft/get", sql: include_str!("../sql/draft/get.sql") };
/// Saves a draft in the place of another.
pub const DRAFT_SET: Statement =
    Statement { name: "draft/set", sql: include_str!("../sql/draft/set.sql") };
/// Says since when a draft runs in the shadow.
pub const DRAFT_SHADOW: Statement =
    Statement { name: "draft/shadow", sql: include_str!("../sql/draft/shadow.sql") };
/// Adds an event to the outbox.
pub const EVENT_ADD: Statement =
    Statement { name: "event/add", sql: include_str!("../sql/event/add.sql") };
/// An event.
pub const EVENT_GET: Statement =
    Statement { name: "event/get", sql: include_str!("../sql/event/get.sql") };
/// The number of the last event.
pub const EVENT_LAST: Statement =
    Statement { name: "event/last", sql: include_str!("../sql/event/last.sql") };
/// A page of events.
pub const EVENT_PAGE: Statement =
    Statement { name: "event/page", sql: include_str!("../sql/event/page.sql") };
/// `import/add`
pub const IMPORT_ADD: Statement =
    Statement { name: "import/add", sql: include_str!("../sql/import/add.sql") };
/// `import/find`
pub const IMPORT_FIND: Statement =
    Statement { name: "import/find", sql: include_str!("../sql/import/find.sql") };
/// `import/last`
pub const IMPORT_LAST: Statement =
    Statement { name: "import/last", sql: include_str!("../sql/import/last.sql") };
/// `import/last_catalog`
pub const IMPORT_LAST_CATALOG: Statement =
    Statement { name: "import/last_catalog", sql: include_str!("../sql/import/last_catalog.sql") };
/// `import/list`
pub const IMPORT_LIST: Statement =
    Statement { name: "import/list", sql: include_str!("../sql/import/list.sql") };
/// Takes a batch of events in.
pub const INTAKE_ADD: Statement =
    Statement { name: "intake/add", sql: include_str!("../sql/intake/add.sql") };
/// Forgets batches that were sealed.
pub const INTAKE_FORGET: Statement =
    Statement { name: "intake/forget", sql: include_str!("../sql/intake/forget.sql") };
/// Batches that are not sealed yet.
pub const INTAKE_LIST: Statement =
    Statement { name: "intake/list", sql: include_str!("../sql/intake/list.sql") };
/// Events that are not sealed, and since when.
pub const INTAKE_WAITING: Statement =
    Statement { name: "intake/waiting", sql: include_str!("../sql/intake/waiting.sql") };
/// Adds a job, unless it was added before.
pub const JOB_ADD: Statement =
    Statement { name: "job/add", sql: include_str!("../sql/job/add.sql") };
/// Gives a job to a worker.
pub const JOB_CLAIM: Statement =
    Statement { name: "job/claim", sql: include_str!("../sql/job/claim.sql") };
/// Jobs that are not done, by kind and state, with the oldest of each.
pub const JOB_COUNTS: Statement =
    Statement { name: "job/counts", sql: include_str!("../sql/job/counts.sql") };
/// The next job that is due, or whose worker is gone.
pub const JOB_DUE: Statement =
    Statement { name: "job/due", sql: include_str!("../sql/job/due.sql") };
/// Extends a worker's lease.
pub const JOB_EXTEND: Statement =
    Statement { name: "job/extend", sql: include_str!("../sql/job/extend.sql") };
/// A job by what makes it unique.
pub const JOB_FIND: Statement =
    Statement { name: "job/find", sql: include_str!("../sql/job/find.sql") };
/// Ends a worker's attempt.
pub const JOB_FINISH: Statement =
    Statement { name: "job/finish", sql: include_str!("../sql/job/finish.sql") };
/// Forgets jobs that were done long ago.
pub const JOB_FORGET: Statement =
    Statement { name: "job/forget", sql: include_str!("../sql/job/forget.sql") };
/// A job.
pub const JOB_GET: Statement =
    Statement { name: "job/get", sql: include_str!("../sql/job/get.sql") };
/// A page of jobs of a kind for a subject.
pub const JOB_OF_SUBJECT: Statement =
    Statement { name: "job/of_subject", sql: include_str!("../sql/job/of_subject.sql") };
/// A page of jobs, newest first.
pub const JOB_PAGE: Statement =
    Statement { name: "job/page", sql: include_str!("../sql/job/page.sql") };
/// Puts a dead job back.
pub const JOB_REPLAY: Statement =
    Statement { name: "job/replay", sql: include_str!("../sql/job/replay.sql") };
/// Adds an API key.
pub const KEY_ADD: Statement =
    Statement { name: "key/add", sql: include_str!("../sql/key/add.sql") };
/// Lets a key end earlier.
pub const KEY_EXPIRE: Statement =
    Statement { name: "key/expire", sql: include_str!("../sql/key/expire.sql") };
/// An API key.
pub const KEY_GET: Statement =
    Statement { name: "key/get", sql: include_str!("../sql/key/get.sql") };
/// All API keys.
pub const KEY_LIST: Statement =
    Statement { name: "key/list", sql: include_str!("../sql/key/list.sql") };
/// Ends a key at once.
pub const KEY_REVOKE: Statement =
    Statement { name: "key/revoke", sql: include_str!("../sql/key/revoke.sql") };
/// Notes when a key was used.
pub const KEY_USED: Statement =
    Statement { name: "key/used", sql: include_str!("../sql/key/used.sql") };
/// Adds a step of a membership.
pub const MEMBERSHIP_ADD: Statement =
    Statement { name: "membership/add", sql: include_str!("../sql/membership/add.sql") };
/// How all creators stand to a program.
pub const MEMBERSHIP_ALL: Statement =
    Statement { name: "membership/all", sql: include_str!("../sql/membership/all.sql") };
/// How many members a program has.
pub const MEMBERSHIP_COUNT: Statement =
    Statement { name: "membership/count", sql: include_str!("../sql/membership/count.sql") };
/// The steps of all memberships of a program.
pub const MEMBERSHIP_EVENTS: Statement =
    Statement { name: "membership/events", sql: include_str!("../sql/membership/events.sql") };
/// How a creator stands to a program.
pub const MEMBERSHIP_GET: Statement =
    Statement { name: "membership/get", sql: include_str!("../sql/membership/get.sql") };
/// The steps of one membership.
pub const MEMBERSHIP_HISTORY: Statement =
    Statement { name: "membership/history", sql: include_str!("../sql/membership/history.sql") };
/// The number of the last step.
pub const MEMBERSHIP_LAST: Statement =
    Statement { name: "membership/last", sql: include_str!("../sql/membership/last.sql") };
/// How a creator stands to all programs.
pub const MEMBERSHIP_OF_CREATOR: Statement = Statement {
    name: "membership/of_creator",
    sql: include_str!("../sql/membership/of_creator.sql"),
};
/// A page of a program's creators by state.
pub const MEMBERSHIP_PAGE: Statement =
    Statement { name: "membership/page", sql: include_str!("../sql/membership/page.sql") };
/// Keeps the last step of a membership.
pub const MEMBERSHIP_SET: Statement =
    Statement { name: "membership/set", sql: include_str!("../sql/membership/set.sql") };
/// Adds a message.
pub const MESSAGE_ADD: Statement =
    Statement { name: "message/add", sql: include_str!("../sql/message/add.sql") };
/// Forgets old messages.
pub const MESSAGE_FORGET: Statement =
    Statement { name: "message/forget", sql: include_str!("../sql/message/forget.sql") };
/// A message.
pub const MESSAGE_GET: Statement =
    Statement { name: "message/get", sql: include_str!("../sql/message/get.sql") };
/// The number of the last message.
pub const MESSAGE_LAST: Statement =
    Statement { name: "message/last", sql: include_str!("../sql/message/last.sql") };
/// A page of somebody's messages.
pub const MESSAGE_PAGE: Statement =
    Statement { name: "message/page", sql: include_str!("../sql/message/page.sql") };
/// Notes that a message was read.
pub const MESSAGE_READ: Statement =
    Statement { name: "message/read", sql: include_str!("../sql/message/read.sql") };
/// Adds an operator.
pub const OPERATOR_ADD: Statement =
    Statement { name: "operator/add", sql: include_str!("../sql/operator/add.sql") };
/// Changes all of an operator that changes.
pub const OPERATOR_CHANGE: Statement =
    Statement { name: "operator/change", sql: include_str!("../sql/operator/change.sql") };
/// An operator.
pub const OPERATOR_GET: Statement =
    Statement { name: "operator/get", sql: include_str!("../sql/operator/get.sql") };
/// All operators.
pub const OPERATOR_LIST: Statement =
    Statement { name: "operator/list", sql: include_str!("../sql/operator/list.sql") };
/// The operator of a mail address.
pub const OPERATOR_OF_EMAIL: Statement =
    Statement { name: "operator/of_email", sql: include_str!("../sql/operator/of_email.sql") };
/// The operator whom an OIDC provider knows by this.
pub const OPERATOR_OF_OIDC: Statement =
    Statement { name: "operator/of_oidc", sql: include_str!("../sql/operator/of_oidc.sql") };
/// Adds what a reviewer found.
pub const OPINION_ADD: Statement =
    Statement { name: "opinion/add", sql: include_str!("../sql/opinion/add.sql") };
/// What reviewers found.
pub const OPINION_OF_REVIEW: Statement =
    Statement { name: "opinion/of_review", sql: include_str!("../sql/opinion/of_review.sql") };
/// The first two verdicts of reviews that two people saw.
pub const OPINION_SEEN_TWICE: Statement =
    Statement { name: "opinion/seen_twice", sql: include_str!("../sql/opinion/seen_twice.sql") };
/// `policy/add`
pub const POLICY_ADD: Statement =
    Statement { name: "policy/add", sql: include_str!("../sql/policy/add.sql") };
/// `policy/list`
pub const POLICY_LIST: Statement =
    Statement { name: "policy/list", sql: include_str!("../sql/policy/list.sql") };
/// Adds a proposal.
pub const PROPOSAL_ADD: Statement =
    Statement { name: "proposal/add", sql: include_str!("../sql/proposal/add.sql") };
/// Decides an open proposal.
pub const PROPOSAL_DECIDE: Statement =
    Statement { name: "proposal/decide", sql: include_str!("../sql/proposal/decide.sql") };
/// A proposal.
pub const PROPOSAL_GET: Statement =
    Statement { name: "proposal/get", sql: include_str!("../sql/proposal/get.sql") };
/// The number of the last proposal.
pub const PROPOSAL_LAST: Statement =
    Statement { name: "proposal/last", sql: include_str!("../sql/proposal/last.sql") };
/// A page of proposals.
pub const PROPOSAL_PAGE: Statement =
    Statement { name: "proposal/page", sql: include_str!("../sql/proposal/page.sql") };
/// Opens a review.
pub const REVIEW_ADD: Statement =
    Statement { name: "review/add", sql: include_str!("../sql/review/add.sql") };
/// A review.
pub const REVIEW_GET: Statement =
    Statement { name: "review/get", sql: include_str!("../sql/review/get.sql") };
/// The number of the last review.
pub const REVIEW_LAST: Statement =
    Statement { name: "review/last", sql: include_str!("../sql/review/last.sql") };
/// Open reviews that are to be escalated or are overdue.
pub const REVIEW_LATE: Statement =
    Statement { name: "review/late", sql: include_str!("../sql/review/late.sql") };
/// The open review of a creator.
pub const REVIEW_OPEN_OF: Statement =
    Statement { name: "review/open_of", sql: include_str!("../sql/review/open_of.sql") };
/// A page of reviews.
pub const REVIEW_PAGE: Statement =
    Statement { name: "review/page", sql: include_str!("../sql/review/page.sql") };
/// Open reviews, the most pressing first.
pub const REVIEW_QUEUE: Statement =
    Statement { name: "review/queue", sql: include_str!("../sql/review/queue.sql") };
/// Changes a review.
pub const REVIEW_SET: Statement =
    Statement { name: "review/set", sql: include_str!("../sql/review/set.sql") };
/// `run/add`
pub const RUN_ADD: Statement =
    Statement { name: "run/add", sql: include_str!("../sql/run/add.sql") };
/// `run/confirm`
pub const RUN_CONFIRM: Statement =
    Statement { name: "run/confirm", sql: include_str!("../sql/run/confirm.sql") };
/// `run/confirmations`
pub const RUN_CONFIRMATIONS: Statement =
    Statement { name: "run/confirmations", sql: include_str!("../sql/run/confirmations.sql") };
/// `run/list`
pub const RUN_LIST: Statement =
    Statement { name: "run/list", sql: include_str!("../sql/run/list.sql") };
/// `segment/last`
pub const SEGMENT_LAST: Statement =
    Statement { name: "segment/last", sql: include_str!("../sql/segment/last.sql") };
/// `segment/list`
pub const SEGMENT_LIST: Statement =
    Statement { name: "segment/list", sql: include_str!("../sql/segment/list.sql") };
/// Begins a session.
pub const SESSION_ADD: Statement =
    Statement { name: "session/add", sql: include_str!("../sql/session/add.sql") };
/// Ends a session.
pub const SESSION_END: Statement =
    Statement { name: "session/end", sql: include_str!("../sql/session/end.sql") };
/// Ends all sessions of an operator.
pub const SESSION_END_ALL: Statement =
    Statement { name: "session/end_all", sql: include_str!("../sql/session/end_all.sql") };
/// Forgets sessions that are over.
pub const SESSION_FORGET: Statement =
    Statement { name: "session/forget", sql: include_str!("../sql/session/forget.sql") };
/// A session.
pub const SESSION_GET: Statement =
    Statement { name: "session/get", sql: include_str!("../sql/session/get.sql") };
/// Notes that a session is used.
pub const SESSION_SEEN: Statement =
    Statement { name: "session/seen", sql: include_str!("../sql/session/seen.sql") };
/// `setting/get`
pub const SETTING_GET: Statement =
    Statement { name: "setting/get", sql: include_str!("../sql/setting/get.sql") };
/// `setting/put`
pub const SETTING_PUT: Statement =
    Statement { name: "setting/put", sql: include_str!("../sql/setting/put.sql") };
/// Keeps a day of a shadow run.
pub const SHADOW_ADD: Statement =
    Statement { name: "shadow/add", sql: include_str!("../sql/shadow/add.sql") };
/// The days of a shadow run.
pub const SHADOW_LIST: Statement =
    Statement { name: "shadow/list", sql: include_str!("../sql/shadow/list.sql") };
/// Begins a sign-in with an OIDC provider.
pub const SIGNIN_ADD: Statement =
    Statement { name: "signin/add", sql: include_str!("../sql/signin/add.sql") };
/// Ends a sign-in.
pub const SIGNIN_END: Statement =
    Statement { name: "signin/end", sql: include_str!("../sql/signin/end.sql") };
/// Forgets sign-ins that nobody ended.
pub const SIGNIN_FORGET: Statement =
    Statement { name: "signin/forget", sql: include_str!("../sql/signin/forget.sql") };
/// A sign-in that was begun.
pub const SIGNIN_GET: Statement =
    Statement { name: "signin/get", sql: include_str!("../sql/signin/get.sql") };
/// Adds a platform's key for its users' tokens.
pub const TOKEN_ADD: Statement =
    Statement { name: "token/add", sql: include_str!("../sql/token/add.sql") };
/// A platform's key.
pub const TOKEN_GET: Statement =
    Statement { name: "token/get", sql: include_str!("../sql/token/get.sql") };
/// All platforms' keys.
pub const TOKEN_LIST: Statement =
    Statement { name: "token/list", sql: include_str!("../sql/token/list.sql") };
/// Ends a platform's key.
pub const TOKEN_REVOKE: Statement =
    Statement { name: "token/revoke", sql: include_str!("../sql/token/revoke.sql") };
/// `transfer/last`
pub const TRANSFER_LAST: Statement =
    Statement { name: "transfer/last", sql: include_str!("../sql/transfer/last.sql") };
/// `transfer/list`
pub const TRANSFER_LIST: Statement =
    Statement { name: "transfer/list", sql: include_str!("../sql/transfer/list.sql") };
/// A page of transfers, of an account if one is named.
pub const TRANSFER_PAGE: Statement =
    Statement { name: "transfer/page", sql: include_str!("../sql/transfer/page.sql") };
/// Adds a webhook.
pub const WEBHOOK_ADD: Statement =
    Statement { name: "webhook/add", sql: include_str!("../sql/webhook/add.sql") };
/// Stops calling a webhook.
pub const WEBHOOK_DISABLE: Statement =
    Statement { name: "webhook/disable", sql: include_str!("../sql/webhook/disable.sql") };
/// Lets a webhook be called again.
pub const WEBHOOK_ENABLE: Statement =
    Statement { name: "webhook/enable", sql: include_str!("../sql/webhook/enable.sql") };
/// Notes since when a webhook fails.
pub const WEBHOOK_FAILING: Statement =
    Statement { name: "webhook/failing", sql: include_str!("../sql/webhook/failing.sql") };
/// A webhook.
pub const WEBHOOK_GET: Statement =
    Statement { name: "webhook/get", sql: include_str!("../sql/webhook/get.sql") };
/// All webhooks.
pub const WEBHOOK_LIST: Statement =
    Statement { name: "webhook/list", sql: include_str!("../sql/webhook/list.sql") };
/// Removes a webhook.
pub const WEBHOOK_REMOVE: Statement =
    Statement { name: "webhook/remove", sql: include_str!("../sql/webhook/remove.sql") };
/// Gives a webhook a new secret beside its old one.
pub const WEBHOOK_ROTATE: Statement =
    Statement { name: "webhook/rotate", sql: include_str!("../sql/webhook/rotate.sql") };
/// A work.
pub const WORK_GET: Statement =
    Statement { name: "work/get", sql: include_str!("../sql/work/get.sql") };
/// `work/list`
pub const WORK_LIST: Statement =
    Statement { name: "work/list", sql: include_str!("../sql/work/list.sql") };
/// The work of a hash.
pub const WORK_OF_HASH: Statement =
    Statement { name: "work/of_hash", sql: include_str!("../sql/work/of_hash.sql") };
/// A page of works.
pub const WORK_PAGE: Statement =
    Statement { name: "work/page", sql: include_str!("../sql/work/page.sql") };
/// `work/versions`
pub const WORK_VERSIONS: Statement =
    Statement { name: "work/versions", sql: include_str!("../sql/work/versions.sql") };
/// A work's versions.
pub const WORK_VERSIONS_OF: Statement =
    Statement { name: "work/versions_of", sql: include_str!("../sql/work/versions_of.sql") };
/// All versions of the works that were ever a creator's.
pub const WORK_VERSIONS_BY_CREATOR: Statement = Statement {
    name: "work/versions_by_creator",
    sql: include_str!("../sql/work/versions_by_creator.sql"),
};
/// The balances of one wallet.
pub const ACCOUNT_OF: Statement =
    Statement { name: "account/of", sql: include_str!("../sql/account/of.sql") };
/// One balance.
pub const ACCOUNT_ONE: Statement =
    Statement { name: "account/one", sql: include_str!("../sql/account/one.sql") };
/// Transfers of one wallet after a number.
pub const TRANSFER_OF_WALLET: Statement =
    Statement { name: "transfer/of_wallet", sql: include_str!("../sql/transfer/of_wallet.sql") };
/// Publishes terms.
pub const TERMS_ADD: Statement =
    Statement { name: "terms/add", sql: include_str!("../sql/terms/add.sql") };
/// The terms that hold.
pub const TERMS_LAST: Statement =
    Statement { name: "terms/last", sql: include_str!("../sql/terms/last.sql") };
/// One version of the terms.
pub const TERMS_GET: Statement =
    Statement { name: "terms/get", sql: include_str!("../sql/terms/get.sql") };
/// Says that the money of a run is drawable.
pub const RELEASE_ADD: Statement =
    Statement { name: "release/add", sql: include_str!("../sql/release/add.sql") };
/// The last run of a day whose money is drawable; -1 for none.
pub const RELEASE_LAST: Statement =
    Statement { name: "release/last", sql: include_str!("../sql/release/last.sql") };
/// Keeps the sealed key of a person.
pub const PERSON_ADD: Statement =
    Statement { name: "person/add", sql: include_str!("../sql/person/add.sql") };
/// The sealed key of a person.
pub const PERSON_GET: Statement =
    Statement { name: "person/get", sql: include_str!("../sql/person/get.sql") };
/// Destroys the key of a person.
pub const PERSON_FORGET: Statement =
    Statement { name: "person/forget", sql: include_str!("../sql/person/forget.sql") };
/// Says who a creator is.
pub const IDENTITY_SET: Statement =
    Statement { name: "identity/set", sql: include_str!("../sql/identity/set.sql") };
/// Who a creator is.
pub const IDENTITY_GET: Statement =
    Statement { name: "identity/get", sql: include_str!("../sql/identity/get.sql") };
/// Keeps what a creator wishes of his wallet.
pub const WALLET_SET: Statement =
    Statement { name: "wallet/set", sql: include_str!("../sql/wallet/set.sql") };
/// What a creator wishes of his wallet.
pub const WALLET_GET: Statement =
    Statement { name: "wallet/get", sql: include_str!("../sql/wallet/get.sql") };
/// Wallets after one that have something to draw.
pub const WALLET_DRAWABLE: Statement =
    Statement { name: "wallet/drawable", sql: include_str!("../sql/wallet/drawable.sql") };
/// Adds a method.
pub const METHOD_ADD: Statement =
    Statement { name: "method/add", sql: include_str!("../sql/method/add.sql") };
/// The number of the newest method.
pub const METHOD_LAST: Statement =
    Statement { name: "method/last", sql: include_str!("../sql/method/last.sql") };
/// A method.
pub const METHOD_GET: Statement =
    Statement { name: "method/get", sql: include_str!("../sql/method/get.sql") };
/// Methods of a creator.
pub const METHOD_OF_CREATOR: Statement =
    Statement { name: "method/of_creator", sql: include_str!("../sql/method/of_creator.sql") };
/// How many other creators draw to the same place.
pub const METHOD_SHARED: Statement =
    Statement { name: "method/shared", sql: include_str!("../sql/method/shared.sql") };
/// Ends a method.
pub const METHOD_REMOVE: Statement =
    Statement { name: "method/remove", sql: include_str!("../sql/method/remove.sql") };
/// Says how the name of a method stands to its creator.
pub const METHOD_NAME: Statement =
    Statement { name: "method/name", sql: include_str!("../sql/method/name.sql") };
/// Holds money.
pub const HOLD_ADD: Statement =
    Statement { name: "hold/add", sql: include_str!("../sql/hold/add.sql") };
/// The number of the newest hold.
pub const HOLD_LAST: Statement =
    Statement { name: "hold/last", sql: include_str!("../sql/hold/last.sql") };
/// A hold.
pub const HOLD_GET: Statement =
    Statement { name: "hold/get", sql: include_str!("../sql/hold/get.sql") };
/// Holds of a creator, the newest last.
pub const HOLD_OF_CREATOR: Statement =
    Statement { name: "hold/of_creator", sql: include_str!("../sql/hold/of_creator.sql") };
/// Open holds after a number.
pub const HOLD_PAGE: Statement =
    Statement { name: "hold/page", sql: include_str!("../sql/hold/page.sql") };
/// Holds that end by themselves by now.
pub const HOLD_DUE: Statement =
    Statement { name: "hold/due", sql: include_str!("../sql/hold/due.sql") };
/// Open holds that are old and nobody was told of.
pub const HOLD_OLD: Statement =
    Statement { name: "hold/old", sql: include_str!("../sql/hold/old.sql") };
/// Ends a hold; what is left of it was released.
pub const HOLD_RELEASE: Statement =
    Statement { name: "hold/release", sql: include_str!("../sql/hold/release.sql") };
/// Notes that people were told of a hold.
pub const HOLD_TOLD: Statement =
    Statement { name: "hold/told", sql: include_str!("../sql/hold/told.sql") };
/// Keeps a part of an income.
pub const RESERVE_ADD: Statement =
    Statement { name: "reserve/add", sql: include_str!("../sql/reserve/add.sql") };
/// Parts that are due by now.
pub const RESERVE_DUE: Statement =
    Statement { name: "reserve/due", sql: include_str!("../sql/reserve/due.sql") };
/// Parts that are kept of a creator.
pub const RESERVE_OF_CREATOR: Statement =
    Statement { name: "reserve/of_creator", sql: include_str!("../sql/reserve/of_creator.sql") };
/// Ends the keeping of a part.
pub const RESERVE_RELEASE: Statement =
    Statement { name: "reserve/release", sql: include_str!("../sql/reserve/release.sql") };
/// Keeps the rates of a day.
pub const RATE_SET: Statement =
    Statement { name: "rate/set", sql: include_str!("../sql/rate/set.sql") };
/// The rates of a day.
pub const RATE_GET: Statement =
    Statement { name: "rate/get", sql: include_str!("../sql/rate/get.sql") };
/// The newest rates on or before a day.
pub const RATE_NEWEST: Statement =
    Statement { name: "rate/newest", sql: include_str!("../sql/rate/newest.sql") };
/// The newest rates of an asset on or before a day.
pub const RATE_BEFORE: Statement =
    Statement { name: "rate/before", sql: include_str!("../sql/rate/before.sql") };
/// Rates after a day.
pub const RATE_PAGE: Statement =
    Statement { name: "rate/page", sql: include_str!("../sql/rate/page.sql") };
/// Adds a payout.
pub const PAYOUT_ADD: Statement =
    Statement { name: "payout/add", sql: include_str!("../sql/payout/add.sql") };
/// The number of the newest payout.
pub const PAYOUT_LAST: Statement =
    Statement { name: "payout/last", sql: include_str!("../sql/payout/last.sql") };
/// A payout.
pub const PAYOUT_GET: Statement =
    Statement { name: "payout/get", sql: include_str!("../sql/payout/get.sql") };
/// The payout of a key.
pub const PAYOUT_OF_KEY: Statement =
    Statement { name: "payout/of_key", sql: include_str!("../sql/payout/of_key.sql") };
/// The payout of an origin.
pub const PAYOUT_OF_ORIGIN: Statement =
    Statement { name: "payout/of_origin", sql: include_str!("../sql/payout/of_origin.sql") };
/// The payout of a provider's reference.
pub const PAYOUT_OF_REFERENCE: Statement =
    Statement { name: "payout/of_reference", sql: include_str!("../sql/payout/of_reference.sql") };
/// Payouts of a creator after a number.
pub const PAYOUT_OF_CREATOR: Statement =
    Statement { name: "payout/of_creator", sql: include_str!("../sql/payout/of_creator.sql") };
/// Payouts of a batch.
pub const PAYOUT_OF_BATCH: Statement =
    Statement { name: "payout/of_batch", sql: include_str!("../sql/payout/of_batch.sql") };
/// Payouts after a number, of a state or of any.
pub const PAYOUT_PAGE: Statement =
    Statement { name: "payout/page", sql: include_str!("../sql/payout/page.sql") };
/// Payouts of a state after a number.
pub const PAYOUT_OF_STATE: Statement =
    Statement { name: "payout/of_state", sql: include_str!("../sql/payout/of_state.sql") };
/// Payouts that may go by now.
pub const PAYOUT_READY: Statement =
    Statement { name: "payout/ready", sql: include_str!("../sql/payout/ready.sql") };
/// How many payouts of a creator were paid.
pub const PAYOUT_PAID_OF: Statement =
    Statement { name: "payout/paid_of", sql: include_str!("../sql/payout/paid_of.sql") };
/// Moves a payout on, if it is still where it was.
pub const PAYOUT_SET: Statement =
    Statement { name: "payout/set", sql: include_str!("../sql/payout/set.sql") };
/// Payouts by state.
pub const PAYOUT_SUMS: Statement =
    Statement { name: "payout/sums", sql: include_str!("../sql/payout/sums.sql") };
/// What was paid and withheld between two instants.
pub const PAYOUT_TAXED: Statement =
    Statement { name: "payout/taxed", sql: include_str!("../sql/payout/taxed.sql") };
/// Adds a step of a payout.
pub const PAYOUT_STEP_ADD: Statement =
    Statement { name: "payout_step/add", sql: include_str!("../sql/payout_step/add.sql") };
/// Steps of a payout.
pub const PAYOUT_STEP_OF: Statement =
    Statement { name: "payout_step/of", sql: include_str!("../sql/payout_step/of.sql") };
/// Adds a batch.
pub const PAYOUT_BATCH_ADD: Statement =
    Statement { name: "payout_batch/add", sql: include_str!("../sql/payout_batch/add.sql") };
/// The number of the newest batch.
pub const PAYOUT_BATCH_LAST: Statement =
    Statement { name: "payout_batch/last", sql: include_str!("../sql/payout_batch/last.sql") };
/// A batch.
pub const PAYOUT_BATCH_GET: Statement =
    Statement { name: "payout_batch/get", sql: include_str!("../sql/payout_batch/get.sql") };
/// Batches after a number.
pub const PAYOUT_BATCH_PAGE: Statement =
    Statement { name: "payout_batch/page", sql: include_str!("../sql/payout_batch/page.sql") };
/// Binds a batch to what is in it.
pub const PAYOUT_BATCH_SEAL: Statement =
    Statement { name: "payout_batch/seal", sql: include_str!("../sql/payout_batch/seal.sql") };
/// Moves a batch on, if it is still where it was.
pub const PAYOUT_BATCH_SET: Statement =
    Statement { name: "payout_batch/set", sql: include_str!("../sql/payout_batch/set.sql") };
/// What approved batches of an account will take.
pub const PAYOUT_BATCH_WAITING: Statement = Statement {
    name: "payout_batch/waiting",
    sql: include_str!("../sql/payout_batch/waiting.sql"),
};
/// Notes a report.
pub const RAIL_REPORT_ADD: Statement =
    Statement { name: "rail_report/add", sql: include_str!("../sql/rail_report/add.sql") };
/// The report of a digest.
pub const RAIL_REPORT_FIND: Statement =
    Statement { name: "rail_report/find", sql: include_str!("../sql/rail_report/find.sql") };
/// Reports after a number.
pub const RAIL_REPORT_PAGE: Statement =
    Statement { name: "rail_report/page", sql: include_str!("../sql/rail_report/page.sql") };
/// Notes what a provider called about.
pub const RAIL_EVENT_ADD: Statement =
    Statement { name: "rail_event/add", sql: include_str!("../sql/rail_event/add.sql") };
/// Whether a provider called about it before.
pub const RAIL_EVENT_FIND: Statement =
    Statement { name: "rail_event/find", sql: include_str!("../sql/rail_event/find.sql") };
/// Notes a difference.
pub const DIFFERENCE_ADD: Statement =
    Statement { name: "difference/add", sql: include_str!("../sql/difference/add.sql") };
/// A difference.
pub const DIFFERENCE_GET: Statement =
    Statement { name: "difference/get", sql: include_str!("../sql/difference/get.sql") };
/// Differences after a number: open ones, or all.
pub const DIFFERENCE_PAGE: Statement =
    Statement { name: "difference/page", sql: include_str!("../sql/difference/page.sql") };
/// How many differences are open.
pub const DIFFERENCE_OPEN: Statement =
    Statement { name: "difference/open", sql: include_str!("../sql/difference/open.sql") };
/// Ends a difference.
pub const DIFFERENCE_RESOLVE: Statement =
    Statement { name: "difference/resolve", sql: include_str!("../sql/difference/resolve.sql") };
/// All debts of creators.
pub const ACCOUNT_OWING: Statement =
    Statement { name: "account/owing", sql: include_str!("../sql/account/owing.sql") };
/// Batches of providers whose payouts are on their way.
pub const PAYOUT_TO_ASK: Statement =
    Statement { name: "payout/to_ask", sql: include_str!("../sql/payout/to_ask.sql") };
/// How many payouts that are not over are to go from an account.
pub const PAYOUT_GOING_FROM: Statement =
    Statement { name: "payout/going_from", sql: include_str!("../sql/payout/going_from.sql") };
/// What is kept of a wallet that sleeps.
pub const DORMANT_GET: Statement =
    Statement { name: "dormant/get", sql: include_str!("../sql/dormant/get.sql") };
/// Wallets after one whose owners were told that they sleep.
pub const DORMANT_OPEN: Statement =
    Statement { name: "dormant/open", sql: include_str!("../sql/dormant/open.sql") };
/// Forgets that a wallet slept.
pub const DORMANT_REMOVE: Statement =
    Statement { name: "dormant/remove", sql: include_str!("../sql/dormant/remove.sql") };
/// Notes that the owner of a wallet was told, or that it was swept.
pub const DORMANT_SET: Statement =
    Statement { name: "dormant/set", sql: include_str!("../sql/dormant/set.sql") };
/// Accounts after one with something to draw that no batch since one moved.
pub const WALLET_ASLEEP: Statement =
    Statement { name: "wallet/asleep", sql: include_str!("../sql/wallet/asleep.sql") };
/// The first batch of a time.
pub const BATCH_FIRST_SINCE: Statement =
    Statement { name: "batch/first_since", sql: include_str!("../sql/batch/first_since.sql") };
/// Batches of an account whose payouts nobody answered.
pub const PAYOUT_SILENT: Statement =
    Statement { name: "payout/silent", sql: include_str!("../sql/payout/silent.sql") };
/// Puts other rates in the place of a day's.
pub const RATE_CORRECT: Statement =
    Statement { name: "rate/correct", sql: include_str!("../sql/rate/correct.sql") };
/// Notes what the platform answered of whose an account is.
pub const METHOD_OWNER: Statement =
    Statement { name: "method/owner", sql: include_str!("../sql/method/owner.sql") };
/// Opens a case.
pub const APPEAL_ADD: Statement =
    Statement { name: "appeal/add", sql: include_str!("../sql/appeal/add.sql") };
/// The number of the newest case.
pub const APPEAL_LAST: Statement =
    Statement { name: "appeal/last", sql: include_str!("../sql/appeal/last.sql") };
/// A case.
pub const APPEAL_GET: Statement =
    Statement { name: "appeal/get", sql: include_str!("../sql/appeal/get.sql") };
/// The newest case on a matter.
pub const APPEAL_OF_MATTER: Statement =
    Statement { name: "appeal/of_matter", sql: include_str!("../sql/appeal/of_matter.sql") };
/// Cases of a creator after a number.
pub const APPEAL_OF_CREATOR: Statement =
    Statement { name: "appeal/of_creator", sql: include_str!("../sql/appeal/of_creator.sql") };
/// Cases after a number.
pub const APPEAL_PAGE: Statement =
    Statement { name: "appeal/page", sql: include_str!("../sql/appeal/page.sql") };
/// Open cases, the most pressing first.
pub const APPEAL_QUEUE: Statement =
    Statement { name: "appeal/queue", sql: include_str!("../sql/appeal/queue.sql") };
/// Open cases that are due soon or overdue.
pub const APPEAL_LATE: Statement =
    Statement { name: "appeal/late", sql: include_str!("../sql/appeal/late.sql") };
/// Cases that were filed or decided in a time.
pub const APPEAL_BETWEEN: Statement =
    Statement { name: "appeal/between", sql: include_str!("../sql/appeal/between.sql") };
/// Keeps a case as it is now.
pub const APPEAL_SET: Statement =
    Statement { name: "appeal/set", sql: include_str!("../sql/appeal/set.sql") };
/// Adds what was said in a case.
pub const APPEAL_MESSAGE_ADD: Statement =
    Statement { name: "appeal_message/add", sql: include_str!("../sql/appeal_message/add.sql") };
/// What was said in a case.
pub const APPEAL_MESSAGE_OF: Statement =
    Statement { name: "appeal_message/of", sql: include_str!("../sql/appeal_message/of.sql") };
/// Adds evidence.
pub const ATTACHMENT_ADD: Statement =
    Statement { name: "attachment/add", sql: include_str!("../sql/attachment/add.sql") };
/// The evidence of a case.
pub const ATTACHMENT_OF: Statement =
    Statement { name: "attachment/of", sql: include_str!("../sql/attachment/of.sql") };
/// Adds what a verdict took of a day.
pub const BACKPAY_ADD: Statement =
    Statement { name: "backpay/add", sql: include_str!("../sql/backpay/add.sql") };
/// What a case brings.
pub const BACKPAY_OF: Statement =
    Statement { name: "backpay/of", sql: include_str!("../sql/backpay/of.sql") };
/// Back-pay that a creator was paid.
pub const BACKPAY_OF_CREATOR: Statement =
    Statement { name: "backpay/of_creator", sql: include_str!("../sql/backpay/of_creator.sql") };
/// Cases whose back-pay waits.
pub const BACKPAY_HELD: Statement =
    Statement { name: "backpay/held", sql: include_str!("../sql/backpay/held.sql") };
/// Marks back-pay as paid.
pub const BACKPAY_PAY: Statement =
    Statement { name: "backpay/pay", sql: include_str!("../sql/backpay/pay.sql") };
/// Where all evidence lies.
pub const ATTACHMENT_PATHS: Statement =
    Statement { name: "attachment/paths", sql: include_str!("../sql/attachment/paths.sql") };
/// A creator's days of a program in a time.
pub const CREATOR_DAY_OF_CREATOR: Statement = Statement {
    name: "creator_day/of_creator",
    sql: include_str!("../sql/creator_day/of_creator.sql"),
};
/// All creators of a settled day.
pub const CREATOR_DAY_OF_DAY: Statement =
    Statement { name: "creator_day/of_day", sql: include_str!("../sql/creator_day/of_day.sql") };
/// How many creators' days a run has.
pub const CREATOR_DAY_COUNT: Statement =
    Statement { name: "creator_day/count", sql: include_str!("../sql/creator_day/count.sql") };
/// Forgets the estimate of a day.
pub const CREATOR_DAY_FORGET_ESTIMATE: Statement = Statement {
    name: "creator_day/forget_estimate",
    sql: include_str!("../sql/creator_day/forget_estimate.sql"),
};
/// Forgets old estimates.
pub const CREATOR_DAY_FORGET_OLD: Statement = Statement {
    name: "creator_day/forget_old",
    sql: include_str!("../sql/creator_day/forget_old.sql"),
};
/// Forgets creators' days of a program, to make them again.
pub const CREATOR_DAY_FORGET: Statement =
    Statement { name: "creator_day/forget", sql: include_str!("../sql/creator_day/forget.sql") };
/// Back-pay that was paid in a time, by asset.
pub const BACKPAY_BETWEEN: Statement =
    Statement { name: "backpay/between", sql: include_str!("../sql/backpay/between.sql") };
/// Steps of memberships in a time, by state.
pub const MEMBERSHIP_BETWEEN: Statement =
    Statement { name: "membership/between", sql: include_str!("../sql/membership/between.sql") };
/// Overturned cases that are not made good, decided before a time, of which nobody was told.
pub const APPEAL_UNPAID: Statement =
    Statement { name: "appeal/unpaid", sql: include_str!("../sql/appeal/unpaid.sql") };
/// Files a copyright claim.
pub const COPYRIGHT_ADD: Statement =
    Statement { name: "copyright/add", sql: include_str!("../sql/copyright/add.sql") };
/// The number of the newest claim.
pub const COPYRIGHT_LAST: Statement =
    Statement { name: "copyright/last", sql: include_str!("../sql/copyright/last.sql") };
/// A claim.
pub const COPYRIGHT_GET: Statement =
    Statement { name: "copyright/get", sql: include_str!("../sql/copyright/get.sql") };
/// Claims after a number.
pub const COPYRIGHT_PAGE: Statement =
    Statement { name: "copyright/page", sql: include_str!("../sql/copyright/page.sql") };
/// Claims on a creator's works and by him, after a number.
pub const COPYRIGHT_OF_CREATOR: Statement = Statement {
    name: "copyright/of_creator",
    sql: include_str!("../sql/copyright/of_creator.sql"),
};
/// Claims on a creator's works that are open or upheld.
pub const COPYRIGHT_STANDING_OF: Statement = Statement {
    name: "copyright/standing_of",
    sql: include_str!("../sql/copyright/standing_of.sql"),
};
/// Claims that are open or upheld, on a day or days before it.
pub const COPYRIGHT_STANDING: Statement =
    Statement { name: "copyright/standing", sql: include_str!("../sql/copyright/standing.sql") };
/// Open claims that are old and nobody was told of.
pub const COPYRIGHT_OLD: Statement =
    Statement { name: "copyright/old", sql: include_str!("../sql/copyright/old.sql") };
/// Keeps a claim as it is now.
pub const COPYRIGHT_SET: Statement =
    Statement { name: "copyright/set", sql: include_str!("../sql/copyright/set.sql") };
/// Notes what a claim takes of a day.
pub const COPYRIGHT_PART_ADD: Statement =
    Statement { name: "copyright_part/add", sql: include_str!("../sql/copyright_part/add.sql") };
/// What a claim took.
pub const COPYRIGHT_PART_OF: Statement = Statement {
    name: "copyright_part/of_claim",
    sql: include_str!("../sql/copyright_part/of_claim.sql"),
};
/// Runs of some days of a program.
pub const RUN_BETWEEN: Statement =
    Statement { name: "run/between", sql: include_str!("../sql/run/between.sql") };
/// Sealed keys of persons after one.
pub const PERSON_PAGE: Statement =
    Statement { name: "person/page", sql: include_str!("../sql/person/page.sql") };
/// Keeps a person's key, sealed anew.
pub const PERSON_SET: Statement =
    Statement { name: "person/set", sql: include_str!("../sql/person/set.sql") };
/// Methods that have details, removed ones too, after a number.
pub const METHOD_SEALED: Statement =
    Statement { name: "method/sealed", sql: include_str!("../sql/method/sealed.sql") };
/// Keeps what tells a method's place.
pub const METHOD_FINGERPRINT: Statement =
    Statement { name: "method/fingerprint", sql: include_str!("../sql/method/fingerprint.sql") };
/// How many batches are not handed over yet.
pub const PAYOUT_BATCH_UNFINISHED: Statement = Statement {
    name: "payout_batch/unfinished",
    sql: include_str!("../sql/payout_batch/unfinished.sql"),
};
/// Cases that were made good, or are about to be, decided since a time.
pub const APPEAL_MADE_GOOD: Statement =
    Statement { name: "appeal/made_good", sql: include_str!("../sql/appeal/made_good.sql") };
/// Claims that were filed, and decided by state, in a time.
pub const COPYRIGHT_BETWEEN: Statement =
    Statement { name: "copyright/between", sql: include_str!("../sql/copyright/between.sql") };
/// What claims took of a day of a program.
pub const COPYRIGHT_PART_OF_DAY: Statement = Statement {
    name: "copyright_part/of_day",
    sql: include_str!("../sql/copyright_part/of_day.sql"),
};
/// Forgets what is kept of the methods of a creator.
pub const METHOD_FORGET: Statement =
    Statement { name: "method/forget", sql: include_str!("../sql/method/forget.sql") };
/// All of them, for the test that prepares each on both databases.
pub const ALL: &[Statement] = &[
    ACCOUNT_ADD,
    ACCOUNT_CHANGE,
    ACCOUNT_LIST,
    ACCOUNT_OF,
    ACCOUNT_ONE,
    ACCOUNT_OWING,
    ACCOUNT_PAGE,
    ANSWER_ADD,
    ANSWER_FIND,
    ANSWER_FORGET,
    APPEAL_ADD,
    APPEAL_BETWEEN,
    APPEAL_GET,
    APPEAL_LAST,
    APPEAL_LATE,
    APPEAL_MADE_GOOD,
    APPEAL_MESSAGE_ADD,
    APPEAL_MESSAGE_OF,
    APPEAL_OF_CREATOR,
    APPEAL_OF_MATTER,
    APPEAL_PAGE,
    APPEAL_QUEUE,
    APPEAL_SET,
    APPEAL_UNPAID,
    ATTACHMENT_ADD,
    ATTACHMENT_OF,
    ATTACHMENT_PATHS,
    AUDIT_ADD,
    AUDIT_LAST,
    AUDIT_PAGE,
    BACKPAY_ADD,
    BACKPAY_BETWEEN,
    BACKPAY_HELD,
    BACKPAY_OF,
    BACKPAY_OF_CREATOR,
    BACKPAY_PAY,
    BATCH_ADD,
    BATCH_FIRST_SINCE,
    BATCH_LAST,
    BATCH_LIST,
    CALENDAR_ADD,
    CALENDAR_LIST,
    CALENDAR_NAMES,
    CALENDAR_REMOVE,
    COPYRIGHT_ADD,
    COPYRIGHT_BETWEEN,
    COPYRIGHT_GET,
    COPYRIGHT_LAST,
    COPYRIGHT_OF_CREATOR,
    COPYRIGHT_OLD,
    COPYRIGHT_PAGE,
    COPYRIGHT_PART_ADD,
    COPYRIGHT_PART_OF,
    COPYRIGHT_PART_OF_DAY,
    COPYRIGHT_SET,
    COPYRIGHT_STANDING,
    COPYRIGHT_STANDING_OF,
    CREATOR_DAY_COUNT,
    CREATOR_DAY_FORGET,
    CREATOR_DAY_FORGET_ESTIMATE,
    CREATOR_DAY_FORGET_OLD,
    CREATOR_DAY_OF_CREATOR,
    CREATOR_DAY_OF_DAY,
    CREATOR_GET,
    CREATOR_LIST,
    CREATOR_OF_AGENCY,
    CREATOR_OF_HASH,
    CREATOR_PAGE,
    CREATOR_VERSIONS,
    CREATOR_VERSIONS_OF,
    DIFFERENCE_ADD,
    DIFFERENCE_GET,
    DIFFERENCE_OPEN,
    DIFFERENCE_PAGE,
    DIFFERENCE_RESOLVE,
    DORMANT_GET,
    DORMANT_OPEN,
    DORMANT_REMOVE,
    DORMANT_SET,
    DRAFT_DROP,
    DRAFT_GET,
    DRAFT_SET,
    DRAFT_SHADOW,
    EVENT_ADD,
    EVENT_GET,
    EVENT_LAST,
    EVENT_PAGE,
    HOLD_ADD,
    HOLD_DUE,
    HOLD_GET,
    HOLD_LAST,
    HOLD_OF_CREATOR,
    HOLD_OLD,
    HOLD_PAGE,
    HOLD_RELEASE,
    HOLD_TOLD,
    IDENTITY_GET,
    IDENTITY_SET,
    IMPORT_ADD,
    IMPORT_FIND,
    IMPORT_LAST,
    IMPORT_LAST_CATALOG,
    IMPORT_LIST,
    INTAKE_ADD,
    INTAKE_FORGET,
    INTAKE_LIST,
    INTAKE_WAITING,
    JOB_ADD,
    JOB_CLAIM,
    JOB_COUNTS,
    JOB_DUE,
    JOB_EXTEND,
    JOB_FIND,
    JOB_FINISH,
    JOB_FORGET,
    JOB_GET,
    JOB_OF_SUBJECT,
    JOB_PAGE,
    JOB_REPLAY,
    KEY_ADD,
    KEY_EXPIRE,
    KEY_GET,
    KEY_LIST,
    KEY_REVOKE,
    KEY_USED,
    MEMBERSHIP_ADD,
    MEMBERSHIP_ALL,
    MEMBERSHIP_BETWEEN,
    MEMBERSHIP_COUNT,
    MEMBERSHIP_EVENTS,
    MEMBERSHIP_GET,
    MEMBERSHIP_HISTORY,
    MEMBERSHIP_LAST,
    MEMBERSHIP_OF_CREATOR,
    MEMBERSHIP_PAGE,
    MEMBERSHIP_SET,
    MESSAGE_ADD,
    MESSAGE_FORGET,
    MESSAGE_GET,
    MESSAGE_LAST,
    MESSAGE_PAGE,
    MESSAGE_READ,
    METHOD_ADD,
    METHOD_FINGERPRINT,
    METHOD_FORGET,
    METHOD_GET,
    METHOD_LAST,
    METHOD_NAME,
    METHOD_OF_CREATOR,
    METHOD_OWNER,
    METHOD_REMOVE,
    METHOD_SEALED,
    METHOD_SHARED,
    OPERATOR_ADD,
    OPERATOR_CHANGE,
    OPERATOR_GET,
    OPERATOR_LIST,
    OPERATOR_OF_EMAIL,
    OPERATOR_OF_OIDC,
    OPINION_ADD,
    OPINION_OF_REVIEW,
    OPINION_SEEN_TWICE,
    PAYOUT_ADD,
    PAYOUT_BATCH_ADD,
    PAYOUT_BATCH_GET,
    PAYOUT_BATCH_LAST,
    PAYOUT_BATCH_PAGE,
    PAYOUT_BATCH_SEAL,
    PAYOUT_BATCH_SET,
    PAYOUT_BATCH_UNFINISHED,
    PAYOUT_BATCH_WAITING,
    PAYOUT_GET,
    PAYOUT_GOING_FROM,
    PAYOUT_LAST,
    PAYOUT_OF_BATCH,
    PAYOUT_OF_CREATOR,
    PAYOUT_OF_KEY,
    PAYOUT_OF_ORIGIN,
    PAYOUT_OF_REFERENCE,
    PAYOUT_OF_STATE,
    PAYOUT_PAGE,
    PAYOUT_PAID_OF,
    PAYOUT_READY,
    PAYOUT_SET,
    PAYOUT_SILENT,
    PAYOUT_STEP_ADD,
    PAYOUT_STEP_OF,
    PAYOUT_SUMS,
    PAYOUT_TAXED,
    PAYOUT_TO_ASK,
    PERSON_ADD,
    PERSON_FORGET,
    PERSON_GET,
    PERSON_PAGE,
    PERSON_SET,
    POLICY_ADD,
    POLICY_LIST,
    PROPOSAL_ADD,
    PROPOSAL_DECIDE,
    PROPOSAL_GET,
    PROPOSAL_LAST,
    PROPOSAL_PAGE,
    RAIL_EVENT_ADD,
    RAIL_EVENT_FIND,
    RAIL_REPORT_ADD,
    RAIL_REPORT_FIND,
    RAIL_REPORT_PAGE,
    RATE_BEFORE,
    RATE_CORRECT,
    RATE_GET,
    RATE_NEWEST,
    RATE_PAGE,
    RATE_SET,
    RELEASE_ADD,
    RELEASE_LAST,
    RESERVE_ADD,
    RESERVE_DUE,
    RESERVE_OF_CREATOR,
    RESERVE_RELEASE,
    REVIEW_ADD,
    REVIEW_GET,
    REVIEW_LAST,
    REVIEW_LATE,
    REVIEW_OPEN_OF,
    REVIEW_PAGE,
    REVIEW_QUEUE,
    REVIEW_SET,
    RUN_ADD,
    RUN_BETWEEN,
    RUN_CONFIRM,
    RUN_CONFIRMATIONS,
    RUN_LIST,
    SEGMENT_LAST,
    SEGMENT_LIST,
    SESSION_ADD,
    SESSION_END,
    SESSION_END_ALL,
    SESSION_FORGET,
    SESSION_GET,
    SESSION_SEEN,
    SETTING_GET,
    SETTING_PUT,
    SHADOW_ADD,
    SHADOW_LIST,
    SIGNIN_ADD,
    SIGNIN_END,
    SIGNIN_FORGET,
    SIGNIN_GET,
    TERMS_ADD,
    TERMS_GET,
    TERMS_LAST,
    TOKEN_ADD,
    TOKEN_GET,
    TOKEN_LIST,
    TOKEN_REVOKE,
    TRANSFER_LAST,
    TRANSFER_LIST,
    TRANSFER_OF_WALLET,
    TRANSFER_PAGE,
    WALLET_ASLEEP,
    WALLET_DRAWABLE,
    WALLET_GET,
    WALLET_SET,
    WEBHOOK_ADD,
    WEBHOOK_DISABLE,
    WEBHOOK_ENABLE,
    WEBHOOK_FAILING,
    WEBHOOK_GET,
    WEBHOOK_LIST,
    WEBHOOK_REMOVE,
    WEBHOOK_ROTATE,
    WORK_GET,
    WORK_LIST,
    WORK_OF_HASH,
    WORK_PAGE,
    WORK_VERSIONS,
    WORK_VERSIONS_BY_CREATOR,
    WORK_VERSIONS_OF,
];
