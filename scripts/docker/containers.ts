/** The parts of `docker inspect` that the checks read. */
export interface DockerContainer {
  Id: string;
  Name: string;
  RestartCount: number;
  State: { Status: string; Running: boolean; Health?: { Status: string } };
  Mounts: { Type: string; Name?: string; Destination: string }[];
}

/** The name that Docker gives to an anonymous volume. */
const NAMELESS = /^[0-9a-f]{64}$/;

/** Lists the anonymous volumes of a container: each `up` would leave them behind unused. */
export function namelessVolumes({ Name, Mounts }: DockerContainer): string[] {
  return Mounts.filter((mount) => mount.Type === 'volume' && NAMELESS.test(mount.Name ?? '')).map(
    ({ Destination }) => `${Name}:${Destination}`,
  );
}

/** @param top the output of `docker top … -eo uid,pid,args` @returns the commands that run as root */
export function rootProcesses(top: string): string[] {
  return top.split('\n').flatMap((line) => /^\s*0\s+\d+\s+(.*)$/.exec(line)?.[1] ?? []);
}
