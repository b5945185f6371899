import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { create } from '../../packages/town/src/test-town.ts';
import { call } from './api.ts';
import { Visitor } from './visitor.ts';
import { comeIn, write } from './walk.ts';

describe('a branch with a home of its own', function () {
	this.timeout(120_000);
	let town: Awaited<ReturnType<typeof create>>;
	let data: string;
	const url: Record<string, string> = {};
	const api = (method: string, path: string, body?: object) =>
		call(town.port, method, `/api/v1/libraries/salem${path}`, { token: town.file.adminToken, body });

	before(async () => {
		data = mkdtempSync(join(tmpdir(), 'understory-homes-'));
		town = await create({ sample: true, libraries: ['OR0069'], data });
		const [shared] = town.file.libraries[0]!.branches.filter(({ stage }) => stage === 'open');
		url.shared = shared!.url;
		const made = await api('POST', '/branches', {
			slug: 'bookmobile',
			name: 'Bookmobile',
			address: { street: '585 Liberty St SE', city: 'Salem', region: 'OR', postcode: '97301' },
			home: 'dedicated',
		});
		expect(made.status, JSON.stringify(made.body)).to.equal(202);
		await town.settle();
		const { body: policies } = await api('GET', `/branches/${shared!.slug}`);
		const opened = await api('POST', '/branches/bookmobile/operations', {
			kind: 'open',
			door: {
				host: 'Ana',
				place: 'the step at the back',
				hours: [{ weekday: 1, from: 600, to: 1080 }],
				deputy: 'Lee',
				phone: null,
			},
			policies: policies.policies,
			appeal_partner: 'The host of the main library',
		});
		expect(opened.status, JSON.stringify(opened.body)).to.equal(202);
		await town.settle();
		url.own = (await api('GET', '/branches/bookmobile')).body.url;
	});
	after(async () => {
		await town?.close();
		rmSync(data, { recursive: true, force: true });
	});

	it('runs beside the shared one, with nobody else in it', async () => {
		const { body } = await api('GET', '/branches/bookmobile');
		expect(body.home.kind).to.equal('dedicated');
		expect([...town.roles.homes.keys()]).to.deep.equal(['home-1', body.home.name]);
		const holds = (name: string, origin: string) =>
			town.roles.homes.get(name)!.answersFor(new URL(origin).host);
		expect(holds(body.home.name, url.own!)).to.equal(true);
		expect(holds(body.home.name, url.shared!)).to.equal(false);
		expect(holds('home-1', url.own!)).to.equal(false);
	});

	it('its people post to their neighborhood, and the post crosses from home to home', async () => {
		const deck = town.catalogues.get('salem')!.deck;
		const [june, teo] = deck.filter(
			({ role, state, kind }) => role === 'patron' && state === 'good' && kind === 'adult',
		);
		const onBus = new Visitor(town.port);
		await comeIn(onBus, url.own!, june!, 'June');
		await write(onBus, url.own!, 'The bus stands at the market until six.', 'neighborhood');
		await write(onBus, url.own!, 'Only for those who ride along.', 'branch');
		await town.settle();
		const atDesk = new Visitor(town.port);
		await comeIn(atDesk, url.shared!, teo!, 'Teo');
		const board = await atDesk.open(`${url.shared}/board/neighborhood`);
		expect(board.text).to.include('The bus stands at the market until six.');
		expect(board.text).to.not.include('Only for those who ride along.');
	});

	it('a host name that no branch has is told so by the town', async () => {
		const strange = new URL(url.own!);
		strange.hostname = strange.hostname.replace('bookmobile', 'nowhere');
		const seen = await new Visitor(town.port).open(strange.href);
		expect(seen.status).to.be.oneOf([404, 421]);
	});

	it('both homes are there again after a restart, and the branch serves what it had', async () => {
		const { port } = town;
		await town.close();
		town = await create({ sample: true, libraries: ['OR0069'], data, port });
		const seen = await new Visitor(town.port).open(`${url.own}/`);
		expect(seen.status).to.equal(200);
		expect(seen.text).to.include('Bookmobile');
	});
});
