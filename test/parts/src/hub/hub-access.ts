/** What clients need to know of a hub. */
export interface HubAccess {
  /** The name that devices dial, and that is the audience of their tokens. */
  readonly host: string;
  /** Path of the certificate of the authority that signed the server's, and what is in it. */
  readonly caFile: string;
  readonly ca: string;
  /** The owner's, for service SDKs. */
  readonly connectionString: string;
  readonly eventHubsConnectionString: string;
}
