import type { Scope } from '@understory/core/scope.ts';
import { expect } from 'chai';
import { seededRandom } from '../../../test/seeded-random.ts';
import { createBed } from './bed.ts';
import { type Browser, call } from './browser.ts';
import { personId, rows } from './look.ts';
import { signed } from './wire.ts';

const SETTLE_EVERY = 25;
const SCOPES: readonly Scope[] = ['branch', 'neighborhood', 'public', 'followers', 'direct'];

interface Somebody {
	readonly name: string;
	readonly slug: string;
	readonly browser: Browser;
}

/** A post as the test knows it, told by nobody but itself. */
interface Said {
	readonly n: number;
	readonly author: Somebody;
	readonly scope: Scope;
	readonly path: string;
	readonly parent: Said | null;
	readonly quotes: Said | null;
	/** For direct posts. */
	readonly named: readonly Somebody[];
	deleted: boolean;
}

/** Whoever reads: a person, a server, or nobody in particular. */
type Reader = { readonly person: Somebody } | { readonly server: string } | null;

/**
 * Lets so many things happen in a town of four branches in a neighborhood and a stranger, and throws an AssertionError when a word of a post is found
 * outside its scope. All that is chosen hangs on the seed alone.
 */
export async function liveIn(seed: number, operations: number): Promise<void> {
	const random = seededRandom(seed);
	const bed = await createBed(['north', 'south', 'west', 'near', 'east']);
	let members = ['north', 'south', 'west', 'near'];
	const town: Somebody[] = [];
	const said: Said[] = [];
	/** `follower>followed`, all that ever held: what somebody was given they may keep. */
	const followed = new Set<string>();
	/** `post>branch`, what was sent to a branch while it might have it. */
	const given = new Set<string>();
	let reads = 0;
	let left = 0;
	let agreed = 0;
	/** Members of one neighborhood and a stranger, each with people. */
	async function moveIn(): Promise<void> {
		bed.befriend(...members);
		await bed.settle();
		const names = [
			'north:ana',
			'north:ben',
			'north:cyd',
			'south:dan',
			'south:eva',
			'west:fay',
			'near:gus',
			'east:hal',
		];
		for (const each of names) {
			const [slug = '', name = ''] = each.split(':');
			const browser = await bed.branch(slug).join(name);
			// Its forms hold one token as long as the session lasts.
			await browser.get('/home');
			town.push({ name, slug, browser });
		}
		await meet();
	}

	const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
	const text = (n: number) => `${mark(n)} and so on #plums${n % 5}`;

	/** Everybody knows somebody elsewhere, as the first days of a town go. */
	async function meet(): Promise<void> {
		for (const person of town) {
			for (const other of town) if (other !== person && random() < 0.5) await follow(person, other);
		}
		await bed.settle();
	}

	async function follow(person: Somebody, other: Somebody): Promise<void> {
		const host = new URL(bed.branch(other.slug).origin).host;
		const address = other.slug === person.slug ? other.name : `@${other.name}@${host}`;
		await person.browser.get(`/find?address=${encodeURIComponent(address)}`);
		const actor = `${bed.branch(other.slug).origin}/ap/users/${personId(bed, other.name, other.slug)}`;
		const answer = await person.browser.post('/follows', { actor });
		if (answer.status === 303) followed.add(`${person.name}>${other.name}`);
	}

	async function write(parent: Said | null, quotes: Said | null = null): Promise<void> {
		const near = parent ?? quotes;
		const author = near ? pick(town.filter((one) => copyOf(near, one) !== null)) : pick(town);
		if (!author) return;
		const n = said.length;
		const scope = pick(SCOPES);
		const named = scope === 'direct' ? [pick(town.filter((one) => one !== author))] : [];
		const names = named.map((one) => addressFor(author, one)).join(' ');
		const reply = parent ? copyOf(parent, author) : null;
		const quote = quotes ? copyOf(quotes, author) : null;
		const answer = await author.browser.post('/posts', {
			text: `${text(n)} ${names}`,
			scope,
			...(reply === null ? {} : { reply_to: String(reply) }),
			...(quote === null ? {} : { quote: String(quote) }),
			...(random() < 0.1 ? { choice_1: 'this', choice_2: 'that', poll_hours: '1' } : {}),
		});
		if (answer.status !== 303) return;
		const people = parent && scope === 'direct' ? [...named, ...parent.named, parent.author] : named;
		const path = answer.headers.location!;
		const quoted = quote === null ? null : quotes;
		said.push({ n, author, scope, path, parent, quotes: quoted, named: people, deleted: false });
	}

	/** Somebody who is quoted says yes, no, or not any more. */
	async function answerQuote(): Promise<void> {
		const person = pick(town);
		const asked = rows<{ post: number; state: string }>(
			bed,
			person.slug,
			"SELECT quote.post, quote.state FROM quote JOIN post ON post.id = quote.quoted WHERE post.person = ? AND quote.state IN ('asked', 'agreed')",
			personId(bed, person.name, person.slug),
		);
		const one = pick(asked);
		if (!one) return;
		if (one.state === 'agreed') {
			agreed += 1;
			if (random() < 0.3) await person.browser.post(`/posts/${one.post}/quote/back`, {});
		} else {
			await person.browser.post(`/posts/${one.post}/quote/answer`, { yes: random() < 0.8 ? 'yes' : 'no' });
		}
	}

	async function choosePolicy(): Promise<void> {
		const person = pick(town);
		const quotes = pick(['everyone', 'everyone', 'followers', 'ask', 'nobody']);
		await person.browser.post('/you', { name: person.name, summary: '', scope: 'branch', quotes });
	}

	const addressFor = (from: Somebody, to: Somebody) =>
		from.slug === to.slug ? `@${to.name}` : `@${to.name}@${new URL(bed.branch(to.slug).origin).host}`;

	/** The number of a post at the branch of a person, or null when it never came there. */
	function copyOf(post: Said, person: Somebody): number | null {
		const id = Number(post.path.split('/').at(-1));
		if (post.author.slug === person.slug) return id;
		const [{ uri } = { uri: '' }] = rows<{ uri: string }>(
			bed,
			post.author.slug,
			'SELECT uri FROM post WHERE id = ?',
			id,
		);
		return rows<{ id: number }>(bed, person.slug, 'SELECT id FROM post WHERE uri = ?', uri)[0]?.id ?? null;
	}

	const uriAt = (post: Said) =>
		`${bed.branch(post.author.slug).origin}/ap/users/${personId(bed, post.author.name, post.author.slug)}/statuses/${post.path.split('/').at(-1)}`;
	const some = () => (said.length > 0 ? pick(said.slice(-200)) : null);

	async function act(what: string): Promise<void> {
		const post = some();
		const person = pick(town);
		const id = post && copyOf(post, person);
		if (id === null) return;
		await person.browser.post(`/posts/${id}/${what}`, what === 'choose' ? { choice: '0' } : {});
	}

	async function change(): Promise<void> {
		const post = some();
		if (!post || post.deleted) return;
		const id = post.path.split('/').at(-1);
		const again = pick(town);
		await post.author.browser.post(`/posts/${id}/edit`, {
			text: `${text(post.n)} again ${addressFor(post.author, again)}`,
		});
	}

	async function remove(): Promise<void> {
		const post = some();
		if (!post || random() < 0.5) return;
		const answer = await post.author.browser.post(`/posts/${post.path.split('/').at(-1)}/delete`, {});
		if (answer.status === 303) post.deleted = true;
	}

	async function keepAway(): Promise<void> {
		const person = pick(town);
		const other = pick(town.filter((one) => one !== person));
		const actor = `${bed.branch(other.slug).origin}/ap/users/${personId(bed, other.name, other.slug)}`;
		await person.browser.post('/away', { actor, do: pick(['mute', 'block']), days: '0' });
		await person.browser.post('/away/end', { object: actor, kind: 'block' });
	}

	/** A page of any kind, by anybody. */
	async function read(): Promise<void> {
		const post = some();
		const person = pick(town);
		const id = post && copyOf(post, person);
		const host = new URL(bed.branch(person.slug).origin).host;
		const author = post?.author.slug === person.slug ? post.author.name : `${post?.author.name}@${host}`;
		const path = pick([
			'/home',
			'/board/branch',
			'/board/neighborhood',
			'/board/everyone',
			'/board/followed',
			'/messages',
			'/notices',
			'/kept',
			'/you/quotes',
			'/',
			'/feed.atom',
			`/tags/plums${Math.floor(random() * 5)}`,
			`/search?q=${mark(post?.n ?? 0)}`,
			`/@${person.name}`,
			...(id === null
				? []
				: [`/@${author}/${id}`, `/@${author}/${id}/history`, `/posts/${id}/quote`, `/posts/${id}/quotes`]),
		]);
		const visitor = random() < 0.25 ? null : person;
		const browser = visitor ? visitor.browser : bed.branch(person.slug).browser();
		const answer = await browser.get(path);
		check(answer.body, visitor && { person: visitor }, `${visitor?.name ?? 'nobody'} reads ${path}`);
	}

	/** A document of the wire, by a server that signs or by nobody. */
	async function fetch(): Promise<void> {
		const post = some();
		if (!post) return;
		const uri = uriAt(post);
		const url = pick([
			uri,
			`${uri}/activity`,
			uri.replace(/\/statuses.*/, '/outbox'),
			uri.replace(/\/statuses.*/, ''),
		]);
		const slug = pick(['near', 'east', null]);
		const host = new URL(url).host;
		if (slug === post.author.slug) return;
		const answer = slug
			? await signed(bed, { slug, handle: null }, 'GET', url)
			: await call(bed.port, 'GET', new URL(url).pathname, { host, accept: 'application/activity+json' });
		check(answer.body, slug ? { server: slug } : null, `${slug ?? 'nobody'} fetches ${url}`);
	}

	const DEEDS: readonly (() => Promise<void>)[] = [
		...times(7, () => write(null)),
		...times(5, () => write(some())),
		...times(3, () => write(null, some())),
		...times(1, () => write(some(), some())),
		...times(2, answerQuote),
		...times(1, choosePolicy),
		...times(9, read),
		...times(5, fetch),
		...times(2, () => act('star')),
		...times(3, () => act('share')),
		...times(1, () => act('pin')),
		...times(1, () => act('keep')),
		...times(1, () => act('unshare')),
		...times(1, () => act('choose')),
		...times(2, change),
		...times(1, remove),
		...times(1, keepAway),
		...times(1, async () => follow(pick(town), pick(town))),
	];

	/** Everything goes where it goes, and is looked at. */
	async function rest(when: string): Promise<void> {
		await bed.settle();
		for (const { url, body, method } of bed.sent) {
			const slug = new URL(url).host.split('.')[0]!;
			if (body !== '' && method === 'POST') left += 1;
			check(url + body, { server: slug }, `${method} ${url} ${when}`);
			for (const n of marksIn(body)) given.add(`${n}>${slug}`);
		}
		bed.sent.splice(0);
	}

	/** West leaves the neighborhood, or comes back. */
	async function turn(): Promise<void> {
		members = members.includes('west') ? ['north', 'south', 'near'] : ['north', 'south', 'west', 'near'];
		bed.befriend(...members);
		await bed.settle();
		await rest('after west moved');
	}

	function check(body: string, reader: Reader, what: string): void {
		reads += 1;
		for (const n of marksIn(body)) {
			const post = said[n];
			// What somebody looked for stands in the field they typed it into.
			if (!post || (what.includes('/search') && !body.includes(`${mark(n)} and`))) continue;
			// Taken back is gone at once where it was written, and nobody is sent it any more.
			const here = reader !== null && 'person' in reader && reader.person.slug === post.author.slug;
			const gone = post.deleted && (here || what.startsWith('POST'));
			expect(gone, `seed ${seed}: ${what}: taken back, ${chain(post)}`).to.equal(false);
			expect(maySee(post, reader), `seed ${seed}: ${what}: ${chain(post)}`).to.equal(true);
		}
	}

	function chain(post: Said): string {
		const named = post.named.map((one) => one.name).join(', ');
		const own = `${mark(post.n)}, ${post.scope} of ${post.author.name} (${named})`;
		const quoting = post.quotes ? `${own} quoting (${chain(post.quotes)})` : own;
		return post.parent ? `${quoting} in answer to ${chain(post.parent)}` : quoting;
	}

	/** The rule, told anew: what a person, a server or nobody may be shown. */
	function maySee(post: Said, reader: Reader): boolean {
		// What a branch says among itself about a neighbor's post is its own, also when they are neighbors no more (audiences.ts).
		const among = post.scope === 'branch' && post.parent?.scope === 'neighborhood';
		// What came for people by name, or for their followers, while their branch stood in the neighborhood is theirs to keep.
		const circle = post.scope === 'followers' || post.scope === 'direct';
		const kept =
			circle && reader !== null && 'person' in reader && given.has(`${post.n}>${reader.person.slug}`);
		if (post.parent && !among && !kept && !maySee(post.parent, reader)) return false;
		// A quote is never wider than what it quotes.
		const inside = post.scope === 'branch' && post.quotes?.scope === 'neighborhood';
		if (post.quotes && !inside && !kept && !maySee(post.quotes, reader)) return false;
		if (post.scope === 'public') return true;
		// Among somebody's followers an answer is for these again (audiences.ts).
		if (post.scope === 'followers' && post.parent?.scope === 'followers') return true;
		if (reader === null) return false;
		const slug = 'person' in reader ? reader.person.slug : reader.server;
		const own = slug === post.author.slug;
		const at = (people: readonly Somebody[]) =>
			'person' in reader ? people.includes(reader.person) : people.some((one) => one.slug === slug);
		switch (post.scope) {
			case 'branch':
				return own && 'person' in reader;
			case 'neighborhood':
				return own || (members.includes(slug) && members.includes(post.author.slug));
			case 'followers':
				return at([post.author, ...town.filter((one) => followed.has(`${one.name}>${post.author.name}`))]);
			default:
				return at([post.author, ...post.named]);
		}
	}

	try {
		await moveIn();
		for (let n = 1; n <= operations; n += 1) {
			bed.clock.advance(1000);
			await pick(DEEDS)();
			if (n % SETTLE_EVERY === 0) await rest(`after ${n} operations of seed ${seed}`);
			if (n % 2000 === 0) await turn();
		}
		await rest(`at the end of seed ${seed}`);
	} finally {
		await bed.close();
	}
	expect(bed.errors).to.deep.equal([]);
	// A test of nothing would pass as well.
	for (const scope of SCOPES)
		expect(
			said.some((one) => one.scope === scope),
			scope,
		).to.equal(true);
	expect(reads).to.be.greaterThan(operations / 4);
	expect(left).to.be.greaterThan(operations / 20);
	expect(said.filter(({ quotes }) => quotes).length).to.be.greaterThan(operations / 100);
	expect(agreed).to.be.greaterThan(operations / 1000);
}

/**
 * What the text of a post is known by. Long enough never to come about by chance: with fewer digits, one of the signatures of such
 * a town, which are base64, held one in every tenth run.
 */
function mark(n: number): string {
	return `zq${String(n).padStart(9, '0')}zq`;
}

/** The posts whose texts are in it. */
function marksIn(body: string): number[] {
	return [...body.matchAll(/zq(\d{9})zq(?!<)/g)].map(([, digits]) => Number(digits));
}

function times<T>(count: number, what: T): T[] {
	return Array.from({ length: count }, () => what);
}
