// Holds everything that passes a socket against docs/asyncapi.yaml: every frame of both directions, every command, event, snapshot and
// list line, strictly (a field the document does not know is a difference, too).
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const document = parse(readFileSync(new URL('../../../docs/asyncapi.yaml', import.meta.url), 'utf8'));
const schemas = document.components.schemas;

const resolve = (schema) => (schema.$ref ? schemas[schema.$ref.split('/').at(-1)] : schema);
const typeOf = (value) => (value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value);

/** What is wrong with a value, as paths with reasons. */
export function differences(schema, value, path = '$') {
  const rule = resolve(schema);
  if ('const' in rule) return value === rule.const ? [] : [`${path}: not ${JSON.stringify(rule.const)}`];
  if (rule.enum) return rule.enum.includes(value) ? [] : [`${path}: ${JSON.stringify(value)} is none of ${rule.enum}`];
  if (rule.oneOf) {
    const tries = rule.oneOf.map((each) => differences(each, value, path));
    return tries.some((each) => each.length === 0) ? [] : tries.sort((a, b) => a.length - b.length)[0];
  }
  if (rule.type === undefined) return [];
  const types = [rule.type].flat();
  const type = typeOf(value);
  if (!types.includes(type) && !(type === 'integer' && types.includes('number'))) return [`${path}: ${type} instead of ${types}`];
  if (type === 'string' && rule.pattern && !new RegExp(rule.pattern, 'u').test(value)) return [`${path}: ${value} does not match ${rule.pattern}`];
  if (type === 'array' && rule.items) return value.flatMap((item, index) => differences(rule.items, item, `${path}[${index}]`));
  return type === 'object' ? inObject(rule, value, path) : [];
}

function inObject(rule, value, path) {
  const missing = (rule.required ?? []).filter((name) => !(name in value)).map((name) => `${path}.${name}: missing`);
  const found = Object.entries(value).flatMap(([name, inner]) => {
    const property = rule.properties?.[name] ?? (typeof rule.additionalProperties === 'object' ? rule.additionalProperties : undefined);
    if (property) return differences(property, inner, `${path}.${name}`);
    return rule.properties ? [`${path}.${name}: not in the document`] : [];
  });
  return [...missing, ...found];
}

const messagesOf = (operation) => document.operations[operation].messages.map(({ $ref }) => document.components.messages[$ref.split('/').at(-1)].payload);
const FRAMES = { sent: { oneOf: messagesOf('fromClient') }, received: { oneOf: messagesOf('fromServer') } };

/** What is wrong with a frame and what is in it. */
export function frameDifferences(direction, text) {
  const frame = JSON.parse(text);
  const shapes = FRAMES[direction].oneOf.filter((schema) => {
    const shape = resolve(schema);
    return [shape, ...(shape.oneOf ?? [])].some((each) => resolve(each).properties?.t.const === frame.t);
  });
  if (shapes.length === 0) return [`no frame of type ${frame.t}`];
  return [...differences({ oneOf: shapes }, frame), ...inside(direction, frame)].map((difference) => `${frame.t} ${frame.type ?? ''} ${difference}`);
}

/** The parts that depend on the topic. */
function inside(direction, frame) {
  const [kind, view] = [/^[a-z]+/.exec(frame.topic ?? '')?.[0], /\/(.+)$/.exec(frame.topic ?? '')?.[1]];
  const entity = document['x-entities'][kind];
  const list = view && document['x-lists'][`${kind}/${view}`];
  if (frame.t === 'ev') return differences(entity.event, { type: frame.type, body: frame.body });
  if (frame.t === 'cmd') return differences(entity.command, { type: frame.type, body: frame.body });
  if (frame.t === 'st') return frame.body === null ? [] : differences(list.item, frame.body);
  if (frame.t !== 'snap') return [];
  if (!list) return differences(entity.state, frame.state);
  return [...differences(list.state, frame.state), ...frame.state.items.flatMap(({ body }) => differences(list.item, body))];
}
