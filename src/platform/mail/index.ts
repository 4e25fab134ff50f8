export { createMailSender } from './create-mail-sender';
export type { Mail } from './mail';
export { DeliveryDelayedError, DeliveryRefusedError } from './mail.errors';
export { escapeHtml, headerText, htmlButton, htmlPage, htmlParagraph } from './mail.layout';
export { type MailLogo, mailLogoOf } from './mail.logo';
export type { MailSender } from './mail.senders';
