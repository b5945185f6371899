import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scope } from '@understory/core/scope.ts';
import { ROUTE_NAMES, routeOf } from '@understory/federation/http/paths.ts';
import { expect } from 'chai';
import { keepEmojiPicture } from '../src/store/emoji.ts';
import { addMedia } from '../src/store/media.ts';
import { changePost } from '../src/store/posts.ts';
import { ROUTES } from '../src/web/route-table.ts';
import { type Bed, createBed } from './bed.ts';
import type { Answer, Browser } from './browser.ts';
import { personId, rows, uriOf } from './look.ts';
import {
	type Decided,
	finds,
	READERS,
	ROWS,
	type Row,
	type Sample,
	SHOWN,
	scopeDocument,
	type Who,
} from './scope-table.ts';
import { takeEverything } from './take-everything.ts';
import { actorOf, signed } from './wire.ts';

const word = (scope: Scope) => `xst ${scope} words`;
const title = (scope: Scope) => `xst-${scope}-title`;
const decidedWord = (what: 'hidden' | 'appealed', scope: Scope) => `xs${what[0]} ${scope} words`;
const FACTS = 'The post offers a car for money, and nobody had asked for an offer.';

describe('the table of scopes', () => {
	let bed: Bed;
	const browsers = new Map<Who, Browser>();
	const samples = {} as Record<Scope, Sample>;

	before(async function () {
		this.timeout(60_000);
		bed = await createBed(['north', 'south', 'east']);
		bed.befriend('north', 'south');
		await bed.settle();
		const north = bed.branch('north');
		const people: [Who, string][] = [
			['the author', 'ana'],
			['a follower', 'fay'],
			['somebody who is named', 'nan'],
			['a patron', 'pat'],
			['a patron she blocks', 'bob'],
		];
		for (const [who, handle] of people) browsers.set(who, await north.join(handle));
		browsers.set('nobody', north.browser());
		bed.grant('staff-1', 'north');
		browsers.set('a host without an account', north.browser({ staff_id: 'staff-1' }));
		bed.grant('staff-2', 'south', 'Sol Ruiz');
		browsers.set('a host of another branch', north.browser({ staff_id: 'staff-2' }));
		await bed.branch('south').join('carla');
		await bed.branch('east').join('zoe');
		const ana = browsers.get('the author')!;
		const send = async (who: Browser, path: string, form: Record<string, string>) => {
			await who.get('/home');
			return who.post(path, form);
		};
		const actor = await actorOf(bed, { slug: 'north', handle: 'ana' });
		await send(browsers.get('a follower')!, '/follows', { actor });
		await send(ana, '/you', {
			name: 'ana Person',
			summary: '',
			scope: 'branch',
			quotes: 'everyone',
			listed: 'yes',
		});
		const list = (await send(ana, '/lists', { name: 'Mine' })).headers.location!;
		await send(ana, `${list}/people`, { address: 'ana' });
		for (const scope of SHOWN) samples[scope] = await sample(ana, scope, list, actor, send);
		for (const [who] of people) {
			for (const { id } of Object.values(samples)) await send(browsers.get(who)!, `/posts/${id}/keep`, {});
		}
		browsers.set('somebody on the porch', north.browser({ sub: 'sub-north-fay', standing: 'porch' }));
		await send(ana, '/away', { do: 'block', actor: await actorOf(bed, { slug: 'north', handle: 'bob' }) });
		await bed.settle();
	});
	after(() => bed.close());
	// There is no card sign-in in this bed; that it is missed is all that may be logged.
	afterEach(() => expect(bed.errors.filter((one) => !/card sign-in/.test(String(one)))).to.deep.equal([]));

	async function sample(
		ana: Browser,
		scope: Scope,
		list: string,
		actor: string,
		send: (who: Browser, path: string, form: Record<string, string>) => Promise<Answer>,
	): Promise<Sample> {
		const text = `${word(scope)} #xstopic${scope === 'direct' ? ' @nan' : ''}`;
		const page = await ana.write(`before ${text}`, scope);
		const id = page.split('/').at(-1)!;
		await send(ana, `/posts/${id}/edit`, { text, language: 'en' });
		const form = {
			title: title(scope),
			text: `${title(scope)} text`,
			scope,
			day: '2026-10-20',
			from: '18:00',
			to: '19:00',
			place: 'The hall',
			address: '',
			access: '',
			online: '',
			capacity: '',
			joining: 'free',
		};
		const place = scope === 'branch' || scope === 'neighborhood' || scope === 'public';
		const event = place ? (await send(ana, '/events', form)).headers.location!.split('/').at(-1)! : null;
		const media = attachPicture(Number(id));
		const emoji = addEmoji(Number(id));
		const [notice] = rows<{ id: number }>(
			bed,
			'north',
			'SELECT id FROM notice WHERE person = ? ORDER BY id LIMIT 1',
			personId(bed, 'ana'),
		);
		return {
			origin: bed.branch('north').origin,
			page,
			id,
			event,
			media,
			emoji,
			notice: String(notice?.id ?? 1),
			list,
			hidden: place ? await decided(ana, 'hidden', scope) : null,
			appealed: place ? await decided(ana, 'appealed', scope) : null,
			wire: new URL(uriOf(bed, 'north', page)).pathname,
			actor: new URL(actor).pathname,
			quote:
				scope === 'direct'
					? null
					: await quoted(scope === 'followers' ? ana : browsers.get('a patron')!, id, scope),
		};
	}

	/** A post that the host hides; and her appeal, with which it is up again until somebody has answered. */
	async function decided(ana: Browser, what: 'hidden' | 'appealed', scope: Scope): Promise<Decided> {
		const page = await ana.write(decidedWord(what, scope), scope);
		const host = browsers.get('a host without an account')!;
		const at = `/staff/posts/${page.split('/').at(-1)}/decide`;
		await host.get(at);
		const answer = await host.post(at, { rule: 'conduct/no-advertising', facts: FACTS, do: 'decide' });
		const decision = /done=(.+)$/.exec(answer.headers.location ?? '')![1]!;
		const notice = /href="(\/notices\/\d+)"/.exec((await ana.get('/notices')).body)![1]!;
		await ana.get(notice);
		if (what === 'appealed') await ana.post(`${notice}/appeal`, { words: 'Somebody asked me for it.' });
		const [appeal] = rows<{ id: string }>(bed, 'north', 'SELECT id FROM appeal WHERE decision = ?', decision);
		const wire = new URL(uriOf(bed, 'north', page)).pathname;
		return { page, wire, decision, notice, appeal: appeal?.id ?? null };
	}

	async function quoted(who: Browser, id: string, scope: Scope): Promise<Sample['quote']> {
		await who.get('/home');
		const answer = await who.post('/posts', { text: 'look at this', scope, quote: id });
		const page = answer.headers.location!;
		const [row] = rows<{ stamp: string | null; state: string }>(
			bed,
			'north',
			'SELECT stamp, state FROM quote WHERE post = ?',
			Number(page.split('/').at(-1)),
		);
		expect(row!.state).to.equal('agreed');
		const stamp = row!.stamp && new URL(row!.stamp).pathname;
		return { page, wire: new URL(uriOf(bed, 'north', page)).pathname, stamp };
	}

	/** A row and a file, as `media.test.ts` brings them by the form. */
	function attachPicture(post: number): string {
		const north = bed.branch('north');
		const id = post + 2_000_000_000;
		north.store.transact((writing) =>
			addMedia(writing, {
				id,
				post,
				person: personId(bed, 'ana'),
				remote_url: null,
				kind: 'sound',
				type: 'audio/wav',
				file: `sample-${post}.wav`,
				width: null,
				height: null,
				description: 'd',
				created: bed.clock.now(),
			}),
		);
		write(north.folder, `sample-${post}.wav`);
		return `/media/${id}.wav`;
	}

	/** An emoji in it, as `emoji.test.ts` receives them: only posts from elsewhere bring any, and at this address nothing else makes them different. */
	function addEmoji(post: number): string {
		const north = bed.branch('north');
		const url = 'https://far.example/xst.png';
		north.store.transact((writing) => {
			changePost(writing, post, { emoji: [{ name: 'xst', url }] });
			keepEmojiPicture(writing, { url, file: 'sample-xst.webp', asked: bed.clock.now() });
		});
		write(north.folder, 'sample-xst.webp');
		return `/posts/${post}/emoji/xst.webp`;
	}

	async function ask(who: Who, row: Row, at: string): Promise<Answer> {
		const accept: Record<string, string> = row.wire ? { accept: 'application/activity+json' } : {};
		const server = who === 'a neighbor’s server' ? 'south' : who === 'a stranger’s server' ? 'east' : null;
		if (server === null) return browsers.get(who)!.get(at, accept);
		const url = `${bed.branch('north').origin}${at}`;
		const answer = await signed(bed, { slug: server, handle: null }, 'GET', url);
		// A server that asks for a page as a browser would is nobody.
		return row.wire || row.looksFor === 'bytes' ? answer : browsers.get('nobody')!.get(at);
	}

	function found(answer: Answer, row: Row, scope: Scope): boolean {
		if (row.looksFor === 'bytes') return answer.status === 200;
		const wanted = wantedAt(row, scope, samples[scope]);
		return `${JSON.stringify(answer.headers)}\n${answer.body}`.includes(wanted);
	}

	it('has every address of the route table that answers a GET, and no other', () => {
		const routes = ROUTES.filter(({ method }) => method === 'get').map(({ path }) => path);
		const missing = routes.filter((path) => !(path in ROWS));
		const told = 'Say in test/scope-table.ts who finds a post of each scope at these addresses';
		expect(missing, told).to.deep.equal([]);
		const gone = Object.keys(ROWS).filter(
			(name) => !/^(wire|quote|decided|preview): /.test(name) && !routes.includes(name),
		);
		expect(gone, 'These addresses are no more').to.deep.equal([]);
	});

	it('has everything that other servers ask for, by the names of its own table', () => {
		const asked = Object.values(ROWS).map(({ at }) => routeOf(at(samples.public).split('?')[0]!)?.name);
		const missing = ROUTE_NAMES.filter((name) => name !== 'inbox' && !asked.includes(name));
		expect(missing, 'Say in test/scope-table.ts who finds a post of each scope there').to.deep.equal([]);
	});

	it('holds in what each of them takes away: posts of one’s own, and words of nobody else', async () => {
		const all = SHOWN.map(word);
		for (const who of ['the author', 'a follower', 'somebody who is named', 'a patron'] as const) {
			const files = await takeEverything(bed, 'north', browsers.get(who)!);
			const text = [...files.values()].join('');
			expect(files.size, who).to.be.greaterThan(3);
			expect(
				all.filter((one) => text.includes(one)),
				who,
			).to.deep.equal(who === 'the author' ? all : []);
		}
	});

	it('holds in what the branch keeps for later: no word of a post is in its cache', () => {
		const kept = rows<{ value: string }>(bed, 'north', 'SELECT value FROM cache');
		expect(kept.length).to.be.greaterThan(0);
		for (const { value } of kept) expect(value).not.to.match(/xs[tha][ -]/);
	});

	for (const [name, row] of Object.entries(ROWS)) {
		it(`holds at ${name}`, async function () {
			this.timeout(60_000);
			const seen = {} as Record<Scope, Who[]>;
			const expected = {} as Record<Scope, Who[]>;
			for (const scope of SHOWN) {
				seen[scope] = [];
				expected[scope] = READERS.filter((who) => finds(row, scope, who));
				for (const who of READERS) {
					if (found(await ask(who, row, row.at(samples[scope])), row, scope)) seen[scope].push(who);
				}
			}
			expect(seen).to.deep.equal(expected);
		});
	}

	it('no line of a log, and no file of the folder but the store itself, holds a word of a post', async () => {
		const words = SHOWN.flatMap((scope) => [
			...[word(scope), title(scope)],
			...[decidedWord('hidden', scope), decidedWord('appealed', scope)],
		]);
		const { folder } = bed.branch('north');
		const files = readdirSync(folder, { recursive: true, withFileTypes: true })
			.filter((file) => file.isFile() && !/^branch\.sqlite/.test(file.name))
			.map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'));
		expect(bed.logged.length).to.be.greaterThan(0);
		expect(files.length).to.be.greaterThan(1);
		for (const text of [...bed.logged, ...files]) {
			expect(
				words.filter((one) => text.includes(one)),
				text.slice(0, 300),
			).to.deep.equal([]);
		}
	});

	it('is the one in the docs', () => {
		const page = readFileSync(new URL('../../../docs/federation/scopes.md', import.meta.url), 'utf8');
		expect(page, 'npm run scopes writes it anew').to.equal(scopeDocument());
	});
});

function wantedAt({ looksFor }: Row, scope: Scope, { page }: Sample): string {
	if (looksFor === 'address') return page;
	if (looksFor === 'preview') return `og:description" content="${word(scope)}`;
	if (looksFor === 'hidden' || looksFor === 'appealed') return decidedWord(looksFor, scope);
	return looksFor === 'event' ? title(scope) : word(scope);
}

function write(folder: string, name: string): void {
	mkdirSync(join(folder, 'media'), { recursive: true });
	writeFileSync(join(folder, 'media', name), 'RIFF');
}
