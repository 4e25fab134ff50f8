// Lets a child process of a test run our TypeScript as it is: node --require register.cjs src/server.ts
const { transformFileSync } = require('@swc/core');

// Deprecated in words only; what stands in its place needs a thread of its own.
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
