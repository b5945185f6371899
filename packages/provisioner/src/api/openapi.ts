import { PERMISSIONS } from '../access/permissions.ts';
import { isAct, type Route } from './route.ts';
import { routes } from './routes.ts';
import { schemas } from './schemas.ts';

/** The OpenAPI 3.1 document, made from the same table and schemas that the router uses. */
export function openApiDocument(server: string): object {
	const paths: Record<string, Record<string, object>> = {};
	for (const route of routes) {
		paths[`/api/v1${route.path}`] = { ...paths[`/api/v1${route.path}`], [route.method]: operation(route) };
	}
	return {
		openapi: '3.1.0',
		info: {
			title: 'Understory provisioning',
			version: '1',
			summary: 'Libraries, branches and neighborhoods of one platform.',
			license: { name: 'AGPL-3.0-or-later', identifier: 'AGPL-3.0-or-later' },
		},
		servers: [{ url: server }],
		security: [{ token: [] }],
		paths,
		components: { schemas, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
	};
}

function operation(route: Route): object {
	const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
		name,
		in: 'path',
		required: true,
		schema: { type: 'string' },
	}));
	const inQuery = (route.query ?? []).map((name) => ({
		name,
		in: 'query',
		required: false,
		schema: { type: 'string' },
	}));
	const key = {
		name: 'Idempotency-Key',
		in: 'header',
		required: false,
		schema: { type: 'string', maxLength: 200 },
	};
	const etag = { name: 'If-None-Match', in: 'header', required: false, schema: { type: 'string' } };
	const [status, schema] = route.answer;
	return {
		operationId: route.id,
		...(route.open ? { security: [] } : {}),
		summary: route.summary,
		description: route.open
			? 'For everybody, without a token.'
			: `For tokens of the role ${PERMISSIONS[route.permission].join(', ')}.`,
		parameters: [
			...inPath,
			...inQuery,
			...(route.method === 'post' && isAct(route) && !route.open ? [key] : []),
			...(route.method === 'get' ? [etag] : []),
		],
		...(route.body ? { requestBody: { required: true, content: contentOf(route.body) } } : {}),
		responses: {
			[status]: { description: route.summary, ...(schema ? { content: contentOf(schema) } : {}) },
			...(route.method === 'get' ? { 304: { description: 'Not changed since If-None-Match' } } : {}),
			default: {
				description: 'What went wrong, as a sentence',
				content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
			},
		},
	};
}

function contentOf(name: string): object {
	if (name === 'csv') return { 'text/csv': { schema: { type: 'string', contentMediaType: 'text/csv' } } };
	return { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } };
}
