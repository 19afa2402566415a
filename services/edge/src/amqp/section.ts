/** Descriptors of the sections that the hub writes to devices [AMQP 3.2]. */
export const SECTION = { annotations: 0x72, properties: 0x73, applicationProperties: 0x74, data: 0x75 } as const;
