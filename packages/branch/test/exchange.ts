import { PublicError } from '@understory/core/errors.ts';
import { createContextLoader } from '@understory/federation/fedify/contexts.ts';
import { parseActivity } from '@understory/federation/fedify/parse.ts';
import { readEnvelope } from '@understory/federation/receive/envelope.ts';
import { expect } from 'chai';
import { sanitizeMarkup } from '../src/services/markup.ts';
import { addDeliveries } from '../src/store/deliveries.ts';
import { type Bed, createBed } from './bed.ts';
import { personId, raw, rows, uriOf } from './look.ts';
import { actorOf, createNote, PUBLIC, type Signer, signed } from './wire.ts';

export type Way = 'http' | 'short';

/** Brings one activity to a branch, as somebody would who may say anything; the status its inbox answers, or would. */
async function bring(bed: Bed, way: Way, signer: Signer, to: string, document: Record<string, unknown>) {
	const branch = bed.branch(to);
	if (way === 'http') {
		return (await signed(bed, signer, 'POST', `${branch.origin}/ap/inbox`, document)).status;
	}
	const actor = await actorOf(bed, signer);
	const { origin } = bed.branch(signer.slug);
	const sender = {
		id: actor,
		handle: signer.handle ?? 'branch',
		host: new URL(origin).host,
		displayName: `${signer.handle} Person`,
		inbox: `${actor}/inbox`,
		sharedInbox: `${origin}/ap/inbox`,
		url: `${origin}/@${signer.handle}`,
		followers: `${actor}/followers`,
		featured: `${actor}/collections/featured`,
	};
	const parts = {
		contexts: createContextLoader(),
		clean: sanitizeMarkup,
		now: bed.clock.now(),
		sender: async () => sender,
	};
	try {
		await branch.open.takeIn({
			body: JSON.stringify(document),
			envelope: () => readEnvelope(Buffer.from(JSON.stringify(document))),
			proof: { kind: 'sameHome', branch: bed.branch(signer.slug).open.branch, actor, origin },
			meaningAt: (at) =>
				parseActivity(document, {
					...parts,
					origin: at,
					id: String(document.id),
					actor: String(document.actor),
				}),
		});
		return 202;
	} catch (error) {
		if (error instanceof PublicError) return error.status;
		throw error;
	}
}

/**
 * A day between branches, the same by either way; what each of them has in the end, without what must differ (numbers, the port). Throws
 * when something is not as it should be on the way.
 */
export async function exchange(way: Way): Promise<Record<string, unknown>> {
	const bed = await createBed(['north', 'south', 'east', 'shut'], way);
	try {
		bed.befriend('north', 'south', 'shut');
		bed.change('shut', { federation: 'closed' });
		await bed.settle();
		const ana = await bed.branch('north').join('ana');
		const carla = await bed.branch('south').join('carla');
		const eve = await bed.branch('east').join('eve');
		const statuses: Record<string, number> = {};
		const settle = async () => {
			bed.clock.advance(61_000);
			await bed.settle();
			await bed.settle();
		};

		const host = new URL(bed.branch('north').origin).host;
		await carla.get(`/find?address=@ana@${host}`);
		const asked = { actor: await actorOf(bed, { slug: 'north', handle: 'ana' }) };
		const followed = await carla.post('/follows', asked);
		expect(followed.status).to.equal(303);
		await settle();
		expect(rows(bed, 'south', 'SELECT state FROM follow')).to.deep.equal([{ state: 'accepted' }]);

		const everyone = await ana.write('xe-public', 'public');
		const near = await ana.write('xe-neighborhood', 'neighborhood');
		await ana.write('xe-branch', 'branch');
		await eve.write('xe-stranger', 'public');
		await settle();
		const uri = uriOf(bed, 'north', near);
		const copy = rows<{ id: number }>(bed, 'south', 'SELECT id FROM post WHERE uri = ?', uri)[0]!;
		await carla.write('xe-reply', 'neighborhood', `/@ana/${copy.id}`);
		await settle();
		await carla.get('/home');
		const quoting = { text: 'xe-quote', scope: 'neighborhood', quote: String(copy.id) };
		expect((await carla.post('/posts', quoting)).status).to.equal(303);
		await settle();
		await settle();
		for (const slug of ['north', 'south']) {
			expect(rows(bed, slug, 'SELECT state FROM quote'), slug).to.deep.equal([{ state: 'agreed' }]);
		}

		edit(bed, near, '<p>xe-edited</p>');
		await settle();
		const gone = await ana.post(`/posts/${everyone.split('/').at(-1)}/delete`, {});
		expect(gone.status).to.equal(303);
		await settle();
		await carla.post('/follows/end', asked);
		await settle();

		const north = { slug: 'north', handle: 'ana' };
		const east = { slug: 'east', handle: 'eve' };
		const note = (signer: Signer, id: string, to: string[]) =>
			createNote(bed, signer, { id, to, content: `xe-${id}` });
		const neighbors = (slug: string) => `${bed.branch(slug).origin}/ap/neighbors`;
		const refused: [string, Signer, string, Record<string, unknown>][] = [
			['a copy twice', north, 'south', await note(north, '11', [neighbors('north')])],
			['a copy twice', north, 'south', await note(north, '11', [neighbors('north')])],
			['to the neighbors, by no neighbor', east, 'south', await note(east, '12', [neighbors('east')])],
			['to our own neighbors', north, 'south', await note(north, '13', [neighbors('south')])],
			['neighbors and everyone', north, 'south', await note(north, '14', [neighbors('north'), PUBLIC])],
			['by a stranger', east, 'south', await note(east, '15', [PUBLIC])],
			['to a closed branch', north, 'shut', await note(north, '16', [PUBLIC])],
			[
				'in the name of another',
				north,
				'south',
				{ ...(await note(north, '17', [PUBLIC])), actor: await actorOf(bed, east) },
			],
			[
				'of another server',
				north,
				'south',
				{ ...(await note(north, '18', [PUBLIC])), id: `${bed.branch('east').origin}/x` },
			],
			[
				'somebody else’s post',
				north,
				'south',
				{ ...(await note(north, '19', [PUBLIC])), object: (await note(east, '20', [PUBLIC])).object },
			],
			['to itself', north, 'north', await note(north, '21', [PUBLIC])],
			['no actor', north, 'south', { ...(await note(north, '22', [PUBLIC])), actor: null }],
			[
				'a follow of nobody',
				north,
				'south',
				{
					id: `${asked.actor}#f`,
					type: 'Follow',
					actor: asked.actor,
					object: `${bed.branch('south').origin}/ap/users/9`,
				},
			],
			['a follow by a stranger', east, 'south', await follow(bed, east, 'carla')],
			[
				'an answer nobody asked for',
				north,
				'south',
				{
					id: `${asked.actor}#a`,
					type: 'Accept',
					actor: asked.actor,
					object: `${bed.branch('south').origin}/ap/users/1/follows/1`,
				},
			],
			[
				'a Delete of somebody else’s post',
				east,
				'south',
				{ id: `${await actorOf(bed, east)}#d`, type: 'Delete', actor: await actorOf(bed, east), object: uri },
			],
			[
				'a kind we do not know',
				north,
				'south',
				{ id: `${asked.actor}#v`, type: 'View', actor: asked.actor, object: uri },
			],
		];
		for (const [what, signer, to, document] of refused) {
			const context = 'https://www.w3.org/ns/activitystreams';
			statuses[what] = await bring(bed, way, signer, to, { '@context': context, ...document });
		}
		bed.change('south', { stage: 'quiet' });
		statuses['to a quiet branch'] = await bring(bed, way, north, 'south', await note(north, '23', [PUBLIC]));
		bed.change('south', { stage: 'unopened' });
		statuses['to a branch not open yet'] = await bring(
			bed,
			way,
			north,
			'south',
			await note(north, '24', [PUBLIC]),
		);
		await settle();
		expect(bed.errors).to.deep.equal([]);
		const texts = rows<{ content_html: string }>(bed, 'south', 'SELECT content_html FROM post ORDER BY id');
		const there = texts.map(({ content_html }) => content_html.replace(/<[^>]+>/g, ''));
		expect(there).to.have.members(['', 'xe-edited', 'xe-reply', 'xe-quote', 'xe-11', 'xe-23']);
		expect(rows(bed, 'east', 'SELECT id FROM post WHERE person IS NULL')).to.deep.equal([]);
		const posted = bed.sent.filter(({ method, url }) => method === 'POST' && url.includes('/inbox')).length;
		expect(posted > 0).to.equal(way === 'http');
		return {
			statuses,
			...Object.fromEntries(['north', 'south', 'east', 'shut'].map((slug) => [slug, stateOf(bed, slug)])),
		};
	} finally {
		await bed.close();
	}
}

/** What the pages for editing do, in the author's branch. */
function edit(bed: Bed, path: string, html: string): void {
	const post = Number(path.split('/').at(-1));
	bed.branch('north').store.transact((writing) => {
		const now = bed.clock.now();
		writing.run(raw('UPDATE post SET content_html = ?, edited = ? WHERE id = ?', html, now, post));
		const { origin } = bed.branch('south');
		const to = [{ id: 5, origin, inbox: `${origin}/ap/inbox` }];
		addDeliveries(writing, {
			what: 'update',
			post,
			about: null,
			sender: String(personId(bed, 'ana')),
			at: now,
			to,
		});
	});
}

async function follow(bed: Bed, signer: Signer, whom: string): Promise<Record<string, unknown>> {
	const actor = await actorOf(bed, signer);
	const object = await actorOf(bed, { slug: 'south', handle: whom });
	return { id: `${actor}#follows/1`, type: 'Follow', actor, object };
}

const TABLES: Record<string, string> = {
	posts: `SELECT post.uri, post.url, content_html, summary, language, scope, audience, mentions, reply_uri, kind, title,
		created, edited, deleted, (SELECT uri FROM post AS p WHERE p.id = post.reply_to) AS parent, remote_actor.uri AS author
		FROM post LEFT JOIN remote_actor ON remote_actor.id = post.remote`,
	people: 'SELECT uri, origin, host, handle, name, inbox, shared_inbox, url FROM remote_actor',
	follows: 'SELECT follower, followed, activity, state, created FROM follow',
	notices: 'SELECT kind, actor, created FROM notice',
	quotes:
		'SELECT (SELECT uri FROM post AS p WHERE p.id = quote.post) AS post, uri, state, stamp, request FROM quote',
	received: 'SELECT activity FROM received',
	// How often a server that says no is tried depends on what else is tried at that moment.
	outbox: 'SELECT what, about, origin, inbox, outcome, tries > 0 AS tried FROM delivery',
};

function stateOf(bed: Bed, slug: string): Record<string, unknown> {
	const plain = (row: unknown) =>
		JSON.stringify(row)
			.replaceAll(`:${bed.port}`, '')
			.replace(/\d{15,16}/g, '#')
			.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, '#');
	return Object.fromEntries(
		Object.entries(TABLES).map(([name, sql]) => [name, rows(bed, slug, sql).map(plain).sort()]),
	);
}
