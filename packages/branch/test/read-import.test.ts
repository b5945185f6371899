import { BadInput } from '@understory/core/errors.ts';
import { expect } from 'chai';
import { csvRow, plainCell } from '../src/services/csv.ts';
import { readImport } from '../src/services/read-import.ts';
import type { ImportKind } from '../src/store/imports.ts';

const own = 'north.lib.example';
const read = (text: string | Buffer, kind: ImportKind = 'following', name = '') =>
	readImport(Buffer.from(text as string), { kind, name, own });
const subjects = async (text: string, kind?: ImportKind) =>
	(await read(text, kind)).lines.map(({ subject, list, fault }) =>
		[subject, list, fault].filter((one) => one !== null),
	);
const fault = async (...given: Parameters<typeof read>): Promise<string | undefined> => {
	try {
		await read(...given);
	} catch (error) {
		if (error instanceof BadInput) return error.faults[0]?.text;
		throw error;
	}
	return undefined;
};

describe('a file somebody brings', () => {
	it('is read with a heading or without, whatever the line ends, with an @ or without', async () => {
		const heading = 'Account address,Show boosts,Notify on new posts,Languages';
		expect(await subjects(`${heading}\r\nJune@Branch.example,true,false,"en, es"\r\n`)).to.deep.equal([
			['june@branch.example'],
		]);
		expect(await subjects('\ufeff@june@branch.example\n\nteo\n')).to.deep.equal([
			['june@branch.example'],
			[`teo@${own}`],
		]);
		expect(await subjects('june@bücher.example\r')).to.deep.equal([['june@xn--bcher-kva.example']]);
		expect(await subjects('Account address;Hide notifications\na@b.example;true\n', 'mute')).to.deep.equal([
			['a@b.example'],
		]);
	});

	it('of each other kind is read as Mastodon writes it', async () => {
		expect(await subjects('Account address,Hide notifications\na@b.example,false\n', 'mute')).to.deep.equal([
			['a@b.example'],
		]);
		expect(await subjects('a@b.example\n', 'block')).to.deep.equal([['a@b.example']]);
		for (const text of ['Rude.example\n', '#domain\nrude.example\n']) {
			expect(await subjects(text, 'hide')).to.deep.equal([['rude.example']]);
		}
		for (const text of ['https://b.example/p/1\n', '#uri\nhttps://b.example/p/1\n']) {
			expect(await subjects(text, 'keep')).to.deep.equal([['https://b.example/p/1']]);
		}
		const lists = '"Neighbors, ""good""",a@b.example\nPie,a@b.example\n';
		for (const text of [lists, `List name,Account address\n${lists}`]) {
			expect(await subjects(text, 'lists')).to.deep.equal([
				['a@b.example', 'Neighbors, "good"'],
				['a@b.example', 'Pie'],
			]);
		}
		expect(await subjects('Account address,List name\na@b.example,Pie\n', 'lists')).to.deep.equal([
			['a@b.example', 'Pie'],
		]);
	});

	it('keeps what names nobody with why, and a line that is there twice once', async () => {
		const text = 'a@b.example\nnot somebody\nA@B.example\na@b@c\na@localhost\n"=HYPERLINK(""http://x"")"\n';
		expect(await subjects(text)).to.deep.equal([
			['a@b.example'],
			['not somebody', 'address_form'],
			['a@b.example', 'twice'],
			['a@b@c', 'address_form'],
			['a@localhost', 'address_form'],
			['=HYPERLINK("http://x")', 'address_form'],
		]);
		expect(await subjects('a b\n../../etc\n[::1]\nok.example\n', 'hide')).to.deep.equal([
			['a b', 'server_form'],
			['../../etc', 'server_form'],
			['[::1]', 'server_form'],
			['ok.example'],
		]);
		expect(await subjects('javascript:alert(1)\nhttps://b.example/1\n', 'keep')).to.deep.equal([
			['javascript:alert(1)', 'post_form'],
			['https://b.example/1'],
		]);
		expect((await read('a@b.example\nnobody here\n')).lines.map(({ line }) => line)).to.deep.equal([1, 2]);
	});

	it('that looks like another kind is doubted, or refused when it cannot be read as this one', async () => {
		expect((await read('a@b.example\n', 'following', 'blocked_accounts.csv')).doubt).to.equal('block');
		expect((await read('Account address,Hide notifications\na@b.example,true\n')).doubt).to.equal('mute');
		expect((await read('a@b.example\n', 'following', 'follows.csv')).doubt).to.equal(null);
		expect(await fault('#domain\nb.example\n')).to.equal('import_other_kind');
		expect(await fault('Account address\na@b.example\n', 'following', 'followers.csv')).to.equal(
			'import_followers',
		);
		expect(await fault('<html>\n<p>hello</p>\n')).to.equal('import_nothing');
	});

	it('that is none is refused, whatever it is', async () => {
		expect(await fault('')).to.equal('import_empty');
		expect(await fault('Account address\n')).to.equal('import_empty');
		expect(await fault(Buffer.from('PK\u0003\u0004rest', 'latin1'))).to.equal('import_zip');
		expect(await fault(Buffer.from('a@b.example\n', 'utf16le'))).to.equal('import_encoding');
		expect(await fault(Buffer.from([0x61, 0xff, 0xfe, 0x62]))).to.equal('import_encoding');
		expect(await fault('"a@b.example\nand no end')).to.equal('import_broken');
		expect(await fault(`${'x'.repeat(5000)}@b.example\n`)).to.equal('import_long_line');
		expect(await fault('a@b.example\n'.repeat(10_002))).to.equal('import_many_lines');
		// What it takes of the processor, so that others on the machine do not count.
		const began = process.cpuUsage();
		expect(await fault('"'.repeat(2_000_000))).to.match(/^import_/);
		expect(await fault(','.repeat(2_000_000))).to.match(/^import_/);
		const { user, system } = process.cpuUsage(began);
		expect((user + system) / 1000).to.be.lessThan(3000);
	});

	it('gives back what a cell said before it was kept from being a formula', () => {
		for (const text of ['=1+1', '-2', "'=1", "''-x", 'June', "'s-Hertogenbosch", '+503']) {
			const cell = csvRow([text]).trimEnd();
			expect(cell).not.to.match(/^[=+-]/);
			expect(plainCell(cell)).to.equal(text);
		}
	});
});
