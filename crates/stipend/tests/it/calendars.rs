//! Working days (R46, R137, N23): the arithmetic against the package `holidays` and gov.uk's file.
use std::collections::BTreeMap;

use app::calendars::{calendar_of, read};
use kernel::{Calendar, Day};

use crate::world::{ENGINES, World, python, root};

/// What the judge says.
fn judge(words: &[&str]) -> String {
    let output =
        python().arg(root().join("judges/working_days.py")).args(words).output().expect("python");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Compares every line of the judge: country, date, whether it is worked on, the fifth after it.
fn compare(calendars: &BTreeMap<String, Calendar>, answers: &str) -> usize {
    let mut count = 0;
    for line in answers.lines() {
        let cells: Vec<&str> = line.split(',').collect();
        let [country, day, worked, fifth] = cells.as_slice() else { panic!("{line}") };
        let (calendar, day): (_, Day) = (&calendars[*country], day.parse().expect("a day"));
        assert_eq!(calendar.is_working(day), *worked == "1", "{line}");
        let found = calendar.working_day_after(day, 5).map(|day| day.to_string());
        assert_eq!(found.as_deref(), Some(*fifth), "{line}");
        count += 1;
    }
    count
}

fn calendars(text: &str) -> BTreeMap<String, Calendar> {
    let all = read(text).expect("a calendar file");
    all.into_iter().map(|(name, days)| (name, calendar_of(&days))).collect()
}

/// Every date of 2020 to 2030 in 34 countries, with worked weekends and weekends that changed.
#[test]
fn working_days_are_those_of_the_package() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("calendars.csv");
    judge(&["calendar", &file.display().to_string()]);
    let text = std::fs::read_to_string(&file).expect("the file");
    let count = compare(&calendars(&text), &judge(&["answers"]));
    assert_eq!(count, 34 * 4_018, "34 countries, eleven years");
}

/// The calendars beside the checkout are the package's, and GB's by gov.uk is as gov.uk says.
#[test]
fn working_days_are_those_of_the_known_files() {
    let data = root().join("../shared/data/calendars");
    if !data.exists() {
        println!("SKIPPED: the calendars are not beside the checkout (../shared/data/calendars)");
        return;
    }
    let at = |name: &str| data.join(name).display().to_string();
    let listed = at("holidays_pkg_2020_2030.csv");
    assert_eq!(judge(&["known", &listed]), "countries 34\n", "the package's own list");
    let taken = read(&std::fs::read_to_string(&listed).expect("the list")).expect("calendars");
    assert_eq!(taken.len(), 37, "34 countries, and the days of a bank system and two exchanges");
    let gov_uk = at("govuk_bank-holidays.json");
    let text = std::fs::read_to_string(&gov_uk).expect("the file");
    let count = compare(&calendars(&text), &judge(&["gov_uk", &gov_uk]));
    assert_eq!(count, 2_922, "2020 to 2027: the file ends in 2028");
}

#[test]
fn calendars_are_data() {
    for engine in ENGINES {
        let world = World::new(engine);
        let text = "calendar,date,name,mark\nFR,2026-12-25,Noël,\nFR,2026-12-26,,workday\n\
                    AE,2026-01-01,,weekend Fri Sat\nclosures,2026-12-28,stocktaking,\n\
                    FIN:ECB,2026-12-25,of banks,\n\
                    elsewhere,2026-12-25,no country,\n";
        let file = world.file("c.csv", text);
        world.ok(&["calendar", "import", &file]);
        let listed = world.ok(&["calendar", "list"]);
        assert_eq!(listed.lines().count(), 4, "{listed}");
        let after = |country: &str, day: &str, count: &str| {
            let words = ["calendar", "working-day", country, "--day", day, "--count", count];
            world.ok(&words).trim().to_owned()
        };
        // Christmas is off, the Saturday after it is worked on, the Monday the operator is closed.
        assert_eq!(after("FR", "2026-12-24", "1"), "2026-12-26");
        assert_eq!(after("FR", "2026-12-24", "2"), "2026-12-29");
        assert_eq!(after("AE", "2026-12-24", "1"), "2026-12-27");
        let error = world.fails(&["calendar", "working-day", "UK"], 2);
        assert!(error.contains("`GB`?"), "{error}");
        for (wrong, expected) in [
            ("calendar,date\nFR,2026-13-01\n", "line 2"),
            ("calendar,date,mark\nFR,2026-12-01,party\n", "none of"),
            ("date,name\n2026-12-01,x\n", "columns calendar, date"),
        ] {
            let file = world.file("wrong.csv", wrong);
            let error = world.fails(&["calendar", "import", &file], 2);
            assert!(error.contains(expected), "{wrong}: {error}");
        }
    }
}
