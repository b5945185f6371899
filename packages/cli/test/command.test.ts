import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Plan } from '@understory/api-client/api.ts';
import { createApiClient } from '@understory/api-client/client.ts';
import { sendByFetch } from '@understory/api-client/send.ts';
import { commandTable } from '@understory/cli/completion/command-table.ts';
import { offerPlans, PLANNED, UNPLANNED } from '@understory/cli/dry-run.ts';
import { EXIT } from '@understory/cli/exit-code.ts';
import type { Session } from '@understory/cli/parts.ts';
import { createProgram, runCommand } from '@understory/cli/program.ts';
import { STORED_WORDS } from '@understory/cli/stored-words.ts';
import { BadInput } from '@understory/core/errors.ts';
import { STORED_KINDS } from '@understory/core/stored.ts';
import { create } from '@understory/town/test-town.ts';
import { expect } from 'chai';

type TestTown = Awaited<ReturnType<typeof create>>;

describe('the understory command', () => {
	let town: TestTown;
	let folder: string;
	before(async () => {
		town = await create({ libraries: ['OR0063'], sample: true });
	});
	after(() => town?.close());
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'understory-cli-'));
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	const files = new Map<string, string>();
	const loginFile = () => join(folder, 'understory', 'login.json');
	async function run(
		words: readonly string[],
		given: { url?: string; token?: string; secret?: string } = {},
	) {
		let out = '';
		let said = '';
		const code = await runCommand(words, {
			config: { url: given.url ?? null, token: given.token ?? null, loginFile: loginFile() },
			out: (text) => {
				out += text;
			},
			say: (text) => {
				said += text;
			},
			seen: false,
			now: () => Date.UTC(2026, 0, 1),
			askSecret: async () => given.secret ?? '',
			stopped: () => Promise.resolve(),
			file: async (path) => {
				const text = files.get(path);
				if (text === undefined) throw new BadInput(`${path} cannot be read (ENOENT).`);
				return Readable.from([Buffer.from(text)]);
			},
			client: (login) =>
				createApiClient({ ...login, send: sendByFetch, randomId: randomUUID, wait: () => town.settle() }),
		});
		return { code, out, said };
	}
	const loggedIn = () => ({ url: town.file.console, token: town.file.adminToken });

	it('somebody logs in once, with a secret that is never an argument, and is known from then on', async () => {
		const login = await run(['login', town.file.console], { secret: `${town.file.adminToken}\n` });
		expect(login).to.deep.equal({
			code: EXIT.done,
			out: '',
			said: `You are logged in at ${new URL(town.file.console).origin}.\n`,
		});
		expect(statSync(loginFile()).mode & 0o777).to.equal(0o600);
		const list = await run(['library', 'list']);
		expect(list.code).to.equal(EXIT.done);
		expect(list.out).to.match(/^LIBRARY +NAME +REGION +ZONE\nmultnomah/);
		await run(['logout']);
		expect((await run(['library', 'list'])).code).to.equal(EXIT.denied);
	});

	it('a token that is not good is not kept', async () => {
		const login = await run(['login', town.file.console], { secret: 'x'.repeat(43) });
		expect(login.code).to.equal(EXIT.denied);
		expect((await run(['library', 'list'])).said).to.include('You are not logged in');
	});

	it('a token is not sent over an open line', async () => {
		const { code, said } = await run(['login', 'http://platform.example'], { secret: 'x'.repeat(43) });
		expect(code).to.equal(EXIT.refused);
		expect(said).to.include('https://');
	});

	it('a login that others may read is not used', async () => {
		await run(['login', town.file.console], { secret: town.file.adminToken });
		chmodSync(loginFile(), 0o644);
		expect((await run(['library', 'list'])).code).to.equal(EXIT.denied);
	});

	it('a kept token goes to no other platform than the one it was kept for', async () => {
		await run(['login', town.file.console], { secret: town.file.adminToken });
		expect((await run(['library', 'list'], { url: 'http://127.0.0.1:9' })).code).to.equal(EXIT.denied);
	});

	it('scripts read JSON, whole and in the words of the API', async () => {
		const { out } = await run(['--json', 'branch', 'list', town.file.libraries[0]!.slug], loggedIn());
		const branches = JSON.parse(out) as { slug: string; conditions: unknown[] }[];
		expect(branches).to.have.length(town.file.libraries[0]!.branches.length);
		expect(branches[0]!.conditions).to.be.an('array');
	});

	it('a branch is made, waited for, and looked at', async () => {
		const { slug } = town.file.libraries[0]!;
		const address = ['--street', '1 Test St', '--city', 'Portland', '--region', 'OR', '--postcode', '97201'];
		const made = await run(
			['branch', 'create', slug, 'reading-room', '--name', 'Reading Room', ...address],
			loggedIn(),
		);
		expect(made.code, made.said).to.equal(EXIT.done);
		expect(made.out).to.match(/^state +done$/m);
		const shown = await run(['branch', 'show', slug, 'reading-room'], loggedIn());
		expect(shown.out).to.match(/^stage +unopened$/m);
		files.set('opening.json', '{}');
		const open = ['branch', 'open', slug, 'reading-room', 'opening.json'];
		const missing = await run(open, loggedIn());
		expect(missing.code).to.equal(EXIT.refused);
		expect(missing.said).to.include('host: Name the host').and.to.include('rules: Adopt at least one');
		const door = { host: 'Noor', deputy: 'Lee', place: 'The desk', phone: null };
		const hours = [{ weekday: 1, from: 540, to: 600 }];
		const policies = JSON.parse((await run(['--json', 'policy', 'list', slug], loggedIn())).out);
		const opening = { door: { ...door, hours }, policies: [policies[0].id], appeal_partner: 'The board' };
		files.set('opening.json', JSON.stringify(opening));
		const opened = await run(open, loggedIn());
		expect(opened.code, opened.said).to.equal(EXIT.done);
		expect((await run(['branch', 'show', slug, 'reading-room'], loggedIn())).out).to.match(/^stage +open$/m);
		const again = await run(
			['branch', 'create', slug, 'reading-room', '--name', 'Other', ...address],
			loggedIn(),
		);
		expect(again.code).to.equal(EXIT.refused);
		expect(again.said).to.not.equal('');
	});

	it('a library is made and changed, and so is a branch: what is not said stays, and what is not so any more is said', async () => {
		const make = [...['library', 'create', 'salem', '--name', 'Salem Public Library', '--region', 'OR']];
		make.push('--zone', 'America/Los_Angeles', '--language', 'es', 'en');
		const plan = await run([...make, '--dry-run'], loggedIn());
		expect(plan.code, plan.said).to.equal(EXIT.done);
		expect((await run(['library', 'show', 'salem'], loggedIn())).code).to.equal(EXIT.refused);
		const half = await run([...make, '--street', '585 Liberty St'], loggedIn());
		expect(half.said).to.include('--street, --city and --postcode');
		const made = await run(make, loggedIn());
		expect(made.code, made.said).to.equal(EXIT.done);
		expect(made.out).to.match(/^languages +es, en$/m);
		expect(await run(make, loggedIn())).to.include({ code: EXIT.refused, out: '' });
		const change = async (...words: string[]) => {
			const done = await run(['--json', ...words], loggedIn());
			expect(done.code, done.said).to.equal(EXIT.done);
			return JSON.parse(done.out) as Record<string, unknown>;
		};
		await change('library', 'change', 'salem', '--phone', '503-555-0100', '--card-digits', '14');
		expect(await change('library', 'change', 'salem', '--no-phone')).to.include({
			...{ name: 'Salem Public Library', zone: 'America/Los_Angeles', phone: null, card_digits: 14 },
		});
		const branch = ['multnomah', 'albina'];
		const before = await change('branch', 'show', ...branch);
		const shut = ['--location', '45.5154,-122.6791', '--exchange', 'closed', '--phone', '503-555-0101'];
		await change('branch', 'change', ...branch, ...shut);
		const { generation: _, conditions: _conditions, observed_generation: _seen, ...kept } = before;
		const closed = await change('branch', 'show', ...branch);
		expect(closed).to.deep.include({
			...kept,
			...{ federation: 'closed', phone: '503-555-0101', location: { north: 45_515, east: -122_679 } },
		});
		await change('branch', 'change', ...branch, '--street', '1 New St');
		expect(await change('branch', 'show', ...branch)).to.deep.include({
			address: { ...(before.address as object), street: '1 New St' },
		});
		await change('branch', 'change', ...branch, '--no-location', '--exchange', String(before.federation));
		expect(await change('branch', 'show', ...branch)).to.include({ location: null, phone: '503-555-0101' });
		for (const [wrong, says] of [
			[['branch', 'change', ...branch], 'Say what is to be changed'],
			[['branch', 'change', ...branch, '--location', 'Portland'], 'Write --location as'],
			[['branch', 'change', ...branch, '--location', '145.5,-122.6'], 'Write --location as'],
			[['branch', 'change', ...branch, '--cloth', 'silk'], 'cloth: Choose one of'],
			[['library', 'change', 'salem'], 'Say what is to be changed'],
			[['library', 'change', 'salem', '--witness', 'https://witness.example'], 'Write --witness'],
			[['library', 'change', 'salem', '--card-digits', 'all'], '--card-digits takes a number'],
		] as const) {
			const refused = await run(wrong, loggedIn());
			expect(refused.code, wrong.join(' ')).to.equal(EXIT.refused);
			expect(refused.said).to.include(says);
		}
	});

	it('who did what is listed as far as is asked, of the platform or of one library, and only as it was asked', async () => {
		type Line = { at: number; by: string; what: string; library: string | null };
		const read = async (...words: string[]) => {
			const { code, out, said } = await run(['--json', 'audit', ...words], loggedIn());
			expect(code, said).to.equal(EXIT.done);
			return JSON.parse(out) as Line[];
		};
		await run(['team', 'create', 'multnomah', 'Audit desk'], loggedIn());
		const all = await read('--all');
		expect(all.map(({ at }) => at)).to.deep.equal(all.map(({ at }) => at).toSorted((a, b) => b - a));
		expect(await read('--limit', '2')).to.deep.equal(all.slice(0, 2));
		const [team] = await read('multnomah', '--limit', '1');
		expect(team!.library).to.equal('multnomah');
		const same = await read('multnomah', '--what', team!.what, '--by', team!.by);
		expect(same.every(({ what }) => what === team!.what)).to.equal(true);
		expect(same[0]).to.deep.equal(team);
		const from = new Date(team!.at + 1).toISOString();
		expect(await read('multnomah', '--from', from)).to.deep.equal([]);
		expect(await read('multnomah', '--until', from, '--limit', '1')).to.deep.equal([team]);
		const table = await run(['audit', 'multnomah', '--limit', '1'], loggedIn());
		expect(table.out).to.match(/^WHEN +BY +WHAT +STATE +LIBRARY +BRANCH +ABOUT +OPERATION\n/);
		for (const wrong of [
			['--limit', '0'],
			['--from', '2027-03-05'],
		])
			expect((await run(['audit', ...wrong], loggedIn())).code, wrong.join(' ')).to.equal(EXIT.refused);
		expect((await run(['audit', 'nowhere'], loggedIn())).code).to.equal(EXIT.refused);
	});

	it('who serves, other servers, contacts, records and neighborhoods are said and shown; what is planned is not done', async () => {
		const read = async <T>(...words: string[]) => {
			const { code, out, said } = await run(['--json', ...words], loggedIn());
			expect(code, `${words.join(' ')}: ${said}`).to.equal(EXIT.done);
			return (out === '' ? undefined : JSON.parse(out)) as T;
		};
		type Named = { id: string; name: string };
		const planned = await run(['role', 'invite', 'multnomah', 'panel', '--dry-run'], loggedIn());
		expect(planned.said, planned.said).to.include('Nothing was done.');
		expect(await read('role', 'invitations', 'multnomah')).to.deep.equal([]);
		const asked = await read<Named>('role', 'invite', 'multnomah', 'panel', '--until', '2999-12-31');
		const host = ['role', 'invite', 'multnomah', 'host', '--branch', 'belmont'];
		expect((await run(host, loggedIn())).said).to.equal('At a branch, say their --name.\n');
		const { id: there } = await read<Named>(...host, '--name', 'Noor');
		const open = await read<{ id: string; branch: string | null }[]>('role', 'invitations', 'multnomah');
		expect(new Map(open.map(({ id, branch }) => [id, branch]))).to.deep.equal(
			new Map([
				[asked.id, null],
				[there, 'belmont'],
			]),
		);
		for (const { id } of open) await read('role', 'withdraw', 'multnomah', id);
		expect(await read('role', 'invitations', 'multnomah')).to.deep.equal([]);
		expect((await run(['role', 'take-back', 'multnomah', asked.id], loggedIn())).code).to.equal(EXIT.refused);
		expect(await read('role', 'list', 'multnomah')).to.be.an('array');

		const server = { id: 'social', name: 'Library Social', origin: 'https://social.library.example' };
		files.set('server.json', JSON.stringify({ ...server, redirect_uris: [`${server.origin}/back`] }));
		const { secret } = await read<{ secret: string }>('client', 'add', 'multnomah', 'server.json');
		const second = await read<{ secret: string }>('client', 'renew', 'multnomah', 'social');
		expect(second.secret).to.not.equal(secret);
		const listed = await run(['client', 'list', 'multnomah'], loggedIn());
		expect(listed.out)
			.to.match(/^social .* 2$/m)
			.and.to.not.include(secret);
		await read('client', 'remove', 'multnomah', 'social');
		expect(await read('client', 'list', 'multnomah')).to.deep.equal([]);

		files.set(
			'contact.json',
			JSON.stringify({ role: 'Councillor', name: 'A. Reed', email: 'reed@city.example' }),
		);
		const { id: contact } = await read<Named>('contact', 'add', 'multnomah', 'contact.json');
		await read('contact', 'change', 'multnomah', contact, '--checked');
		const contacts = () => read<(Named & { checked_on: string | null })[]>('contact', 'list', 'multnomah');
		expect((await contacts()).find(({ id }) => id === contact)?.checked_on).to.be.a('string');
		expect((await run(['contact', 'change', 'multnomah', contact], loggedIn())).said).to.include('--checked');
		await read('contact', 'remove', 'multnomah', contact);
		expect((await contacts()).some(({ id }) => id === contact)).to.equal(false);
		const bodies = [{ name: 'City Council', members: 7, quorum: 5 }];
		expect(await read('contact', 'bodies', 'multnomah', '--have', 'City Council=7/5')).to.deep.equal(bodies);
		expect(await read('contact', 'bodies', 'multnomah')).to.deep.equal(bodies);
		expect(await read('contact', 'bodies', 'multnomah', '--usual')).to.deep.equal([]);
		const office = { OfficeRecordId: 7, OfficeRecordFullName: 'Ana Ruiz', OfficeRecordTitle: 'Councilor' };
		files.set('offices.json', JSON.stringify([{ ...office, OfficeRecordBodyName: 'City Council' }]));
		const { digest } = await read<{ digest: string }>('contact', 'preview', 'multnomah', 'offices.json');
		expect((await contacts()).some(({ name }) => name === 'Ana Ruiz')).to.equal(false);
		const take = ['contact', 'import', 'multnomah', 'offices.json', '--digest'];
		expect((await run([...take, 'x'.repeat(digest.length)], loggedIn())).code).to.equal(EXIT.refused);
		expect((await read<{ added: object[] }>(...take, digest)).added).to.have.length(1);
		expect((await contacts()).some(({ name }) => name === 'Ana Ruiz')).to.equal(true);

		expect((await run(['records', 'show', 'multnomah'], loggedIn())).said).to.equal(
			'Nothing is adopted yet.\n',
		);
		const profiles = await read<{ id: string }[]>('records', 'profiles');
		expect(profiles.map(({ id }) => id)).to.include('wa');
		const years = Object.fromEntries(
			['removed', 'words', 'reports', 'accesses'].map((one) => [one, { least: 3, most: 8 }]),
		);
		const adopted = { profile: 'wa', adopted_by: 'Library Board', adopted_on: '2026-03-01', years };
		files.set('records.json', JSON.stringify(adopted));
		await read('records', 'adopt', 'multnomah', 'records.json');
		expect(await read('records', 'show', 'multnomah')).to.deep.include(adopted);

		for (const one of [['--library', 'multnomah'], []]) {
			const ended = await run(['staff', 'end-provider', ...one], loggedIn());
			expect(ended.said).to.include('Nobody has said yet by which provider');
		}
	});

	it('a neighborhood is shown, and what its steward or its members decide goes to the platform', async () => {
		const listed = await run(['--json', 'neighborhood', 'list'], loggedIn());
		const [{ id, members }] = JSON.parse(listed.out) as [{ id: string; members: { domain: string }[] }];
		const shown = await run(['neighborhood', 'show', id], loggedIn());
		expect(shown.out)
			.to.include(members[0]!.domain)
			.and.to.match(/^who decides +the steward$/m);
		expect((await run(['neighborhood', 'proposals', id], loggedIn())).said).to.equal('There are none.\n');
		const why = ['--reason', 'A flood of advertising.'];
		const propose = ['neighborhood', 'propose', id, 'expel', members[0]!.domain, ...why];
		expect((await run(propose, loggedIn())).said).to.include('the steward decides, not its members');
		const decide = { by: 'members', share: [2, 3], quorum: [1, 2], days: 14 };
		files.set('members.json', JSON.stringify({ changes: decide }));
		const until = new Date(Date.now() + 86_400_000).toISOString();
		const suspend = ['neighborhood', 'suspend', id, members[0]!.domain, ...why, '--until'];
		for (const [words, says] of [
			[['neighborhood', 'decide', id, 'members.json'], '"share":[2,3]'],
			[[...suspend, until], `"until":${Date.parse(until)}`],
		] as const) {
			const plan = await run(['--json', ...words, '--dry-run'], loggedIn());
			expect(plan.code, plan.said).to.equal(EXIT.done);
			const { changes } = JSON.parse(plan.out) as Plan;
			expect(JSON.stringify(changes)).to.include(says);
		}
		expect((await run([...suspend, '2027-03-05'], loggedIn())).code).to.equal(EXIT.refused);
	});

	it('a branch is suspended until a time and resumed; a plan changes nothing, and a time without a zone is refused', async () => {
		const { slug } = town.file.libraries[0]!;
		const until = new Date(Date.now() + 86_400_000).toISOString();
		const why = ['--why', 'en=New shelves.', 'es=Estantes nuevos.'];
		const words = ['branch', 'suspend', slug, 'belmont', '--until', until, ...why];
		const plan = await run([...words, '--dry-run'], loggedIn());
		expect(plan.out).to.include(until).and.to.include('Estantes nuevos.');
		const refused = await run(['branch', 'resume', slug, 'belmont'], loggedIn());
		expect(refused.code, refused.said).to.equal(EXIT.refused);
		const done = await run(words, loggedIn());
		expect(done.code, done.said).to.equal(EXIT.done);
		const shown = await run(['branch', 'show', slug, 'belmont'], loggedIn());
		expect(shown.out).to.match(/^Available +False: New shelves/m);
		expect((await run(['branch', 'resume', slug, 'belmont'], loggedIn())).code).to.equal(EXIT.done);
		const vague = ['branch', 'suspend', slug, 'belmont', '--until', '2026-10-09', ...why];
		expect((await run(vague, loggedIn())).said).to.include('is no time such as');
	});

	it('a branch is copied and the copy tried; it is made what it was in the copy, and what was deleted since stays deleted', async () => {
		const { slug } = town.file.libraries[0]!;
		const { id } = JSON.parse((await run(['--json', 'branch', 'show', slug, 'belmont'], loggedIn())).out);
		const folder = join(town.data, 'homes', 'home-1', 'branches', id);
		look(
			folder,
			`INSERT INTO person (id, sub, handle, name, age_band, standing, language, rules_agreed, created, seen)
			VALUES (7, 's', 'ana', 'Ana', 'adult', 'full', 'en', '', 1, 1)`,
		);
		for (const post of [71, 72]) {
			look(
				folder,
				`INSERT INTO post (id, uri, person, content_html, scope, audience, thread, created)
				VALUES (${post}, 'u${post}', 7, '<p>xm-${post}</p>', 'branch', '{}', ${post}, 1)`,
			);
		}
		const made = await run(['branch', 'backup', slug, 'belmont'], loggedIn());
		expect(made.code, made.said).to.equal(EXIT.done);
		const list = JSON.parse((await run(['--json', 'branch', 'backups', slug, 'belmont'], loggedIn())).out);
		expect(list).to.have.length(1);
		expect(list[0]).to.include({ state: 'done', problem: null });
		expect(list[0].verified).to.be.at.least(list[0].made);
		expect((await run(['branch', 'backups', slug, 'belmont'], loggedIn())).out).to.include(list[0].id);
		look(folder, "UPDATE post SET deleted = 9, content_html = '' WHERE id = 71");
		look(folder, "UPDATE post SET content_html = '<p>spoiled</p>' WHERE id = 72");
		const plan = await run(['branch', 'restore', slug, 'belmont', 'newest', '--dry-run'], loggedIn());
		expect(plan.out).to.include(list[0].id).and.to.include('stays gone');
		const restored = await run(['branch', 'restore', slug, 'belmont', list[0].id], loggedIn());
		expect(restored.code, restored.said).to.equal(EXIT.done);
		expect(
			look(folder, 'SELECT content_html AS html FROM post WHERE id IN (71, 72) ORDER BY id'),
		).to.deep.equal([{ html: '' }, { html: '<p>xm-72</p>' }]);
		const card = JSON.parse(readFileSync(join(folder, 'branch.json'), 'utf8')) as { epoch: number };
		expect(card.epoch).to.equal(2);
		const shown = await run(['branch', 'show', slug, 'belmont'], loggedIn());
		expect(shown.out)
			.to.match(/^Available +True/m)
			.and.to.match(/^Neighborly +True/m);
		const none = await run(['branch', 'restore', slug, 'belmont', 'newer'], loggedIn());
		expect(none).to.include({ code: EXIT.refused, said: 'This branch has no such backup that is whole.\n' });
		const late = await run(['operation', 'cancel', list[0].id], loggedIn());
		expect(late).to.include({ code: EXIT.refused, said: 'This cannot be cancelled. It has ended.\n' });
		const planned = await run(['operation', 'cancel', list[0].id, '--dry-run'], loggedIn());
		expect(planned).to.include({ code: EXIT.refused, said: late.said });
		const resumed = await run(['operation', 'resume', list[0].id], loggedIn());
		expect(resumed.said).to.equal('Only an import that was cancelled can be gone on with.\n');
	});

	it('a branch moves to a home of its own; what cannot be is refused before anything is done', async () => {
		const { slug } = town.file.libraries[0]!;
		const homeOf = async () =>
			JSON.parse((await run(['--json', 'branch', 'show', slug, 'belmont'], loggedIn())).out).home.kind;
		for (const wrong of [[], ['--dedicated', '--shared'], ['--dedicated', '--to', 'home-1']])
			expect((await run(['branch', 'move', slug, 'belmont', ...wrong], loggedIn())).code).to.equal(
				EXIT.refused,
			);
		const plan = await run(['branch', 'move', slug, 'belmont', '--dedicated', '--dry-run'], loggedIn());
		expect(plan.out).to.include('a home of its own').and.to.include('who is signed in');
		expect(await homeOf()).to.equal('shared');
		const moved = await run(['branch', 'move', slug, 'belmont', '--dedicated'], loggedIn());
		expect(moved.code, moved.said).to.equal(EXIT.done);
		expect(await homeOf()).to.equal('dedicated');
		const stay = await run(['branch', 'stay', slug, 'belmont'], loggedIn());
		expect(stay).to.include({ code: EXIT.refused, said: 'This branch is not moving.\n' });
	});

	it('homes of one machine have no waves, and the command says why; words that cannot be are refused', async () => {
		const plan = await run(['upgrade', 'start', '--dry-run'], loggedIn());
		expect(plan.code).to.equal(EXIT.refused);
		expect(plan.said).to.include('homes run the code of the platform');
		expect((await run(['upgrade', 'list'], loggedIn())).said).to.include('There are none.');
		for (const wrong of [
			['--soak', 'long'],
			['--hours', 'at night'],
		])
			expect((await run(['upgrade', 'start', ...wrong], loggedIn())).code).to.equal(EXIT.refused);
		for (const act of ['pause', 'undo'])
			expect((await run(['upgrade', act, 'none'], loggedIn())).said).to.include('There is no such upgrade.');
	});

	it('a token is made for a time, shown once, and taken back', async () => {
		const words = ['token', 'create', 'nightly report', '--role', 'reader', '--days', '30'];
		const made = await run(['--json', ...words], loggedIn());
		const { id, token, expires } = JSON.parse(made.out) as { id: string; token: string; expires: number };
		expect(expires).to.equal(Date.UTC(2026, 0, 31));
		expect((await run(['library', 'list'], { url: town.file.console, token: 'x' })).code).to.equal(
			EXIT.denied,
		);
		const list = await run(['token', 'list'], loggedIn());
		expect(list.out).to.include('nightly report').and.to.include('2026-01-31').and.not.to.include(token);
		expect((await run(['token', 'revoke', id], loggedIn())).code).to.equal(EXIT.done);
		expect((await run(['library', 'list'], { url: town.file.console, token })).code).to.equal(EXIT.denied);
	});

	it('what is stored about patrons is told in words, kind by kind', async () => {
		const { slug } = town.file.libraries[0]!;
		const told = await run(['privacy-report', '--library', slug], loggedIn());
		expect(told.code, told.said).to.equal(EXIT.done);
		for (const kind of STORED_KINDS) expect(told.out).to.include(STORED_WORDS[kind]);
		expect(told.out)
			.to.match(/^ +\d+ {2}Accounts: /m)
			.and.to.include('Not kept at all: card numbers');
		const { out } = await run(['--json', 'privacy-report', '--library', slug], loggedIn());
		expect((JSON.parse(out) as { lines: { kind: string }[] }).lines.map(({ kind }) => kind)).to.have.members([
			...STORED_KINDS,
		]);
	});

	it('how cards are checked is set from a file, shown without its secrets, and tried', async () => {
		const { slug } = town.file.libraries[0]!;
		const none = await run(['sign-in', 'show', slug], loggedIn());
		expect(none.said).to.include('Nobody has said yet');
		const connector = {
			kind: 'sip2',
			host: '127.0.0.1',
			port: 9,
			login: { user: 'a', password: 'sentinel' },
		};
		const canaries = [{ card: '29999000000001', pin: '1234' }];
		files.set('sign-in.json', JSON.stringify({ state: 'draft', connector, canaries }));
		const set = await run(['sign-in', 'set', slug, 'sign-in.json'], loggedIn());
		expect(set.said).to.equal('Kept as version 1, state draft.\n');
		const shown = await run(['sign-in', 'show', slug], loggedIn());
		expect(shown.out).to.include('••••').and.to.include('"port": 9');
		expect(shown.out).to.not.include('sentinel');
		await run(['catalogue-network', 'allow', slug, '127.0.0.1', '--port', '9'], loggedIn());
		const tried = await run(['sign-in', 'test', slug], loggedIn());
		expect(tried.code).to.equal(EXIT.refused);
		expect(tried.out).to.match(/^reach +failed/m);
		files.set('broken.json', '{"password": "sentinel"');
		const broken = await run(['sign-in', 'set', slug, 'broken.json'], loggedIn());
		expect(broken).to.deep.include({ code: EXIT.refused, said: 'broken.json is not a JSON object.\n' });
	});

	it('signing keys are listed and turned, and withdrawn by whoever says twice that everybody is to be signed out', async () => {
		const { slug } = town.file.libraries[0]!;
		const turned = await run(['keys', 'turn', slug], loggedIn());
		expect(turned.code, turned.said).to.equal(EXIT.done);
		const { out } = await run(['--json', 'keys', 'list', slug], loggedIn());
		const keys = JSON.parse(out) as { kid: string; state: string }[];
		const { kid } = keys.find(({ state }) => state === 'signing')!;
		const asked = await run(['keys', 'withdraw', slug, kid], loggedIn());
		expect(asked.code).to.equal(EXIT.refused);
		expect(asked.said).to.include('signed out').and.to.include('Nothing was done');
		const done = await run(['keys', 'withdraw', slug, kid, '--yes'], loggedIn());
		expect(done.code, done.said).to.equal(EXIT.done);
		expect(done.out).to.match(new RegExp(`^${kid} .* withdrawn`, 'm'));
		const none = await run(['keys', 'withdraw', slug, 'nobody', '--yes'], loggedIn());
		expect(none.code).to.equal(EXIT.refused);
		expect(none.said).to.include('no key of this name');
	});

	it('a network for a catalogue is allowed, listed and ended, and one that cannot be is said why', async () => {
		const { slug } = town.file.libraries[0]!;
		const allow = (cidr: string, port: string) =>
			run(['catalogue-network', 'allow', slug, cidr, '--port', port], loggedIn());
		expect((await allow('10.20.0.0/16', '6001')).said).to.equal(
			`10.20.0.0/16, port 6001, is allowed for ${slug}.\n`,
		);
		const refused = await allow('0.0.0.0/0', '6001');
		expect(refused.code).to.equal(EXIT.refused);
		expect(refused.said).to.include('cidr: Only a network of private addresses');
		expect((await allow('10.20.0.0/16', '0')).said).to.include('--port takes a number');
		const list = async () => {
			const { out } = await run(['--json', 'catalogue-network', 'list', slug], loggedIn());
			return (JSON.parse(out) as { id: string; cidr: string }[]).find(({ cidr }) => cidr === '10.20.0.0/16');
		};
		const { id } = (await list())!;
		expect((await run(['catalogue-network', 'end', slug, id], loggedIn())).said).to.equal('Ended.\n');
		expect(await list()).to.equal(undefined);
	});

	it('an import is shown before it is done, as its page says, and a digest of another one does nothing', async () => {
		const page = readFileSync(new URL('../../../docs/library-it/import.md', import.meta.url), 'utf8');
		const commands = [...page.matchAll(/^npm run understory -- (.+)$/gm)].map(([, words]) =>
			words!.split(' '),
		);
		expect(commands).to.have.length(3);
		const [look, confirm, own] = commands as [string[], string[], string[]];
		files.set('county.csv', /```csv\n([^`]+)```/.exec(page)![1]!);
		const shown = await run(look, loggedIn());
		expect(shown.code, shown.said).to.equal(EXIT.done);
		expect(shown.out).to.match(/clackamas\/gladstone +created +Gladstone +http:\/\/gladstone\.clackamas\./);
		expect(shown.out).to.contain('created: 2').and.to.contain('Nothing was done.');
		expect((await run(['library', 'show', 'clackamas'], loggedIn())).code).to.equal(EXIT.refused);
		const json = JSON.parse((await run(['--json', ...look], loggedIn())).out);
		expect(shown.out).to.contain(`import county.csv --digest ${json.digest}`);
		const some = await run([...look, '--library', 'clackamas'], loggedIn());
		expect(some.out).to.contain('import county.csv --library clackamas --digest ');
		const other = await run(['import', 'county.csv', '--digest', 'x'.repeat(40)], loggedIn());
		expect(other).to.include({ code: EXIT.refused });
		expect(other.said).to.contain('not the file that was looked at');
		const done = await run(
			confirm.map((word) => (word === 'DIGEST' ? json.digest : word)),
			loggedIn(),
		);
		expect(done.code, done.said).to.equal(EXIT.done);
		expect(done.said).to.contain('created: 2');
		const again = await run(look, loggedIn());
		expect(again.out).to.contain('unchanged: 2');
		files.set('county.csv', `${files.get('county.csv')}linn,albany,Albany,Albany,Linn County Library,OR,,\n`);
		const mine = await run(own, loggedIn());
		expect(mine.code, mine.said).to.equal(EXIT.done);
		expect(mine.out).to.contain('unchanged: 2').and.to.contain('refused: 1');
		expect(mine.out).to.match(/linn\/albany +refused .*of another library.*only rows of clackamas/);
		expect(mine.out).to.contain('import county.csv --into clackamas --digest ');
		const both = await run([...own, '--library', 'linn'], loggedIn());
		expect(both).to.include({ code: EXIT.refused });
		files.set('odd.csv', 'name,colour\nBelmont,red\n');
		const odd = await run(['import', 'odd.csv', '--dry-run'], loggedIn());
		expect(odd).to.include({ code: EXIT.refused });
		expect(odd.said).to.contain('FSCSKEY');
	});

	it('copies are made by a schedule as the page about the life of a branch says', async () => {
		const page = readFileSync(new URL('../../../docs/library-it/life.md', import.meta.url), 'utf8');
		const lines = [...page.matchAll(/^npm run understory -- (.+)$/gm)].map(([, line]) => line!);
		expect(lines.length).to.be.greaterThan(0);
		for (const line of lines) {
			const { code, said } = await run(line.split(' '), loggedIn());
			expect(code, `${line}: ${said}`).to.equal(EXIT.done);
		}
	});

	it('bills, prices and quotas are what their page says, and a bill has a line for each thing', async () => {
		const page = readFileSync(new URL('../../../docs/library-it/bills.md', import.meta.url), 'utf8');
		const commands = [...page.matchAll(/^npm run (?:--silent )?understory -- (.+)$/gm)].map(
			([, line]) => line!,
		);
		expect(commands).to.have.length(7);
		const tariff = fileURLToPath(new URL('../src/estimate/tariff.json', import.meta.url));
		const month = new Date().toISOString().slice(0, 7);
		const done: Awaited<ReturnType<typeof run>>[] = [];
		for (const line of commands) {
			const words = [...line.matchAll(/"([^"]+)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
			const here = words.map((word) => ({ 'tariff.json': tariff, '2026-11': month })[word] ?? word);
			const one = await run(here, loggedIn());
			expect(one.code, `${line}: ${one.said}`).to.equal(EXIT.done);
			done.push(one);
		}
		const [prices, mine] = done;
		expect(prices!.out).to.contain('Round prices for a first look');
		expect(mine!.out)
			.to.match(/total +- +- +- +\d+\.\d\d/)
			.and.to.contain('which is not over: so far');
		expect(done.find(({ out }) => out.startsWith('library,name,month'))!.out).to.contain(
			',dedicated,branch-days,',
		);
		const { code, said } = await run(['bill', 'multnomah', '--month', 'x'], loggedIn());
		expect({ code, said }).to.deep.equal({
			code: EXIT.refused,
			said: 'There is no such month.\nmonth: Write it as 2026-11.\n',
		});
		const odd = await run(['quota', 'set', 'multnomah', '--ask', 'Dana', '--branches', 'few'], loggedIn());
		expect(odd.said).to.contain('--branches takes a whole number or none');
	});

	it('wrong words, no answer and a missing file each end in a sentence and a code of their own', async () => {
		expect((await run(['branch', 'paint'])).code).to.equal(EXIT.usage);
		expect((await run(['branch', 'create', 'x'])).code).to.equal(EXIT.usage);
		const silent = await run(['library', 'list'], { url: 'http://127.0.0.1:9', token: 'x' });
		expect(silent.code).to.equal(EXIT.unavailable);
		expect(silent.said).to.include('Nobody answers');
		const missing = await run(['import', 'none.csv'], loggedIn());
		expect(missing).to.include({ code: EXIT.refused, said: 'none.csv cannot be read (ENOENT).\n' });
		const unknown = await run(['library', 'show', 'atlantis'], loggedIn());
		expect(unknown.said).to.include('atlantis');
	});

	/** They change nothing anywhere. */
	const LOOKS = [
		...[
			'audit',
			'bill',
			'branch backups',
			'branch events',
			'branch list',
			'branch receipt',
			'branch show',
			'catalogue-network list',
		],
		...['client list', 'contact list', 'contact preview', 'neighborhood list', 'neighborhood proposals'],
		...['neighborhood show', 'records profiles', 'records show', 'role invitations', 'role list'],
		...['cell list', 'completion', 'council-pdf', 'doctor', 'estimate', 'external-server list'],
		...[
			'external-server preview',
			'home list',
			'keys list',
			'library list',
			'library show',
			'log audit',
			'policy check',
		],
		...['policy list', 'policy show', 'prices show', 'quota show', 'recovery-key show'],
		...['sign-in alerts', 'sign-in show'],
		...[
			'staff list',
			'staff provider',
			'team list',
			'team people',
			'team waiting',
			'token list',
			'token show',
		],
		...[
			'upgrade list',
			'upgrade show',
			'verify audit',
			'verify entry',
			'verify log',
			'verify receipt',
			'watch',
		],
	];

	it('whatever changes something says beforehand what it would change, or is on the list of what cannot, with why', () => {
		const program = createProgram({ out: () => undefined, say: () => undefined } as unknown as Session);
		offerPlans(program);
		const leaves = commandTable(program).filter(
			({ path }, _, all) => path && !all.some((other) => other.path.startsWith(`${path} `)),
		);
		const dry = leaves.filter(({ words }) => words.some(({ word }) => word === '--dry-run'));
		const names = dry.map(({ path }) => path);
		expect(leaves.map(({ path }) => path).toSorted()).to.deep.equal(
			[...names, ...Object.keys(UNPLANNED), ...LOOKS].toSorted(),
		);
		expect(names).to.include.members([...PLANNED, 'branch suspend', 'import', 'upgrade start']);
	});

	it('a dry run shows what would be otherwise, in a table or as JSON, and nothing is done', async () => {
		const words = ['team', 'create', 'multnomah', 'Night desk', '--dry-run'];
		const planned = await run(words, loggedIn());
		expect(planned.code, planned.said).to.equal(EXIT.done);
		expect(planned.said).to.include('Nothing was done.');
		expect(planned.out)
			.to.match(/^WHAT +FROM +TO\n/)
			.and.to.include('Night desk');
		const told = JSON.parse((await run(['--json', ...words], loggedIn())).out) as Plan;
		expect(told.changes.map(({ to }) => JSON.stringify(to)).join()).to.include('Night desk');
		expect((await run(['team', 'list', 'multnomah'], loggedIn())).out).to.not.include('Night desk');
		const token = await run(['token', 'create', 'nightly', '--role', 'reader', '--dry-run'], loggedIn());
		expect(token.code, token.said).to.equal(EXIT.done);
		expect((await run(['token', 'list'], loggedIn())).out).to.not.include('nightly');
	});

	it('a dry run is refused for what the command is refused for, in the same words', async () => {
		const words = ['branch', 'resume', 'multnomah', 'belmont'];
		const [planned, asked] = [await run([...words, '--dry-run'], loggedIn()), await run(words, loggedIn())];
		expect(planned).to.deep.equal(asked);
		expect(planned.code).to.not.equal(EXIT.done);
	});
});

/** Asks the file of a branch something, as somebody at the machine could. */
function look(folder: string, sql: string): Record<string, unknown>[] {
	const database = new DatabaseSync(join(folder, 'branch.sqlite'));
	try {
		return database
			.prepare(sql)
			.all()
			.map((row) => ({ ...row }));
	} finally {
		database.close();
	}
}
