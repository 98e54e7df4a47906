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

# Sur l’adhésion, aux créateurs.
member-invited =
    Vous êtes invité au programme { $program } ({ $title }). Ouvrez la page du programme pour accepter ; l’invitation est valable jusqu’au { $until } inclus.
    .subject = { $program } : vous êtes invité
member-applied =
    Votre candidature au programme { $program } est enregistrée. Vous aurez une réponse au plus tard le { $due }.
    .subject = { $program } : votre candidature est enregistrée
member-approved =
    Vous êtes membre du programme { $program } à partir du { $day }.
    .subject = { $program } : vous êtes membre
member-rejected =
    Votre candidature au programme { $program } n’a pas été acceptée. { $reasons } { $text } Vous pourrez présenter une nouvelle candidature à partir du { $reapply }.
    .subject = { $program } : votre candidature n’a pas été acceptée
member-suspended =
    À partir du { $day }, vous ne gagnez plus rien dans le programme { $program }, tant que ceci n’est pas réglé : { $reasons } La raison, et ce que vous pouvez faire, sont affichés sur la page du programme.
    .subject = { $program } : votre adhésion est suspendue
member-restored =
    Ce qui vous empêchait de gagner dans le programme { $program } est réglé. Vous gagnez de nouveau à partir du { $day }.
    .subject = { $program } : vous gagnez de nouveau
member-removed =
    Vous n’êtes plus membre du programme { $program } à partir du { $day } : { $text }
    .subject = { $program } : votre adhésion a pris fin
member-left =
    Vous avez quitté le programme { $program } le { $day }. Ce que vous avez gagné reste à vous. Vous pouvez revenir.
    .subject = { $program } : vous êtes parti
member-superseded =
    Le programme { $by } prend la place de { $program }. Vous en êtes membre à partir du { $day } ; vous n’avez rien à faire.
    .subject = { $program } devient { $by }
succession-announced =
    À partir du { $day }, le programme { $by } prend la place de { $program }. Les membres sont repris ; vous n’avez rien à faire.
    .subject = { $program } devient { $by } le { $day }
program-closing =
    Le programme { $program } prend fin : son dernier jour est le { $day }. Cette journée est réglée comme les autres, et ce qui avait été reporté est payé avec elle.
    .subject = { $program } prend fin le { $day }

# Sur l’adhésion, aux opérateurs.
review-due =
    L’examen { $review } ({ $creator } pour le programme { $program }) doit être décidé au plus tard le { $due } et ne l’est pas encore. Il a été placé en tête de la file.
    .subject = L’examen { $review } arrive à échéance
review-overdue =
    L’examen { $review } ({ $creator } pour le programme { $program }) devait être décidé au plus tard le { $due } et ne l’est pas. Une réponse avait été promise au créateur pour cette date.
    .subject = L’examen { $review } est en retard
shadow-differs =
    Le calcul parallèle du programme { $program } aurait payé { $shadow } { $currency } pour le { $day } ; { $live } { $currency } ont été payés. { $creators } créateurs auraient reçu un autre montant.
    .subject = { $program } : le calcul parallèle du { $day }

# Sur les portefeuilles, aux créateurs.
wallet-adjusted =
    Votre portefeuille a été modifié à la main de { $amount } { $currency } : { $why }. Deux personnes l’ont décidé ; c’est inscrit dans votre relevé.
    .subject = Votre portefeuille a été modifié de { $amount } { $currency }
method-changed =
    { $what ->
        [added] Le moyen de paiement { $label } a été ajouté à votre compte. L’argent peut y aller à partir du { $usable }. Si ce n’était pas vous, retirez-le tout de suite et prévenez la plateforme.
        [removed] Le moyen de paiement { $label } a été retiré de votre compte. Si ce n’était pas vous, prévenez la plateforme.
        [confirmed] Le nom du moyen de paiement { $label } a été confirmé comme le vôtre.
       *[refused] Le nom du moyen de paiement { $label } n’est pas le vôtre, autant qu’on puisse voir. Ajoutez-en un à votre nom.
    }
    .subject = Vos moyens de paiement ont changé
hold-made =
    { $amount ->
        [all] Votre portefeuille entier est bloqué
       *[other] { $amount } { $currency } de votre portefeuille sont bloqués
    } : { $note }. { $until ->
        [none] L’argent reste à vous ; vous serez prévenu quand il sera libéré.
       *[other] L’argent reste à vous et sera libéré le { $until } au plus tard.
    }
    .subject = De l’argent de votre portefeuille est bloqué
hold-released =
    { $amount ->
        [all] Votre portefeuille entier
       *[other] { $amount } { $currency } de votre portefeuille
    } : ce qui était bloqué ({ $note }) peut de nouveau être retiré.
    .subject = De l’argent de votre portefeuille est libéré
payout-requested =
    Votre versement { $payout } de { $amount } { $currency } est en route : { $net } { $paid } devraient arriver.
    .subject = Versement { $payout } : { $amount } { $currency }
payout-paid =
    Votre versement { $payout } a été payé : { $net } { $paid }.
    .subject = Le versement { $payout } a été payé
payout-back =
    Votre versement { $payout } de { $amount } { $currency } n’a pas abouti ({ $reason }). L’argent est de retour dans votre portefeuille.
    .subject = Le versement { $payout } est revenu

# Sur les portefeuilles, aux opérateurs.
hold-old =
    Le blocage { $hold } de l’argent du créateur { $creator } existe depuis le { $since }. Levez-le, ou dites jusqu’à quand il dure.
    .subject = Le blocage { $hold } est ancien
float-short =
    Le compte { $account } a { $there } { $currency } ; le lot { $batch } demande { $needed }. Le lot ne part pas et les versements attendent : approvisionnez le compte et dites-le.
    .subject = Le compte { $account } ne peut pas payer le lot { $batch }
differences-found =
    Le rapport { $source } ({ $kind }) diffère du grand livre en { $differences } endroits. Regardez les écarts et réglez-les.
    .subject = { $differences } écarts dans { $source }
payout-stuck =
    On ne sait pas depuis une heure si le versement { $payout } est arrivé chez { $rail } ({ $reason }). Rien n’est renvoyé sous une autre clé : cherchez-le là-bas, sous la clé du versement.
    .subject = Le versement { $payout } est inconnu chez { $rail }
wallet-dormant =
    Rien n’est arrivé sur votre portefeuille depuis { $days } jours et vous n’y avez rien fait. Retirez votre argent, ou faites-y un choix quelconque, avant le { $due } : ensuite il est mis de côté comme non réclamé. Il reste à vous et vous pouvez le réclamer à tout moment.
    .subject = Votre portefeuille est inactif
wallet-unclaimed =
    L’argent de votre portefeuille a été mis de côté comme non réclamé. Il reste à vous : réclamez-le dans votre portefeuille à tout moment.
    .subject = Votre argent est non réclamé
appeal-filed =
    Nous avons reçu votre recours { $appeal }. La réponse vient au plus tard le { $due }. Vous pouvez le compléter jusque-là.
    .subject = Votre recours { $appeal } est déposé
appeal-said =
    La personne qui examine votre recours { $appeal } vous a écrit.
    .subject = Un message dans votre recours { $appeal }
appeal-won =
    Votre recours { $appeal } était fondé : la décision ({ $reasons }) est levée. { $text } Ce qu’elle vous a coûté est calculé et versé automatiquement au plus tard le { $by } ; vous n’avez rien à faire.
    .subject = Votre recours { $appeal } était fondé
work-attacked =
    Le { $day }, votre œuvre { $work } a reçu dans { $program } de nombreuses vues non crédibles dont vous n’êtes pas la cause. Elles ne comptent pas, rien ne vous est reproché et vous n’avez rien à faire.
    .subject = Votre œuvre { $work } a subi une attaque extérieure
remedy-decided =
    Ce qui était retenu contre votre compte ou vos œuvres ({ $reasons }) était une erreur et est levé. { $text } Ce que cela vous a coûté est calculé et versé automatiquement au plus tard le { $by } ; vous n’avez rien à faire.
    .subject = Une décision vous concernant était erronée et est réparée
appeal-lost =
    La décision visée par votre recours { $appeal } est maintenue ({ $reasons }). { $text }
    .subject = Votre recours { $appeal } : la décision est maintenue
appeal-due =
    Le recours { $appeal } de { $creator } doit recevoir une réponse avant le { $due }.
    .subject = Le recours { $appeal } arrive à échéance
appeal-overdue =
    Le recours { $appeal } de { $creator } aurait dû recevoir une réponse avant le { $due }.
    .subject = Le recours { $appeal } est en retard
backpay-paid =
    { $amount } { $currency } de rattrapage du programme { $program } sont dans votre portefeuille : ce que la décision de votre recours { $appeal } vous avait pris.
    .subject = Rattrapage : { $amount } { $currency }
backpay-late =
    Ce que rapporte le recours { $appeal } aurait dû arriver avant le { $due } et n’est pas arrivé : voyez la réserve et les tâches abandonnées.
    .subject = Le rattrapage du recours { $appeal } est en retard
backpay-short =
    La réserve de rattrapage du programme { $program } a { $there } { $currency } ; le recours { $appeal } demande { $needed }. L’argent est retenu jusqu’à ce que la réserve soit remplie.
    .subject = La réserve de { $program } est trop petite
appeal-lifted =
    Votre recours { $appeal } était fondé : la décision est levée. { $text }
    .subject = Votre recours { $appeal } était fondé
copyright-filed =
    Quelqu’un affirme que { $share } % de votre œuvre { $work } lui appartient : { $words }. À partir du { $from }, cette part des revenus de l’œuvre est bloquée jusqu’à la décision sur la revendication { $claim }. Dites pourquoi c’est faux, ou acceptez.
    .subject = Une revendication de droit d’auteur sur { $work }
copyright-upheld =
    La revendication de droit d’auteur { $claim } sur votre œuvre { $work } est fondée : { $share } % des revenus de l’œuvre reviennent à celui qui l’a déposée, ainsi que { $amount } qui étaient bloqués. { $text }
    .subject = { $share } % de { $work } appartient à un autre
copyright-won =
    Votre revendication de droit d’auteur { $claim } sur l’œuvre { $work } est fondée : { $amount } qui étaient bloqués sont à vous, et désormais { $share } % des revenus de l’œuvre.
    .subject = Votre revendication sur { $work } est fondée
copyright-lifted =
    La revendication de droit d’auteur { $claim } sur votre œuvre { $work } est close : { $amount } qui étaient bloqués sont de nouveau à vous. { $text }
    .subject = La revendication sur { $work } est close
copyright-lost =
    Votre revendication de droit d’auteur { $claim } sur l’œuvre { $work } est close ; plus rien de ses revenus n’est bloqué ni à vous. { $text }
    .subject = Votre revendication sur { $work } est close
copyright-old =
    La revendication de droit d’auteur { $claim } sur l’œuvre { $work } est ouverte depuis le { $since }, et de l’argent est bloqué. Décidez.
    .subject = La revendication { $claim } est ancienne
backpay-corrected =
    Des jours du programme { $program } rattrapés après votre recours { $appeal } ont été corrigés : { $amount } { $currency } étaient de trop et ont été repris.
    .subject = { $amount } { $currency } de votre rattrapage ont été repris
copyright-ended =
    La revendication de droit d’auteur { $claim } sur l’œuvre { $work } a été retirée. Désormais ses { $share } % reviennent de nouveau au créateur ; ce qui en est venu auparavant reste à celui qui l’avait déposée.
    .subject = La revendication sur { $work } a pris fin
