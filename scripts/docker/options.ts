import { parseArgs } from 'node:util';

export const USAGE = `npm run docker:check -- [--file FILE]… [--profiles LIST] [--without-all-in-one] [--keep]

Builds every image of docker/Dockerfile, starts the stack of docker/docker-compose.yml from empty volumes, plays the
main job over HTTPS, kills containers while jobs run, restores a backup, and takes everything down again. It takes
Docker with Compose, ports 80 and 443, and ten minutes; it uses a project, volumes and an env file of its own.

  --file                one more Compose file, for instance with settings of a build behind a proxy
  --profiles            of the stack; "backup" if left out, and it is needed
  --without-all-in-one  leaves out the image for trials, the only one that needs Go's
  --keep                leaves the stack running

Ends with 0 if all is well, 1 if something is not, 3 if there is no Docker to check with.`;

export interface CheckOptions {
  files: readonly string[];
  profiles: string;
  withAllInOne: boolean;
  isKept: boolean;
  isHelpWanted: boolean;
}

/** @throws TypeError naming an unknown option, or Error for options that contradict each other */
export function readOptions(args: readonly string[]): CheckOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      file: { type: 'string', multiple: true, default: [] },
      profiles: { type: 'string', default: 'backup' },
      'without-all-in-one': { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (!values.profiles.split(',').includes('backup')) throw new Error('--profiles must name backup');
  return {
    files: values.file,
    profiles: values.profiles,
    withAllInOne: !values['without-all-in-one'],
    isKept: values.keep,
    isHelpWanted: values.help,
  };
}
