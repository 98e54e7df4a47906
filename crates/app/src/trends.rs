//! Earnings as data: what each day was made of, beside its estimate, over any time (R75, R78), and
//! why one time brought more than another (R72).
use std::collections::{BTreeMap, BTreeSet};

use kernel::{Asset, Day};
use program::Reward;
use serde::Serialize;
use serde_json::{Value, json};
use settlement::attribution::{Factor, Period, attribute};
use store::CreatorDayRow;

use crate::error::Error;
use crate::programs::{self, Published};
use crate::settle;
use crate::workspace::Stipend;

/// Days of one answer.
pub const DAYS_MAX: i32 = 400;
/// The number of a day's estimate.
const ESTIMATE: i64 = -1;

/// A creator's days of a program.
struct Days {
    /// The program's newest version.
    version: Published,
    asset: Asset,
    /// Runs by day, those that may be shown.
    rows: BTreeMap<Day, Vec<CreatorDayRow>>,
    /// The days as a whole.
    wholes: BTreeMap<Day, CreatorDayRow>,
    /// Back-pay for each day.
    backpay: BTreeMap<Day, i64>,
}

fn check(from: Day, through: Day) -> Result<(), Error> {
    if through < from || through.epoch_days() - from.epoch_days() >= DAYS_MAX {
        let text = format!("a time has 1 to {DAYS_MAX} days, the first named first");
        return Err(Error::Refused(text));
    }
    Ok(())
}

/// Reads a creator's days. `shown_us` hides runs that are shown later, as from their creator.
fn read(
    stipend: &mut Stipend,
    program: Option<&str>,
    creator: &str,
    (from, through): (Day, Day),
    shown_us: Option<i64>,
) -> Result<Days, Error> {
    check(from, through)?;
    let mut versions = programs::versions(stipend, program)?;
    let missing = || Error::Missing("the program has no version".to_owned());
    let version = versions.pop().ok_or_else(missing)?;
    crate::wallet::known(&mut stipend.db, creator)?;
    let name = version.row.program.clone();
    let policy = &version.policy;
    // Each run is shown from its own hour on: a correction as a day that was settled then.
    let mut unseen: BTreeSet<(Day, i64)> = BTreeSet::new();
    if let Some(now_us) = shown_us {
        let runs = stipend.db.runs_between(&name, (from, through))?.into_iter();
        let later = runs.filter(|run| run.publish_us > now_us);
        unseen.extend(later.map(|run| (run.day, run.number)));
    }
    let hidden = |day: Day, row: &CreatorDayRow| unseen.contains(&(day, row.number));
    let mut rows: BTreeMap<Day, Vec<CreatorDayRow>> = BTreeMap::new();
    for (day, row) in stipend.db.creator_days(&name, creator, (from, through))? {
        if !hidden(day, &row) {
            rows.entry(day).or_default().push(row);
        }
    }
    let mut wholes = BTreeMap::new();
    for (day, row) in stipend.db.creator_days(&name, "", (from, through))? {
        if row.number == 0 && !hidden(day, &row) {
            wholes.insert(day, row);
        }
    }
    let mut backpay: BTreeMap<Day, i64> = BTreeMap::new();
    for row in stipend.db.backpays_of(creator)? {
        if row.program == name && (from..=through).contains(&row.day) {
            *backpay.entry(row.day).or_default() += row.amount;
        }
    }
    let asset = policy.asset.clone();
    Ok(Days { version, asset, rows, wholes, backpay })
}

fn ppm(part: i64, whole: i64) -> Option<i64> {
    let share = (i128::from(part) * 1_000_000).checked_div(i128::from(whole))?;
    i64::try_from(share).ok()
}

/// What a day, or a work, was made of. Ratios are in millionths, nothing where there is nothing to
/// divide by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Indicators {
    /// Qualified views.
    pub qualified_views: i64,
    /// Effective likes.
    pub likes: i64,
    /// Effective favourites.
    pub favorites: i64,
    /// Effective comments.
    pub comments: i64,
    /// Effective shares.
    pub shares: i64,
    /// Effective follows.
    pub follows: i64,
    /// The average weight of a view.
    pub viewer_value_ppm: Option<i64>,
    /// What interactions add to the views.
    pub interactions_ppm: Option<i64>,
    /// What quality and originality make of it.
    pub quality_ppm: Option<i64>,
    /// What bonuses make of it.
    pub bonus_ppm: Option<i64>,
    /// The score, in millionths of a view.
    pub score: i64,
    /// Events accepted.
    pub events: i64,
}

impl Indicators {
    pub(crate) fn of(row: &CreatorDayRow) -> Indicators {
        let [likes, favorites, comments, shares, follows] = row.effective;
        Indicators {
            qualified_views: row.views,
            likes,
            favorites,
            comments,
            shares,
            follows,
            viewer_value_ppm: ppm(row.weighted, row.views.saturating_mul(1_000_000)),
            interactions_ppm: ppm(row.interactions, row.weighted),
            quality_ppm: ppm(row.graded, row.weighted + row.interactions),
            bonus_ppm: ppm(row.score, row.graded),
            score: row.score,
            events: row.accepted,
        }
    }
}

/// A creator's day as a run or an estimate has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Made {
    /// What it was made of.
    #[serde(flatten)]
    pub indicators: Indicators,
    /// The creator's share of all scores of the day, in millionths.
    pub share_ppm: Option<i64>,
    /// Works with events.
    pub works: i64,
    /// Earned by pool or rate.
    pub earned: String,
    /// Paid of it.
    pub paid: String,
    /// Why less than earned was paid, if so.
    pub reason: Option<String>,
    /// When an estimate was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

impl Made {
    fn of(row: &CreatorDayRow, asset: &Asset) -> Made {
        let estimated = row.number == ESTIMATE;
        Made {
            indicators: Indicators::of(row),
            share_ppm: ppm(row.score, row.all_score),
            works: row.works,
            earned: asset.format(row.earned),
            paid: asset.format(row.paid),
            reason: Some(row.reason.clone()).filter(|reason| !reason.is_empty()),
            at: estimated.then(|| kernel::day::instant(row.recorded_us)),
        }
    }
}

/// A day: as it stands, what of it corrections and back-pay changed, and its estimate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DayMade {
    /// The day.
    pub day: String,
    /// As it stands.
    #[serde(rename = "final")]
    pub last: Option<Made>,
    /// What corrections changed.
    pub corrected: String,
    /// What was paid back for it.
    pub backpay: String,
    /// Its last estimate before its end.
    pub estimate: Option<Made>,
    /// What moved the estimate to what was settled first, part by part.
    pub from_estimate: Option<Value>,
}

/// A creator's days of a time, typed for speed: a year of them is the largest answer of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trends {
    /// The creator.
    pub creator: String,
    /// The program.
    pub program: String,
    /// ISO 4217.
    pub currency: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub through: String,
    /// The days on which there was something.
    pub days: Vec<DayMade>,
    /// All of it, corrections and back-pay included.
    pub total: String,
    /// All qualified views.
    pub qualified_views: i64,
}

/// Each day of a time: what it was made of as it stands, what of it corrections and back-pay
/// changed, and its estimate, with what moved the estimate to the final.
///
/// # Errors
/// [`Error::Missing`] without such a creator or program; [`Error::Refused`] for too long a time.
pub fn trends(
    stipend: &mut Stipend,
    program: Option<&str>,
    creator: &str,
    between: (Day, Day),
    shown_us: Option<i64>,
) -> Result<Trends, Error> {
    let days = read(stipend, program, creator, between, shown_us)?;
    let asset = &days.asset;
    let mut items = Vec::new();
    let mut total: i64 = 0;
    let mut views: i64 = 0;
    for (day, rows) in &days.rows {
        let runs: Vec<&CreatorDayRow> = rows.iter().filter(|row| row.number >= 0).collect();
        let estimate = rows.iter().find(|row| row.number == ESTIMATE);
        let corrected: i64 = runs.iter().filter(|row| row.number > 0).map(|row| row.amount).sum();
        let backpay = days.backpay.get(day).copied().unwrap_or(0);
        let last = runs.last();
        total += last.map_or(0, |row| row.paid) + backpay;
        views += last.map_or(0, |row| row.views);
        let moved = estimate.zip(runs.first()).map(|(estimate, first)| {
            let whole = days.wholes.get(day).unwrap_or(first);
            parts_json(&attribute(&period(estimate, estimate), &period(first, whole)), asset)
        });
        items.push(DayMade {
            day: day.to_string(),
            last: last.map(|row| Made::of(row, asset)),
            corrected: asset.format(corrected),
            backpay: asset.format(backpay),
            estimate: estimate.map(|row| Made::of(row, asset)),
            from_estimate: moved,
        });
    }
    Ok(Trends {
        creator: creator.to_owned(),
        program: days.version.row.program,
        currency: asset.code().to_owned(),
        from: between.0.to_string(),
        through: between.1.to_string(),
        days: items,
        total: asset.format(total),
        qualified_views: views,
    })
}

/// A day as a period of one day.
fn period(row: &CreatorDayRow, whole: &CreatorDayRow) -> Period {
    let mut period = Period::default();
    add(&mut period, Some(row), whole);
    period
}

/// Adds a settled day to a period: the creator's first run of it, if he has one, in the day as a
/// whole.
fn add(period: &mut Period, row: Option<&CreatorDayRow>, whole: &CreatorDayRow) {
    let own = row.map_or(0, |row| row.score);
    if whole.rate == 0 {
        period.pool = Some(period.pool.unwrap_or(0) + i128::from(whole.pool));
        period.others += i128::from(whole.all_score) - i128::from(own);
    } else {
        period.rate = Some(whole.rate);
    }
    let Some(row) = row else { return };
    period.views += row.views;
    period.weighted += i128::from(row.weighted);
    period.interactions += i128::from(row.interactions);
    period.graded += i128::from(row.graded);
    period.score += i128::from(row.score);
    period.earned += row.earned;
    period.paid += row.paid;
}

impl Days {
    /// All days as one period, as they were settled first; corrections and back-pay beside.
    fn period(&self) -> Period {
        let mut period = Period::default();
        for (day, whole) in &self.wholes {
            let rows = self.rows.get(day).map_or(&[][..], Vec::as_slice);
            let first = rows.iter().find(|row| row.number == 0);
            add(&mut period, first, whole);
            let later = rows.iter().filter(|row| row.number > 0);
            period.corrected += later.map(|row| row.amount).sum::<i64>();
            period.corrected += self.backpay.get(day).copied().unwrap_or(0);
        }
        // Where rates changed, or a pool took the place of a rate, the average price counts.
        let rates: BTreeSet<i64> = self.wholes.values().map(|whole| whole.rate).collect();
        if rates.len() > 1 {
            period.rate = None;
            if rates.iter().any(|rate| *rate != 0) {
                period.pool = None;
            }
        }
        period
    }
}

fn parts_json(parts: &BTreeMap<Factor, i128>, asset: &Asset) -> Value {
    let small = |units: i128| i64::try_from(units).unwrap_or(i64::MAX);
    parts
        .iter()
        .map(|(factor, units)| {
            json!({ "factor": factor.word(), "amount": asset.format(small(*units)) })
        })
        .collect()
}

/// A part of a difference, with its factor in words.
pub(crate) fn part(factor: Factor, units: i128, asset: &Asset, language: &str) -> Value {
    let key = format!("factor-{}", factor.word().replace('_', "-"));
    let amount = asset.format(i64::try_from(units).unwrap_or(i64::MAX));
    json!({ "factor": factor.word(), "text": bus::phrase(&key, &[], language), "amount": amount })
}

/// Why a time brought more or less than another: the difference, split over what it came from. The
/// parts add up to it, to the smallest unit.
///
/// # Errors
/// As [`trends`].
pub fn change(
    stipend: &mut Stipend,
    program: Option<&str>,
    creator: &str,
    (before, after): ((Day, Day), (Day, Day)),
    language: &str,
    shown_us: Option<i64>,
) -> Result<Value, Error> {
    let first = read(stipend, program, creator, before, shown_us)?;
    let second = read(stipend, program, creator, after, shown_us)?;
    let asset = &second.asset;
    let (one, two) = (first.period(), second.period());
    let parts = attribute(&one, &two);
    let small = |units: i128| i64::try_from(units).unwrap_or(i64::MAX);
    let shown = |units: i128| asset.format(small(units));
    let time = |(from, through): (Day, Day), period: &Period| {
        json!({ "from": from.to_string(), "through": through.to_string(),
                "total": shown(period.total()), "qualified_views": period.views })
    };
    let said: Vec<Value> =
        parts.iter().map(|(factor, units)| part(*factor, *units, asset, language)).collect();
    Ok(json!({
        "creator": creator,
        "program": second.version.row.program,
        "currency": asset.code(),
        "before": time(before, &one),
        "after": time(after, &two),
        "difference": shown(two.total() - one.total()),
        "parts": said,
    }))
}

/// Makes the rows of days again that are not there, of what runs left in the lake.
///
/// # Errors
/// When the database or the lake fails.
pub fn rebuild(stipend: &mut Stipend, now_us: i64) -> Result<Value, Error> {
    crate::indicators::backlog(stipend, now_us)
}

/// Estimates the day that is not over of a program: settles it as if it ended now, and keeps what
/// comes of it for its creators to see. Nothing is posted.
///
/// # Errors
/// When the database or the lake fails.
pub fn estimate(stipend: &mut Stipend, program: &str, now_us: i64) -> Result<Value, Error> {
    crate::intake::seal(stipend, now_us)?;
    let versions = programs::versions(stipend, Some(program))?;
    let (Some(first), Some(last)) = (versions.first(), versions.last()) else {
        return Ok(json!({ "creators": 0 }));
    };
    let day = last.policy.zone.day_of(now_us);
    if last.policy.reward == Reward::Nothing || first.policy.effective > day {
        return Ok(json!({ "creators": 0 }));
    }
    let rows = settle::estimate(stipend, program, day, now_us)?;
    stipend.db.write(|db| {
        db.forget_estimate(program, day)?;
        db.add_creator_days(program, day, &rows)
    })?;
    Ok(json!({ "day": day.to_string(), "creators": rows.len().saturating_sub(1) }))
}
