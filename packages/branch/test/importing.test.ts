import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { OutgoingFailure } from '@understory/outgoing/failure.ts';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { openBranch } from '../src/open-branch.ts';
import { createStore } from '../src/store/store.ts';
import { type Bed, createBed } from './bed.ts';
import { type Answer, type Browser, call } from './browser.ts';
import { raw, rows, uriOf } from './look.ts';
import { multipart } from './multipart.ts';
import { takeEverything } from './take-everything.ts';
import { actorOf } from './wire.ts';

describe('bringing in a file', () => {
	let bed: Bed;
	let ana: Browser;
	let ben: Browser;
	beforeEach(async () => {
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		ben = await bed.branch('north').join('ben');
		await bed.branch('south').join('carla');
		await bed.branch('south').join('dora');
	});
	afterEach(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const north = () => new URL(bed.branch('north').origin).host;
	const south = () => new URL(bed.branch('south').origin).host;
	async function bring(
		text: string,
		fields: Record<string, string> = {},
		who = ana,
		name = 'file.csv',
	): Promise<Answer> {
		const token = /name="_csrf" value="([^"]+)"/.exec((await who.get('/you/import')).body)?.[1] ?? '';
		const form = { _csrf: token, kind: 'following', mode: 'merge', ...fields };
		const { body, type } = multipart(form, [{ name, bytes: Buffer.from(text), type: 'text/csv' }]);
		const { origin } = bed.branch('north');
		const headers = {
			host: north(),
			origin,
			cookie: who.cookie ?? '',
			'content-type': type,
			accept: 'text/html',
		};
		return call(bed.port, 'POST', '/you/import', headers, body);
	}
	/** Brings a file, says yes, and waits until nothing of it is left to do; its page. */
	async function bringAll(text: string, fields: Record<string, string> = {}, name?: string): Promise<string> {
		const answer = await bring(text, fields, ana, name);
		expect(answer.status, answer.body).to.equal(303);
		const path = answer.headers.location!;
		await ana.get(path);
		expect((await ana.post(`${path}/start`, {})).status).to.equal(303);
		await finish();
		return path;
	}
	async function write(who: Browser, text: string, scope: string): Promise<string> {
		await who.get('/home');
		return who.write(text, scope);
	}
	async function finish(): Promise<void> {
		for (let round = 0; round < 40; round += 1) {
			await bed.settle();
			if (rows(bed, 'north', "SELECT id FROM import WHERE state = 'running'").length === 0) return;
			bed.clock.advance(61_000);
		}
		throw new Error('it never came to an end');
	}
	const follows = async (handle = 'ana') => {
		const me = await actorOf(bed, { slug: 'north', handle });
		return rows<{ followed: string; state: string }>(
			bed,
			'north',
			'SELECT followed, state FROM follow WHERE follower = ? ORDER BY id',
			me,
		);
	};
	const lookups = (handle?: string) =>
		bed.sent.filter(({ url }) => url.includes('webfinger') && (!handle || url.includes(handle))).length;

	it('reads what our own archive holds, all of it, and everything is as it was', async () => {
		const dora = bed.branch('south').browser({ sub: 'sub-south-dora' });
		const pie = uriOf(bed, 'south', await write(dora, 'xi-pie', 'public'));
		await bringAll(`carla@${south()}\nben\n`);
		await bringAll('ben\n', { kind: 'mute' });
		await bed.branch('south').join('fay');
		await bringAll(`fay@${south()}\n`, { kind: 'block' });
		await bringAll('rude.example\n', { kind: 'hide' });
		await bringAll(`"=Pie, ""good""",carla@${south()}\n`, { kind: 'lists' });
		await bringAll(`${pie}\n`, { kind: 'keep' });
		const state = async () => ({
			follows: (await follows()).map(({ followed }) => followed).sort(),
			away: rows(bed, 'north', 'SELECT kind, object FROM relation ORDER BY kind, object'),
			lists: rows(
				bed,
				'north',
				'SELECT name, actor FROM list JOIN list_member ON list.id = list_member.list',
			),
			kept: rows(bed, 'north', "SELECT uri FROM act JOIN post ON post.id = act.post WHERE act.kind = 'keep'"),
		});
		const before = await state();
		expect([
			before.follows.length,
			before.away.length,
			before.lists.length,
			before.kept.length,
		]).to.deep.equal([2, 3, 1, 1]);
		const files = await takeEverything(bed, 'north', ana);
		for (const table of ['follow', 'relation', 'list', 'act']) {
			bed.branch('north').store.transact((writing) => void writing.run(raw(`DELETE FROM ${table}`)));
		}
		const kinds = {
			'following_accounts.csv': 'following',
			'muted_accounts.csv': 'mute',
			'blocked_accounts.csv': 'block',
			'blocked_domains.csv': 'hide',
			'lists.csv': 'lists',
			'bookmarks.csv': 'keep',
		};
		for (const [name, kind] of Object.entries(kinds)) {
			if (files.get(name) !== '') await bringAll(files.get(name)!, { kind }, name);
		}
		expect(await state()).to.deep.equal(before);
		expect((await bring(files.get('followers.csv')!, {}, ana, 'followers.csv')).body).to.contain(
			'They cannot be brought',
		);
	});

	it('shows first what would happen, and does nothing before one says so', async () => {
		const text = `carla@${south()}\nben@${north()}\nnot an address\neve@elsewhere.example\n`;
		const answer = await bring(text);
		const { body } = await ana.get(answer.headers.location!);
		expect(body).to.contain('Nothing has been done yet.');
		expect(body).to.contain('2 people would be followed').and.to.contain(`carla@${south()}`);
		expect(body).to.contain('2 lines would be left').and.to.contain('Line 3: not an address');
		expect(body)
			.to.contain('does not exchange posts with that server')
			.and.to.contain('eve@elsewhere.example');
		expect(body).to.contain('Follow 2 people</button>');
		bed.clock.advance(3_600_000);
		await bed.settle();
		expect(await follows()).to.deep.equal([]);
		expect(lookups()).to.equal(0);
	});

	it('follows people here and elsewhere as one would by hand, and says what was left and why', async () => {
		const carla = `carla@${south()}`;
		const text = [carla, 'ben', `ana@${north()}`, `nobody@${south()}`, 'eve@elsewhere.example', 'oh dear'];
		const path = await bringAll(`Account address,Show boosts\n${text.join(',true\n')},true\n`);
		expect(await follows()).to.have.deep.members([
			{ followed: await actorOf(bed, { slug: 'south', handle: 'carla' }), state: 'accepted' },
			{ followed: await actorOf(bed, { slug: 'north', handle: 'ben' }), state: 'accepted' },
		]);
		const { body } = await ana.get(path);
		expect(body).to.contain('The file is done').and.to.contain('2 people are followed now');
		expect(body).to.contain('4 lines were left').and.to.contain('That is you.');
		expect(body)
			.to.contain('Nobody has that name there.')
			.and.to.contain('does not exchange posts with that server');
		expect((await ben.get('/notices')).body).to.contain('ana Person follows you now.');
		expect(bed.sent.some(({ url }) => url.includes('elsewhere.example'))).to.equal(false);
		const left = await ana.get(`${path}/left.csv`);
		expect(left.headers['content-type']).to.contain('text/csv');
		expect(
			left.body
				.trimEnd()
				.split('\r\n')
				.map((line) => line.split(',')[0]),
		).to.deep.equal([`ana@${north()}`, `nobody@${south()}`, 'eve@elsewhere.example', 'oh dear']);
	});

	it('can be repeated: what is so already stays so, and nobody is asked twice', async () => {
		await bringAll(`carla@${south()}\nben\n`);
		const before = { follows: await follows(), lookups: lookups(), sent: bed.sent.length };
		const answer = await bring(`carla@${south()}\nben\n`);
		const { body } = await ana.get(answer.headers.location!);
		expect(body).to.contain('There is nothing to do').and.to.contain('For 2 lines, it is so already');
		await ana.post(`${answer.headers.location}/start`, {});
		await finish();
		expect({ follows: await follows(), lookups: lookups(), sent: bed.sent.length }).to.deep.equal(before);
	});

	it('replaces what is there when one says so, and shows before what would end', async () => {
		await bringAll(`carla@${south()}\nben\n`);
		const answer = await bring(`dora@${south()}\nBEN@${north()}\n`, { mode: 'overwrite' });
		const path = answer.headers.location!;
		const { body } = await ana.get(path);
		expect(body).to.contain('One person would be followed no more').and.to.contain(`carla@${south()}`);
		expect(body).to.contain('Follow one person, and stop following one</button>');
		// Somebody who is followed only after the page was shown is not taken away by it.
		const eve = await bed.branch('north').join('eve');
		await ana.get('/@eve');
		await ana.post('/follows', { actor: await actorOf(bed, { slug: 'north', handle: 'eve' }) });
		await ana.get(path);
		await ana.post(`${path}/start`, {});
		await finish();
		const names = (await follows()).map(({ followed }) => followed);
		expect(names).to.have.members([
			await actorOf(bed, { slug: 'south', handle: 'dora' }),
			await actorOf(bed, { slug: 'north', handle: 'ben' }),
			await actorOf(bed, { slug: 'north', handle: 'eve' }),
		]);
		expect((await eve.get('/notices')).status).to.equal(200);
		await bed.settle();
		const there = rows<{ followed: string }>(bed, 'south', 'SELECT followed FROM follow');
		expect(there).to.deep.equal([{ followed: await actorOf(bed, { slug: 'south', handle: 'dora' }) }]);
	});

	it('mutes, blocks, hides, keeps and fills lists, each by its own rules', async () => {
		const carla = await actorOf(bed, { slug: 'south', handle: 'carla' });
		const benActor = await actorOf(bed, { slug: 'north', handle: 'ben' });
		await bringAll(`Account address,Hide notifications\ncarla@${south()},true\n`, { kind: 'mute' });
		await bringAll('ben\n', { kind: 'block' });
		await bringAll(`rude.example\n${north()}\n`, { kind: 'hide' });
		const relations = () =>
			rows<{ kind: string; object: string }>(bed, 'north', 'SELECT kind, object FROM relation ORDER BY id');
		expect(relations()).to.deep.equal([
			{ kind: 'mute', object: carla },
			{ kind: 'block', object: benActor },
			{ kind: 'hide', object: 'https://rude.example' },
		]);
		const dora = bed.branch('south').browser({ sub: 'sub-south-dora' });
		const post = await write(dora, 'xi-pie', 'public');
		const mine = await ana.write('xi-mine', 'branch');
		const uris = [
			uriOf(bed, 'south', post),
			uriOf(bed, 'north', mine),
			`${bed.branch('north').origin}/ap/users/1/statuses/2`,
		];
		await bringAll(`#uri\n${uris.join('\n')}\n`, { kind: 'keep' });
		expect((await ana.get('/kept')).body)
			.to.contain('xi-pie')
			.and.to.contain('xi-mine');
		const path = await bringAll(`Pie,carla@${south()}\nPie,ana@${north()}\nSeeds,dora@${south()}\n`, {
			kind: 'lists',
		});
		const lists = () =>
			rows<{ name: string; actor: string }>(
				bed,
				'north',
				'SELECT name, actor FROM list JOIN list_member ON list.id = list_member.list ORDER BY name, actor',
			);
		expect(lists().map(({ name }) => name)).to.deep.equal(['Pie', 'Seeds']);
		expect((await ana.get(path)).body).to.contain('on “Pie”');
		await bringAll(`Pie,dora@${south()}\n`, { kind: 'lists', mode: 'overwrite' });
		expect(lists()).to.deep.equal([
			{ name: 'Pie', actor: await actorOf(bed, { slug: 'south', handle: 'dora' }) },
		]);
		expect(rows(bed, 'north', 'SELECT id FROM list')).to.have.length(1);
		await bringAll('other.example\n', { kind: 'hide', mode: 'overwrite' });
		await bringAll(`carla@${south()}\n`, { kind: 'block', mode: 'overwrite' });
		expect(relations().map(({ kind, object }) => `${kind} ${object}`)).to.have.members([
			`mute ${carla}`,
			`block ${carla}`,
			'hide https://other.example',
		]);
	});

	it('cannot keep a post that is not for one, whatever its address', async () => {
		await bed.branch('north').join('dan');
		const secret = await ben.write('xi-secret @dan', 'direct');
		const path = await bringAll(`${uriOf(bed, 'north', secret)}\n`, { kind: 'keep' });
		expect(rows(bed, 'north', 'SELECT id FROM act')).to.deep.equal([]);
		expect((await ana.get(path)).body).to.contain('not for you');
	});

	it('does not ask the hosts of a cautious branch about every server in it', async () => {
		bed.change('north', { federation: 'cautious' });
		await bed.settle();
		await bringAll('a@one.example\nb@two.example\n');
		expect(rows(bed, 'north', 'SELECT origin FROM server')).to.deep.equal([]);
		expect(bed.sent.some(({ url }) => url.includes('.example'))).to.equal(false);
	});

	it('tries a server that does not answer three times, for all of its people together', async () => {
		bed.change('north', { federation: 'open' });
		await bed.settle();
		let knocks = 0;
		bed.outside('silent.example', () => {
			knocks += 1;
			return { status: 503 };
		});
		const path = await bringAll('a@silent.example\nb@silent.example\nc@silent.example\nben\n');
		expect(knocks).to.equal(3);
		const { body } = await ana.get(path);
		expect(body).to.contain('That server did not answer, three times.').and.to.contain('3 lines were left');
		expect(await follows()).to.have.length(1);
	});

	it('asks a few servers at a time, however long the file is, and is read to its end', async () => {
		bed.change('north', { federation: 'open' });
		await bed.settle();
		bed.outside('many.example', () => ({ status: 404 }));
		const answer = await bring(Array.from({ length: 35 }, (_, n) => `p${n}@many.example\n`).join(''));
		const path = answer.headers.location!;
		await ana.get(path);
		await ana.post(`${path}/start`, {});
		await bed.settle();
		const first = bed.sent.filter(({ url }) => url.includes('many.example')).length;
		expect(first).to.be.within(1, 10);
		expect((await ana.get(path)).body).to.contain(`${first} of 35 lines are done`);
		await finish();
		expect((await ana.get(path)).body).to.contain('35 lines were left');
	});

	it('waits while the card opens nothing new, and while nothing new leaves the branch', async () => {
		const answer = await bring(`carla@${south()}\n`);
		await ana.get(answer.headers.location!);
		await ana.post(`${answer.headers.location}/start`, {});
		bed.change('north', { stage: 'quiet' });
		await bed.settle();
		expect(await follows()).to.deep.equal([]);
		bed.change('north', { stage: 'open' });
		bed.clock.advance(3_700_000);
		await finish();
		expect(await follows()).to.have.length(1);
		const porch = bed.branch('north').browser({ sub: 'sub-north-ben', standing: 'porch' });
		bed
			.branch('north')
			.store.transact(
				(writing) => void writing.run(raw("UPDATE person SET standing = 'porch' WHERE handle = 'ben'")),
			);
		expect((await bring('ana\n', {}, porch)).status).to.equal(403);
	});

	it('belongs to whoever brought it, and goes with them or when they say so', async () => {
		const answer = await bring('ben\n');
		const path = answer.headers.location!;
		for (const address of [path, `${path}/left.csv`]) expect((await ben.get(address)).status).to.equal(404);
		expect((await ben.post(`${path}/start`, {})).status).to.equal(404);
		await ana.get(path);
		expect((await ana.post(`${path}/drop`, {})).headers.location).to.equal('/you/import');
		expect((await ana.get(path)).status).to.equal(404);
		await bring('ben\n');
		await ana.get('/you/leave');
		await ana.post('/you/delete', { handle: 'ana' });
		expect(rows(bed, 'north', 'SELECT * FROM import_row')).to.deep.equal([]);
	});

	it('is forgotten when nobody said yes within a day, and thirty days after it was done', async () => {
		await bring('ben\n');
		await bringAll('ben\n');
		bed.clock.advance(25 * 3_600_000);
		await bed.settle();
		expect(rows(bed, 'north', 'SELECT state FROM import')).to.deep.equal([{ state: 'done' }]);
		bed.clock.advance(30 * 24 * 3_600_000);
		await bed.settle();
		expect(rows(bed, 'north', 'SELECT state FROM import')).to.deep.equal([]);
	});

	for (const [what, text, words] of [
		['an archive', 'PK\u0003\u0004', 'Unpack it'],
		['nothing', '', 'no line in that file'],
		['a page', '<p>hello</p>\n', 'No line of that file is what you chose'],
		['a huge line', `${'x'.repeat(9000)}\n`, 'longer than any name'],
		['a huge file', 'a@b.example\n'.repeat(190_000), 'more than 2 MB'],
	] as const) {
		it(`that is ${what} is refused in a sentence, and nothing is kept`, async () => {
			const answer = await bring(text, { kind: 'lists', mode: 'overwrite' });
			expect(answer.status).to.equal(422);
			expect(answer.body).to.contain(words).and.to.contain('value="overwrite" checked');
			expect(rows(bed, 'north', 'SELECT id FROM import')).to.deep.equal([]);
		});
	}

	it('says which file is missing, and that five at a time are the most', async () => {
		const { body } = await bring('ana\n', { kind: 'nonsense' });
		expect(body).to.contain('Say what is in the file.');
		for (let n = 0; n < 5; n += 1) await bring('ben\n');
		expect((await bring('ben\n')).body).to.contain('Five files of yours are open already.');
	});
});

describe('a file whose process is killed while it is brought in', () => {
	it('goes on at the line where it was, with nothing lost and nothing done twice', async () => {
		const child = spawn(
			process.execPath,
			[fileURLToPath(new URL('./import-crash-child.ts', import.meta.url))],
			{
				stdio: ['ignore', 'pipe', 'inherit'],
			},
		);
		const gone = new Promise((resolve) => child.once('exit', resolve));
		let where: { folder: string; homeKey: string } | undefined;
		for await (const line of createInterface({ input: child.stdout })) where ??= JSON.parse(line);
		await gone;
		const folder = join(where!.folder, 'north');
		const look = <Row>(sql: string) => {
			const store = createStore(new Database(join(folder, 'branch.sqlite')));
			const found = store.read((reading) => reading.all<Row>(raw(sql)));
			store.close();
			return found;
		};
		const states = () =>
			look<{ state: string }>('SELECT state FROM import_row ORDER BY n').map(({ state }) => state);
		expect(states()).to.deep.equal(['done', 'done', 'waits', 'waits']);
		expect(look('SELECT id FROM follow')).to.have.length(2);
		const bed = await createBed([]);
		const parts = bed.parts({
			homeKey: Buffer.from(where!.homeKey, 'hex'),
			registerView: () => null,
			outgoing: {
				request: () => Promise.reject(new OutgoingFailure('unreachable')),
				fetch: () => Promise.reject(new Error('nothing is fetched')),
				close: async () => undefined,
			},
		});
		const open = await openBranch(folder, parts);
		for (let round = 0; round < 4; round += 1) {
			await open.work();
			bed.clock.advance(3_600_000);
		}
		expect(states()).to.deep.equal(['done', 'done', 'left', 'done']);
		expect(look('SELECT id FROM follow')).to.have.length(3);
		expect(look("SELECT id FROM notice WHERE kind = 'follow'")).to.have.length(3);
		expect(look('SELECT state FROM import')).to.deep.equal([{ state: 'done' }]);
		await open.close();
		await bed.close();
		rmSync(where!.folder, { recursive: true, force: true });
	});
});
