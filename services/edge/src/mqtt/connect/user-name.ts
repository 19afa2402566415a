/** What an MQTT user name says besides the identity. */
export interface UserName {
  readonly modelId: string | undefined;
}

/** How `?api-version=…` begins where a legacy client leaves out the question mark. */
const FIRST_PARAMETER = /^[A-Za-z][A-Za-z0-9-]*=/;
const MAX_MODEL_ID_LENGTH = 2048;

/**
 * Reads `{host}/{client id}/?api-version=…&…`, with or without `?`, the parameters in any order, also none. Parameters that
 * are not known are ignored, and need not be decodable.
 *
 * @param clientId `device` or `device/module`: the user name must name the same
 * @param hostname of the hub; a port behind it is ignored, as some clients let one through
 * @returns undefined if it does not fit
 */
export function parseUserName(userName: string, clientId: string, hostname: string): UserName | undefined {
  const slash = userName.indexOf('/');
  const host = userName.slice(0, Math.max(slash, 0)).replace(/:\d{1,5}$/, '');
  if (host.toLowerCase() !== hostname.toLowerCase() || !userName.startsWith(clientId, slash + 1)) {
    return undefined;
  }
  const rest = userName.slice(slash + 1 + clientId.length);
  if (rest === '' || rest === '/') {
    return { modelId: undefined };
  }
  if (!rest.startsWith('/?') && !FIRST_PARAMETER.test(rest.slice(1))) {
    return undefined;
  }
  return rest.startsWith('/') ? readParameters(rest.slice(rest.startsWith('/?') ? 2 : 1)) : undefined;
}

function readParameters(text: string): UserName | undefined {
  const parameter = text.split('&').find((item) => item.startsWith('model-id='));
  const modelId = parameter === undefined ? undefined : decoded(parameter.slice('model-id='.length));
  if (modelId !== undefined && modelId.length > MAX_MODEL_ID_LENGTH) {
    return undefined;
  }
  return { modelId: modelId === '' ? undefined : modelId };
}

/** Some clients send it as it is, others percent-encoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) {
      return text;
    }
    throw error;
  }
}
