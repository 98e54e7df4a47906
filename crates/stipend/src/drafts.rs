//! Commands about drafts and their shadow runs.
use app::command::Command;
use app::dispatch::at_the_machine;
use app::drafts::{Draft, What, get, report};
use app::{Error, programs};

use crate::args::{DraftCommand, ShadowCommand};
use crate::commands::{Call, open, read};
use crate::members::{named, refused};
use crate::talk::{Failure, note, say, write};

fn act(
    stipend: &mut app::Stipend,
    program: String,
    what: What,
    now_us: i64,
) -> Result<String, Error> {
    let command = Command::Draft(Draft { program, what });
    Ok(at_the_machine(stipend, command, "", now_us).map_err(refused)?.body)
}

/// Saves, shows and drops drafts.
pub(crate) fn draft(call: &Call, draft: &DraftCommand, now_us: i64) -> Result<(), Failure> {
    let mut stipend = open(call)?;
    match draft {
        DraftCommand::Save { policy } => {
            let text = read(policy)?;
            let name = policy.display().to_string();
            let checked = program::Policy::parse(&text)
                .map_err(|error| Failure::about(error, &name, &text))?;
            let program = checked.program.clone();
            let body = act(&mut stipend, checked.program, What::Save(text), now_us)?;
            if call.json {
                say(&body);
            } else {
                note(&format!("saved as the draft of {program}"));
            }
        }
        DraftCommand::Show(program) => {
            let program = named(&mut stipend, program.program.as_deref())?;
            write(&get(&mut stipend.db, &program)?.document);
        }
        DraftCommand::Drop(program) => {
            let program = named(&mut stipend, program.program.as_deref())?;
            act(&mut stipend, program.clone(), What::Drop, now_us)?;
            note(&format!("the draft of {program} is gone"));
        }
    }
    Ok(())
}

/// Starts, stops and reports shadow runs.
pub(crate) fn shadow(call: &Call, shadow: &ShadowCommand, now_us: i64) -> Result<(), Error> {
    let mut stipend = open(call)?;
    let (program, what) = match shadow {
        ShadowCommand::Start(program) => (program, Some(What::StartShadow)),
        ShadowCommand::Stop(program) => (program, Some(What::StopShadow)),
        ShadowCommand::Report(program) => (program, None),
    };
    let program = named(&mut stipend, program.program.as_deref())?;
    if let Some(what) = what {
        let word = if what == What::StartShadow { "runs" } else { "does not run" };
        let body = act(&mut stipend, program.clone(), what, now_us)?;
        if call.json {
            say(&body);
        } else {
            note(&format!("the draft of {program} {word} beside the live policy"));
        }
        return Ok(());
    }
    let draft = get(&mut stipend.db, &program)?;
    let days = stipend.db.shadow_days(&program, &draft.digest)?;
    if call.json {
        say(&report(&draft, &days).to_string());
        return Ok(());
    }
    let versions = programs::versions(&mut stipend, Some(&program))?;
    let Some(version) = versions.last() else { return Ok(()) };
    let asset = &version.policy.asset;
    say("day         live  draft  change  creators");
    for day in &days {
        let (live, shadow) = (asset.format(day.live), asset.format(day.shadow));
        let change = asset.format(day.shadow - day.live);
        say(&format!("{}  {live}  {shadow}  {change}  {}", day.day, day.creators));
    }
    if days.is_empty() {
        say("no day was settled since it runs");
    }
    Ok(())
}
