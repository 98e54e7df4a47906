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

# About membership, to creators.
member-invited =
    You are invited to the program { $program } ({ $title }). Open the program’s page to accept; the invitation is open through { $until }.
    .subject = { $program }: you are invited
member-applied =
    Your application for the program { $program } was taken. You get an answer by { $due }.
    .subject = { $program }: your application was taken
member-approved =
    You are a member of the program { $program } from { $day } on.
    .subject = { $program }: you are in
member-rejected =
    Your application for the program { $program } was not accepted. { $reasons } { $text } A new application is taken from { $reapply } on.
    .subject = { $program }: your application was not accepted
member-suspended =
    From { $day } on you earn nothing in the program { $program }, until this is mended: { $reasons } Why, and what you can do, is shown on the program’s page.
    .subject = { $program }: your membership is suspended
member-restored =
    What kept you from earning in the program { $program } is mended. You earn again from { $day } on.
    .subject = { $program }: you earn again
member-removed =
    You are no longer a member of the program { $program } from { $day } on: { $text }
    .subject = { $program }: your membership has ended
member-left =
    You left the program { $program } on { $day }. What you earned stays yours. You can come back.
    .subject = { $program }: you left
member-superseded =
    The program { $by } takes the place of { $program }. You are a member of it from { $day } on; you need do nothing.
    .subject = { $program } becomes { $by }
succession-announced =
    From { $day } on the program { $by } takes the place of { $program }. Members are taken over; you need do nothing.
    .subject = { $program } becomes { $by } on { $day }
program-closing =
    The program { $program } ends: its last day is { $day }. That day is settled as every other, and what was carried is paid with it.
    .subject = { $program } ends on { $day }

# About membership, to operators.
review-due =
    Review { $review } ({ $creator } for the program { $program }) is due at { $due } and not decided. It was moved to the front of the queue.
    .subject = Review { $review } is due soon
review-overdue =
    Review { $review } ({ $creator } for the program { $program }) was due at { $due } and is not decided. The creator was promised an answer by then.
    .subject = Review { $review } is overdue
shadow-differs =
    The shadow of the program { $program } would have paid { $shadow } { $currency } for { $day }; { $live } { $currency } were paid. { $creators } creators would have got another amount.
    .subject = { $program }: the shadow run of { $day }
