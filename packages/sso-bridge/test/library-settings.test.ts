import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';

const run = promisify(execFile);

describe('a card page by a library’s own settings', () => {
	let bed: Bed;
	let belmont: BranchClient;
	before(async () => {
		bed = await startBed({
			signIn: {
				card: {
					label: { en: 'Borrower number', es: 'Número de lector' },
					hint: { en: 'Eight signs, beginning with D.' },
					pattern: 'D[0-9]{7}',
					keyboard: 'text',
				},
				pin: { label: { en: 'Password' }, alphabet: 'digits', min_length: 4 },
				rules: { minimum_age: 16 },
				languages: ['es'],
			},
		});
		belmont = await branchClient(bed, bed.salem, 'belmont');
	});
	after(() => bed?.close());

	it('has the library’s words, keyboards, least age and language', async () => {
		const page = await visitorOf(bed).open((await belmont.begin()).url);
		expect(page.text).to.include('Número de lector').and.include('Eight signs, beginning with D.');
		expect(page.text).to.include('a partir de los 16 años');
		expect(page.html)
			.to.match(/id="card"[^>]* inputmode="text"/)
			.and.match(/id="pin"[^>]* inputmode="numeric"/);
	});

	it('says what no card and no PIN of the library looks like, and asks nobody', async () => {
		const visitor = visitorOf(bed);
		const page = await visitor.open((await belmont.begin()).url);
		const wrong = await visitor.send(page, '/sign-in/', { card: '12345678', pin: '1234' });
		expect(wrong.status).to.equal(422);
		expect(wrong.text).to.include('Esto no parece un número de tarjeta');
		expect(wrong.html).to.match(/id="card"[^>]* aria-invalid="true"/);
		const pin = await visitor.send(wrong, '/sign-in/', { card: 'D1234567', pin: 'abcd' });
		expect(pin.text).to.include('Mire otra vez el PIN');
		expect(bed.ils.asked('D1234567')).to.equal(0);
	});
});

describe('a library that has not opened its sign-in', () => {
	let bed: Bed;
	before(async () => {
		bed = await startBed({ signIn: { state: 'draft' } });
	});
	after(() => bed?.close());

	it('says so, and asks nobody', async () => {
		const belmont = await branchClient(bed, bed.salem, 'belmont');
		const visitor = visitorOf(bed);
		const page = await visitor.open((await belmont.begin()).url);
		const { card, pin } = bed.person('Okafor');
		const answer = await visitor.send(page, '/sign-in/', { card, pin });
		expect(answer.status).to.equal(503);
		expect(answer.text).to.include('Sign-in is not open yet');
		expect(bed.ils.asked(bed.person('Okafor').card)).to.equal(0);
	});
});

describe('a library that puts a list of its cards in place', () => {
	const KEY = 'key-of-the-list-0123456789';
	let bed: Bed;
	before(async () => {
		bed = await startBed({ signIn: { connector: { kind: 'list', upload_key: KEY } } });
	});
	after(() => bed?.close());

	const put = (body: string, key: string | null, host = bed.salem.origin) =>
		bed.outgoing.request({
			url: `${host}/list`,
			method: 'PUT',
			headers: { 'content-type': 'text/csv', ...(key === null ? {} : { authorization: `Bearer ${key}` }) },
			body,
		});

	it('does so with its key alone, and from then on its patrons sign in', async () => {
		const { card, pin } = bed.person('Okafor');
		const csv = `card,pin,expires,age\n${card},${pin},2031-01-31,adult\n`;
		for (const key of [null, 'another-key-of-twenty-signs', `${KEY}x`])
			expect((await put(csv, key)).status).to.equal(401);
		const belmont = await branchClient(bed, bed.salem, 'belmont');
		const visitor = visitorOf(bed);
		const page = await visitor.open((await belmont.begin()).url);
		const before = await visitor.send(page, '/sign-in/', { card, pin });
		expect(before.status, 'no list yet').to.equal(503);
		const answer = await put(csv, KEY);
		expect([answer.status, JSON.parse(answer.body.toString())]).to.deep.equal([200, { cards: 1, twice: 0 }]);
		const first = await visitor.send(before, '/sign-in/', { card, pin });
		// No catalogue will find them with their next card, so they get a code that does.
		expect(first.text).to.include('Your recovery code');
	});

	it('is told which lines cannot be taken, and nothing of what is in them', async () => {
		const answer = await put('card,pin\n27182818284590,\n', KEY);
		expect(answer.status).to.equal(422);
		expect(answer.body.toString()).to.include('line 2').and.not.include('27182818');
		expect(bed.log.join('\n')).to.not.include('27182818');
	});

	it('is the library of the host, whatever another one has', async () => {
		expect((await put('card,pin\n1,2\n', KEY, bed.bend.origin)).status).to.equal(200);
		const { card, pin } = bed.person('Okafor');
		const belmont = await branchClient(bed, bed.salem, 'belmont');
		const visitor = visitorOf(bed);
		const page = await visitor.open((await belmont.begin()).url);
		expect((await visitor.send(page, '/sign-in/', { card, pin })).url).to.include(belmont.callback);
	});

	it('puts it there with the command of the page for library IT', async () => {
		const page = readFileSync(new URL('../../../docs/library-it/sign-in.md', import.meta.url), 'utf8');
		const [, command] = /^(curl --upload-file .+)$/m.exec(page)!;
		const folder = mkdtempSync(join(tmpdir(), 'understory-list-'));
		try {
			writeFileSync(join(folder, 'cards.csv'), /```csv\n([^`]+)```/.exec(page)![1]!);
			const { host, port } = new URL(bed.salem.origin);
			// Where the name leads to here, as DNS would say.
			writeFileSync(join(folder, '.curlrc'), `connect-to = "${host}:127.0.0.1:${port}"\nfail-with-body\n`);
			const here = command!.replace('https://card.library.example', bed.salem.origin);
			const env = { PATH: process.env.PATH, HOME: folder, UPLOAD_KEY: KEY };
			const { stdout } = await run('bash', ['-c', here], { cwd: folder, env });
			expect(JSON.parse(stdout)).to.deep.equal({ cards: 2, twice: 0 });
		} finally {
			rmSync(folder, { recursive: true });
		}
	});
});
