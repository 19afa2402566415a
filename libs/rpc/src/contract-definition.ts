/** A unary call as the contracts' generated definitions have it (`IdentityServiceService.getIdentity`). */
export interface MethodDefinition {
  /** `/mooring.identity.v1.IdentityService/GetIdentity` */
  readonly path: string;
  readonly requestStream: false;
  readonly responseStream: false;
  readonly requestSerialize: (value: never) => Buffer;
  readonly requestDeserialize: (bytes: Buffer) => unknown;
  readonly responseSerialize: (value: never) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => unknown;
}

/** The generated definition of a contract whose calls are all unary, e.g. `IdentityServiceService`. */
export type ContractDefinition = Readonly<Record<string, MethodDefinition>>;

/** The interface that goes with a definition: what `IdentityService` is to `IdentityServiceService`. */
export type Contract<D extends ContractDefinition> = {
  [M in keyof D]: (
    request: Parameters<D[M]['requestSerialize']>[0],
  ) => Promise<ReturnType<D[M]['responseDeserialize']>>;
};

/** A call of any contract, its types erased. */
export interface Method {
  /** As the interface spells it: `getIdentity`. */
  readonly key: string;
  readonly path: string;
  /** `mooring.identity.v1.IdentityService` */
  readonly service: string;
  /** As the contract spells it: `GetIdentity`. */
  readonly name: string;
  readonly encodeRequest: (value: unknown) => Buffer;
  readonly decodeRequest: (bytes: Buffer) => unknown;
  readonly encodeResponse: (value: unknown) => Buffer;
  readonly decodeResponse: (bytes: Buffer) => unknown;
}

export function methodsOf(definition: ContractDefinition): readonly Method[] {
  return Object.entries(definition).map(([key, method]) => {
    const [, service = '', name = ''] = method.path.split('/');
    return {
      key,
      path: method.path,
      service,
      name,
      // The definition's type ties each value to its codec; here they only pass through.
      encodeRequest: method.requestSerialize as (value: unknown) => Buffer,
      decodeRequest: method.requestDeserialize,
      encodeResponse: method.responseSerialize as (value: unknown) => Buffer,
      decodeResponse: method.responseDeserialize,
    };
  });
}

/** `mooring.identity.v1.IdentityService` */
export function serviceOf(definition: ContractDefinition): string {
  const [first] = methodsOf(definition);
  if (first === undefined) {
    throw new Error('A contract without calls can be neither served nor called.');
  }
  return first.service;
}
