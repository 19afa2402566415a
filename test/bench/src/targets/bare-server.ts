/** The floor of the platform: a TLS server that parses PUBLISH and answers at once, keeping nothing. */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';

const [certificate, key] = process.argv.slice(2);
if (certificate === undefined || key === undefined) {
  throw new Error('usage: bare-server CERTIFICATE KEY');
}

const CONNECT = 1;
const PUBLISH = 3;
const CONNACK = Buffer.from([0x20, 2, 0, 0]);

function serve(socket: TLSSocket): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    const answers: Buffer[] = [];
    for (;;) {
      let length = 0;
      let shift = 0;
      let body = at + 1;
      for (; body < bytes.length; body++, shift += 7) {
        const digit = bytes[body] ?? 0;
        length |= (digit & 0x7f) << shift;
        if ((digit & 0x80) === 0) {
          break;
        }
      }
      body++;
      if (body + length > bytes.length || bytes.length - at < 2) {
        break;
      }
      const type = (bytes[at] ?? 0) >> 4;
      if (type === CONNECT) {
        answers.push(CONNACK);
      } else if (type === PUBLISH) {
        const packetId = body + 2 + bytes.readUInt16BE(body);
        answers.push(Buffer.from([0x40, 2, bytes[packetId] ?? 0, bytes[packetId + 1] ?? 0]));
      }
      at = body + length;
    }
    rest = bytes.subarray(at);
    if (answers.length > 0) {
      socket.write(answers.length === 1 ? (answers[0] ?? CONNACK) : Buffer.concat(answers));
    }
  });
}

const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, serve);
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
