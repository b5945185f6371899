import { SIGN_IN_FINDINGS, SIGN_IN_REASONS, SIGN_IN_STEPS } from '@understory/core/sign-in-reasons.ts';
import { createDesign } from '@understory/design/design.ts';
import { expect } from 'chai';

describe('what a self-test of sign-in found', () => {
	const design = createDesign();

	for (const language of ['en', 'es']) {
		it(`has a sentence for each step and each reason, in ${language}`, () => {
			const keys = [
				...SIGN_IN_STEPS.map((step) => `step.${step}`),
				...[...SIGN_IN_REASONS, ...SIGN_IN_FINDINGS].map((why) => `why.${why}`),
			];
			const sentences = keys.map((key) => design.t(language, `console.sign_in_settings.${key}`));
			expect(new Set(sentences).size, 'none said twice').to.equal(keys.length);
			for (const sentence of sentences) expect(sentence).to.match(/^[\p{Lu}¿].+[.?]$/u);
		});
	}
});
