"""Queues, their attributes and tags."""

from claims import claim, same


@claim
def a_queue_has_the_url_and_arn_of_its_name(it):
    queue = it.create("a_queue_with_a_name")
    assert queue.endswith("/000000000000/a_queue_with_a_name"), queue
    same(it.arn(queue), "arn:aws:sqs:us-east-1:000000000000:a_queue_with_a_name")
    same(it.sqs.get_queue_url(QueueName="a_queue_with_a_name")["QueueUrl"], queue)


@claim
def a_queue_has_the_defaults_of_the_developer_guide(it):
    found = it.sqs.get_queue_attributes(QueueUrl=it.queue(), AttributeNames=["All"])
    found = found["Attributes"]
    expected = {
        "DelaySeconds": "0",
        "MaximumMessageSize": "1048576",
        "MessageRetentionPeriod": "345600",
        "ReceiveMessageWaitTimeSeconds": "0",
        "VisibilityTimeout": "30",
        "SqsManagedSseEnabled": "true",
        "ApproximateNumberOfMessages": "0",
        "ApproximateNumberOfMessagesDelayed": "0",
        "ApproximateNumberOfMessagesNotVisible": "0",
    }
    same({name: found.get(name) for name in expected}, expected)
    assert int(found["CreatedTimestamp"]) <= int(found["LastModifiedTimestamp"])
    assert "FifoQueue" not in found


@claim
def only_the_attributes_asked_for_are_told(it):
    queue = it.queue()
    names = ["DelaySeconds", "QueueArn"]
    found = it.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)
    same(sorted(found["Attributes"]), names)
    assert "Attributes" not in it.sqs.get_queue_attributes(QueueUrl=queue)


@claim
def attributes_can_be_changed(it):
    queue = it.queue(VisibilityTimeout="5")
    changed = {"VisibilityTimeout": "6", "DelaySeconds": "7"}
    it.sqs.set_queue_attributes(QueueUrl=queue, Attributes=changed)
    same(it.attribute(queue, "VisibilityTimeout"), "6")
    same(it.attribute(queue, "DelaySeconds"), "7")


@claim
def creating_a_queue_again_finds_it(it):
    same(it.create("created_twice", DelaySeconds="1"), it.create("created_twice"))
    same(it.create("created_twice", DelaySeconds="1"), it.create("created_twice"))


@claim
def creating_it_again_with_other_attributes_is_refused(it):
    it.create("created_otherwise", DelaySeconds="1")
    other = {"DelaySeconds": "2"}
    it.refused("QueueAlreadyExists", "create_queue", QueueName="created_otherwise", Attributes=other)


@claim
def queues_are_listed_by_prefix_and_in_pages(it):
    urls = sorted(it.create(f"listed-{number}") for number in range(5))
    found = it.sqs.list_queues(QueueNamePrefix="listed-")["QueueUrls"]
    same(sorted(found), urls)
    pages = it.sqs.get_paginator("list_queues")
    pages = pages.paginate(QueueNamePrefix="listed-", PaginationConfig={"PageSize": 2})
    pages = [page["QueueUrls"] for page in pages]
    same([len(page) for page in pages], [2, 2, 1])
    same(sorted(sum(pages, [])), urls)
    assert "QueueUrls" not in it.sqs.list_queues(QueueNamePrefix="nothing-like-it")


@claim
def a_deleted_queue_is_gone_and_its_name_taken_for_a_minute(it):
    queue = it.create("deleted_queue")
    it.sqs.delete_queue(QueueUrl=queue)
    gone = "AWS.SimpleQueueService.NonExistentQueue"
    it.refused(gone, "send_message", QueueUrl=queue, MessageBody="x")
    it.refused(gone, "get_queue_url", QueueName="deleted_queue")
    recently = "AWS.SimpleQueueService.QueueDeletedRecently"
    it.refused(recently, "create_queue", QueueName="deleted_queue")


@claim
def tags_are_kept_added_and_removed(it):
    queue = it.sqs.create_queue(QueueName="tagged", tags={"a": "1", "b": "2"})["QueueUrl"]
    it.sqs.tag_queue(QueueUrl=queue, Tags={"b": "3", "c": "4"})
    it.sqs.untag_queue(QueueUrl=queue, TagKeys=["a"])
    same(it.sqs.list_queue_tags(QueueUrl=queue)["Tags"], {"b": "3", "c": "4"})


@claim
def permissions_become_a_policy(it):
    queue = it.queue()
    grant = {"Label": "friends", "AWSAccountIds": ["111111111111"], "Actions": ["SendMessage"]}
    it.sqs.add_permission(QueueUrl=queue, **grant)
    policy = it.attribute(queue, "Policy")
    assert "friends" in policy and "111111111111" in policy, policy
    it.sqs.remove_permission(QueueUrl=queue, Label="friends")


@claim
def a_purged_queue_is_empty_and_not_purged_again_within_a_minute(it):
    queue = it.queue()
    for _ in range(3):
        it.send(queue)
    it.sqs.purge_queue(QueueUrl=queue)
    same(it.receive(queue), [])
    it.refused("AWS.SimpleQueueService.PurgeQueueInProgress", "purge_queue", QueueUrl=queue)
