import { audienceOf } from '@understory/core/scope.ts';
import { addPerson } from '../../packages/branch/src/store/people.ts';
import { addPost, type Post } from '../../packages/branch/src/store/posts.ts';
import { type Bed, createBed } from '../../packages/branch/test/bed.ts';
import { raw } from '../../packages/branch/test/look.ts';
import { personOf } from './people.ts';
import type { Figure } from './run.ts';

const PEOPLE = 500;
const THERE = 2_000;
const FOLLOWS = 10_000;
const TALKS = 1_000;
const HOST = 'quarryhill.example';
const RUNS = 5;

/** What hosts see before they ask about a server with which ten thousand follows of a branch would go: its page, the same for software, and the page of one of those asked. */
export async function defederation(): Promise<Figure[]> {
	const bed = await createBed(['north']);
	try {
		bed.grant('staff-june', 'north');
		fill(bed);
		const june = bed.branch('north').browser({ staff_id: 'staff-june' });
		const ana = bed.branch('north').browser({ sub: 'bench-1' });
		const { sums } = JSON.parse((await june.get(`/staff/servers/preview.json?host=${HOST}`)).body);
		const counted = sums.follows + sums.followers;
		if (counted !== FOLLOWS) throw new Error(`${counted} follows were counted`);
		const measure = async (name: string, path: string, who = june): Promise<Figure> => {
			const runs: number[] = [];
			for (let run = 0; run <= RUNS; run += 1) {
				const began = performance.now();
				const { status, body } = await who.get(path);
				if (status !== 200) throw new Error(`${path} answered ${status}: ${body.slice(0, 300)}`);
				// The first one loads what the others find.
				if (run > 0) runs.push(performance.now() - began);
			}
			return { name, unit: 'ms', runs, goal: 2_000 };
		};
		const figures = [
			await measure(
				'preview of a defederation that touches 10,000 follows',
				`/staff/servers/propose?host=${HOST}`,
			),
			await measure('the same preview, over the API', `/staff/servers/preview.json?host=${HOST}`),
		];
		await june.get(`/staff/servers/propose?host=${HOST}`);
		const began = performance.now();
		const form = { host: HOST, wants: 'suspend', reason: 'Advertisements.', days: '7' };
		const asked = await june.post('/staff/servers/propose', form);
		if (asked.status !== 303) throw new Error(`asking answered ${asked.status}`);
		const took = [performance.now() - began];
		figures.push({ name: `asking the ${PEOPLE} people it touches`, unit: 'ms', runs: took, goal: 2_000 });
		const page = `/asked/${asked.headers.location!.split('/').at(-1)}`;
		figures.push(await measure('the page of one who is asked', page, ana));
		return figures;
	} finally {
		await bed.close();
	}
}

function fill(bed: Bed): void {
	const { origin, store } = bed.branch('north');
	const people = Array.from({ length: PEOPLE }, (_, at) => ({
		...personOf(at + 1),
		...{ sub: `bench-${at + 1}`, handle: `bench${at + 1}`, name: `Bench ${at + 1}` },
	}));
	const uri = (at: number) => `https://${HOST}/users/${at}`;
	const actor = (at: number) => `${origin}/ap/users/${at}`;
	const now = bed.clock.now();
	store.transact((writing) => {
		for (const person of people) addPerson(writing, person);
		for (let at = 1; at <= THERE; at += 1) {
			const row = [at, uri(at), `https://${HOST}`, HOST, `r${at}`, `Remote ${at}`, `${uri(at)}/inbox`, now];
			writing.run(
				raw(
					'INSERT INTO remote_actor (id, uri, origin, host, handle, name, inbox, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
					...row,
				),
			);
		}
		for (let at = 1; at <= FOLLOWS; at += 1) {
			const [one, round] = [at % PEOPLE, Math.floor(at / PEOPLE)];
			const [me, them] = [actor(one + 1), uri(((one + round * 97) % THERE) + 1)];
			const [follower, followed] = at <= FOLLOWS / 2 ? [me, them] : [them, me];
			const row = [at, follower, followed, `${follower}/follows/${at}`, now];
			writing.run(
				raw(
					"INSERT OR IGNORE INTO follow (id, follower, followed, activity, state, created) VALUES (?, ?, ?, ?, 'accepted', ?)",
					...row,
				),
			);
		}
		for (let at = 1; at <= TALKS; at += 1) {
			const thread = at * 2;
			addPost(writing, postOf({ id: thread, thread, person: (at % PEOPLE) + 1, remote: null, now }));
			addPost(writing, postOf({ id: thread + 1, thread, person: null, remote: (at % THERE) + 1, now }));
		}
	});

	function postOf(one: Pick<Post, 'id' | 'thread' | 'person' | 'remote'> & { now: number }): Post {
		const { now: created, ...rest } = one;
		const at =
			one.person === null ? `https://${HOST}/posts/${one.id}` : `${actor(one.person)}/statuses/${one.id}`;
		const empty = {
			summary: null,
			source: null,
			title: null,
			url: null,
			reply_to: null,
			reply_uri: null,
		} as const;
		const gone = { edited: null, deleted: null, hidden: null } as const;
		return {
			...{ ...rest, ...empty, ...gone, uri: at, content_html: '<p>plum garden</p>', language: 'en', created },
			audience: audienceOf('public', { origin, author: at }),
			...{ scope: 'public', mentions: [], kind: 'Note', sensitive: false },
		};
	}
}
