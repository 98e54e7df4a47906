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
/// `batch/add`
pub const BATCH_ADD: Statement =
    Statement { name: "batch/add", sql: include_str!("../sql/batch/add.sql") };
/// `batch/last`
pub const BATCH_LAST: Statement =
    Statement { name: "batch/last", sql: include_str!("../sql/batch/last.sql") };
/// `batch/list`
pub const BATCH_LIST: Statement =
    Statement { name: "batch/list", sql: include_str!("../sql/batch/list.sql") };
/// `creator/list`
pub const CREATOR_LIST: Statement =
    Statement { name: "creator/list", sql: include_str!("../sql/creator/list.sql") };
/// `creator/versions`
pub const CREATOR_VERSIONS: Statement =
    Statement { name: "creator/versions", sql: include_str!("../sql/creator/versions.sql") };
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
/// `policy/add`
pub const POLICY_ADD: Statement =
    Statement { name: "policy/add", sql: include_str!("../sql/policy/add.sql") };
/// `policy/list`
pub const POLICY_LIST: Statement =
    Statement { name: "policy/list", sql: include_str!("../sql/policy/list.sql") };
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
/// `setting/get`
pub const SETTING_GET: Statement =
    Statement { name: "setting/get", sql: include_str!("../sql/setting/get.sql") };
/// `setting/put`
pub const SETTING_PUT: Statement =
    Statement { name: "setting/put", sql: include_str!("../sql/setting/put.sql") };
/// `transfer/last`
pub const TRANSFER_LAST: Statement =
    Statement { name: "transfer/last", sql: include_str!("../sql/transfer/last.sql") };
/// `transfer/list`
pub const TRANSFER_LIST: Statement =
    Statement { name: "transfer/list", sql: include_str!("../sql/transfer/list.sql") };
/// `work/list`
pub const WORK_LIST: Statement =
    Statement { name: "work/list", sql: include_str!("../sql/work/list.sql") };
/// `work/versions`
pub const WORK_VERSIONS: Statement =
    Statement { name: "work/versions", sql: include_str!("../sql/work/versions.sql") };

/// All of them, for the test that prepares each on both databases.
pub const ALL: &[Statement] = &[
    ACCOUNT_ADD,
    ACCOUNT_CHANGE,
    ACCOUNT_LIST,
    BATCH_ADD,
    BATCH_LAST,
    BATCH_LIST,
    CREATOR_LIST,
    CREATOR_VERSIONS,
    IMPORT_ADD,
    IMPORT_FIND,
    IMPORT_LAST,
    IMPORT_LAST_CATALOG,
    IMPORT_LIST,
    POLICY_ADD,
    POLICY_LIST,
    RUN_ADD,
    RUN_CONFIRM,
    RUN_CONFIRMATIONS,
    RUN_LIST,
    SEGMENT_LAST,
    SEGMENT_LIST,
    SETTING_GET,
    SETTING_PUT,
    TRANSFER_LAST,
    TRANSFER_LIST,
    WORK_LIST,
    WORK_VERSIONS,
];
