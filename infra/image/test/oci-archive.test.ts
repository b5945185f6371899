import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { expect } from 'chai';
import { writeArchive } from '../oci-archive.ts';

describe('an image made from a folder', () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'understory-image-'));
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	const make = (name: string, order: readonly string[], seconds: number) => {
		const root = join(folder, name);
		mkdirSync(join(root, 'app'), { recursive: true });
		for (const file of order) {
			writeFileSync(join(root, 'app', file), `text of ${file}`);
			utimesSync(join(root, 'app', file), seconds, seconds);
		}
		const file = join(folder, `${name}.tar`);
		const config = { Entrypoint: ['/app/a'], User: '10001:10001' };
		const digest = writeArchive({
			name: 'localhost/thing:1',
			layers: [root],
			config,
			file,
			architecture: 'amd64',
		});
		return { digest, file };
	};

	it('has the same bytes whenever and in whatever order its files were written', () => {
		const one = make('one', ['a', 'b'], 1_000);
		const other = make('other', ['b', 'a'], 2_000);
		expect(other.digest).to.equal(one.digest);
		expect(readFileSync(other.file).equals(readFileSync(one.file))).to.equal(true);
	});

	it('has another digest when one byte is another', () => {
		const one = make('one', ['a'], 1_000);
		const other = make('other', ['a', 'c'], 1_000);
		expect(other.digest).to.not.equal(one.digest);
	});

	it('names each part by its digest, from the index to the files', () => {
		const { digest, file } = make('one', ['a'], 1_000);
		const read = (path: string) =>
			execFileSync('tar', ['--extract', '--to-stdout', '--file', file, path], { maxBuffer: 1 << 24 });
		const blob = (named: string) => {
			const bytes = read(`blobs/sha256/${named.slice('sha256:'.length)}`);
			expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).to.equal(named);
			return bytes;
		};
		const index = JSON.parse(read('index.json').toString());
		expect(index.manifests[0].digest).to.equal(digest);
		const manifest = JSON.parse(blob(digest).toString());
		const config = JSON.parse(blob(manifest.config.digest).toString());
		const layer = zstdDecompressSync(blob(manifest.layers[0].digest));
		expect(config.rootfs.diff_ids).to.deep.equal([
			`sha256:${createHash('sha256').update(layer).digest('hex')}`,
		]);
		expect(config.config.User).to.equal('10001:10001');
		const list = execFileSync('tar', ['--list', '--verbose', '--utc', '--numeric-owner'], {
			input: layer,
		}).toString();
		expect(list).to.match(/0\/0 .*1970.* \.\/app\/a/);
	});
});
