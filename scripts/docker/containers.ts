/** The parts of `docker inspect` that are looked at. */
export interface Container {
  Id: string;
  Name: string;
  RestartCount: number;
  State: { Status: string; Running: boolean; Health?: { Status: string } };
  Mounts: { Type: string; Name?: string; Destination: string }[];
}

/** Docker's name for a volume that nobody has named. */
const NAMELESS = /^[0-9a-f]{64}$/;

/** Each `up` leaves these behind, since nothing will ever ask for them again. */
export function namelessVolumes({ Name, Mounts }: Container): string[] {
  return Mounts.filter((mount) => mount.Type === 'volume' && NAMELESS.test(mount.Name ?? '')).map(
    ({ Destination }) => `${Name}:${Destination}`,
  );
}

/** @param top what `docker top … -eo uid,pid,args` prints. @returns the commands that run as root */
export function rootProcesses(top: string): string[] {
  return top.split('\n').flatMap((line) => /^\s*0\s+\d+\s+(.*)$/.exec(line)?.[1] ?? []);
}
