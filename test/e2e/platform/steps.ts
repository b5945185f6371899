import type { DemoPatron } from '@understory/sip2/deck.ts';
import { expect } from 'chai';
import { call } from '../api.ts';
import type { Seen, Visitor } from '../visitor.ts';
import { DOMAIN, until } from './bed.ts';

/** What library IT and visitors do at a platform, whatever it runs on. */
export interface Steps {
	/** One call of the provisioning API as its administrator. */
	api(method: string, path: string, body?: object): ReturnType<typeof call>;
	/** The same, and it was taken. */
	// biome-ignore lint/suspicious/noExplicitAny: a test reads what the API documents, field by field
	made(method: string, path: string, body: object): Promise<any>;
	/** Waits until an operation has ended well. */
	done(operation: { id: string }): Promise<void>;
	/** Opens a branch of `anytown` with its door, rules and appeal partner. */
	openBranch(slug: string): Promise<void>;
	/** Allows the catalogue the address it has, which is none of the public ones; says how cards are checked, tries it, and goes live. */
	goLive(
		connector: { readonly host: string; readonly port: number; readonly [more: string]: unknown },
		canary: Pick<DemoPatron, 'card' | 'pin'>,
	): Promise<void>;
	/** Opens an address until the words are there: what travels with the register arrives a moment later. */
	open(who: Visitor, url: string, words: string): Promise<Seen>;
}

/** Steps at the platform behind an edge. `seconds`: how long each may take. */
export function platformSteps(platform: {
	readonly edgePort: () => number;
	readonly adminToken: () => string;
	readonly seconds: number;
}): Steps {
	const { seconds } = platform;
	const api: Steps['api'] = (method, path, body) =>
		call(platform.edgePort(), method, `/api/v1${path}`, {
			token: platform.adminToken(),
			host: `console.${DOMAIN}`,
			...(body ? { body } : {}),
		});
	const made: Steps['made'] = async (method, path, body) => {
		const answer = await api(method, path, body);
		expect(answer.status, JSON.stringify(answer.body)).to.be.oneOf([200, 201, 202]);
		return answer.body;
	};
	const done: Steps['done'] = async ({ id }) => {
		const ended = await until(
			'the end of the operation',
			// The provisioner may be gone for a moment.
			() =>
				api('GET', `/operations/${id}`).then(
					({ body }) => body,
					() => null,
				),
			(body) => body?.state === 'done' || body?.state === 'failed',
			seconds,
		);
		expect(ended.state, JSON.stringify(ended.problem)).to.equal('done');
	};
	return {
		api,
		made,
		done,
		async openBranch(slug) {
			const opening = {
				kind: 'open',
				door: {
					host: 'June Aldaba',
					place: 'The desk by the front door',
					hours: [{ weekday: 2, from: 600, to: 1080 }],
					deputy: 'Calvin Osei-Brandt',
					phone: null,
				},
				policies: ['conduct'],
				appeal_partner: 'The moderation team of the library',
			};
			await done(await made('POST', `/libraries/anytown/branches/${slug}/operations`, opening));
		},
		async goLive(connector, { card, pin }) {
			const { host: cidr, port } = connector;
			await made('POST', '/libraries/anytown/catalogue-networks', { cidr, port });
			const settings = { connector, canaries: [{ card, pin }] };
			await made('PUT', '/libraries/anytown/sign-in', { ...settings, version: 1, state: 'draft' });
			await done(await made('POST', '/libraries/anytown/sign-in/operations', { kind: 'test' }));
			const { body } = await api('GET', '/libraries/anytown/sign-in');
			await made('PUT', '/libraries/anytown/sign-in', { ...body.settings, version: 2, state: 'live' });
		},
		open: (who, url, words) =>
			until(
				`"${words}" at ${url}`,
				() => who.open(url),
				(page) => page.text.includes(words),
				seconds,
			),
	};
}
