import type { Socket } from 'node:net';
import type { MutableHeaders } from '@mooring/messages';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DeviceIdentity } from '../../device-session/device-identity.js';
import { readFault } from '../../fault-injection/fault.js';
import type { FaultInjection, FaultTarget } from '../../fault-injection/fault-injection.js';

/** Injects faults into HTTP connections; where there is none of it, there are no faults. */
export class HttpFaults {
  constructor(private readonly injection: FaultInjection) {}

  /** @throws HubError while the messages of the identity are refused */
  check(identity: DeviceIdentity): void {
    const refusal = this.injection.refusal(identity);
    if (refusal !== undefined) {
      throw refusal;
    }
  }

  /** Arms the faults that messages which were taken ask for, once their request is answered. */
  armWhenAnswered(
    { raw: { socket } }: FastifyRequest,
    { raw: response }: FastifyReply,
    { identity, messages }: { readonly identity: DeviceIdentity; readonly messages: readonly Taken[] },
  ): void {
    const faults = messages.map(({ properties }) => readFault(properties)).filter((fault) => fault !== undefined);
    if (faults.length === 0) {
      return;
    }
    const target = targetOf(socket);
    response.once('finish', () => {
      for (const fault of faults) {
        this.injection.arm(identity, fault, target);
      }
    });
  }
}

interface Taken {
  readonly properties: Readonly<MutableHeaders>;
}

/** HTTP has nothing to break but its transport, if the client has kept it. */
function targetOf(socket: Socket): FaultTarget {
  return {
    strike: ({ type }) => {
      if (type !== 'KillTcp' || socket.destroyed) {
        return false;
      }
      socket.destroy();
      return true;
    },
  };
}
