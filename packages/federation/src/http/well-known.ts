import type { Response } from 'express';
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
		const made = await documents(path);
		if (!made) return sendNothing(response);
		const body =
			name === 'nodeinfo_links' && made.status === 200 ? withServerActor(made.body, at) : made.body;
		// Readable from any page, as RFC 7033 section 5 asks.
		response.status(made.status).set({
			'Access-Control-Allow-Origin': '*',
			'Cache-Control': 'public, max-age=0, must-revalidate',
			'Content-Type': made.type,
		});
		response.send(Buffer.from(body));
	};
}

function withServerActor(body: string, at: Addresses): string {
	const { links } = JSON.parse(body) as { links: object[] };
	const rel = 'https://www.w3.org/ns/activitystreams#Application';
	return JSON.stringify({ links: [...links, { rel, href: at.actor({ id: 'server', kind: 'server' }) }] });
}
