# Aan makers.
day-published =
    Voor { $day } heb je { $paid } { $currency } verdiend in het programma { $program }. Waarom het dit bedrag is, werk voor werk, staat bij je inkomsten.
    .subject = { $program }: je inkomsten van { $day }
day-corrected =
    Je inkomsten van { $day } in het programma { $program } zijn opnieuw geteld: ze zijn nu { $paid } { $currency }, een verschil van { $change } { $currency }. Er is niets afgehaald zonder een regel die zegt waarom; die staat bij je inkomsten.
    .subject = { $program }: je inkomsten van { $day } zijn gecorrigeerd

# Aan operators.
day-overdue =
    De dag { $day } van het programma { $program } had op { $due } verrekend moeten zijn en is dat niet. Kijk naar de taken en het gebeurtenissenlogboek: `stipend doctor` zegt wat er mis is.
    .subject = { $program }: { $day } is niet verrekend
ledger-wrong =
    De controle van het grootboek en het auditlogboek vond { $problems } dingen die niet kloppen. Het eerste: { $first }. Boek niets met de hand; `stipend ledger check` en `stipend audit check` noemen ze allemaal.
    .subject = Het grootboek klopt niet
job-dead =
    De taak { $job } ({ $kind } van { $subject }) is opgegeven. Het resultaat zegt waarom; zet haar terug als de oorzaak verholpen is.
    .subject = Taak { $job } is opgegeven
webhook-disabled =
    De webhook { $webhook } ({ $url }) wordt niet meer aangeroepen: { $why }. Zet hem weer aan als hij hersteld is en speel af wat hij gemist heeft.
    .subject = Webhook { $webhook } is uitgeschakeld
sign-ins-failed =
    Er waren { $attempts } mislukte pogingen achter elkaar om in te loggen als { $operator }. De volgende pogingen moeten wachten.
    .subject = Mislukte inlogpogingen
proposal-made =
    Voorstel { $proposal } ({ $command }: { $subject }) wacht op een tweede persoon. Lees wat het zou doen en keur het daarna goed of af.
    .subject = Voorstel { $proposal } wacht op een beslissing
proposal-decided =
    Voorstel { $proposal } ({ $command }: { $subject }) is { $state ->
        [approved] goedgekeurd en uitgevoerd
        [rejected] afgewezen
       *[void] vervallen
    }. { $why }
    .subject = Over voorstel { $proposal } is beslist

# Over lidmaatschap, aan makers.
member-invited =
    Je bent uitgenodigd voor het programma { $program } ({ $title }). Open de pagina van het programma om de uitnodiging aan te nemen; dat kan tot en met { $until }.
    .subject = { $program }: je bent uitgenodigd
member-applied =
    Je aanmelding voor het programma { $program } is ontvangen. Je krijgt uiterlijk { $due } antwoord.
    .subject = { $program }: je aanmelding is ontvangen
member-approved =
    Je bent vanaf { $day } lid van het programma { $program }.
    .subject = { $program }: je doet mee
member-rejected =
    Je aanmelding voor het programma { $program } is niet aangenomen. { $reasons } { $text } Vanaf { $reapply } kun je je opnieuw aanmelden.
    .subject = { $program }: je aanmelding is niet aangenomen
member-suspended =
    Vanaf { $day } verdien je niets in het programma { $program }, totdat dit is opgelost: { $reasons } Waarom dat zo is en wat je kunt doen, staat op de pagina van het programma.
    .subject = { $program }: je lidmaatschap is opgeschort
member-restored =
    Wat je verhinderde om in het programma { $program } te verdienen, is opgelost. Vanaf { $day } verdien je weer.
    .subject = { $program }: je verdient weer
member-removed =
    Je bent vanaf { $day } geen lid meer van het programma { $program }: { $text }
    .subject = { $program }: je lidmaatschap is beëindigd
member-left =
    Je hebt het programma { $program } op { $day } verlaten. Wat je verdiend hebt, blijft van jou. Je kunt terugkomen.
    .subject = { $program }: je bent eruit gestapt
member-superseded =
    Het programma { $by } komt in de plaats van { $program }. Je bent er vanaf { $day } lid van; je hoeft niets te doen.
    .subject = { $program } wordt { $by }
succession-announced =
    Vanaf { $day } komt het programma { $by } in de plaats van { $program }. Leden gaan vanzelf mee; je hoeft niets te doen.
    .subject = { $program } wordt { $by } op { $day }
program-closing =
    Het programma { $program } stopt: de laatste dag is { $day }. Die dag wordt verrekend zoals elke andere, en wat was doorgeschoven wordt daarbij uitbetaald.
    .subject = { $program } stopt op { $day }

# Over lidmaatschap, aan operators.
review-due =
    Over beoordeling { $review } ({ $creator } voor het programma { $program }) moet uiterlijk { $due } beslist zijn en dat is nog niet gebeurd. Ze is vooraan in de wachtrij gezet.
    .subject = Beoordeling { $review } moet binnenkort af zijn
review-overdue =
    Over beoordeling { $review } ({ $creator } voor het programma { $program }) had uiterlijk { $due } beslist moeten zijn en dat is niet gebeurd. De maker was voor die tijd een antwoord beloofd.
    .subject = Beoordeling { $review } is te laat
shadow-differs =
    De schaduwberekening van het programma { $program } zou { $shadow } { $currency } hebben uitbetaald voor { $day }; er is { $live } { $currency } uitbetaald. { $creators } makers zouden een ander bedrag hebben gekregen.
    .subject = { $program }: de schaduwberekening van { $day }

# Over portemonnees, aan makers.
wallet-adjusted =
    Je portemonnee is met de hand gewijzigd met { $amount } { $currency }: { $why }. Twee mensen hebben dat besloten; het staat in je overzicht.
    .subject = Je portemonnee is gewijzigd met { $amount } { $currency }
method-changed =
    { $what ->
        [added] De betaalmethode { $label } is aan je account toegevoegd. Vanaf { $usable } kan er geld heen. Was jij het niet, verwijder haar dan nu en meld het aan het platform.
        [removed] De betaalmethode { $label } is van je account verwijderd. Was jij het niet, meld het dan aan het platform.
        [confirmed] De naam van de betaalmethode { $label } is als de jouwe bevestigd.
       *[refused] De naam van de betaalmethode { $label } is voor zover te zien niet de jouwe. Voeg er een op je eigen naam toe.
    }
    .subject = Je betaalmethoden zijn gewijzigd
hold-made =
    { $amount ->
        [all] Je hele portemonnee wordt vastgehouden
       *[other] { $amount } { $currency } van je portemonnee wordt vastgehouden
    }: { $note }. { $until ->
        [none] Het geld blijft van jou; je hoort het als het vrijkomt.
       *[other] Het geld blijft van jou en komt uiterlijk op { $until } vrij.
    }
    .subject = Geld in je portemonnee wordt vastgehouden
hold-released =
    { $amount ->
        [all] Je hele portemonnee
       *[other] { $amount } { $currency } van je portemonnee
    }: wat werd vastgehouden ({ $note }), kan weer worden opgenomen.
    .subject = Geld in je portemonnee is vrijgegeven
payout-requested =
    Je uitbetaling { $payout } van { $amount } { $currency } is onderweg: er zou { $net } { $paid } moeten aankomen.
    .subject = Uitbetaling { $payout }: { $amount } { $currency }
payout-paid =
    Je uitbetaling { $payout } is betaald: { $net } { $paid }.
    .subject = Uitbetaling { $payout } is betaald
payout-back =
    Je uitbetaling { $payout } van { $amount } { $currency } is niet gelukt ({ $reason }). Het geld is terug in je portemonnee.
    .subject = Uitbetaling { $payout } is teruggekomen

# Over portemonnees, aan operators.
hold-old =
    De blokkering { $hold } op geld van de maker { $creator } bestaat sinds { $since }. Hef haar op, of zeg tot wanneer ze duurt.
    .subject = De blokkering { $hold } is oud
float-short =
    De rekening { $account } heeft { $there } { $currency }; de batch { $batch } heeft { $needed } nodig. De batch begint niet en de uitbetalingen wachten: zet er geld op en meld dat.
    .subject = De rekening { $account } kan de batch { $batch } niet betalen
differences-found =
    Het rapport { $source } ({ $kind }) wijkt op { $differences } plaatsen af van het grootboek. Bekijk de verschillen en los ze op.
    .subject = { $differences } verschillen in { $source }
payout-stuck =
    Of de uitbetaling { $payout } bij { $rail } is aangekomen, is al een uur niet bekend ({ $reason }). Er wordt niets onder een andere sleutel opnieuw verzonden: zoek daar onder de sleutel van de uitbetaling.
    .subject = De uitbetaling { $payout } is bij { $rail } niet bekend
wallet-dormant =
    Er kwam { $days } dagen niets in je portemonnee en je deed er niets mee. Neem je geld op, of kies iets in je portemonnee, vóór { $due }: daarna wordt het als niet opgeëist apart gezet. Het blijft van jou en je kunt het altijd opeisen.
    .subject = Je portemonnee slaapt
wallet-unclaimed =
    Het geld in je portemonnee is als niet opgeëist apart gezet. Het blijft van jou: eis het op in je portemonnee wanneer je wilt.
    .subject = Je geld is niet opgeëist
appeal-filed =
    We hebben je bezwaar { $appeal }. Het wordt uiterlijk { $due } beantwoord. Tot dan kun je het aanvullen.
    .subject = Je bezwaar { $appeal } is ingediend
appeal-said =
    De medewerker die je bezwaar { $appeal } bekijkt, heeft je geschreven.
    .subject = Een bericht in je bezwaar { $appeal }
appeal-won =
    Je bezwaar { $appeal } was terecht: het besluit ({ $reasons }) is opgeheven. { $text } Wat het je kostte, wordt vanzelf berekend en uiterlijk { $by } uitbetaald; je hoeft niets te doen.
    .subject = Je bezwaar { $appeal } was terecht
work-attacked =
    Op { $day } kreeg je werk { $work } in { $program } veel weergaven die niet geloofwaardig waren en die jij niet hebt veroorzaakt. Ze tellen niet mee, je wordt niets verweten en je hoeft niets te doen.
    .subject = Je werk { $work } is van buitenaf aangevallen
remedy-decided =
    Wat tegen je account of werken werd ingebracht ({ $reasons }), klopte niet en is opgeheven. { $text } Wat het je kostte, wordt vanzelf berekend en uiterlijk { $by } uitbetaald; je hoeft niets te doen.
    .subject = Een besluit over jou klopte niet en wordt rechtgezet
appeal-lost =
    Het besluit waarover je bezwaar { $appeal } gaat, blijft staan ({ $reasons }). { $text }
    .subject = Je bezwaar { $appeal }: het besluit blijft staan
appeal-due =
    Het bezwaar { $appeal } van { $creator } moet uiterlijk { $due } beantwoord zijn.
    .subject = Het bezwaar { $appeal } moet bijna beantwoord zijn
appeal-overdue =
    Het bezwaar { $appeal } van { $creator } had uiterlijk { $due } beantwoord moeten zijn.
    .subject = Het bezwaar { $appeal } is te laat
backpay-paid =
    { $amount } { $currency } nabetaling van het programma { $program } staat in je portemonnee: wat het besluit in je bezwaar { $appeal } je had gekost.
    .subject = Nabetaling: { $amount } { $currency }
backpay-late =
    Wat bezwaar { $appeal } oplevert, had er op { $due } moeten zijn en is er niet: kijk naar de reserve en naar taken die zijn opgegeven.
    .subject = De nabetaling van bezwaar { $appeal } is te laat
backpay-short =
    De reserve voor nabetalingen van het programma { $program } heeft { $there } { $currency }; het bezwaar { $appeal } heeft { $needed } nodig. Het geld wordt vastgehouden tot de reserve gevuld is.
    .subject = De reserve van { $program } is te klein
appeal-lifted =
    Je bezwaar { $appeal } was terecht: het besluit is opgeheven. { $text }
    .subject = Je bezwaar { $appeal } was terecht
copyright-filed =
    Iemand zegt dat { $share } % van je werk { $work } van hem is: { $words }. Vanaf { $from } wordt dat deel van wat het werk opbrengt vastgehouden tot over de claim { $claim } beslist is. Zeg waarom het niet zo is, of aanvaard het.
    .subject = Een auteursrechtclaim op { $work }
copyright-upheld =
    De auteursrechtclaim { $claim } op je werk { $work } klopt: { $share } % van wat het werk opbrengt is van de claimant, en { $amount } die werd vastgehouden is van hem. { $text }
    .subject = { $share } % van { $work } is van een ander
copyright-won =
    Je auteursrechtclaim { $claim } op het werk { $work } klopt: { $amount } die werd vastgehouden is van jou, en voortaan { $share } % van wat het werk opbrengt.
    .subject = Je claim op { $work } klopt
copyright-lifted =
    De auteursrechtclaim { $claim } op je werk { $work } is voorbij: { $amount } die werd vastgehouden is weer van jou. { $text }
    .subject = De claim op { $work } is voorbij
copyright-lost =
    Je auteursrechtclaim { $claim } op het werk { $work } is voorbij; van de opbrengst wordt niets meer vastgehouden of aan jou betaald. { $text }
    .subject = Je claim op { $work } is voorbij
copyright-old =
    De auteursrechtclaim { $claim } op het werk { $work } staat open sinds { $since }, en er wordt geld voor vastgehouden. Beslis erover.
    .subject = De auteursrechtclaim { $claim } is oud
backpay-corrected =
    Dagen van { $program } die na je bezwaar { $appeal } waren nabetaald, zijn gecorrigeerd: { $amount } { $currency } daarvan was te veel en is teruggenomen.
    .subject = { $amount } { $currency } van je nabetaling is teruggenomen
copyright-ended =
    De claimant heeft de auteursrechtclaim { $claim } op het werk { $work } teruggenomen. De { $share } % ervan zijn voortaan weer van de maker; wat er eerder van kwam, blijft van de claimant.
    .subject = De claim op { $work } is geëindigd
