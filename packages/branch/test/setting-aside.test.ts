import { stoppedClock } from '@understory/core/clock.ts';
import { createIds } from '@understory/core/ids.ts';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { seededRandom } from '../../../test/seeded-random.ts';
import { times } from '../../../test/short-run.ts';
import type { BranchContext } from '../src/context.ts';
import { addressesOf } from '../src/services/addresses.ts';
import { removeFollower } from '../src/services/follow-requests.ts';
import { receiveAnswer, receiveUnfollow } from '../src/services/followed.ts';
import { unfollow } from '../src/services/following.ts';
import { block } from '../src/services/keeping-away.ts';
import { createRestrictions } from '../src/services/restricting/restrictions.ts';
import { settleFollows } from '../src/services/restricting/setting-aside.ts';
import { MIGRATIONS } from '../src/store/migrations.ts';
import { personById } from '../src/store/people.ts';
import { remoteByUri } from '../src/store/remote-actors.ts';
import { endRestriction, keepRestriction } from '../src/store/restrictions.ts';
import { createStore } from '../src/store/store.ts';
import { NOON } from './bed.ts';
import { raw } from './look.ts';

const GRAPHS = times(10_000, 500);
const HERE = 'https://here.example';
const NAMES = ['there.example', 'sub.there.example', 'other.example'];
const PEOPLE = 3;
/** What has to be as it was. */
const STATE = [
	'SELECT * FROM follow ORDER BY follower, followed',
	'SELECT * FROM follow_aside ORDER BY follower, followed',
	'SELECT * FROM list_member ORDER BY list, actor',
	'SELECT actor, kind, object, until FROM relation ORDER BY actor, kind, object',
];

const EMPTY = ['follow', 'follow_aside', 'list_member', 'relation', 'restriction', 'delivery']
	.map((table) => `DELETE FROM ${table};`)
	.join('');

/** Somebody of here and somebody elsewhere, one of whom does something about the other. */
type Deed = (here: number, there: string) => void;

/** One branch with people of three other servers, in memory; each graph is drawn anew. */
function createWorld() {
	const database = new Database(':memory:');
	database.pragma('synchronous = OFF');
	for (const { sql } of MIGRATIONS) database.exec(sql);
	database.pragma('foreign_keys = ON');
	const store = createStore(database);
	const clock = stoppedClock(NOON);
	const at = addressesOf(HERE);
	const restrictions = createRestrictions(store, clock);
	const context = { store, clock, at, restrictions, origin: HERE, ids: createIds(clock, 1000) };
	const full = { ...context, wake: () => undefined, current: {} } as unknown as BranchContext;
	const run = (text: string, ...values: unknown[]) =>
		store.transact((writing) => void writing.run(raw(text, ...values)));
	const insert = {
		follow: database.prepare(
			'INSERT INTO follow (id, follower, followed, activity, state, created) VALUES (?, ?, ?, ?, ?, ?)',
		),
		member: database.prepare('INSERT INTO list_member VALUES (?, ?)'),
		mute: database.prepare(
			"INSERT INTO relation (id, actor, kind, object, created) VALUES (?, ?, 'mute', ?, ?)",
		),
	};
	const there = NAMES.flatMap((name) =>
		Array.from({ length: PEOPLE }, (_, n) => `https://${name}/users/${n}`),
	);
	for (let id = 1; id <= PEOPLE; id += 1) {
		run(
			`INSERT INTO person (id, sub, handle, name, age_band, standing, language, rules_agreed, created, seen)
			VALUES (?, ?, ?, ?, 'adult', 'full', 'en', '', 0, 0)`,
			...[id, `sub-${id}`, `p${id}`, `P ${id}`],
		);
		run('INSERT INTO list (id, person, name, exclusive) VALUES (?, ?, ?, 0)', id, id, 'Mine');
	}
	there.forEach((uri, n) => {
		const { origin, host } = new URL(uri);
		run(
			`INSERT INTO remote_actor (id, uri, origin, host, handle, name, inbox, updated) VALUES (?, ?, ?, ?, ?, ?, ?, 0)`,
			...[n + 1, uri, origin, host, `r${n}`, `R ${n}`, `${uri}/inbox`],
		);
	});
	const person = (id: number) => store.read((reading) => personById(reading, id))!;
	const somebody = (uri: string) =>
		({ kind: 'elsewhere', remote: store.read((reading) => remoteByUri(reading, uri))! }) as const;
	const deeds: readonly Deed[] = [
		(id, uri) => unfollow(full, person(id), uri),
		(id, uri) => removeFollower(full, person(id), uri),
		(id, uri) => void receiveUnfollow(full, { type: 'unfollow', actor: uri, object: at.person(id) }),
		(id, uri) => {
			const asked = `${at.person(id)}/follows/${uri}`;
			void receiveAnswer(full, { type: 'reject', actor: uri, asked, result: null });
		},
		(id, uri) => {
			const asked = `${at.person(id)}/follows/${uri}`;
			void receiveAnswer(full, { type: 'accept', actor: uri, asked, result: null });
		},
		(id, uri) => block(full, person(id), somebody(uri)),
	];
	return {
		there,
		deeds,
		/** Draws a graph of follows, requests, lists and mutes. */
		draw(random: () => number) {
			database.exec(EMPTY);
			let id = 1;
			const put = (follower: string, followed: string) => {
				const state = random() < 0.3 ? 'asked' : 'accepted';
				insert.follow.run(id, follower, followed, `${follower}/follows/${followed}`, state, NOON - id);
				id += 1;
			};
			for (let own = 1; own <= PEOPLE; own += 1) {
				for (const uri of there) {
					const me = at.person(own);
					if (random() < 0.25) put(me, uri);
					if (random() < 0.25) put(uri, me);
					if (random() < 0.1) insert.member.run(own, uri);
					if (random() < 0.05) insert.mute.run(id++, me, uri, NOON);
				}
			}
		},
		restrict(host: string, level: 'suspend' | 'silence' | null) {
			store.transact((writing) => {
				const rest = { decision: 'd', since: NOON, until: null, review: null };
				if (level) keepRestriction(writing, { host, level, ...rest });
				else endRestriction(writing, host);
				settleFollows(context, writing, host);
			});
			restrictions.changed();
		},
		state: () => store.read((reading) => JSON.stringify(STATE.map((query) => reading.all(raw(query))))),
		between: (name: string) =>
			store.read((reading) =>
				reading.all(
					raw(
						'SELECT id FROM follow WHERE follower LIKE ? OR followed LIKE ?',
						...Array(2).fill(`https://${name}/%`),
					),
				),
			).length,
		close: () => database.close(),
	};
}

describe('a server that is suspended and let back', () => {
	it(`leaves every follow, request, list and mute as it was, over ${GRAPHS} graphs, whatever either side took back meanwhile`, function () {
		this.timeout(120_000);
		const seed = Number(process.env.RANDOM_SEED ?? 86);
		const random = seededRandom(seed);
		const [blocked, free] = [createWorld(), createWorld()];
		const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
		let touched = 0;
		for (let n = 0; n < GRAPHS; n += 1) {
			const own = Math.floor(random() * 2 ** 31);
			blocked.draw(seededRandom(own));
			free.draw(seededRandom(own));
			const host = pick(NAMES);
			// A name below may have a rule of its own, before or after.
			const exempt = random() < 0.2;
			if (exempt) blocked.restrict('sub.there.example', 'silence');
			touched += blocked.between(host);
			blocked.restrict(host, 'suspend');
			if (host !== 'sub.there.example' || !exempt)
				expect(blocked.between(host), `seed ${seed}, ${n}`).to.equal(0);
			for (let deed = Math.floor(random() * 4); deed > 0; deed -= 1) {
				const [what, who, whom] = [
					pick([...blocked.deeds.keys()]),
					1 + Math.floor(random() * PEOPLE),
					pick(free.there),
				];
				for (const world of [blocked, free]) world.deeds[what]!(who, whom);
			}
			blocked.restrict(host, null);
			expect(blocked.state(), `seed ${seed}, graph ${n}`).to.equal(free.state());
		}
		expect(touched).to.be.greaterThan(GRAPHS);
		blocked.close();
		free.close();
	});
});
