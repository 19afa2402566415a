import { type AttachedSession, type AttachRequest, LinkError } from '@mooring/amqp';
import type { AppendOrigin } from '@mooring/event-log';
import type { Fault, FaultType } from '../../fault-injection/fault.js';
import type { FaultInjection } from '../../fault-injection/fault-injection.js';
import { FaultOrigin } from '../../fault-injection/fault-origin.js';
import type { AmqpDevice } from '../device/amqp-device.js';
import type { DeviceLink } from '../device/device-link.js';
import { DeviceBoundLink } from '../messages/device-bound-link.js';
import { MethodLink } from '../methods/method-link.js';
import { MethodReplyLink } from '../methods/method-reply-link.js';
import { TelemetryLink } from '../telemetry/telemetry-link.js';
import { TwinLink } from '../twin/twin-link.js';
import { TwinRequestLink } from '../twin/twin-request-link.js';

const CBS = '$cbs';
/** Clients try again after it, be it of a link or a session. */
const FORCED = 'amqp:link:detach-forced';

/** The links that a fault detaches. A request link of the twin is the device's, that of methods the hub's. */
const LINKS: Readonly<Partial<Record<FaultType, (link: DeviceLink) => boolean>>> = {
  KillAmqpD2CLink: (link) => link instanceof TelemetryLink,
  KillAmqpC2DLink: (link) => link instanceof DeviceBoundLink,
  KillAmqpTwinLinkReq: (link) => link instanceof TwinRequestLink,
  KillAmqpTwinLinkResp: (link) => link instanceof TwinLink,
  KillAmqpMethodReqLink: (link) => link instanceof MethodLink,
  KillAmqpMethodRespLink: (link) => link instanceof MethodReplyLink,
};

/** Injects faults into AMQP connections, sessions and links; where there is none of it, there are no faults. */
export class AmqpFaults {
  constructor(private readonly injection: FaultInjection) {}

  /** The origin to append the messages of a link with, in the place of its own. */
  origin(device: AmqpDevice, { session }: AttachRequest, origin: AppendOrigin): FaultOrigin {
    return new FaultOrigin({
      injection: this.injection,
      identity: device.admission.identity,
      target: { strike: (fault) => strike(device, session, fault) },
      origin,
    });
  }
}

function strike(device: AmqpDevice, session: AttachedSession, { type, reason }: Fault): boolean {
  const { connection } = session;
  switch (type) {
    case 'KillTcp':
      connection.destroy();
      return true;
    case 'KillAmqpConnection':
      connection.close(new LinkError('amqp:connection:forced', reason));
      return true;
    case 'ShutDownAmqp':
      connection.close();
      return true;
    case 'KillAmqpSession':
      session.end(new LinkError(FORCED, reason));
      return true;
    case 'KillAmqpCBSLinkReq':
      return connection.detach(CBS, 'sender', new LinkError(FORCED, reason));
    case 'KillAmqpCBSLinkResp':
      return connection.detach(CBS, 'receiver', new LinkError(FORCED, reason));
    default: {
      const isMeant = LINKS[type];
      return isMeant !== undefined && device.detach(isMeant, new LinkError(FORCED, reason));
    }
  }
}
