//! The house rules that no compiler holds: the direction of crates, the form of files.
use std::fs;
use std::path::{Path, PathBuf};

/// The crates in the order in which money moves: a later one may use an earlier one.
const ORDER: [&str; 18] = [
    "kernel",
    "catalog",
    "program",
    "metering",
    "settlement",
    "ledger",
    "wallet",
    "payout",
    "appeal",
    "lake",
    "store",
    "bus",
    "rail",
    "app",
    "web",
    "testkit",
    "stipend",
    "xtask",
];
/// Crates that do no I/O, and the dependencies that they may have besides earlier crates.
const DOMAIN: [&str; 9] = [
    "kernel",
    "catalog",
    "program",
    "metering",
    "settlement",
    "ledger",
    "wallet",
    "payout",
    "appeal",
];
const DOMAIN_MAY_USE: [&str; 11] = [
    "csv",
    "jiff",
    "miette",
    "schemars",
    "strsim",
    "sepa",
    "serde",
    "sha2",
    "siphasher",
    "thiserror",
    "unicode-normalization",
];
const COLUMNS_MAX: usize = 100;
const FUNCTION_LINES_MAX: usize = 90;
/// Words that say less than another, or name what is not ours to name.
const BANNED: [(&str, &str); 4] = [
    ("Utils", "name the noun"),
    ("utils", "name the noun"),
    ("TODO", "do it, or say in docs what is missing"),
    ("FIXME", "mend it, or say in docs what is missing"),
];

/// What is not tidy, one line each.
#[must_use]
pub fn check(root: &Path) -> Vec<String> {
    let mut problems = Vec::new();
    directions(root, &mut problems);
    for path in sources(root) {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        source(&name, &text, &mut problems);
    }
    statements(root, &mut problems);
    problems
}

fn directions(root: &Path, problems: &mut Vec<String>) {
    for (place, name) in ORDER.iter().enumerate() {
        let folder =
            if *name == "xtask" { root.join(name) } else { root.join("crates").join(name) };
        let Ok(manifest) = fs::read_to_string(folder.join("Cargo.toml")) else {
            problems.push(format!("crate {name} has no Cargo.toml"));
            continue;
        };
        if DOMAIN.contains(name) && !folder.join("README.md").exists() {
            problems.push(format!("domain crate {name} has no README.md"));
        }
        let section = manifest.split("[dependencies]").nth(1).unwrap_or("");
        let section = section.split("\n[").next().unwrap_or("");
        for line in section.lines() {
            let Some(used) = line.split(['.', ' ', '=']).next().filter(|w| !w.is_empty()) else {
                continue;
            };
            let earlier = ORDER.iter().position(|known| known == &used);
            match earlier {
                Some(earlier) if earlier >= place => {
                    problems.push(format!("crate {name} uses {used}, which comes after it"));
                }
                None if DOMAIN.contains(name)
                    && !DOMAIN_MAY_USE.contains(&used)
                    && used != "toml"
                    && !used.starts_with('#') =>
                {
                    problems.push(format!("domain crate {name} uses {used}"));
                }
                _ => {}
            }
        }
    }
}

/// All Rust sources of ours.
fn sources(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.join("crates"), root.join("xtask")];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn source(name: &str, text: &str, problems: &mut Vec<String>) {
    let mut say = |line: usize, what: &str| problems.push(format!("{name}:{}: {what}", line + 1));
    if !text.starts_with("//!") {
        say(0, "a file begins with `//!` and what it is");
    }
    let domain = DOMAIN.iter().any(|domain| name.starts_with(&format!("crates/{domain}/src")));
    let mut function: Option<(usize, usize)> = None;
    for (number, line) in text.lines().enumerate() {
        if line.chars().count() > COLUMNS_MAX {
            say(number, "longer than 100 columns");
        }
        if line.trim_end() != line {
            say(number, "ends with blanks");
        }
        if name != "xtask/src/tidy.rs" {
            for (word, instead) in BANNED {
                if line.contains(word) {
                    say(number, &format!("`{word}`: {instead}"));
                }
            }
        }
        let float = ["f32", "f64"].iter().any(|word| {
            line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|found| found == *word)
        });
        if domain && float {
            say(number, "a float in a domain crate");
        }
        let indent = line.len() - line.trim_start().len();
        let starts = line.trim_start();
        let is_function = ["fn ", "pub fn ", "pub(crate) fn ", "const fn ", "pub const fn "]
            .iter()
            .any(|start| starts.starts_with(start));
        if is_function && !starts.ends_with(';') {
            function = Some((number, indent));
        } else if let Some((from, at)) = function
            && indent == at
            && starts == "}"
        {
            // A reference in a test is one piece on purpose.
            if number - from > FUNCTION_LINES_MAX && !name.contains("/tests/") {
                say(from, &format!("a function of {} lines", number - from));
            }
            function = None;
        }
    }
}

/// Every SQL file is named by a statement, and every statement by a file.
fn statements(root: &Path, problems: &mut Vec<String>) {
    let store = root.join("crates/store");
    let named = fs::read_to_string(store.join("src/statement.rs")).unwrap_or_default();
    let mut folders = vec![store.join("sql")];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let file = path.strip_prefix(&store).unwrap_or(&path).display().to_string();
            if !named.contains(&file) {
                problems.push(format!("{file} is named by no statement"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_is_tidy() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let problems = super::check(&root);
        assert!(problems.is_empty(), "{}", problems.join("\n"));
    }

    #[test]
    fn faults_are_seen() {
        let mut problems = Vec::new();
        let long = "x".repeat(101);
        let text = format!("fn f() {{\n{}}}\n{long}\nlet x: f64; \n", "    a();\n".repeat(95));
        super::source("crates/kernel/src/x.rs", &text, &mut problems);
        assert_eq!(problems.len(), 5, "{problems:?}");
    }
}
