// Works on one order under Powertools for AWS Lambda (TypeScript), and tells what came of it as JSON.
//
// node typescript.mjs run|hold|fail ORDER, with AWS_ENDPOINT_URL and TABLE set. `hold` ends the process
// in the middle of the handler, as a crash would.

import { writeSync } from 'node:fs';
import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';

const [mode, order] = [process.argv[2], Number(process.argv[3])];
const config = new IdempotencyConfig({});
config.registerLambdaContext({ getRemainingTimeInMillis: () => 60_000 });
let ran = false;

const charge = makeIdempotent(
  async (order) => {
    ran = true;
    if (mode === 'hold') {
      tell('held');
      process.exit(0);
    }
    if (mode === 'fail') throw new RangeError('no');
    return { charged: order };
  },
  { config, persistenceStore: new DynamoDBPersistenceLayer({ tableName: process.env.TABLE }) },
);

function tell(outcome, output = null) {
  writeSync(1, `${JSON.stringify({ outcome, output })}\n`);
}

try {
  const output = await charge(order);
  tell(ran ? 'ran' : 'replayed', output);
} catch (error) {
  if (error instanceof IdempotencyAlreadyInProgressError) tell('in progress');
  else if (error instanceof RangeError) tell('failed');
  else tell('refused', String(error));
}
