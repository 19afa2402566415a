import { Duplex } from 'node:stream';
import { connect } from 'node:tls';

/** The bytes that a TLS handshake begins with. */
export function clientHello(): Promise<Buffer> {
  return new Promise((resolve) => {
    const wire = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        done();
        resolve(chunk);
      },
    });
    connect({ socket: wire, servername: 'hub.example.com' }).on('error', () => undefined);
  });
}
