import { randomUUID } from 'node:crypto';
import { createApiClient } from '@understory/api-client/client.ts';
import { sendByFetch } from '@understory/api-client/send.ts';
import { runCommand } from '@understory/cli/program.ts';
import { expect } from 'chai';
import { create } from '../../packages/town/src/test-town.ts';
import { call } from './api.ts';
import { Visitor } from './visitor.ts';
import { type Card, comeIn, signIn, write } from './walk.ts';

type TestTown = Awaited<ReturnType<typeof create>>;

/** Two libraries share a team: somebody of one moderates at a branch of the other, signed in with a card of that one. */
describe('a team of two libraries', function () {
	this.timeout(120_000);
	let town: TestTown;
	let [home, other] = [] as unknown as [
		TestTown['file']['libraries'][number],
		TestTown['file']['libraries'][number],
	];
	let branch: { slug: string; url: string };
	let second: { url: string };
	let cards: Card[];
	let host: Card;
	let [team, member, matter] = ['', '', ''];
	const mo = () => new Visitor(town.port);
	const as = (library: { slug: string }, method: string, path: string, body?: object) =>
		call(town.port, method, `/api/v1/libraries/${library.slug}${path}`, {
			token: town.file.adminToken,
			...(body ? { body } : {}),
		});

	before(async () => {
		town = await create({ sample: true, libraries: ['OR0063', 'OR0069'] });
		[other, home] = [town.file.libraries[0]!, town.file.libraries[1]!];
		const open = other.branches.filter(({ stage }) => stage === 'open');
		[branch, second] = [open[0]!, open[1]!];
		const good = other.demoCards.filter(({ state }) => state === 'good');
		cards = good.filter(({ role }) => role === 'patron').map(({ card, pin }) => ({ card, pin }));
		host = good.find((one) => one.role === 'host' && one.branch === branch.slug)!;
		const made = await as(home, 'POST', '/teams', { name: 'The river team' });
		team = made.body.id;
		member = (await as(home, 'POST', `/teams/${team}/members`, { name: 'Mo Lind' })).body.members[0].id;
		await as(home, 'POST', `/teams/${team}/libraries`, { library: other.slug });
	});
	after(() => town?.close());

	it('lets nobody in before the other library agreed, and invited them', async () => {
		const early = await as(other, 'POST', `/teams/${team}/members/${member}/invitations`);
		expect(early.status).to.equal(409);
		const agreed = await as(other, 'PUT', `/teams/${team}/agreement`, { branches: [branch.slug] });
		expect(agreed.status, JSON.stringify(agreed.body)).to.equal(200);
		const { url } = (await as(other, 'POST', `/teams/${team}/members/${member}/invitations`)).body;
		const visitor = mo();
		const page = await visitor.open(url);
		const accepted = await visitor.send(page, '/invitation/', { ...cards[0]! });
		expect(accepted.status, accepted.text).to.equal(200);
		await town.settle();
	});

	it('tells everybody at that branch who can read there, and from where', async () => {
		const { text } = await mo().open(`${branch.url}/who-can-see`);
		expect(text)
			.to.contain(`Mo Lind (of ${home.name}, in the team The river team)`)
			.and.contain(`People of ${home.name} can read here`);
		expect((await mo().open(`${second.url}/who-can-see`)).text).not.to.contain('Mo Lind');
	});

	it('is handed a matter by the host, and takes it with a card of the other library', async () => {
		const ana = mo();
		await comeIn(ana, branch.url, cards[1]!, 'Ana Moreau');
		await write(ana, branch.url, 'Watches, nearly new, very cheap');
		const june = mo();
		await signIn(june, branch.url, host);
		const [, post] = /\/staff\/posts\/(\d+)\/decide/.exec((await june.open(`${branch.url}/staff`)).html)!;
		const ben = mo();
		await comeIn(ben, branch.url, cards[2]!, 'Ben Moreau');
		const form = await ben.open(`${branch.url}/posts/${post}/report`);
		await ben.send(form, `/posts/${post}/report`, { words: 'It is advertising.', concern: 'spam' });
		[matter] = /\/staff\/reports\/\d+/.exec((await june.open(`${branch.url}/staff/reports`)).html)!;
		const page = await june.open(branch.url + matter);
		expect(page.text).to.contain(`Mo Lind (${home.name})`);
		await june.send(page, matter, { do: 'hand_over' });
		const visitor = mo();
		await comeIn(visitor, branch.url, cards[0]!, 'Mo Patron');
		expect((await visitor.open(`${branch.url}/staff`)).text).to.contain('One waits for the team');
		await visitor.send(await visitor.open(branch.url + matter), matter, { do: 'take' });
		expect((await june.open(`${branch.url}/staff/handed`)).text).to.contain(
			`Taken by: Mo Lind (${home.name})`,
		);
	});

	it('has what waits at the branches of both libraries on one list, with a link to each, and library IT has numbers', async () => {
		const { url } = (await as(home, 'POST', `/teams/${team}/members/${member}/invitations`)).body;
		const own = home.demoCards.find(({ state, role }) => state === 'good' && role === 'patron')!;
		const visitor = mo();
		await visitor.send(await visitor.open(url), '/invitation/', { card: own.card, pin: own.pin });
		await town.settle();
		const near = home.branches.find(({ stage }) => stage === 'open')!;
		await comeIn(visitor, near.url, own, 'Mo At Home');
		const list = await visitor.open(`${near.url}/staff/team`);
		expect(list.status, list.text.slice(0, 300)).to.equal(200);
		expect(list.text)
			.to.contain('Something was reported')
			.and.contain(other.name)
			.and.contain('Somebody has it.')
			.and.not.contain('Watches');
		expect(list.html).not.to.contain(new URL(second.url).host);
		expect((await visitor.open(`${near.url}/staff`)).text).to.contain('One in all, over all your branches.');
		const [link] = list.html.match(/http[^"]*\/staff\/team\/[\w-]+/)!;
		expect(new URL(link).host).to.equal(new URL(branch.url).host);
		const there = mo();
		await signIn(there, branch.url, cards[0]!);
		expect((await there.open(link)).url).to.equal(branch.url + matter);
		const counted = await as(other, 'GET', `/teams/${team}/waiting`);
		const [line] = counted.body.items;
		expect(counted.body.items).to.have.length(1);
		expect(line).to.include({ branch: branch.slug, total: 1, emergencies: 0, free: 0, silent: false });
		let out = '';
		await runCommand(['team', 'waiting', other.slug, team], {
			config: { url: town.file.console, token: town.file.adminToken, loginFile: '' },
			out: (text) => {
				out += text;
			},
			say: () => undefined,
			seen: false,
			now: Date.now,
			askSecret: async () => '',
			stopped: () => Promise.resolve(),
			file: () => Promise.reject(new Error('no file is read')),
			client: (login) =>
				createApiClient({ ...login, send: sendByFetch, randomId: randomUUID, wait: () => town.settle() }),
		});
		expect(out).to.match(new RegExp(`^BRANCH.*\\n${branch.slug} +1 +0 +0 +0 `));
	});

	it('has no way in to a branch that was not agreed to, nor to the desk of the card pages', async () => {
		const visitor = mo();
		await comeIn(visitor, second.url, cards[0]!, 'Mo Elsewhere');
		expect((await visitor.open(`${second.url}/staff`)).status).to.equal(403);
		expect((await visitor.open(`${other.signIn}/desk`)).status).to.be.oneOf([403, 404]);
	});

	it('ends when one of the libraries says so: what they had is free again, and they are out', async () => {
		expect((await as(other, 'DELETE', `/teams/${team}/libraries/${other.slug}`)).status).to.equal(204);
		await town.settle();
		const june = mo();
		await signIn(june, branch.url, host);
		expect((await june.open(branch.url + matter)).text).to.contain('has no role here any more');
		const visitor = mo();
		await signIn(visitor, branch.url, cards[0]!);
		expect((await visitor.open(`${branch.url}/staff`)).status).to.equal(403);
		expect((await mo().open(`${branch.url}/who-can-see`)).text).not.to.contain('Mo Lind');
	});
});
