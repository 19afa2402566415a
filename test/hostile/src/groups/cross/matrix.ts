import { policyToken } from '../../harness/cast.js';
import { type Attempt, atService, type Trial } from '../../trials/trial.js';
import type { LinkAddress } from '../../wire/amqp-login.js';
import { DEVICE_PRESENTERS } from '../tokens/presenters.js';
import { type Actor, askWith, attachWith, DEVICE, MODULE, publishAs, subscribeAs } from './actors.js';
import {
  ITS_MODULE,
  links,
  POLICY_RIGHTS,
  publishes,
  requests,
  SERVICE_LINKS,
  SERVICE_REQUESTS,
  type Subject,
  subscribes,
  VICTIM,
} from './operations.js';

/** A trial, and whether the hub must leave an operation record of it: it does of who is refused at what devices use. */
export type CrossTrial = Trial & { readonly recorded: boolean };

/** Whose identity a trial uses: a device's own are many, of the module there is one. */
export interface Matrix {
  readonly byDevices: readonly CrossTrial[];
  readonly byModule: readonly CrossTrial[];
}

/** Every operation of every protocol that is another's. */
export function matrix(): Matrix {
  return {
    byDevices: [...onAnother(DEVICE, VICTIM), ...onAnother(DEVICE, ITS_MODULE), ...onService(DEVICE), ...policies()],
    byModule: [...onAnother(MODULE, { ...VICTIM, name: 'its own device' }), ...onService(MODULE)],
  };
}

/** What a device or module does as if it were another. */
function onAnother(actor: Actor, subject: Subject): readonly CrossTrial[] {
  const named = (what: string) => `${actor.name} on ${subject.name}: ${what}`;
  return [
    ...publishes(subject).map(
      (topic): CrossTrial => ({
        what: named(`PUBLISH to ${topic}`),
        right: ['closed'],
        recorded: true,
        run: (attempt) => publishAs(actor, attempt, topic),
      }),
    ),
    ...subscribes(subject).map(
      (filter): CrossTrial => ({
        what: named(`SUBSCRIBE to ${filter}`),
        right: ['SUBACK 0x80'],
        recorded: false,
        run: (attempt) => subscribeAs(actor, attempt, filter),
      }),
    ),
    ...links(subject).map(
      (link): CrossTrial => ({
        what: named(`AMQP ${link.role} at ${link.address}`),
        recorded: isServed(link),
        run: (attempt) => attachWith(attempt, actor.token(attempt), link),
      }),
    ),
    // A module may call the methods of its device: that is what modules do.
    ...requests(subject)
      .filter(({ path }) => actor !== MODULE || !path.includes('/methods'))
      .map(
        (request): CrossTrial => ({
          what: named(`${request.method} ${request.path}`),
          recorded: !request.path.includes('/methods'),
          run: (attempt) => askWith(attempt, actor.token(attempt), request),
        }),
      ),
  ];
}

/** What a device or module does as if it were a back end. */
function onService(actor: Actor): readonly CrossTrial[] {
  return [
    ...SERVICE_LINKS.map(
      (link): CrossTrial => ({
        what: `${actor.name} on the service: AMQP ${link.role} at ${link.address}`,
        recorded: false,
        run: (attempt) => attachWith(atService(attempt), actor.token(attempt), link),
      }),
    ),
    ...SERVICE_REQUESTS.filter(({ path }) => actor !== MODULE || !path.includes('/methods')).map(
      (request): CrossTrial => ({
        what: `${actor.name} on the service: ${request.method} ${request.path}`,
        recorded: false,
        run: (attempt) => askWith(atService(attempt), actor.token(attempt), request),
      }),
    ),
  ];
}

/** What back ends do as if they were devices, and without the right that it needs. */
function policies(): readonly CrossTrial[] {
  return Object.entries(POLICY_RIGHTS).flatMap(([policy, rights]) => [
    ...(rights.includes('DeviceConnect')
      ? SERVICE_LINKS.map(
          (link): CrossTrial => ({
            what: `the policy ${policy} on the service: AMQP ${link.role} at ${link.address}`,
            recorded: false,
            run: (attempt) => attachWith(...asPolicy(attempt, policy), link),
          }),
        )
      : asDevices(policy)),
    ...SERVICE_REQUESTS.filter(({ right }) => !rights.includes(right)).map(
      (request): CrossTrial => ({
        what: `the policy ${policy} on the service: ${request.method} ${request.path}`,
        recorded: false,
        run: (attempt) => askWith(...asPolicy(attempt, policy), request),
      }),
    ),
  ]);
}

function asDevices(policy: string): readonly CrossTrial[] {
  return [
    ...DEVICE_PRESENTERS.map(
      ({ name, present }): CrossTrial => ({
        what: `the policy ${policy} as a device: ${name}`,
        recorded: name !== 'AMQP PLAIN',
        run: (attempt) => present(attempt, 'victim', policyToken(attempt.stage.cast, policy)),
      }),
    ),
    ...[VICTIM, ITS_MODULE].flatMap((subject) => [
      ...links(subject).map(
        (link): CrossTrial => ({
          what: `the policy ${policy} as ${subject.name}: AMQP ${link.role} at ${link.address}`,
          recorded: isServed(link),
          run: (attempt) => attachWith(attempt, policyToken(attempt.stage.cast, policy), link),
        }),
      ),
      // Back ends call methods at the same path.
      ...requests(subject)
        .filter(({ path }) => !path.includes('/methods'))
        .map(
          (request): CrossTrial => ({
            what: `the policy ${policy} as ${subject.name}: ${request.method} ${request.path}`,
            recorded: true,
            run: (attempt) => askWith(attempt, policyToken(attempt.stage.cast, policy), request),
          }),
        ),
    ]),
  ];
}

/** At its events a device sends only, whoever it is. */
function isServed({ address, role }: LinkAddress): boolean {
  return role === 'sender' || address !== `/${VICTIM.path}/messages/events`;
}

/** The policy's genuine token, where back ends are served. */
function asPolicy(attempt: Attempt, policy: string): [there: Attempt, genuine: string] {
  const there = atService(attempt);
  return [there, policyToken(there.stage.cast, policy)];
}
