declare module 'fxa-common-password-list' {
  /** Whether a password, in lower case, is among the most common ones. */
  export function test(password: string): boolean;
}
