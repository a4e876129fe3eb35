"""Buckets that tell a queue of their objects; in one claim, as they share the queue."""

import io
import json

from claims import claim, eventually, same

BUCKET = "lambda-queue-uploads"


@claim
def a_bucket_tells_its_queue_of_its_objects(it):
    s3 = it.client("s3")
    queue = it.sqs.get_queue_url(QueueName="lambda-queue-Arrivals")["QueueUrl"]

    def told(count=1):
        messages = []
        def more():
            messages.extend(it.receive(queue, MaxNumberOfMessages=10))
            return len(messages) >= count
        eventually(more)
        for message in messages:
            it.delete(queue, message)
        same(len(messages), count)
        events = [json.loads(message["Body"]) for message in messages]
        return sorted(events, key=lambda each: json.dumps(each.get("Records", [{}])[0].get("s3")))

    [test] = told()
    same((test["Event"], test["Bucket"]), ("s3:TestEvent", BUCKET))

    # Neither of these is asked for.
    s3.put_object(Bucket=BUCKET, Key="out/a.txt", Body=b"no")
    s3.put_object(Bucket=BUCKET, Key="in/a.pdf", Body=b"no")
    s3.put_object(Bucket="lambda-queue-quiet", Key="in/a.txt", Body=b"no")
    put = s3.put_object(Bucket=BUCKET, Key="in/my file+1.txt", Body=b"hello")
    [event] = told()
    [record] = event["Records"]
    expected = ("2.1", "aws:s3", "us-east-1", "ObjectCreated:Put")
    names = ["eventVersion", "eventSource", "awsRegion", "eventName"]
    same(tuple(record[name] for name in names), expected)
    bucket, found = record["s3"]["bucket"], record["s3"]["object"]
    same((bucket["name"], bucket["arn"]), (BUCKET, f"arn:aws:s3:::{BUCKET}"))
    same((found["key"], found["size"]), ("in/my+file%2B1.txt", 5))
    same(found["eTag"], put["ETag"].strip('"'))
    first = found["sequencer"]

    source = {"Bucket": BUCKET, "Key": "in/my file+1.txt"}
    s3.copy_object(Bucket=BUCKET, Key="in/copy.txt", CopySource=source)
    [event] = told()
    [record] = event["Records"]
    same((record["eventName"], record["s3"]["object"]["key"]), ("ObjectCreated:Copy", "in/copy.txt"))
    assert record["s3"]["object"]["sequencer"] > first, record

    s3.upload_fileobj(io.BytesIO(b"a" * 20_000_000), BUCKET, "in/large.txt")
    [event] = told()
    [record] = event["Records"]
    same(record["eventName"], "ObjectCreated:CompleteMultipartUpload")
    same(record["s3"]["object"]["size"], 20_000_000)

    s3.delete_object(Bucket=BUCKET, Key="in/copy.txt")
    # What was not there is not removed.
    s3.delete_object(Bucket=BUCKET, Key="in/copy.txt")
    [event] = told()
    [record] = event["Records"]
    same(record["eventName"], "ObjectRemoved:Delete")
    assert "size" not in record["s3"]["object"], record
    keys = [{"Key": "in/large.txt"}, {"Key": "out/a.txt"}, {"Key": "nothing"}]
    s3.delete_objects(Bucket=BUCKET, Delete={"Objects": keys})
    found = [event["Records"][0]["s3"]["object"]["key"] for event in told(2)]
    same(found, ["in/large.txt", "out/a.txt"])
