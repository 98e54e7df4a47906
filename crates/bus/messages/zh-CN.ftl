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
