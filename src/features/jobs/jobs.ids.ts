/**
 * A workflow's id as it stands in addresses: Temporal's own has slashes, which proxies decode as they please.
 */
export const encodeJobId = (workflowId: string): string => Buffer.from(workflowId).toString('base64url');

export const decodeJobId = (id: string): string => Buffer.from(id, 'base64url').toString();
