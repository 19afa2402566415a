/** The parts that all contract and end-to-end tests of a run share; each test keeps to names of its own in them. */
export interface SharedParts {
  readonly kafkaBrokers: readonly string[];
  readonly redisUrl: string;
  readonly mongoUrl: string;
}

/** Each names an existing part to be used instead of one that is started. */
export const partVariables = {
  kafka: 'MOORING_TEST_KAFKA_BROKERS',
  redis: 'MOORING_TEST_REDIS_URL',
  mongo: 'MOORING_TEST_MONGO_URL',
} as const;

/** Lists the parts that were started for the run, as none was named. */
export const STARTED_VARIABLE = 'MOORING_TEST_STARTED_PARTS';

/** Whether a part is one that the environment names, so the real thing, and none that was started for the run. */
export function isGivenPart(part: keyof typeof partVariables): boolean {
  return Boolean(process.env[partVariables[part]]) && !process.env[STARTED_VARIABLE]?.split(',').includes(part);
}

/** @throws Error that names the variable that is missing, where the tests were not started with Jest's projects. */
export function sharedParts(): SharedParts {
  return {
    kafkaBrokers: required(partVariables.kafka)
      .split(',')
      .map((broker) => broker.trim()),
    redisUrl: required(partVariables.redis),
    mongoUrl: required(partVariables.mongo),
  };
}

function required(variable: string): string {
  const value = process.env[variable];
  if (value === undefined || value === '') {
    throw new Error(
      `${variable} is not set: it is by Jest's projects contract and e2e, which start what it does not name`,
    );
  }
  return value;
}
