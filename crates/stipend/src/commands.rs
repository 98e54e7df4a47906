//! Each command: reads the call, asks `app`, prints the answer.
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use app::settle::Through;
use app::{Error, Stipend, export, import, ledger, programs, settle};
use clap::CommandFactory;
use kernel::Clock;
use lake::intake::{InputFormat, Target};
use serde_json::json;

use crate::args::{
    Args, Audit, Command, ConfigCommand, Explain, Export, Import, ImportArgs, InFormat, Key,
    Ledger, OutFormat, Program, TableArgs,
};
use crate::members;
use crate::money;
use crate::settings::Settings;
use crate::talk::{Failure, bar, grouped, say, write};
use crate::{appeals, bench, copyright, demo, drafts, operate, report, serve, simulate};

/// Exit code of a check that found problems.
const PROBLEMS: u8 = 3;

/// Runs a command.
pub(crate) fn run(args: Args) -> Result<ExitCode, Failure> {
    let json = args.json;
    dispatch(args).map_err(|failure| Failure { json, ..failure })
}

fn clock(now: Option<&str>) -> Result<i64, Error> {
    let Some(text) = now else {
        return Ok(Clock::System.now_us());
    };
    let wrong =
        || Error::Refused(format!("--now `{text}` is not an instant like 2026-11-22T08:30:00Z"));
    kernel::day::parse_instant(text).ok_or_else(wrong)
}

/// What was called, besides the command's own words.
pub(crate) struct Call {
    /// Whether answers are JSON.
    pub(crate) json: bool,
    /// The instant to take for now, if one was given.
    pub(crate) now: Option<String>,
    /// Where the settings come from, if from a file.
    pub(crate) config: Option<PathBuf>,
    /// The settings.
    pub(crate) settings: Settings,
}

pub(crate) fn open(call: &Call) -> Result<Stipend, Error> {
    Stipend::open(&call.settings.data_dir(), call.settings.maybe("database_url"))
}

pub(crate) fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(Error::file(path))
}

fn dispatch(args: Args) -> Result<ExitCode, Failure> {
    let now = clock(args.now.as_deref())?;
    let settings = Settings::read(args.config.as_deref(), &args.flags())?;
    let Args { config, json, now: given, command, .. } = args;
    let call = Call { json, now: given, config, settings };
    match &command {
        Command::Demo { keep, seed, events } => demo::run(keep.as_deref(), *seed, *events)?,
        Command::Init => init(&call)?,
        Command::Program(program) => return programs(&call, program, now),
        Command::Import(Import::Events(import)) => {
            imports(&call, import, Target::Events, None, now)?;
        }
        Command::Import(Import::Catalog { args: import, effective }) => {
            imports(&call, import, Target::Catalog, *effective, now)?;
        }
        Command::Settle { program, day, through } => {
            let through = match (day, through.as_deref()) {
                (Some(day), _) => Through::Day(*day),
                (None, Some("latest") | None) => Through::Latest,
                (None, Some(text)) => {
                    let day = text.parse().map_err(|error: kernel::day::DayError| {
                        Error::Refused(format!("--through: {error}, or `latest`"))
                    })?;
                    Through::Day(day)
                }
            };
            let mut stipend = open(&call)?;
            let done = settle_with_bar(&mut stipend, program.program.as_deref(), through, now)?;
            let policy = programs::versions(&mut stipend, Some(&done.program))?;
            report::settled(&done, policy.last().map(|version| &version.policy), call.json);
        }
        Command::Explain(explain) => explains(&call, explain, now)?,
        Command::Export(export) => exports(&call, export)?,
        Command::Ledger(Ledger::Check) => {
            let checked = ledger::check(&mut open(&call)?)?;
            report::checked(&checked, call.json);
            if !checked.problems.is_empty() {
                return Ok(ExitCode::from(PROBLEMS));
            }
        }
        Command::Ledger(Ledger::Balances) => report::balances(&mut open(&call)?, call.json)?,
        Command::Serve(options) => serve::serve(&call, options)?,
        Command::Worker => serve::worker(&call)?,
        Command::Key(key) => keys(&call, key, now)?,
        Command::Audit(Audit::Check) => {
            let checked = app::audit::check(&mut open(&call)?)?;
            report::audit(&checked, call.json);
            if !checked.problems.is_empty() {
                return Ok(ExitCode::from(PROBLEMS));
            }
        }
        Command::Operator(what) => operate::operator(&call, what, now)?,
        Command::Config(ConfigCommand::Explain) => operate::explain_settings(&call),
        Command::Backup { folder } => operate::back_up(&call, folder, now)?,
        Command::Restore { folder } => operate::restore(&call, folder)?,
        Command::Health => operate::health(&call)?,
        Command::Simulate(plan) => simulates(plan, call.json)?,
        Command::Doctor { deep } => {
            let found = operate::doctor(&call, *deep, now)?;
            report::health(&found, call.json);
            if found.iter().any(|health| !health.well) {
                return Ok(ExitCode::from(PROBLEMS));
            }
        }
        Command::Member(member) => members::member(&call, member, now)?,
        Command::Review(review) => members::review(&call, review, now)?,
        Command::Calendar(calendar) => members::calendar(&call, calendar, now)?,
        Command::Terms(command) => money::terms(&call, command, now)?,
        Command::Wallet(command) => money::wallet(&call, command, now)?,
        Command::Payout(command) => money::payout(&call, command, now)?,
        Command::Appeal(command) => appeals::appeal(&call, command, now)?,
        Command::Copyright(command) => copyright::copyright(&call, command, now)?,
        Command::MeasureLedger { count, size, group, bare } => {
            bench::ledger(&call, (*count, *size, *group), *bare)?;
        }
        Command::Measure { runs } => bench::settling(&call, *runs, now)?,
        Command::MeasureEntry { programs, day, runs } => {
            bench::eligibility(&call, programs, *day, *runs)?;
        }
        Command::BareLoop { what, count, group } => {
            bench::bare_loop(&call, what, *count, *group, now)?;
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Args::command(), "stipend", &mut script);
            write(&String::from_utf8_lossy(&script));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn init(call: &Call) -> Result<(), Error> {
    let data_dir = call.settings.data_dir();
    let stipend = Stipend::init(&data_dir, call.settings.maybe("database_url"))?;
    let folder = data_dir.display().to_string();
    if call.json {
        say(&json!({ "data_dir": folder, "database": stipend.db.name() }).to_string());
    } else {
        eprintln!("made `{folder}` with {}", stipend.db.name());
        eprintln!("next: stipend program preset daily-pool > policy.toml, and edit it");
        eprintln!("      stipend program publish policy.toml");
    }
    Ok(())
}

fn keys(call: &Call, key: &Key, now: i64) -> Result<(), Error> {
    let mut stipend = open(call)?;
    match key {
        Key::Make { name, role, scopes } => {
            let wrong = |text: String| Error::Refused(text);
            let role = app::access::Role::from_word(role)
                .ok_or_else(|| wrong(format!("no role `{role}`: see stipend key make --help")))?;
            let action = |word: &String| {
                let words = app::access::Action::WORDS.map(|(_, word)| word).join(", ");
                app::access::Action::from_word(word)
                    .ok_or_else(|| wrong(format!("no action `{word}`; there is: {words}")))
            };
            let scopes = scopes.iter().map(action).collect::<Result<Vec<_>, _>>()?;
            let new = app::keys::NewKey { name: name.clone(), role, scopes, expires_us: None };
            let made = app::keys::add(&mut stipend, &new, now)?;
            if call.json {
                let mut body = app::command::key_json(&made.row);
                body["key"] = json!(made.text);
                say(&body.to_string());
            } else {
                say(&made.text);
                eprintln!("keep it: it is not shown again");
            }
        }
        Key::List => {
            for row in stipend.db.keys()? {
                report::key(&row, call.json);
            }
        }
    }
    Ok(())
}

fn programs(call: &Call, program: &Program, now: i64) -> Result<ExitCode, Failure> {
    match program {
        Program::Check { policies } => {
            let mut all = Vec::new();
            for policy in policies {
                let text = read(policy)?;
                let name = policy.display().to_string();
                let checked = program::Policy::parse(&text)
                    .map_err(|error| Failure::about(error, &name, &text))?;
                report::policy(&checked, call.json);
                all.push(checked);
            }
            programs::no_circle(all.iter())?;
        }
        Program::Publish { policy } => {
            let text = read(policy)?;
            let name = policy.display().to_string();
            let done = programs::publish(&mut open(call)?, &text, now)
                .map_err(|error| Failure::about(error, &name, &text))?;
            report::published(&done, call.json);
        }
        Program::Diff { policy, with } => {
            let new = read(policy)?;
            let old = match with {
                Some(with) => read(with)?,
                None => {
                    let name = policy.display().to_string();
                    let checked = program::Policy::parse(&new)
                        .map_err(|error| Failure::about(error, &name, &new))?;
                    let versions = programs::versions(&mut open(call)?, Some(&checked.program))?;
                    let last = versions.into_iter().next_back();
                    last.map(|last| last.row.document).unwrap_or_default()
                }
            };
            report::differences(&old, &new, call.json)?;
        }
        Program::Backtest { policy, from, to } => {
            let text = read(policy)?;
            let name = policy.display().to_string();
            let done = settle::backtest(&mut open(call)?, &text, (*from, *to), now)
                .map_err(|error| Failure::about(error, &name, &text))?;
            if call.json {
                say(&done.to_json().to_string());
            } else {
                write(&done.to_text());
            }
        }
        Program::Draft(draft) => drafts::draft(call, draft, now)?,
        Program::Shadow(shadow) => drafts::shadow(call, shadow, now)?,
        Program::List => {
            let mut stipend = open(call)?;
            for version in programs::all(&mut stipend)? {
                report::version(&version, call.json);
            }
        }
        Program::Show { program, version } => {
            let versions = programs::versions(&mut open(call)?, program.program.as_deref())?;
            let wanted = match version {
                Some(number) => versions.iter().find(|version| version.row.version == *number),
                None => versions.last(),
            };
            let wanted = wanted.ok_or_else(|| Error::Refused("no such version".to_owned()))?;
            write(&wanted.row.document);
        }
        Program::Preset { name } => {
            let presets = program::presets::PRESETS;
            match name {
                None => presets.iter().for_each(|(name, _)| say(name)),
                Some(name) => {
                    let found = presets.iter().find(|(known, _)| known == name);
                    let (_, text) = found.ok_or_else(|| {
                        let names: Vec<&str> = presets.iter().map(|(name, _)| *name).collect();
                        Error::Refused(format!(
                            "no preset `{name}`; there is: {}",
                            names.join(", ")
                        ))
                    })?;
                    write(text);
                }
            }
        }
        Program::Schema => {
            let schema = serde_json::to_string_pretty(&program::policy_schema());
            say(&schema.map_err(|error| Error::Refused(error.to_string()))?);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn in_format(format: InFormat) -> InputFormat {
    match format {
        InFormat::Ndjson => InputFormat::Ndjson,
        InFormat::Json => InputFormat::Json,
        InFormat::Csv => InputFormat::Csv,
        InFormat::Parquet => InputFormat::Parquet,
        InFormat::Cloudevents => InputFormat::CloudEvents,
    }
}

fn imports(
    call: &Call,
    import: &ImportArgs,
    target: Target,
    effective: Option<kernel::Day>,
    now: i64,
) -> Result<(), Failure> {
    let mapping = import.mapping.as_deref().map(read).transpose()?;
    let mut stipend = open(call)?;
    for path in &import.files {
        let request = import::Request {
            path,
            format: import.format.map(in_format),
            mapping: mapping.as_deref(),
            rejects: import.rejects.as_deref(),
            effective,
        };
        let named = |error: Error| match (&import.mapping, &mapping) {
            (Some(path), Some(text)) if matches!(error, Error::Mapping(_)) => {
                Failure::about(error, &path.display().to_string(), text)
            }
            _ => error.into(),
        };
        let name = path.display().to_string();
        if import.check {
            let check = import::check(&stipend, &request, target, now).map_err(named)?;
            report::check(&name, &check, call.json);
            continue;
        }
        let done = import_with_bar(&mut stipend, &request, target, now).map_err(named)?;
        report::imported(&name, &done, call.json);
    }
    Ok(())
}

/// Imports one file, with a progress bar.
pub(crate) fn import_with_bar(
    stipend: &mut Stipend,
    request: &import::Request<'_>,
    target: Target,
    now: i64,
) -> Result<import::Report, Error> {
    let size = std::fs::metadata(request.path).ok().map(|metadata| metadata.len());
    let bar = bar("importing", size);
    let start = std::time::Instant::now();
    let mut progress = |counts: &lake::intake::Counts, bytes: u64, _| {
        bar.set_position(bytes);
        let ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(1).max(1);
        let rate = grouped(counts.read * 1_000 / ms);
        bar.set_message(format!("{} rows, {rate} rows/s", grouped(counts.read)));
    };
    let done = match target {
        Target::Events => import::events(stipend, request, now, &mut progress),
        Target::Catalog => import::catalog(stipend, request, now, &mut progress),
    };
    bar.finish_and_clear();
    done
}

/// Settles, with a progress bar.
pub(crate) fn settle_with_bar(
    stipend: &mut Stipend,
    program: Option<&str>,
    through: Through,
    now: i64,
) -> Result<settle::Report, Error> {
    let bar = bar("settling", None);
    bar.enable_steady_tick(std::time::Duration::from_millis(200));
    let done = settle::settle(stipend, program, through, now, &mut |what, done, all| {
        bar.set_message(format!("{what}: {done} of {all} days"));
    });
    bar.finish_and_clear();
    done
}

fn explains(call: &Call, explain: &Explain, now: i64) -> Result<(), Error> {
    let mut stipend = open(call)?;
    let explained = match explain {
        Explain::Entry { id, day, program, language } => {
            let program = program.program.as_deref();
            let diagnosis = app::entry::diagnose(&mut stipend, program, id, *day, now)?;
            if call.json {
                say(&diagnosis.to_json(language).to_string());
            } else {
                write(&diagnosis.to_text(language));
            }
            return Ok(());
        }
        Explain::Programs { id, language } => {
            let offers = app::entry::offers(&mut stipend, id, now)?;
            if call.json {
                let items: Vec<_> = offers.iter().map(app::entry::Diagnosis::summary).collect();
                say(&json!({ "items": items }).to_string());
            } else {
                offers.iter().for_each(|one| write(&format!("{}\n", one.to_text(language))));
            }
            return Ok(());
        }
        Explain::Earnings { .. }
        | Explain::Trends { .. }
        | Explain::Works { .. }
        | Explain::Change { .. } => {
            return crate::earnings::explain(call, &mut stipend, explain);
        }
        Explain::Work { id, day, program } => {
            app::explain::work(&mut stipend, program.program.as_deref(), id, *day)?
        }
        Explain::Creator { id, day, program } => {
            app::explain::creator(&mut stipend, program.program.as_deref(), id, *day)?
        }
        Explain::Run { day, program } => {
            app::explain::run(&mut stipend, program.program.as_deref(), *day)?
        }
    };
    if call.json {
        say(&explained.to_json().to_string())
    } else {
        write(&explained.to_text());
    }
    Ok(())
}

fn exports(call: &Call, export: &Export) -> Result<(), Error> {
    let mut stipend = open(call)?;
    let selection = |table: &TableArgs| (table.day.or(table.from), table.day.or(table.through));
    let select = |table: &'_ TableArgs, program| {
        let (from, through) = selection(table);
        export::Selection { program, from, through }
    };
    let one_day = |table: &TableArgs| {
        table.day.ok_or_else(|| Error::Refused("name the day with --day".to_owned()))
    };
    match export {
        Export::WorkDays { table, qualified } => {
            let program = table.program.program.as_deref();
            let mut days = export::work_days(&mut stipend, &select(table, program))?;
            if *qualified && !days.columns.is_empty() {
                let views = days.ints("qualified_views")?.to_vec();
                days = days.filter(|row| views[row] > 0);
            }
            write_table(call, table, days)
        }
        Export::Lines { table, standing } => {
            let program = table.program.program.as_deref();
            write_table(
                call,
                table,
                export::lines(&mut stipend, &select(table, program), *standing)?,
            )
        }
        Export::Segments { table } => write_table(call, table, export::segments(&mut stipend)?),
        Export::Verdicts { table } => {
            let day = one_day(table)?;
            let program = table.program.program.as_deref();
            write_table(call, table, export::verdicts(&mut stipend, program, day)?)
        }
        Export::Entry { table } => {
            let day = one_day(table)?;
            let versions = app::programs::versions(&mut stipend, table.program.program.as_deref())?;
            let name = versions.last().map(|last| last.row.program.clone());
            let start = std::time::Instant::now();
            let timer = || u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
            let mut made = lake::Table::default();
            let mut keep = |_: &str, table: lake::Table| made = table;
            let names: Vec<String> = name.into_iter().collect();
            app::evaluate::everyone(&mut stipend, &names, day, &timer, Some(&mut keep))?;
            write_table(call, table, made)
        }
        Export::Windows { table } => {
            let day = one_day(table)?;
            let program = table.program.program.as_deref();
            write_table(call, table, app::evaluate::window_table(&mut stipend, program, day)?)
        }
        Export::Works { table } => {
            let day = one_day(table)?;
            let program = table.program.program.as_deref();
            write_table(call, table, export::works(&mut stipend, program, day)?)
        }
        Export::Journal { table, asset } => {
            let render = match table.format {
                OutFormat::Hledger => ::ledger::hledger,
                OutFormat::Beancount => ::ledger::beancount,
                OutFormat::Csv | OutFormat::Ndjson | OutFormat::Parquet => {
                    let program = table.program.program.as_deref();
                    return write_table(
                        call,
                        table,
                        export::journal(&mut stipend, &select(table, program))?,
                    );
                }
            };
            let selection = select(table, table.program.program.as_deref());
            let (asset, transfers) = ledger::journal(&mut stipend, &selection, asset.as_deref())?;
            let text = render(&asset, &transfers);
            to_output(table, &mut |out| out.write_all(text.as_bytes()))
        }
    }
}

fn write_table(call: &Call, options: &TableArgs, mut table: lake::Table) -> Result<(), Error> {
    if !options.columns.is_empty() && !table.columns.is_empty() {
        table = table.select(&options.columns)?;
    }
    let format = if call.json { OutFormat::Ndjson } else { options.format };
    match format {
        OutFormat::Csv => to_output(options, &mut |out| table.write_csv(out, !options.no_header)),
        OutFormat::Ndjson => to_output(options, &mut |out| table.write_ndjson(out)),
        OutFormat::Parquet => {
            let bytes = table.to_parquet()?;
            to_output(options, &mut |out| out.write_all(&bytes))
        }
        OutFormat::Hledger | OutFormat::Beancount => {
            Err(Error::Refused("only the journal goes to hledger and beancount".to_owned()))
        }
    }
}

fn to_output(
    options: &TableArgs,
    write: &mut dyn FnMut(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), Error> {
    match &options.output {
        Some(path) => {
            let file = File::create(path).map_err(Error::file(path))?;
            let mut out = BufWriter::new(file);
            write(&mut out).and_then(|()| out.flush()).map_err(Error::file(path))
        }
        None => {
            let mut out = BufWriter::new(std::io::stdout().lock());
            let done = write(&mut out).and_then(|()| out.flush());
            match done {
                // A reader that has seen enough (`| head`) is no failure.
                Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
                done => done.map_err(Error::file("standard output")),
            }
        }
    }
}

fn simulates(plan: &crate::args::Simulate, json: bool) -> Result<(), Error> {
    let first = plan.first_day.epoch_days();
    let sized = testkit::simulate::Plan::sized(plan.seed, plan.events, plan.days, first);
    let bar = bar("simulating", Some(u64::from(plan.days)));
    let mut each = |day: u32| bar.set_position(u64::from(day) + 1);
    let files = simulate::write(&plan.folder, sized, plan.format, &mut each)?;
    bar.finish_and_clear();
    if json {
        let files: Vec<String> = files.iter().map(|path| path.display().to_string()).collect();
        say(&json!({ "events": files }).to_string());
    } else {
        let folder = plan.folder.display();
        eprintln!(
            "wrote {folder}/creators.csv, {folder}/works.csv and {} files of events",
            files.len()
        );
    }
    Ok(())
}
