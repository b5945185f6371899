import { createHash } from 'node:crypto';
import type { RoutesDocument } from '@understory/core/routes.ts';
import { type Signature, signDocument } from '@understory/transparency-log/signed-document.ts';
import type { Context } from '../context.ts';
import { lock } from '../store/database.ts';
import {
	isKnownRoutes,
	newestRoutes,
	type RouteVersion,
	routeChanges,
	routesAfter,
	writeRoutes,
} from '../store/routes.ts';

/**
 * Publishes a new version of the routing table when something in it is to change: of these libraries, or of all. The version counts up by one and
 * never back; what is as it was makes none. Returns whether there is a new one.
 */
export async function publishRoutes(context: Context, libraries: readonly string[] | null): Promise<boolean> {
	const isNew = await context.database.transaction(async (transaction) => {
		await lock(transaction, 'routes');
		const changes = await routeChanges(transaction, libraries);
		if (changes.length === 0) return false;
		const last = await newestRoutes(transaction);
		// Each version's digest hangs on the one before: a table that was made of another history has another.
		const digest = createHash('sha256')
			.update(`${last.digest}\n${JSON.stringify(changes)}`)
			.digest('hex')
			.slice(0, 32);
		await writeRoutes(transaction, { version: last.version + 1, digest }, changes);
		return true;
	});
	if (isNew) context.afterStep('routes_published');
	return isNew;
}

/** The version that stands, as documents and questions name it. */
export async function routesVersion(context: Context): Promise<string> {
	return named(await newestRoutes(context.database));
}

/**
 * The signed document that leads from a version to the one that stands; the whole table for a version that nobody knows (any more), for null, and for
 * what is no version.
 */
export async function routesSince(
	context: Context,
	since: string | null,
): Promise<RoutesDocument & Signature> {
	const told = await context.database.transaction(
		async (transaction) => {
			const from = since === null ? null : read(since);
			const known = from !== null && (await isKnownRoutes(transaction, from));
			const { routes, gone } = await routesAfter(transaction, known ? from.version : null);
			const version = named(await newestRoutes(transaction));
			return { since: known ? since : null, version, routes, gone };
		},
		// All of it as of one moment.
		{ isolationLevel: 'repeatable read', readOnly: true },
	);
	const document: RoutesDocument = { type: 'understory/routes/v1', ...told, issued: context.clock.now() };
	return signDocument(document, context.platformKey);
}

function named({ version, digest }: RouteVersion): string {
	return `${version}.${digest}`;
}

function read(text: string): RouteVersion | null {
	const [, version, digest] = /^(\d{1,15})\.([a-z0-9]{1,64})$/.exec(text) ?? [];
	return version === undefined || digest === undefined ? null : { version: Number(version), digest };
}
