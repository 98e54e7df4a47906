SELECT seq, appeal, author, body, recorded_us FROM appeal_message WHERE appeal = $1 ORDER BY seq
