import { dateIn, isZone, weekMinuteIn, yearIn } from '@understory/core/calendar.ts';
import { expect } from 'chai';

describe('dates in the zone of a library', () => {
	const newYear = Date.UTC(2027, 0, 1, 3, 30);

	it('the year of the log is the year on the wall of the library', () => {
		expect(yearIn('America/Los_Angeles', newYear)).to.equal(2026);
		expect(yearIn('Europe/Berlin', newYear)).to.equal(2027);
		expect(dateIn('America/Los_Angeles', newYear)).to.equal('2026-12-31');
	});

	it('the hours of a door follow daylight saving', () => {
		expect(weekMinuteIn('America/Los_Angeles', Date.UTC(2026, 10, 1, 8, 30))).to.deep.equal({
			weekday: 0,
			minute: 90,
		});
		expect(weekMinuteIn('America/Los_Angeles', Date.UTC(2026, 10, 1, 9, 30))).to.deep.equal({
			weekday: 0,
			minute: 90,
		});
	});

	it('a zone nobody knows is told from one that is known', () => {
		expect(isZone('America/Los_Angeles')).to.equal(true);
		expect(isZone('Multnomah/Belmont')).to.equal(false);
	});
});
