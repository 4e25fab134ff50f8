import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Puts messages and stacks of failures into a payload, where the codec encrypts them. The type stays
 * readable: it is the code of the failure, which is all that operators need. It also runs in the workflow
 * sandbox, so the bundle includes it.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
