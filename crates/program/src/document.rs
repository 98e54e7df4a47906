//! The policy document as people write it, in TOML. Its JSON Schema is generated from these types
//! and published as `docs/reference/policy.schema.json`.
use std::collections::BTreeMap;

use kernel::day::{Day, TimeOfDay, Zone};
use kernel::rate::Ppm;
use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use crate::admission::Admission;
use crate::appeals::AppealRules;
use crate::availability::Availability;
use crate::catalogue::Catalogue;
use crate::rule::Eligibility;

/// A ratio as decimal text, like `"1.25"`, to a millionth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Ratio(pub Ppm);

impl TryFrom<String> for Ratio {
    type Error = kernel::money::MoneyError;
    fn try_from(text: String) -> Result<Ratio, Self::Error> {
        Ppm::parse(&text).map(Ratio)
    }
}

/// A day as text, like `"2026-11-22"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct DayText(pub Day);

impl TryFrom<String> for DayText {
    type Error = kernel::day::DayError;
    fn try_from(text: String) -> Result<DayText, Self::Error> {
        text.parse().map(DayText)
    }
}

/// A time zone by its IANA name.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct ZoneText(pub Zone);

impl TryFrom<String> for ZoneText {
    type Error = kernel::day::DayError;
    fn try_from(text: String) -> Result<ZoneText, Self::Error> {
        text.parse().map(ZoneText)
    }
}

/// An hour of the day, like `"22:00"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct TimeText(pub TimeOfDay);

impl TryFrom<String> for TimeText {
    type Error = kernel::day::DayError;
    fn try_from(text: String) -> Result<TimeText, Self::Error> {
        text.parse().map(TimeText)
    }
}

/// One version of one program: who earns, what counts, how it is scored, what is paid.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The document format. This is format 1.
    pub format: Format,
    /// The program's id: lower-case letters, digits and hyphens, at most 40.
    #[schemars(with = "String")]
    pub program: Spanned<String>,
    /// What people call it.
    pub title: String,
    /// The first day that this version settles.
    pub effective: DayText,
    /// The currency, by its ISO 4217 code.
    #[schemars(with = "String")]
    pub asset: Spanned<String>,
    /// The program's day.
    pub day: DayRules,
    /// What it is to those who look for one.
    #[serde(default)]
    pub catalogue: Catalogue,
    /// How creators become members; without it there are none.
    pub admission: Option<Admission>,
    /// What makes a view count.
    #[serde(default)]
    pub views: ViewRules,
    /// Viewers and devices that are not believable.
    #[serde(default)]
    pub abnormal: AbnormalRules,
    /// Where, and to how many, it is open.
    #[serde(default)]
    pub availability: Availability,
    /// What an account must be to enter.
    #[serde(default)]
    pub eligibility: Eligibility,
    /// Works that do not earn.
    #[serde(default)]
    pub works: WorkRules,
    /// Accounts that do not earn.
    #[serde(default)]
    pub accounts: AccountRules,
    /// How a work's day is scored.
    #[serde(default)]
    pub score: ScoreRules,
    /// What is paid; for programs that pay for views.
    pub reward: Option<RewardRules>,
    /// Floors, caps and budgets.
    #[serde(default)]
    pub limits: LimitRules,
    /// Deadlines of appeals, and how far back-pay reaches.
    #[serde(default)]
    pub appeals: AppealRules,
}

/// The format number: 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "i64")]
#[schemars(with = "i64")]
pub struct Format;

impl TryFrom<i64> for Format {
    type Error = String;
    fn try_from(format: i64) -> Result<Format, String> {
        if format == 1 {
            Ok(Format)
        } else {
            Err(format!("this stipend reads policy format 1, not {format}"))
        }
    }
}

/// The program's day, when it is published, how long it may be corrected (R63, R85, R87, N24).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DayRules {
    /// The time zone of the day.
    pub zone: ZoneText,
    /// The hour at which a day's earnings are shown.
    #[serde(default = "ten_in_the_evening")]
    pub publish_at: TimeText,
    /// How many days after the day that is.
    #[serde(default = "one")]
    pub publish_after_days: u16,
    /// How many days back late events and corrected facts still change what is owed.
    #[serde(default = "fifteen")]
    pub correction_days: u16,
}

fn ten_in_the_evening() -> TimeText {
    TimeText::try_from("22:00".to_owned()).unwrap_or_else(|_| unreachable!("a fixed time"))
}
fn one() -> u16 {
    1
}
fn fifteen() -> u16 {
    15
}

/// Whether something counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// It counts like anything else.
    Count,
    /// It does not count.
    Exclude,
}

/// What happens to a view of a work whose length is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LengthUnknown {
    /// It is too short.
    Refuse,
    /// The minimum time alone decides.
    UseTime,
}

/// What makes a view qualify (R67).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ViewRules {
    /// The least watch time in milliseconds.
    pub minimum_watch_ms: u32,
    /// The least share of the work's length; whichever of the two is less is enough.
    pub minimum_share: Option<Ratio>,
    /// What to do where the length is not known or nought.
    pub length_unknown: LengthUnknown,
    /// How many views of one viewer on one work and day count; 0 is no limit.
    pub per_viewer_work_day: u16,
    /// A creator's views of own works.
    pub self_views: Treatment,
    /// Views that were paid for.
    pub paid_traffic: Treatment,
    /// Whether the watch time of qualified views is kept by creator and day: for rules of entry
    /// that ask for it.
    pub keep_watch_time: bool,
}

impl Default for ViewRules {
    fn default() -> Self {
        ViewRules {
            minimum_watch_ms: 0,
            minimum_share: None,
            length_unknown: LengthUnknown::UseTime,
            per_viewer_work_day: 1,
            self_views: Treatment::Exclude,
            paid_traffic: Treatment::Exclude,
            keep_watch_time: false,
        }
    }
}

/// Limits of the believable (N13). A viewer or device over one of them counts nothing that day.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AbnormalRules {
    /// The most views of one viewer in a day.
    pub viewer_views_per_day: Option<u32>,
    /// The most views from one device in a day.
    pub device_views_per_day: Option<u32>,
    /// The largest share of one viewer's views in a day that may go to one creator.
    pub one_creator_share: Option<Ratio>,
    /// From how many views in the day on that share is looked at.
    pub one_creator_from_views: Option<u32>,
    /// From how many abnormal views of a work in a day on it counts as attacked from outside.
    pub attack_views: Option<u32>,
    /// From which share of the work's events on.
    pub attack_share: Option<Ratio>,
}

impl AbnormalRules {
    /// Whether a work was attacked from outside on a day, by its abnormal views and all its events.
    /// Such views count nothing anyway; the state says that its creator did not cause them.
    #[must_use]
    pub fn is_attack(&self, abnormal: i64, events: i64) -> bool {
        let (Some(views), Some(share)) = (self.attack_views, self.attack_share) else {
            return false;
        };
        let part = i128::from(abnormal) * 1_000_000;
        abnormal >= i64::from(views) && part >= i128::from(share.0.parts()) * i128::from(events)
    }
}

/// Facts of a work that make it earn nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WorkExclusion {
    /// Deleted.
    Deleted,
    /// Public for one day.
    NotPublicOneDay,
    /// Visible to its creator.
    NotPublicSelf,
    /// Review pending or failed.
    ReviewNotPassed,
    /// Breaks the rules.
    Violating,
    /// Not original.
    NotOriginal,
    /// Infringes rights.
    Infringing,
    /// Carries advertising.
    HasAds,
    /// Made for a commercial order.
    CommercialOrder,
    /// Sells goods.
    Selling,
    /// Paid content.
    PaidContent,
}

/// Which works by their date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Published {
    /// Historical works too (R61).
    #[default]
    Any,
    /// Only works published on or after the day their creator joined (C10).
    AfterJoining,
}

/// Works that earn nothing (R55 to R61).
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WorkRules {
    /// Facts that exclude.
    pub exclude: Vec<WorkExclusion>,
    /// Kinds that the program does not pay, by the platform's words.
    pub exclude_kinds: Vec<String>,
    /// Quality grades that the program does not pay.
    pub exclude_grades: Vec<String>,
    /// Which works by their date.
    pub published: Published,
}

/// Facts of an account that make it earn nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountExclusion {
    /// A personal account.
    Personal,
    /// A business account.
    Business,
    /// An enterprise's account.
    Enterprise,
    /// Tied to an enterprise.
    EnterpriseAssociated,
    /// A celebrity's.
    Celebrity,
    /// Not in good standing.
    BadStanding,
    /// Throttled.
    Throttled,
    /// In a sensitive field.
    SensitiveField,
}

/// Who is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Membership {
    /// Every creator of the catalog.
    #[default]
    Everyone,
    /// Creators from the day they joined, as the platform tells it.
    Joined,
    /// Members: those whom [admission] let in, while they are.
    Members,
}

/// Accounts that earn nothing (R20, R21, R23, R24, R26, R27, R30).
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AccountRules {
    /// Who is in.
    pub membership: Membership,
    /// Facts that exclude.
    pub exclude: Vec<AccountExclusion>,
    /// Days that must have passed since the last violation.
    pub violation_free_days: Option<u16>,
}

/// A tier of viewers by region (R64: value of the viewing users).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// ISO 3166 codes of two letters.
    pub regions: Regions,
    /// What one view of the tier weighs.
    pub weight: Ratio,
}

/// A list of two-letter region codes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "Vec<String>")]
#[schemars(with = "Vec<String>")]
pub struct Regions(pub Vec<String>);

impl TryFrom<Vec<String>> for Regions {
    type Error = String;
    fn try_from(regions: Vec<String>) -> Result<Regions, String> {
        match regions.iter().find(|region| !kernel::country::is_country(region)) {
            Some(wrong) => Err(format!("`{wrong}` is no country: {}", country_help(wrong))),
            None => Ok(Regions(regions)),
        }
    }
}

/// What somebody may have meant who wrote a country that does not exist.
pub(crate) fn country_help(text: &str) -> String {
    match kernel::country::meant(text) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "write two capitals, like `FR` (ISO 3166)".to_owned(),
    }
}

/// What an interaction is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InteractionCount {
    /// Once per viewer, work, day and kind.
    #[default]
    PerViewer,
    /// Each event.
    PerEvent,
}

/// Where an interaction must happen to be effective.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InteractionOn {
    /// On any accepted event that is not excluded.
    AnyEvent,
    /// On a qualifying view (a repeat of one included), or, as an event of its own, by a viewer
    /// with a qualifying view of the work that day.
    #[default]
    QualifyingView,
}

/// Effective interactions (R64, R67).
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct InteractionRules {
    /// What is counted.
    pub count: InteractionCount,
    /// Where.
    pub on: InteractionOn,
    /// What one interaction of a kind adds, in views.
    pub weights: Weights,
    /// The most that interactions may add, as a share of the work's weighted views.
    pub cap_share: Option<Ratio>,
}

/// Weights of the kinds of interaction, in views.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Weights {
    /// A like.
    pub like: Option<Ratio>,
    /// A favourite (saved, collected).
    pub favorite: Option<Ratio>,
    /// A comment.
    pub comment: Option<Ratio>,
    /// A share (forward).
    pub share: Option<Ratio>,
    /// A follow.
    pub follow: Option<Ratio>,
}

/// How a work's day is scored (R64, R66, R69, R70).
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ScoreRules {
    /// Tiers of viewers by region, at most seven.
    pub viewer_tiers: Vec<Tier>,
    /// What a view of any other region weighs. Default 1.
    pub other_viewers: Option<Ratio>,
    /// Effective interactions.
    pub interactions: InteractionRules,
    /// The factor of each quality grade, by the platform's words.
    pub quality: BTreeMap<String, Ratio>,
    /// The factor of a work without a grade that `quality` names. Default 1.
    pub ungraded: Option<Ratio>,
    /// The factor of a work said to be not original. Default 1.
    pub not_original: Option<Ratio>,
    /// Added to the factor of works flagged as selected content: `"0.2"` is 20 % more.
    pub selected_bonus: Option<Ratio>,
    /// Added to the factor of works of professionally certified creators.
    pub professional_bonus: Option<Ratio>,
    /// Added to the factor of works of creators who post regularly.
    pub regular_posting: Option<RegularPosting>,
}

/// Regular posting: enough posts in the days up to and with the settled one (R18, R66).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegularPosting {
    /// The least number of posts.
    pub posts: u32,
    /// In so many days.
    pub days: u16,
    /// Added to the factor.
    pub bonus: Ratio,
}

/// What an amount is rounded to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SettleTo {
    /// Whole minor units.
    Minor,
    /// Ledger units, four digits finer.
    #[default]
    Ledger,
}

/// What is paid: either `pool_per_day` or `rate_per_thousand`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RewardRules {
    /// A fixed amount a day, shared in proportion to score.
    #[schemars(with = "Option<String>")]
    pub pool_per_day: Option<Spanned<String>>,
    /// An amount for 1,000 scored views.
    #[schemars(with = "Option<String>")]
    pub rate_per_thousand: Option<Spanned<String>>,
    /// What amounts are rounded to.
    #[serde(default)]
    pub settle_to: SettleTo,
}

/// What becomes of an amount outside the floor or cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outside {
    /// It is forfeited, to the program's account of that name.
    #[default]
    Forfeit,
    /// It is carried to the creator's next settled day.
    Carry,
}

/// What happens on the day on which the budget does not suffice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BudgetUsedUp {
    /// What is left is shared in proportion; later days of the month get nothing.
    #[default]
    Scale,
    /// Nothing is paid from that day on.
    Stop,
}

/// Floors, caps and budgets (R68, N14).
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LimitRules {
    /// The least amount of a creator and day.
    #[schemars(with = "Option<String>")]
    pub floor_per_creator_day: Option<Spanned<String>>,
    /// What becomes of less.
    pub below_floor: Outside,
    /// The largest amount of a creator and day.
    #[schemars(with = "Option<String>")]
    pub cap_per_creator_day: Option<Spanned<String>>,
    /// What becomes of more.
    pub above_cap: Outside,
    /// The most that the program pays in a calendar month.
    #[schemars(with = "Option<String>")]
    pub monthly_budget: Option<Spanned<String>>,
    /// What happens when it is used up.
    pub budget_used_up: BudgetUsedUp,
}
