# To creators.
day-published =
    For { $day } you earned { $paid } { $currency } in the program { $program }. Why it is that sum, work by work, is shown with your earnings.
    .subject = { $program }: your earnings of { $day }
day-corrected =
    Your earnings of { $day } in the program { $program } were counted again: they are now { $paid } { $currency }, a change of { $change } { $currency }. Nothing was taken away without a line that says why; it is shown with your earnings.
    .subject = { $program }: your earnings of { $day } were corrected

# To operators.
day-overdue =
    The day { $day } of the program { $program } should have been settled at { $due } and is not. Look at the jobs and at the event log: `stipend doctor` says what is wrong.
    .subject = { $program }: { $day } is not settled
ledger-wrong =
    The check of the ledger and the audit log found { $problems } things that do not hold. The first: { $first }. Post nothing by hand; `stipend ledger check` and `stipend audit check` name them all.
    .subject = The ledger does not hold
job-dead =
    The job { $job } ({ $kind } of { $subject }) was given up. Its result says why; put it back when the cause is mended.
    .subject = Job { $job } was given up
webhook-disabled =
    The webhook { $webhook } ({ $url }) is not called any more: { $why }. Enable it again when it is mended, and replay what it missed.
    .subject = Webhook { $webhook } was disabled
sign-ins-failed =
    There were { $attempts } attempts in a row to sign in as { $operator } that failed. The next attempts have to wait.
    .subject = Failed attempts to sign in
proposal-made =
    Proposal { $proposal } ({ $command }: { $subject }) waits for a second person. Read what it would do, then approve or reject it.
    .subject = Proposal { $proposal } waits for a decision
proposal-decided =
    Proposal { $proposal } ({ $command }: { $subject }) is { $state ->
        [approved] approved and done
        [rejected] rejected
       *[void] void
    }. { $why }
    .subject = Proposal { $proposal } was decided
