/** As SDKs and Azure's events name the hub: its host name up to the first dot. */
export function hubName(hostname: string): string {
  return hostname.split('.', 1)[0] ?? hostname;
}
