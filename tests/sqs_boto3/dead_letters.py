"""Dead-letter queues."""

from claims import claim, same, text

INVALID = "InvalidParameterValue"


def pair(it, max_receive_count=1, **attributes):
    """A source queue whose messages come back at once, and its dead-letter queue."""
    dead = it.queue(**attributes)
    policy = {"deadLetterTargetArn": it.arn(dead), "maxReceiveCount": max_receive_count}
    return it.queue(VisibilityTimeout="0", RedrivePolicy=policy, **attributes), dead


@claim
def a_message_received_too_often_moves_and_keeps_its_id(it):
    source, dead = pair(it, 2)
    sent = it.send(source)
    it.receive_one(source)
    it.receive_one(source)
    same(it.receive(source), [])
    message = it.receive_one(dead)
    same(message["MessageId"], sent["MessageId"])
    same(message["Attributes"]["DeadLetterQueueSourceArn"], it.arn(source))


@claim
def a_fifo_queue_has_a_fifo_dead_letter_queue(it):
    source, dead = pair(it, FifoQueue="true")
    sent = it.send(source, MessageGroupId="g", MessageDeduplicationId="d")
    it.receive_one(source)
    same(it.receive(source), [])
    message = it.receive_one(dead)
    same(message["MessageId"], sent["MessageId"])
    same(message["Attributes"]["MessageGroupId"], "g")


@claim
def kinds_of_queues_are_not_mixed(it):
    policy = {"deadLetterTargetArn": it.arn(it.fifo()), "maxReceiveCount": 1}
    parameters = {"QueueUrl": it.queue(), "Attributes": {"RedrivePolicy": text(policy)}}
    it.refused(INVALID, "set_queue_attributes", **parameters)


@claim
def a_dead_letter_queue_must_exist(it):
    arn = "arn:aws:sqs:us-east-1:000000000000:no-such-queue"
    policy = text({"deadLetterTargetArn": arn, "maxReceiveCount": 1})
    parameters = {"QueueUrl": it.queue(), "Attributes": {"RedrivePolicy": policy}}
    it.refused(INVALID, "set_queue_attributes", **parameters)


@claim
def the_number_of_receives_has_bounds(it):
    target = it.arn(it.queue())
    for count in [0, 1001]:
        policy = text({"deadLetterTargetArn": target, "maxReceiveCount": count})
        parameters = {"QueueUrl": it.queue(), "Attributes": {"RedrivePolicy": policy}}
        it.refused(INVALID, "set_queue_attributes", **parameters)


@claim
def a_dead_letter_queue_knows_its_sources(it):
    source, dead = pair(it)
    answer = it.sqs.list_dead_letter_source_queues(QueueUrl=dead)
    same(answer["queueUrls"], [source])


@claim
def sources_are_listed_page_by_page(it):
    source, dead = pair(it)
    policy = {"deadLetterTargetArn": it.arn(dead), "maxReceiveCount": 1}
    other = it.queue(RedrivePolicy=policy)
    page = it.sqs.list_dead_letter_source_queues(QueueUrl=dead, MaxResults=1)
    next_page = {"MaxResults": 1, "NextToken": page["NextToken"]}
    rest = it.sqs.list_dead_letter_source_queues(QueueUrl=dead, **next_page)
    same(sorted(page["queueUrls"] + rest["queueUrls"]), sorted([source, other]))
    assert "NextToken" not in rest


@claim
def a_queue_may_refuse_to_be_one(it):
    dead = it.queue(RedriveAllowPolicy={"redrivePermission": "denyAll"})
    policy = text({"deadLetterTargetArn": it.arn(dead), "maxReceiveCount": 1})
    parameters = {"QueueUrl": it.queue(), "Attributes": {"RedrivePolicy": policy}}
    it.refused(INVALID, "set_queue_attributes", **parameters)


@claim
def a_redrive_policy_can_be_taken_away(it):
    source, dead = pair(it)
    it.sqs.set_queue_attributes(QueueUrl=source, Attributes={"RedrivePolicy": ""})
    it.send(source)
    for _ in range(3):
        it.receive_one(source)
    same(it.receive(dead), [])
