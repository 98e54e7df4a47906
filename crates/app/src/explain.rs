//! Explanations: each step of a computation with its numbers, the policy lines they come from, and
//! what is missing for more.
use std::collections::BTreeMap;
use std::fmt::Write;

use catalog::Word;
use kernel::reason::{Reason, Remedy};
use kernel::{Asset, Day, money};
use lake::Table;
use metering::Verdict;
use program::{Finding, Policy, Reward};
use serde_json::json;
use store::RunRow;

use crate::directory::Directory;
use crate::error::Error;
use crate::programs::{self, Published};
use crate::records;
use crate::workspace::Stipend;

/// One step: what, how much, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub what: String,
    /// The number or the words.
    pub value: String,
    /// The policy's line behind it, or how it is made.
    pub from: String,
}

/// Steps under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The heading.
    pub heading: String,
    /// The steps.
    pub steps: Vec<Step>,
}

/// An explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// What is explained.
    pub title: String,
    /// The steps, by section.
    pub sections: Vec<Section>,
}

impl Explained {
    fn new(title: String) -> Explained {
        Explained { title, sections: Vec::new() }
    }

    fn section(&mut self, heading: &str) -> &mut Vec<Step> {
        self.sections.push(Section { heading: heading.to_owned(), steps: Vec::new() });
        let last = self.sections.len() - 1;
        &mut self.sections[last].steps
    }

    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let step =
            |step: &Step| json!({ "what": step.what, "value": step.value, "from": step.from });
        let section = |section: &Section| {
            let steps: Vec<_> = section.steps.iter().map(step).collect();
            json!({ "heading": section.heading, "steps": steps })
        };
        let sections: Vec<_> = self.sections.iter().map(section).collect();
        json!({ "title": self.title, "sections": sections })
    }

    /// As text: values in a column, sources behind them.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{}\n", self.title);
        for section in &self.sections {
            if section.steps.is_empty() {
                continue;
            }
            // Writing to a string cannot fail.
            writeln!(text, "\n{}", section.heading).unwrap_or_default();
            let width = |of: fn(&Step) -> &str| {
                section.steps.iter().map(|step| of(step).chars().count()).max().unwrap_or(0)
            };
            let (what, value) = (width(|step| &step.what), width(|step| &step.value).min(24));
            for step in &section.steps {
                let line = format!("  {:<what$}  {:>value$}  {}", step.what, step.value, step.from);
                writeln!(text, "{}", line.trim_end()).unwrap_or_default();
            }
        }
        text
    }
}

fn add(
    steps: &mut Vec<Step>,
    what: impl Into<String>,
    value: impl ToString,
    from: impl Into<String>,
) {
    steps.push(Step { what: what.into(), value: value.to_string(), from: from.into() });
}

/// A settled day: its policy and its runs.
struct SettledDay {
    version: Published,
    day: Day,
    runs: Vec<RunRow>,
}

impl SettledDay {
    fn find(
        stipend: &mut Stipend,
        program: Option<&str>,
        day: Option<Day>,
    ) -> Result<SettledDay, Error> {
        let versions = programs::versions(stipend, program)?;
        let name = versions.first().map_or("", |version| &version.row.program).to_owned();
        let runs = stipend.db.runs(&name)?;
        let Some(last) = runs.last() else {
            let text =
                format!("{name} has settled nothing yet: run `stipend settle --through latest`");
            return Err(Error::Missing(text));
        };
        let day = day.unwrap_or(last.day);
        let (first, until) = (runs[0].day, last.day);
        let runs: Vec<RunRow> = runs.into_iter().filter(|run| run.day == day).collect();
        let Some(run) = runs.last() else {
            return Err(Error::Missing(format!(
                "{day} is not settled: {name} is settled from {first} through {until}"
            )));
        };
        let version = versions.into_iter().find(|v| v.row.version == run.policy_version);
        let version =
            version.ok_or_else(|| Error::Refused("the run's policy version is gone".to_owned()))?;
        Ok(SettledDay { version, day, runs })
    }

    fn work_days(&self, stipend: &Stipend) -> Result<Table, Error> {
        let path = self.runs.last().map_or("", |run| &run.work_days_path);
        Ok(Table::read_parquet(&stipend.lake().join(path))?)
    }

    /// A creator's line in every run that has one, oldest first.
    fn lines_of(
        &self,
        stipend: &Stipend,
        creator: &str,
    ) -> Result<Vec<(RunRow, settlement::Line, i64)>, Error> {
        let mut found = Vec::new();
        for run in &self.runs {
            let table = Table::read_parquet(&stipend.lake().join(&run.lines_path))?;
            let amounts = table.ints("amount")?;
            for (row, line) in records::read_lines(&table)?.into_iter().enumerate() {
                if line.creator == creator {
                    found.push((run.clone(), line, amounts[row]));
                }
            }
        }
        Ok(found)
    }

    /// The day's score over all creators, as it stands.
    fn total_score(&self, stipend: &Stipend) -> Result<i128, Error> {
        let table = self.work_days(stipend)?;
        Ok(table.ints("score")?.iter().map(|score| i128::from(*score)).sum())
    }

    fn title(&self, what: &str) -> String {
        let (program, version) = (&self.version.row.program, self.version.row.version);
        let number = self.runs.last().map_or(0, |run| run.number);
        let run = match number {
            0 => "as settled".to_owned(),
            number => format!("as of correction {number}"),
        };
        format!("{what} on {} in {program} (policy version {version}, {run})", self.day)
    }
}

/// A score in views.
fn views(score: i64) -> String {
    let text = money::format_decimal(score, 6);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn ratio(ppm: i64) -> String {
    views(ppm)
}

/// Explains a work on a day.
///
/// # Errors
/// [`Error::Missing`] when the day is not settled or the work is not known.
pub fn work(
    stipend: &mut Stipend,
    program: Option<&str>,
    id: &str,
    day: Option<Day>,
) -> Result<Explained, Error> {
    let settled = SettledDay::find(stipend, program, day)?;
    let policy = settled.version.policy.clone();
    let directory = Directory::load(&mut stipend.db, &stipend.keys)?
        .with_members(&mut stipend.db, std::slice::from_ref(&settled.version))?;
    let place = directory.work_named(id);
    let table = settled.work_days(stipend)?;
    let rows: Vec<usize> = {
        let works = table.texts("work")?;
        (0..table.rows()).filter(|row| works[*row] == id).collect()
    };
    if rows.is_empty() && place.is_none() {
        let text =
            format!("no work `{id}` is known: look for it with `stipend export works --day`");
        return Err(Error::Missing(text));
    }
    let mut explained = Explained::new(settled.title(&format!("work {id}")));
    for row in &rows {
        events(&mut explained, &policy, &table, *row)?;
        scores(&mut explained, &policy, &table, *row)?;
        let creator = table.texts("creator")?[*row].clone();
        let score = table.ints("score")?[*row];
        money_of(stipend, &mut explained, &settled, &creator, Some(score))?;
    }
    if rows.is_empty() {
        let steps = explained.section("events");
        add(steps, "accepted", 0, "no event of this work came in for the day");
    }
    if let Some(place) = place {
        told(&mut explained, &directory, &policy, place, settled.day);
        let findings = findings(&directory, &policy, place, settled.day);
        missing(&mut explained, &policy, &table, &rows, &findings)?;
    }
    Ok(explained)
}

/// What the catalog says of a work and its creator on a day: what all reasons come from. Which
/// account the creator watches with is nobody's business here.
fn told(explained: &mut Explained, directory: &Directory, policy: &Policy, work: usize, day: Day) {
    let (facts, held) = directory.facts(policy, work, day).unwrap_or_default();
    let flag = |value: Option<bool>| value.map(|yes| if yes { "yes" } else { "no" }.to_owned());
    let published = facts.published_us.map(|time| policy.zone.day_of(time).to_string());
    let of_work = [
        ("creator", facts.creator.clone()),
        ("kind", facts.kind.clone()),
        ("published", published),
        ("length_ms", facts.length_ms.map(|length| length.to_string())),
        ("visibility", facts.visibility.map(|value| value.word().to_owned())),
        ("review", facts.review.map(|value| value.word().to_owned())),
        ("original", flag(facts.original)),
        ("infringing", flag(facts.infringing)),
        ("quality", facts.quality.clone()),
        ("has_ads", flag(facts.has_ads)),
        ("commercial_order", flag(facts.commercial_order)),
        ("selling", flag(facts.selling)),
        ("paid_content", flag(facts.paid_content)),
        ("selected", flag(facts.selected)),
    ];
    let of_creator = [
        ("account_type", held.account_type.map(|value| value.word().to_owned())),
        ("verification", held.verification.map(|value| value.word().to_owned())),
        ("standing", held.standing.map(|value| value.word().to_owned())),
        ("joined", held.joined.map(|day| day.to_string())),
        ("last_violation", held.last_violation.map(|day| day.to_string())),
    ];
    let all = of_work.into_iter().map(|fact| (fact, "work"));
    let all = all.chain(of_creator.into_iter().map(|fact| (fact, "creator")));
    let (said, unsaid): (Vec<_>, Vec<_>) = all.partition(|((_, value), _)| value.is_some());
    let steps = explained.section("facts: what the catalog says as of that day");
    for ((name, value), of) in said {
        add(steps, name, value.unwrap_or_default(), of);
    }
    let unsaid: Vec<&str> = unsaid.iter().map(|((name, _), _)| *name).collect();
    if !unsaid.is_empty() {
        add(steps, "not said", unsaid.len(), unsaid.join(", "));
    }
}

fn findings(directory: &Directory, policy: &Policy, work: usize, day: Day) -> Vec<Finding> {
    let facts = directory.facts(policy, work, day);
    facts.map_or_else(Vec::new, |(work, creator)| policy.findings(&work, &creator, day))
}

/// What the policy says behind a verdict.
fn rule_of(policy: &Policy, verdict: Verdict) -> String {
    let rules = &policy.views;
    match verdict {
        Verdict::Duplicate => "a copy of an event that is counted".to_owned(),
        Verdict::Excluded => "the work or its creator earns nothing that day".to_owned(),
        Verdict::SelfView => "views.self_views = exclude".to_owned(),
        Verdict::PaidTraffic => "views.paid_traffic = exclude".to_owned(),
        Verdict::AbnormalViewer => match policy.abnormal.viewer_views_per_day {
            Some(most) => format!("abnormal.viewer_views_per_day = {most}"),
            None => "abnormal.one_creator_share".to_owned(),
        },
        Verdict::AbnormalDevice => "abnormal.device_views_per_day".to_owned(),
        Verdict::TooShort => {
            let share = rules.minimum_share.map_or(String::new(), |share| {
                format!(" or views.minimum_share = {} of the length", share.0)
            });
            format!("views.minimum_watch_ms = {}{share}", rules.minimum_watch_ms)
        }
        Verdict::Repeat => format!("views.per_viewer_work_day = {}", rules.per_viewer_work_day),
        Verdict::Qualified => "counts".to_owned(),
        Verdict::InteractionWithoutView => "score.interactions.on = qualifying_view".to_owned(),
        Verdict::InteractionRepeat => "score.interactions.count = per_viewer".to_owned(),
        Verdict::Effective => "counts".to_owned(),
    }
}

fn verdict_counts(table: &Table, row: usize) -> Result<Vec<(Verdict, i64)>, Error> {
    let mut counts = Vec::new();
    for verdict in Verdict::ALL {
        counts.push((verdict, table.ints(records::column_of(verdict))?[row]));
    }
    Ok(counts)
}

fn events(
    explained: &mut Explained,
    policy: &Policy,
    table: &Table,
    row: usize,
) -> Result<(), Error> {
    let reason = table.texts("reason")?[row].clone();
    let accepted = table.ints("accepted")?[row];
    let counts = verdict_counts(table, row)?;
    let steps = explained.section("events: each has one verdict");
    for (verdict, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        let rule = match (verdict, Reason::from_code(&reason)) {
            (Verdict::Excluded, Some(reason)) => format!("{}: {}", reason.code(), reason.text()),
            (Verdict::Qualified | Verdict::Effective, Some(reason)) => {
                format!("counts for who comes in, earns nothing: {}", reason.code())
            }
            _ => rule_of(policy, verdict),
        };
        add(steps, verdict.code(), count, rule);
    }
    add(steps, "accepted", accepted, "the sum of the verdicts");
    Ok(())
}

fn scores(
    explained: &mut Explained,
    policy: &Policy,
    table: &Table,
    row: usize,
) -> Result<(), Error> {
    let int = |name: &str| -> Result<i64, Error> { Ok(table.ints(name)?[row]) };
    if int("qualified_views")? == 0 && int("score")? == 0 {
        return Ok(());
    }
    let mut found = Vec::new();
    let steps = &mut found;
    let tiers = policy.score.tier_weights.len();
    for (tier, weight) in policy.score.tier_weights.iter().enumerate() {
        let count = int(&format!("tier_{tier}"))?;
        if count > 0 {
            let name = match tier + 1 == tiers {
                true => "score.other_viewers".to_owned(),
                false => format!("score.viewer_tiers[{tier}]"),
            };
            add(steps, "qualified views", count, format!("times {weight} ({name})"));
        }
    }
    add(steps, "weighted views", views(int("score_views")?), "their sum");
    let names = ["like", "favorite", "comment", "share", "follow"];
    for (place, name) in names.iter().enumerate() {
        let count = int(records::INTERACTIONS[place])?;
        let weight = policy.score.interaction_weights[place];
        if count > 0 {
            let rule = format!("times {weight} (score.interactions.weights.{name})");
            add(steps, records::INTERACTIONS[place], count, rule);
        }
    }
    let (all, counted) = (int("score_interactions")?, int("score_interactions_counted")?);
    if all > 0 {
        let rule = match policy.score.interaction_cap {
            Some(cap) if counted < all => {
                format!("{} before score.interactions.cap_share = {cap}", views(all))
            }
            _ => "their sum".to_owned(),
        };
        add(steps, "weighted interactions", views(counted), rule);
    }
    let reason = Reason::from_code(&table.texts("reason")?[row]);
    let quality = match reason.filter(|reason| reason.is_of_membership()) {
        Some(reason) => format!("nothing: {}", reason.code()),
        None => "score.quality by the work's grade".to_owned(),
    };
    add(steps, "quality", ratio(int("quality_ppm")?), quality);
    add(steps, "originality", ratio(int("originality_ppm")?), "score.not_original");
    let bonus = int("bonus_ppm")?;
    add(
        steps,
        "bonus",
        format!("+{}", ratio(bonus)),
        "score: selected, professional, regular posting",
    );
    let rule = "(views + interactions) x quality x originality x (1 + bonus)";
    add(steps, "score", views(int("score")?), rule);
    explained.section("score: what the day is worth, in views").append(&mut found);
    Ok(())
}

fn money_of(
    stipend: &Stipend,
    explained: &mut Explained,
    settled: &SettledDay,
    creator: &str,
    work_score: Option<i64>,
) -> Result<(), Error> {
    let policy = &settled.version.policy;
    let asset = &policy.asset;
    let lines = settled.lines_of(stipend, creator)?;
    let total = settled.total_score(stipend)?;
    let steps = explained.section(&format!("money: creator {creator}"));
    let Some((_, line, _)) = lines.last() else {
        add(steps, "paid", "0", "nothing of this creator counted that day");
        return Ok(());
    };
    if let Some(score) = work_score {
        add(steps, "score of this work", views(score), "");
    }
    let score = i64::try_from(line.score).unwrap_or(i64::MAX);
    add(steps, "score of the creator", views(score), "the sum over all works of the day");
    match policy.reward {
        Reward::Pool { per_day } => {
            let all = i64::try_from(total).unwrap_or(i64::MAX);
            add(steps, "score of everybody", views(all), "");
            let rule = "reward.pool_per_day";
            add(steps, "pool of the day", asset.format(per_day), rule);
            let rule =
                "pool x score / score of everybody, largest remainder, ties to the smaller id";
            add(steps, "earned", asset.format(line.earned), rule);
        }
        Reward::Rate { per_thousand } => {
            let rate = asset.format(per_thousand);
            let rule = format!("score x {rate} / 1,000 (reward.rate_per_thousand), rounded down");
            add(steps, "earned", asset.format(line.earned), rule);
        }
        Reward::Nothing => add(steps, "earned", "0", "the program pays nothing of its own"),
    }
    if line.carried_in != 0 {
        add(steps, "carried in", asset.format(line.carried_in), "kept back on earlier days");
    }
    if let Some(reason) = line.reason {
        add(steps, reason.code(), "", reason.text());
    }
    if line.carried_out != 0 {
        add(steps, "carried on", asset.format(line.carried_out), "to the next day with a score");
    }
    if line.forfeited != 0 {
        add(steps, "forfeited", asset.format(line.forfeited), "limits");
    }
    add(steps, "paid", format!("{} {asset}", asset.format(line.paid)), "in the ledger");
    for (run, _, amount) in &lines {
        let what = match run.number {
            0 => "  by the settlement".to_owned(),
            number => format!("  by correction {number}"),
        };
        let when = format!("shown from {}", policy.zone.format(run.publish_us));
        add(steps, what, asset.format(*amount), when);
    }
    Ok(())
}

/// What would have made it more.
fn missing(
    explained: &mut Explained,
    policy: &Policy,
    table: &Table,
    rows: &[usize],
    findings: &[Finding],
) -> Result<(), Error> {
    let mut found = Vec::new();
    let steps = &mut found;
    for finding in findings {
        let remedy = match (finding.reason.words().2, finding.earliest) {
            (_, Some(day)) => format!("wait until {day}"),
            (Remedy::Act, None) => "the creator can change this".to_owned(),
            (Remedy::Wait, None) => "wait".to_owned(),
            (Remedy::None, None) => "nothing can be done".to_owned(),
        };
        let (observed, required, rule) = (&finding.observed, &finding.required, finding.rule);
        let why = format!("{observed}; needed: {required} ({rule}); {remedy}");
        add(steps, finding.reason.code(), "", why);
    }
    for row in rows {
        for (verdict, count) in verdict_counts(table, *row)? {
            let advice = match verdict {
                Verdict::TooShort => "views left too early",
                Verdict::Repeat => "views of viewers who were counted already",
                Verdict::SelfView => "the creator's own views",
                Verdict::PaidTraffic => "views that were paid for",
                Verdict::AbnormalViewer | Verdict::AbnormalDevice => {
                    "views that are not believable"
                }
                Verdict::InteractionWithoutView => "interactions without a qualifying view",
                Verdict::Duplicate
                | Verdict::Excluded
                | Verdict::Qualified
                | Verdict::InteractionRepeat
                | Verdict::Effective => continue,
            };
            if count > 0 {
                add(
                    steps,
                    verdict.code(),
                    count,
                    format!("{advice} ({})", rule_of(policy, verdict)),
                );
            }
        }
        let (all, counted) = (
            table.ints("score_interactions")?[*row],
            table.ints("score_interactions_counted")?[*row],
        );
        if counted < all {
            let lost = views(all - counted);
            add(steps, "interactions over the cap", lost, "score.interactions.cap_share");
        }
    }
    explained.section("missing for more").append(&mut found);
    Ok(())
}

/// Explains a creator on a day.
///
/// # Errors
/// [`Error::Missing`] when the day is not settled or the creator is not known.
pub fn creator(
    stipend: &mut Stipend,
    program: Option<&str>,
    id: &str,
    day: Option<Day>,
) -> Result<Explained, Error> {
    let settled = SettledDay::find(stipend, program, day)?;
    let policy = settled.version.policy.clone();
    let directory = Directory::load(&mut stipend.db, &stipend.keys)?
        .with_members(&mut stipend.db, std::slice::from_ref(&settled.version))?;
    if directory.creator_named(id).is_none() {
        return Err(Error::Missing(format!("no creator `{id}` is known")));
    }
    let table = settled.work_days(stipend)?;
    let creators = table.texts("creator")?;
    let mut rows: Vec<usize> = (0..table.rows()).filter(|row| creators[*row] == id).collect();
    let scores = table.ints("score")?;
    rows.sort_by_key(|row| std::cmp::Reverse(scores[*row]));
    let mut explained = Explained::new(settled.title(&format!("creator {id}")));
    let (works, reasons) = (table.texts("work")?, table.texts("reason")?);
    let (accepted, qualified) = (table.ints("accepted")?, table.ints("qualified_views")?);
    let steps = explained.section("works: score in views");
    for row in rows.iter().take(20) {
        let from = match Reason::from_code(&reasons[*row]) {
            Some(reason) => format!("{} events: {}", accepted[*row], reason.text()),
            None => format!("{} qualified of {} events", qualified[*row], accepted[*row]),
        };
        add(steps, format!("work {}", works[*row]), views(scores[*row]), from);
    }
    if rows.len() > 20 {
        let rest: i64 = rows.iter().skip(20).map(|row| scores[*row]).sum();
        add(steps, format!("{} more works", rows.len() - 20), views(rest), "");
    }
    money_of(stipend, &mut explained, &settled, id, None)?;
    let mut sums = [0_i64; Verdict::COUNT];
    for row in &rows {
        for (verdict, count) in verdict_counts(&table, *row)? {
            sums[verdict.place()] += count;
        }
    }
    let mut reasons_seen: Vec<Finding> = Vec::new();
    for row in &rows {
        if let Some(place) = directory.work_named(&works[*row]) {
            for finding in findings(&directory, &policy, place, settled.day) {
                if !reasons_seen.iter().any(|known| known.reason == finding.reason) {
                    reasons_seen.push(finding);
                }
            }
        }
    }
    missing(&mut explained, &policy, &table, &rows[..rows.len().min(3)], &reasons_seen)?;
    let steps = explained.section("all events of the day");
    for (verdict, count) in Verdict::ALL.into_iter().zip(sums).filter(|(_, count)| *count > 0) {
        add(steps, verdict.code(), count, rule_of(&policy, verdict));
    }
    Ok(explained)
}

/// Explains a day's runs.
///
/// # Errors
/// [`Error::Missing`] when the day is not settled.
pub fn run(
    stipend: &mut Stipend,
    program: Option<&str>,
    day: Option<Day>,
) -> Result<Explained, Error> {
    let settled = SettledDay::find(stipend, program, day)?;
    let policy = &settled.version.policy;
    let asset: &Asset = &policy.asset;
    let table = settled.work_days(stipend)?;
    let mut explained = Explained::new(settled.title("runs"));
    let steps = explained.section("events");
    for verdict in Verdict::ALL {
        let count: i64 = table.ints(records::column_of(verdict))?.iter().sum();
        if count > 0 {
            add(steps, verdict.code(), count, rule_of(policy, verdict));
        }
    }
    let accepted: i64 = table.ints("accepted")?.iter().sum();
    add(steps, "accepted", accepted, "the sum of the verdicts");
    let mut reasons: BTreeMap<&str, i64> = BTreeMap::new();
    for (row, code) in table.texts("reason")?.iter().enumerate() {
        if !code.is_empty() {
            *reasons.entry(code).or_default() += table.ints("excluded")?[row];
        }
    }
    let steps = explained.section("excluded, by reason");
    for (code, count) in reasons {
        let text = Reason::from_code(code).map_or("", Reason::text);
        add(steps, code, count, text);
    }
    for run in &settled.runs {
        let heading = match run.number {
            0 => "settlement".to_owned(),
            number => format!("correction {number}: lines that make up the difference"),
        };
        let steps = explained.section(&heading);
        add(steps, "lines", run.line_count, &run.lines_path);
        add(steps, "paid", asset.format(run.paid), "the sum of their amounts");
        add(steps, "shown from", policy.zone.format(run.publish_us), "day.publish_at");
        add(steps, "segments", format!("up to {}", run.manifest_seq), "of the manifest");
        add(steps, "catalog", format!("up to import {}", run.catalog_seq), "");
        let digests = [
            ("inputs sha256", &run.inputs_digest, "the day's segments and the policy"),
            ("work-days sha256", &run.work_days_digest, "of the table as CSV"),
            ("lines sha256", &run.lines_digest, "of the table as CSV"),
        ];
        for (what, digest, from) in digests {
            add(steps, what, hex::encode(digest), from);
        }
    }
    Ok(explained)
}
