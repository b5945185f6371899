import { createHash } from 'node:crypto';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { expectWholePage, linksOf, wordsOf } from './fixtures/html.ts';
import { DAY } from './fixtures/library.ts';
import { startSite, type TestSite } from './fixtures/site.ts';

const HTML = { accept: 'text/html' };
const HOST = 'belmont.multcolib.localhost:4000';

describe('the rules on the site', () => {
	let site: TestSite;
	before(async () => {
		site = await startSite();
	});
	after(() => site.close());

	async function page(path: string, language = 'en'): Promise<string> {
		const answer = await site.get(path, { ...HTML, 'accept-language': language });
		expect(answer.status, path).to.equal(200);
		expectWholePage(answer.text, language);
		return answer.text;
	}

	it('say in which language a rule is shown where it was not translated, and that its digest covers every language', async () => {
		site.library.change((register) => {
			const [policy] = register.policies;
			const [rule, ...others] = policy!.rules;
			const text = { en: rule!.text.en! };
			const untold = { ...policy!, id: 'untold', rules: [{ ...rule!, text }, ...others] };
			register.policies = [...register.policies, untold];
		});
		await site.settle();
		const spanish = await page('/policies/untold/1', 'es');
		const said = 'Esto no está en español. Se muestra en inglés.';
		expect(wordsOf(spanish).split(said)).to.have.length(2, 'of the one rule');
		expect(spanish).to.contain('<p class="book" lang="en">');
		expect(wordsOf(await page('/policies/untold/1'))).not.to.contain('This is not there in');
		expect(wordsOf(await page('/policies/conduct/1', 'es'))).not.to.contain(said);
		const kept = JSON.parse((await site.get('/policies/conduct/1.json')).text);
		const digest = digestDocument(kept);
		expect(wordsOf(await page('/policies/conduct/1'))).to.contain(digest);
		kept.rules[0].title.es = 'Otra cosa';
		expect(digestDocument(kept)).not.to.equal(digest);
		site.library.change((register) => register.policies.pop());
		await site.settle();
	});

	it('keep the address of every version of the rules, say which is in force, and what changed', async () => {
		const first = await site.get('/policies/conduct/1.json');
		site.library.change((register) => {
			const [policy] = register.policies;
			const [threats, , ...others] = policy!.rules;
			const text = { ...threats!.text, en: 'Do not say that you will injure a person, or ask others to.' };
			const rules = [{ ...threats!, version: 2, text }, ...others];
			const second = {
				...policy!,
				version: 2,
				effective_on: '2026-10-20',
				adopted_by: 'Resolution 12',
				rules,
			};
			register.policies = [policy!, second];
		});
		await site.settle();
		expect(wordsOf(await page('/policies/conduct/1'))).not.to.contain('A later version is in force now.');
		expect(wordsOf(await page('/policies/conduct/2')))
			.to.contain('Not in force yet')
			.and.to.contain('It holds from Tuesday, October 20');
		expect(wordsOf(await page(`/branches/${HOST}`))).to.contain('conduct, version 1');
		site.clock.advance(6 * DAY);
		expect(wordsOf(await page('/policies/conduct/1'))).to.contain('A later version is in force now.');
		expect(wordsOf(await page(`/branches/${HOST}`))).to.contain('conduct, version 2');
		const html = await page('/policies/conduct/2');
		const words = wordsOf(html);
		expect(words).not.to.contain('A later version').and.not.to.contain('Not in force yet');
		for (const text of [
			'What changed since version 1',
			'Do not say that you will taken away: hurt added: injure a person',
			'Rule taken away: No private information of others',
			'Resolution 12',
			'The test says no to',
		]) {
			expect(words).to.contain(text);
		}
		expect(linksOf(html)).to.include('/policies/conduct/1').and.include('/policies/conduct/2.json');
		const spanish = wordsOf(await page('/policies/conduct/2', 'es'));
		expect(spanish).to.contain('Qué cambió desde la versión 1').and.to.contain('Texto, en inglés');
		expect((await site.get('/policies/conduct')).headers.location).to.equal('/policies/conduct/2');
		expect((await site.get('/policies/conduct/1.json')).text).to.equal(first.text);
		for (const path of [
			'/policies/conduct/3',
			'/policies/other/1',
			'/policies/conduct/01',
			'/policies/other',
		]) {
			expect((await site.get(path, HTML)).status, path).to.equal(404);
		}
	});

	it('give the bytes of a version, whose SHA-256 is the digest that statements name', async () => {
		const { body, headers } = await site.get('/policies/conduct/2.json');
		const digest = createHash('sha256').update(body).digest('hex');
		expect(wordsOf(await page('/policies/conduct/2'))).to.contain(`sha256:${digest}`);
		expect(headers['cache-control']).to.contain('immutable');
	});

	it('show an addition of a branch at that branch alone', async () => {
		site.library.change((register) => {
			const [rule] = register.policies[0]!.rules;
			const [own] = register.branches;
			register.policies.push({
				...{ id: 'garden', branch: own!.id, version: 1, adopted_by: 'The garden group' },
				...{ effective_on: '2026-10-01', rules: [{ ...rule!, id: 'no-digging' }] },
			});
		});
		await site.settle();
		expect(wordsOf(await page(`/branches/${HOST}`))).to.contain('garden, version 1');
		const others = `/branches/north-portland.multcolib.localhost:4000`;
		expect(wordsOf(await page(others))).not.to.contain('garden, version 1');
		expect(wordsOf(await page('/policies/garden/1'))).to.contain('An addition of Belmont');
	});

	it('say whom to tell about a weakness (RFC 9116)', async () => {
		const { text } = await site.get('/.well-known/security.txt');
		expect(text).to.match(/^Contact: tel:\+1-503-555-0101\nContact: http:.*\nExpires: 2027-/);
	});
});
