// Dapr's own JavaScript SDK as publisher and subscriber: node roundtrip.js <publisher's sidecar> <subscriber's sidecar> <app port>
import { CommunicationProtocolEnum, DaprClient, DaprPubSubStatusEnum, DaprServer } from "@dapr/dapr";

const [publisherPort, subscriberPort, appPort] = process.argv.slice(2);
const options = { daprHost: "127.0.0.1", communicationProtocol: CommunicationProtocolEnum.HTTP, logger: { level: "error" } };
const server = new DaprServer({
  serverHost: "127.0.0.1",
  serverPort: appPort,
  communicationProtocol: CommunicationProtocolEnum.HTTP,
  clientOptions: { ...options, daprPort: subscriberPort },
  logger: { level: "error" },
});

const expected = 6;
let received = 0;
let finish;
const finished = new Promise((resolve) => (finish = resolve));
const print = (kind) => async (data) => {
  console.log(kind + " " + JSON.stringify(data));
  if (++received === expected) finish();
};

await server.pubsub.subscribeWithOptions("pubsub", "orders", {
  callback: async (data) => {
    if (data.poison) return DaprPubSubStatusEnum.RETRY;
    await print("order")(data);
  },
  deadLetterTopic: "dead",
});
await server.pubsub.subscribe("pubsub", "dead", print("dead"));
// The SDK calls this one for every route, before the route's own.
await server.pubsub.subscribe("pubsub", "other", async () => {}, {
  rules: [{ match: 'event.type == "special"', path: "special" }],
  default: "usual",
});
server.pubsub.subscribeToRoute("pubsub", "other", "special", print("special"));
server.pubsub.subscribeToRoute("pubsub", "other", "usual", print("usual"));
await server.start();

const client = new DaprClient({ ...options, daprPort: publisherPort });
const published = [
  await client.pubsub.publish("pubsub", "orders", { order: 1 }),
  await client.pubsub.publish("pubsub", "orders", { poison: true }),
  await client.pubsub.publish("pubsub", "other", { order: 2 }, { metadata: { "cloudevent.type": "special" } }),
  await client.pubsub.publish("pubsub", "other", { order: 3 }),
];
const bulk = await client.pubsub.publishBulk("pubsub", "orders", [{ order: 4 }, { event: { order: 5 }, contentType: "application/json" }]);
const refused = await client.pubsub.publish("pubsub", "dead", { order: 6 });
console.log(`errors ${published.filter((answer) => answer.error).length} ${bulk.failedMessages.length} ${/ERR_PUBSUB_FORBIDDEN/.test(refused.error)}`);
await finished;
process.exit(0);
