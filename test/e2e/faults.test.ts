import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { create } from '../../packages/town/src/test-town.ts';
import { call } from './api.ts';
import { Visitor } from './visitor.ts';

type TestTown = Awaited<ReturnType<typeof create>>;

const MAIN = new URL('../../packages/town/src/main.ts', import.meta.url).pathname;

describe('what goes wrong in a town', function () {
	this.timeout(120_000);
	let town: TestTown;
	let branch: string;
	const api = (method: string, path: string, options: Parameters<typeof call>[3] = {}) =>
		call(town.port, method, `/api/v1${path}`, { token: town.file.adminToken, ...options });

	before(async () => {
		town = await create({ sample: true, libraries: ['OR0069'] });
		branch = town.file.libraries[0]!.branches.find((one) => one.stage === 'open')!.url;
	});
	after(() => town?.close());

	it('a host nobody has is told so, as a page and as a problem', async () => {
		for (const host of [
			`nobody.salem.localhost:${town.port}`,
			`card.nowhere.localhost:${town.port}`,
			'evil.example',
		]) {
			const answer = await call(town.port, 'GET', '/', { host });
			expect(answer.status, host).to.equal(421);
			expect(answer.body.title, host).to.match(/address/);
		}
		const page = await new Visitor(town.port).open(`http://nobody.salem.localhost:${town.port}/`);
		expect(page.text).to.contain('Nobody lives at this address');
	});

	it('a request without a usable Host is refused in a sentence', async () => {
		expect((await call(town.port, 'GET', '/', { host: 'a b' })).status).to.equal(400);
	});

	it('a library or branch that is not there is 404 with its name', async () => {
		for (const path of [
			'/libraries/atlantis',
			'/libraries/salem/branches/atlantis',
			'/operations/atlantis',
		]) {
			const answer = await api('GET', path);
			expect(answer.status, path).to.equal(404);
			expect(answer.body.title, path).to.match(/There is no|has no/);
		}
	});

	it('a body that is no JSON is 400, one of another form names its fields, one too large is 413', async () => {
		const headers = { 'content-type': 'application/json' };
		const malformed = await api('POST', '/libraries', { raw: '{"slug": ', headers });
		expect([malformed.status, malformed.body.title]).to.deep.equal([400, 'The body is not valid JSON.']);
		const incomplete = await api('POST', '/libraries', { body: { slug: 'x', surprise: 1 } });
		expect(incomplete.status).to.equal(422);
		expect(incomplete.body.errors.map((fault: { field: string }) => fault.field)).to.include.members([
			'name',
			'surprise',
		]);
		const huge = await api('POST', '/libraries', { body: { name: 'x'.repeat(300_000) } });
		expect(huge.status).to.equal(413);
		expect((await api('GET', '/libraries')).body.items).to.have.length(1);
	});

	it('a file that is not of the survey is refused with what is missing, and nothing was taken in', async () => {
		const answer = await api('POST', '/libraries:import', {
			raw: 'name,city\nA,B\n',
			headers: { 'content-type': 'text/csv' },
		});
		const { body } = await api('GET', `/operations/${answer.body.id}`);
		expect(body.state).to.equal('failed');
		expect(body.problem.title).to.contain('FSCSKEY');
	});

	it('no token, an unknown token, and one without the role are each told what to do', async () => {
		const none = await call(town.port, 'GET', '/api/v1/libraries');
		expect([none.status, none.headers['www-authenticate']]).to.deep.equal([401, 'Bearer']);
		const wrong = await api('GET', '/libraries', { token: 'x'.repeat(43) });
		expect([wrong.status, wrong.body.title]).to.deep.equal([
			401,
			'This API token is not known, or its time is over.',
		]);
		const reader = await api('POST', '/tokens', { body: { name: 'press', role: 'reader' } });
		const refused = await api('POST', '/libraries/salem/operations', {
			token: reader.body.token,
			body: { kind: 'provision' },
		});
		expect(refused.status).to.equal(403);
	});

	it('a wrong PIN costs one of three tries, and the catalogue is not asked a fourth time', async () => {
		const [first] = town.file.libraries[0]!.demoCards.filter(
			(card) => card.role === 'patron' && card.state === 'good',
		);
		const catalogue = town.catalogues.get('salem')!;
		const before = catalogue.ils.asked(first!.card);
		const visitor = new Visitor(town.port);
		let page = await visitor.open(`${branch}/signin`);
		for (const [pin, words] of [
			['0001', '2 more times'],
			['0002', 'once more'],
			['0003', 'in 15 minutes'],
			['0004', 'in 15 minutes'],
		] as const) {
			page = await visitor.send(page, '/sign-in/', { card: first!.card, pin });
			expect(page.text).to.contain('do not match');
			expect(page.text).to.contain(words);
			expect(page.html).to.not.contain(`value="${pin}"`);
		}
		expect(catalogue.ils.asked(first!.card) - before).to.equal(3);
	});

	it('a catalogue that is dead is told as such, costs no try, and works again when it is back', async () => {
		const cards = town.file.libraries[0]!.demoCards.filter(
			(card) => card.role === 'patron' && card.state === 'good',
		);
		const card = cards[1]!;
		const { ils } = town.catalogues.get('salem')!;
		ils.misbehave('dead');
		const visitor = new Visitor(town.port);
		let page = await visitor.open(`${branch}/signin`);
		for (let tries = 0; tries < 4; tries++) {
			page = await visitor.send(page, '/sign-in/', { card: card.card, pin: card.pin });
			expect([page.status, page.text.includes('The catalog does not answer')]).to.deep.equal([503, true]);
		}
		ils.misbehave(null);
		page = await visitor.send(page, '/sign-in/', { card: card.card, pin: card.pin });
		expect(new URL(page.url).pathname).to.equal('/welcome');
	});

	it('lost and blocked cards are sent to a desk, and an expired one keeps the porch', async () => {
		for (const [state, words] of [
			['lost', 'Please see a desk'],
			['blocked', 'Please see a desk'],
		] as const) {
			const card = town.file.libraries[0]!.demoCards.find((one) => one.state === state)!;
			const visitor = new Visitor(town.port);
			const page = await visitor.send(await visitor.open(`${branch}/signin`), '/sign-in/', {
				card: card.card,
				pin: card.pin,
			});
			expect(page.text).to.contain(words);
		}
	});

	it('a damaged branch file takes nothing else down, and is told as such', async () => {
		await town.close();
		const again = mkdtempSync(join(tmpdir(), 'understory-faults-'));
		town = await create({ sample: true, libraries: ['OR0069'], data: again });
		branch = town.file.libraries[0]!.branches.find((one) => one.stage === 'open')!.url;
		const damaged = town.file.libraries[0]!.branches.find((one) => one.url !== branch)!;
		const found = (await api('GET', `/libraries/salem/branches/${damaged.slug}`)).body;
		const port = town.port;
		await town.close();
		const file = join(again, 'homes', 'home-1', 'branches', found.id, 'branch.sqlite');
		writeFileSync(file, Buffer.alloc(8_192, 7));
		town = await create({ sample: true, libraries: ['OR0069'], data: again, port });
		const broken = await new Visitor(town.port).open(`${damaged.url}/`);
		expect(broken.status).to.equal(503);
		expect(broken.text).to.contain('This does not work just now');
		expect((await new Visitor(town.port).open(`${branch}/`)).status).to.equal(200);
		await town.close();
		rmSync(again, { recursive: true, force: true });
	});
});

describe('a town as a program', function () {
	this.timeout(120_000);
	const children = new Set<ChildProcess>();
	const folders: string[] = [];
	const folder = () => {
		const made = mkdtempSync(join(tmpdir(), 'understory-program-'));
		folders.push(made);
		return made;
	};
	after(() => {
		for (const child of children) child.kill('SIGKILL');
		for (const made of folders) rmSync(made, { recursive: true, force: true });
	});

	/** Starts the program; resolves when it is up, or with what it said when it ended. */
	function start(
		words: string[],
		env: Record<string, string> = {},
	): Promise<{ child: ChildProcess; said: string; code: number | null }> {
		const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...words], {
			stdio: ['ignore', 'pipe', 'pipe'],
			env: { ...process.env, ...env },
		});
		children.add(child);
		let said = '';
		return new Promise((resolve) => {
			const hear = (chunk: Buffer) => {
				said += chunk.toString('utf8');
				if (said.includes('Stop with Ctrl+C')) resolve({ child, said, code: null });
			};
			child.stdout!.on('data', hear);
			child.stderr!.on('data', hear);
			child.once('close', (code) => {
				children.delete(child);
				resolve({ child, said, code });
			});
		});
	}

	it('says every fault of its settings at once', async () => {
		const { said, code } = await start(['--port', 'many', '--colour'], { UNDERSTORY_LIBARY: 'OR0063' });
		expect(code).to.equal(1);
		expect(said).to.contain('The port is "many"');
		expect(said).to.contain('There is no option --colour');
		expect(said).to.contain('UNDERSTORY_LIBARY is not a setting');
	});

	it('says that its port is in use', async () => {
		const taken = createServer();
		const port = await new Promise<number>((resolve) =>
			taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port)),
		);
		const { said, code } = await start(['--port', String(port), '--data', folder()]);
		taken.close();
		expect([code, said.trim()]).to.deep.equal([
			1,
			`Port ${port} is in use by another program. Stop that program, or choose another port.`,
		]);
	});

	it('says that its data folder cannot be used: a file in its place, or no right to write', async () => {
		const place = join(folder(), 'file');
		writeFileSync(place, '');
		const inPlace = await start(['--port', String(await freePort()), '--data', place]);
		expect([inPlace.code, /data folder .* cannot be used/.test(inPlace.said)]).to.deep.equal([1, true]);
		const locked = folder();
		chmodSync(locked, 0o500);
		// Root may write anywhere; for root a read-only folder is one below /proc.
		const target = process.getuid?.() === 0 ? '/proc/understory' : join(locked, 'town');
		const readOnly = await start(['--port', String(await freePort()), '--data', target]);
		expect([readOnly.code, /data folder .* cannot be used/.test(readOnly.said)]).to.deep.equal([1, true]);
	});

	it('says that a library is not in the sample', async () => {
		const { said, code } = await start([
			'--port',
			String(await freePort()),
			'--data',
			folder(),
			'--library',
			'ZZ9999',
		]);
		expect([code, said.includes('ZZ9999')]).to.deep.equal([1, true]);
	});

	it('keeps every acknowledged post through kill -9, refuses another port, and stops cleanly on SIGTERM', async () => {
		const data = folder();
		const port = await freePort();
		const words = ['--data', data, '--library', 'OR0069'];
		const first = await start(['--port', String(port), ...words]);
		const file = JSON.parse(readFileSync(join(data, 'town.json'), 'utf8'));
		const [library] = file.libraries;
		const open = library.branches.find((one: { stage: string }) => one.stage === 'open');
		const card = library.demoCards.find(
			(one: { role: string; state: string }) => one.role === 'patron' && one.state === 'good',
		);
		const teo = new Visitor(port);
		const welcome = await teo.send(await teo.open(`${open.url}/signin`), '/sign-in/', {
			card: card.card,
			pin: card.pin,
		});
		let page = await teo.send(welcome, '/welcome', { name: 'Teo', handle: 'teo', rules: 'yes' });
		for (let count = 1; count <= 3; count++) {
			page = await teo.open(`${open.url}/home`);
			const answer = await teo.send(page, '/posts', {
				text: `Acknowledged number ${count}.`,
				scope: 'branch',
			});
			expect(answer.status).to.equal(200);
		}
		const gone = new Promise((resolve) => first.child.once('close', resolve));
		first.child.kill('SIGKILL');
		await gone;

		const refused = await start(['--port', String(await freePort()), ...words]);
		expect([refused.code, refused.said.includes(`belongs to port ${port}`)]).to.deep.equal([1, true]);

		const second = await start(['--port', String(port), ...words]);
		expect(second.code, second.said).to.equal(null);
		const { text } = await teo.open(`${open.url}/home`);
		for (let count = 1; count <= 3; count++) expect(text).to.contain(`Acknowledged number ${count}.`);

		// The card was typed once and went through every role; no byte on the disk may know it.
		expect(filesWith(card.card, data)).to.deep.equal([join(data, 'town.json')]);
		const ended = new Promise((resolve) => second.child.once('close', resolve));
		second.child.kill('SIGTERM');
		expect(await ended).to.equal(0);
	});

	it('prints its help', async () => {
		const { said, code } = await start(['--help']);
		expect(code).to.equal(0);
		for (const option of ['--port', '--data', '--library', '--no-sample']) expect(said).to.contain(option);
	});
});

/** Every file below a folder that holds these bytes. */
function filesWith(text: string, below: string): string[] {
	return readdirSync(below, { recursive: true, encoding: 'utf8' })
		.map((name) => join(below, name))
		.filter((file) => statSync(file).isFile() && readFileSync(file).includes(text));
}

function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const probe = createServer();
		probe.once('error', reject);
		probe.listen(0, '127.0.0.1', () => {
			const { port } = probe.address() as { port: number };
			probe.close(() => resolve(port));
		});
	});
}
