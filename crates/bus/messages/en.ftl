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

# Of wallets, to creators.
wallet-adjusted =
    Your wallet was changed by { $amount } { $currency } by hand: { $why }. Two people decided it; it is shown in your statement.
    .subject = Your wallet was changed by { $amount } { $currency }
method-changed =
    { $what ->
        [added] The payout method { $label } was added to your account. Money can go there from { $usable } on. If it was not you, remove it now and tell the platform.
        [removed] The payout method { $label } was removed from your account. If it was not you, tell the platform.
        [confirmed] The name of the payout method { $label } was confirmed as yours.
       *[refused] The name of the payout method { $label } is not yours, as far as can be seen. Add a method in your own name.
    }
    .subject = Your payout methods were changed
hold-made =
    { $amount ->
        [all] Your whole wallet is held
       *[other] { $amount } { $currency } of your wallet are held
    }: { $note }. { $until ->
        [none] The money stays yours; you are told when it is released.
       *[other] The money stays yours and is released at { $until } at the latest.
    }
    .subject = Money in your wallet is held
hold-released =
    { $amount ->
        [all] Your whole wallet
       *[other] { $amount } { $currency } of your wallet
    } had been held ({ $note }) and can be drawn again.
    .subject = Money in your wallet was released
payout-requested =
    Your payout { $payout } of { $amount } { $currency } is on its way: { $net } { $paid } should arrive.
    .subject = Payout { $payout }: { $amount } { $currency }
payout-paid =
    Your payout { $payout } was paid: { $net } { $paid }.
    .subject = Payout { $payout } was paid
payout-back =
    Your payout { $payout } of { $amount } { $currency } did not go through ({ $reason }). The money is back in your wallet.
    .subject = Payout { $payout } came back

# Of wallets, to operators.
hold-old =
    The hold { $hold } on money of the creator { $creator } exists since { $since }. Release it, or say until when it lasts.
    .subject = The hold { $hold } is old
float-short =
    The account { $account } has { $there } { $currency }; the batch { $batch } needs { $needed }. The batch does not start, and the payouts wait: put money there and say so.
    .subject = The account { $account } cannot pay the batch { $batch }
differences-found =
    The report { $source } ({ $kind }) differs from the ledger in { $differences } places. Look at the differences and resolve them.
    .subject = { $differences } differences in { $source }
payout-stuck =
    Whether the payout { $payout } arrived at { $rail } is not known for an hour ({ $reason }). Nothing is sent again under another key: look there, under the payout’s key.
    .subject = The payout { $payout } is not known at { $rail }
wallet-dormant =
    Nothing came to your wallet for { $days } days, and you did nothing with it. Draw your money, or choose anything in your wallet, before { $due }: after that it is set aside as unclaimed. It stays yours, and you can claim it at any time.
    .subject = Your wallet sleeps
wallet-unclaimed =
    The money in your wallet was set aside as unclaimed. It stays yours: claim it in your wallet at any time.
    .subject = Your money is unclaimed
appeal-filed =
    We have your appeal { $appeal }. It is answered by { $due }. You can add to it until then.
    .subject = Your appeal { $appeal } was filed
appeal-said =
    The officer who looks at your appeal { $appeal } has written to you.
    .subject = A message in your appeal { $appeal }
appeal-won =
    Your appeal { $appeal } was right: the decision ({ $reasons }) is lifted. { $text } What it took from you is computed and paid by itself by { $by }; you need not do anything.
    .subject = Your appeal { $appeal } was right
work-attacked =
    On { $day } your work { $work } in { $program } got many views that were not believable, and that you did not cause. They do not count, nothing is held against you, and you need not do anything.
    .subject = Your work { $work } was attacked from outside
remedy-decided =
    What was held against your account or works ({ $reasons }) was wrong, and is lifted. { $text } What it took from you is computed and paid by itself by { $by }; you need not do anything.
    .subject = A decision about you was wrong, and is made good
appeal-lost =
    The decision that your appeal { $appeal } is about stands ({ $reasons }). { $text }
    .subject = Your appeal { $appeal }: the decision stands
appeal-due =
    The appeal { $appeal } of { $creator } is to be answered by { $due }.
    .subject = The appeal { $appeal } is due soon
appeal-overdue =
    The appeal { $appeal } of { $creator } should have been answered by { $due }.
    .subject = The appeal { $appeal } is overdue
backpay-paid =
    { $amount } { $currency } of back-pay from the program { $program } are in your wallet: what the decision in your appeal { $appeal } had taken.
    .subject = Back-pay: { $amount } { $currency }
backpay-late =
    What appeal { $appeal } brings should have arrived by { $due }, and did not: look at the reserve and at jobs that were given up.
    .subject = Back-pay of appeal { $appeal } is late
backpay-short =
    The reserve for back-pay of the program { $program } has { $there } { $currency }; the appeal { $appeal } needs { $needed }. The money is held until the reserve is filled.
    .subject = The reserve of { $program } is too small
appeal-lifted =
    Your appeal { $appeal } was right: the decision is lifted. { $text }
    .subject = Your appeal { $appeal } was right
copyright-filed =
    Somebody says that { $share } % of your work { $work } is his: { $words }. From { $from } on, that share of what the work earns is held until the claim { $claim } is decided. Say why it is not so, or accept it.
    .subject = A copyright claim on { $work }
copyright-upheld =
    The copyright claim { $claim } on your work { $work } is right: { $share } % of what the work earns is the claimant’s, and { $amount } that was held is his. { $text }
    .subject = { $share } % of { $work } is another’s
copyright-won =
    Your copyright claim { $claim } on the work { $work } is right: { $amount } that was held is yours, and { $share } % of what the work earns from now on.
    .subject = Your claim on { $work } is right
copyright-lifted =
    The copyright claim { $claim } on your work { $work } is over: { $amount } that was held is yours again. { $text }
    .subject = The claim on { $work } is over
copyright-lost =
    Your copyright claim { $claim } on the work { $work } is over, and no more of its earnings is held or yours. { $text }
    .subject = Your claim on { $work } is over
copyright-old =
    The copyright claim { $claim } on the work { $work } is open since { $since }, and money is held for it. Decide it.
    .subject = The copyright claim { $claim } is old
backpay-corrected =
    Days of { $program } that your appeal { $appeal } had been paid for were corrected: { $amount } { $currency } of it was too much and went back.
    .subject = { $amount } { $currency } of your back-pay went back
copyright-ended =
    The claimant took the copyright claim { $claim } on the work { $work } back. From now on its { $share } % are the creator’s again; what came of it before stays the claimant’s.
    .subject = The claim on { $work } has ended
