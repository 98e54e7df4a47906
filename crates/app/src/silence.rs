//! Payouts by rails that tell only of what fails, as NACHA does: what nobody answered within the
//! working days that the terms give counts as paid. What comes back later is still taken back.
use payout::{Event, State};
use serde_json::{Value, json};

use crate::error::Error;
use crate::payouts::{Step, Told, advance};
use crate::terms;
use crate::workspace::Stipend;

/// Ends payouts whose time to come back is over.
pub(crate) fn watch(stipend: &mut Stipend, now_us: i64) -> Result<Value, Error> {
    let Some(published) = terms::maybe(&mut stipend.db)? else { return Ok(json!({ "paid": 0 })) };
    let terms = published.terms;
    let today = terms.zone().day_of(now_us);
    let mut paid = 0;
    for account in &terms.account {
        let Some(days) = account.silence_days else { continue };
        let way = terms.corridor.iter().find(|way| way.account == account.name);
        let named = way.map_or("", |way| way.calendar.as_str());
        let calendar = crate::calendars::named(&mut stipend.db, named)?;
        for batch in stipend.db.silent_batches(&account.name)? {
            let row = crate::batches::get(&mut stipend.db, batch)?;
            if wallet::schedule::arrives(row.executed, days, &calendar) >= today {
                continue;
            }
            let actor = stipend.actor.clone();
            paid += stipend.db.write(|db| {
                let mut paid = 0;
                for payout in db.payouts_of_batch(batch)? {
                    if payout.state != State::Submitted.word() {
                        continue;
                    }
                    let told = Told { actor: &actor, reason: "not_returned", reference: "" };
                    let step = advance(db, &payout, Event::Pay, &told, now_us)?;
                    paid += i64::from(matches!(step, Step::Done(_)));
                }
                Ok::<_, Error>(paid)
            })?;
        }
    }
    Ok(json!({ "paid": paid }))
}
