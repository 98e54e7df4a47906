# 致创作者。
day-published =
    您在计划 { $program } 中 { $day } 的收入为 { $paid } { $currency }。每件作品的计算依据可在收入页查看。
    .subject = { $program }：您 { $day } 的收入
day-corrected =
    您在计划 { $program } 中 { $day } 的收入已重新计算：现为 { $paid } { $currency }，变动 { $change } { $currency }。每一笔变动都有说明原因的记录，可在收入页查看。
    .subject = { $program }：您 { $day } 的收入已更正

# 致运营人员。
day-overdue =
    计划 { $program } 的 { $day } 应于 { $due } 结算，但尚未结算。请查看任务和事件日志：`stipend doctor` 会说明问题所在。
    .subject = { $program }：{ $day } 尚未结算
ledger-wrong =
    对总账和审计日志的检查发现 { $problems } 处不成立。第一处：{ $first }。请勿手工记账；`stipend ledger check` 与 `stipend audit check` 会列出全部问题。
    .subject = 总账不成立
job-dead =
    任务 { $job }（{ $kind }：{ $subject }）已放弃。结果中写明了原因；排除原因后请将其放回队列。
    .subject = 任务 { $job } 已放弃
webhook-disabled =
    Webhook { $webhook }（{ $url }）已停止调用：{ $why }。修复后请重新启用，并重放错过的事件。
    .subject = Webhook { $webhook } 已停用
sign-ins-failed =
    以 { $operator } 身份登录已连续失败 { $attempts } 次。接下来的尝试需要等待。
    .subject = 登录失败
proposal-made =
    提案 { $proposal }（{ $command }：{ $subject }）等待第二个人处理。请先阅读其内容，再批准或拒绝。
    .subject = 提案 { $proposal } 等待决定
proposal-decided =
    提案 { $proposal }（{ $command }：{ $subject }）{ $state ->
        [approved] 已批准并执行
        [rejected] 已拒绝
       *[void] 已失效
    }。{ $why }
    .subject = 提案 { $proposal } 已有决定

# 关于成员资格，致创作者。
member-invited =
    您受邀加入计划 { $program }（{ $title }）。请打开计划页面接受邀请；邀请在 { $until } 当日及之前有效。
    .subject = { $program }：您已受邀
member-applied =
    我们已收到您加入计划 { $program } 的申请。您将在 { $due } 前得到答复。
    .subject = { $program }：已收到您的申请
member-approved =
    自 { $day } 起，您是计划 { $program } 的成员。
    .subject = { $program }：您已加入
member-rejected =
    您加入计划 { $program } 的申请未获通过。{ $reasons } { $text } 自 { $reapply } 起可重新申请。
    .subject = { $program }：您的申请未获通过
member-suspended =
    自 { $day } 起，您在计划 { $program } 中不再产生收入，直至以下问题解决：{ $reasons } 原因及您可采取的措施可在计划页面查看。
    .subject = { $program }：您的成员资格已暂停
member-restored =
    影响您在计划 { $program } 中获得收入的问题已解决。自 { $day } 起，您将重新获得收入。
    .subject = { $program }：您可重新获得收入
member-removed =
    自 { $day } 起，您不再是计划 { $program } 的成员：{ $text }
    .subject = { $program }：您的成员资格已终止
member-left =
    您已于 { $day } 退出计划 { $program }。您已获得的收入仍归您所有。您可以重新加入。
    .subject = { $program }：您已退出
member-superseded =
    计划 { $by } 将接替 { $program }。自 { $day } 起您是其成员，无需任何操作。
    .subject = { $program } 将由 { $by } 接替
succession-announced =
    自 { $day } 起，计划 { $by } 将接替 { $program }。成员将自动转入，您无需任何操作。
    .subject = { $program } 将于 { $day } 由 { $by } 接替
program-closing =
    计划 { $program } 即将结束，最后一天为 { $day }。该日照常结算，此前结转的金额将一并支付。
    .subject = { $program } 将于 { $day } 结束

# 关于成员资格，致运营人员。
review-due =
    审核 { $review }（{ $creator } 申请计划 { $program }）应于 { $due } 前完成，尚未决定。已移至队列最前。
    .subject = 审核 { $review } 即将到期
review-overdue =
    审核 { $review }（{ $creator } 申请计划 { $program }）应于 { $due } 前完成，但尚未决定。我们曾承诺在此之前答复创作者。
    .subject = 审核 { $review } 已逾期
shadow-differs =
    计划 { $program } 的影子运行在 { $day } 本应支付 { $shadow } { $currency }；实际支付 { $live } { $currency }。有 { $creators } 位创作者的金额会不同。
    .subject = { $program }：{ $day } 的影子运行

# 关于钱包，致创作者。
wallet-adjusted =
    您的钱包被人工调整了 { $amount } { $currency }：{ $why }。此项由两人共同决定，已列入您的对账单。
    .subject = 您的钱包被调整了 { $amount } { $currency }
method-changed =
    { $what ->
        [added] 收款方式 { $label } 已添加到您的账号，自 { $usable } 起可以向其付款。如非本人操作，请立即移除并告知平台。
        [removed] 收款方式 { $label } 已从您的账号移除。如非本人操作，请告知平台。
        [confirmed] 收款方式 { $label } 的户名已确认为您本人。
       *[refused] 收款方式 { $label } 的户名看来不是您本人。请添加本人名下的收款方式。
    }
    .subject = 您的收款方式有变更
hold-made =
    { $amount ->
        [all] 您的整个钱包已被冻结
       *[other] 您钱包中的 { $amount } { $currency } 已被冻结
    }：{ $note }。{ $until ->
        [none] 这笔钱仍属于您；解冻时会通知您。
       *[other] 这笔钱仍属于您，最迟于 { $until } 解冻。
    }
    .subject = 您钱包中的款项已被冻结
hold-released =
    { $amount ->
        [all] 您的整个钱包
       *[other] 您钱包中的 { $amount } { $currency }
    } 曾被冻结（{ $note }），现在可以再次提取。
    .subject = 您钱包中的款项已解冻
payout-requested =
    您的提现 { $payout }（{ $amount } { $currency }）正在处理：预计到账 { $net } { $paid }。
    .subject = 提现 { $payout }：{ $amount } { $currency }
payout-paid =
    您的提现 { $payout } 已付款：{ $net } { $paid }。
    .subject = 提现 { $payout } 已付款
payout-back =
    您的提现 { $payout }（{ $amount } { $currency }）未能成功（{ $reason }）。款项已退回您的钱包。
    .subject = 提现 { $payout } 已退回

# 关于钱包，致运营人员。
hold-old =
    创作者 { $creator } 的款项冻结 { $hold } 自 { $since } 起一直存在。请解除，或说明持续到何时。
    .subject = 冻结 { $hold } 已持续很久
float-short =
    账户 { $account } 有 { $there } { $currency }；批次 { $batch } 需要 { $needed }。该批次不会开始，付款等待中：请存入资金并登记。
    .subject = 账户 { $account } 不足以支付批次 { $batch }
differences-found =
    报告 { $source }（{ $kind }）与总账有 { $differences } 处不一致。请查看并处理这些差异。
    .subject = { $source } 有 { $differences } 处差异
payout-stuck =
    提现 { $payout } 是否到达 { $rail }，一小时来仍不清楚（{ $reason }）。不会用其他键再次发送：请在对方处按该提现的键查找。
    .subject = 提现 { $payout } 在 { $rail } 的状态不明
wallet-dormant =
    您的钱包已有 { $days } 天没有收入，您也没有任何操作。请在 { $due } 之前提现或在钱包中进行任意操作：此后余额将作为无人认领款项单独存放。它仍归您所有，您可随时认领。
    .subject = 您的钱包处于休眠状态
wallet-unclaimed =
    您钱包中的款项已作为无人认领款项单独存放。它仍归您所有：您可随时在钱包中认领。
    .subject = 您的款项无人认领
appeal-filed =
    我们已收到您的申诉 { $appeal }，将于 { $due } 前答复。在此之前您可以补充材料。
    .subject = 您的申诉 { $appeal } 已提交
appeal-said =
    处理您申诉 { $appeal } 的人员给您留了言。
    .subject = 申诉 { $appeal } 有新消息
appeal-won =
    您的申诉 { $appeal } 成立：原判定（{ $reasons }）已撤销。{ $text } 因此少得的收益将自动计算，并最迟于 { $by } 补发，您无需任何操作。
    .subject = 您的申诉 { $appeal } 成立
work-attacked =
    { $day }，您的作品 { $work } 在 { $program } 中出现大量不可信的观看，且并非由您造成。这些观看不计入，不会因此追究您，您无需任何操作。
    .subject = 您的作品 { $work } 遭受外部攻击
remedy-decided =
    对您的账号或作品的判定（{ $reasons }）有误，现已撤销。{ $text } 因此少得的收益将自动计算，并最迟于 { $by } 补发，您无需任何操作。
    .subject = 对您的一项判定有误，现予更正
appeal-lost =
    您的申诉 { $appeal } 所涉判定维持不变（{ $reasons }）。{ $text }
    .subject = 申诉 { $appeal }：判定维持不变
appeal-due =
    { $creator } 的申诉 { $appeal } 须于 { $due } 前答复。
    .subject = 申诉 { $appeal } 即将到期
appeal-overdue =
    { $creator } 的申诉 { $appeal } 本应于 { $due } 前答复。
    .subject = 申诉 { $appeal } 已逾期
backpay-paid =
    计划 { $program } 的补发收益 { $amount } { $currency } 已到您的钱包：即申诉 { $appeal } 中的判定此前扣除的部分。
    .subject = 收益补发：{ $amount } { $currency }
backpay-late =
    申诉 { $appeal } 的补发款应于 { $due } 前到账，但尚未到账：请检查补发准备金和已放弃的任务。
    .subject = 申诉 { $appeal } 的补发已逾期
backpay-short =
    计划 { $program } 的补发储备有 { $there } { $currency }；申诉 { $appeal } 需要 { $needed }。款项将保留至储备补足。
    .subject = { $program } 的补发储备不足
appeal-lifted =
    您的申诉 { $appeal } 成立：原判定已撤销。{ $text }
    .subject = 您的申诉 { $appeal } 成立
copyright-filed =
    有人主张您的作品 { $work } 有 { $share } % 归其所有：{ $words }。自 { $from } 起，该作品收益的这一部分将被冻结，直至对主张 { $claim } 作出决定。请说明理由提出异议，或予以接受。
    .subject = 作品 { $work } 收到版权主张
copyright-upheld =
    对您作品 { $work } 的版权主张 { $claim } 成立：该作品收益的 { $share } % 归主张人，已冻结的 { $amount } 归其所有。{ $text }
    .subject = { $work } 的 { $share } % 归他人所有
copyright-won =
    您对作品 { $work } 的版权主张 { $claim } 成立：已冻结的 { $amount } 归您所有，今后该作品收益的 { $share } % 也归您所有。
    .subject = 您对 { $work } 的主张成立
copyright-lifted =
    对您作品 { $work } 的版权主张 { $claim } 已结束：曾被冻结的 { $amount } 重新归您所有。{ $text }
    .subject = 对 { $work } 的主张已结束
copyright-lost =
    您对作品 { $work } 的版权主张 { $claim } 已结束，其收益不再冻结，也不再归您所有。{ $text }
    .subject = 您对 { $work } 的主张已结束
copyright-old =
    对作品 { $work } 的版权主张 { $claim } 自 { $since } 起未决，款项因此被冻结。请作出决定。
    .subject = 版权主张 { $claim } 已持续很久
backpay-corrected =
    计划 { $program } 中因申诉 { $appeal } 补发过的日期已更正：其中多付的 { $amount } { $currency } 已收回。
    .subject = 补发款项中的 { $amount } { $currency } 已收回
copyright-ended =
    对作品 { $work } 的版权主张 { $claim } 已由主张人撤回。今后其 { $share } % 重新归创作者所有；此前所得仍归主张人。
    .subject = 对 { $work } 的主张已终止
