import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PublicError } from '@understory/core/errors.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { createContext } from '../src/create-context.ts';
import { readCard } from '../src/folder-card.ts';
import { openBranch } from '../src/open-branch.ts';
import { deliverDue } from '../src/services/delivering.ts';
import { addDeliveries, dueDeliveries, postponeDelivery } from '../src/store/deliveries.ts';
import { createStore, type Store } from '../src/store/store.ts';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { personId, raw, rows, uriOf } from './look.ts';
import { actorOf } from './wire.ts';

const MINUTE = 60_000;

describe('the outbox', () => {
	let bed: Bed;
	let ana: Browser;
	let south: string;
	/** What south answers to a delivery; null: what it answers by itself. */
	let answer: number | null;
	let retryAfter: string | undefined;
	beforeEach(async () => {
		bed = await createBed(['north', 'south', 'east']);
		bed.befriend('north', 'south', 'east');
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		south = bed.branch('south').origin;
		answer = null;
		retryAfter = undefined;
		bed.outside(new URL(south).host, (path) => {
			if (path !== '/ap/inbox' || answer === null) return null;
			return { status: answer, ...(retryAfter ? { headers: { 'retry-after': retryAfter } } : {}) };
		});
	});
	afterEach(() => bed.close());

	/** The kinds of activity that were sent to south, in order. */
	const sentSouth = () =>
		bed.sent
			.filter(({ url, method }) => url.startsWith(south) && url.endsWith('/inbox') && method === 'POST')
			.map(({ body }) => (JSON.parse(body.slice(body.indexOf('\n') + 1)) as { type: string }).type);
	const waiting = (slug = 'north') =>
		rows<{ n: number }>(bed, slug, 'SELECT count(*) n FROM delivery WHERE finished IS NULL')[0]!.n;
	const takeBack = (who: Browser, path: string) => who.post(`/posts/${path.split('/').at(-1)}/delete`, {});
	const after = async (milliseconds: number) => {
		bed.clock.advance(milliseconds);
		await bed.settle();
	};

	it('a Delete behind a Create that nobody was sent cancels it, and nothing goes out', async () => {
		const path = await ana.write('xo-regretted', 'neighborhood');
		expect((await takeBack(ana, path)).status).to.equal(303);
		await bed.settle();
		expect(sentSouth()).to.deep.equal([]);
		expect(rows(bed, 'north', 'SELECT * FROM delivery')).to.deep.equal([]);
	});

	it('a Delete never overtakes a Create that may have arrived, and the post is not sent again', async () => {
		answer = 503;
		const path = await ana.write('xo-may-have-arrived', 'neighborhood');
		await bed.settle();
		await takeBack(ana, path);
		await bed.settle();
		expect(sentSouth()).to.deep.equal(['Create']);
		answer = null;
		await after(MINUTE);
		expect(sentSouth()).to.deep.equal(['Create', 'Delete']);
		expect(waiting()).to.equal(0);
	});

	it('what waits in one lane to one inbox goes one at a time, and other posts pass it', () => {
		const { store } = bed.branch('north');
		const to = (id: number) => [{ id, origin: south, inbox: `${south}/ap/inbox` }];
		store.transact((writing) => {
			const one = { about: { activity: 'a', actor: 'x' }, post: null, sender: '1', at: 5 } as const;
			addDeliveries(writing, { ...one, what: 'follow', to: to(1) });
			addDeliveries(writing, { ...one, what: 'unfollow', to: to(2) });
			addDeliveries(writing, { ...one, about: { activity: 'b', actor: 'y' }, what: 'follow', to: to(3) });
		});
		const due = (now: number) =>
			store.read((reading) => dueDeliveries(reading, [south], now, 9)).map(({ id }) => id);
		expect(due(5)).to.deep.equal([1, 3]);
		store.transact((writing) => {
			const [first] = dueDeliveries(writing, [south], 5, 1);
			postponeDelivery(writing, first!, { tries: 1, next_at: 90 });
		});
		expect(due(89)).to.deep.equal([3]);
		expect(due(90)).to.deep.equal([3, 1]);
	});

	it('what is due for several servers is asked for at once, each with its share, in their order', () => {
		const { store } = bed.branch('north');
		const origins = ['http://b.example', 'http://a.example', 'http://c.example'];
		const at = (origin: string, ...ids: number[]) =>
			ids.map((id) => ({ id, origin, inbox: `${origin}/${id}` }));
		const to = [...at(origins[1]!, 1, 2, 3), ...at(origins[0]!, 4, 5, 6), ...at(origins[2]!, 7)];
		const about = { activity: 'a', actor: 'x' };
		const due = store.transact((writing) => {
			addDeliveries(writing, { what: 'follow', about, post: null, sender: '1', at: 5, to });
			return dueDeliveries(writing, origins.slice(0, 2), 5, 2).map(({ id }) => id);
		});
		expect(due).to.deep.equal([4, 5, 1, 2]);
		expect(store.read((reading) => dueDeliveries(reading, [], 5, 2))).to.deep.equal([]);
	});

	it('several edits that wait are one, and an edit of what was not sent yet is none', async () => {
		const path = await ana.write('xo-edited', 'neighborhood');
		const post = Number(path.split('/').at(-1));
		const { store } = bed.branch('north');
		const sender = String(personId(bed, 'ana'));
		const edit = (id: number) =>
			store.transact((writing) => {
				const to = [{ id, origin: south, inbox: `${south}/ap/inbox` }];
				return addDeliveries(writing, { what: 'update', post, about: null, sender, at: bed.clock.now(), to });
			});
		expect(edit(1)).to.equal(0);
		await bed.settle();
		expect([edit(2), edit(3)]).to.deep.equal([1, 0]);
		await bed.settle();
		expect(sentSouth()).to.deep.equal(['Create', 'Update']);
	});

	it('a server that failed five times in a row is left alone; everything for it stays, and it is tried with one thing', async () => {
		answer = 503;
		for (let at = 0; at < 12; at += 1) await ana.write(`xo-dead ${at}`, 'neighborhood');
		await bed.settle();
		expect(sentSouth().length).to.be.within(5, 8);
		const tried = sentSouth().length;
		expect(waiting()).to.equal(12);
		await after(MINUTE - 1);
		expect(sentSouth()).to.have.length(tried);
		await after(1);
		expect(sentSouth()).to.have.length(tried + 1);
		answer = null;
		await after(5 * MINUTE);
		expect(waiting()).to.equal(0);
		expect(rows(bed, 'south', 'SELECT id FROM post')).to.have.length(12);
		expect(rows(bed, 'north', 'SELECT * FROM delivery_host')).to.deep.equal([]);
	});

	it('a server that speaks to us is there again, and gets what waits at once', async () => {
		answer = 503;
		const carla = await bed.branch('south').join('carla');
		for (let at = 0; at < 8; at += 1) await ana.write(`xo-asleep ${at}`, 'neighborhood');
		await bed.settle();
		const tried = sentSouth().length;
		answer = null;
		await carla.write('xo-good-morning', 'neighborhood');
		await bed.settle();
		await bed.settle();
		expect(rows(bed, 'north', 'SELECT * FROM delivery_host')).to.deep.equal([]);
		// What was tried keeps its own wait; what was never tried goes now.
		expect(sentSouth().length - tried).to.equal(8 - tried);
	});

	it('ten thousand things for a dead server do not hold up the others', async function () {
		this.timeout(30_000);
		answer = 503;
		const path = await ana.write('xo-many', 'branch');
		const post = Number(path.split('/').at(-1));
		bed.branch('north').store.transact((writing) => {
			const to = Array.from({ length: 10_000 }, (_, at) => {
				return { id: at + 1, origin: south, inbox: `${south}/ap/${at}` };
			});
			const sender = String(personId(bed, 'ana'));
			expect(addDeliveries(writing, { what: 'delete', post, about: null, sender, at: 1, to })).to.equal(
				10_000,
			);
		});
		bed.outside(new URL(south).host, () => ({ status: 503 }));
		const eve = await bed.branch('east').join('eve');
		await ana.write('xo-not-held-up', 'neighborhood');
		const began = performance.now();
		await bed.settle();
		expect(performance.now() - began).to.be.below(5_000);
		expect((await eve.get('/home')).body).to.include('xo-not-held-up');
		const dead = bed.sent.filter(({ url, method }) => url.startsWith(south) && method === 'POST');
		expect(dead.length).to.be.within(5, 8);
	});

	it('a server that asks to be left alone for a while is', async () => {
		answer = 429;
		retryAfter = '7200';
		await ana.write('xo-too-fast', 'neighborhood');
		await bed.settle();
		await ana.write('xo-another', 'neighborhood');
		await after(2 * 60 * MINUTE - 1);
		expect(sentSouth()).to.deep.equal(['Create']);
		answer = null;
		await after(1);
		expect(sentSouth()).to.deep.equal(['Create', 'Create', 'Create']);
	});

	it('an inbox that is gone for good gets nothing more, and its people follow nobody here', async () => {
		const follow = () => rows(bed, 'north', 'SELECT id FROM follow');
		const { store } = bed.branch('north');
		store.transact((writing) => {
			const inbox = `${south}/ap/inbox`;
			writing.run(
				raw(
					'INSERT INTO remote_actor (id, uri, origin, host, handle, name, inbox, shared_inbox, updated) VALUES (77, ?, ?, ?, ?, ?, ?, ?, 0)',
					`${south}/ap/users/7`,
					south,
					'south',
					'carla',
					'Carla',
					`${south}/ap/users/7/inbox`,
					inbox,
				),
			);
			writing.run(raw("INSERT INTO follow VALUES (78, ?, 'us', 'f', 'accepted', 0)", `${south}/ap/users/7`));
		});
		expect(follow()).to.have.length(1);
		answer = 410;
		await ana.write('xo-gone', 'neighborhood');
		await bed.settle();
		expect(follow()).to.deep.equal([]);
		expect(waiting()).to.equal(0);
	});

	describe('of a branch that is quiet', () => {
		it('sends nothing new, and still takes back what it sent', async () => {
			const path = await ana.write('xo-before', 'neighborhood');
			await bed.settle();
			bed.change('north', { stage: 'quiet' });
			await ana.write('xo-while-quiet', 'neighborhood');
			await takeBack(ana, path);
			await bed.settle();
			expect(sentSouth()).to.deep.equal(['Create', 'Delete']);
			bed.change('north', { stage: 'open' });
			await after(60 * MINUTE);
			await ana.write('xo-open-again', 'neighborhood');
			await bed.settle();
			expect(sentSouth()).to.deep.equal(['Create', 'Delete', 'Create']);
		});

		it('takes back whatever anybody did before, in every way there is', async () => {
			const carla = await bed.branch('south').join('carla');
			const host = new URL(south).host;
			const theirs = await carla.write('xo-theirs', 'public');
			await carla.get('/home');
			const day = new Date(bed.clock.now() + 86_400_000).toISOString().slice(0, 10);
			const event = { title: 'Pie', text: 'Pie.', scope: 'neighborhood', day, from: '10:00', to: '12:00' };
			await carla.post('/events', { ...event, place: 'Here', joining: 'free' });
			await bed.settle();
			const copy = (uri: string) =>
				rows<{ id: number }>(bed, 'north', 'SELECT id FROM post WHERE uri = ?', uri)[0]!.id;
			const uri = (path: string) => uriOf(bed, 'south', path);
			const post = copy(uri(theirs));
			const pie = rows<{ id: number }>(bed, 'north', 'SELECT post AS id FROM event')[0]!.id;
			const mine = (await ana.write('xo-mine', 'public')).split('/').at(-1);
			const last = (await ana.write('xo-last', 'public')).split('/').at(-1);
			const actor = await actorOf(bed, { slug: 'south', handle: 'carla' });
			await ana.get(`/find?address=@carla@${host}`);
			await ana.post('/follows', { actor });
			for (const path of [
				`/posts/${post}/star`,
				`/posts/${post}/share`,
				`/posts/${last}/pin`,
				`/events/${pie}/attend`,
			]) {
				expect((await ana.post(path, {})).status, path).to.equal(303);
			}
			await after(MINUTE);
			bed.change('north', { stage: 'quiet' });
			await bed.settle();
			const before = sentSouth().length;
			// An edit that may not leave does not stand in the way of what takes it back.
			await ana.get(`/posts/${mine}/edit`);
			expect((await ana.post(`/posts/${mine}/edit`, { text: 'xo-changed' })).status).to.equal(303);
			await bed.settle();
			for (const path of [
				`/posts/${post}/unstar`,
				`/posts/${post}/unshare`,
				`/posts/${last}/unpin`,
				`/events/${pie}/stay-away`,
				`/posts/${mine}/delete`,
			]) {
				expect((await ana.post(path, {})).status, path).to.equal(303);
			}
			await ana.post('/follows/end', { actor });
			await bed.settle();
			const sent = sentSouth().slice(before);
			expect(sent).to.have.members(['Undo', 'Undo', 'Undo', 'Remove', 'Leave', 'Delete']);
			expect(rows(bed, 'south', "SELECT id FROM act WHERE kind <> 'keep'")).to.deep.equal([]);
			expect(rows(bed, 'south', 'SELECT id FROM follow UNION SELECT id FROM attendance')).to.deep.equal([]);
			await ana.get('/you/leave');
			await ana.post('/you/delete', { handle: 'ana' });
			await bed.settle();
			expect(
				rows(bed, 'south', "SELECT id FROM post WHERE content_html LIKE '%xo-last%'"),
				last,
			).to.deep.equal([]);
			expect(waiting()).to.equal(0);
		});

		it('is still read by other servers, and takes in what they delete', async () => {
			const carla = await bed.branch('south').join('carla');
			const path = await carla.write('xo-soon-gone', 'neighborhood');
			await bed.settle();
			bed.change('north', { stage: 'quiet' });
			await takeBack(carla, path);
			await bed.settle();
			expect((await ana.get('/home')).body).not.to.include('xo-soon-gone');
			const id = personId(bed, 'ana');
			const actor = await bed.branch('north').browser().get(`/ap/users/${id}`, {
				accept: 'application/activity+json',
			});
			expect(actor.status).to.equal(200);
		});
	});

	it('whose disk is full when a delivery is over sends it again, and holds nothing up for good', async () => {
		await ana.write('xo-full-disk', 'neighborhood');
		const branch = bed.branch('north');
		let isFull = false;
		bed.outside(new URL(south).host, (path) => {
			if (path === '/ap/inbox') isFull = true;
			return null;
		});
		const full: Store = {
			...branch.store,
			transact(fn) {
				if (isFull) throw new PublicError(507, 'disk_full', 'The disk is full.');
				return branch.store.transact(fn);
			},
		};
		const context = createContext({
			folder: branch.folder,
			card: readCard(branch.folder)!,
			store: full,
			parts: bed.parts(),
			desired: branch.desired,
		});
		const failed = await deliverDue(context).catch((error: unknown) => error);
		expect(failed).to.be.instanceOf(PublicError).with.property('code', 'disk_full');
		expect(waiting()).to.be.greaterThan(0);
		isFull = false;
		bed.outside(new URL(south).host, () => null);
		await deliverDue(context);
		expect(waiting()).to.equal(0);
		expect(rows(bed, 'south', 'SELECT id FROM post')).to.have.length(1);
	});

	it('that becomes quiet in the middle of a run holds what has not gone yet, and loses none of it', async () => {
		for (let at = 0; at < 6; at += 1) await ana.write(`xo-middle ${at}`, 'neighborhood');
		let seen = 0;
		bed.outside(new URL(south).host, (path) => {
			if (path !== '/ap/inbox') return null;
			seen += 1;
			if (seen === 2) bed.change('north', { stage: 'quiet' });
			return { status: 202 };
		});
		await bed.settle();
		const held = waiting();
		expect(held).to.be.greaterThan(0);
		bed.change('north', { stage: 'open' });
		await after(60 * MINUTE);
		expect(waiting()).to.equal(0);
		expect(sentSouth()).to.have.length(6);
		expect(bed.errors).to.deep.equal([]);
	});
});

describe('an outbox whose process is killed while it delivers', () => {
	for (const moment of ['before', 'after'] as const) {
		it(`(${moment} the other server has the post) sends the same activity again`, async () => {
			const child = spawn(
				process.execPath,
				[fileURLToPath(new URL('./outbox-crash-child.ts', import.meta.url)), moment],
				{ stdio: ['ignore', 'pipe', 'inherit'] },
			);
			const gone = new Promise((resolve) => child.once('exit', resolve));
			let where: { folder: string; homeKey: string } | undefined;
			for await (const line of createInterface({ input: child.stdout })) where ??= JSON.parse(line);
			await gone;
			const bed = await createBed([]);
			const bodies: string[] = [];
			const outgoing: Outgoing = {
				async request({ url, body }) {
					bodies.push(String(body));
					return { status: 202, headers: {}, body: Buffer.alloc(0), url };
				},
				fetch: () => Promise.reject(new Error('nothing is fetched')),
				close: async () => undefined,
			};
			const parts = bed.parts({
				homeKey: Buffer.from(where!.homeKey, 'hex'),
				registerView: () => null,
				outgoing,
			});
			const open = await openBranch(join(where!.folder, 'north'), parts);
			await open.work();
			const sent = bodies.filter((body) => body.includes('xc-survives'));
			const look = (slug: string, sql: string) => {
				const store = createStore(new Database(join(where!.folder, slug, 'branch.sqlite')));
				const found = store.read((reading) => reading.all<Record<string, unknown>>(raw(sql)));
				store.close();
				return found;
			};
			expect(sent).to.have.length(1);
			expect(look('north', 'SELECT outcome FROM delivery')).to.deep.equal([{ outcome: 'accepted' }]);
			const there = look('south', 'SELECT activity FROM received');
			const { id } = JSON.parse(sent[0]!) as { id: string };
			expect(there).to.deep.equal(moment === 'after' ? [{ activity: id }] : []);
			await open.close();
			await bed.close();
			rmSync(where!.folder, { recursive: true, force: true });
		});
	}
});
