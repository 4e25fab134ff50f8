import { authorize, type DefineRules, type Principal, subject } from '../../authz/ability';

/** Everybody manages their own notifications, and nobody else's. */
export const notificationRules: DefineRules = (access, allow) => {
  allow(['notification.read', 'notification.update'], 'Account', { userId: access.userId });
};

/** @throws ForbiddenError */
export function requireOwn(principal: Principal, action: 'notification.read' | 'notification.update'): void {
  authorize(principal, action, subject('Account', { userId: principal.userId }));
}
