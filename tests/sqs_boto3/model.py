"""The endpoint held against AWS's own description of SQS, which botocore brings along.

What goes in is asked for here, member by member. What comes out is gathered from the answers to
all other claims, so that these are checked last.
"""

import json

import botocore.session
from claims import claim, last, same
from recorder import ANSWERS
from wire import post

# Nothing here is encrypted, throttled or signed, so that these cannot happen; no operation of the
# present protocol gives InvalidIdFormat any more; SQS was seen to hide again what is visible again,
# where its description names MessageNotInflight. With 120,000 messages in flight, the simulator's own
# tests see OverLimit.
NEVER = {
    "InvalidIdFormat",
    "InvalidSecurity",
    "MessageNotInflight",
    "OverLimit",
    "RequestThrottled",
}
# Errors of AWS's protocol, which services' descriptions leave out.
OF_THE_PROTOCOL = {
    "InternalFailure",
    "InvalidParameterValueException",
    "MissingRequiredParameterException",
    "SerializationException",
    "UnknownOperationException",
}
# SQS has deprecated lists in attributes and hands none out; the endpoint is no Region.
NEVER_SEEN = {"StringListValues", "BinaryListValues"}


def model():
    return botocore.session.get_session().get_service_model("sqs")


def operations():
    """By name; of the XML that older SDKs speak, there is nothing to be compared here."""
    described = model()
    if described.metadata["protocol"] != "json":
        return []
    return [described.operation_model(name) for name in described.operation_names]


def refuses(it, operation, request):
    """Whether the request is no request of this operation at all."""
    _, _, body = post(it, f"AmazonSQS.{operation.name}", json.dumps(request))
    kind = body.get("__type", "")
    assert not kind.endswith("UnknownOperationException"), f"{operation.name} does not exist"
    return kind.endswith("SerializationException")


def misfits(shape):
    """For every member of `shape`, with its path, a value that it cannot have."""
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield from ((f"{name}{path}", {name: value}) for path, value in misfits(member))
        yield "", 7
    elif shape.type_name == "list":
        yield from ((f"[]{path}", [value]) for path, value in misfits(shape.member))
        yield "", 7
    elif shape.type_name == "map":
        yield from ((f"{{}}{path}", {"All": value}) for path, value in misfits(shape.value))
        yield "", 7
    else:
        yield "", [[]]


@claim
def every_operation_reads_every_member_of_its_input(it):
    unread = []
    for operation in operations():
        shape = operation.input_shape
        for name, member in shape.members.items():
            for path, value in misfits(member):
                if not refuses(it, operation, {name: value}):
                    unread.append(f"{operation.name}.{name}{path}")
        assert not refuses(it, operation, {"NoMember": [[]]}), operation.name
    same(unread, [])


@last
def answers_have_the_members_of_their_shapes_and_no_others(it):
    shapes = {operation.name: operation.output_shape for operation in operations()}
    seen = set()
    for name, status, body in ANSWERS:
        if status == 200:
            compare(shapes[name], body, name, seen)
    described = set()
    for name, shape in shapes.items():
        if shape is not None:
            described |= set(paths(shape, name))
    missed = {path for path in described - seen if path.split(".")[-1] not in NEVER_SEEN}
    same(sorted(missed), [])


@last
def errors_are_those_of_the_description(it):
    described = {shape.name for shape in model().error_shapes} if operations() else set()
    seen = set()
    for name, status, body in ANSWERS:
        if status == 200:
            continue
        same(sorted(body), ["__type", "message"])
        namespace, kind = body["__type"].split("#")
        known = {"com.amazonaws.sqs": described, "com.amazon.coral.service": OF_THE_PROTOCOL}
        assert kind in known[namespace], f"{name} answers with {body['__type']}"
        seen.add(kind)
    unseen = {kind for kind in described - seen - NEVER if not kind.startswith("Kms")}
    same(sorted(unseen), [])


def compare(shape, value, path, seen):
    """Notes each member of an answer, and that it is described."""
    if shape is None:
        same(value, {})
    elif shape.type_name == "structure":
        for name, inner in value.items():
            assert name in shape.members, f"{path}.{name} is not described"
            seen.add(f"{path}.{name}")
            compare(shape.members[name], inner, f"{path}.{name}", seen)
    elif shape.type_name == "list":
        for inner in value:
            compare(shape.member, inner, path, seen)
    elif shape.type_name == "map":
        for inner in value.values():
            compare(shape.value, inner, path, seen)
    else:
        kinds = {"string": str, "blob": str, "boolean": bool, "integer": int, "long": int}
        assert isinstance(value, kinds[shape.type_name]), f"{path} is {value!r}"


def paths(shape, path):
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield f"{path}.{name}"
            yield from paths(member, f"{path}.{name}")
    elif shape.type_name == "list":
        yield from paths(shape.member, path)
    elif shape.type_name == "map":
        yield from paths(shape.value, path)
