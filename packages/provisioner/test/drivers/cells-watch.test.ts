import { PublicError } from '@understory/core/errors.ts';
import { expect } from 'chai';
import { createCellsDriver } from '../../src/drivers/cells.ts';
import type { HomeDriver, HomeWatch } from '../../src/drivers/driver.ts';

describe('a watch of homes over all cells', () => {
	/** Who listens to which cluster. */
	let listening: Map<string, (home: string) => void>;
	let heard: string[];
	let lost: boolean;
	const clusterOf = (name: string): HomeDriver => ({
		observe: async () => ({ state: 'Running' }),
		start: async () => undefined,
		stop: async () => undefined,
		watch(changed): HomeWatch {
			listening.set(name, changed);
			return { close: async () => void listening.delete(name) };
		},
	});
	const driver = () =>
		createCellsDriver({
			first: clusterOf('first'),
			cellOf: async (home) => (home === 'home-1' ? null : 'east'),
			async open(cell) {
				if (lost) throw new PublicError(502, 'kubeconfig', 'There is no such file.');
				return clusterOf(cell);
			},
		});
	beforeEach(() => {
		listening = new Map();
		heard = [];
		lost = false;
	});
	const listen = (all: HomeDriver) => all.watch!((home) => heard.push(home));

	for (const when of ['before', 'after'])
		it(`hears of a cell whose homes were asked about ${when} it began`, async () => {
			const all = driver();
			if (when === 'before') await all.observe('home-2');
			const watch = listen(all);
			await all.observe('home-2');
			listening.get('first')!('home-1');
			listening.get('east')!('home-2');
			expect(heard).to.deep.equal(['home-1', 'home-2']);
			await watch.close();
			expect(listening).to.have.property('size', 0);
			await all.observe('home-2');
			expect(listening).to.have.property('size', 0);
		});

	it('a cell that cannot be reached keeps nobody from hearing of the others, and is heard of when it can be', async () => {
		const all = driver();
		lost = true;
		const watch = listen(all);
		const said = await all.observe('home-2').catch((error: Error) => error.message);
		expect(said).to.equal('There is no such file.');
		expect([...listening.keys()]).to.deep.equal(['first']);
		lost = false;
		await all.observe('home-2');
		expect([...listening.keys()]).to.deep.equal(['first', 'east']);
		await watch.close();
	});

	it('a cell that was taken away is heard of no more', async () => {
		const all = driver();
		const watch = listen(all);
		await all.observe('home-2');
		all.close('east');
		expect([...listening.keys()]).to.deep.equal(['first']);
		await watch.close();
	});
});
