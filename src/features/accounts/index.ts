export { createAccountsModule } from './accounts.module';
export { accountRules } from './accounts.policy';
