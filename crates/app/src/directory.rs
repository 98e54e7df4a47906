//! The catalog in the order of ids, and the facts of works and creators on settled days.
use std::borrow::Cow;
use std::collections::HashMap;

use catalog::{CreatorFacts, Facts, Version, WorkFacts, as_of};
use kernel::{Day, Reason, cast};
use metering::{DayFacts, NO_LENGTH, WorkTable, WorkToday};
use program::{Factor, Policy};
use store::Db;

use lake::Keys;

use crate::error::Error;
use crate::threads;

/// A subject of the catalog.
#[derive(Debug)]
pub(crate) struct Subject<F> {
    pub(crate) id: String,
    pub(crate) hash: i64,
    pub(crate) versions: Vec<Version<F>>,
}

/// Works and creators, each in the order of ids: a place is a rank.
#[derive(Debug)]
pub(crate) struct Directory {
    pub(crate) works: Vec<Subject<WorkFacts>>,
    pub(crate) creators: Vec<Subject<CreatorFacts>>,
    creator_place: HashMap<String, u32>,
    /// Place of each work's creator, if no version ever changes it; else `None`.
    steady_creator: Vec<Option<u32>>,
}

fn subjects<F>(
    known: Vec<(String, i64)>,
    mut versions: std::collections::BTreeMap<String, Vec<Version<F>>>,
) -> Vec<Subject<F>> {
    let mut subjects: Vec<Subject<F>> = known
        .into_iter()
        .map(|(id, hash)| {
            let versions = versions.remove(&id).unwrap_or_default();
            Subject { id, hash, versions }
        })
        .collect();
    subjects.sort_by(|a, b| kernel::id::order(&a.id, &b.id));
    subjects
}

impl Directory {
    /// Reads the whole catalog.
    pub(crate) fn load(db: &mut Db) -> Result<Directory, Error> {
        let works = subjects(db.works()?, db.work_versions()?);
        let creators = subjects(db.creators()?, db.creator_versions()?);
        let creator_place: HashMap<String, u32> =
            creators.iter().zip(0..).map(|(creator, place)| (creator.id.clone(), place)).collect();
        let steady_creator = works
            .iter()
            .map(|work: &Subject<WorkFacts>| {
                let mut said =
                    work.versions.iter().filter_map(|version| version.facts.creator.as_ref());
                let first = said.next()?;
                said.all(|other| other == first).then(|| creator_place.get(first).copied())?
            })
            .collect();
        Ok(Directory { works, creators, creator_place, steady_creator })
    }

    /// The place that stands for "no known creator".
    pub(crate) fn no_creator(&self) -> u32 {
        cast::narrow(self.creators.len())
    }

    /// The id of a creator's place; empty for none.
    pub(crate) fn creator_id(&self, place: u32) -> &str {
        self.creators.get(cast::index(place)).map_or("", |creator| creator.id.as_str())
    }

    pub(crate) fn creator_named(&self, id: &str) -> Option<u32> {
        self.creator_place.get(id).copied()
    }

    pub(crate) fn work_named(&self, id: &str) -> Option<usize> {
        self.works.binary_search_by(|work| kernel::id::order(&work.id, id)).ok()
    }

    fn creator_of(&self, work: usize, facts: &WorkFacts) -> Option<u32> {
        match self.steady_creator.get(work).copied().flatten() {
            Some(place) => Some(place),
            None => facts.creator.as_ref().and_then(|id| self.creator_named(id)),
        }
    }

    /// What a work is on a day under a policy.
    pub(crate) fn today(
        &self,
        policy: &Policy,
        work: usize,
        creators: &[Option<Cow<'_, CreatorFacts>>],
        accounts: &[i64],
        day: Day,
    ) -> WorkToday {
        let unknown = |creator| WorkToday {
            work: self.works[work].hash,
            account: 0,
            creator,
            length_ms: NO_LENGTH,
            exclusion: Some(Reason::UnknownWork),
        };
        let Some(facts) = as_of(&self.works[work].versions, day) else {
            return unknown(self.no_creator());
        };
        let Some(place) = self.creator_of(work, &facts) else {
            return unknown(self.no_creator());
        };
        let none = CreatorFacts::default();
        let creator = creators.get(cast::index(place)).and_then(Option::as_deref).unwrap_or(&none);
        let length = facts.length_ms.and_then(|length| i32::try_from(length).ok());
        WorkToday {
            work: self.works[work].hash,
            account: accounts.get(cast::index(place)).copied().unwrap_or(0),
            creator: place,
            length_ms: length.unwrap_or(NO_LENGTH),
            exclusion: policy.exclusion(&facts, creator, day),
        }
    }

    /// Facts of all creators on a day.
    pub(crate) fn creators_on(&self, day: Day) -> Vec<Option<Cow<'_, CreatorFacts>>> {
        self.creators.iter().map(|creator| as_of(&creator.versions, day)).collect()
    }

    /// The viewer hash of each creator, 0 where unknown; at the end that of "no known creator".
    fn accounts(&self, creators: &[Option<Cow<'_, CreatorFacts>>], keys: &Keys) -> Vec<i64> {
        let account = |creator: &Option<Cow<'_, CreatorFacts>>| {
            let account = creator.as_ref().and_then(|facts| facts.account.as_ref());
            account.map_or(0, |id| keys.secret.hash(&[id.as_bytes()]))
        };
        creators.iter().map(account).chain([0]).collect()
    }

    /// Works and creators on a day.
    pub(crate) fn day(&self, policy: &Policy, day: Day, keys: &Keys, threads: usize) -> DayFacts {
        const CHUNK: usize = 16_384;
        let creators = self.creators_on(day);
        let accounts = self.accounts(&creators, keys);
        let chunks = self.works.len().div_ceil(CHUNK);
        let chunk = |(): &mut (), chunk: usize| {
            let works = chunk * CHUNK..self.works.len().min((chunk + 1) * CHUNK);
            let today = |work| self.today(policy, work, &creators, &accounts, day);
            Ok::<Vec<WorkToday>, std::convert::Infallible>(works.map(today).collect())
        };
        let works = match threads::for_each(threads, chunks, chunk) {
            Ok(works) => works.concat(),
            Err(never) => match never {},
        };
        DayFacts { works, accounts }
    }

    /// The table that the meter works with, for some days under one policy.
    pub(crate) fn table(
        &self,
        policy: &Policy,
        days: &[Day],
        keys: &Keys,
        threads: usize,
    ) -> WorkTable {
        let works: Vec<i64> = self.works.iter().map(|work| work.hash).collect();
        let creators: Vec<i64> = self.creators.iter().map(|creator| creator.hash).collect();
        let days = days.iter().map(|day| self.day(policy, *day, keys, threads)).collect();
        WorkTable::new(&works, &creators, days)
    }

    /// Each creator's posts in the window of the bonus for regular posting; empty when the policy
    /// has none.
    pub(crate) fn posts(&self, policy: &Policy, day: Day) -> Vec<u32> {
        let Some(regular) = policy.score.regular else {
            return Vec::new();
        };
        let from = policy.zone.start_us(day.plus(1 - regular.days));
        let until = policy.zone.end_us(day);
        let mut posts = vec![0; self.creators.len() + 1];
        for (place, work) in self.works.iter().enumerate() {
            let Some(facts) = as_of(&work.versions, day) else {
                continue;
            };
            let inside = facts.published_us.is_some_and(|time| time >= from && time < until);
            if let (true, Some(creator)) = (inside, self.creator_of(place, &facts)) {
                posts[cast::index(creator)] += 1;
            }
        }
        posts
    }

    /// The factor of a work credited to a creator on a day.
    pub(crate) fn factor(
        &self,
        policy: &Policy,
        work: usize,
        creator: u32,
        day: Day,
        posts: &[u32],
    ) -> Factor {
        let facts = as_of(&self.works[work].versions, day);
        let versions =
            self.creators.get(cast::index(creator)).map_or(&[][..], |creator| &creator.versions);
        let creator_facts = as_of(versions, day).unwrap_or_default();
        let posts = posts.get(cast::index(creator)).copied().unwrap_or(0);
        policy.factor(&facts.unwrap_or_default(), &creator_facts, posts)
    }
}

/// Orders versions as [`as_of`] wants them and adds those that say something new.
pub(crate) fn news<F: Facts + PartialEq>(
    held: &[Version<F>],
    version: Version<F>,
) -> Option<Version<F>> {
    let current = as_of(held, version.effective);
    match current {
        Some(current) => {
            let mut after = current.clone().into_owned();
            after.fold(&version.facts);
            (after != *current).then_some(version)
        }
        None => Some(version),
    }
}
