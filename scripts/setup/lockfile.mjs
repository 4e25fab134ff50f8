import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';
import steps from './steps.cjs';

/**
 * @typedef {{ version: string, optional?: boolean, dev?: boolean, os?: string[], cpu?: string[], libc?: string[],
 *   optionalDependencies?: Record<string, string> }} LockedPackage
 */

const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const PROCESSORS = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];
/** @type {Record<string, string>} */
const LIBRARIES = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' };

/**
 * What the name of a platform-specific package says about its platform, in npm's notation.
 * @param {string} name such as `@swc/core-linux-arm64-musl`
 */
export function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = words.find((word) => SYSTEMS.includes(word));
  const cpu = words.find((word) => PROCESSORS.includes(word));
  const libc = os === 'linux' ? words.map((word) => LIBRARIES[word]).find(Boolean) : undefined;
  return { ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }), ...(os && { os: [os] }) };
}

/**
 * The entries that a lockfile lacks: packages that others name as optional, with an exact version.
 * @param {{ packages: Record<string, LockedPackage> }} lock
 * @returns {Record<string, LockedPackage>}
 */
export function missingPackages({ packages }) {
  /** @type {Record<string, LockedPackage>} */
  const missing = {};
  for (const [path, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const places = [`${path}/node_modules/${name}`, `node_modules/${name}`];
      // npm must choose a version for a range itself, and it never leaves those out.
      if (places.some((place) => packages[place]) || !/^\d+\.\d+\.\d+/.test(version)) continue;
      missing[`node_modules/${name}`] = { version, ...(dev && { dev }), optional: true, ...platformOf(name) };
    }
  }
  return missing;
}

/**
 * Adds the packages for other platforms that npm left out of package-lock.json. With a registry mirror that
 * holds the binaries of only some platforms, npm writes a lockfile that `npm ci` refuses everywhere. An
 * added entry has the exact version and no checksum, because computing one needs the package.
 */
export function completeLockfile() {
  const file = join(root, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingPackages(lock);
  const packages = Object.entries({ ...lock.packages, ...missing });
  // Sorted as npm sorts, so that its next run changes nothing.
  lock.packages = Object.fromEntries(packages.sort(([a], [b]) => a.localeCompare(b, 'en')));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  steps.note(`${Object.keys(missing).length} packages added to package-lock.json`);
}
