// The client's half of the official gRPC interoperability tests, on grpc-js:
//   node client.js <interop.proto> <port> <case>
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { loadPackageDefinition, credentials, Metadata, status, compressionAlgorithms } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const [proto, port, name] = process.argv.slice(2);
const { TestService, UnimplementedService } = loadPackageDefinition(loadSync(proto)).grpc.testing;

const sizes = [[27182, 31415], [8, 9], [1828, 2653], [45904, 58979]];
const payload = (size) => ({ body: Buffer.alloc(size) });
const output = (...responses) => ({ responseParameters: responses.map((size) => ({ size })) });
const connect = (options = {}, Service = TestService) => new Service(`127.0.0.1:${port}`, credentials.createInsecure(), options);
const gzip = { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip };

// A call with one response, as { call, response, headers, trailers }.
function only(client, method, request, { metadata = new Metadata(), messages, ...options } = {}) {
  const result = {};
  const done = new Promise((resolve, reject) => {
    const callback = (error, response) => (error ? reject(error) : resolve(response));
    result.call = request ? client[method](request, metadata, options, callback) : client[method](metadata, options, callback);
  });
  result.call.on('metadata', (headers) => { result.headers = headers; });
  const ended = once(result.call, 'status').then(([end]) => { result.trailers = end.metadata; });
  for (const message of messages ?? []) result.call.write(message);
  if (messages) result.call.end();
  return Object.assign(done.then(async (response) => { await ended; return { ...result, response }; }), { call: result.call });
}

// Every response of a stream; rejects when it ends with an error.
async function all(call) {
  const responses = [];
  for await (const response of call) responses.push(response);
  return responses;
}

const fails = (promise, code) => assert.rejects(promise, (error) => { assert.equal(error.code, code, error.message); return true; });

async function largeUnary(client, request = {}) {
  const { response } = await only(client, 'unaryCall', { responseSize: 314159, payload: payload(271828), ...request });
  assert.deepEqual(response.payload.body, Buffer.alloc(314159));
}

const cases = {
  async empty_unary(client) {
    assert.deepEqual((await only(client, 'emptyCall', {})).response, {});
  },
  large_unary: (client) => largeUnary(client),
  async client_compressed_unary(client) {
    await fails(largeUnary(client, { expectCompressed: { value: true } }), status.INVALID_ARGUMENT);
    await largeUnary(connect(gzip), { expectCompressed: { value: true } });
    await largeUnary(client, { expectCompressed: { value: false } });
  },
  async server_compressed_unary(client) {
    await largeUnary(client, { responseCompressed: { value: true } });
    await largeUnary(client, { responseCompressed: { value: false } });
  },
  async client_streaming(client) {
    const { response } = await only(client, 'streamingInputCall', null, { messages: sizes.map(([size]) => ({ payload: payload(size) })) });
    assert.equal(response.aggregatedPayloadSize, 74922);
  },
  async client_compressed_streaming(client) {
    const message = { expectCompressed: { value: true }, payload: payload(27182) };
    await fails(only(client, 'streamingInputCall', null, { messages: [message] }), status.INVALID_ARGUMENT);
    const { response } = await only(connect(gzip), 'streamingInputCall', null, { messages: [message] });
    assert.equal(response.aggregatedPayloadSize, 27182);
  },
  async server_streaming(client) {
    const responses = await all(client.streamingOutputCall(output(31415, 9, 2653, 58979)));
    assert.deepEqual(responses.map((each) => each.payload.body.length), [31415, 9, 2653, 58979]);
  },
  async server_compressed_streaming(client) {
    const responses = await all(client.streamingOutputCall({
      responseParameters: [{ size: 31415, compressed: { value: true } }, { size: 92653, compressed: { value: false } }],
    }));
    assert.deepEqual(responses.map((each) => each.payload.body.length), [31415, 92653]);
  },
  async ping_pong(client) {
    const call = client.fullDuplexCall();
    for (const [request, response] of sizes) {
      call.write({ ...output(response), payload: payload(request) });
      const [message] = await once(call, 'data');
      assert.equal(message.payload.body.length, response);
    }
    const ended = once(call, 'status');
    call.end();
    assert.equal((await ended)[0].code, status.OK);
  },
  async empty_stream(client) {
    const call = client.fullDuplexCall();
    call.end();
    assert.deepEqual(await all(call), []);
  },
  async custom_metadata(client) {
    const metadata = new Metadata();
    metadata.set('x-grpc-test-echo-initial', 'test_initial_metadata_value');
    metadata.set('x-grpc-test-echo-trailing-bin', Buffer.from([0xab, 0xab, 0xab]));
    const { headers, trailers } = await only(client, 'unaryCall', { responseSize: 10, payload: payload(10) }, { metadata });
    assert.deepEqual(headers.get('x-grpc-test-echo-initial'), ['test_initial_metadata_value']);
    assert.deepEqual(trailers.get('x-grpc-test-echo-trailing-bin'), [Buffer.from([0xab, 0xab, 0xab])]);
  },
  async status_code_and_message(client) {
    const responseStatus = { code: 2, message: 'test status message' };
    await assert.rejects(only(client, 'unaryCall', { responseStatus }), { code: 2, details: responseStatus.message });
    const call = client.fullDuplexCall();
    call.write({ responseStatus });
    call.end();
    await assert.rejects(all(call), { code: 2, details: responseStatus.message });
  },
  async special_status_message(client) {
    const message = '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n';
    await assert.rejects(only(client, 'unaryCall', { responseStatus: { code: 2, message } }), { code: 2, details: message });
  },
  unimplemented_method: (client) => fails(only(client, 'unimplementedCall', {}), status.UNIMPLEMENTED),
  unimplemented_service: () => fails(only(connect({}, UnimplementedService), 'unimplementedCall', {}), status.UNIMPLEMENTED),
  async cancel_after_begin(client) {
    const result = only(client, 'streamingInputCall');
    result.call.cancel();
    await fails(result, status.CANCELLED);
  },
  async cancel_after_first_response(client) {
    const call = client.fullDuplexCall();
    call.write(output(31415));
    await once(call, 'data');
    call.cancel();
    await fails(all(call), status.CANCELLED);
  },
  async timeout_on_sleeping_server(client) {
    const call = client.fullDuplexCall({ deadline: Date.now() + 1 });
    call.write({ responseParameters: [{ size: 10, intervalUs: 10_000_000 }] });
    await fails(all(call), status.DEADLINE_EXCEEDED);
  },
};

if (name === '--list') {
  console.log(Object.keys(cases).join('\n'));
} else {
  await cases[name](connect());
  console.log(`OK: ${name}`);
}
process.exit(0);
