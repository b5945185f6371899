import type { SignedRoster } from '@understory/core/register.ts';
import type { RosterWords, SignedProposal } from '@understory/core/roster-change.ts';
import {
	signReply,
	signVoice,
	signWithdrawal,
	USUAL_MEMBERS_DECIDE,
} from '@understory/neighborhood/proposal.ts';
import { verifyRoster } from '@understory/neighborhood/verify.ts';
import { expect } from 'chai';
import { BRANCH, LIBRARY, type Platform, startPlatform } from './fixtures/platform.ts';

const DAY = 24 * 60 * 60_000;
const BRANCHES = '/api/v1/libraries/multnomah/branches';

interface Shown {
	id: string;
	changes: object | null;
	version: number;
	members: { domain: string }[];
}
interface ShownProposal {
	id: string;
	domain: string;
	decided: number | null;
	carried: boolean | null;
	voices: { domain: string; voice: string }[];
	unanswered: { domain: string }[];
	reply: string | null;
	opened: number;
}

describe('a neighborhood whose members decide, at its steward', () => {
	let platform: Platform;
	let library: { id: string };
	let path: string;
	const ids = new Map<string, string>();
	const words = new Map<string, RosterWords>();
	/** Every version that was published, each verified against the one before. */
	let held: SignedRoster;

	before(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body;
		for (const slug of ['albina', 'belmont', 'capitol']) await add(slug);
		const all = await platform.api<{ items: Shown[] }>('GET', '/api/v1/neighborhoods');
		path = `/api/v1/neighborhoods/${all.body.items[0]!.id}`;
		held = await roster();
	});
	after(() => platform.close());

	async function add(slug: string): Promise<void> {
		await platform.api('POST', BRANCHES, { body: { ...BRANCH, slug } });
		await platform.settle();
		const { body } = await platform.api<{ id: string }>('GET', `${BRANCHES}/${slug}`);
		ids.set(slug, body.id);
		words.set(slug, { voices: [], replies: [], withdrawals: [] });
	}

	const domainOf = (slug: string) => `${slug}.multnomah.localhost:4000`;
	const keyOf = (slug: string) => platform.home.keyOf(ids.get(slug)!);

	async function roster(): Promise<SignedRoster> {
		return (await platform.register(library.id)).rosters[0]!;
	}

	/** The names on the roster that stands, which is held against the one before. */
	async function members(): Promise<string[]> {
		await platform.settle();
		const now = await roster();
		const verified = verifyRoster(now, { now: platform.clock.now(), previous: held });
		expect(verified.ok, JSON.stringify(verified)).to.equal(true);
		held = now;
		return held.members.map(({ domain }) => domain.split('.')[0]!);
	}

	async function propose(kind: 'admit' | 'expel', slug: string, status = 201): Promise<ShownProposal> {
		const body = { kind, domain: domainOf(slug), reason: 'The hosts of both talked it over.' };
		const made = await platform.api<ShownProposal & { code: string }>('POST', `${path}/proposals`, { body });
		expect(made.status, JSON.stringify(made.body)).to.equal(status);
		return made.body;
	}

	async function asked(id: string): Promise<SignedProposal> {
		const { deliberations = [] } = await platform.register(library.id);
		return deliberations.find(({ proposal }) => proposal.id === id)!.proposal;
	}

	/** A branch says something more, and its home tells it. */
	async function say(slug: string, more: Partial<RosterWords>): Promise<void> {
		const known = words.get(slug)!;
		const said = {
			voices: [...known.voices, ...(more.voices ?? [])],
			replies: [...known.replies, ...(more.replies ?? [])],
			withdrawals: [...known.withdrawals, ...(more.withdrawals ?? [])],
		};
		words.set(slug, said);
		const status = platform.home.statusOf(ids.get(slug)!, { roster_words: said });
		const told = await platform.home.report(platform.url, [status]);
		expect(told.status, told.body).to.equal(204);
		await platform.settle();
	}

	async function voice(slug: string, id: string, said: 'yes' | 'no' = 'yes'): Promise<void> {
		const at = platform.clock.now();
		const about = { domain: domainOf(slug), voice: said, reason: 'We know them well.', at };
		await say(slug, { voices: [signVoice(await asked(id), about, keyOf(slug))] });
	}

	const shown = async (id: string) =>
		(await platform.api<{ items: ShownProposal[] }>('GET', `${path}/proposals`)).body.items.find(
			(one) => one.id === id,
		)!;

	it('the steward decides until its charter says otherwise, and whoever stands there signs the new one', async () => {
		expect((await propose('expel', 'capitol', 409)) as object).to.include({ code: 'steward_decides' });
		const wrong = { changes: { ...USUAL_MEMBERS_DECIDE, share: [1, 3] } };
		expect((await platform.api('PATCH', path, { body: wrong })).status).to.equal(422);
		const body = { changes: USUAL_MEMBERS_DECIDE };
		expect((await platform.api('PATCH', path, { body })).status).to.equal(200);
		expect(await members()).to.deep.equal(['albina', 'belmont', 'capitol']);
		expect(held.charter.changes).to.deep.equal(USUAL_MEMBERS_DECIDE);
		expect(held.founders!.map(({ domain }) => domain)).to.deep.equal(
			held.members.map(({ domain }) => domain),
		);
	});

	it('a new branch agrees, and waits until the members let it in', async () => {
		await add('dover');
		expect(await members()).not.to.include('dover');
		const { body } = await platform.api<{ conditions: { type: string; reason: string }[] }>(
			'GET',
			`${BRANCHES}/dover`,
		);
		const told = body.conditions.find(({ type }) => type === 'Neighborly');
		expect(told).to.include({ reason: 'WaitsForMembers' });

		const { id } = await propose('admit', 'dover');
		expect((await propose('admit', 'dover', 409)) as object).to.include({ code: 'already_proposed' });
		await voice('albina', id);
		await voice('belmont', id);
		await voice('dover', id);
		expect(await members()).not.to.include('dover');
		expect((await shown(id)).voices.map(({ domain }) => domain)).to.deep.equal([
			domainOf('albina'),
			domainOf('belmont'),
		]);
		expect((await shown(id)).unanswered.map(({ domain }) => domain)).to.deep.equal([domainOf('capitol')]);
		await voice('capitol', id, 'no');
		expect((await shown(id)).unanswered).to.deep.equal([]);
		expect(await members()).to.include('dover');
		expect(await shown(id)).to.include({ carried: true });
		expect((await shown(id)).voices).to.have.length(3);
	});

	it('whom it is about is told a day before, answers, and stays when too few want it gone', async () => {
		const { id, opened } = await propose('expel', 'capitol');
		expect(opened).to.equal(platform.clock.now() + DAY);
		const text = 'We have a new host since Monday.';
		const reply = signReply(await asked(id), { text, at: platform.clock.now() }, keyOf('capitol'));
		await say('capitol', { replies: [reply] });
		expect((await shown(id)).reply).to.equal(text);
		await voice('albina', id);
		expect((await shown(id)).voices).to.deep.equal([]);
		platform.clock.advance(2 * DAY);
		await voice('albina', id);
		platform.clock.advance(14 * DAY);
		await platform.restart();
		expect(await members()).to.include('capitol');
		expect(await shown(id)).to.include({ carried: false, reply: text });
		expect(held.history!.at(-1)).to.have.nested.property('reply.text', text);
	});

	it('two things asked at once are decided one after the other; who was put out has no voice in the second', async () => {
		const { id: out } = await propose('expel', 'dover');
		await add('estacada');
		const { id: in_ } = await propose('admit', 'estacada');
		platform.clock.advance(2 * DAY);
		await voice('dover', in_, 'no');
		await voice('albina', in_);
		for (const slug of ['albina', 'belmont', 'capitol']) await voice(slug, out);
		expect(await members()).not.to.include('dover');
		await voice('belmont', in_);
		expect((await shown(in_)).voices.map(({ domain }) => domain)).not.to.include(domainOf('dover'));
		await voice('capitol', in_, 'no');
		expect(await members()).to.deep.equal(['albina', 'belmont', 'capitol', 'estacada']);
	});

	it('a member leaves by its own word, which the roster shows', async () => {
		const { id } = await platform.api<{ id: string }>('GET', path).then(({ body }) => body);
		const since = held.members.find(({ domain }) => domain === domainOf('estacada'))!.consent.since;
		const said = { neighborhood: id, domain: domainOf('estacada'), since, at: platform.clock.now() };
		await say('estacada', { withdrawals: [signWithdrawal(said, keyOf('estacada'))] });
		expect(await members()).to.deep.equal(['albina', 'belmont', 'capitol']);
		await platform.restart();
		expect(await members()).to.deep.equal(['albina', 'belmont', 'capitol']);
	});

	it('a list is proposed once at a time, by its address and a name, and leaves everybody where they stand', async () => {
		const list = { kind: 'follow_list', domain: 'https://Lists.example', name: 'Kept away by many' };
		const post = (more: object) =>
			platform.api<ShownProposal & { code: string; errors: { field: string }[] }>(
				'POST',
				`${path}/proposals`,
				{ body: { ...list, reason: 'All of us look for the same servers.', ...more } },
			);
		for (const domain of ['lists.example', 'ftp://lists.example/', 'https://a:b@lists.example/']) {
			expect((await post({ domain })).status, domain).to.equal(422);
		}
		expect((await post({ name: ' ' })).status).to.equal(422);
		expect((await post({ name: 'x'.repeat(61) })).status).to.equal(422);
		const made = await post({});
		expect(made.status, JSON.stringify(made.body)).to.equal(201);
		expect(made.body.domain).to.equal('https://lists.example/');
		expect((await post({ domain: 'https://lists.example/' })).body.code).to.equal('already_proposed');
		for (const slug of ['albina', 'belmont', 'capitol']) await voice(slug, made.body.id);
		expect(await members()).to.deep.equal(['albina', 'belmont', 'capitol']);
		expect(await shown(made.body.id)).to.include({ carried: true, reply: null });
		expect(held.history!.at(-1)).to.have.nested.property('proposal.domain', 'https://lists.example/');
		await platform.restart();
		expect(await members()).to.deep.equal(['albina', 'belmont', 'capitol']);
	});

	it('a member that cannot wait is suspended for seven days at most, and not again at once', async () => {
		const now = platform.clock.now();
		const suspend = (until: number) =>
			platform.api<{ code: string }>('POST', `${path}/suspensions`, {
				body: { domain: domainOf('capitol'), reason: 'Its server sends spam.', until },
			});
		expect((await suspend(now + 8 * DAY)).status).to.equal(422);
		expect((await suspend(now + 7 * DAY)).status).to.equal(201);
		expect(await members()).to.include('capitol');
		expect(held.suspensions![0]).to.include({ domain: domainOf('capitol'), until: now + 7 * DAY });
		platform.clock.advance(8 * DAY);
		expect((await suspend(platform.clock.now() + DAY)).body.code).to.equal('suspended_lately');
	});

	it('refuses words in no form, and keeps nothing of them', async () => {
		const status = platform.home.statusOf(ids.get('albina')!, {
			roster_words: { voices: [{ voice: 'yes' }] } as never,
		});
		const told = await platform.home.report(platform.url, [status]);
		expect(told.status).to.be.within(400, 499);
	});
});
