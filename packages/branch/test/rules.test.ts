import { starterPolicy } from '@understory/core/starter-policy.ts';
import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';

describe('the rules of a branch', () => {
	let bed: Bed;
	before(async () => {
		bed = await createBed(['north', 'south']);
		await bed.settle();
	});
	after(() => bed.close());
	afterEach(() => expect(bed.errors).to.deep.equal([]));

	it('stand on /rules with test, examples and limit, and lead to the version that stays', async () => {
		const { body } = await bed.branch('north').browser().get('/rules');
		for (const { text, test, examples_yes, examples_no } of starterPolicy('x', '2026-01-01').rules) {
			for (const words of [text.en, test.en, examples_yes!.en![0], examples_no!.en![0]]) {
				expect(body.replaceAll('&#x27;', "'")).to.include(words);
			}
		}
		expect(body).to.include('the account is suspended').and.include('/policies/conduct/1"');
	});

	it('are named on /about, in both languages', async () => {
		for (const [language, words] of [
			['en', 'conduct, version 1'],
			['es', 'conduct, versión 1'],
		]) {
			const { body } = await bed.branch('north').browser().get(`/about?lang=${language}`);
			expect(body).to.include(words).and.include('/policies/conduct/1"');
		}
	});

	it('say in which language a rule is shown where it was not translated', async () => {
		const policy = starterPolicy('the board', '2026-01-01');
		const [rule, ...others] = policy.rules;
		const text = { en: rule!.text.en! };
		bed.adopt({ ...policy, version: 2, rules: [{ ...rule!, version: 2, text }, ...others] });
		await bed.settle();
		const { body } = await bed.branch('north').browser().get('/rules?lang=es');
		expect(body.split('Esto no está en español. Se muestra en inglés.')).to.have.length(2);
		expect(body).to.include(`<p lang="en">`);
		const english = await bed.branch('north').browser().get('/rules?lang=en');
		expect(english.body).not.to.include('This is not there in English');
	});

	it('say whom to tell about a weakness (RFC 9116)', async () => {
		const { status, body } = await bed.branch('north').browser().get('/.well-known/security.txt');
		expect(status).to.equal(200);
		expect(body).to.match(/^Contact: /m);
		expect(body).to.match(/^Expires: \d{4}-\d\d-\d\dT00:00:00Z$/m);
		expect(body).to.include(`Canonical: ${bed.branch('north').origin}/.well-known/security.txt`);
	});
});
