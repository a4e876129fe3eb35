"""The front door's way, walked without API Gateway, which the emulator does not have: its schema, its mapping template
rendered, and SQS's query protocol, spoken to `lambda-queue local serve`."""

import json
import re
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from xml.etree import ElementTree

import boto3
import jsonschema
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from claims import same
from phases import claim
from server import running
from translated import translated
from vtl import render

INLINE = {"inline": {"content_type": "text/plain", "text": "hello"}}
AWKWARD = [
    "a&Action=DeleteQueue&b=c",
    "1 + 1 = 2, 100 %, %26, a+b",
    "\"quoted\", 'quoted', \\back\\slash, `ticks`",
    "Grüße, 東京, 🦀, \u00a0",
    "lines\nand\r\nmore\tof\nthem",
    "$input.body #set($a = 1) ${b} <a href='x'>&amp;</a>",
]


class FrontDoor:
    """The API's definition, as SAM makes it, in front of a queue of this machine."""

    def __init__(self, sam, url):
        api = translated(sam, FrontDoor="true")["FrontDoorApi"]["Properties"]["Body"]
        [operations] = api["paths"].values()
        self.integration = operations["post"]["x-amazon-apigateway-integration"]
        self.schema = jsonschema.Draft4Validator(api["components"]["schemas"]["Document"])
        self.sqs = boto3.client("sqs", "us-east-1", endpoint_url=url, aws_access_key_id="a", aws_secret_access_key="b")
        self.queue = self.sqs.create_queue(QueueName="front-door")["QueueUrl"]

    def post(self, body):
        """Status and body of the answer to a caller who is let in."""
        try:
            document = json.loads(body)
        except ValueError:
            return 400, None
        if not self.schema.is_valid(document):
            return 400, None
        request = render(self.integration["requestTemplates"]["application/json"], body)
        content_type = self.integration["requestParameters"]["integration.request.header.Content-Type"].strip("'")
        try:
            with urlopen(signed(self.queue, request.encode("ascii"), content_type)) as response:
                return self.answer(response.status, as_json(response.read()))
        except HTTPError as error:
            return self.answer(error.code, {})

    def answer(self, status, body):
        patterns = self.integration["responses"]
        chosen = next((it for it in patterns if it != "default" and re.fullmatch(it, str(status))), "default")
        template = patterns[chosen]["responseTemplates"]["application/json"]
        return int(patterns[chosen]["statusCode"]), json.loads(render(template, json.dumps(body)))

    def received(self):
        found = self.sqs.receive_message(QueueUrl=self.queue).get("Messages", [])
        for message in found:
            self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return [(it["MessageId"], it["Body"]) for it in found]


def signed(url, data, content_type):
    """As API Gateway does, in the role that it is given."""
    request = AWSRequest("POST", url, {"Content-Type": content_type}, data)
    SigV4Auth(Credentials("a", "b"), "sqs", "us-east-1").add_auth(request)
    return Request(url, data, dict(request.headers))


def as_json(xml):
    """SQS's answer as API Gateway asks for it: with `Accept: application/json`, it is the same tree."""

    def tree(element):
        children = {re.sub("{.*}", "", it.tag): tree(it) for it in element}
        return children or (element.text or "")

    root = ElementTree.fromstring(xml)
    return {re.sub("{.*}", "", root.tag): tree(root)}


@contextmanager
def opened(sam):
    with running("serve") as url:
        yield FrontDoor(sam, url)


@claim
def a_document_comes_through_the_front_door_byte_by_byte(sam):
    with opened(sam) as door:
        for text in AWKWARD:
            for ascii_only in [True, False]:
                document = {"document_id": text[:100], "source": {"inline": INLINE["inline"] | {"text": text}}}
                body = json.dumps(document, ensure_ascii=ascii_only, indent=1)
                status, answer = door.post(body)
                same(status, 202)
                same(door.received(), [(answer["message_id"], body)])


@claim
def what_is_no_document_is_refused_before_it_is_on_the_queue(sam):
    with opened(sam) as door:
        for refused in [
            "",
            "hello",
            "[]",
            "{}",
            '{"document_id": "a"}',
            '{"document_id": "a", "source": {"inline": {"text": "hello"}}',
            json.dumps({"document_id": "", "source": INLINE}),
            json.dumps({"document_id": "a", "source": {"file": "/etc/passwd"}}),
            json.dumps({"document_id": ["a"], "source": INLINE}),
        ]:
            same(door.post(refused)[0], 400)
        same(door.received(), [])


@claim
def what_sqs_does_not_take_is_answered_with_400(sam):
    with opened(sam) as door:
        large = {"inline": INLINE["inline"] | {"text": "x" * (1 << 20)}}
        status, answer = door.post(json.dumps({"document_id": "a", "source": large}))
        same((status, list(answer)), (400, ["message"]))
        same(door.received(), [])
