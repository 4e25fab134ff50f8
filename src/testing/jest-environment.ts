import { TestEnvironment } from 'jest-environment-node';

// A worker whose parent was killed would continue or wait forever, although nobody reads its results. Its
// servers end with it.
const endWithParent = () => process.exit(1);
process.once('disconnect', endWithParent);

// Jest ends a worker by removing its listener, so our own listener must not keep the worker alive then.
process.on('removeListener', (name) => {
  if (name === 'message') process.removeListener('disconnect', endWithParent);
});

/** Jest's environment for Node, in workers that do not outlive Jest itself. */
export default TestEnvironment;
