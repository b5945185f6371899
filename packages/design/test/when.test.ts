import { dateInWords, daysAgo, keptFormats, timeInWords } from '@understory/design/when.ts';
import { expect } from 'chai';

describe('dates with formatters that are kept', () => {
	it('read as with new ones, in each language and zone, whoever was served before', () => {
		const formats = keptFormats();
		const at = Date.UTC(2026, 0, 1, 3, 30);
		for (const zone of ['America/Los_Angeles', 'America/New_York', 'UTC', 'America/Los_Angeles']) {
			for (const language of ['en', 'es']) {
				const how = { language, zone, now: at + 86_400_000 };
				expect(dateInWords(at, how, formats)).to.equal(dateInWords(at, how));
				expect(timeInWords(at, how, formats)).to.equal(timeInWords(at, how));
				expect(daysAgo(at, how, formats)).to.equal(daysAgo(at, how));
			}
		}
		expect(timeInWords(at, { language: 'en', zone: 'America/New_York' }, formats)).to.equal('10:30 pm');
	});
});
