"""What an idle server asks its database, and what a claim costs when a million pieces of work wait."""

import time

from world import World, sql

IDLE_SECONDS = 20
IDLE_MOST = 6.0
WORK_SECONDS = 10
# A look is slower while the table is analyzed, since no dead row can be let go of then.
CLAIM_MOST = 50.0
# What the queue's statements begin with.
STATEMENTS = {"look for shops": "WITH RECURSIVE shops%", "look for lanes": "WITH RECURSIVE lanes%", "claim": "WITH next%"}


def counted(like="%"):
    """How often statements were sent, and what one took, in milliseconds."""
    row = sql("SELECT coalesce(sum(calls), 0), coalesce(sum(total_exec_time) / sum(calls), 0), coalesce(max(max_exec_time), 0) "
              "FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid "
              f"WHERE d.datname = 'line' AND query LIKE '{like}'")[0]
    return int(row[0]), float(row[1]), float(row[2])


def prove_idle():
    """Answers what does not hold."""
    sql("SELECT pg_stat_statements_reset()")
    time.sleep(IDLE_SECONDS)
    rate = counted()[0] / IDLE_SECONDS
    print(f"an idle server sends {rate:.1f} statements a second, BEGIN and COMMIT counted")
    for calls, query in sql("SELECT calls, left(regexp_replace(query, '\\s+', ' ', 'g'), 100) FROM pg_stat_statements s "
                            "JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = 'line' ORDER BY 1 DESC LIMIT 8"):
        print(f"    {int(calls) / IDLE_SECONDS:.2f}/s  {query}")
    return [] if rate <= IDLE_MOST else [f"an idle server sends more than {IDLE_MOST} statements a second"]


def prove_claims(log, waiting):
    """Answers what does not hold. The work is pictures that are not there any more, so that claims are most of it."""
    sql(f"""INSERT INTO queue (webshop_id, kind, subject, lane, due, attempts)
        SELECT n % 3 + 1, 'fetch images', n, 'host' || n % 500, n, 0 FROM generate_series(1, {waiting}) n""", "line")
    # Of an empty queue all is read, and rightly.
    plans = open(log, errors="replace")
    plans.seek(0, 2)
    faults = []
    for statistics in ["no statistics", "statistics"]:
        if statistics == "statistics":
            sql("ANALYZE queue", "line")
        sql("SELECT pg_stat_statements_reset()")
        before = int(sql("SELECT count(*) FROM queue WHERE kind = 'fetch images'", "line")[0][0])
        time.sleep(WORK_SECONDS)
        done = before - int(sql("SELECT count(*) FROM queue WHERE kind = 'fetch images'", "line")[0][0])
        print(f"{before} waiting, {statistics}: {done} done in {WORK_SECONDS} s")
        for name, like in STATEMENTS.items():
            calls, mean, longest = counted(like)
            print(f"    {name}: {calls} times, mean {mean:.2f} ms, longest {longest:.1f} ms")
            if mean > CLAIM_MOST:
                faults.append(f"{name} takes {mean:.1f} ms with {statistics}")
    scans = sum(1 for line in plans if "Seq Scan on queue" in line)
    print(f"scans of the whole queue in the plans of the server's statements: {scans}")
    return faults + (["the queue is scanned"] if scans else [])


def prove(log, waiting=1_000_000):
    with World("line") as world:
        sql("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        sql("ALTER DATABASE line SET session_preload_libraries = 'auto_explain'; "
            "ALTER DATABASE line SET auto_explain.log_min_duration = 0")
        world.serve()
        time.sleep(5)  # what a server does at its start
        faults = prove_idle()
        return faults + prove_claims(log, waiting)
