import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/local-servers/project-root';
import { missingPackages, platformOf } from './lockfile.mjs';

describe('the lockfile', () => {
  it('has an entry for each platform; if not, run "node scripts/run.mjs complete-lockfile"', () => {
    const lock = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8'));
    expect(Object.keys(missingPackages(lock))).toEqual([]);
  });

  it.each([
    ['@biomejs/cli-linux-x64-musl', { os: ['linux'], cpu: ['x64'], libc: ['musl'] }],
    ['@swc/core-linux-arm64-gnu', { os: ['linux'], cpu: ['arm64'], libc: ['glibc'] }],
    ['@oxlint/binding-darwin-arm64', { os: ['darwin'], cpu: ['arm64'] }],
    ['@oxlint-tsgolint/win32-x64', { os: ['win32'], cpu: ['x64'] }],
  ])('reads the platform from the name of %s', (name, platform) => {
    expect(platformOf(name)).toEqual(platform);
  });
});
