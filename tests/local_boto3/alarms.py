"""The template's CloudWatch alarms."""

import urllib.request
from datetime import datetime, timezone

from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from claims import claim, eventually, same

DEAD = "lambda-queue-DeadJobsAlarm"


def alarm(it, name):
    [found] = it.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return found


@claim
def a_dead_letter_sets_off_its_alarm(it):
    found = alarm(it, DEAD)
    same((found["StateValue"], found["Threshold"], found["Period"]), ("OK", 0.0, 60))
    same(found["AlarmDescription"], "Jobs have failed.")
    same(found["Dimensions"], [{"Name": "QueueName", "Value": "lambda-queue-DeadJobs"}])
    # The topic is none of the local services'.
    same(found["AlarmActions"], [])

    jobs = it.sqs.get_queue_url(QueueName="lambda-queue-Jobs")["QueueUrl"]
    it.send(jobs, "fail")
    eventually(lambda: alarm(it, DEAD)["StateValue"] == "ALARM", seconds=20)
    found = alarm(it, DEAD)
    same(found["StateReason"], "Threshold Crossed: 1 datapoint [1.0] was greater than the threshold (0.0).")
    age = datetime.now(timezone.utc) - found["StateUpdatedTimestamp"]
    assert 0 <= age.total_seconds() < 20, age

    dead = it.sqs.get_queue_url(QueueName="lambda-queue-DeadJobs")["QueueUrl"]
    it.delete(dead, it.receive_one(dead))
    same(alarm(it, DEAD)["StateValue"], "OK")


@claim
def what_is_not_measured_here_is_insufficient_data(it):
    found = alarm(it, "traffic")
    same((found["StateValue"], found["Threshold"]), ("INSUFFICIENT_DATA", 0.5))


@claim
def alarms_are_found_by_prefix_and_state_and_in_pages(it):
    describe = it.client("cloudwatch").describe_alarms
    names = lambda **more: [each["AlarmName"] for each in describe(**more)["MetricAlarms"]]  # noqa: E731
    same(names(AlarmNamePrefix="tra"), ["traffic"])
    same(names(StateValue="INSUFFICIENT_DATA"), ["traffic"])
    same(names(AlarmTypes=["CompositeAlarm"]), [])
    pages = it.client("cloudwatch").get_paginator("describe_alarms")
    pages = pages.paginate(PaginationConfig={"PageSize": 1})
    same([len(page["MetricAlarms"]) for page in pages], [1, 1, 1])


@claim
def sdks_that_prefer_cbor_get_the_same(it):
    client = it.client("cloudwatch")
    operation = client.meta.service_model.operation_model("DescribeAlarms")
    serializer = create_serializer("smithy-rpc-v2-cbor")
    request = serializer.serialize_to_request({"AlarmNames": ["traffic"]}, operation)
    url = it.url + request["url_path"]
    answer = urllib.request.urlopen(urllib.request.Request(url, request["body"], request["headers"]))
    response = {"status_code": answer.status, "headers": answer.headers, "body": answer.read()}
    parsed = create_parser("smithy-rpc-v2-cbor").parse(response, operation.output_shape)
    same(parsed["MetricAlarms"], [alarm(it, "traffic")])
