const SCHEME_AND_HOST = /^(?:([a-z][a-z0-9+.-]*):\/\/)?[^/]*/i;

/**
 * Whether a token put for this audience is for the hub itself: `host`, `https://host`, `amqps://host/messages/…`, the scope
 * of a bearer token. Percent-encoded as a whole or not at all. What the token was signed for is not looked at.
 *
 * Audiences of a device (`host/devices/…`) and of the built-in endpoint (`sb://host/events/…`) are others'.
 */
export function isHubAudience(audience: string): boolean {
  const text = decoded(audience);
  const [authority, scheme] = SCHEME_AND_HOST.exec(text) ?? [''];
  const [first] = text.slice(authority.length).toLowerCase().split('/').filter(Boolean);
  // Old Event Hubs clients that are given a hub's connection string ask at `sb://host/messages/events`.
  return scheme?.toLowerCase() === 'sb' ? first === 'messages' : first !== 'devices';
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not encoded: it stands for itself.
    return text;
  }
}
