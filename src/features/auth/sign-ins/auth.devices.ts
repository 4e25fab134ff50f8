import type { KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import { newId } from '../../../shared/ids';

const ISSUER = 'raptscallions/device';
/** A school year and the summer after it. Each sign-in renews it. */
export const DEVICE_DAYS = 400;

const Claims = z.object({ sub: z.uuid(), jti: z.uuid(), iat: z.number() });

/** A device on which an account has signed in. */
export interface KnownDevice {
  id: string;
  userId: string;
  since: Date;
}

/**
 * Device tokens: signed proof that an account has signed in on a device before. They give no access; log-in
 * attempts from such a device are only counted separately from those of strangers.
 */
export class DeviceTokens {
  constructor(private readonly key: KeyObject) {}

  /** @param deviceId the device, if it was known before */
  issue(userId: string, deviceId: string | null): string {
    return jwt.sign({}, this.key, {
      algorithm: 'HS256',
      subject: userId,
      jwtid: deviceId ?? newId(),
      issuer: ISSUER,
      expiresIn: `${DEVICE_DAYS}d`,
    });
  }

  /** Reads a token; null if it is not ours or has expired. */
  read(token: string): KnownDevice | null {
    try {
      const claims = Claims.parse(jwt.verify(token, this.key, { algorithms: ['HS256'], issuer: ISSUER }));
      return { id: claims.jti, userId: claims.sub, since: new Date(claims.iat * 1000) };
    } catch {
      return null;
    }
  }
}
