// The work of the benchmark by Powertools for AWS Lambda (TypeScript), as its documentation has it.

import { createHash } from 'node:crypto';
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';

const processor = new BatchProcessor(EventType.SQS);
const config = new IdempotencyConfig({ eventKeyJmesPath: 'id' });

async function work(order, body) {
  createHash('sha256').update(body).digest();
  if (order.fail) throw new Error('told to fail');
}

const once =
  process.env.STORE === 'none'
    ? work
    : makeIdempotent(work, {
        config,
        persistenceStore: new DynamoDBPersistenceLayer({ tableName: 'idempotency' }),
      });

async function handle(record) {
  await once(JSON.parse(record.body), record.body);
}

export async function handler(event, context) {
  config.registerLambdaContext(context);
  return processPartialResponse(event, handle, processor, { context });
}
