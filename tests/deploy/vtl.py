"""API Gateway's mapping templates, as far as template.yaml uses them. Anything else is refused."""

import json
import re
from urllib.parse import quote_plus

REFERENCE = re.compile(r"""\$(?:
    util\.urlEncode\((?P<encoded>[^()]*)\)
    | input\.path\('\$(?P<path>(?:\.\w+)+)'\)
    | input\.(?P<body>body)
)""", re.VERBOSE)


def render(template, body):
    """The template with `body`, which is text, put in."""
    rest = REFERENCE.sub("", template)
    assert "$" not in rest and "#" not in rest, f"not rendered here: {rest}"
    return REFERENCE.sub(lambda found: value(found, body), template)


def value(found, body):
    if found["encoded"]:
        # As Java's URLEncoder, which leaves these alone and makes a plus of a blank.
        return quote_plus(render(found["encoded"], body), safe="*").replace("~", "%7E")
    if found["path"]:
        it = json.loads(body)
        for name in found["path"].split(".")[1:]:
            it = it[name]
        return str(it)
    return body
