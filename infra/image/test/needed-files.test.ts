import { expect } from 'chai';
import { isNeeded, isNeededOfOurs } from '../needed-files.ts';

describe('the files that come into the image', () => {
	it('of a package from npm are what runs here, and its licence', () => {
		for (const path of [
			...['index.js', 'lib/test/run.js', 'dist/docs.mjs', 'package.json', 'versions.json'],
			...['LICENSE', 'LICENSE.md', 'licenses/license-mit.md', 'NOTICE.md', 'deps/fast.js'],
			...['prebuilds/linux-x64.node', 'prebuilds/linux-x64/bare-url.bare', 'lib/lua/move.lua'],
		])
			expect(isNeeded(path), path).to.equal(true);
	});

	it('are nothing that only a developer or another machine needs', () => {
		for (const path of [
			...[
				'index.d.ts',
				'src/index.ts',
				'index.d.cts',
				'index.js.map',
				'README.md',
				'docs/api.js',
				'test/a.js',
			],
			...['src/__snapshots__/a.snap', 'deps/sqlite3/sqlite3.c', 'src/addon.cpp', 'binding.gyp'],
			...['prebuilds/linux-arm64.node', 'prebuilds/darwin-x64/bare-url.bare', 'prebuilds/linuxmusl-x64.node'],
		])
			expect(isNeeded(path), path).to.equal(false);
	});

	it('of a package of ours are all but its tests, its words to developers and what is hidden', () => {
		for (const path of [
			'package.json',
			'src/main.ts',
			'views/front.hbs',
			'src/test-day.ts',
			'src/words/README.md',
		])
			expect(isNeededOfOurs(path), path).to.equal(true);
		for (const path of ['test/a.test.ts', 'README.md', '.env', 'src/.swp'])
			expect(isNeededOfOurs(path), path).to.equal(false);
	});
});
