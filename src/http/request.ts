import type { RateLimitInfo } from 'express-rate-limit';
import type { Principal } from '../authz/ability';

declare global {
  namespace Express {
    /** The caller, whom authentication puts on `req.user`. */
    interface User extends Principal {}
    interface Request {
      user?: User | undefined;
      /** The limit that was charged last. */
      rateLimit?: RateLimitInfo | undefined;
    }
  }
}
