//! IBANs against two tables of their structures that others keep, where they are there.
use std::fs;
use std::path::PathBuf;

use stipend_wallet::method::check_iban;

fn table(name: &str) -> Option<String> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/iban").join(name);
    fs::read_to_string(&path).map_err(|error| println!("skipped: {path:?}: {error}")).ok()
}

/// A structure like `4!a14!n` as its characters, each once in every kind.
fn sample(structure: &str, turn: usize) -> Option<String> {
    let mut text = String::new();
    let mut rest = structure;
    while !rest.is_empty() {
        let (count, after) = rest.split_once('!')?;
        let kind = after.chars().next()?;
        for place in 0..count.parse().ok()? {
            let place: usize = place;
            text.push(match kind {
                'n' => char::from(b'0' + u8::try_from((place + turn) % 10).ok()?),
                _ => char::from(b'A' + u8::try_from((place + turn) % 26).ok()?),
            });
        }
        rest = after.get(1..)?;
    }
    Some(text)
}

/// ISO 7064, MOD 97-10.
fn with_digits(country: &str, bban: &str) -> String {
    let digits = |text: &str| {
        text.chars().fold(0_u32, |sum, c| {
            let value = c.to_digit(36).expect("a letter or digit");
            (sum * if value > 9 { 100 } else { 10 } + value) % 97
        })
    };
    let check = 98 - digits(&format!("{bban}{country}00"));
    format!("{country}{check:02}{bban}")
}

fn check(country: &str, structure: &str) {
    for turn in 0..10 {
        let bban = sample(structure, turn).unwrap_or_else(|| panic!("{country}: {structure}"));
        let iban = with_digits(country, &bban);
        let good = check_iban(&iban);
        assert_eq!(good.as_deref(), Ok(iban.as_str()), "{country} {structure}: {iban}");
        // One digit wrong, at every place.
        for (place, digit) in iban.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
            let other = char::from(b'0' + (digit as u8 - b'0' + 1) % 10);
            let mut wrong = iban.clone();
            wrong.replace_range(place..=place, &other.to_string());
            assert!(check_iban(&wrong).is_err(), "{iban} as {wrong}");
        }
        for wrong in [iban[..iban.len() - 1].to_owned(), format!("{iban}0")] {
            assert!(check_iban(&wrong).is_err(), "{wrong}");
        }
    }
}

#[test]
fn every_structure_of_both_tables() {
    let mut seen = 0;
    if let Some(text) = table("stdnum_iban.dat") {
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let structure = line.split("bban=\"").nth(1).and_then(|rest| rest.split('"').next());
            if let (Some(country), Some(structure)) = (line.get(..2), structure) {
                check(country, structure);
                seen += 1;
            }
        }
    }
    for name in ["schwifty_iban_registry/generated.json", "schwifty_iban_registry/overwrite.json"] {
        let Some(text) = table(name) else { continue };
        let mut country = String::new();
        for line in text.lines() {
            if let Some(found) = line.strip_prefix("  \"") {
                country = found.chars().take(2).collect();
            }
            let structure = line.split("\"bban_spec\": \"").nth(1);
            let Some(structure) = structure.and_then(|rest| rest.split('"').next()) else {
                continue;
            };
            // The tables differ about Brazil; SWIFT's registry says digits, as the other one.
            if country != "BR" || !structure.starts_with("8!c") {
                check(&country, structure);
                seen += 1;
            }
        }
    }
    println!("{seen} structures");
    assert!(seen == 0 || seen > 150, "{seen}");
}
