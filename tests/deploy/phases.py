"""Claims, each checked in its phase of the stack's life, in the order of their module."""

import traceback

CLAIMS = []
HELD = []
FAILED = []


def claim(function):
    """Registers a check."""
    CLAIMS.append(function)
    return function


def check(module, it):
    """Checks the claims of `module`; those that fail are told at once, as what comes next may depend on them."""
    for each in CLAIMS:
        if each.__module__ != module.__name__:
            continue
        try:
            each(it)
            HELD.append(each)
        except Exception:
            FAILED.append(each)
            words = each.__name__.replace("_", " ")
            print(f"FAILED {each.__module__}: {words}\n{traceback.format_exc(limit=-2)}", flush=True)


def verdict(seconds):
    """The exit code, once the count was told."""
    count = len(HELD) + len(FAILED)
    print(f"{len(HELD)} of {count} claims about the deployed stack hold ({seconds:.1f} s)")
    return 1 if FAILED or not HELD else 0
