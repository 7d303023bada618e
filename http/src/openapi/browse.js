// Shows openapi.json as a page. Everything is put in as text, never as HTML.

const METHODS = ['get', 'post', 'patch', 'put', 'delete'];

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** A schema as an outline, its references followed; one that contains itself is named instead. */
function outline(schema, api, open = []) {
  if (!schema) return 'anything';
  if (schema.$ref) {
    const name = schema.$ref.split('/').pop();
    return open.includes(name) ? name : outline(api.components.schemas[name], api, [...open, name]);
  }
  const either = schema.oneOf ?? schema.anyOf ?? schema.allOf;
  if (either) return either.map((part) => outline(part, api, open));
  const type = [schema.type].flat();
  if (type.includes('array')) return [outline(schema.items, api, open)];
  if (schema.properties) {
    const required = schema.required ?? [];
    const entries = Object.entries(schema.properties);
    return Object.fromEntries(entries.map(([key, value]) => [required.includes(key) ? key : `${key}?`, outline(value, api, open)]));
  }
  if ('const' in schema) return schema.const;
  if (schema.enum) return schema.enum.join(' | ');
  return `${type.join(' | ')}${schema.format ? ` (${schema.format})` : ''}${schema.description ? `: ${schema.description}` : ''}`;
}

function block(title, content) {
  return [element('h3', '', title), element('pre', '', typeof content === 'string' ? content : JSON.stringify(content, null, 2))];
}

function show(method, path, operation, api) {
  const inside = element('div', 'inside');
  if (operation.description) inside.append(element('p', '', operation.description));
  for (const parameter of operation.parameters ?? []) {
    const text = `${parameter.name}${parameter.required ? '' : '?'} (${parameter.in}): ${parameter.description ?? ''}`;
    inside.append(...block('Parameter', text));
  }
  const body = operation.requestBody?.content?.['application/json']?.schema;
  if (body) inside.append(...block('Body', outline(body, api)));
  for (const [status, response] of Object.entries(operation.responses ?? {})) {
    const schema = response.content?.['application/json']?.schema;
    if (status !== 'default') inside.append(...block(`Answer ${status}`, schema ? outline(schema, api) : response.description ?? ''));
  }
  const summary = element(
    'summary',
    '',
    element('span', 'method', method.toUpperCase()),
    element('span', 'path', path),
    element('span', '', operation.summary ?? ''),
    element('span', 'access', operation['x-access'] ?? ''),
  );
  const details = element('details', '', summary, inside);
  details.dataset.text = `${method} ${path} ${operation.summary} ${operation['x-access']}`.toLowerCase();
  return details;
}

function sections(api) {
  const byTag = new Map();
  for (const [path, item] of Object.entries(api.paths)) {
    for (const method of METHODS.filter((known) => item[known])) {
      const tag = item[method].tags?.[0] ?? 'api';
      if (!byTag.has(tag)) byTag.set(tag, []);
      byTag.get(tag).push(show(method, path, item[method], api));
    }
  }
  return [...byTag].map(([tag, all]) => element('section', '', element('h2', '', tag), ...all));
}

function codes(api) {
  return (api.components.responses.Failure['x-codes'] ?? []).map(({ code, status, text }) =>
    element('tr', '', element('td', '', code), element('td', '', String(status)), element('td', '', text)));
}

function find(text) {
  for (const details of document.querySelectorAll('details')) details.hidden = !details.dataset.text.includes(text);
  for (const section of document.querySelectorAll('main section')) {
    section.hidden = !section.querySelector('details:not([hidden])');
  }
}

async function start() {
  const main = document.getElementById('operations');
  const response = await fetch('/v1/openapi.json');
  if (!response.ok) throw new Error(`openapi.json: ${response.status}`);
  const api = await response.json();
  document.getElementById('about').textContent = api.info.description;
  main.replaceChildren(...sections(api));
  document.getElementById('codes').replaceChildren(...codes(api));
  document.getElementById('find').addEventListener('input', (event) => find(event.target.value.trim().toLowerCase()));
}

start().catch(() => {
  document.getElementById('operations').textContent = 'The description could not be loaded. Reload the page to try again.';
});
