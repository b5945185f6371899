import { stoppedClock } from '@understory/core/clock.ts';
import { createIds, ID_EPOCH, idTime, parseId } from '@understory/core/ids.ts';
import { expect } from 'chai';

describe('ids', () => {
	it('grow, even when many are made in one millisecond and the clock steps back', () => {
		const clock = stoppedClock(Date.UTC(2026, 9, 8));
		const ids = createIds(clock);
		const made: number[] = [];
		for (let i = 0; i < 5000; i++) made.push(ids.next());
		clock.advance(-60_000);
		for (let i = 0; i < 10; i++) made.push(ids.next());
		expect(new Set(made).size).to.equal(made.length);
		expect([...made].sort((a, b) => a - b)).to.deep.equal(made);
	});

	it('stay safe integers until 2079', () => {
		expect(Number.isSafeInteger(createIds(stoppedClock(Date.UTC(2079, 0, 1))).next())).to.equal(true);
	});

	it('tell the millisecond they were made in', () => {
		const at = Date.UTC(2026, 9, 8, 12, 30);
		expect(idTime(createIds(stoppedClock(at)).next())).to.equal(at);
	});

	it('go on after the highest one a store already holds', () => {
		const clock = stoppedClock(ID_EPOCH + 1000);
		expect(createIds(clock, 9_000_000_000).next()).to.equal(9_000_000_001);
	});

	it('are read from the wire only when they are plain digits', () => {
		expect(parseId('123')).to.equal(123);
		for (const bad of ['', '0', '01', '-1', '1.5', '1e9', ' 1', '９', '99999999999999999', null, 5, ['1']]) {
			expect(parseId(bad)).to.equal(null);
		}
	});
});
