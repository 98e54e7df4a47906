//! A policy: a checked document, with its amounts as integers and its digest.
use std::collections::BTreeMap;
use std::ops::Range;

use kernel::day::{Day, TimeOfDay, Zone};
use kernel::{Asset, Ppm, Scale};
use toml::Spanned;

use crate::admission::Admission;
use crate::appeals::AppealRules;
use crate::availability::Availability;
use crate::catalogue::{Catalogue, Kind};
use crate::document::{
    AbnormalRules, AccountRules, BudgetUsedUp, Document, InteractionRules, Membership, Outside,
    SettleTo, ViewRules, WorkRules,
};
use crate::entry::Window;
use crate::rule::{self, Eligibility};

/// Tiers that a policy may name, beside "all others".
pub const TIERS_MAX: usize = 7;

/// How a day's money is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reward {
    /// A fixed amount a day in ledger units, shared in proportion to score.
    Pool {
        /// Ledger units a day.
        per_day: i64,
    },
    /// So many ledger units for 1,000 scored views.
    Rate {
        /// Ledger units for 1,000 scored views.
        per_thousand: i64,
    },
    /// Nothing of its own: others pay, or other programs do.
    Nothing,
}

/// Posting often enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Regular {
    /// The least number of posts.
    pub posts: u32,
    /// In so many days, the settled one included.
    pub days: i32,
    /// What it adds to the factor.
    pub bonus: Ppm,
}

/// How a work's day is scored, as ratios.
#[derive(Debug, Clone)]
pub struct Score {
    /// The tier of each region, by its two letters.
    pub tier_of: BTreeMap<[u8; 2], u8>,
    /// The weight of each tier; the last is "all others".
    pub tier_weights: Vec<Ppm>,
    /// Weights of like, favorite, comment, share, follow.
    pub interaction_weights: [Ppm; 5],
    /// The most that interactions add, as a share of weighted views.
    pub interaction_cap: Option<Ppm>,
    /// The factor of each grade.
    pub quality: BTreeMap<String, Ppm>,
    /// The factor of other works.
    pub ungraded: Ppm,
    /// The factor of works that are not original.
    pub not_original: Ppm,
    /// What selected content adds.
    pub selected_bonus: Ppm,
    /// What a professional badge adds.
    pub professional_bonus: Ppm,
    /// What regular posting adds.
    pub regular: Option<Regular>,
}

/// Floors, caps and budgets in ledger units.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The least amount of a creator and day.
    pub floor: Option<i64>,
    /// What becomes of less.
    pub below_floor: Outside,
    /// The largest amount of a creator and day.
    pub cap: Option<i64>,
    /// What becomes of more.
    pub above_cap: Outside,
    /// The most a month.
    pub monthly_budget: Option<i64>,
    /// What happens when it is used up.
    pub budget_used_up: BudgetUsedUp,
}

impl Limits {
    /// Whether amounts move from one day to the next.
    #[must_use]
    pub fn carries(&self) -> bool {
        (self.floor.is_some() && self.below_floor == Outside::Carry)
            || (self.cap.is_some() && self.above_cap == Outside::Carry)
    }
}

/// One version of one program, checked.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The program's id.
    pub program: String,
    /// What people call it.
    pub title: String,
    /// The first day that it settles.
    pub effective: Day,
    /// The currency.
    pub asset: Asset,
    /// The zone of its day.
    pub zone: Zone,
    /// The hour of publication.
    pub publish_at: TimeOfDay,
    /// Days after the day that it is published.
    pub publish_after_days: i32,
    /// Days back that corrections reach.
    pub correction_days: i32,
    /// What makes a view count.
    pub views: ViewRules,
    /// What is not believable.
    pub abnormal: AbnormalRules,
    /// Where, and to how many, it is open.
    pub availability: Availability,
    /// What an account must be to enter.
    pub eligibility: Eligibility,
    /// What the program is to those who look for one.
    pub catalogue: Catalogue,
    /// How creators become members; without it there are none.
    pub admission: Option<Admission>,
    /// The lines of its rules.
    pub(crate) rule_paths: RulePaths,
    /// Works that earn nothing.
    pub works: WorkRules,
    /// Accounts that earn nothing.
    pub accounts: AccountRules,
    /// Which interactions are effective.
    pub interactions: InteractionRules,
    /// How a day is scored.
    pub score: Score,
    /// How a day's money is found.
    pub reward: Reward,
    /// What amounts are rounded to.
    pub scale: Scale,
    /// Floors, caps, budgets.
    pub limits: Limits,
    /// Deadlines of appeals, and how far back-pay reaches.
    pub appeals: Appeals,
}

/// The rules of appeals, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeals {
    /// Days after a decision in which an appeal can be filed.
    pub file_days: i32,
    /// Days in which it is answered.
    pub answer_days: i32,
    /// How often a case is looked at.
    pub instances: u8,
    /// Days back from the decision that back-pay reaches.
    pub backpay_days: i32,
    /// Days in which it reaches the wallet.
    pub within_days: i32,
    /// The first day that back-pay is paid for.
    pub since: Option<Day>,
    /// The most that one case brings a creator, in ledger units.
    pub cap: Option<i64>,
}

/// The places of rules in the document, in the order in which they are looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct RulePaths {
    pub(crate) require: Vec<String>,
    pub(crate) keep: Vec<String>,
}

/// What is wrong with a document, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PolicyError {
    /// What is wrong.
    pub message: String,
    /// Where in the text, in bytes.
    pub span: Option<Range<usize>>,
    /// What to do.
    pub help: Option<String>,
}

pub(crate) fn wrong(message: impl Into<String>, span: Range<usize>) -> PolicyError {
    PolicyError { message: message.into(), span: Some(span), help: None }
}

impl Policy {
    /// The rules of appeals that are no program's.
    #[must_use]
    pub fn default_appeals() -> Appeals {
        appeals(&AppealRules::default(), None)
    }

    /// Reads and checks a document.
    ///
    /// # Errors
    /// The first [`PolicyError`], with its place in the text.
    pub fn parse(text: &str) -> Result<Policy, PolicyError> {
        if text.len() > kernel::limits::DOCUMENT_BYTES_MAX {
            return Err(wrong("a policy is at most 1 MiB", 0..0));
        }
        let document: Document = toml::from_str(text).map_err(|error| PolicyError {
            message: error.message().to_owned(),
            span: error.span(),
            help: Some(crate::suggest::help(error.message()).unwrap_or_else(|| {
                "every field is described in docs/reference/policy.md".to_owned()
            })),
        })?;
        Policy::of(document)
    }

    fn of(document: Document) -> Result<Policy, PolicyError> {
        let asset = Asset::of(document.asset.get_ref())
            .map_err(|error| wrong(error.to_string(), document.asset.span()))?;
        check_name(&document.program)?;
        let settle_to = document.reward.as_ref().map(|reward| reward.settle_to);
        let scale = match settle_to.unwrap_or_default() {
            SettleTo::Minor => Scale::Minor,
            SettleTo::Ledger => Scale::Ledger,
        };
        let amount = |text: &Spanned<String>| amount(&asset, scale, text);
        let optional = |text: &Option<Spanned<String>>| text.as_ref().map(amount).transpose();
        let reward = reward(&document, &asset, scale)?;
        let limits = Limits {
            floor: optional(&document.limits.floor_per_creator_day)?,
            below_floor: document.limits.below_floor,
            cap: optional(&document.limits.cap_per_creator_day)?,
            above_cap: document.limits.above_cap,
            monthly_budget: optional(&document.limits.monthly_budget)?,
            budget_used_up: document.limits.budget_used_up,
        };
        let rules = &document.appeals;
        if !(1..=2).contains(&rules.instances) {
            return Err(PolicyError {
                message: "appeals have one instance or two".to_owned(),
                span: None,
                help: Some("write instances = 1 or 2 in [appeals]".to_owned()),
            });
        }
        let appeals = appeals(rules, optional(&rules.backpay_cap)?);
        if let (Some(floor), Some(cap), Some(text)) =
            (limits.floor, limits.cap, &document.limits.cap_per_creator_day)
            && cap < floor
        {
            return Err(wrong("the cap is under the floor: nothing could be paid", text.span()));
        }
        check_abnormal(&document.abnormal)?;
        crate::availability::check(&document.availability)?;
        rule::check(&document.eligibility, reward != Reward::Nothing)?;
        check_watch_time(&document)?;
        crate::catalogue::check(document.program.get_ref(), &document.catalogue)?;
        document.admission.as_ref().map_or(Ok(()), crate::admission::check)?;
        check_members(&document)?;
        let rule_paths = RulePaths {
            require: rule::paths(&document.eligibility.require, "require"),
            keep: rule::paths(document.eligibility.keep.as_deref().unwrap_or_default(), "keep"),
        };
        Ok(Policy {
            program: document.program.into_inner(),
            title: document.title,
            effective: document.effective.0,
            asset,
            zone: document.day.zone.0,
            publish_at: document.day.publish_at.0,
            publish_after_days: i32::from(document.day.publish_after_days),
            correction_days: i32::from(document.day.correction_days),
            views: document.views,
            abnormal: document.abnormal,
            availability: document.availability,
            eligibility: document.eligibility,
            catalogue: document.catalogue,
            admission: document.admission,
            rule_paths,
            works: document.works,
            accounts: document.accounts,
            interactions: document.score.interactions.clone(),
            score: score(&document.score)?,
            reward,
            scale,
            limits,
            appeals,
        })
    }

    /// The tier of a region; the last tier is "all others".
    #[must_use]
    pub fn tier(&self, region: [u8; 2]) -> u8 {
        let others = u8::try_from(self.score.tier_weights.len() - 1).unwrap_or(0);
        self.score.tier_of.get(&region).copied().unwrap_or(others)
    }
}

fn appeals(rules: &AppealRules, cap: Option<i64>) -> Appeals {
    Appeals {
        file_days: i32::from(rules.file_days),
        answer_days: i32::from(rules.answer_days),
        instances: rules.instances,
        backpay_days: i32::from(rules.backpay_days),
        within_days: i32::from(rules.backpay_within_days),
        since: rules.backpay_since.map(|day| day.0),
        cap,
    }
}

/// A rule of the program's own watch time needs it kept.
fn check_watch_time(document: &Document) -> Result<(), PolicyError> {
    let mut own = false;
    rule::windows(&document.eligibility.require, &mut |window| {
        own |= matches!(window, Window::Watch(None, _));
    });
    if !own || document.views.keep_watch_time {
        return Ok(());
    }
    Err(PolicyError {
        message: "watch_minutes asks for what the program does not keep".to_owned(),
        span: None,
        help: Some("write keep_watch_time = true in [views]".to_owned()),
    })
}

/// What needs members needs a section that says how one becomes one.
fn check_members(document: &Document) -> Result<(), PolicyError> {
    let catalogue = &document.catalogue;
    let refuse = |message: &str, help: &str| {
        Err(PolicyError { message: message.to_owned(), span: None, help: Some(help.to_owned()) })
    };
    if catalogue.ends.is_some_and(|last| last.0 < document.effective.0) {
        return refuse("the program ends before this version takes effect", "change either day");
    }
    if catalogue.replaces.as_ref().is_some_and(|other| other.from.0 < document.effective.0) {
        return refuse(
            "members would be taken over before this version takes effect",
            "set replaces.from on or after the effective day",
        );
    }
    if catalogue.umbrella.is_some() && document.admission.is_some() {
        return refuse(
            "a program under an umbrella has the umbrella's members and no [admission] of its own",
            "leave out one of the two",
        );
    }
    let needs = if catalogue.replaces.is_some() {
        "replaces"
    } else if catalogue.members_max.is_some() {
        "members_max"
    } else if document.accounts.membership == Membership::Members && catalogue.umbrella.is_none() {
        "membership = \"members\""
    } else {
        return Ok(());
    };
    if document.admission.is_some() {
        return Ok(());
    }
    Err(PolicyError {
        message: format!("{needs} needs members, and there is no section [admission]"),
        span: None,
        help: Some("write [admission] with mode = \"application\", say".to_owned()),
    })
}

fn reward(document: &Document, asset: &Asset, scale: Scale) -> Result<Reward, PolicyError> {
    let refuse = |message: &str, help: &str| {
        Err(PolicyError { message: message.into(), span: None, help: Some(help.into()) })
    };
    let kind = document.catalogue.kind;
    let Some(rules) = &document.reward else {
        return match kind {
            Kind::Views if document.catalogue.purpose.is_empty() => refuse(
                "a program that pays for views has a section [reward]",
                "write [reward] with pool_per_day or rate_per_thousand; a program that only groups \
                 others says so by a purpose in [catalogue]",
            ),
            _ => Ok(Reward::Nothing),
        };
    };
    if kind != Kind::Views {
        return refuse(
            "only a program that pays for views has a section [reward]",
            "leave it out, or set kind = \"views\" in [catalogue]",
        );
    }
    match (&rules.pool_per_day, &rules.rate_per_thousand) {
        (Some(pool), None) => Ok(Reward::Pool { per_day: amount(asset, scale, pool)? }),
        (None, Some(rate)) => Ok(Reward::Rate { per_thousand: positive(asset, rate)? }),
        (Some(_), Some(rate)) => {
            Err(wrong("a program pays by pool or by rate, not both", rate.span()))
        }
        (None, None) => refuse(
            "[reward] names neither pool_per_day nor rate_per_thousand",
            "write one of them, like pool_per_day = \"1000.00\"",
        ),
    }
}

fn check_abnormal(rules: &AbnormalRules) -> Result<(), PolicyError> {
    if rules.one_creator_share.is_some() != rules.one_creator_from_views.is_some() {
        return Err(PolicyError {
            message: "one_creator_share and one_creator_from_views belong together".into(),
            span: None,
            help: Some("in [abnormal], write both or neither".into()),
        });
    }
    if rules.attack_share.is_some() != rules.attack_views.is_some() {
        return Err(PolicyError {
            message: "attack_views and attack_share belong together".into(),
            span: None,
            help: Some("in [abnormal], write both or neither".into()),
        });
    }
    Ok(())
}

fn check_name(name: &Spanned<String>) -> Result<(), PolicyError> {
    let text = name.get_ref();
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if text.is_empty() || text.len() > 40 || !text.bytes().all(good) {
        let message = "a program's id is 1 to 40 lower-case letters, digits and hyphens";
        return Err(wrong(message, name.span()));
    }
    Ok(())
}

/// A positive amount of any fineness.
fn positive(asset: &Asset, text: &Spanned<String>) -> Result<i64, PolicyError> {
    let units = asset.parse(text.get_ref()).map_err(|e| wrong(e.to_string(), text.span()))?;
    if units > 0 {
        Ok(units)
    } else {
        Err(wrong("an amount here is more than nought", text.span()))
    }
}

/// A positive amount that is whole in the scale that the program settles to.
fn amount(asset: &Asset, scale: Scale, text: &Spanned<String>) -> Result<i64, PolicyError> {
    let units = positive(asset, text)?;
    if units % scale.units() != 0 {
        return Err(PolicyError {
            message: format!("`{}` is finer than what the program settles to", text.get_ref()),
            span: Some(text.span()),
            help: Some("write whole minor units, or set settle_to = \"ledger\"".into()),
        });
    }
    Ok(units)
}

fn score(rules: &crate::document::ScoreRules) -> Result<Score, PolicyError> {
    let mut tier_of = BTreeMap::new();
    let mut tier_weights = Vec::new();
    if rules.viewer_tiers.len() > TIERS_MAX {
        return Err(PolicyError {
            message: format!("a policy has at most {TIERS_MAX} viewer tiers"),
            span: None,
            help: None,
        });
    }
    for (place, tier) in (0_u8..).zip(&rules.viewer_tiers) {
        for region in &tier.regions.0 {
            let letters = <[u8; 2]>::try_from(region.as_bytes()).unwrap_or_default();
            if tier_of.insert(letters, place).is_some() {
                return Err(PolicyError {
                    message: format!("region `{region}` stands in two viewer tiers"),
                    span: None,
                    help: Some("a region belongs to one tier of [[score.viewer_tiers]]".into()),
                });
            }
        }
        tier_weights.push(tier.weight.0);
    }
    let or = |ratio: Option<crate::document::Ratio>, other: Ppm| ratio.map_or(other, |r| r.0);
    tier_weights.push(or(rules.other_viewers, Ppm::ONE));
    let weights = &rules.interactions.weights;
    let kinds = [weights.like, weights.favorite, weights.comment, weights.share, weights.follow];
    Ok(Score {
        tier_of,
        tier_weights,
        interaction_weights: kinds.map(|weight| or(weight, Ppm::ZERO)),
        interaction_cap: rules.interactions.cap_share.map(|r| r.0),
        quality: rules.quality.iter().map(|(grade, ratio)| (grade.clone(), ratio.0)).collect(),
        ungraded: or(rules.ungraded, Ppm::ONE),
        not_original: or(rules.not_original, Ppm::ONE),
        selected_bonus: or(rules.selected_bonus, Ppm::ZERO),
        professional_bonus: or(rules.professional_bonus, Ppm::ZERO),
        regular: rules.regular_posting.as_ref().map(|regular| Regular {
            posts: regular.posts,
            days: i32::from(regular.days),
            bonus: regular.bonus.0,
        }),
    })
}
