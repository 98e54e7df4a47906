//! Files for banks, and their answers.
use std::collections::BTreeMap;

use kernel::Asset;
use stipend_payout::answers::read;
use stipend_payout::{Batch, Order, What};
use wallet::Terms;
use wallet::method::{Kind, Method};

const TERMS: &str = r#"
format = 1
title = "terms"
zone = "Europe/Amsterdam"
[[account]]
name = "bank-eur"
rail = "sepa"
asset = "EUR"
holder = "Platform BV"
iban = "NL91ABNA0417164300"
[[account]]
name = "bank-usd"
rail = "nacha"
asset = "USD"
holder = "Platform Inc"
routing = "021000021"
company = "1234567890"
bank = "First Bank"
[[account]]
name = "desk"
rail = "sheet"
asset = "EUR"
"#;

fn method(details: &[(&str, &str)]) -> Method {
    let given: BTreeMap<String, String> =
        details.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Method::new(Kind::Bank, &given).expect("a method")
}

fn batch(account: &str, orders: Vec<(i64, Method)>) -> Batch {
    let terms = Terms::parse(TERMS).expect("terms");
    let account = terms.account(account).expect("an account").clone();
    let order = |(place, (cents, method)): (usize, (i64, Method))| Order {
        payout: i64::try_from(place).expect("small") + 1,
        key: format!("p{place:014x}"),
        creator: format!("c{place}"),
        net: cents * 10_000,
        method_id: 1,
        method,
        reference: String::new(),
        pay_out: false,
    };
    Batch {
        number: 7,
        key: "b00000000000007".to_owned(),
        created_us: 1_764_061_200_000_000,
        executed: "2025-11-26".parse().expect("a day"),
        asset: Asset::of(account.asset.0.code()).expect("an asset"),
        account,
        orders: orders.into_iter().enumerate().map(order).collect(),
    }
}

fn dutch(name: &str) -> Method {
    method(&[("holder", name), ("iban", "NL91ABNA0417164300")])
}

#[test]
fn a_sepa_file_says_what_it_has() {
    let orders = vec![(1_234, dutch("Zoë Müller & Söhne")), (5, dutch("Иван Петров"))];
    let text = stipend_payout::pain001::write(&batch("bank-eur", orders)).expect("a file");
    for part in [
        "<MsgId>b00000000000007</MsgId>",
        "<NbOfTxs>2</NbOfTxs>",
        "<CtrlSum>12.39</CtrlSum>",
        "<EndToEndId>p00000000000000</EndToEndId>",
        "Zoe Muller + Sohne",
        "Ivan Petrov",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    // The same batch is the same file, to the byte.
    let again = vec![(1_234, dutch("Zoë Müller & Söhne")), (5, dutch("Иван Петров"))];
    assert_eq!(stipend_payout::pain001::write(&batch("bank-eur", again)).expect("a file"), text);
}

#[test]
fn what_cannot_be_written_names_its_payout() {
    let cases = [
        vec![(100, dutch("Ann")), (100, dutch("山田太郎"))],
        vec![(100, dutch("Ann")), (0, dutch("Ann"))],
        vec![
            (100, dutch("Ann")),
            (100, method(&[("holder", "Ann"), ("iban", "SA0380000000608010167519")])),
        ],
    ];
    for orders in cases {
        let error =
            stipend_payout::pain001::write(&batch("bank-eur", orders)).expect_err("refused");
        assert!(error.to_string().starts_with("payout 2:"), "{error}");
    }
    let error = stipend_payout::nacha::write(&batch("bank-usd", vec![(100, dutch("Ann"))]));
    assert!(error.expect_err("refused").to_string().starts_with("payout 1:"));
}

#[test]
fn a_nacha_file_has_its_shape() {
    let american = |account: &str, kind: &str| {
        method(&[
            ("holder", "Ann O'Neil"),
            ("country", "US"),
            ("bank_code", "091000019"),
            ("account", account),
            ("account_type", kind),
        ])
    };
    let orders = vec![(12_345, american("12-345", "checking")), (1, american("9", "savings"))];
    let text = stipend_payout::nacha::write(&batch("bank-usd", orders)).expect("a file");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len().is_multiple_of(10) && lines.iter().all(|line| line.len() == 94), "{text}");
    assert!(
        lines[2].starts_with("62209100001912345            0000012345p00000000000000"),
        "{text}"
    );
    assert!(lines[3].starts_with("632091000019"), "{text}");
    assert!(lines[2].ends_with("002100002") || lines[2].ends_with("021000020000001"), "{text}");
    // Hash: twice 09100001; total 123.46.
    assert!(lines[4].starts_with("82200000020018200002000000000000000000012346"), "{text}");
    assert!(lines[5].starts_with("9000001000001000000020018200002000000000000000000012346"));
}

#[test]
fn sheets_are_no_formulas_and_read_back() {
    let text =
        stipend_payout::sheet::write(&batch("desk", vec![(100, dutch("=cmd"))])).expect("a sheet");
    assert!(text.contains(",1.00,EUR,bank,NL,'=cmd,NL91ABNA0417164300,"), "{text}");
    let answers = "key,state,reference,reason\np1,paid,77,\np2,returned,78,gone\n";
    let report = read(answers.as_bytes()).expect("answers");
    let got: Vec<(&str, What)> =
        report.answers.iter().map(|answer| (answer.key.as_str(), answer.what)).collect();
    assert_eq!(got, [("p1", What::Paid), ("p2", What::Returned)]);
}

#[test]
fn what_is_no_report_is_refused() {
    let lines = |text: &str| text.to_owned();
    let nines = "9".repeat(94);
    let cases = [
        lines(""),
        lines("<Document/>"),
        lines(
            "<!DOCTYPE x [<!ENTITY a \"b\">]><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:\
               camt.053.001.08\">&a;</Document>",
        ),
        lines("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\">"),
        lines("key,state\np1,perhaps\n"),
        lines("a,b\n1,2\n"),
        format!("101 {}\nx\n", "0".repeat(90)),
        format!("101 {}\n7{}\n", "0".repeat(90), "0".repeat(93)),
        format!("101 {}\n9000001{}\n{nines}\n", "0".repeat(90), "1".repeat(87)),
    ];
    for text in cases {
        assert!(read(text.as_bytes()).is_err(), "{text}");
    }
    assert!(read(&[0xff, 0xfe, 0]).is_err());
}

/// A bank's answer to a file: what is said of the group, of the payments' part, of one payment.
fn pain002(group: &str, part: &str, one: &str) -> String {
    let said = |tag: &str, said: &str| match said.split_once(' ') {
        Some((status, code)) => {
            format!("<{tag}>{status}</{tag}><StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>")
        }
        None if said.is_empty() => String::new(),
        None => format!("<{tag}>{said}</{tag}>"),
    };
    format!(
        "<?xml version='1.0' encoding='utf-8'?><Document \
         xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>M1\
         </MsgId><CreDtTm>2026-11-24T10:00:00+00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts>\
         <OrgnlMsgId>b1</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{}\
         </OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>b1-1</OrgnlPmtInfId>{}<TxInfAndSts>\
         <OrgnlEndToEndId>p1</OrgnlEndToEndId>{}</TxInfAndSts></OrgnlPmtInfAndSts>\
         </CstmrPmtStsRpt></Document>",
        said("GrpSts", group),
        said("PmtInfSts", part),
        said("TxSts", one)
    )
}

/// The bank may refuse a file that it has had: that says nothing of the first one.
#[test]
fn a_repetition_that_is_refused_says_nothing_of_the_first() {
    let cases = [
        ("RJCT DUPL", "", "RJCT AM05", None, 0),
        ("RJCT AM05", "RJCT", "RJCT", None, 0),
        ("", "RJCT DU01", "RJCT DU04", None, 0),
        ("RJCT FF01", "", "RJCT AC01", Some(What::Failed), 1),
        ("ACCP", "", "ACSC", Some(What::Accepted), 1),
        ("", "RJCT AC04", "", Some(What::Failed), 0),
    ];
    for (group, part, one, whole, answers) in cases {
        let text = pain002(group, part, one);
        let report = read(text.as_bytes()).expect("a report");
        let got = (report.whole.as_ref().map(|(what, _)| *what), report.answers.len());
        assert_eq!(got, (whole, answers), "{group}, {part}, {one}");
    }
}
