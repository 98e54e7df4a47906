"""Rolling windows of the KuaiRand log by DuckDB, from the log itself, and compares.

    windows.py OURS.parquet LOG.csv FEATURES.csv DAY

OURS is `stipend export windows` for the day: creator, views_3d, views_30d, posts_30d. Windows of
views end on the last day that is settled, at most on the day before DAY; those of posts on the day
before. Prints how many creators were compared.
"""
import sys

import duckdb

ours, log, features, day = sys.argv[1:]
con = duckdb.connect()
con.execute("SET timezone = 'UTC'")
con.execute("""
CREATE TABLE event AS
SELECT user_id, video_id, time_ms, min(author_id) author, max(play_time_ms) played,
       max(duration_ms) length
FROM read_csv(?) GROUP BY ALL""", [log])
con.execute("CREATE TABLE work AS SELECT * FROM read_csv(?, all_varchar = true)", [features])
# One view of a viewer, work and day; the day is Shanghai's.
con.execute("""
CREATE TABLE qualified AS
SELECT (make_timestamp(time_ms * 1000) + INTERVAL 8 HOUR)::date AS "day", author::varchar AS creator,
       count(DISTINCT (user_id, event.video_id)) AS views
FROM event JOIN work ON work.video_id::bigint = event.video_id
WHERE length > 0 AND (played >= 5000 OR played >= length) AND video_type <> 'AD' GROUP BY ALL""")
last = con.execute("""
SELECT least(max((make_timestamp(time_ms * 1000) + INTERVAL 8 HOUR)::date), ?::date - 1)
FROM event""", [day]).fetchone()[0]
compared, different = con.execute("""
WITH views AS (
    SELECT creator,
           sum(views) FILTER (WHERE "day" > $last::date - 3 AND "day" <= $last::date) AS v3,
           sum(views) FILTER (WHERE "day" > $last::date - 30 AND "day" <= $last::date) AS v30
    FROM qualified GROUP BY creator),
posts AS (
    SELECT author_id AS creator, count(*) AS posts FROM work
    WHERE upload_dt::date >= $day::date - 30 AND upload_dt::date < $day::date GROUP BY author_id),
theirs AS (
    SELECT coalesce(views.creator, posts.creator) AS creator, coalesce(v3, 0) AS v3,
           coalesce(v30, 0) AS v30, coalesce(posts, 0) AS posts
    FROM views FULL JOIN posts USING (creator))
SELECT count(*), count(*) FILTER (
    WHERE coalesce(v3, 0) <> coalesce(views_3d, -9) OR coalesce(v30, 0) <> coalesce(views_30d, -9)
       OR coalesce(posts, 0) <> coalesce(posts_30d, -9))
FROM read_parquet($ours) AS ours FULL JOIN theirs ON theirs.creator = ours.creator""",
    {"last": str(last), "day": day, "ours": ours}).fetchone()
if different:
    print(f"{different} of {compared} creators differ on {day}")
    sys.exit(1)
print(compared)
