import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Visitor } from '../../../test/e2e/visitor.ts';
import { create } from '../src/test-town.ts';

describe('in a town', function () {
	this.timeout(120_000);
	const data = mkdtempSync(join(tmpdir(), 'understory-leaving-'));
	let town: Awaited<ReturnType<typeof create>>;
	before(async () => {
		town = await create({ data, sample: true, libraries: ['OR0069'] });
	});
	after(async () => {
		await town?.close();
		rmSync(data, { recursive: true, force: true });
	});

	it('one press at one branch signs somebody out of every branch they came to with the same card', async () => {
		const library = town.file.libraries[0]!;
		const [first, second] = library.branches.filter(({ stage }) => stage === 'open');
		const { card, pin } = library.demoCards.find(({ role, state }) => role === 'patron' && state === 'good')!;
		const visitor = new Visitor(town.port);
		const cardPage = await visitor.open(`${first!.url}/signin`);
		const welcome = await visitor.send(cardPage, '/sign-in/', { card, pin: pin! });
		await visitor.send(welcome, '/welcome', { name: 'Wren', handle: 'wren', rules: 'yes' });
		const there = await visitor.open(`${second!.url}/signin`);
		expect(there.url).to.equal(`${second!.url}/welcome`);
		await visitor.send(there, '/welcome', { name: 'Wren', handle: 'wren', rules: 'yes' });

		const home = await visitor.open(`${first!.url}/home`);
		const out = await visitor.send(home, '/signout');
		expect(out.url).to.equal(`${first!.url}/`);
		expect(out.text).to.include('Sign in');
		expect((await visitor.open(`${second!.url}/home`)).status).to.equal(401);
		const again = await visitor.open(`${second!.url}/signin`);
		expect(again.url).to.include('/sign-in/');
	});
});
