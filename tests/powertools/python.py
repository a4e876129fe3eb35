"""Works on one order under Powertools for AWS Lambda (Python), and tells what came of it as JSON.

python.py run|hold|fail ORDER, with AWS_ENDPOINT_URL and TABLE set. `hold` ends the process in the
middle of the handler, as a crash would.
"""

import json
import os
import sys
from types import SimpleNamespace

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyPersistenceLayerError,
)

MODE, ORDER = sys.argv[1], int(sys.argv[2])
config = IdempotencyConfig(use_local_cache=False)
config.register_lambda_context(SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000))
ran = False


@idempotent_function(
    data_keyword_argument="order",
    config=config,
    persistence_store=DynamoDBPersistenceLayer(table_name=os.environ["TABLE"]),
)
def charge(order):
    global ran
    ran = True
    if MODE == "hold":
        tell("held")
        os._exit(0)
    if MODE == "fail":
        raise ValueError("no")
    return {"charged": order}


def tell(outcome, output=None):
    print(json.dumps({"outcome": outcome, "output": output}), flush=True)


try:
    output = charge(order=ORDER)
    tell("ran" if ran else "replayed", output)
except IdempotencyAlreadyInProgressError:
    tell("in progress")
except IdempotencyPersistenceLayerError as error:
    tell("refused", str(error))
except ValueError:
    tell("failed")
