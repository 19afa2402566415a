/** aedes in memory over the same TLS: what a broker costs that stores nothing. */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { Aedes } from 'aedes';

const [certificate, key] = process.argv.slice(2);
if (certificate === undefined || key === undefined) {
  throw new Error('usage: aedes-server CERTIFICATE KEY');
}

const broker = await Aedes.createBroker();
const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (socket) => {
  broker.handle(socket);
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
