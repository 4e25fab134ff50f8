const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

/** @param {string} folder @returns {string[]} the names of the packages in it, scoped ones included */
function packagesIn(folder) {
  return readdirSync(folder).flatMap((name) => {
    if (name.startsWith('.')) return [];
    return name.startsWith('@') ? readdirSync(join(folder, name)).map((child) => `${name}/${child}`) : [name];
  });
}

/**
 * Packages that ship ES modules only. Jest's own module system cannot `require` those, so they are compiled
 * like our sources; everything else in node_modules is taken as it is.
 */
function esmOnlyPackages() {
  const folder = join(__dirname, 'node_modules');
  return packagesIn(folder).filter((name) => {
    try {
      const { type, exports } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8'));
      return type === 'module' && !JSON.stringify(exports ?? {}).includes('"require"');
    } catch {
      return false;
    }
  });
}

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/src/testing/jest-environment.ts',
  roots: ['<rootDir>/src', '<rootDir>/workflows', '<rootDir>/scripts', '<rootDir>/prisma'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '\\.(ts|m?js)$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'commonjs' },
        jsc: { target: 'es2022', parser: { syntax: 'typescript' }, keepClassNames: true },
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!.*/node_modules/)(?!(?:${esmOnlyPackages().join('|')})/)`],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data/'],
  globalSetup: '<rootDir>/src/testing/global-setup.ts',
  globalTeardown: '<rootDir>/src/testing/global-teardown.ts',
  // Real servers answer: a test may have to wait for a process to start or a time limit to strike.
  testTimeout: 180_000,
  // One PostgreSQL and one Temporal serve all workers; more than two only makes them wait for each other.
  maxWorkers: 2,
};
