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
