import { createBed } from './bed.ts';
import { call } from './browser.ts';
import { personId, raw, rows, uriOf } from './look.ts';
import { actorOf, signed } from './wire.ts';

const WORDS = {
	branch: 'xm-branch',
	neighborhood: 'xm-neighborhood',
	followers: 'xm-followers',
	direct: 'xm-direct',
};

/** Who may have what: the neighbor, and the server where somebody follows her. */
const RIGHTLY: Readonly<Record<string, string>> = { neighborhood: 'south', followers: 'east' };

/** What of a town's words is found outside their scope: sent, or given to whoever asks on the wire. */
export async function look(): Promise<string[]> {
	const bed = await createBed(['north', 'south', 'east']);
	const found: string[] = [];
	try {
		bed.befriend('north', 'south');
		await bed.settle();
		const ana = await bed.branch('north').join('ana');
		const ben = await bed.branch('north').join('ben');
		await bed.branch('south').join('carla');
		await bed.branch('east').join('dora');
		// Somebody of a server that is no neighbor follows ana, so that its address is known.
		const dora = await actorOf(bed, { slug: 'east', handle: 'dora' });
		const east = bed.branch('east').origin;
		const ids = { remote: 900, follow: 901 };
		bed.branch('north').store.transact((writing) => {
			writing.run(
				raw(
					'INSERT INTO remote_actor (id, uri, origin, host, handle, name, inbox, shared_inbox, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)',
					ids.remote,
					dora,
					east,
					new URL(east).host,
					'dora',
					'Dora',
					`${dora}/inbox`,
					`${east}/ap/inbox`,
				),
			);
		});
		bed.branch('north').store.transact((writing) => {
			writing.run(
				raw(
					"INSERT INTO follow (id, follower, followed, activity, state, created) VALUES (?, ?, ?, 'xm', 'accepted', 0)",
					ids.follow,
					dora,
					`${bed.branch('north').origin}/ap/users/${personId(bed, 'ana')}`,
				),
			);
		});
		const paths: Record<string, string> = {};
		for (const scope of ['branch', 'neighborhood', 'followers'] as const) {
			paths[scope] = await ana.write(WORDS[scope], scope);
		}
		paths.direct = await ana.write(`${WORDS.direct} @ben`, 'direct');
		for (const path of Object.values(paths)) {
			const id = path.split('/').at(-1);
			await ben.get('/home');
			for (const what of ['share', 'star']) await ben.post(`/posts/${id}/${what}`, {});
			for (const wider of ['public', 'neighborhood', 'followers']) {
				await ben.post('/posts', { text: 'xm-quote', scope: wider, quote: String(id) });
			}
			await ana.get('/home');
			await ana.post(`/posts/${id}/edit`, { text: `${ana.cookie ? 'again ' : ''}${WORDS.branch} ${path}` });
		}
		await bed.settle();
		for (const { method, url, body } of bed.sent) {
			const slug = new URL(url).host.split('.')[0]!;
			for (const [scope, path] of Object.entries(paths)) {
				if (RIGHTLY[scope] === slug) continue;
				const uri = uriOf(bed, 'north', path);
				const said = body.includes(`statuses/${uri.split('/').at(-1)}`);
				if (method === 'POST' && said) found.push(`${scope} sent to ${slug}`);
			}
		}
		await ask(found, paths, bed);
		return [...new Set(found)].sort();
	} finally {
		await bed.close();
	}
}

async function ask(
	found: string[],
	paths: Record<string, string>,
	bed: Awaited<ReturnType<typeof createBed>>,
) {
	const person = `${bed.branch('north').origin}/ap/users/${personId(bed, 'ana')}`;
	for (const slug of ['east', 'south', null]) {
		for (const [scope, path] of Object.entries(paths)) {
			if (slug !== null && RIGHTLY[scope] === slug) continue;
			const id = Number(path.split('/').at(-1));
			const source = rows<{ source: string }>(bed, 'north', 'SELECT source FROM post WHERE id = ?', id)[0]!
				.source;
			for (const url of [
				`${person}/statuses/${id}`,
				`${person}/statuses/${id}/activity`,
				`${person}/outbox`,
			]) {
				const { host, pathname } = new URL(url);
				const headers = { host, accept: 'application/activity+json' };
				const answer = slug
					? await signed(bed, { slug, handle: null }, 'GET', url)
					: await call(bed.port, 'GET', pathname, headers);
				const at = url.endsWith('outbox') ? 'outbox' : 'post';
				if (answer.body.includes(source.split(' ').at(-1)!) || answer.body.includes(`statuses/${id}`))
					found.push(`${scope} shown to ${slug ?? 'nobody'} in the ${at}`);
			}
		}
	}
}
