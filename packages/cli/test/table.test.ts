import { tableText } from '@understory/cli/table.ts';
import { expect } from 'chai';

describe('a table on a terminal', () => {
	it('stands in columns by the letters one sees, numbers to the right', () => {
		const rows = [
			{ name: 'José', posts: 5 },
			{ name: 'Al', posts: 1200 },
		];
		expect(tableText(['name', 'posts'], rows)).to.equal(
			['NAME  POSTS', 'José      5', 'Al     1200', ''].join('\n'),
		);
	});

	it('no name can move the cursor or turn the line round', () => {
		const text = tableText(['name'], [{ name: 'a\u001b[2Jb\r\nc\u202Ed' }]);
		expect(text).to.equal('NAME\na [2Jb cd\n');
	});

	it('what is not there is a dash', () => {
		expect(tableText(['a', 'b'], [{ a: null, b: '' }])).to.equal('A  B\n-  -\n');
	});
});
