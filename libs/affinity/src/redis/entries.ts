import type { Held, Holder, Owner, ProcessLease } from '../port.js';

/*
 * Values in Redis are lines, so that a script needs to look at the first ones only: a number, then JSON, whose own line feeds
 * are escaped. A holder is `<epoch>` and the JSON of edge, incarnation and connection; released, it is the epoch alone. An
 * owner is `<level>`, the JSON of its receiver, and that of process and incarnation. A lease is the JSON of its incarnation,
 * and, on a second line, that of its address if it has one.
 */

export function encodeHolder({ edge, incarnation, connection }: Holder): string {
  return JSON.stringify([edge, incarnation, connection]);
}

/** @returns undefined if it was released */
export function decodeHeld(entry: string): Held | undefined {
  const [epoch, holder] = entry.split('\n');
  if (holder === undefined) {
    return undefined;
  }
  const [edge, incarnation, connection] = texts(holder, 3);
  return { edge, incarnation, connection, epoch: Number(epoch) };
}

export function encodeReceiver(receiver: string): string {
  return JSON.stringify(receiver);
}

export function encodeOwner({ receiver, process, incarnation, level }: Owner): string {
  return `${level}\n${encodeReceiver(receiver)}\n${JSON.stringify([process, incarnation])}`;
}

export function decodeOwner(entry: string): Owner {
  const [level, receiver, lease] = entry.split('\n');
  const [name] = texts(`[${receiver}]`, 1);
  const [process, incarnation] = texts(lease ?? '', 2);
  return { receiver: name, process, incarnation, level: Number(level) };
}

export function encodeIncarnation(incarnation: string): string {
  return JSON.stringify(incarnation);
}

export function encodeLease({ incarnation, address }: ProcessLease): string {
  const line = encodeIncarnation(incarnation);
  return address === undefined ? line : `${line}\n${JSON.stringify(address)}`;
}

export function decodeLease(process: string, entry: string): ProcessLease {
  const [first, second] = entry.split('\n');
  const [incarnation] = texts(`[${first}]`, 1);
  if (second === undefined) {
    return { process, incarnation };
  }
  const [address] = texts(`[${second}]`, 1);
  return { process, incarnation, address };
}

type Texts<Count extends number> = Count extends 3
  ? [string, string, string]
  : Count extends 2
    ? [string, string]
    : [string];

function texts<Count extends 1 | 2 | 3>(json: string, count: Count): Texts<Count> {
  const value: unknown = JSON.parse(json);
  if (!Array.isArray(value) || value.length !== count || !value.every((item) => typeof item === 'string')) {
    throw new Error('An entry of affinity in Redis is not one of ours.');
  }
  return value as Texts<Count>;
}
