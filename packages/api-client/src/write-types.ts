import type { ApiDocument, ApiOperation, ApiSchema } from './document.ts';

const HEAD = `// Made from the OpenAPI document of the provisioning API by \`npm run api-client\`. A test holds the two together; do not edit.
`;

/**
 * The TypeScript of an OpenAPI document: a type for each schema, a type \`Operations\` that says what each operation takes and answers, and a
 * table \`OPERATIONS\` of method and path. Throws for a schema whose form it does not know, rather than write something looser.
 */
export function writeTypes(document: ApiDocument): string {
	const { schemas } = document.components;
	const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
	);
	return [
		HEAD,
		...Object.keys(schemas).map((name) => `export type ${name} = ${typeOf(schemas[name]!, '')};\n`),
		'/** What each operation takes and answers, by its operationId. */',
		'export interface Operations {',
		...operations.map(({ path, operation }) => signature(path, operation)),
		'}\n',
		'/** Where each operation is found, and in what form its body goes. */',
		'export const OPERATIONS = {',
		...operations.map(({ path, method, operation }) => {
			const body = mediaType(operation);
			return `\t${operation.operationId}: { method: '${method.toUpperCase()}', path: '${path}', body: ${body ? `'${body}'` : null} },`;
		}),
		'} as const satisfies Record<keyof Operations, { method: string; path: string; body: string | null }>;',
		'',
	].join('\n');
}

function signature(path: string, operation: ApiOperation): string {
	const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => `${name}: string`);
	const inQuery = (operation.parameters ?? []).filter((one) => one.in === 'query');
	const media = mediaType(operation);
	const body = media && operation.requestBody!.content[media]!.schema;
	const [, answer] = Object.entries(operation.responses).find(([status]) => /^2\d\d$/.test(status)) ?? [];
	const answered = answer?.content?.['application/json']?.schema;
	return [
		`\t/** ${operation.summary}. */`,
		`\t${operation.operationId}: {`,
		`\t\tparams: ${fields(inPath)};`,
		`\t\tquery: ${fields(inQuery.map(({ name }) => `${name}?: string`))};`,
		`\t\tbody: ${body ? (media === 'text/csv' ? 'AsyncIterable<Uint8Array>' : typeOf(body, '\t\t')) : 'undefined'};`,
		`\t\tanswer: ${answered ? typeOf(answered, '\t\t') : 'undefined'};`,
		'\t};',
	].join('\n');
}

function fields(list: readonly string[]): string {
	return list.length === 0 ? 'Record<never, never>' : `{ ${list.join('; ')} }`;
}

function mediaType(operation: ApiOperation): string | null {
	return Object.keys(operation.requestBody?.content ?? {})[0] ?? null;
}

function typeOf(schema: ApiSchema, indent: string): string {
	if (schema.$ref) return schema.$ref.replace('#/components/schemas/', '');
	if (schema.const !== undefined) return literal(schema.const);
	if (schema.enum) return schema.enum.map(literal).join(' | ');
	const either = schema.anyOf ?? schema.oneOf;
	if (either) return either.map((one) => typeOf(one, indent)).join(' | ');
	if (schema.allOf) return schema.allOf.map((one) => typeOf(one, indent)).join(' & ');
	if (schema.type === undefined) {
		if (Object.keys(schema).every((key) => key === 'description')) return 'unknown';
		throw new TypeError(`a schema of an unknown form: ${JSON.stringify(schema)}`);
	}
	const types = typeof schema.type === 'string' ? [schema.type] : schema.type;
	return types.map((type) => typeOfOne(type, schema, indent)).join(' | ');
}

function typeOfOne(type: string, schema: ApiSchema, indent: string): string {
	switch (type) {
		case 'string':
		case 'boolean':
		case 'null':
			return type;
		case 'integer':
		case 'number':
			return 'number';
		case 'array':
			return arrayOf(schema.items ?? {}, indent);
		case 'object':
			return typeOfObject(schema, indent);
		default:
			throw new TypeError(`a schema of an unknown type: ${type}`);
	}
}

function typeOfObject(schema: ApiSchema, indent: string): string {
	const inner = `${indent}\t`;
	const lines = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
		const mark = schema.required?.includes(name) ? '' : '?';
		const said = property.description ? [`${inner}/** ${property.description} */`] : [];
		return [...said, `${inner}readonly ${key(name)}${mark}: ${typeOf(property, inner)};`];
	});
	if (typeof schema.additionalProperties === 'object') {
		lines.push(`${inner}readonly [name: string]: ${typeOf(schema.additionalProperties, inner)};`);
	}
	if (lines.length > 0) return ['{', ...lines, `${indent}}`].join('\n');
	return schema.additionalProperties === false ? 'Record<never, never>' : 'Readonly<Record<string, unknown>>';
}

function arrayOf(items: ApiSchema, indent: string): string {
	const several = [items.enum, items.anyOf, items.oneOf, items.allOf, items.type].some(
		(parts) => Array.isArray(parts) && parts.length > 1,
	);
	const item = typeOf(items, indent);
	return several || item.startsWith('readonly ') ? `readonly (${item})[]` : `readonly ${item}[]`;
}

function key(name: string): string {
	return /^[A-Za-z_]\w*$/.test(name) ? name : literal(name);
}

function literal(value: string | number | boolean | null): string {
	return typeof value === 'string' ? `'${value.replaceAll(/['\\]/g, '\\$&')}'` : String(value);
}
