import { starterPolicy } from '@understory/core/starter-policy.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { BRANCH, LIBRARY, OPENING, type Platform, startPlatform } from '../fixtures/platform.ts';

interface Problem {
	title: string;
	code: string;
	errors?: { field: string; text: string }[];
}
interface Adopted {
	policy: {
		id: string;
		version: number;
		branch?: string;
		url: string;
		sha256: string;
		rules: { id: string; version: number }[];
	};
	warnings: { field: string; text: string }[];
}

const POLICIES = '/api/v1/libraries/multnomah/policies';
const [THREATS, PRIVATE] = starterPolicy('x', '2026-01-01').rules.map(({ version: _, ...rule }) => rule);
const VERSION = { id: 'conduct', adopted_by: 'The board, resolution 12', effective_on: '2027-01-01' };

describe('the rules of a library', () => {
	let platform: Platform;
	let library: string;
	before(async () => {
		platform = await startPlatform();
		library = (await platform.api<{ id: string }>('POST', '/api/v1/libraries', { body: LIBRARY })).body.id;
		await platform.api('POST', '/api/v1/libraries/multnomah/branches', { body: BRANCH });
		await platform.settle();
	});
	after(() => platform.close());

	const adopt = <T = Adopted>(body: object) => platform.api<T>('POST', POLICIES, { body });
	async function fields(body: object): Promise<string[]> {
		const { status, body: problem } = await adopt<Problem>(body);
		expect(status, JSON.stringify(problem)).to.equal(422);
		return (problem.errors ?? []).map(({ field }) => field);
	}

	it('begin with the starter set, adopted by the library', async () => {
		const { body } = await platform.api<{ items: Adopted['policy'][] }>('GET', POLICIES);
		expect(body.items.map(({ id, version }) => `${id} ${version}`)).to.deep.equal(['conduct 1']);
		const { policies } = await platform.register(library);
		expect(body.items[0]!.sha256).to.equal(digestDocument(policies[0]!));
		expect(body.items[0]!.url).to.equal('http://accountability.multnomah.localhost:4000/policies/conduct/1');
	});

	it('are numbered by what they say: a rule keeps its number as long as it keeps its words', async () => {
		const changed = { ...PRIVATE, greatest_first_action: 'warning' };
		const { status, body } = await adopt({ ...VERSION, rules: [THREATS, changed] });
		expect(status, JSON.stringify(body)).to.equal(201);
		expect(body.policy.version).to.equal(2);
		expect(body.policy.rules.map(({ id, version }) => `${id} ${version}`)).to.deep.equal([
			'no-threats 1',
			'no-private-information 2',
		]);
	});

	it('stand in the register in every version, so that what was decided under an old one still finds it', async () => {
		const { policies } = await platform.register(library);
		expect(policies.map(({ id, version }) => `${id} ${version}`)).to.deep.equal(['conduct 1', 'conduct 2']);
	});

	it('are refused when they leave a decision to taste or judge an opinion, with the field, the word and why', async () => {
		const text = { en: 'Nothing offensive or inappropriate.', es: 'Nada ofensivo.' };
		const { status, body } = await adopt<Problem>({ ...VERSION, rules: [{ ...THREATS, text }] });
		expect(status).to.equal(422);
		const told = Object.fromEntries(
			body.errors!.map((one) => [`${one.field} ${/“(.*?)”/.exec(one.text)?.[1]}`, one.text]),
		);
		expect(Object.keys(told)).to.have.members([
			'no-threats.text.en inappropriate',
			'no-threats.text.en offensive',
			'no-threats.text.es ofensivo',
		]);
		expect(told['no-threats.text.en offensive']).to.contain('may not prefer one viewpoint');
		expect(told['no-threats.text.en inappropriate']).to.contain('must be objective enough');
	});

	it('need a test and examples in every language of the library', async () => {
		const rule = { ...THREATS, test: { en: 'Is it?' }, examples_no: { en: ['x'], es: [] } };
		expect(await fields({ ...VERSION, rules: [rule] })).to.have.members([
			'no-threats.test.es',
			'no-threats.examples_no.es',
		]);
	});

	it('do not begin in the past, nor before the version they replace', async () => {
		expect(await fields({ ...VERSION, rules: [THREATS], effective_on: '2026-01-01' })).to.deep.equal([
			'effective_on',
		]);
		expect(await fields({ ...VERSION, rules: [THREATS], effective_on: '2026-12-31' })).to.deep.equal([
			'effective_on',
		]);
		expect(await fields({ ...VERSION, rules: [THREATS], effective_on: '2027-02-31' })).to.deep.equal([
			'effective_on',
		]);
	});

	it('are not adopted again when they say what they say already', async () => {
		const same = { ...VERSION, rules: [THREATS, { ...PRIVATE, greatest_first_action: 'warning' }] };
		const { status, body } = await adopt<Problem>(same);
		expect([status, body.code]).to.deep.equal([409, 'policy_unchanged']);
	});

	it('of a branch are added to the library’s, replace none of them, and are not stronger', async () => {
		const garden = { ...VERSION, id: 'garden', branch: 'belmont', adopted_by: 'The garden group' };
		const own = { ...THREATS, id: 'no-digging', greatest_first_action: 'content_hidden' };
		expect(await fields({ ...garden, rules: [THREATS] })).to.deep.equal(['rules.0.id']);
		expect(
			await fields({ ...garden, rules: [{ ...own, greatest_first_action: 'account_ended' }] }),
		).to.deep.equal(['rules.0.greatest_first_action']);
		expect(await fields({ ...garden, branch: 'nowhere', rules: [own] })).to.include('branch');
		expect(await fields({ ...garden, id: 'conduct', rules: [own] })).to.include('id');
		const { status, body } = await adopt({ ...garden, rules: [own] });
		expect(status, JSON.stringify(body)).to.equal(201);
		const { branches } = await platform.register(library);
		expect(body.policy.branch).to.equal(branches[0]!.id);
	});

	it('of a branch do not count as the library’s rules when a branch opens', async () => {
		const { status, body } = await platform.api<Problem>(
			'POST',
			'/api/v1/libraries/multnomah/branches/belmont/operations',
			{ body: { ...OPENING, policies: ['garden'] } },
		);
		expect(status).to.equal(422);
		expect(body.errors!.map(({ field }) => field)).to.deep.equal(['rules']);
	});

	it('and why a branch publishes sums only, are in the register; a reason that is empty is refused', async () => {
		const path = '/api/v1/libraries/multnomah/branches/belmont';
		const of = async () => {
			await platform.settle();
			return (await platform.register(library)).branches[0]!.totals_only;
		};
		const empty = await platform.api<Problem>('PATCH', path, { body: { totals_only: { en: ' ' } } });
		expect([empty.status, empty.body.errors![0]!.field]).to.deep.equal([422, 'totals_only']);
		const reason = { en: 'Statute 12 bars more.', es: 'La ley 12 no permite más.' };
		expect((await platform.api('PATCH', path, { body: { totals_only: reason } })).status).to.equal(202);
		expect(await of()).to.deep.equal(reason);
		expect((await platform.api('PATCH', path, { body: { totals_only: null } })).status).to.equal(202);
		expect(await of()).to.equal(undefined);
	});

	it('can be checked without adopting them, with what should be looked at twice', async () => {
		const text = { en: 'Do not phone the mayor at night.', es: 'No llame de noche a la alcaldesa.' };
		const body = { ...VERSION, rules: [{ ...THREATS, text }] };
		const checked = await platform.api<Adopted>('POST', `${POLICIES}:check`, { body });
		expect(checked.status, JSON.stringify(checked.body)).to.equal(200);
		expect(checked.body.policy.version).to.equal(3);
		expect(checked.body.warnings.map(({ field }) => field)).to.deep.equal([
			'no-threats.text.en',
			'no-threats.text.es',
		]);
		const { policies } = await platform.register(library);
		expect(policies.filter(({ id }) => id === 'conduct')).to.have.length(2);
	});
});
