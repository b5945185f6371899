import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';
import { actorOf, PUBLIC, signed } from './wire.ts';

/** Documents captured from other software, beside the repository; licences and origins are in the SOURCES.md there. */
const FOLDER = fileURLToPath(new URL('../../../../shared/data/activitypub', import.meta.url));
/** How often each document is spoiled, each time in another way. */
const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 12);

type Json = unknown;

describe('an inbox that gets anything', () => {
	let bed: Bed;
	let ana: Browser;
	let carla: string;
	let documents: { name: string; document: Record<string, Json> }[];
	before(async function () {
		if (!existsSync(FOLDER)) {
			console.warn('SKIPPED, LOUDLY: shared/data/activitypub is not beside the repository.');
			this.skip();
		}
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		bed.change('north', { federation: 'open' });
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		await bed.branch('south').join('carla');
		carla = await actorOf(bed, { slug: 'south', handle: 'carla' });
		documents = globSync('**/*.json', { cwd: FOLDER })
			.filter((name) => !name.includes('jsonld-contexts'))
			.sort()
			.flatMap((name) => read(name));
	});
	after(() => bed?.close());

	it('refuses it with a sentence, or keeps it whole and clean; it never breaks', async function () {
		this.timeout(10 * 60_000);
		const seed = Number(process.env.FUZZ_SEED ?? 314_723);
		const random = lehmer(seed);
		const statuses = new Map<number, number>();
		let sent = 0;
		for (const { name, document } of documents) {
			for (let round = 0; round < ROUNDS; round += 1) {
				sent += 1;
				const activity = spoil(asCarlas(document, sent), random, round);
				const what = `seed ${seed}, ${name}, round ${round}`;
				const status = await send(activity);
				statuses.set(status, (statuses.get(status) ?? 0) + 1);
				expect(status, what).to.be.oneOf([202, 400, 401, 403, 404, 413, 422]);
				expect(bed.errors, what).to.deep.equal([]);
				if (sent % 60 === 0) await stillStands(what);
			}
		}
		await stillStands(`seed ${seed}, at the end`);
		// A fuzz that is refused at the door each time would pass as well.
		expect(sent).to.be.greaterThan(documents.length);
		expect(statuses.get(202) ?? 0, JSON.stringify([...statuses])).to.be.greaterThan(sent / 10);
		expect(rows(bed, 'north', 'SELECT id FROM post').length).to.be.greaterThan(20);
	});

	async function send(activity: Json): Promise<number> {
		const inbox = `${bed.branch('north').origin}/ap/inbox`;
		const answer = await signed(bed, { slug: 'south', handle: 'carla' }, 'POST', inbox, activity as object);
		for (const error of bed.errors) throw error;
		// An error is a sentence for whoever sent it, and says nothing of our insides.
		if (answer.status >= 400) {
			expect(JSON.parse(answer.body), answer.body).to.have.property('detail').that.is.a('string');
			expect(answer.body).not.to.match(/packages\/|node_modules|SqliteError|at async/);
		}
		return answer.status;
	}

	async function stillStands(what: string): Promise<void> {
		const pages = ['/home', '/notices', '/events', '/board/everyone', '/'];
		for (const path of pages) expect((await ana.get(path)).status, `${what}: ${path}`).to.equal(200);
		expect(rows(bed, 'north', 'PRAGMA foreign_key_check'), what).to.deep.equal([]);
		const kept = rows<{ content_html: string; title: string | null; summary: string | null }>(
			bed,
			'north',
			'SELECT content_html, title, summary FROM post',
		);
		for (const { content_html: html } of kept) {
			expect(html, what).not.to.match(/<(script|style|iframe|img|form|input|object|embed|svg|link|meta)\b/i);
			expect(html, what).not.to.match(/<[^>]*\s(on\w+|style)\s*=/i);
			expect(html, what).not.to.match(/(href|src)\s*=\s*["']?\s*(javascript|data|vbscript):/i);
		}
	}

	/** A captured document as carla would send it: her server's addresses in place of its own. */
	function asCarlas(document: Record<string, Json>, n: number): Record<string, Json> {
		const own = originIn(document);
		const text = JSON.stringify(document);
		const moved = own ? text.replaceAll(own, bed.branch('south').origin) : text;
		const parsed = JSON.parse(moved) as Record<string, Json>;
		const id = `${carla}/statuses/fuzz-${n}`;
		if (ACTIVITIES.includes(String(parsed.type))) {
			const object =
				typeof parsed.object === 'object' && parsed.object
					? { ...parsed.object, attributedTo: carla }
					: parsed.object;
			return { ...parsed, id: `${id}/activity`, actor: carla, object };
		}
		return {
			'@context': parsed['@context'] ?? 'https://www.w3.org/ns/activitystreams',
			id: `${id}/activity`,
			type: 'Create',
			actor: carla,
			to: [PUBLIC],
			object: { ...parsed, '@context': undefined, id, attributedTo: carla, to: [PUBLIC] },
		};
	}
});

const ACTIVITIES = [
	'Create',
	'Update',
	'Delete',
	'Follow',
	'Accept',
	'Reject',
	'Undo',
	'Like',
	'Announce',
	'Block',
	'Add',
	'Remove',
	'Move',
];

function read(name: string): { name: string; document: Record<string, Json> }[] {
	const parsed = JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Json;
	const found = Array.isArray(parsed) ? parsed : [parsed];
	return found
		.filter((one) => typeof one === 'object' && one !== null && 'type' in one)
		.map((document) => ({ name, document: document as Record<string, Json> }));
}

function originIn(document: Record<string, Json>): string | null {
	const { id } = document;
	return typeof id === 'string' && /^https?:/.test(id) ? new URL(id).origin : null;
}

const EVIL =
	'<script>x</script><img src=x onerror=y><a href="javascript:z" style="x" onclick="y">a</a><svg/onload=x>';
const VALUES: readonly (() => Json)[] = [
	() => null,
	() => -1,
	() => 1e308,
	() => true,
	() => [],
	() => ({}),
	() => [[[null]]],
	() => '',
	() => EVIL,
	() => 'x'.repeat(70_000),
	() => '\u0000\ud800\u202e\uffff',
	() => 'http://[::1',
	() => 'https://127.0.0.1/private',
	() => 'javascript:alert(1)',
	() => '9999999999-99-99T99:99:99Z',
	() => nested(200),
	() => ({ '@id': 'x', '@type': ['Note', 'Person', 'Note'] }),
	() => Array.from({ length: 3000 }, (_, n) => `https://far.example/u/${n}`),
	() => ({ type: 'Collection', first: { type: 'CollectionPage', items: [{ type: 'Note', name: EVIL }] } }),
];

function nested(depth: number): Json {
	let value: Json = 'x';
	for (let level = 0; level < depth; level += 1) value = { type: 'Create', object: value };
	return value;
}

/** Changes a few members, anywhere in it; the first round leaves it as it is. Who it is from stays, or nothing would be looked at. */
function spoil(activity: Record<string, Json>, random: () => number, round: number): Json {
	const copy = structuredClone(activity);
	for (let change = 0; change < round; change += 1) {
		const places = membersOf(copy).filter(({ path }) => path !== 'actor' && path !== 'id');
		const place = places[Math.floor(random() * places.length)];
		if (!place) break;
		const holder = place.holder as Record<string, Json>;
		const way = random();
		if (way < 0.2) delete holder[place.name];
		else if (way < 0.36) holder[place.name] = [holder[place.name], holder[place.name]];
		else holder[place.name] = VALUES[Math.floor(random() * VALUES.length)]!();
	}
	return copy;
}

function membersOf(value: Json, path = ''): { holder: object; name: string; path: string }[] {
	if (typeof value !== 'object' || value === null || path.split('.').length > 6) return [];
	return Object.keys(value)
		.slice(0, 60)
		.flatMap((name) => {
			const at = path === '' ? name : `${path}.${name}`;
			return [{ holder: value, name, path: at }, ...membersOf((value as Record<string, Json>)[name], at)];
		});
}

/** The same numbers for the same seed (Lehmer's generator, MINSTD). */
function lehmer(seed: number): () => number {
	let state = (seed % 2_147_483_646) + 1;
	return () => {
		state = (state * 48_271) % 2_147_483_647;
		return state / 2_147_483_647;
	};
}
