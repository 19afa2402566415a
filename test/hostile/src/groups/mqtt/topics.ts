/** Topics and filters of which every character is lawful, and which are forbidden all the same. `{own}` is the device's id. */

const OWN = 'devices/{own}/messages/events/';
const SURPLUS = 'r'.repeat(257);

/** What closes the connection that publishes to it. */
export const BAD_TOPICS: readonly (readonly [what: string, topic: string])[] = [
  ['an empty topic', ''],
  ['a wildcard', '#'],
  ['a wildcard at its end', `${OWN}#`],
  ['a wildcard within', 'devices/+/messages/events/'],
  ['a wildcard in its bag', `${OWN}a=+`],
  ['a topic that leads elsewhere', 'devices/{own}/../victim/messages/events/'],
  ['its own in other letters', 'devices/{OWN}/messages/events/'],
  ["a module's that there is none of", 'devices/{own}/modules/m/messages/events/'],
  ['one that begins like its own', 'devices/{own}/messages/eventsx'],
  ['one of an id that begins like its own', 'devices/{own}x/messages/events/'],
  ['the one that only the hub publishes to', 'devices/{own}/messages/devicebound/'],
  ['one of the broker', '$SYS/broker'],
  ['one of the hub that there is none of', '$iothub/nothing/GET/?$rid=1'],
  ['an answer of the hub', '$iothub/twin/res/200/?$rid=1'],
  ['a desired change', '$iothub/twin/PATCH/properties/desired/?$version=9'],
  ['a method call', '$iothub/methods/POST/reboot/?$rid=1'],
  ['its reported properties without a request id', '$iothub/twin/PATCH/properties/reported/'],
  ['its twin with an empty request id', '$iothub/twin/GET/?$rid='],
  ['its twin with a request id above its limit', `$iothub/twin/GET/?$rid=${SURPLUS}`],
  ['an answer to a method whose status is none', '$iothub/methods/res/ok/?$rid=1'],
  ['an answer to a method whose status is beyond 32 bits', '$iothub/methods/res/2147483648/?$rid=1'],
  ['one of 65,535 bytes', 'a'.repeat(65_535)],
  ['one of a hundred levels', `${OWN}${'a/'.repeat(100)}`],
];

/** Property bags that close the connection. */
export const BAD_BAGS: readonly (readonly [what: string, bag: string])[] = [
  ['above its limit', `a=${'b'.repeat(17 * 1024)}`],
  ['with an escape that is none', 'a=%zz'],
  ['with an escape that is cut off', 'a=%4'],
  ['with an escape that is no UTF-8', 'a=%ff'],
  ['with an escape in a name that is no UTF-8', '%c3%28=a'],
  ['with a property without a name', '=b'],
  ['with an expiry that is no time', '$.exp=never'],
];

/** Bags that are odd: kept as any other, and acknowledged. */
export const ODD_BAGS: readonly (readonly [what: string, bag: string])[] = [
  ['with names that every object has', '__proto__=a&constructor=b&toString=c'],
  ['with what the hub stamps, forged', 'iothub-connection-device-id=victim&$.cdid=victim'],
  ['with a name twice', 'a=1&a=2'],
  ['with empty properties', '?a&b=&&c=1/'],
];

/** Filters that are refused one by one. */
export const BAD_FILTERS: readonly (readonly [what: string, filter: string])[] = [
  ['everything', '#'],
  ['everything of four levels', '+/+/+/+'],
  ["another device's messages", 'devices/victim/messages/devicebound/#'],
  ["all devices' messages", 'devices/+/messages/devicebound/#'],
  ["its module's, which there is none of", 'devices/{own}/modules/m/#'],
  ["another device's module", 'devices/victim/modules/m/#'],
  ["another device's inputs", 'devices/victim/modules/m/inputs/#'],
  ['its own telemetry', 'devices/{own}/messages/events/#'],
  ['the broker', '$SYS/#'],
  ['the hub', '$iothub/#'],
  ['the hub in other letters', '$IOTHUB/twin/res/#'],
  ['a part of the answers', '$iothub/twin/res/200/#'],
  ['any kind of answer', '$iothub/+/res/#'],
  ['reported properties', '$iothub/twin/PATCH/properties/reported/#'],
  ['answers to methods', '$iothub/methods/res/#'],
  ['an empty filter', ''],
  ['a wildcard before its end', '#/a'],
  ['a wildcard within a level', 'a+'],
  ['two wildcards in one level', 'devices/{own}/messages/devicebound/##'],
  ['a shared subscription', '$share/g/devices/{own}/messages/devicebound/#'],
];

/** A topic or filter of a device. */
export function ofDevice(topic: string, deviceId: string): string {
  return topic.replaceAll('{own}', deviceId).replaceAll('{OWN}', deviceId.toUpperCase());
}
