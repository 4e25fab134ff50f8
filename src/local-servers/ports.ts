import getPort, { portNumbers } from 'get-port';

// How many neighbours of a taken port are tried, because 3001 is easier to remember than 41873.
const NEIGHBOURS = 20;

const HIGHEST_PORT = 65_535;

/** Returns a port that is free now, and that this process does not return again within the next seconds. */
export const freePort = (): Promise<number> => getPort({ host: '127.0.0.1' });

/**
 * Returns the wanted port if it is free on every address of this machine, otherwise the next free one above
 * it, otherwise any free port.
 */
export const pickPort = (wanted: number): Promise<number> =>
  getPort({ port: portNumbers(wanted, Math.min(wanted + NEIGHBOURS, HIGHEST_PORT)) });
