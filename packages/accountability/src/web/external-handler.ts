import { NotFound } from '@understory/core/errors.ts';
import { canonicalize } from '@understory/transparency-log/jcs.ts';
import type { Context } from '../context.ts';
import { externalVersions } from '../store/external-versions.ts';
import { type LibraryHandler, part } from './library-handler.ts';
import { open } from './log-handlers.ts';

/** `GET /branches/{host}/versions/{number}.json` of a server that is no branch: the canonical bytes whose SHA-256 the page says. They never change. */
export function serveExternal({ database }: Context): LibraryHandler {
	return async (library, request, response) => {
		const kept = await externalVersions(database.db, library.id, part(request, 'host'));
		const found = kept.find(({ version }) => String(version) === part(request, 'version'));
		if (!found) throw new NotFound('This library never listed such a server.');
		const bytes = Buffer.from(canonicalize(found.document), 'utf8');
		const immutable = 'public, max-age=31536000, immutable';
		open(response).set('cache-control', immutable).type('application/json').send(bytes);
	};
}
