import { stoppedClock } from '@understory/core/clock.ts';
import { expect } from 'chai';
import { create } from '../../packages/town/src/test-town.ts';
import { call } from './api.ts';
import { type Seen, Visitor } from './visitor.ts';
import { type Card, comeIn, signIn, write } from './walk.ts';

type TestTown = Awaited<ReturnType<typeof create>>;

const DAY = 86_400_000;
const REASON = 'They followed two people from branch to branch, on two days.';

describe('a panel and somebody it keeps on the porch', function () {
	this.timeout(120_000);
	const clock = stoppedClock(Date.now());
	let town: TestTown;
	let open: { slug: string; url: string }[];
	let cardHost = '';
	let named = '';
	let patrons: Card[];
	let host: Card;
	let teo: Visitor;
	const invitations: string[] = [];
	const panel = new Map<'ana' | 'ben', { card: Card; visitor: Visitor }>();
	const nobody = () => new Visitor(town.port);
	const api = (method: string, path: string, body?: object) =>
		call(town.port, method, `/api/v1/libraries/${town.file.libraries[0]!.slug}${path}`, {
			token: town.file.adminToken,
			...(body ? { body } : {}),
		});
	const nextOn = (page: Seen) => /href="([^"]+\/auth\/[^"]+)"/.exec(page.html)?.[1];
	const day = (ahead: number) =>
		new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Los_Angeles' }).format(clock.now() + ahead * DAY);
	/** A page of the card host by somebody's own card, which is asked for again after a while. */
	async function at(path: string, { card, visitor }: { card: Card; visitor: Visitor }): Promise<Seen> {
		const asked = await visitor.open(`${cardHost}${path}`);
		if (!asked.url.includes('/sign-in/')) return asked;
		const told = await visitor.send(asked, '/sign-in/', { ...card });
		if (nextOn(told)) await visitor.open(nextOn(told)!);
		return visitor.open(`${cardHost}${path}`);
	}
	/** Somebody signs in at a branch, and goes on from what the library has to tell them. */
	async function arrive(visitor: Visitor, branch: string, card: Card): Promise<{ told: Seen; page: Seen }> {
		const told = await signIn(visitor, branch, card);
		return { told, page: nextOn(told) ? await visitor.open(nextOn(told)!) : told };
	}

	before(async () => {
		town = await create({ sample: true, libraries: ['OR0063'], clock });
		const library = town.file.libraries[0]!;
		cardHost = library.signIn;
		open = library.branches.filter(({ stage }) => stage === 'open');
		const good = library.demoCards.filter(({ state }) => state === 'good');
		patrons = good.filter(({ role }) => role === 'patron').map(({ card, pin }) => ({ card, pin }));
		host = good.find(({ role, branch }) => role === 'host' && branch === open[0]!.slug)!;
		teo = nobody();
	});
	after(() => town?.close());

	it('library IT invites two, without a name or an e-mail', async () => {
		for (const _member of ['ana', 'ben']) {
			const made = await api('POST', '/invitations', { role: 'panel', until: day(365) });
			expect(made.status, JSON.stringify(made.body)).to.equal(201);
			invitations.push(made.body.url);
		}
		expect((await api('GET', '/invitations')).body.items).to.have.length(2);
	});

	it('they accept with their own cards, and one alone can decide nothing', async () => {
		for (const [n, name] of (['ana', 'ben'] as const).entries()) {
			const member = { card: patrons[n]!, visitor: nobody() };
			const page = await member.visitor.open(invitations[n]!);
			const accepted = await member.visitor.send(page, '/invitation/', { ...member.card });
			expect(accepted.text).to.contain('You are on the library’s panel');
			expect(accepted.html).to.contain('href="/desk/panel"');
			panel.set(name, member);
			await town.settle();
			const own = await at('/desk/panel', member);
			expect(own.status, own.text).to.equal(200);
			expect(own.text.includes('You are the only one on the panel'), name).to.equal(n === 0);
		}
		const { items } = (await api('GET', '/staff')).body;
		expect(items.filter(({ role }: { role: string }) => role === 'panel')).to.have.length(2);
	});

	it('a place on it opens no branch’s staff pages', async () => {
		const visitor = nobody();
		await comeIn(visitor, open[0]!.url, panel.get('ana')!.card, 'Ana Moreau');
		expect((await visitor.open(`${open[0]!.url}/staff`)).status).to.equal(403);
		expect((await nobody().open(`${open[0]!.url}/who-can-see`)).text).to.not.contain('Panel');
	});

	it('a host finds the name to give them where they decide', async () => {
		await comeIn(teo, open[0]!.url, patrons[2]!, 'Teo Halvorsen');
		await comeIn(nobody(), open[1]!.url, patrons[2]!, 'Teo Halvorsen');
		const post = await write(teo, open[0]!.url, 'I know where you live.');
		const june = nobody();
		await signIn(june, open[0]!.url, host);
		const id = /\/@[\w]+\/(\d+)/.exec(post.url)?.[1] ?? /\/posts\/(\d+)/.exec(post.html)![1]!;
		const decide = await june.open(`${open[0]!.url}/staff/posts/${id}/decide`);
		expect(decide.status, decide.text).to.equal(200);
		named = /[a-z0-9-]+\/[a-z2-7]{26}/.exec(decide.text)![0];
	});

	it('one proposes, and only the other can confirm', async () => {
		const ana = panel.get('ana')!;
		const page = await at('/desk/panel', ana);
		const ground = /<option value="([^"]+\/[^"]+)"/.exec(page.html)![1]!;
		const appeal = 'Dana Ruiz, library board, 503 555 0100';
		const proposed = await ana.visitor.send(page, '/desk/panel/propose', {
			named,
			ground,
			from: day(0),
			until: day(2),
			reason: REASON,
			appeal,
		});
		expect(proposed.text).to.contain('somebody else of the panel confirms it');
		expect((await arrive(nobody(), open[1]!.url, patrons[2]!)).page.url).to.contain('/home');
		const ben = panel.get('ben')!;
		const confirmed = await ben.visitor.send(await at('/desk/panel', ben), '/desk/panel/confirm');
		expect(confirmed.status, confirmed.text).to.equal(200);
		expect((await nobody().open(`${cardHost}/restrictions`)).text).to.contain('In force');
	});

	it('the person reads why, is on the porch of a branch they were in, and joins no other', async () => {
		const { told, page } = await arrive(nobody(), open[1]!.url, patrons[2]!);
		expect(told.text).to.contain(REASON);
		expect(new URL(page.url).pathname, page.text).to.equal('/porch');
		const visitor = nobody();
		const third = await arrive(visitor, open[2]!.url, patrons[2]!);
		expect(new URL(third.page.url).pathname).to.not.equal('/welcome');
		expect((await visitor.open(`${open[2]!.url}/home`)).text).to.not.contain('Teo');
	});

	it('it does not end with their sign-in', async () => {
		const visitor = nobody();
		const own = await at('/you', { card: patrons[2]!, visitor });
		expect(own.text).to.contain('A restriction stays until its end');
		await visitor.send(own, '/you/delete', { sure: 'yes' });
		const { told } = await arrive(nobody(), open[2]!.url, patrons[2]!);
		expect(told.text).to.contain(REASON);
	});

	it('it ends by its date, and they come in like anybody', async () => {
		clock.advance(3 * DAY);
		await town.settle();
		const { told, page } = await arrive(nobody(), open[2]!.url, patrons[2]!);
		expect(told.text).to.not.contain(REASON);
		expect(new URL(page.url).pathname).to.equal('/welcome');
		expect((await nobody().open(`${cardHost}/restrictions`)).text).to.contain('Over');
	});

	it('whoever is taken off the panel has no way in to it any more', async () => {
		const { items } = (await api('GET', '/staff')).body as { items: { id: string; role: string }[] };
		for (const { id } of items.filter(({ role }) => role === 'panel'))
			expect((await api('DELETE', `/staff/${id}`)).status).to.equal(204);
		await town.settle();
		for (const member of panel.values()) expect((await at('/desk/panel', member)).status).to.equal(404);
	});
});
