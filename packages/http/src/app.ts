import { randomUUID } from 'node:crypto';
import {
	type Fault,
	Malformed,
	NotFound,
	type PublicError,
	TooLarge,
	toPublicError,
} from '@understory/core/errors.ts';
import type { Log } from '@understory/core/log.ts';
import express, {
	type ErrorRequestHandler,
	type Express,
	type Request,
	type RequestHandler,
	type Response,
} from 'express';
import { toProblem, wantsPage } from './problem.ts';

/** One of the fingerprinted files of the design. */
export interface StaticFile {
	/** `/design/<hash>/<name>`. */
	readonly path: string;
	readonly type: string;
	readonly body: Buffer;
}

export interface AppOptions {
	readonly log: Log;
	/** Addresses of proxies whose forwarded headers are believed; a list, never `true`. Empty: none. */
	readonly trustProxy?: readonly string[];
	readonly files?: readonly StaticFile[];
	/** Extra origins that forms of this app may lead to (CSP `form-action`), beside its own. */
	readonly formAction?: readonly string[];
}

/**
 * Content may come from the app itself and nowhere else; no script at all (DESIGN section 9, `look`). A page that is nothing without one names
 * the whole address of that one file as `script`; it still reaches nothing by itself, but for the one address that is named as `stream`.
 */
export function contentSecurityPolicy(
	formAction: readonly string[] = [],
	script?: string,
	stream?: string,
): string {
	return [
		"default-src 'none'",
		...(script ? [`script-src ${script}`] : []),
		...(stream ? [`connect-src ${stream}`] : []),
		"style-src 'self'",
		"img-src 'self' data:",
		"media-src 'self'",
		"font-src 'self'",
		`form-action ${["'self'", ...formAction].join(' ')}`,
		"base-uri 'none'",
		"frame-ancestors 'none'",
	].join('; ');
}

/** An Express 5 app with request ids, security headers and the design's files; routes are added by its role. */
export function createApp(options: AppOptions): Express {
	const app = express();
	app.disable('x-powered-by');
	app.disable('etag');
	app.set('trust proxy', options.trustProxy?.length ? [...options.trustProxy] : false);
	app.set('query parser', 'simple');
	// Express' own last resort shows and prints stacks in every other mode, and a stack may quote what it choked on.
	app.set('env', 'production');
	app.use(identify(options.log));
	app.use(secure(options.formAction));
	if (options.files) app.use('/design', serveFiles(options.files));
	return app;
}

function identify(log: Log): RequestHandler {
	return (request, response, next) => {
		const started = performance.now();
		const id = randomUUID();
		response.locals.requestId = id;
		response.setHeader('x-request-id', id);
		response.on('finish', () => {
			const route: unknown = request.route?.path;
			log.info('request', {
				method: request.method,
				status: response.statusCode,
				duration_ms: Math.round(performance.now() - started),
				request_id: id,
				...(typeof route === 'string' ? { route: `route:${route.replace(/:(\w+)/g, '{$1}')}` } : {}),
			});
		});
		next();
	};
}

function secure(formAction: readonly string[] | undefined): RequestHandler {
	const policy = contentSecurityPolicy(formAction);
	return (_request, response, next) => {
		response.setHeader('content-security-policy', policy);
		response.setHeader('x-content-type-options', 'nosniff');
		response.setHeader('referrer-policy', 'same-origin');
		response.setHeader('cross-origin-opener-policy', 'same-origin');
		response.setHeader('permissions-policy', 'camera=(), microphone=(), geolocation=(), interest-cohort=()');
		next();
	};
}

function serveFiles(files: readonly StaticFile[]): RequestHandler {
	const byPath = new Map(files.map((file) => [file.path, file]));
	return (request, response, next) => {
		const file = byPath.get(request.baseUrl + request.path);
		if (!file || (request.method !== 'GET' && request.method !== 'HEAD')) return next();
		response.setHeader('content-type', file.type);
		response.setHeader('cache-control', 'public, max-age=31536000, immutable');
		response.end(request.method === 'HEAD' ? undefined : file.body);
	};
}

/** Reads a JSON body of at most `limit` bytes; malformed and oversized ones become sentences. */
export function jsonBody(limit = 102_400): RequestHandler {
	return express.json({ limit, type: ['application/json', 'application/*+json'], strict: true });
}

/** Reads an HTML form of at most `limit` bytes. */
export function formBody(limit = 102_400): RequestHandler {
	return express.urlencoded({ limit, extended: false, parameterLimit: 200 });
}

/** Shows an error as a page. Gets the faults too, so that a form can name its fields. */
export type ErrorPage = (error: PublicError, request: Request, response: Response) => string;

/** The last two pieces of every app: what is not there, and what went wrong. Without `page` every answer is a problem document. */
export function finish(app: Express, options: { log: Log; page?: ErrorPage }): Express {
	app.use(() => {
		throw new NotFound();
	});
	app.use(onError(options));
	return app;
}

function onError({ log, page }: { log: Log; page?: ErrorPage }): ErrorRequestHandler {
	// Express knows an error handler by its four parameters.
	return (thrown: unknown, request, response, _next) => {
		const error = readable(thrown);
		const id = String(response.locals.requestId ?? '');
		if (error.status >= 500)
			log.error('request_failed', { error: thrown, request_id: id, status: error.status });
		if (response.headersSent) {
			response.destroy();
			return;
		}
		if (error.retryAfter !== undefined)
			response.setHeader('retry-after', String(Math.ceil(error.retryAfter)));
		if (error.status === 401 && !wantsPage(request)) response.setHeader('www-authenticate', 'Bearer');
		response.status(error.status).setHeader('cache-control', 'no-store');
		response.vary('Accept');
		const html = page && wantsPage(request) ? drawn(() => page(error, request, response), log, id) : null;
		if (html !== null) response.type('html').send(html);
		else response.type('application/problem+json').send(JSON.stringify(toProblem(error, id)));
	};
}

/** The page, or null when drawing it fails too: the reader is then told in plain form, and the failure written down. */
function drawn(draw: () => string, log: Log, id: string): string | null {
	try {
		return draw();
	} catch (error) {
		log.error('error_page_failed', { error, request_id: id });
		return null;
	}
}

/** What body-parser and the router throw, in our words. */
function readable(thrown: unknown): PublicError {
	const { type, status, expose } = (thrown ?? {}) as { type?: unknown; status?: unknown; expose?: unknown };
	if (type === 'entity.too.large')
		return new TooLarge('This is more than is accepted here at once.', { cause: thrown });
	if (type === 'entity.parse.failed') return new Malformed('The body is not valid JSON.', { cause: thrown });
	if (type === 'parameters.too.many')
		return new TooLarge('This form has too many fields.', { cause: thrown });
	if (type === 'encoding.unsupported' || type === 'charset.unsupported') {
		return new Malformed('This encoding is not understood here.', { cause: thrown });
	}
	if (type === 'request.aborted') return new Malformed('The request broke off.', { cause: thrown });
	if (thrown instanceof URIError)
		return new Malformed('This address is not written correctly.', { cause: thrown });
	// The parsers mark what is the sender's doing (a broken gzip stream, say) as fit to be exposed; the text itself still is not.
	if (typeof status === 'number' && status >= 400 && status < 500 && expose === true) {
		return new Malformed('This request cannot be read.', { cause: thrown });
	}
	return toPublicError(thrown);
}

/** Faults by field, for forms that show them beside what was typed. */
export function faultsByField(faults: readonly Fault[]): Record<string, string> {
	return Object.fromEntries(faults.map(({ field, text }) => [field, text]));
}
