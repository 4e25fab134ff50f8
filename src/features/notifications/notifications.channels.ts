export const CHANNELS = ['in_app', 'email', 'push'] as const;

export type Channel = (typeof CHANNELS)[number];

export const DIGESTS = ['none', 'daily'] as const;

export type Digest = (typeof DIGESTS)[number];
