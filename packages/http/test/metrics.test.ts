import { tmpdir } from 'node:os';
import { expect } from 'chai';
import { addCounter, addDisk, addGauge, addReadiness, createMetrics } from '../src/metrics.ts';
import { told } from './told.ts';

describe('what a role tells whoever watches over it', () => {
	it('a number that cannot be read is left out, and is no zero; the others are told', async () => {
		const metrics = createMetrics('provisioner');
		let away = false;
		const read = (value: number) => () => {
			if (away) throw new Error('the database is away');
			return value;
		};
		addGauge(metrics, { name: 'understory_a', help: 'a' }, read(3));
		addGauge(metrics, { name: 'understory_b', help: 'b', labels: ['kind'] }, async () => [
			[{ kind: 'x' }, await Promise.resolve().then(read(4))],
		]);
		addGauge(metrics, { name: 'understory_c', help: 'c' }, () => 5);
		expect(await metrics.metrics()).to.include('understory_a{role="provisioner"} 3');
		expect(await told(metrics, 'understory_b', { kind: 'x' })).to.equal(4);
		away = true;
		const text = await metrics.metrics();
		expect(text).to.match(/^understory_c\{role="provisioner"\} 5$/m);
		expect(text).not.to.match(/^understory_[ab]\b/m);
	});

	it('what is not there any more is not told any more', async () => {
		const metrics = createMetrics('provisioner');
		let kinds = ['x', 'y'];
		addGauge(metrics, { name: 'understory_a', help: 'a', labels: ['kind'] }, () =>
			kinds.map((kind) => [{ kind }, 1]),
		);
		expect(await told(metrics, 'understory_a', { kind: 'y' })).to.equal(1);
		kinds = ['x'];
		expect(await told(metrics, 'understory_a', { kind: 'y' })).to.equal(undefined);
	});

	it('a counter begins at 0 for everything it can count, so that a first time is seen as one', async () => {
		const metrics = createMetrics('provisioner');
		const asked = addCounter(metrics, { name: 'understory_asks_total', help: 'a', labels: ['answer'] }, [
			'yes',
			'no',
		]);
		asked('no');
		expect(await told(metrics, 'understory_asks_total', { answer: 'yes' })).to.equal(0);
		expect(await told(metrics, 'understory_asks_total', { answer: 'no' })).to.equal(1);
	});

	it('says which part it waits for, whether that says no or breaks', async () => {
		const metrics = createMetrics('home');
		addReadiness(metrics, {
			database: () => Promise.reject(new Error('away')),
			registers: () => false,
			enrolment: () => true,
		});
		const waits = (part: string) => told(metrics, 'understory_waits_for', { part });
		expect([await waits('database'), await waits('registers'), await waits('enrolment')]).to.deep.equal([
			1, 1, 0,
		]);
	});

	it('says how much room there is, and nothing of a folder that is not there', async () => {
		const metrics = createMetrics('home');
		addDisk(metrics, tmpdir());
		const [free, size] = [
			await told(metrics, 'understory_data_free_bytes'),
			await told(metrics, 'understory_data_size_bytes'),
		];
		expect(free).to.be.greaterThan(0);
		expect(size).to.be.at.least(free!);
		const gone = createMetrics('home');
		addDisk(gone, '/nowhere/at/all');
		expect(await told(gone, 'understory_data_free_bytes')).to.equal(undefined);
	});
});
