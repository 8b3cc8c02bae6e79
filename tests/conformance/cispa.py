"""Runs the rules of CISPA's http-conformance, unchanged, against a server: cispa.py CHECKOUT PORT PATH... Prints a JSON object a rule.

The suite wants PostgreSQL, and packages that only its analysis needs: here it gets SQLite, and empty modules. Its HTTP/2 probes are left
out: over plain TCP they repeat those of HTTP/1.1. mitmdump loads this file as well, for the suite's add-on.
"""
import inspect
import json
import os
import subprocess
import sys
import tempfile
import time
from types import ModuleType

import dpkt.http
import peewee
from playhouse.sqlite_ext import SqliteExtDatabase

CHECKOUT = os.environ.setdefault("CHECKOUT", os.path.abspath(sys.argv[1]))
sys.path.insert(0, CHECKOUT)


class Absent(ModuleType):
    """A module that is imported and not used here."""

    def __getattr__(self, name):
        return lambda *_, **__: None


for name in ["dotenv", "pandas", "psycopg2", "tld", "tqdm", "tranco"]:
    sys.modules[name] = Absent(name)
peewee.PostgresqlDatabase = lambda name, **_: SqliteExtDatabase(name, timeout=30, regexp_function=True)


class Response(dpkt.http.Response):
    """As the suite patches dpkt: the answer to HEAD has no content."""

    def __init__(self, received, head_response=False):
        self.is_head = head_response
        super().__init__(received)

    def unpack(self, received):
        # Content of a 204 is not parsed either.
        super().unpack(received[:9] + b"204" + received[12:] if self.is_head else received)
        self.status = received[9:12].decode() if self.is_head else self.status


dpkt.http.Response = Response

from helpers.db_util import AddResp, DirectTest, Monitoring, ProbeTest, ReqResp, RetroTest, Site, Url, db  # noqa: E402

if __name__ != "__main__":
    from conformance_checker import addons  # noqa: F401


def main(port, paths):
    from helpers import util
    from helpers.requestors import HttpxRequestor
    import run_checks
    import testcases

    database = os.path.join(tempfile.mkdtemp(), "results.db")
    db.init(database)
    db.create_tables([Site, Url, DirectTest, ProbeTest, RetroTest, AddResp, ReqResp, Monitoring])
    site = Site.create(site_type="local", description="", rank=-1, site="", origin="", bucket=-1)
    for probe in [probe for probe in util.probes if probe[2] == 2]:
        del util.probes[probe]

    rules = [rule() for _, rule in inspect.getmembers(testcases, inspect.isclass) if rule.__module__ == "testcases"]
    proxy_port = str(int(port) % 20000 + 30000)
    command = ["mitmdump", "-q", "-s", __file__, "-p", proxy_port, "--set", f"db_name={database}", "--set", "validate_inbound_headers=false"]
    proxy = subprocess.Popen(command, stdout=sys.stderr)
    time.sleep(5)
    requestor = HttpxRequestor(proxy={"all://": f"http://127.0.0.1:{proxy_port}"}, error_set=set())
    of = lambda activity: [rule for rule in rules if rule.activity.name == activity]
    try:
        for path in paths:
            url = Url.create(site=site, full_url=f"http://127.0.0.1:{port}{path}", scheme="http", host="127.0.0.1", port=int(port), path=path,
                             description="", is_base=path == "/")
            run_checks.run_tests(url, "local", None, requestor, of("DIRECT"), of("DIRECT_BASE"), of("RETRO"), set(), 0, 0)
    finally:
        proxy.terminate()

    for rule in rules:
        rows = [row for table in (DirectTest, ProbeTest, RetroTest) for row in table.select().where(table.name == rule.name)]
        verdicts = {row.violation for row in rows}
        broken = [row for row in rows if row.violation == "Breaks specification"]
        if broken or "Follows specification" in verdicts:
            answer = "; ".join(sorted({" ".join(str(row.extra).split()) for row in broken}))
            print(json.dumps({"name": rule.name, "level": rule.type.value, "isPassed": not broken, "answer": answer}))


if __name__ == "__main__":
    main(sys.argv[2], sys.argv[3:])
