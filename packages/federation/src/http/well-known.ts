import type { Response } from 'express';
import type { Document } from '../fedify/documents.ts';
import type { Engine } from '../fedify/engine.ts';
import type { Addresses } from '../wire/addresses.ts';
import { sendNothing } from './answer.ts';

/** Answers WebFinger and NodeInfo, for anybody. `path` is that of the request line, with its query. */
export type WellKnown = (
	name: 'webfinger' | 'nodeinfo' | 'nodeinfo_links',
	path: string,
	response: Response,
) => Promise<void>;

/** Made by Fedify; the list of NodeInfo documents also names the branch's own actor (FEP-2677). */
export function createWellKnown(at: Addresses, engine: () => Promise<Engine>): WellKnown {
	return async (name, path, response) => {
		const { documents } = await engine();
		const older = path.split('?', 1)[0] === OLDER;
		const found = await documents(older ? '/nodeinfo/2.1' : path);
		if (!found) return sendNothing(response);
		const made = older ? asOlder(found) : found;
		const body = name === 'nodeinfo_links' && made.status === 200 ? withLinks(made.body, at) : made.body;
		// Readable from any page, as RFC 7033 section 5 asks.
		response.status(made.status).set({
			'Access-Control-Allow-Origin': '*',
			'Cache-Control': 'public, max-age=0, must-revalidate',
			'Content-Type': made.type,
		});
		response.send(Buffer.from(body));
	};
}

const OLDER = '/nodeinfo/2.0';

/** NodeInfo 2.0, which some crawlers still ask for, differs from 2.1 in its name, and in lacking what we do not tell. */
function asOlder(made: Document): Document {
	const body = JSON.stringify({ ...(JSON.parse(made.body) as object), version: '2.0' });
	return { ...made, body, type: made.type.replace('/2.1', '/2.0') };
}

function withLinks(body: string, at: Addresses): string {
	const { links } = JSON.parse(body) as { links: object[] };
	const older = { rel: 'http://nodeinfo.diaspora.software/ns/schema/2.0', href: `${at.origin}${OLDER}` };
	const rel = 'https://www.w3.org/ns/activitystreams#Application';
	return JSON.stringify({
		links: [...links, older, { rel, href: at.actor({ id: 'server', kind: 'server' }) }],
	});
}
