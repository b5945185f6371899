import { randomUUID } from 'node:crypto';
import { canonicalize } from '@understory/transparency-log/jcs.ts';
import { generateKey } from '@understory/transparency-log/keys.ts';
import { digestText, signDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { createBranch } from './fixtures/branch.ts';
import { createLibrary } from './fixtures/library.ts';
import { startSite, type TestSite } from './fixtures/site.ts';

interface Problem {
	readonly title: string;
	readonly code: string;
	readonly errors?: { field: string; text: string }[];
}

describe('handing in an entry', () => {
	let site: TestSite;
	const library = createLibrary();
	before(async () => {
		site = await startSite({
			libraries: [library, createLibrary('seattle', ['ballard', 'fremont'], library.platformKey)],
		});
	});
	after(() => site.close());

	it('is answered 202, and the same bytes again are the same entry', async () => {
		const branch = createBranch(library, 'belmont');
		const entry = branch.next();
		const first = await site.post('/entries', body(entry));
		expect([first.status, first.json()]).to.deep.equal([202, { id: entry.id }]);
		const second = await site.post('/entries', body(entry));
		expect([second.status, second.json()]).to.deep.equal([202, { id: entry.id }]);
		await site.settle();
		expect((await site.post('/entries', body(entry))).status).to.equal(202);
		const next = branch.next();
		expect((await site.post('/entries', body(next))).status).to.equal(202);
		await site.settle();
		expect((await site.get('/statements.csv')).text.trim().split('\r\n')).to.have.length(3);
	});

	describe('is refused', () => {
		const key = library.branchKeys.get('north-portland')!;
		const branch = createBranch(library, 'north-portland');
		before(async () => {
			expect((await site.post('/entries', body(branch.next()))).status).to.equal(202);
		});
		after(async () => {
			// Nothing that was refused left a trace: the chain goes on as if it had not been.
			expect((await site.post('/entries', body(branch.next()))).status).to.equal(202);
		});

		async function refusal(body: unknown, headers?: Record<string, string>): Promise<[number, Problem]> {
			const answer = await site.post('/entries', body, headers);
			expect(answer.headers['content-type']).to.match(/^application\/problem\+json/);
			return [answer.status, answer.json() as Problem];
		}

		it('409 with a sentence when it does not follow the last one', async () => {
			const second = branch.next();
			const third = branch.next();
			const [status, problem] = await refusal(body(third));
			expect(status).to.equal(409);
			expect(problem.code).to.equal('out_of_order');
			expect(problem.title).to.match(/does not follow the last one/);
			expect((await site.post('/entries', body(second))).status).to.equal(202);
			expect((await site.post('/entries', body(third))).status).to.equal(202);
		});

		it('409 when it begins the chain anew, or names one that never was', async () => {
			for (const prev of [null, digestText('never')]) {
				const [status, problem] = await refusal(body(branch.stray({ prev })));
				expect([status, problem.code]).to.deep.equal([409, 'out_of_order']);
			}
			const other = createBranch(site.libraries[1]!, 'ballard');
			const [status, problem] = await refusal(body(other.stray({ prev: digestText('x') })), {
				host: site.libraries[1]!.site,
			});
			expect(status).to.equal(409);
			expect(problem.title).to.match(/must be the first entry/);
		});

		it('409 when its id is taken by other bytes', async () => {
			const known = branch.next();
			expect((await site.post('/entries', body(known))).status).to.equal(202);
			const [status, problem] = await refusal(body(branch.stray({ id: known.id })));
			expect([status, problem.code]).to.deep.equal([409, 'id_taken']);
		});

		it('403 when anything in it was changed after signing', async () => {
			const { entry, disclosures } = branch.stray();
			const changes: [RegExp, string][] = [
				[/"automated_detection":false/, '"automated_detection":true'],
				[/"scope":"branch"/, '"scope":"public"'],
				[/"version":1/, '"version":2'],
				[/"decided_on":"2026-10-14"/, '"decided_on":"2026-10-13"'],
			];
			for (const [from, to] of changes) {
				const [status, problem] = await refusal({ entry: entry.replace(from, to), disclosures });
				expect([status, problem.code], to).to.deep.equal([403, 'bad_signature']);
			}
		});

		it('403 when another key signed it, also under the name of the right one', async () => {
			const stranger = generateKey();
			const impostor = { ...stranger, id: key.id };
			for (const signer of [stranger, impostor, library.branchKeys.get('belmont')!]) {
				const [status] = await refusal(body(createBranch(library, 'north-portland', signer).stray()));
				expect(status).to.equal(403);
			}
		});

		it('403 when it names another branch key than the one that signed', async () => {
			const [status] = await refusal(body(branch.stray({ branch_key_id: generateKey().id })));
			expect(status).to.equal(403);
		});

		it('404 for a branch nobody knows, and for a branch of another library', async () => {
			const [status, problem] = await refusal(
				body(branch.stray({ branch: 'nowhere.multcolib.localhost:4000' })),
			);
			expect([status, problem.title]).to.deep.equal([404, 'This library has no branch of that name.']);
			const [other] = await refusal(body(branch.stray()), { host: site.libraries[1]!.site });
			expect(other).to.equal(404);
		});

		it('413 over 65,535 bytes, in characters of several bytes too', async () => {
			for (const filler of ['a'.repeat(65_500), 'ñ'.repeat(32_750)]) {
				const { entry, disclosures } = branch.stray();
				const [status] = await refusal({ entry: entry.replace('"text"', `"${filler}"`), disclosures });
				expect(status).to.equal(413);
			}
			const [status] = await refusal({ entry: 'a'.repeat(500_000), disclosures: [] });
			expect(status).to.equal(413);
		});

		it('422 with the field when a field is missing, unknown or not of its form', async () => {
			const make = (change: (entry: Record<string, unknown>) => void): string => {
				const entry = JSON.parse(branch.stray().entry) as Record<string, unknown>;
				change(entry);
				return canonicalize(signDocument(entry, key));
			};
			const cases: [field: string, change: (entry: Record<string, unknown>) => void][] = [
				['scope', (entry) => delete entry.scope],
				['scope', (entry) => Object.assign(entry, { scope: 'direct' })],
				['entry', (entry) => Object.assign(entry, { handle: 'rudy' })],
				['decided_on', (entry) => Object.assign(entry, { decided_on: '2026-02-30' })],
				['decided_by', (entry) => Object.assign(entry, { decided_by: 'June Okafor' })],
				['action.0', (entry) => Object.assign(entry, { action: ['shouted_at'] })],
				['automated_decision', (entry) => Object.assign(entry, { automated_decision: 'full' })],
				[
					'rule.id',
					(entry) =>
						Object.assign(entry, {
							rule: { id: 'He said: "no"', version: 1, policy: 'c', policy_sha256: 'a'.repeat(64) },
						}),
				],
				['refs', (entry) => Object.assign(entry, { kind: 'redaction', refs: [] })],
				['id', (entry) => Object.assign(entry, { id: '1' })],
			];
			for (const [field, change] of cases) {
				const [status, problem] = await refusal({ entry: make(change), disclosures: [] });
				expect(status, field).to.equal(422);
				expect(
					problem.errors?.map((fault) => fault.field),
					JSON.stringify(problem),
				).to.include(field);
				expect(JSON.stringify(problem)).not.to.contain('rudy').and.not.to.contain('June');
			}
		});

		it('422 when its text is not canonical, and 400 when the body is not JSON', async () => {
			const { entry } = branch.stray();
			const spaced = JSON.stringify(JSON.parse(entry), null, 1);
			const twice = entry.replace('"kind":"decision"', '"kind":"decision","kind":"decision"');
			for (const text of [spaced, twice, `${entry}\n`, 'not json', '[]', 'null', '"text"']) {
				const [status] = await refusal({ entry: text, disclosures: [] });
				expect(status, text.slice(0, 20)).to.equal(422);
			}
			expect((await refusal('{"entry":'))[0]).to.equal(400);
			for (const body of [{}, { entry: 7, disclosures: [] }, { entry, disclosures: 'x' }, [], { entry }]) {
				expect((await refusal(body))[0], JSON.stringify(body).slice(0, 40)).to.equal(422);
			}
		});

		it('422 when a disclosure is not one the entry commits to', async () => {
			const one = branch.stray();
			const other = branch.stray();
			const wrong = [
				other.disclosures,
				[...one.disclosures, ...other.disclosures],
				[Buffer.from('["salt","facts"]').toString('base64url')],
				[Buffer.from('["salt","handle","rudy"]').toString('base64url')],
				['***'],
			];
			for (const disclosures of wrong) {
				expect((await refusal({ entry: one.entry, disclosures }))[0]).to.equal(422);
			}
		});

		it('421 at a host where no library lives', async () => {
			const [status] = await refusal(body(branch.stray()), { host: 'accountability.nowhere.localhost:4000' });
			expect(status).to.equal(421);
		});
	});

	it('works at once for a branch that opened after the last look at the register', async () => {
		site.clock.advance(2000);
		const key = library.open('st-johns');
		const branch = createBranch(library, 'st-johns', key);
		expect((await site.post('/entries', body(branch.next()))).status).to.equal(202);
	});

	it('does not ask the provisioner more than once a second for branches nobody knows', async () => {
		site.clock.advance(2000);
		library.change(() => undefined);
		const before = site.provisioner.handedOut();
		for (let i = 0; i < 5; i++) {
			const stray = createBranch(library, 'belmont').stray({ id: randomUUID(), branch: 'nobody.example' });
			expect((await site.post('/entries', body(stray))).status).to.equal(404);
		}
		expect(site.provisioner.handedOut()).to.equal(before + 1);
	});

	it('takes two entries that come at the same moment one after the other', async () => {
		const branch = createBranch(site.libraries[1]!, 'fremont');
		const host = site.libraries[1]!.site;
		const first = branch.next();
		const second = branch.next();
		const answers = await Promise.all(
			[first, first, second, first].map((entry) => site.post('/entries', body(entry), { host })),
		);
		const statuses = answers.map(({ status }) => status);
		expect(statuses.filter((_, i) => i !== 2)).to.deep.equal([202, 202, 202]);
		expect(statuses[2]).to.be.oneOf([202, 409]);
		expect((await site.post('/entries', body(second), { host })).status).to.equal(202);
	});
});

function body({ entry, disclosures }: { entry: string; disclosures: readonly string[] }): object {
	return { entry, disclosures };
}
