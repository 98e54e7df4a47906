//! What differs between two policy documents, by the path of each value.
use std::collections::BTreeMap;

use toml::Value;

/// One value that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Where, like `limits.monthly_budget` or `eligibility.require[1].followers.minimum`.
    pub path: String,
    /// What stood there; nothing where it is new.
    pub before: Option<String>,
    /// What stands there; nothing where it is gone.
    pub after: Option<String>,
}

fn flatten(value: &Value, path: String, out: &mut BTreeMap<String, String>) {
    match value {
        Value::Table(table) => {
            for (name, value) in table {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(value, path, out);
            }
        }
        Value::Array(items) if items.iter().any(|item| item.is_table() || item.is_array()) => {
            for (place, item) in items.iter().enumerate() {
                flatten(item, format!("{path}[{place}]"), out);
            }
        }
        leaf => {
            out.insert(path, leaf.to_string());
        }
    }
}

/// Every value that differs, by path.
///
/// # Errors
/// When a text is no TOML.
pub fn diff(before: &str, after: &str) -> Result<Vec<Change>, toml::de::Error> {
    let read = |text: &str| -> Result<BTreeMap<String, String>, toml::de::Error> {
        let mut out = BTreeMap::new();
        flatten(&Value::Table(toml::from_str(text)?), String::new(), &mut out);
        Ok(out)
    };
    let (before, mut after) = (read(before)?, read(after)?);
    let mut changes = Vec::new();
    for (path, old) in before {
        let new = after.remove(&path);
        if new.as_ref() != Some(&old) {
            changes.push(Change { path, before: Some(old), after: new });
        }
    }
    let new = after.into_iter();
    changes.extend(new.map(|(path, new)| Change { path, before: None, after: Some(new) }));
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_differ() {
        let before = "a = 1\n[limits]\nfloor = \"1\"\nlist = [1, 2]\n[[rules]]\nx = 1\n";
        let after =
            "a = 1\n[limits]\nlist = [2, 1]\ncap = \"9\"\n[[rules]]\nx = 2\n[[rules]]\ny = 3\n";
        let found: Vec<String> = diff(before, after)
            .expect("TOML")
            .into_iter()
            .map(|change| format!("{}: {:?} -> {:?}", change.path, change.before, change.after))
            .collect();
        let expected = [
            "limits.cap: None -> Some(\"\\\"9\\\"\")",
            "limits.floor: Some(\"\\\"1\\\"\") -> None",
            "limits.list: Some(\"[1, 2]\") -> Some(\"[2, 1]\")",
            "rules[0].x: Some(\"1\") -> Some(\"2\")",
            "rules[1].y: None -> Some(\"3\")",
        ];
        assert_eq!(found, expected);
    }
}
