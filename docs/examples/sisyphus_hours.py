"""Asks Sisyphus whether an hour of a table may be used, by its HTTP API (docs/downstream.md).

It needs Python 3.6 and its standard library only. `SisyphusHourSensor` is a sensor where Airflow is installed;
without Airflow the functions serve any other scheduler, and the file is a command:

    python3 sisyphus_hours.py http://control-worker:9464 event.edit 2018-07-05T03
"""

import json
import os
import re
import sys
import urllib.error
import urllib.parse
import urllib.request

try:
    from airflow.exceptions import AirflowFailException as Failed
    from airflow.sensors.base import BaseSensorOperator
except ImportError:
    BaseSensorOperator = object

    class Failed(Exception):
        """What waiting does not change."""


TIMEOUT_SECONDS = 60
HOUR = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}$")

# What the command ends with, as `sisyphus hour status` does.
EXIT_CODES = {
    "usable": 0,
    "broken": 3,
    "undecided": 4,
    "uncovered": 5,
    "stale": 6,
    "unknown": 7,
}


class NoAnswer(Exception):
    """The server, or the storage behind it, does not answer: nothing is known, and another attempt may help."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A token is sent to the address that it was given for, and to no other."""

    def redirect_request(self, *_args, **_kwargs):
        return None


def _ask(url, path, max_age, token):
    query = urllib.parse.urlencode({"maxAge": max_age} if max_age else {})
    request = urllib.request.Request(url.rstrip("/") + path + ("?" + query if query else ""))
    token = token or os.environ.get("SISYPHUS_METRICS_TOKEN")
    if token:
        request.add_header("Authorization", "Bearer " + token)
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as response:
            return json.loads(response.read().decode("utf-8"))
    except urllib.error.HTTPError as error:
        text = error.read().decode("utf-8", "replace").strip()
        if error.code == 404 and text.startswith("no audit knows of"):
            return {"state": "unknown", "why": text}
        if error.code >= 500:
            raise NoAnswer("%d: %s" % (error.code, text)) from error
        raise Failed("%d: %s" % (error.code, text)) from error
    except (OSError, ValueError) as error:
        raise NoAnswer(str(error)) from error


def hour_status(url, name, hour, max_age=None, token=None):
    """The answer on an hour, such as {"state": "usable", "why": …}; an unknown name is a state as well.

    Raises NoAnswer where asking again may help, and Failed where it does not.
    """
    if not HOUR.match(hour):
        raise Failed("an hour is written 2018-07-05T03 (UTC), and not " + hour)
    path = "/v1/hours/%s/%s" % (urllib.parse.quote(name, safe=""), hour)
    answer = _ask(url, path, max_age, token)
    # Whatever else a proxy may have answered is no word of an audit.
    if answer.get("state") not in EXIT_CODES or answer.get("hour", hour) != hour:
        raise NoAnswer("this is no answer of Sisyphus")
    return answer


def watermark(url, table, max_age=None, token=None):
    """The newest hour up to which all of a table is usable, or None; and why it is no later one.

    Raises as hour_status does.
    """
    path = "/v1/tables/%s/watermark" % urllib.parse.quote(table, safe="")
    answer = _ask(url, path, max_age, token)
    return answer.get("watermark"), answer.get("why")


class SisyphusHourSensor(BaseSensorOperator):
    """Waits until an hour may be used.

    A broken hour is waited for, as a backfill may mend it, unless `fail_if_broken`. A name that no audit knows fails.
    """

    template_fields = ("table", "hour")

    def __init__(self, *, url, table, hour, max_age=None, fail_if_broken=False, **kwargs):
        super().__init__(**kwargs)
        self.url = url
        self.table = table
        self.hour = hour
        self.max_age = max_age
        self.fail_if_broken = fail_if_broken

    def poke(self, context):
        try:
            answer = hour_status(self.url, self.table, self.hour, self.max_age)
        except NoAnswer as error:
            print("no answer: %s" % error)
            return False
        state, why = answer["state"], answer.get("why", "")
        print("%s %s: %s: %s" % (self.table, self.hour, state, why))
        if state == "unknown" or (state == "broken" and self.fail_if_broken):
            raise Failed("%s: %s" % (state, why))
        return state == "usable"


def main(arguments):
    if len(arguments) not in (3, 4):
        print("usage: sisyphus_hours.py URL TABLE HOUR [MAX_AGE]", file=sys.stderr)
        return 1
    try:
        answer = hour_status(*arguments)
    except (Failed, NoAnswer) as error:
        print(error, file=sys.stderr)
        return 1
    print("%s: %s" % (answer["state"], answer.get("why", "")))
    return EXIT_CODES[answer["state"]]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
