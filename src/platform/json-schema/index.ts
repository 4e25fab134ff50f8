export { JsonSchemas, NoSampleError, SchemaUnusableError } from './json-schemas';
