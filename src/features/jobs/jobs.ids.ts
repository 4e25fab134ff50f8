/**
 * A workflow's id for use in addresses. Temporal's own ids contain slashes, which proxies decode in
 * different ways.
 */
export const encodeJobId = (workflowId: string): string => Buffer.from(workflowId).toString('base64url');

export const decodeJobId = (id: string): string => Buffer.from(id, 'base64url').toString();
