// A client of the Runtime API for Node.js: AWS's own, `aws-lambda-ric`, builds libcurl from source with cmake and
// autotools, which few machines have. It does what that one does for each invocation, by `node:http`.

import http from 'node:http';

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

function request(method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
    const options = { host, port, method, path: `/2018-06-01/runtime/${path}`, agent, headers };
    const sent = http.request(options, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve({ headers: answer.headers, body: Buffer.concat(chunks) }));
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function context(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

function report(error) {
  return JSON.stringify({ errorType: error.name, errorMessage: error.message, stackTrace: [] });
}

const [file, name] = process.env._HANDLER.split('.');
let handler;
try {
  handler = (await import(`./${file}.mjs`))[name];
} catch (error) {
  console.error(error);
  await request('POST', 'init/error', report(error));
  process.exit(1);
}
for (;;) {
  const next = await request('GET', 'invocation/next');
  const { awsRequestId } = context(next.headers);
  try {
    const result = await handler(JSON.parse(next.body.toString()), context(next.headers));
    await request('POST', `invocation/${awsRequestId}/response`, JSON.stringify(result ?? null));
  } catch (error) {
    console.error(error);
    await request('POST', `invocation/${awsRequestId}/error`, report(error));
  }
}
