import getPort, { portNumbers } from 'get-port';

// How many neighbours of a taken port are tried: 3001 is easier to remember than 41873.
const NEIGHBOURS = 20;

const HIGHEST_PORT = 65_535;

/** A port that is free at this moment, and that this process gives to nobody else within the next seconds. */
export const freePort = (): Promise<number> => getPort({ host: '127.0.0.1' });

/** The wanted port if it is free on every address of this machine, else one soon above it, else any free port. */
export const pickPort = (wanted: number): Promise<number> =>
  getPort({ port: portNumbers(wanted, Math.min(wanted + NEIGHBOURS, HIGHEST_PORT)) });
