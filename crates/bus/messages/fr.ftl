# Aux créateurs.
day-published =
    Pour le { $day }, vous avez gagné { $paid } { $currency } dans le programme { $program }. Le détail, œuvre par œuvre, est affiché avec vos revenus.
    .subject = { $program } : vos revenus du { $day }
day-corrected =
    Vos revenus du { $day } dans le programme { $program } ont été recomptés : ils sont maintenant de { $paid } { $currency }, soit un changement de { $change } { $currency }. Rien n’a été retiré sans une ligne qui dit pourquoi ; elle est affichée avec vos revenus.
    .subject = { $program } : vos revenus du { $day } ont été corrigés

# Aux opérateurs.
day-overdue =
    La journée { $day } du programme { $program } devait être réglée le { $due } et ne l’est pas. Regardez les tâches et le journal des événements : `stipend doctor` dit ce qui ne va pas.
    .subject = { $program } : le { $day } n’est pas réglé
ledger-wrong =
    Le contrôle du grand livre et du journal d’audit a trouvé { $problems } points qui ne tiennent pas. Le premier : { $first }. N’inscrivez rien à la main ; `stipend ledger check` et `stipend audit check` les nomment tous.
    .subject = Le grand livre ne tient pas
job-dead =
    La tâche { $job } ({ $kind } de { $subject }) a été abandonnée. Son résultat dit pourquoi ; relancez-la quand la cause est réparée.
    .subject = La tâche { $job } a été abandonnée
webhook-disabled =
    Le webhook { $webhook } ({ $url }) n’est plus appelé : { $why }. Réactivez-le quand il est réparé, puis rejouez ce qu’il a manqué.
    .subject = Le webhook { $webhook } a été désactivé
sign-ins-failed =
    { $attempts } tentatives de connexion de suite au nom de { $operator } ont échoué. Les prochaines doivent attendre.
    .subject = Tentatives de connexion échouées
proposal-made =
    La proposition { $proposal } ({ $command } : { $subject }) attend une seconde personne. Lisez ce qu’elle ferait, puis approuvez-la ou rejetez-la.
    .subject = La proposition { $proposal } attend une décision
proposal-decided =
    La proposition { $proposal } ({ $command } : { $subject }) est { $state ->
        [approved] approuvée et exécutée
        [rejected] rejetée
       *[void] nulle
    }. { $why }
    .subject = La proposition { $proposal } a été décidée
