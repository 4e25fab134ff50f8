import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Puts messages and stacks of failures into a payload, where the codec reaches them. The type stays readable: with us
 * it is the code of the failure, which is all that operations need. Runs in the workflow sandbox too, so the bundle is
 * made with it.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
