"""Runs the claims."""

import traceback
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from claims import CLAIMS, LAST, Claims


def verdict(claim, url):
    try:
        claim(Claims(url, claim.__name__))
        return None
    except Exception:
        return traceback.format_exc(limit=-2)


def check(about, server):
    """The exit code, once every claim was checked against `server` and those that fail are told."""
    started = monotonic()
    with server as url, ThreadPoolExecutor(max_workers=24) as pool:
        judge = lambda claim: verdict(claim, url)  # noqa: E731
        verdicts = [*pool.map(judge, CLAIMS), *map(judge, LAST)]
    claims = CLAIMS + LAST
    failures = [(claim, why) for claim, why in zip(claims, verdicts) if why]
    for claim, why in failures:
        print(f"FAILED {claim.__module__}: {claim.__name__.replace('_', ' ')}\n{why}")
    took = monotonic() - started
    held = len(claims) - len(failures)
    print(f"{held} of {len(claims)} claims about {about} hold ({took:.1f} s)")
    return 1 if failures or not CLAIMS else 0
