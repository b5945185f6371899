import { NotFound } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { addressOf, type Choice, PARTS } from '../data/choice.ts';
import { LICENCE } from '../data/licence.ts';
import { FORMS, fedChoice, keptFeed } from '../site/choice-feeds.ts';
import { type LibraryHandler, part } from './library-handler.ts';
import { open } from './log-handlers.ts';
import { sendKept } from './page-handlers.ts';

/** Leads from what the form of `/statements` asks (`?branch=…&quarter=…`) to the address of that choice, where its file stands; without any, on to the page. */
export function chooseFirst(page: LibraryHandler): LibraryHandler {
	return (library, request, response) => {
		const asked: readonly (readonly [string, unknown])[] = PARTS.map((name) => [name, request.query[name]]);
		const named = asked.filter(([, value]) => typeof value === 'string' && value !== '');
		if (named.length === 0) return page(library, request, response);
		response.set('cache-control', 'no-cache').redirect(303, addressOf(Object.fromEntries(named) as Choice));
	};
}

const TYPES = { json: 'application/feed+json; charset=utf-8', atom: 'application/atom+xml; charset=utf-8' };

/** `GET /statements/{choice}/feed.json` and `feed.atom`: the newest decisions of a branch or under a rule. Throws `NotFound` for what has none. */
export function serveFeed(context: Context): LibraryHandler {
	return async (library, request, response) => {
		const form = FORMS.find((one) => one === part(request, 'form'));
		const { finder } = await context.editions.now(library);
		const choice = fedChoice(part(request, 'choice'), library, finder);
		if (!form || !choice) throw new NotFound('There is no such feed.');
		const kept = await keptFeed(context, library, choice, form);
		open(response).set('cache-control', 'public, no-cache').set('content-type', TYPES[form]);
		sendKept(response.links({ license: LICENCE }), kept);
	};
}
