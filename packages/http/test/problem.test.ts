import { BadInput, PublicError } from '@understory/core/errors.ts';
import { expect } from 'chai';
import { toProblem } from '../src/problem.ts';

describe('a problem document', () => {
	it('holds the sentence and the code, and nothing private', () => {
		const error = new PublicError(502, 'unreachable', 'It cannot be reached.', {
			detail: 'inside.example',
			cause: new Error('ECONNREFUSED'),
		});
		expect(toProblem(error, 'r-1')).to.deep.equal({
			type: 'about:blank',
			title: 'It cannot be reached.',
			status: 502,
			code: 'unreachable',
			request_id: 'r-1',
		});
	});

	it('holds field and text of each fault, and nothing else that hangs on it', () => {
		const fault = { field: 'pin', text: 'Give the PIN.', given: '1234' };
		expect(toProblem(new BadInput('No.', [fault])).errors).to.deep.equal([
			{ field: 'pin', text: 'Give the PIN.' },
		]);
	});
});
