import { expect } from 'chai';
import { create } from '../../packages/town/src/test-town.ts';
import { type ApiAnswer, call } from './api.ts';
import { Visitor } from './visitor.ts';
import { type Card, comeIn, write } from './walk.ts';

type Branch = { readonly slug: string; readonly url: string };

/** One branch gets another name, one beside it is its neighbor; somebody there follows somebody who moves. */
describe('a branch that gets another name, in a town', function () {
	this.timeout(120_000);
	let town: Awaited<ReturnType<typeof create>>;
	let [old, near] = [] as unknown as [Branch, Branch];
	let made: Branch;
	let library: string;
	const ana = () => visitors.ana;
	const ben = () => visitors.ben;
	let visitors: { ana: Visitor; ben: Visitor };
	let cards: Card[];
	const api = (method: string, path: string, body?: object): Promise<ApiAnswer> =>
		call(town.port, method, `/api/v1${path}`, { token: town.file.adminToken, ...(body && { body }) });
	async function operate(slug: string, body: object): Promise<void> {
		const begun = await api('POST', `/libraries/${library}/branches/${slug}/operations`, body);
		expect(begun.status, JSON.stringify(begun.body)).to.equal(202);
		// A copy takes a home as long as it takes, and is asked about in between.
		for (let ended = begun.body; ; ) {
			await town.settle();
			ended = (await api('GET', `/operations/${begun.body.id}`)).body;
			if (ended.state === 'running') continue;
			expect(ended.state, JSON.stringify(ended)).to.equal('done');
			return;
		}
	}
	const hostOf = ({ url }: Branch) => new URL(url).host;
	const asked = (branch: Branch, path: string, accept: string) =>
		call(town.port, 'GET', path, { host: hostOf(branch), headers: { accept } });
	const finger = (handle: string) =>
		asked(old, `/.well-known/webfinger?resource=acct:${handle}@${hostOf(old)}`, 'application/jrd+json');

	before(async () => {
		town = await create({ sample: true, libraries: ['OR0069'] });
		const [sample] = town.file.libraries;
		library = sample!.slug;
		const open = sample!.branches.filter(({ stage }) => stage === 'open');
		expect(open.length).to.be.at.least(2);
		[old, near] = [open[0]!, open[1]!];
		cards = sample!.demoCards.filter(({ state, role }) => state === 'good' && role === 'patron');
		visitors = { ana: new Visitor(town.port), ben: new Visitor(town.port) };
		await comeIn(ana(), old.url, cards[0]!, 'Ana Moreau');
		await comeIn(ben(), near.url, cards[1]!, 'Ben Moreau');
		const found = await ben().open(
			`${near.url}/find?address=${encodeURIComponent(`@ana_moreau@${hostOf(old)}`)}`,
		);
		await ben().send(found, '/follows');
		await town.settle();
	});
	after(() => town?.close());

	it('the new one stands in the neighborhood beside the old one, with its rules and its hosts', async () => {
		const slug = `${old.slug}-again`;
		await operate(old.slug, { kind: 'rename', slug, name: 'Another Name' });
		const { body } = await api('GET', `/libraries/${library}/branches/${slug}`);
		made = { slug, url: body.url };
		expect(body.stage).to.equal('open');
		const { items } = (await api('GET', '/neighborhoods')).body;
		const members = items[0].members.map(({ domain }: { domain: string }) => domain);
		expect(members).to.include.members([hostOf(old), hostOf(near), hostOf(made)]);
		const rules = async ({ url }: Branch) =>
			(await ana().open(`${url}/rules`)).html.match(/<h[23][^>]*>[^<]+/g);
		expect(await rules(made)).to.deep.equal(await rules(old));
		expect((await ana().open(old.url)).html).to.contain(`href="${made.url}/"`);
	});

	it('its people move by what is prepared, and whoever follows across follows on', async () => {
		// The card page knows her still.
		const welcome = await ana().open(`${made.url}/signin`);
		await ana().send(welcome, '/welcome', { name: 'Ana There', handle: 'ana_there', rules: 'yes' });
		const [, claim] = /href="([^"]*\/you\/move\?from[^"]*)"/.exec(
			(await ana().open(`${old.url}/you/move`)).html,
		)!;
		const said = await ana().send(await ana().open(claim!.replaceAll('&#x3D;', '=')), '/you/aliases');
		const [, finish] = /href="([^"]*\/you\/move\?to[^"]*)"/.exec(said.html)!;
		const done = await ana().send(await ana().open(finish!.replaceAll('&#x3D;', '=')), '/you/move');
		expect(done.text).to.contain(`@ana_there@${hostOf(made)}`);
		await town.settle();
		await write(ana(), made.url, 'The same fern, under another name.', 'neighborhood');
		await town.settle();
		expect((await ben().open(`${near.url}/home`)).text).to.contain('The same fern, under another name.');
	});

	it('closed for good, the old address leads on: whoever moved is found there, and the follow holds', async () => {
		await operate(old.slug, { kind: 'back_up' });
		await operate(old.slug, { kind: 'retire', confirm: old.slug });
		const page = await ben().open(`${old.url}/@nobody`);
		expect(page.status).to.equal(410);
		expect(page.html).to.contain(`href="${made.url}/"`);
		const found = await finger('ana_moreau');
		expect(found.status).to.equal(200);
		const actor = found.body.links.find(({ rel }: { rel: string }) => rel === 'self').href;
		const shown = await asked(old, new URL(actor).pathname, 'application/activity+json');
		expect(shown.body.movedTo).to.contain(made.url);
		expect((await finger('nobody')).status).to.equal(410);
		await write(ana(), made.url, 'Still here.', 'neighborhood');
		await town.settle();
		expect((await ben().open(`${near.url}/home`)).text).to.contain('Still here.');
		const { items } = (await api('GET', '/neighborhoods')).body;
		const members = items[0].members.map(({ domain }: { domain: string }) => domain);
		expect(members).to.include(hostOf(made)).and.not.include(hostOf(old));
	});
});
