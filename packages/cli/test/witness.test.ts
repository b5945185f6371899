import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readCosignatures } from '@understory/transparency-log/cosignature.ts';
import { generateKey } from '@understory/transparency-log/keys.ts';
import { beginLog, type Log } from '@understory/transparency-log/log.ts';
import { folderStorage } from '@understory/transparency-log/log-folder.ts';
import { parseVkey } from '@understory/transparency-log/note.ts';
import { conceal, makeDisclosure } from '@understory/transparency-log/sd.ts';
import { formatRequest, pathOf } from '@understory/transparency-log/witness.ts';
import { yearLink } from '@understory/transparency-log/year-link.ts';
import { expect } from 'chai';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const origin = 'accountability.library.example/log/2026';

describe('understory witness and understory verify', () => {
	let folder: string;
	let log: Log;
	const children: ChildProcess[] = [];
	beforeEach(async () => {
		folder = mkdtempSync(join(tmpdir(), 'understory-witness-'));
		log = await beginLog({ origin, key: generateKey(), storage: folderStorage(join(folder, 'log')) });
		await log.append(0, [Buffer.from('{"n":0}'), Buffer.from('{"n":1}')]);
	});
	afterEach(() => {
		for (const child of children.splice(0)) child.kill('SIGKILL');
		rmSync(folder, { recursive: true, force: true });
	});

	async function start(): Promise<{ child: ChildProcess; url: string; vkey: string }> {
		const words = ['witness', '--folder', join(folder, 'witness'), '--name', 'clerk.example/witness'];
		const child = spawn(process.execPath, [MAIN, ...words, '--log', log.vkey, '--port', '0'], {
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		children.push(child);
		let said = '';
		child.stderr!.setEncoding('utf8').on('data', (text: string) => {
			said += text;
		});
		const [vkey] = (await once(child.stdout!.setEncoding('utf8'), 'data')) as [string];
		return { child, url: /http:\S+/.exec(said)![0], vkey: vkey.trim() };
	}
	const add = (url: string, body: string) => fetch(new URL('add-checkpoint', url), { method: 'POST', body });
	const first = () => formatRequest({ old: 0, proof: [], note: log.checkpoint().note });
	function run(...words: string[]): Promise<{ code: number; out: string; said: string }> {
		return new Promise((resolve) => {
			execFile(process.execPath, [MAIN, ...words], (error, out, said) =>
				resolve({ code: error ? Number(error.code) : 0, out, said }),
			);
		});
	}

	it('cosigns over HTTP, stops when asked, and goes on after a kill where it stood', async () => {
		const one = await start();
		const answer = await add(one.url, first());
		expect(answer.status).to.equal(200);
		await log.addCosignatures(await answer.text(), [parseVkey(one.vkey, 'cosignature')]);
		one.child.kill('SIGKILL');
		await once(one.child, 'exit');
		const two = await start();
		expect(two.vkey).to.equal(one.vkey);
		const behind = await add(two.url, first());
		expect(behind.status).to.equal(409);
		expect(behind.headers.get('content-type')).to.equal('text/x.tlog.size');
		expect(await behind.text()).to.equal('2\n');
		const shown = await fetch(new URL(pathOf(origin), two.url));
		expect(readCosignatures(await shown.text(), [parseVkey(two.vkey, 'cosignature')])).to.have.length(1);
		two.child.kill('SIGTERM');
		expect(await once(two.child, 'exit')).to.deep.equal([0, null]);
	});

	it('two witnesses never work in one folder: the second is told, and the first goes on', async () => {
		const { url } = await start();
		const words = ['--folder', join(folder, 'witness'), '--name', 'clerk.example/witness', '--log', log.vkey];
		const second = await run('witness', ...words, '--port', '0');
		expect(second.code).to.equal(1);
		expect(second.said).to.include('Another process');
		expect((await add(url, first())).status).to.equal(200);
	});

	it('answers what is too long, unknown or not asked that way, and lives', async () => {
		const { url } = await start();
		expect((await add(url, 'x'.repeat(100_000))).status).to.equal(413);
		expect((await fetch(new URL('elsewhere', url))).status).to.equal(404);
		expect((await fetch(new URL('../../etc/passwd', url))).status).to.equal(404);
		expect((await fetch(new URL('add-checkpoint', url))).status).to.equal(404);
		expect((await fetch(new URL(pathOf(origin), url))).status).to.equal(404);
		expect((await add(url, first())).status).to.equal(200);
	});

	it('a downloaded log is checked, and who else signed is counted', async () => {
		const { url, vkey } = await start();
		const answer = await add(url, first());
		await log.addCosignatures(await answer.text(), [parseVkey(vkey, 'cosignature')]);
		const other = await run('verify', 'log', join(folder, 'log'), '--key', log.vkey, '--witness', vkey);
		expect(other.code, other.said).to.equal(0);
		expect(other.out)
			.to.match(/^sound +yes$/m)
			.and.to.match(/^witnesses +1 of 1 signed$/m);
		await folderStorage(join(folder, 'log')).write('tile/entries/000.p/2', Buffer.from('changed'));
		const changed = await run('verify', 'log', join(folder, 'log'), '--key', log.vkey);
		expect(changed).to.include({ code: 1, out: '' });
		expect(changed.said).to.include('NOT PROVEN');
	});

	it('a year is followed to the one it goes back to, beside it, and refused when that is another or not there', async () => {
		const key = generateKey();
		const year = async (number: number, entries: readonly Buffer[]): Promise<Log> => {
			const storage = folderStorage(join(folder, 'log', String(number)));
			const made = await beginLog({ origin: `accountability.library.example/log/${number}`, key, storage });
			await made.append(0, entries);
			return made;
		};
		const old = await year(2026, [Buffer.from('{"n":0}')]);
		const newer = await year(2027, [yearLink(old.checkpoint(), key), Buffer.from('{"n":1}')]);
		const check = (...more: string[]) =>
			run('verify', 'log', join(folder, 'log/2027'), '--key', newer.vkey, ...more);
		expect((await check()).out).to.match(
			/^years before +accountability\.library\.example\/log\/2026 \(1\)$/m,
		);
		await old.append(1, [Buffer.from('{"n":"late"}')]);
		const grown = await check();
		expect(grown).to.include({ code: 1, out: '' });
		expect(grown.said).to.include('NOT PROVEN').and.include('has 2 entries and should have 1');
		rmSync(join(folder, 'log/2026'), { recursive: true });
		expect((await check()).said).to.include('log/2026: The log has no checkpoint.');
		expect((await check('--one-year')).out).to.match(/^years before +not looked at$/m);
	});

	it('tells the words that an entry committed to, and no others', async () => {
		const { disclosures, _sd } = conceal({ facts: 'Two posts.', text: 'My blue car.' });
		await log.append(2, [Buffer.from(JSON.stringify({ _sd }))]);
		const at = (name: string) => join(folder, name);
		writeFileSync(at('entry'), await log.entry(2));
		writeFileSync(at('proof'), await log.proof(2));
		const check = (words: string) => {
			writeFileSync(at('words'), words);
			return run('verify', 'entry', at('entry'), at('proof'), '--key', log.vkey, '--words', at('words'));
		};
		const found = await check(JSON.stringify({ disclosures }));
		expect(found.code, found.said).to.equal(0);
		expect(found.out).to.match(/^text +My blue car\.$/m);
		const salt = 'AAAAAAAAAAAAAAAAAAAAAA';
		const forged = { disclosures: [makeDisclosure('text', 'My red car.', salt)] };
		expect((await check(JSON.stringify(forged))).said)
			.to.include('NOT PROVEN')
			.and.include('not the words');
		expect((await check('no file of texts')).said).to.include('is no file of texts');
	});

	it('a key that is none, and a file that is not there, are told in a sentence', async () => {
		expect((await run('verify', 'log', folder, '--key', 'x')).said).to.include('no checkpoint');
		expect((await run('verify', 'entry', join(folder, 'a'), join(folder, 'b'), '--key', 'x')).code).to.equal(
			1,
		);
		const words = ['witness', '--folder', join(folder, 'w'), '--name', 'a', '--log', 'x'];
		expect((await run(...words)).said).to.include('not a verifier key');
	});
});
