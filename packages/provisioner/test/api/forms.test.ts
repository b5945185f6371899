import { BadInput, Malformed } from '@understory/core/errors.ts';
import { expect } from 'chai';
import { createBodyChecker } from '../../src/api/body-checker.ts';
import { routes } from '../../src/api/routes.ts';

describe('the forms of bodies', () => {
	const forms = routes.flatMap(({ body }) => (body && body !== 'csv' ? [body] : []));

	it('are whole for every route that takes one: no body and a wrong one are told in a sentence', () => {
		const check = createBodyChecker();
		expect(forms.length).to.be.greaterThan(20);
		for (const form of new Set(forms)) {
			expect(() => check(form)(undefined), form).to.throw(Malformed);
			expect(() => check(form)([]), form).to.throw(BadInput, 'does not have the form');
		}
	});

	it('are all known: a route cannot name another', () => {
		expect(() => createBodyChecker()('NoSuchForm')).to.throw('There is no schema NoSuchForm.');
	});
});
