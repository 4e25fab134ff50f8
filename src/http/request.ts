import type { RateLimitInfo } from 'express-rate-limit';
import type { Principal } from '../authz/ability';

declare global {
  namespace Express {
    /** The caller, as authentication leaves them on `req.user`. */
    interface User extends Principal {}
    interface Request {
      user?: User | undefined;
      /** The limit that was charged last. */
      rateLimit?: RateLimitInfo | undefined;
    }
  }
}
