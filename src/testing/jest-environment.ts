import { TestEnvironment } from 'jest-environment-node';

// A worker whose parent was killed would go on testing, or wait for ever, with nobody to hear the result; the
// servers that it has started end with it.
const endWithParent = () => process.exit(1);
process.once('disconnect', endWithParent);

// Jest ends a worker by no longer listening in it; our own listener must not keep it alive then.
process.on('removeListener', (name) => {
  if (name === 'message') process.removeListener('disconnect', endWithParent);
});

/** Jest's environment for Node, in workers that do not outlive Jest itself. */
export default TestEnvironment;
