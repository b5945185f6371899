import * as errors from '@understory/core/errors.ts';
import { expect } from 'chai';

describe('errors', () => {
	it('a fault nobody foresaw is told as written down, and nothing more', () => {
		const shown = errors.toPublicError(new TypeError('card 21234567890123 is not a function'));
		expect(shown.status).to.equal(500);
		expect(shown.message).to.equal('Something broke on our side and was written down.');
		expect(JSON.stringify(shown)).to.not.contain('2123456789');
	});

	it('one of ours stays as it is', () => {
		const ours = new errors.BadInput('The host needs a name.', [{ field: 'host', text: 'Write a name.' }]);
		expect(errors.toPublicError(ours)).to.equal(ours);
		expect([ours.status, ours.code, ours.faults.length, ours.name]).to.deep.equal([
			422,
			'bad_input',
			1,
			'BadInput',
		]);
	});
});
