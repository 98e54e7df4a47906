//! How a program deals with appeals: deadlines, instances, back-pay (R82 to R89).
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use crate::document::DayText;

/// The rules of appeals, as people write them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AppealRules {
    /// Days after a decision in which an appeal can be filed.
    pub file_days: u16,
    /// Days in which it is answered.
    pub answer_days: u16,
    /// How often a case is looked at: 1, or 2 where a creator may ask a second officer.
    pub instances: u8,
    /// Days back from the decision that back-pay reaches (R87).
    pub backpay_days: u16,
    /// Days in which back-pay reaches the wallet (R88).
    pub backpay_within_days: u16,
    /// The first day that back-pay is paid for (R86).
    pub backpay_since: Option<DayText>,
    /// The most that one case brings a creator.
    #[schemars(with = "Option<String>")]
    pub backpay_cap: Option<Spanned<String>>,
}

impl Default for AppealRules {
    fn default() -> AppealRules {
        AppealRules {
            file_days: 21,
            answer_days: 14,
            instances: 1,
            backpay_days: 15,
            backpay_within_days: 3,
            backpay_since: None,
            backpay_cap: None,
        }
    }
}
