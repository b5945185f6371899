import { createHash, timingSafeEqual } from 'node:crypto';
import { NotFound, NotSignedIn, TooMany } from '@understory/core/errors.ts';
import { limitRequests } from '@understory/http/limits.ts';
import { type Request, Router } from 'express';
import { uploadList } from '../connectors/list-upload.ts';
import type { Context } from '../context.ts';
import type { SiteOf } from './site.ts';

/**
 * Where staff of a library without a catalogue put the list of their cards: `PUT /list` on the card host with the key from the settings. It goes to the bridge and
 * through nobody else. One upload at a time.
 */
export function listRoutes(context: Context, siteOf: SiteOf): Router {
	const router = Router();
	const slowly = limitRequests({ clock: context.clock, perMinute: 10, burst: 10 });
	const running = new Set<string>();

	router.put('/list', slowly, async (request, response) => {
		const { library } = siteOf(response);
		const settings = context.signIn(library.slug);
		if (settings?.connector.kind !== 'list') throw new NotFound();
		if (!isKey(request, settings.connector.upload_key))
			throw new NotSignedIn('Send the key from the settings: Authorization: Bearer …');
		if (running.has(library.id)) throw new TooMany('An upload is under way. Try again when it is done.', 60);
		running.add(library.id);
		try {
			const uploaded = await uploadList(
				{
					database: context.database,
					library: library.id,
					keys: () => context.keysOf(library.id),
					batch: context.randomId(),
					now: context.clock.now(),
				},
				request,
			);
			context.log.info('list_uploaded', { library: library.slug, count: uploaded.cards });
			response.json(uploaded);
		} finally {
			running.delete(library.id);
		}
	});
	return router;
}

function isKey(request: Request, key: string): boolean {
	const given = /^Bearer (\S{1,300})$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
	const digest = (text: string) => createHash('sha256').update(text).digest();
	return timingSafeEqual(digest(given), digest(key));
}
