/** The servers that the global set-up has started for this test run. */
export interface TestEnvironment {
  /** The superuser's address of the database `postgres`. */
  postgresAdminUrl: string;
  /** The application's address of the template database; its role owns the tables and is no superuser. */
  templateUrl: string;
  /** host:port */
  temporalAddress: string;
  /** Missing on a machine without redis-server. */
  redisUrl: string | undefined;
}

const VARIABLES = {
  postgresAdminUrl: 'TEST_PG_ADMIN_URL',
  templateUrl: 'TEST_TEMPLATE_URL',
  temporalAddress: 'TEST_TEMPORAL_ADDRESS',
  redisUrl: 'TEST_REDIS_URL',
} as const satisfies Record<keyof TestEnvironment, string>;

/** Passes the addresses to the Jest workers, which inherit the environment. */
export function publishTestEnvironment(environment: TestEnvironment): void {
  for (const [key, variable] of Object.entries(VARIABLES)) {
    const value = environment[key as keyof TestEnvironment];
    if (value === undefined) delete process.env[variable];
    else process.env[variable] = value;
  }
}

function required(variable: string): string {
  const value = process.env[variable];
  if (!value)
    throw new Error(`${variable} is not set: run the tests with "npm test" or Jest's configuration`);
  return value;
}

/** The Redis server of this test run; none on a machine without redis-server. */
export function findRedisUrl(): string | undefined {
  return process.env[VARIABLES.redisUrl];
}

/** The addresses of this test run's servers. */
export function testEnvironment(): TestEnvironment {
  return {
    postgresAdminUrl: required(VARIABLES.postgresAdminUrl),
    templateUrl: required(VARIABLES.templateUrl),
    temporalAddress: required(VARIABLES.temporalAddress),
    redisUrl: findRedisUrl(),
  };
}
