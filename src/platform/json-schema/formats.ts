import { domainToASCII } from 'node:url';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';

/** The formats of draft 7 that `ajv-formats` checks, and the usual ones of OpenAPI. */
const KEPT = [
  'date', 'time', 'date-time', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uri', 'uri-reference', 'uri-template',
  'uuid', 'json-pointer', 'relative-json-pointer', 'regex', 'int32', 'int64', 'float', 'double', 'byte',
] as const; // biome-ignore format: a list to be read at a glance

/** The international forms of draft 7, each with the plain form that checks it. */
const INTERNATIONAL: Readonly<Record<string, { plain: string; toPlain: (text: string) => string }>> = {
  'idn-hostname': { plain: 'hostname', toPlain: domainToASCII },
  'idn-email': { plain: 'email', toPlain: plainEmail },
  iri: { plain: 'uri', toPlain: plainIri },
  'iri-reference': { plain: 'uri-reference', toPlain: plainIri },
};

export const SCHEMA_FORMATS: readonly string[] = [...KEPT, ...Object.keys(INTERNATIONAL)];

/** Replaces every letter beyond ASCII before the @ with a plain letter. */
function plainEmail(address: string): string {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, Math.max(at, 0)).replace(/[^\0-\x7f]/gu, 'x');
  return `${local}@${domainToASCII(address.slice(at + 1))}`;
}

/** Encodes characters beyond ASCII, so that an IRI becomes the URI it stands for. */
function plainIri(iri: string): string {
  return iri.replace(/[^\0-\x7f]+/gu, encodeURIComponent);
}

const plainFormats = addFormats(new Ajv({ logger: false }));
const international = Object.entries(INTERNATIONAL).map(([name, { plain, toPlain }]) => {
  const check = plainFormats.compile({ type: 'string', format: plain });
  return { name, validate: (text: string): boolean => check(toPlain(text.toWellFormed())) };
});

/** Adds all formats that a schema may name to a compiler. */
export function addSchemaFormats(ajv: Ajv): void {
  addFormats(ajv, [...KEPT]);
  for (const { name, validate } of international) ajv.addFormat(name, { type: 'string', validate });
}
