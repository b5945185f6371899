import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '@understory/core/log.ts';
import { expect } from 'chai';
import { memoryFolder } from '../../../test/memory-folder.ts';
import { readMatchList } from '../src/match-list.ts';
import { openMatchLists } from '../src/match-lists.ts';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');

describe('lists of digests of pictures', () => {
	let folder: string;
	let said: string[];
	let log: Log;
	const picture = Buffer.from('a picture');
	beforeEach(() => {
		folder = memoryFolder('understory-lists-');
		said = [];
		const note = (event: string, fields = {}) => void said.push(`${event} ${JSON.stringify(fields)}`);
		log = { info: () => undefined, warn: note, error: note };
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	let written = 0;
	/** As whoever keeps a list puts a new one in its place. */
	const put = (name: string, text: string) => {
		writeFileSync(join(folder, '.new'), text);
		written += 1;
		utimesSync(join(folder, '.new'), written, written);
		renameSync(join(folder, '.new'), join(folder, name));
	};
	const refusal = (open: Promise<unknown>): Promise<string> =>
		open.then(
			() => 'nothing was refused',
			(error: Error) => error.message,
		);

	it('find an exact copy by either digest, and say class and source; one byte more or less is another picture', async () => {
		const other = randomBytes(30);
		put(
			'police',
			`# of March\n\n${sha256(picture).toUpperCase()}\r\n${md5(other)} intimate_images the line of May\n`,
		);
		const lists = await openMatchLists(folder, log);
		expect(lists.names()).to.deep.equal(['police']);
		const evidence = (bytes: Buffer) => `sha256:${sha256(bytes)}`;
		expect(await lists.match(picture)).to.deep.equal({
			...{ list: 'police', kind: 'child_abuse', source: '', evidence: evidence(picture) },
		});
		expect(await lists.match(other)).to.deep.equal({
			...{ list: 'police', kind: 'intimate_images', source: 'the line of May', evidence: evidence(other) },
		});
		expect(await lists.match(Buffer.concat([picture, Buffer.from([0])]))).to.equal(null);
		expect(await lists.match(picture.subarray(1))).to.equal(null);
	});

	it('find every digest of many, the first and the last too, and those that begin alike', async () => {
		const alike = ['00', 'ff'].flatMap((end) => [`${'0'.repeat(62)}${end}`, `${'f'.repeat(62)}${end}`]);
		const pictures = Array.from({ length: 3000 }, (_, at) => Buffer.from(`picture ${at}`));
		const digests = [...alike, ...pictures.map(sha256)];
		put('many', digests.map((digest, at) => `${digest} child_abuse source ${at % 7}`).join('\n'));
		const list = await readMatchList(join(folder, 'many'), 'many');
		expect(list.count).to.equal(3004);
		const none = Buffer.alloc(16);
		for (const [at, digest] of digests.entries()) {
			const found = list.find({ sha256: Buffer.from(digest, 'hex'), md5: none });
			expect(found?.source, digest).to.equal(`source ${at % 7}`);
		}
		for (const absent of [`${'0'.repeat(62)}01`, `${'f'.repeat(62)}fe`, sha256(Buffer.from('none'))]) {
			expect(list.find({ sha256: Buffer.from(absent, 'hex'), md5: none })).to.equal(undefined);
		}
	});

	it('are read again when one changed, came or went', async () => {
		const lists = await openMatchLists(folder, log);
		expect([lists.names(), await lists.match(picture)]).to.deep.equal([[], null]);
		put('one', sha256(picture));
		expect((await lists.match(picture))?.list).to.equal('one');
		put('one', sha256(Buffer.from('another')));
		expect(await lists.match(picture)).to.equal(null);
		rmSync(join(folder, 'one'));
		await lists.match(picture);
		expect([lists.names(), said]).to.deep.equal([[], []]);
	});

	const broken = {
		'a file of something else': ['<html>', 'line 1 does not begin with a digest'],
		'a digest that is too short': [
			`${sha256(picture)}\n${sha256(picture).slice(2)}`,
			'line 2 does not begin',
		],
		'a class that nobody knows': [
			`${sha256(picture)} spam`,
			'line 1 has a class that is none of threat_to_life',
		],
		'a source without an end': [`${sha256(picture)} child_abuse ${'x'.repeat(101)}`, 'longer than 100'],
		nothing: ['# to come\n', 'holds no digest'],
	} as const;
	for (const [what, [text, sentence]] of Object.entries(broken)) {
		it(`${what} is refused in a sentence: at the start, and later with the old list staying`, async () => {
			put('one', text);
			const first = await refusal(openMatchLists(folder, log));
			expect(first).to.contain('The list of pictures one is none').and.to.contain(sentence);
			expect(first, 'no word of the file').not.to.contain('<html>');
			put('one', sha256(picture));
			const lists = await openMatchLists(folder, log);
			put('one', text);
			for (const _twice of [1, 2]) expect((await lists.match(picture))?.list).to.equal('one');
			expect(said).to.have.length(1);
			expect(said[0]).to.contain('match_list_refused').and.to.contain(sentence);
			put('one', sha256(Buffer.from('another')));
			expect(await lists.match(picture), 'mended').to.equal(null);
		});
	}

	it('a folder that is not there is refused, and one that goes later leaves what was read', async () => {
		expect(await refusal(openMatchLists(join(folder, 'away'), log))).to.contain('cannot be read (ENOENT)');
		put('one', sha256(picture));
		const lists = await openMatchLists(folder, log);
		renameSync(folder, `${folder}-away`);
		expect((await lists.match(picture))?.list).to.equal('one');
		expect(said[0]).to.contain('cannot be read (ENOENT)');
		renameSync(`${folder}-away`, folder);
	});

	it('have a bound: so many digests, so many files, names that can be shown', async () => {
		put('one', [picture, randomBytes(9), randomBytes(9)].map(sha256).join('\n'));
		expect(await refusal(readMatchList(join(folder, 'one'), 'one', 2))).to.contain('goes beyond');
		mkdirSync(join(folder, '..data'));
		put('<b>', sha256(picture));
		expect(await refusal(openMatchLists(folder, log))).to.contain('have a name with more than letters');
		rmSync(join(folder, '<b>'));
		for (let at = 0; at < 16; at += 1) put(`list-${at}`, sha256(picture));
		expect(await refusal(openMatchLists(folder, log))).to.contain('are more than 16');
	});
});
