import { readFileSync } from 'node:fs';
import { STORED_KINDS } from '@understory/core/stored.ts';
import { expect } from 'chai';
import { STORED_WORDS } from '../../packages/cli/src/stored-words.ts';

const PAGE = new URL('../../docs/library-it/privacy.md', import.meta.url);

describe('the page about privacy', () => {
	const told = [...readFileSync(PAGE, 'utf8').matchAll(/^\| `(\w+)` \| (.+) \|$/gm)].map(
		([, kind, words]) => [kind, words] as const,
	);

	it('names every kind of thing that is stored about patrons, once, and none that is not', () => {
		expect(told.map(([kind]) => kind)).to.deep.equal([...STORED_KINDS]);
	});

	it('says of each what the privacy report says', () => {
		expect(Object.fromEntries(told)).to.deep.equal(STORED_WORDS);
	});
});
