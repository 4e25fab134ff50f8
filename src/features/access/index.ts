export { AccessRepository } from './access.repository';
export { AccessService, type Credential, type Person } from './access.service';
