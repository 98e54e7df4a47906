"""Checks a data folder's invariants from outside: SQL, hashes and Parquet, no code of the engine.

usage: invariants.py DATA_DIR [--database-url URL]

Prints one line for each invariant. Exit code: 0 all hold, 1 one does not, 2 the judge could not run
or the folder has nothing settled.
"""
import argparse
import hashlib
import re
import sys
from collections import defaultdict
from pathlib import Path

import duckdb

from folder import CannotRun, Database, segments
from policy import Policy, next_day

LINE = ["qualified_views", "score", "earned", "carried_in", "paid", "carried_out", "forfeited",
        "reason"]


class Broken(Exception):
    """An invariant does not hold."""


def need(holds, message):
    """Fails the invariant unless something holds."""
    if not holds:
        raise Broken(message)


class Folder:
    """What all checks read, read once."""

    def __init__(self, data_dir, url):
        self.lake = Path(data_dir) / "lake"
        self.database = database = Database(data_dir, url)
        text = database.hex_of
        self.transfers = database.rows(
            "SELECT seq, batch, transfer_id, debit, credit, asset, amount, program, day, run "
            "FROM transfer ORDER BY batch, seq")
        self.batches = database.rows(
            f"SELECT seq, posting_key, {text('previous')} AS previous, {text('digest')} AS digest, "
            "transfer_count FROM batch ORDER BY seq")
        self.accounts = database.rows("SELECT account, asset, overdraft, debits, credits FROM account")
        self.runs = database.rows(
            "SELECT program, day, number, policy_version, manifest_seq, work_days_path, "
            f"{text('work_days_digest')} AS work_days_digest, lines_path, "
            f"{text('lines_digest')} AS lines_digest, line_count, paid, spent, accepted "
            "FROM run ORDER BY program, day, number")
        self.confirmed = {tuple(row[:3]): row[3] for row in database.rows(
            "SELECT program, day, number, manifest_seq FROM confirmation")}
        self.policies = {(program, version): Policy(document) for program, version, document in
                         database.rows("SELECT program, version, document FROM policy")}
        self.spans = database.rows("SELECT seq, first_us, last_us, event_count FROM segment")
        self.segments = segments(database, data_dir)
        self.data_dir = data_dir
        self._tables = {}

    def table(self, path):
        """A Parquet table of the lake: names of its columns, and rows."""
        if path not in self._tables:
            done = duckdb.execute("SELECT * FROM read_parquet(?, file_row_number = true) "
                                  "ORDER BY file_row_number", [str(self.lake / path)])
            names = [column[0] for column in done.description][:-1]
            self._tables[path] = names, [row[:-1] for row in done.fetchall()]
        return self._tables[path]

    def days(self):
        """The runs of each program and day, by number."""
        days = defaultdict(list)
        for run in self.runs:
            days[run[0], run[1]].append(run)
        return days

    def standing(self, runs):
        """The line of each creator after all runs of a day; dropped creators are gone."""
        lines = {}
        for run in runs:
            names, rows = self.table(run[7])
            for row in rows:
                line = dict(zip(names, row))
                lines[line["creator"]] = line
        return {creator: line for creator, line in lines.items()
                if any(line[name] not in (0, "") for name in LINE)}


def i1(folder):
    """Of each asset all balances sum to nought; a transfer has two sides and moves something."""
    assets = set()
    for *_, debit, credit, asset, amount, _, _, _ in folder.transfers:
        need(amount > 0 and debit != credit, f"a transfer of {amount} from {debit} to {credit}")
        assets.add(asset)
    balances = defaultdict(int)
    for _, asset, _, debits, credits in folder.accounts:
        balances[asset] += credits - debits
    for asset, balance in balances.items():
        need(balance == 0, f"the balances in {asset} sum to {balance}")
    return f"{len(folder.transfers)} transfers in {', '.join(sorted(assets)) or 'no asset'}"


def i2(folder):
    """The table of balances is the fold of the transfers."""
    fold = defaultdict(lambda: [0, 0])
    for *_, debit, credit, asset, amount, _, _, _ in folder.transfers:
        fold[debit, asset][0] += amount
        fold[credit, asset][1] += amount
    stored = {(account, asset): [debits, credits] for account, asset, _, debits, credits in
              folder.accounts if debits or credits}
    for key in stored.keys() | fold.keys():
        need(stored.get(key) == fold.get(key),
             f"{key}: stored {stored.get(key)}, folded {fold.get(key)}")
    return f"{len(stored)} accounts"


def i3(folder):
    """The hash chain verifies, and the database refuses to change or delete a transfer."""
    parts = defaultdict(list)
    for _, batch, *fields in folder.transfers:
        parts[batch].append(fields)
    previous = "00" * 32
    for seq, key, before, digest, count in folder.batches:
        need(before == previous, f"batch {seq} `{key}` does not follow the one before it")
        need(count == len(parts[seq]), f"batch `{key}` says {count} transfers, has {len(parts[seq])}")
        text = "".join("\t".join(map(str, fields)) + "\n" for fields in parts.pop(seq, []))
        link = hashlib.sha256(bytes.fromhex(before) + f"{key}\n{text}".encode()).hexdigest()
        need(link == digest, f"batch `{key}` is not what was posted")
        previous = digest
    need(not any(parts.values()), "there are transfers without a batch")
    tried = 0
    for table, column in (("transfer", "amount"), ("batch", "transfer_count"), ("run", "paid")):
        if folder.database.rows(f"SELECT count(*) AS n FROM {table}")[0][0] == 0:
            continue
        for change in (f"UPDATE {table} SET {column} = {column} + 1", f"DELETE FROM {table}"):
            # Foreign keys refuse some deletions too: it must be the rule of append-only.
            refusal = folder.database.try_change(change)
            need(refusal is not None, f"the database allows `{change}`")
            need("append-only" in refusal, f"`{change}` is refused only by: {refusal}")
            tried += 1
    return f"{len(folder.batches)} batches chained, {tried} changes refused"


def i4(folder):
    """Only the platform's own accounts and debts of creators are below nought."""
    funding = re.compile(r"program:[^:]+:funding|owed:.*|cash:.*|exchange:.*|fees:.*|withheld:.*|"
                         r"platform:(capital|adjustments)")
    for account, asset, overdraft, debits, credits in folder.accounts:
        may = bool(funding.fullmatch(account))
        need(not account.startswith("owed:") or credits <= debits,
             f"{account} is a debt of less than nought")
        need(bool(overdraft) == may, f"{account} may be overdrawn")
        need(may or credits >= debits, f"{account} has {credits - debits} {asset}")
    return f"{len(folder.accounts)} accounts"


def compared_with(folder, runs):
    """The manifest that a day was last compared with, or None when no later segment touches it."""
    program, day, number, version, manifest = runs[-1][:5]
    manifest = folder.confirmed.get((program, day, number), manifest)
    policy = folder.policies[program, version]
    start, until = policy.start_us(day), policy.start_us(next_day(day))
    later = any(seq > manifest and last >= start and first < until
                for seq, first, last, _ in folder.spans)
    return manifest if later else None


def count_events(folder, policy, days, manifest):
    """Events of each day by the earliest time of their copies; with a manifest, only of its
    segments. Gives also how many lie outside."""
    paths = [path for seq, path in folder.segments if manifest is None or seq <= manifest]
    bounds = [(day, policy.start_us(day), policy.start_us(next_day(day))) for day in days]
    cases = " ".join(f"WHEN time >= {start} AND time < {until} THEN '{day}'"
                     for day, start, until in bounds)
    rows = duckdb.execute(
        f"SELECT CASE {cases} END AS day, sum(copies)::BIGINT FROM (SELECT min(epoch_us(time)) AS time, "
        "count(*) AS copies FROM read_parquet(?) GROUP BY id, viewer) GROUP BY day", [paths]).fetchall()
    return dict(rows)


def i5(folder):
    """Every accepted event is counted once: rows accepted by imports are the rows of the segments,
    and those are the events of settled days and the events of no settled day."""
    accepted = folder.database.rows("SELECT CAST(coalesce(sum(rows_accepted), 0) AS BIGINT) AS n "
                                    "FROM import WHERE kind = 'events'")[0][0]
    named = sum(span[3] for span in folder.spans)
    need(accepted == named, f"imports accepted {accepted}, segments hold {named}")
    paths = [path for _, path in folder.segments]
    rows = duckdb.execute("SELECT count(*) FROM read_parquet(?)", [paths]).fetchone()[0] if paths else 0
    need(rows == named, f"the segments say {named} events, their files hold {rows}")
    told = []
    for program in sorted({run[0] for run in folder.runs}):
        days = {day: runs for (name, day), runs in folder.days().items() if name == program}
        groups = defaultdict(list)
        for day, runs in days.items():
            groups[compared_with(folder, runs)].append(day)
        policy = folder.policies[program, min(v for p, v in folder.policies if p == program)]
        for manifest, group in groups.items():
            counts = count_events(folder, policy, group, manifest)
            for day in group:
                held = days[day][-1][12]
                need(held == counts.get(day, 0),
                     f"{program} {day}: accepted {held}, the log holds {counts.get(day, 0)}")
            if manifest is None:
                outside = counts.get(None, 0)
                told.append(f"{program}: {rows - outside} in {len(group)} settled days, {outside} "
                            "outside")
            else:
                told.append(f"{program}: {len(group)} days as of segment {manifest}")
    return f"{accepted} accepted; " + "; ".join(told)


def csv_cell(value):
    """A value as canonical CSV writes it: texts that a spreadsheet would take for a formula get an
    apostrophe, texts with separators are quoted."""
    if isinstance(value, int):
        return str(value)
    number = re.fullmatch(r"-[0-9]+", value) and int(value) >= -(2**63)
    formula = value[:1] in ("=", "+", "@", "\t", "\r") and value or (value[:1] == "-" and not number)
    if not formula and not any(mark in value for mark in ',"\n\r'):
        return value
    quoted = value.replace('"', '""')
    return f"\"{chr(39) if formula else ''}{quoted}\""


def csv_digest(names, rows):
    """SHA-256 of a table as canonical CSV with its header."""
    digest = hashlib.sha256((",".join(names) + "\n").encode())
    for row in rows:
        digest.update((",".join(map(csv_cell, row)) + "\n").encode())
    return digest.hexdigest()


def i6(folder):
    """The tables of each run are what its digests say."""
    seen = set()
    for program, day, number, _, _, days_path, days_digest, lines_path, lines_digest, *_ in folder.runs:
        for path, digest in ((days_path, days_digest), (lines_path, lines_digest)):
            if (path, digest) not in seen:
                seen.add((path, digest))
                need(csv_digest(*folder.table(path)) == digest,
                     f"{program} {day} run {number}: `{path}` is not what was posted")
    return f"{len(seen)} tables"


def i7(folder):
    """Of each day, paid + carried + forfeited is what was earned; a pool is used up exactly. What
    creators have in the ledger is what their lines say."""
    balances = defaultdict(int)
    pools = 0
    for (program, day), runs in sorted(folder.days().items()):
        policy = folder.policies[program, runs[0][3]]
        lines = folder.standing(runs)
        for creator, line in lines.items():
            given = line["paid"] + line["carried_out"] + line["forfeited"]
            need(line["earned"] + line["carried_in"] == given,
                 f"{program} {day} {creator}: earned and carried in are not what was given")
            balances[f"earned:{creator}", policy.asset] += line["paid"]
            carried = line["carried_out"] - line["carried_in"]
            balances[f"carried:{program}:{creator}", policy.asset] += carried
            balances[f"program:{program}:forfeited", policy.asset] += line["forfeited"]
        earned = sum(line["earned"] for line in lines.values())
        scored = any(line["score"] > 0 for line in lines.values())
        if policy.pool is not None and policy.budget is None:
            wanted = policy.pool if scored else 0
            need(earned == wanted, f"{program} {day}: {earned} of a pool of {wanted} was earned")
            pools += 1
        elif policy.pool is not None:
            need(earned <= policy.pool, f"{program} {day}: {earned} is more than the pool")
    stored = {(account, asset): credits - debits for account, asset, _, debits, credits in
              folder.accounts if account.startswith("carried:") or account.endswith(":forfeited")}
    # What wallets do with earnings afterwards names no program.
    for _, _, _, debit, credit, asset, amount, program, _, _ in folder.transfers:
        for account, units in ((debit, -amount), (credit, amount)):
            if program and account.startswith("earned:"):
                stored[account, asset] = stored.get((account, asset), 0) + units
    for key in stored.keys() | balances.keys():
        need(stored.get(key, 0) == balances.get(key, 0),
             f"{key}: the ledger has {stored.get(key, 0)}, the lines sum to {balances.get(key, 0)}")
    budgets(folder)
    return f"{len(folder.days())} days, {pools} whole pools, {len(balances)} balances by lines"


def budgets(folder):
    """What a month's days took of the budget is at most the budget."""
    spent, most = defaultdict(int), {}
    for (program, day), runs in folder.days().items():
        policy = folder.policies[program, runs[0][3]]
        if policy.budget is not None:
            lines = folder.standing(runs).values()
            spent[program, day[:7]] += sum(line["earned"] - line["forfeited"] for line in lines)
            most[program, day[:7]] = max(most.get((program, day[:7]), 0), policy.budget)
    for key, taken in spent.items():
        need(taken <= most[key], f"{key}: {taken} of a monthly budget of {most[key]}")


def i9(folder):
    """What left wallets is paid, in fees and taxes, on its way, or back, per currency; each payout
    moved money at most once each way (I10); what is on its way is what wallets reserve."""
    rows = folder.database.rows(
        "SELECT seq, creator, state, asset, amount, paid_asset, gross, tax, fee, net FROM payout")
    moved = defaultdict(int)
    for _, _, transfer, debit, credit, asset, amount, program, _, _ in folder.transfers:
        if transfer.startswith("payout/"):
            occasion = transfer.rpartition("#")[0]
            moved[occasion, debit.split(":")[0], credit.split(":")[0], asset] += amount
    steps = defaultdict(set)
    for occasion, *_ in moved:
        _, number, step = occasion.split("/")
        steps[int(number)].add(step)
    wanted = {"paid": {"requested", "paid"}, "returned": None, "failed": {"requested", "back"},
              "cancelled": {"requested", "back"}, "refused": {"requested", "back"}}
    reserved = defaultdict(int)
    for seq, creator, state, asset, amount, paid_asset, gross, tax, fee, net in rows:
        need(gross == tax + fee + net, f"payout {seq} does not add up")
        name = f"payout/{seq}"
        took = moved[f"{name}/requested", "available", "paying", asset]
        need(took == amount, f"payout {seq} took {took} of {amount}")
        ways = ({"requested", "back"}, {"requested", "paid", "returned"}) if state == "returned" \
            else (wanted.get(state, {"requested"}),)
        need(steps[seq] in ways, f"payout {seq} is {state} and did {sorted(steps[seq])}")
        if "paid" in steps[seq]:
            paid = moved[f"{name}/paid", "paying", "cash", paid_asset]
            need(paid == net, f"payout {seq} paid {paid} of {net}")
        if steps[seq] == {"requested"}:
            reserved[f"paying:{creator}", paid_asset] += gross
    for account, asset, _, debits, credits in folder.accounts:
        if account.startswith("paying:"):
            need(credits - debits == reserved.pop((account, asset), 0),
                 f"{account} is not what payouts on their way reserve")
    need(not any(reserved.values()), f"payouts reserve what no account has: {dict(reserved)}")
    return f"{len(rows)} payouts"


def n19(folder):
    """What is disputed is what open copyright claims took; what a claim took of a day is what its
    transfers moved, and at most its share of what the work was paid, by the day's scores."""
    claims = {row[0]: row[1:] for row in folder.database.rows(
        "SELECT seq, work, creator, claimant, share_ppm, state FROM copyright")}
    taken, wanted = defaultdict(int), defaultdict(int)
    for claim, program, day, _, asset, amount in folder.database.rows(
            "SELECT claim, program, day, number, asset, amount FROM copyright_part"):
        taken[claim, program, day] += amount
        if claims[claim][4] == "open":
            wanted[f"disputed:{claims[claim][1]}", asset] += amount
    for account, asset, _, debits, credits in folder.accounts:
        if account.startswith("disputed:"):
            need(credits - debits == wanted.pop((account, asset), 0),
                 f"{account} is not what open claims took")
    need(not any(wanted.values()), f"claims took what no account has: {dict(wanted)}")
    moved = defaultdict(int)
    for _, _, transfer, debit, credit, _, amount, _, _, _ in folder.transfers:
        parts = transfer.partition("#")[0].split("/")
        if parts[0] == "copyright" and len(parts) == 5:
            claim = int(parts[1])
            own = {f"{state}:{claims[claim][1]}" for state in ("earned", "available", "owed")}
            moved[claim, parts[2], parts[3]] += amount * ((debit in own) - (credit in own))
    for key in moved.keys() | taken.keys():
        claim, program, day = key
        need(moved[key] == taken[key], f"claim {claim}: {day} moved {moved[key]}, not {taken[key]}")
        work, creator, _, share, _ = claims[claim]
        most = max(of_work(folder, program, day, runs, creator, work) for runs in
                   (folder.days()[program, day][:count + 1]
                    for count in range(len(folder.days()[program, day]))))
        due = most * share // 1_000_000 // 10_000 * 10_000
        need(0 <= taken[key] <= due, f"claim {claim}: {day} took {taken[key]} of {due}")
    return f"{len(claims)} claims, {len(taken)} days"


def of_work(folder, program, day, runs, creator, work):
    """What a work was paid of a creator's day after some runs: by scores, in the units that its
    program settles to, the rest to the largest remainders, the first of equal ones first."""
    line = folder.standing(runs).get(creator)
    names, rows = folder.table(runs[-1][5])
    rows = [dict(zip(names, row)) for row in rows]
    scores = [(row["work"], row["score"]) for row in rows if row["creator"] == creator]
    total = sum(score for _, score in scores)
    if line is None or line["paid"] <= 0 or total == 0:
        return 0
    unit = folder.policies[program, runs[-1][3]].unit
    unit = unit if line["paid"] % unit == 0 else 1
    paid = line["paid"] // unit
    parts = [paid * score // total for _, score in scores]
    order = sorted(range(len(scores)), key=lambda place: (-(paid * scores[place][1] % total), place))
    for place in order[:paid - sum(parts)]:
        parts[place] += 1
    return sum(part * unit for (name, _), part in zip(scores, parts) if name == work)


def i8(folder):
    """Runs of a day are numbered from 0 without a gap; each names what stood before it; the sum of
    what they moved is what stands."""
    count = 0
    for (program, day), runs in folder.days().items():
        numbers = [run[2] for run in runs]
        need(numbers == list(range(len(runs))), f"{program} {day}: runs are numbered {numbers}")
        paid, moved = defaultdict(int), 0
        for run in runs:
            names, rows = folder.table(run[7])
            need(len(rows) == run[9], f"{program} {day} run {run[2]} has {len(rows)} lines")
            lines = [dict(zip(names, row)) for row in rows]
            for line in lines:
                who = f"{program} {day} run {run[2]} {line['creator']}"
                need((line["day"], line["run"]) == (day, run[2]), f"{who}: another day or run")
                need(line["before"] == paid[line["creator"]], f"{who}: before is not what stood")
                need(line["amount"] == line["paid"] - line["before"], f"{who}: amount is wrong")
                paid[line["creator"]] = line["paid"]
            need(sum(line["amount"] for line in lines) == run[10], f"{program} {day}: paid is wrong")
            moved += run[10]
            count += 1
        standing = sum(line["paid"] for line in folder.standing(runs).values())
        need(moved == standing, f"{program} {day}: runs moved {moved}, but {standing} stands")
    return f"{count} runs of {len(folder.days())} days"


def i22(folder):
    """Each instant of the settled range belongs to one day: no gap, no overlap, no day left out."""
    told = []
    for program in sorted({run[0] for run in folder.runs}):
        days = sorted(day for name, day in folder.days() if name == program)
        policy = folder.policies[program, min(v for p, v in folder.policies if p == program)]
        day, last_end, hours = days[0], policy.start_us(days[0]), set()
        while day <= days[-1]:
            need(day in days, f"{program}: {day} lies between settled days and is not settled")
            start, until = policy.start_us(day), policy.start_us(next_day(day))
            need(start == last_end and until >= start, f"{program}: {day} does not follow")
            hours.add((until - start) / 3.6e9)
            last_end, day = until, next_day(day)
        # Each event of the range lies in one day, by the bounds alone.
        begin, end = policy.start_us(days[0]), last_end
        counts = count_events(folder, policy, days, None)
        inside = sum(count for day, count in counts.items() if day)
        paths = [path for _, path in folder.segments]
        all_inside = duckdb.execute(
            "SELECT coalesce(sum(copies), 0)::BIGINT FROM (SELECT min(epoch_us(time)) AS time, count(*) "
            "AS copies FROM read_parquet(?) GROUP BY id, viewer) WHERE time >= ? AND time < ?",
            [paths, begin, end]).fetchone()[0]
        need(inside == all_inside, f"{program}: {inside} events in days, {all_inside} in the range")
        told.append(f"{program}: {len(days)} days of {min(hours):g} to {max(hours):g} hours")
    return "; ".join(told)


CHECKS = {"I1": i1, "I2": i2, "I3": i3, "I4": i4, "I5": i5, "I6": i6, "I7": i7, "I8": i8, "I9": i9,
          "I22": i22, "N19": n19}


def main():
    """Runs every check; gives the exit code."""
    parser = argparse.ArgumentParser(description="Checks a data folder's invariants from outside.")
    parser.add_argument("data_dir")
    parser.add_argument("--database-url")
    args = parser.parse_args()
    broken = 0
    try:
        folder = Folder(args.data_dir, args.database_url)
        if not folder.runs or not folder.segments:
            raise CannotRun("nothing is settled here: there is nothing to check")
        for name, check in CHECKS.items():
            try:
                print(f"{name} ok ({check(folder)})")
            except Broken as problem:
                broken += 1
                print(f"{name} BROKEN: {problem}")
    except (CannotRun, duckdb.Error, OSError) as error:
        print(f"could not run: {error}", file=sys.stderr)
        return 2
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
