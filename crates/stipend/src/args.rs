//! The command line.
use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use kernel::Day;

use crate::settings::Flags;

const AFTER_HELP: &str = "\
Exit codes: 0 done; 1 something failed (database, files); 2 the call or the input is wrong;
            3 a check found problems.
Data goes to standard output, talk to standard error; --json makes every answer JSON.";

/// The engine and counter of a creator economy: from a platform's event log to a balanced,
/// explainable ledger.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = AFTER_HELP
)]
pub(crate) struct Args {
    /// A file with settings: `stipend config explain` lists them.
    #[arg(long, global = true, env = "STIPEND_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// The data folder [env: STIPEND_DATA_DIR] [default: stipend-data]
    #[arg(long, global = true)]
    pub(crate) data_dir: Option<String>,
    /// A PostgreSQL database (postgres://user@host/name) instead of the folder's own SQLite file
    /// [env: STIPEND_DATABASE_URL]
    #[arg(long, global = true)]
    pub(crate) database_url: Option<String>,
    /// Answer in JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Take this instant for now, like 2026-11-22T08:30:00Z: for demonstrations and tests.
    #[arg(long, global = true, env = "STIPEND_NOW", hide = true)]
    pub(crate) now: Option<String>,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Args {
    /// What the flags say of settings.
    pub(crate) fn flags(&self) -> Flags {
        let mut flags = vec![
            ("data_dir", self.data_dir.clone()),
            ("database_url", self.database_url.clone()),
            ("log_format", self.json.then(|| "json".to_owned())),
        ];
        if let Command::Serve(serve) = &self.command {
            let allow = serve.allow_private_webhooks.then(|| "true".to_owned());
            flags.extend([
                ("listen", serve.listen.clone()),
                ("public_url", serve.public_url.clone()),
                ("workers", serve.workers.clone()),
                ("senders", serve.senders.clone()),
                ("rate_limit", serve.rate_limit.clone()),
                ("allow_private_webhooks", allow),
            ]);
        }
        flags
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show it all on a made-up platform: some days, start to end, in a few seconds.
    Demo {
        /// Keep the data folder here, to look around in it.
        #[arg(long)]
        keep: Option<PathBuf>,
        /// Another seed makes another platform.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Events to make.
        #[arg(long, default_value_t = 120_000)]
        events: u64,
    },
    /// Make a data folder.
    Init,
    /// Programs and their policies.
    #[command(subcommand)]
    Program(Program),
    /// Take in events or catalog facts.
    #[command(subcommand)]
    Import(Import),
    /// Members of programs: who comes in and goes out.
    #[command(subcommand)]
    Member(Member),
    /// Reviews of applications.
    #[command(subcommand)]
    Review(Review),
    /// Business calendars, for what is promised in working days.
    #[command(subcommand)]
    Calendar(Calendar),
    /// Terms of wallets, and rates of exchange.
    #[command(subcommand)]
    Terms(TermsCommand),
    /// Wallets of creators: what they have, methods, holds.
    #[command(subcommand)]
    Wallet(WalletCommand),
    /// Payouts: withdrawals, batches, files for banks and their answers.
    #[command(subcommand)]
    Payout(PayoutCommand),
    /// Appeals: cases of creators, and what wrong decisions took.
    #[command(subcommand)]
    Appeal(AppealCommand),
    /// Copyright claims: whose a work's earnings are.
    #[command(subcommand)]
    Copyright(CopyrightCommand),
    /// Settle days that are over, and correct posted days whose events or facts changed.
    #[command(group = clap::ArgGroup::new("until").required(true))]
    Settle {
        #[command(flatten)]
        program: ProgramArg,
        /// Settle this day, and every open day before it.
        #[arg(long, group = "until")]
        day: Option<Day>,
        /// Settle through this day, or through `latest`: the last day that is over and has events.
        #[arg(long, group = "until", value_name = "DAY|latest")]
        through: Option<String>,
    },
    /// Say why: each step of a computation with its numbers and the policy lines behind them.
    #[command(subcommand)]
    Explain(Explain),
    /// Write out what was computed.
    #[command(subcommand)]
    Export(Export),
    /// The ledger.
    #[command(subcommand)]
    Ledger(Ledger),
    /// Serve the HTTP API and do the jobs, until asked to stop.
    Serve(Serve),
    /// Do jobs beside servers on the same database, until asked to stop.
    Worker,
    /// API keys.
    #[command(subcommand)]
    Key(Key),
    /// Operators: the people who run the installation.
    #[command(subcommand)]
    Operator(Operator),
    /// The audit log.
    #[command(subcommand)]
    Audit(Audit),
    /// Settings.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Write database and event log into a folder, as of one moment.
    Backup {
        /// The folder to make.
        folder: PathBuf,
    },
    /// Make a data folder of a backup.
    Restore {
        /// The backup's folder.
        folder: PathBuf,
    },
    /// Ask whether the server that the settings name is ready: for containers.
    Health,
    /// Write a believable platform's catalog and events as files.
    Simulate(Simulate),
    /// Look whether all is well, and say how to mend what is not.
    Doctor {
        /// Read every file and compare it with its digest.
        #[arg(long)]
        deep: bool,
    },
    /// Settle everything without posting it, several times, and print how long each part took.
    /// Writes what a server would write, in a bare loop: for benchmarks
    #[command(hide = true)]
    BareLoop {
        /// `batches` of 1,000 events, or `commands`
        what: String,
        /// How many
        #[arg(long, default_value_t = 20_000)]
        count: i64,
        /// How many in a commit
        #[arg(long, default_value_t = 64)]
        group: i64,
    },
    /// Posts transfers, as the product does or in a bare loop: for benchmarks
    #[command(hide = true)]
    MeasureLedger {
        /// How many
        #[arg(long, default_value_t = 200_000)]
        count: i64,
        /// How many in a batch
        #[arg(long, default_value_t = 5_000)]
        size: i64,
        /// How many batches in a commit
        #[arg(long, default_value_t = 1)]
        group: i64,
        /// The statements alone
        #[arg(long)]
        bare: bool,
    },
    #[command(hide = true)]
    Measure {
        /// How many times.
        #[arg(long, default_value_t = 5)]
        runs: u32,
    },
    /// Decide of every creator in some programs, and print how long that took
    #[command(hide = true)]
    MeasureEntry {
        /// The programs
        #[arg(value_delimiter = ',')]
        programs: Vec<String>,
        /// The day
        #[arg(long)]
        day: Day,
        /// How many times
        #[arg(long, default_value_t = 5)]
        runs: u32,
    },
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ProgramArg {
    /// The program; may be left out when there is only one.
    #[arg(long)]
    pub(crate) program: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Program {
    /// Check policy documents without publishing them; several are checked together too.
    Check {
        /// The documents.
        #[arg(required = true)]
        policies: Vec<PathBuf>,
    },
    /// Publish a policy document as the next version of its program.
    Publish {
        /// The document.
        policy: PathBuf,
    },
    /// Say what differs between two documents, or between the one in effect and another.
    Diff {
        /// The document.
        policy: PathBuf,
        /// Another document, to compare it with instead of the published one.
        with: Option<PathBuf>,
    },
    /// Compute what a document would have paid on days that are over, beside the live one.
    Backtest {
        /// The document.
        #[arg(long)]
        policy: PathBuf,
        /// The first day.
        #[arg(long)]
        from: Day,
        /// The last day.
        #[arg(long)]
        to: Day,
    },
    /// The next policy of a program, before it is published.
    #[command(subcommand)]
    Draft(DraftCommand),
    /// A draft that runs beside the live policy: what it would have paid, day by day.
    #[command(subcommand)]
    Shadow(ShadowCommand),
    /// List published versions.
    List,
    /// Print a published document.
    Show {
        #[command(flatten)]
        program: ProgramArg,
        /// The version; the last if left out.
        #[arg(long)]
        version: Option<i64>,
    },
    /// Print a preset to start from, or list them.
    Preset {
        /// Its name.
        name: Option<String>,
    },
    /// Print the JSON Schema of policy documents.
    Schema,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum InFormat {
    Ndjson,
    Json,
    Csv,
    Parquet,
    Cloudevents,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ImportArgs {
    /// Files, or `-` for standard input; gzip and zstd are seen by themselves.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// The format, where the file's name does not tell it.
    #[arg(long)]
    pub(crate) format: Option<InFormat>,
    /// A mapping file for foreign column names, units and flags.
    #[arg(long)]
    pub(crate) mapping: Option<PathBuf>,
    /// Import nothing: show the first rows as they would be read, and what would be refused.
    #[arg(long)]
    pub(crate) check: bool,
    /// Where refused rows are written; by default into the data folder.
    #[arg(long)]
    pub(crate) rejects: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Take in events.
    Events(ImportArgs),
    /// Take in creators, works and facts about them.
    Catalog {
        #[command(flatten)]
        args: ImportArgs,
        /// The day from which facts hold that carry none. Left out: the beginning for what was not
        /// known, today for what was.
        #[arg(long)]
        effective: Option<Day>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Explain {
    /// A work on a day.
    Work {
        /// The work.
        id: String,
        /// The day; the last settled one if left out.
        #[arg(long)]
        day: Option<Day>,
        #[command(flatten)]
        program: ProgramArg,
    },
    /// A creator on a day.
    Creator {
        /// The creator.
        id: String,
        /// The day; the last settled one if left out.
        #[arg(long)]
        day: Option<Day>,
        #[command(flatten)]
        program: ProgramArg,
    },
    /// Whether a creator may enter a program, and why not.
    Entry {
        /// The creator.
        id: String,
        /// The day; today if left out.
        #[arg(long)]
        day: Option<Day>,
        #[command(flatten)]
        program: ProgramArg,
        /// The language: en, zh-CN, fr, nl.
        #[arg(long, default_value = "en")]
        language: String,
    },
    /// All programs that a creator can see, and whether he may enter each.
    Programs {
        /// The creator.
        id: String,
        /// The language: en, zh-CN, fr, nl.
        #[arg(long, default_value = "en")]
        language: String,
    },
    /// Why a creator, or a work of his, earned nothing on a day, or little: every reason.
    Earnings {
        /// The creator.
        id: String,
        /// The day; the last settled one if left out.
        #[arg(long)]
        day: Option<Day>,
        #[command(flatten)]
        program: ProgramArg,
        /// One work of his.
        #[arg(long)]
        work: Option<String>,
        /// The language: en, zh-CN, fr, nl.
        #[arg(long, default_value = "en")]
        language: String,
    },
    /// What a creator's days were made of, beside their estimates.
    Trends {
        /// The creator.
        id: String,
        /// The first day.
        #[arg(long)]
        from: Day,
        /// The last day.
        #[arg(long)]
        through: Day,
        #[command(flatten)]
        program: ProgramArg,
    },
    /// A creator's works by what they brought, each beside the average of them, with why.
    Works {
        /// The creator.
        id: String,
        /// The first day.
        #[arg(long)]
        from: Day,
        /// The last day, at most 30 after it.
        #[arg(long)]
        through: Day,
        /// The most works that are named.
        #[arg(long, default_value_t = 20)]
        limit: usize,
        #[command(flatten)]
        program: ProgramArg,
        /// The language of reasons.
        #[arg(long, default_value = "en")]
        language: String,
    },
    /// Why one time brought more than another: the difference, split over what it came from.
    Change {
        /// The creator.
        id: String,
        /// The first day.
        #[arg(long)]
        from: Day,
        /// The last day.
        #[arg(long)]
        through: Day,
        /// The first day of the time before; as many days right before if left out.
        #[arg(long)]
        before_from: Option<Day>,
        /// The last day of the time before.
        #[arg(long)]
        before_through: Option<Day>,
        #[command(flatten)]
        program: ProgramArg,
        /// The language: en, zh-CN, fr, nl.
        #[arg(long, default_value = "en")]
        language: String,
    },
    /// A day's runs: the settlement and its corrections.
    Run {
        /// The day; the last settled one if left out.
        #[arg(long)]
        day: Option<Day>,
        #[command(flatten)]
        program: ProgramArg,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutFormat {
    Csv,
    Ndjson,
    Parquet,
    Hledger,
    Beancount,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct TableArgs {
    #[command(flatten)]
    pub(crate) program: ProgramArg,
    /// From this day on.
    #[arg(long)]
    pub(crate) from: Option<Day>,
    /// Through this day.
    #[arg(long)]
    pub(crate) through: Option<Day>,
    /// This day only.
    #[arg(long, conflicts_with_all = ["from", "through"])]
    pub(crate) day: Option<Day>,
    /// Only these columns, in this order.
    #[arg(long, value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
    /// No header line in CSV.
    #[arg(long)]
    pub(crate) no_header: bool,
    /// The format.
    #[arg(long, default_value = "csv")]
    pub(crate) format: OutFormat,
    /// Write to this file instead of standard output.
    #[arg(long)]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Export {
    /// What each work counted on each day, as it stands.
    WorkDays {
        #[command(flatten)]
        table: TableArgs,
        /// Only work-days with qualified views.
        #[arg(long)]
        qualified: bool,
    },
    /// What each creator got, run by run.
    Lines {
        #[command(flatten)]
        table: TableArgs,
        /// One line for each day and creator, as it stands after all corrections.
        #[arg(long)]
        standing: bool,
    },
    /// The ledger's transfers (csv, ndjson, parquet), or as a journal (hledger, beancount).
    Journal {
        #[command(flatten)]
        table: TableArgs,
        /// The asset, when there are several.
        #[arg(long)]
        asset: Option<String>,
    },
    /// The segments of the event log that the manifest names.
    Segments {
        #[command(flatten)]
        table: TableArgs,
    },
    /// Each event of a day with its verdict (needs --day).
    Verdicts {
        #[command(flatten)]
        table: TableArgs,
    },
    /// Whether each creator may enter a program on a day, and why not (needs --day).
    Entry {
        #[command(flatten)]
        table: TableArgs,
    },
    /// The numbers of rolling windows that a program's rules ask for on a day (needs --day).
    Windows {
        #[command(flatten)]
        table: TableArgs,
    },
    /// Works with their hashes and facts as of a day (needs --day): to join with the event log.
    Works {
        #[command(flatten)]
        table: TableArgs,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Ledger {
    /// Fold everything again and compare; exit code 3 when something does not hold.
    Check,
    /// All balances.
    Balances,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Simulate {
    /// The folder to write into.
    pub(crate) folder: PathBuf,
    /// Events to make.
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) events: u64,
    /// Days.
    #[arg(long, default_value_t = 5)]
    pub(crate) days: u32,
    /// The first day.
    #[arg(long, default_value = "2026-06-01")]
    pub(crate) first_day: Day,
    /// The seed: the same seed makes the same platform.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Format of the event files.
    #[arg(long, default_value = "ndjson")]
    pub(crate) format: InFormat,
}

/// How to serve.
#[derive(Debug, ClapArgs)]
pub(crate) struct Serve {
    /// Address and port [default: 127.0.0.1:8080]
    #[arg(long)]
    pub(crate) listen: Option<String>,
    /// Where people reach the server from outside
    #[arg(long)]
    pub(crate) public_url: Option<String>,
    /// Threads that do jobs; 0 leaves them to `stipend worker` [default: 1]
    #[arg(long)]
    pub(crate) workers: Option<String>,
    /// Threads that send webhooks and mail [default: 2]
    #[arg(long)]
    pub(crate) senders: Option<String>,
    /// Requests of one caller in a second [default: 20000]
    #[arg(long)]
    pub(crate) rate_limit: Option<String>,
    /// Let webhooks go to private addresses and without encryption: for tests and closed networks.
    #[arg(long)]
    pub(crate) allow_private_webhooks: bool,
    /// On an empty folder: make a program, a few creators and works, and a key to try things with.
    #[arg(long)]
    pub(crate) sandbox: bool,
}

/// What is done with keys.
#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Make a key and print it, once.
    Make {
        /// What it is for
        #[arg(long)]
        name: String,
        /// What its bearer is: admin, program-manager, reviewer, appeal-officer, finance-maker,
        /// finance-approver, support, integrator
        #[arg(long)]
        role: String,
        /// Actions that it is narrowed to, like `events.write`; all of its role if left out
        #[arg(long, value_delimiter = ',')]
        scopes: Vec<String>,
    },
    /// List all keys, without their secrets.
    List,
}

/// What is done with operators.
#[derive(Debug, Subcommand)]
pub(crate) enum Operator {
    /// Add an operator and print a password, once.
    Add {
        /// His mail address
        #[arg(long)]
        email: String,
        /// His name
        #[arg(long)]
        name: String,
        /// His roles: admin, program-manager, reviewer, appeal-officer, finance-maker,
        /// finance-approver, support
        #[arg(long, value_delimiter = ',', required = true)]
        roles: Vec<String>,
        /// The language of his messages: en, zh-CN, fr, nl
        #[arg(long, default_value = "en")]
        language: String,
    },
    /// Give an operator another password, print it once, and take his second factor away.
    Reset {
        /// His mail address
        email: String,
    },
    /// List all operators.
    List,
}

/// What is done with settings.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show every setting, its value, and where that comes from.
    Explain,
}

/// What is done with the audit log.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Follow the chain from its beginning and print its head.
    Check,
}

/// What is done with drafts.
#[derive(Debug, Subcommand)]
pub(crate) enum DraftCommand {
    /// Save a document as its program's draft, in the place of the one that was there.
    Save {
        /// The document.
        policy: PathBuf,
    },
    /// Print a draft.
    Show(ProgramArg),
    /// Forget a draft.
    Drop(ProgramArg),
}

/// What is done with shadow runs.
#[derive(Debug, Subcommand)]
pub(crate) enum ShadowCommand {
    /// Let a program's draft run beside each day that is settled from now on.
    Start(ProgramArg),
    /// Let it run no more.
    Stop(ProgramArg),
    /// What it came to.
    Report(ProgramArg),
}

/// One creator in one program.
#[derive(Debug, ClapArgs)]
pub(crate) struct WhoArgs {
    /// The creator.
    pub(crate) creator: String,
    #[command(flatten)]
    pub(crate) program: ProgramArg,
    /// Why: for the audit log, and where a creator is told of it, for him too.
    #[arg(long, default_value = "")]
    pub(crate) why: String,
}

/// What is done with members.
#[derive(Debug, Subcommand)]
pub(crate) enum Member {
    /// Invite a creator.
    Invite(WhoArgs),
    /// Apply for a creator.
    Apply(WhoArgs),
    /// Accept an invitation for a creator.
    Accept(WhoArgs),
    /// Let a creator leave, or take his application back.
    Leave(WhoArgs),
    /// Let a member earn nothing until he is restored.
    Suspend {
        #[command(flatten)]
        who: WhoArgs,
        /// Reason codes.
        #[arg(long, value_delimiter = ',', required = true)]
        reasons: Vec<String>,
    },
    /// Let a suspended member earn again.
    Restore(WhoArgs),
    /// End a membership.
    Remove(WhoArgs),
    /// Make a creator a member against the rules: a proposal for a second person.
    Override(WhoArgs),
    /// How a creator stands to a program, and each step that led there.
    Show(WhoArgs),
    /// List a program's creators and how they stand to it.
    List {
        #[command(flatten)]
        program: ProgramArg,
        /// Only those in this state.
        #[arg(long, default_value = "")]
        state: String,
    },
    /// Look at all members again now, as is done on each day.
    Evaluate {
        #[command(flatten)]
        program: ProgramArg,
    },
}

/// Somebody who reviews.
#[derive(Debug, ClapArgs)]
pub(crate) struct CaseArgs {
    /// The review's number.
    pub(crate) review: i64,
    /// Who reviews.
    #[arg(long = "as", value_name = "REVIEWER")]
    pub(crate) reviewer: String,
}

/// What a reviewer found.
#[derive(Debug, ClapArgs)]
pub(crate) struct OpinionArgs {
    #[command(flatten)]
    pub(crate) case: CaseArgs,
    /// A grade from 1 to 5, as WORK:CRITERION=GRADE; once for each.
    #[arg(long = "grade")]
    pub(crate) grades: Vec<String>,
    /// What the creator reads.
    #[arg(long, default_value = "")]
    pub(crate) remark: String,
}

/// What is done with reviews.
#[derive(Debug, Subcommand)]
pub(crate) enum Review {
    /// Open reviews, the most pressing first.
    Queue,
    /// A review: the works to be graded, by what, and what reviewers found.
    Show {
        /// The review's number.
        review: i64,
    },
    /// Take a case.
    Claim(CaseArgs),
    /// Give it back.
    Release(CaseArgs),
    /// Let the creator in.
    Approve(OpinionArgs),
    /// Do not.
    Reject {
        #[command(flatten)]
        opinion: OpinionArgs,
        /// Reason codes; those of criteria below the rubric come by themselves.
        #[arg(long, value_delimiter = ',')]
        reasons: Vec<String>,
    },
    /// How often two reviewers of a case agree.
    Agreement {
        #[command(flatten)]
        program: ProgramArg,
    },
}

/// What an appeal is about: a work, a work on a day of a program, a review, a hold; the account if
/// nothing is named.
#[derive(Debug, ClapArgs)]
pub(crate) struct MatterArgs {
    /// The work.
    #[arg(long)]
    pub(crate) work: Option<String>,
    /// The day on which it earned nothing.
    #[arg(long)]
    pub(crate) day: Option<Day>,
    /// The program that settled the day.
    #[arg(long)]
    pub(crate) program: Option<String>,
    /// The review that rejected.
    #[arg(long)]
    pub(crate) review: Option<i64>,
    /// The hold.
    #[arg(long)]
    pub(crate) hold: Option<i64>,
}

/// An officer with a case.
#[derive(Debug, ClapArgs)]
pub(crate) struct OfficerArgs {
    /// The appeal's number.
    pub(crate) appeal: i64,
    /// Who looks at it.
    #[arg(long = "as", value_name = "OFFICER")]
    pub(crate) officer: String,
}

/// An answer.
#[derive(Debug, ClapArgs)]
pub(crate) struct AnswerArgs {
    /// Reason codes; all that are contested if left out.
    #[arg(long, value_delimiter = ',')]
    pub(crate) codes: Vec<String>,
    /// What the creator reads.
    #[arg(long)]
    pub(crate) text: String,
}

/// An officer's answer to a copyright claim.
#[derive(Debug, ClapArgs)]
pub(crate) struct ClaimAnswer {
    /// The claim's number.
    pub(crate) claim: i64,
    /// Who decides.
    #[arg(long = "as", value_name = "OFFICER")]
    pub(crate) officer: String,
    /// What both read.
    #[arg(long)]
    pub(crate) text: String,
}

/// What is done with copyright claims.
#[derive(Debug, Subcommand)]
pub(crate) enum CopyrightCommand {
    /// File one: the share of what the work earns is disputed, and nobody's to draw.
    File {
        /// The work.
        work: String,
        /// Who says that it is his: a creator.
        #[arg(long)]
        claimant: String,
        /// How much of it.
        #[arg(long, default_value = "1")]
        share: String,
        /// Of which day on, at most 31 days ago; today if left out.
        #[arg(long)]
        from: Option<Day>,
        /// What the claimant says.
        #[arg(long)]
        words: String,
    },
    /// List claims, on a creator's works and by him, or all.
    List {
        /// The creator.
        creator: Option<String>,
    },
    /// A claim: what was said, and what it took of each day.
    Show {
        /// Its number.
        claim: i64,
    },
    /// Say for the work's creator that it is right.
    Accept {
        /// The work's creator.
        creator: String,
        /// Its number.
        claim: i64,
    },
    /// Say for the work's creator why it is wrong.
    Object {
        /// The work's creator.
        creator: String,
        /// Its number.
        claim: i64,
        /// Why.
        #[arg(long)]
        words: String,
    },
    /// Find that it is right: what is disputed, and the share of what comes, is the claimant's.
    Uphold(ClaimAnswer),
    /// Find that it is wrong: what is disputed is the creator's again.
    Reject(ClaimAnswer),
    /// Take it back, for the claimant.
    Withdraw {
        /// Its number.
        claim: i64,
    },
}

/// What is done with appeals.
#[derive(Debug, Subcommand)]
pub(crate) enum AppealCommand {
    /// File one, for a creator.
    File {
        /// The creator.
        creator: String,
        #[command(flatten)]
        matter: MatterArgs,
        /// Why, in his words.
        #[arg(long)]
        words: String,
    },
    /// List appeals, of a creator or all.
    List {
        /// The creator.
        creator: Option<String>,
    },
    /// Open appeals, the most pressing first.
    Queue,
    /// A case: what is contested, what was said, evidence, the answer, what it brings.
    Show {
        /// Its number.
        appeal: i64,
        /// The language: en, zh-CN, fr, nl.
        #[arg(long, default_value = "en")]
        language: String,
    },
    /// Take one back, for its creator.
    Withdraw {
        /// The creator.
        creator: String,
        /// Its number.
        appeal: i64,
    },
    /// Ask another officer to look again, where the rules have a second instance.
    Reopen {
        /// The creator.
        creator: String,
        /// Its number.
        appeal: i64,
        /// Why, in his words.
        #[arg(long, default_value = "")]
        words: String,
    },
    /// Add evidence, for its creator.
    Attach {
        /// The creator.
        creator: String,
        /// Its number.
        appeal: i64,
        /// The file: PNG, JPEG, GIF, WebP, PDF or plain text.
        file: PathBuf,
    },
    /// Take a case.
    Claim(OfficerArgs),
    /// Give it back.
    Release(OfficerArgs),
    /// Write to its creator.
    Write {
        #[command(flatten)]
        who: OfficerArgs,
        /// What.
        #[arg(long)]
        words: String,
    },
    /// Find that the decision was wrong: it is lifted, and what it took is paid.
    Overturn {
        #[command(flatten)]
        who: OfficerArgs,
        #[command(flatten)]
        answer: AnswerArgs,
        /// Since when it was wrong; since it was said if left out.
        #[arg(long)]
        since: Option<Day>,
    },
    /// Find that the decision stands.
    Uphold {
        #[command(flatten)]
        who: OfficerArgs,
        #[command(flatten)]
        answer: AnswerArgs,
    },
    /// Make good what a wrong rule or classifier took from many: without `--digest` only what it
    /// would cost.
    Remedy {
        /// The reason that was held against them wrongly, like `not_original`.
        code: String,
        /// The first day on which that began.
        #[arg(long)]
        since_from: Day,
        /// The last day on which it began.
        #[arg(long)]
        since_through: Day,
        /// Of these works or creators alone.
        #[arg(long = "id")]
        ids: Vec<String>,
        /// The answer in words, for their creators.
        #[arg(long)]
        why: String,
        /// The digest of what was shown: decides it; a second person approves.
        #[arg(long)]
        digest: Option<String>,
    },
    /// Put money into a program's reserve for back-pay, or take it out.
    Fund {
        /// The program.
        program: String,
        /// How much in its currency; below nought takes out.
        #[arg(long, allow_hyphen_values = true)]
        amount: String,
        /// Why.
        #[arg(long)]
        why: String,
    },
    /// The transparency report: what was decided, appealed, overturned and paid back in a time.
    Report {
        /// The first day.
        #[arg(long)]
        from: Day,
        /// The last day.
        #[arg(long)]
        through: Day,
        /// As CSV.
        #[arg(long)]
        csv: bool,
    },
    /// What a case brings, day by day.
    Backpay {
        /// Its number.
        appeal: i64,
    },
}

/// What is done with calendars.
#[derive(Debug, Subcommand)]
pub(crate) enum Calendar {
    /// Take in calendars: CSV with the columns calendar, date, name and perhaps mark, or the JSON
    /// of gov.uk. Each takes the place of the one of its name.
    Import {
        /// The file.
        file: PathBuf,
    },
    /// List calendars.
    List,
    /// The n-th working day after a day.
    WorkingDay {
        /// A country's code, or `closures`.
        calendar: String,
        /// The day; today if left out.
        #[arg(long)]
        day: Option<Day>,
        /// How many working days after it.
        #[arg(long, default_value_t = 1)]
        count: u16,
    },
}

/// What is done with the terms of wallets.
#[derive(Debug, Subcommand)]
pub(crate) enum TermsCommand {
    /// Check a document without publishing it.
    Check {
        /// The document.
        file: PathBuf,
    },
    /// Publish a document as the next version.
    Publish {
        /// The document.
        file: PathBuf,
    },
    /// Print the terms that hold.
    Show,
    /// Print terms to start from.
    Example,
    /// Print the JSON Schema of terms.
    Schema,
    /// Take in rates of exchange: the file of the European Central Bank, eurofxref-hist.csv.
    Rates {
        /// The file.
        file: PathBuf,
        /// Put its rates in the place of those that are known of its days.
        #[arg(long)]
        correct: bool,
    },
}

/// What is done with wallets.
#[derive(Debug, Subcommand)]
pub(crate) enum WalletCommand {
    /// Change `details.key`: seal all persons' keys with a new one. Stop servers and workers first.
    Rekey,
    /// What a creator has, and whether he may draw it.
    Show {
        /// The creator.
        creator: String,
        /// The language: en, zh-CN, fr, nl.
        #[arg(long, default_value = "en")]
        language: String,
    },
    /// Every movement of a wallet.
    Statement {
        /// The creator.
        creator: String,
        /// Only this month, like 2026-11.
        #[arg(long)]
        month: Option<String>,
        /// As CSV.
        #[arg(long)]
        csv: bool,
    },
    /// What a withdrawal would come to, or every reason why not.
    Quote {
        /// The creator.
        creator: String,
        /// The currency.
        #[arg(long)]
        currency: String,
        /// How much; all that is available if left out.
        #[arg(long)]
        amount: Option<String>,
    },
    /// Say who a creator is by law, as the platform proved it.
    Identify {
        /// The creator.
        creator: String,
        /// The country that he lives and is taxed in.
        #[arg(long)]
        country: String,
        /// His proved name; it is sealed.
        #[arg(long)]
        name: String,
        /// A tax form on file; may be repeated.
        #[arg(long = "form", value_name = "CODE")]
        forms: Vec<String>,
    },
    /// Destroy the key of a creator's details: nobody reads them again.
    Forget {
        /// The creator.
        creator: String,
    },
    /// Add a payout method.
    Method {
        /// The creator.
        creator: String,
        /// bank, card, paypal, stripe or manual.
        #[arg(long)]
        kind: String,
        /// Details, like holder=NAME iban=NUMBER.
        details: Vec<String>,
    },
    /// Give back what became unclaimed while a wallet slept.
    Claim {
        /// The creator.
        creator: String,
    },
    /// Hold money, or a whole wallet.
    Hold {
        /// The creator.
        creator: String,
        /// How much, like "25.00 EUR"; the whole wallet if left out.
        #[arg(long)]
        amount: Option<String>,
        /// investigation, dispute, court_order, chargeback, sanctions or account_takeover.
        #[arg(long)]
        reason: String,
        /// What the creator reads.
        #[arg(long)]
        note: String,
    },
    /// Release a hold.
    Release {
        /// Its number.
        hold: i64,
    },
    /// Credit or debit by hand; a second person decides.
    Adjust {
        /// The creator.
        creator: String,
        /// How much, like "5.00 EUR"; below nought takes.
        #[arg(long, allow_hyphen_values = true)]
        amount: String,
        /// What the creator reads.
        #[arg(long)]
        why: String,
    },
}

/// What is done with payouts.
#[derive(Debug, Subcommand)]
pub(crate) enum PayoutCommand {
    /// Draw money.
    Request {
        /// The creator.
        creator: String,
        /// The currency of the wallet.
        #[arg(long)]
        currency: String,
        /// How much; all that is available if left out.
        #[arg(long)]
        amount: Option<String>,
    },
    /// List payouts.
    List {
        /// Only those in this state.
        #[arg(long, default_value = "")]
        state: String,
    },
    /// A payout and its steps.
    Show {
        /// Its number.
        payout: i64,
    },
    /// Let one go that a person had to look at.
    Clear {
        /// Its number.
        payout: i64,
    },
    /// Refuse one; the money goes back.
    Refuse {
        /// Its number.
        payout: i64,
        /// What the creator reads.
        #[arg(long)]
        why: String,
    },
    /// Say how one ended whose rail does not tell; a second person decides.
    Conclude {
        /// Its number.
        payout: i64,
        /// paid, failed or returned.
        #[arg(long = "as", value_name = "END")]
        end: String,
        /// Why that is known; the creator reads it where money comes back.
        #[arg(long)]
        why: String,
    },
    /// Ask the provider for money back that did not go on from there.
    Recall {
        /// Its number.
        payout: i64,
    },
    /// Put all that may go into batches, one for each account.
    Batch,
    /// List batches.
    Batches,
    /// Propose to let a batch go, exactly as it was shown; a second person decides.
    Approve {
        /// Its number.
        batch: i64,
        /// Its digest, as `stipend payout batches` shows it.
        #[arg(long)]
        digest: String,
    },
    /// Give an open batch up.
    Discard {
        /// Its number.
        batch: i64,
    },
    /// Print the file for the bank, of a batch that was handed over.
    File {
        /// The batch.
        batch: i64,
    },
    /// Take in what a bank or provider answers: pain.002, camt.053, camt.054, NACHA, CSV.
    Report {
        /// The file.
        file: PathBuf,
    },
    /// What reports say and the ledger does not.
    Differences {
        /// Resolved ones too.
        #[arg(long)]
        all: bool,
    },
    /// Say how a difference was resolved.
    Resolve {
        /// Its number.
        difference: i64,
        /// How.
        #[arg(long)]
        how: String,
    },
    /// Say that money came onto an account of the platform, or left it.
    Cash {
        /// The account, by its name in the terms.
        account: String,
        /// How much in its currency; below nought for what left.
        #[arg(long, allow_hyphen_values = true)]
        amount: String,
        /// capital, fee or tax.
        #[arg(long, default_value = "capital")]
        what: String,
        /// For tax: the country.
        #[arg(long, default_value = "")]
        country: String,
        /// Why.
        #[arg(long)]
        why: String,
    },
    /// What the platform owes and what it has, per currency.
    Liabilities,
    /// What each creator was paid and what was withheld in a year.
    Tax {
        /// The year.
        year: i32,
    },
}
