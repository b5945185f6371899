import { addWorkingDays, dateIn, isZone, momentIn, weekMinuteIn, yearIn } from '@understory/core/calendar.ts';
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

describe('working days', () => {
	it('leave out Saturdays and Sundays, over the ends of months and years', () => {
		for (const [from, days, to] of [
			['2026-10-08', 1, '2026-10-09'],
			['2026-10-09', 1, '2026-10-12'],
			['2026-10-10', 1, '2026-10-12'],
			['2026-12-31', 5, '2027-01-07'],
			['2026-10-08', 0, '2026-10-08'],
		] as const)
			expect(addWorkingDays(from, days)).to.equal(to);
	});
});

describe('the moment a clock on the wall shows', () => {
	const zone = 'America/Los_Angeles';

	it('follows the zone, winter and summer', () => {
		expect(momentIn(zone, '2026-01-15', '17:00')).to.equal(Date.UTC(2026, 0, 16, 1));
		expect(momentIn(zone, '2026-07-15', '17:00')).to.equal(Date.UTC(2026, 6, 16, 0));
		expect(momentIn('Asia/Kathmandu', '2026-01-15', '00:00')).to.equal(Date.UTC(2026, 0, 14, 18, 15));
	});

	it('an hour that comes twice is the first of the two, and one that is left out is the hour after', () => {
		expect(momentIn(zone, '2026-11-01', '01:30')).to.equal(Date.UTC(2026, 10, 1, 8, 30));
		expect(momentIn(zone, '2026-03-08', '02:30')).to.equal(Date.UTC(2026, 2, 8, 10, 30));
	});

	it('shows on that wall what was asked for, on every day of a year', () => {
		for (let day = 0; day < 365; day += 1) {
			const date = new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
			const at = momentIn(zone, date, '12:34')!;
			expect([dateIn(zone, at), weekMinuteIn(zone, at).minute]).to.deep.equal([date, 12 * 60 + 34]);
		}
	});

	it('is nothing for what is no day or no hour', () => {
		for (const [date, time] of [
			['2026-02-30', '10:00'],
			['2026-13-01', '10:00'],
			['26-01-01', '10:00'],
			['2026-01-01', '24:00'],
			['2026-01-01', '9:00'],
			['', ''],
		] as const)
			expect(momentIn(zone, date, time)).to.equal(null);
	});
});
