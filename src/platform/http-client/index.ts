export { ForbiddenAddressError, OutgoingGuard } from './outgoing-guard';
export { requestOutgoing } from './outgoing-request';
