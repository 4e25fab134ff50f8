// Lets a child process of a test run our TypeScript directly: node --require register.cjs src/server.ts
const { transformFileSync } = require('@swc/core');

// The docs deprecate it, but its replacement needs a separate thread.
require.extensions['.ts'] = (module, filename) => {
  const { code } = transformFileSync(filename, {
    swcrc: false,
    sourceMaps: 'inline',
    module: { type: 'commonjs' },
    jsc: { target: 'es2022', parser: { syntax: 'typescript' }, keepClassNames: true },
  });
  // @ts-expect-error: not part of the public types.
  module._compile(code, filename);
};
