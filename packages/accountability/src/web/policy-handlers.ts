import { dateIn } from '@understory/core/calendar.ts';
import { NotFound } from '@understory/core/errors.ts';
import { newestBegun } from '@understory/core/policy-versions.ts';
import { canonicalize } from '@understory/transparency-log/jcs.ts';
import type { Context } from '../context.ts';
import type { Library } from '../registers.ts';
import type { KeptPolicy } from '../store/policies.ts';
import { type LibraryHandler, part } from './library-handler.ts';
import { open } from './log-handlers.ts';

/** The version of a policy that was asked for, and all versions of it, the newest first. Throws `NotFound`. */
export async function versionAsked(
	{ statements }: Context,
	library: Library,
	asked: Readonly<Record<string, string>>,
): Promise<{ asked: KeptPolicy; versions: KeptPolicy[] }> {
	const all = await statements.policies(library);
	const versions = all.filter(({ policy }) => policy.id === asked.id);
	const found = versions.find(({ policy }) => String(policy.version) === asked.version);
	if (!found) throw new NotFound('This library never had such rules.');
	return { asked: found, versions };
}

/** `GET /policies/{id}/{version}.json`: the canonical bytes, whose SHA-256 is the digest that statements name. They never change. */
export function servePolicy(context: Context): LibraryHandler {
	return async (library, request, response) => {
		const named = { id: part(request, 'id'), version: part(request, 'version') };
		const { asked } = await versionAsked(context, library, named);
		const bytes = Buffer.from(canonicalize(asked.policy), 'utf8');
		const immutable = 'public, max-age=31536000, immutable';
		open(response).set('cache-control', immutable).type('application/json').send(bytes);
	};
}

/** `GET /policies/{id}`: on to the version in force, or to the newest where none is yet. */
export function findPolicy({ statements, clock }: Context): LibraryHandler {
	return async (library, request, response) => {
		const all = (await statements.policies(library)).map(({ policy }) => policy);
		const versions = all.filter(({ id }) => id === part(request, 'id'));
		const [inForce] = newestBegun(versions, dateIn(library.zone, clock.now()));
		const policy = inForce ?? versions[0];
		if (!policy) throw new NotFound('This library never had such rules.');
		response.redirect(302, `/policies/${policy.id}/${policy.version}`);
	};
}
