import type { Contact } from '@understory/core/contact.ts';
import type { Policy } from '@understory/core/rule.ts';
import { starterPolicy } from '@understory/core/starter-policy.ts';
import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import { call } from './browser.ts';

const DESK: Contact = {
	...{ role: 'Office', name: null, phone: '5035550100', email: 'office@library.example', address: null },
	...{ branch: null, source: 'library IT', checked_on: '2026-10-01' },
};
const MEMBER: Contact = {
	...DESK,
	...{ role: 'Council member', name: 'Ana Ruiz', body: 'City Council' },
	...{ phone: '5035550199', email: 'ana@city.example' },
};

describe('policies and contacts', () => {
	let bed: Bed;
	before(async () => {
		bed = await createBed(['north', 'south']);
	});
	after(() => bed.close());
	afterEach(() => expect(bed.errors).to.deep.equal([]));

	async function read(path: string, slug = 'north'): Promise<string> {
		const { host } = new URL(bed.branch(slug).origin);
		const { status, body } = await call(bed.port, 'GET', path, { host });
		expect(status, path).to.equal(200);
		return body.replaceAll('&#x27;', "'");
	}

	it('of the library, with what a branch adds, are the same on its pages, in Mastodon’s endpoints and in NodeInfo', async () => {
		const library: Policy = { ...starterPolicy('the board', '2026-10-01'), version: 2 };
		const [first] = library.rules;
		const title = { en: 'No shouting in the reading room', es: 'No gritar en la sala' };
		const own: Policy = {
			...library,
			...{ id: 'north-room', version: 1, branch: bed.branch('north').desired().branch.id },
			rules: [{ ...first!, id: 'no-shouting', title }],
		};
		bed.adopt({
			...library,
			rules: [{ ...first!, version: 2, title: { en: 'No threats at all', es: 'Ninguna amenaza' } }],
		});
		bed.adopt(own);
		const titles = (rules: { text: string }[]) => rules.map(({ text }) => text);
		for (const path of ['/api/v1/instance/rules', '/api/v2/instance', '/api/v1/instance']) {
			const said = JSON.parse(await read(path)) as { text: string }[] | { rules: { text: string }[] };
			const rules = 'rules' in said ? said.rules : said;
			expect(titles(rules), path).to.have.members(['No threats at all', title.en]);
		}
		const rules = await read('/rules');
		for (const words of ['No threats at all', title.en]) expect(rules).to.contain(words);
		const { metadata } = JSON.parse(await read('/nodeinfo/2.1')) as {
			metadata: { accountability: { policies: string[] } };
		};
		const versions = ['/policies/conduct/2', '/policies/north-room/1'];
		expect(metadata.accountability.policies.map((url) => new URL(url).pathname)).to.have.members(versions);
		const about = await read('/about');
		for (const path of versions) expect(about).to.contain(`${path}"`);
		const elsewhere = JSON.parse(await read('/api/v1/instance/rules', 'south')) as { text: string }[];
		expect(titles(elsewhere)).to.deep.equal(['No threats at all']);
	});

	it('that work are named by endpoints and security.txt, and those of the council are not who mends a hole', async () => {
		bed.name(MEMBER, DESK);
		for (const [path, email] of [
			['/api/v2/instance', (said: { contact: { email: string } }) => said.contact.email],
			['/api/v1/instance', (said: { email: string }) => said.email],
		] as const)
			expect(email(JSON.parse(await read(path))), path).to.equal('office@library.example');
		const security = await read('/.well-known/security.txt');
		expect(security).to.match(
			/^Contact: mailto:office@library\.example\nContact: tel:\+1-503-555-0100\nContact: http/,
		);
		expect(security).not.to.contain('ana@city.example').and.not.to.contain('0199');
		const about = await read('/about');
		expect(about).to.contain('mailto:ana@city.example').and.to.contain('Ana Ruiz, City Council');
	});

	it('that are stale or broken are said to be so at the branch, too', async () => {
		bed.name(
			{ ...DESK, broken_on: '2026-10-02' },
			{ ...MEMBER, checked_on: '2026-01-01' },
			{ ...MEMBER, role: 'Mayor', term_end: '2026-09-30' },
		);
		expect(await read('/about'))
			.to.contain('Known not to work since 2026-10-02')
			.and.to.contain('Checked more than 90 days ago, on 2026-01-01')
			.and.to.contain('The term ended on 2026-09-30');
		expect(await read('/.well-known/security.txt')).not.to.contain('office@library.example');
		expect(JSON.parse(await read('/api/v2/instance')).contact.email).to.equal('');
	});
});
