import { expect } from 'chai';
import { createLibrary } from '../../packages/accountability/test/fixtures/library.ts';
import { startSite, type TestSite } from '../../packages/accountability/test/fixtures/site.ts';
import { type Bed, createBed } from '../../packages/branch/test/bed.ts';
import type { Browser } from '../../packages/branch/test/browser.ts';
import { rows } from '../../packages/branch/test/look.ts';

const HTML = { accept: 'text/html' };
const FACTS = 'The post offers a car for money, and nobody had asked for an offer.';
const WORDS = 'xe-shown: my blue car';

/** A branch as it runs, with its own key and outbox, before the site's own door: what one writes, the other takes. */
describe('a branch and the site, when somebody shows their own case', () => {
	let bed: Bed;
	let site: TestSite;
	let rudy: Browser;
	let june: Browser;
	const answers: Promise<number>[] = [];

	before(async () => {
		bed = await createBed(['north']);
		bed.grant('staff-june', 'north');
		const library = createLibrary('multcolib', ['belmont']);
		const record = bed.register().branches.find(({ slug }) => slug === 'north')!;
		const { branch_key } = bed.branch('north').open.status();
		library.change((register) => {
			register.branches = [...register.branches, { ...record, branch_key }];
			register.policies = [...bed.register().policies];
		});
		site = await startSite({ libraries: [library] });
		handOver();
		rudy = await bed.branch('north').join('rudy');
		june = bed.branch('north').browser({ staff_id: 'staff-june' });
	});
	after(async () => {
		await bed?.close();
		await site?.close();
	});

	/** What the branch sends goes to the site; it is answered at once, and what the site said is held to below. */
	function handOver(): void {
		bed.outside(new URL(bed.library.accountability_origin).host, (path, body) => {
			if (path !== '/entries') return { status: 404 };
			answers.push(
				(answers.at(-1) ?? Promise.resolve(0)).then(async () => (await site.post(path, body)).status),
			);
			return { status: 202, body: '{}' };
		});
	}
	async function settle(): Promise<void> {
		await bed.settle();
		for (const status of await Promise.all(answers.splice(0))) expect(status).to.equal(202);
		await site.settle();
	}

	it('the site takes exactly what the branch committed to, shows it, and drops it when it is taken back', async () => {
		const post = (await rudy.write(WORDS, 'branch')).split('/').at(-1);
		await june.get(`/staff/posts/${post}/decide`);
		const form = { rule: 'conduct/no-advertising', facts: FACTS, do: 'decide', post_act: 'content_hidden' };
		const decided = await june.post(`/staff/posts/${post}/decide`, form);
		const decision = /done=(.+)$/.exec(decided.headers.location!)![1]!;
		await settle();
		const shown = async () => (await site.get(`/statements/${decision}`, HTML)).text;
		expect(await shown())
			.to.include(FACTS)
			.and.not.include(WORDS);
		const [notice] = rows<{ id: number }>(bed, 'north', 'SELECT id FROM notice');
		const at = `/notices/${notice!.id}/public`;
		await rudy.get(at);
		expect((await rudy.post(at, { show: 'text', do: 'publish' })).status).to.equal(303);
		await settle();
		expect(await shown())
			.to.include(WORDS)
			.and.include('The person affected made this public on')
			.and.include('These are the words the log committed to');
		await rudy.get(at);
		expect((await rudy.post(`${at}/back`, {})).status).to.equal(303);
		await settle();
		expect(await shown())
			.to.include('took them back in')
			.and.not.include(WORDS);
	});
});
