import type { AttachRequest, ClientRole, LinkEndpoint, LinkHandler } from '@mooring/amqp';
import { HubError } from '@mooring/errors';
import type { AmqpContext } from './amqp-context.js';
import type { AmqpDevice } from './device/amqp-device.js';
import type { AmqpDevices } from './device/amqp-devices.js';
import type { DeviceSource, DeviceTarget } from './device/device-link.js';
import { type DeviceAddress, type DeviceEndpoint, parseDeviceAddress } from './device-address.js';
import { InputLink } from './inputs/input-link.js';
import { DeviceBoundLink } from './messages/device-bound-link.js';
import { MethodLink } from './methods/method-link.js';
import { MethodReplyLink } from './methods/method-reply-link.js';
import { modelIdOf } from './model-id.js';
import { TelemetryLink } from './telemetry/telemetry-link.js';
import { TwinLink } from './twin/twin-link.js';
import { TwinRequestLink } from './twin/twin-request-link.js';

type Open = (device: AmqpDevice, request: AttachRequest) => DeviceTarget | DeviceSource;

/** What is served, by what the client is at its end. */
function linksOf({
  messages,
  methodReplies,
  twins,
}: AmqpContext): Readonly<Record<DeviceEndpoint, Partial<Record<ClientRole, Open>>>> {
  return {
    events: {
      sender: (device, request) => new TelemetryLink(device, request),
      receiver: (device) => new InputLink(device),
    },
    devicebound:
      messages === undefined ? {} : { receiver: (device, request) => new DeviceBoundLink(device, request, messages) },
    methods: {
      receiver: (device) => new MethodLink(device),
      sender: (device) => new MethodReplyLink(device, methodReplies),
    },
    twin:
      twins === undefined
        ? {}
        : {
            receiver: (device, request) => new TwinLink(device, request),
            sender: (device, request) => new TwinRequestLink(device, request, twins),
          },
  };
}

/** Serves the links of devices and modules. */
export class DeviceLinkHandler implements LinkHandler {
  private readonly links: ReturnType<typeof linksOf>;

  constructor(
    context: AmqpContext,
    private readonly devices: AmqpDevices,
  ) {
    this.links = linksOf(context);
  }

  matches(address: string, _client: ClientRole): boolean {
    return parseDeviceAddress(address) !== undefined;
  }

  async attach(request: AttachRequest): Promise<LinkEndpoint> {
    const address = parseDeviceAddress(request.address);
    if (address === undefined) {
      throw new HubError('ResourceNotFound', 'Nothing is served at this address.');
    }
    const open = this.links[address.endpoint][request.client];
    if (open === undefined || isInputOfDevice(address, request)) {
      throw new HubError('MethodNotAllowed', `At this address the hub takes no links of a ${request.client}.`);
    }
    const device = await this.devices.admitted(request, address.identity);
    device.nameModel(modelIdOf(request));
    const link = open(device, request);
    device.add(link);
    return link;
  }
}

/** Modules have inputs, devices not. */
function isInputOfDevice({ endpoint, identity }: DeviceAddress, { client }: AttachRequest): boolean {
  return endpoint === 'events' && client === 'receiver' && identity.moduleId === '';
}
