// Makes web/src/live/protocol.gen.ts from docs/asyncapi.yaml: types of every frame, command and event, and the
// little that is needed at run time (required fields per server frame, what a close code means).
// `--check` writes nothing and exits 1 when the file is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const source = fileURLToPath(new URL('../../docs/asyncapi.yaml', import.meta.url));
const target = fileURLToPath(new URL('../src/live/protocol.gen.ts', import.meta.url));

const refName = (ref) => ref.slice(ref.lastIndexOf('/') + 1);
const key = (name) => (/^[a-z_$][\w$]*$/i.test(name) ? name : JSON.stringify(name));

function typeOf(schema, indent = '') {
  if (schema.$ref) return refName(schema.$ref);
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.oneOf) return schema.oneOf.map((part) => typeOf(part, indent)).join(' | ');
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type }, indent)).join(' | ');
  switch (schema.type) {
    case 'string': return 'string';
    case 'integer':
    case 'number': return 'number';
    case 'boolean': return 'boolean';
    case 'null': return 'null';
    case 'array': {
      const items = typeOf(schema.items, indent);
      return items.includes(' | ') ? `(${items})[]` : `${items}[]`;
    }
    case 'object': return objectOf(schema, indent);
    case undefined: return 'unknown';
    default: throw new Error(`asyncapi.yaml: no TypeScript for type ${schema.type}`);
  }
}

function objectOf(schema, indent) {
  if (!schema.properties) {
    const values = schema.additionalProperties;
    return `Record<string, ${values ? typeOf(values, indent) : 'unknown'}>`;
  }
  const names = Object.keys(schema.properties);
  if (names.length === 0) return 'Record<string, never>';
  const inner = `${indent}  `;
  const lines = names.map((name) => {
    const property = schema.properties[name];
    const optional = schema.required?.includes(name) ? '' : '?';
    const doc = property.description ? `${inner}/** ${property.description} */\n` : '';
    return `${doc}${inner}${key(name)}${optional}: ${typeOf(property, inner)};`;
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function framesOf(document, operation) {
  return document.operations[operation].messages.map(({ $ref }) => {
    const message = document.components.messages[refName($ref)];
    return refName(message.payload.$ref);
  });
}

function requiredFields(document) {
  const fields = new Map();
  for (const name of framesOf(document, 'fromServer')) {
    const schema = document.components.schemas[name];
    const shapes = schema.oneOf ?? [schema];
    const required = shapes.map((shape) => shape.required.filter((field) => field !== 't'));
    const common = required[0].filter((field) => required.every((list) => list.includes(field)));
    fields.set(shapes[0].properties.t.const, common);
  }
  return [...fields].map(([t, names]) => `  ${t}: ${JSON.stringify(names)},`).join('\n');
}

function generate(document) {
  const parts = [
    '// Made by web/scripts/generate-live.mjs from docs/asyncapi.yaml. Do not edit: run `npm run generate`.\n',
  ];
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    const doc = schema.description ? `/** ${schema.description} */\n` : '';
    parts.push(`${doc}export type ${name} = ${typeOf(schema)};\n`);
  }
  parts.push(`/** What a client may send. */\nexport type ClientFrame = ${framesOf(document, 'fromClient').join(' | ')};\n`);
  parts.push(`/** What the server sends. */\nexport type ServerFrame = ${framesOf(document, 'fromServer').join(' | ')};\n`);
  parts.push(`/** The fields a frame of each type must have. */\nexport const REQUIRED_FIELDS: Readonly<Record<ServerFrame['t'], readonly string[]>> = {\n${requiredFields(document)}\n};\n`);
  const entities = Object.entries(document['x-entities']);
  const map = (part) => entities.map(([kind, entity]) => `  ${kind}: ${typeOf(entity[part])};`).join('\n');
  parts.push(`/** Kinds of entity and what may be asked of them. */\nexport interface CommandOf {\n${map('command')}\n}\n`);
  parts.push(`/** Kinds of entity and what happens to them. */\nexport interface EventOf {\n${map('event')}\n}\n`);
  parts.push(`/** Kinds of entity and what a snapshot of them holds. */\nexport interface StateOf {\n${map('state')}\n}\n`);
  const codes = Object.entries(document['x-close-codes']);
  const backs = [...new Set(codes.map(([, code]) => code.back))].map((back) => JSON.stringify(back)).join(' | ');
  parts.push(`/** Whether and how to come back after a close. */\nexport type ComeBack = ${backs};\n`);
  parts.push(`/** What each close code asks of the client. */\nexport const CLOSE_CODES: Readonly<Record<number, ComeBack>> = {\n${codes.map(([code, { back, text }]) => `  /** ${text} */\n  ${code}: ${JSON.stringify(back)},`).join('\n')}\n};\n`);
  return parts.join('\n');
}

const text = generate(parse(readFileSync(source, 'utf8')));
if (process.argv.includes('--check')) {
  let present = '';
  try {
    present = readFileSync(target, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  if (present !== text) {
    console.error('web/src/live/protocol.gen.ts is out of date: run `npm run generate` in web/.');
    process.exit(1);
  }
  console.log('protocol.gen.ts is up to date.');
} else {
  writeFileSync(target, text);
}
